/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-config.h"
#include "ahoy-endpoint.h"

G_BEGIN_DECLS

#define AHOY_TYPE_AUTH_REGISTRY (ahoy_auth_registry_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAuthRegistry, ahoy_auth_registry, AHOY, AUTH_REGISTRY, GObject)

AHOY_API
AhoyAuthRegistry *ahoy_auth_registry_new (void);
AHOY_API
gboolean ahoy_auth_registry_add (AhoyAuthRegistry *self, AhoyAuthConfig *auth, GError **error);
AHOY_API
gboolean ahoy_auth_registry_remove (AhoyAuthRegistry *self, const char *name);
AHOY_API
AhoyAuthConfig *ahoy_auth_registry_lookup (AhoyAuthRegistry *self, const char *name);
AHOY_API
GPtrArray *ahoy_auth_registry_list (AhoyAuthRegistry *self);
AHOY_API
GPtrArray *ahoy_auth_registry_list_for (AhoyAuthRegistry *self, AhoyEndpoint *endpoint);
AHOY_API
GPtrArray *ahoy_auth_registry_list_outbound_for (AhoyAuthRegistry *self, AhoyEndpoint *endpoint);

G_END_DECLS
