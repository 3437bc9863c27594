/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-identifier.h"
#include "ahoy-endpoint-registry.h"

G_BEGIN_DECLS

#define AHOY_TYPE_USERNAME_IDENTIFIER (ahoy_username_identifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyUsernameIdentifier, ahoy_username_identifier, AHOY,
                      USERNAME_IDENTIFIER, GObject)

AHOY_API
AhoyEndpointIdentifier *ahoy_username_identifier_new (AhoyEndpointRegistry *endpoints);
AHOY_API
void ahoy_username_identifier_set_ignore_options (AhoyUsernameIdentifier *self, gboolean ignore);

G_END_DECLS
