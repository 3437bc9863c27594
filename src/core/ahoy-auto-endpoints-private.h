/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-registrar.h"

G_BEGIN_DECLS

/* Endpoints that nobody wrote down: made of another one, whose auto-names they match. */
typedef struct _AhoyAutoEndpoints AhoyAutoEndpoints;

AhoyAutoEndpoints *ahoy_auto_endpoints_new (AhoyRegistrar *registrar, AhoyLocation *location,
                                            AhoyEndpointRegistry *endpoints,
                                            AhoyScheduler *scheduler);
void ahoy_auto_endpoints_free (AhoyAutoEndpoints *self);
/* Another configuration holds: those whose model is another now go. */
void ahoy_auto_endpoints_update (AhoyAutoEndpoints *self);
/* Somebody wrote the endpoint down. */
void ahoy_auto_endpoints_drop (AhoyAutoEndpoints *self, const char *name);

G_END_DECLS
