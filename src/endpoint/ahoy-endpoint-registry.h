/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ENDPOINT_REGISTRY (ahoy_endpoint_registry_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyEndpointRegistry, ahoy_endpoint_registry, AHOY, ENDPOINT_REGISTRY,
                      GObject)

AHOY_API
AhoyEndpointRegistry *ahoy_endpoint_registry_new (void);
AHOY_API
gboolean ahoy_endpoint_registry_add (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint,
                                     GError **error);
AHOY_API
gboolean ahoy_endpoint_registry_remove (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint);
AHOY_API
AhoyEndpoint *ahoy_endpoint_registry_lookup (AhoyEndpointRegistry *self, const char *name);
AHOY_API
AhoyEndpoint *ahoy_endpoint_registry_lookup_by_address (AhoyEndpointRegistry *self,
                                                        GInetAddress *address);
AHOY_API
AhoyEndpoint *ahoy_endpoint_registry_lookup_by_username (AhoyEndpointRegistry *self,
                                                         const char *username);
AHOY_API
gboolean ahoy_endpoint_registry_is_source (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint,
                                           GInetAddress *address);
AHOY_API
GPtrArray *ahoy_endpoint_registry_list (AhoyEndpointRegistry *self);

G_END_DECLS
