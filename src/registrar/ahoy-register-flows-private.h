/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-location-edit.h"
#include "ahoy-register-request-private.h"

G_BEGIN_DECLS

/* Which addresses of record were registered over which connection. */
typedef struct _AhoyRegisterFlows AhoyRegisterFlows;

AhoyRegisterFlows *ahoy_register_flows_new (void);
void ahoy_register_flows_free (AhoyRegisterFlows *self);
void ahoy_register_flows_note (AhoyRegisterFlows *self, const char *address,
                               const char *transport, const char *aor);
char **ahoy_register_flows_steal (AhoyRegisterFlows *self, const char *address,
                                  const char *transport);
guint ahoy_register_flows_drop (AhoyLocationEdit *edit, const char *address,
                                const char *transport);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyRegisterFlows, ahoy_register_flows_free)

G_END_DECLS
