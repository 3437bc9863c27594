/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-registry.h"

G_BEGIN_DECLS

AhoyEndpoint *ahoy_endpoint_registry_find_by_address (AhoyEndpointRegistry *self,
                                                      GInetAddress *address, guint *length);
void ahoy_endpoint_registry_set_host_addresses (AhoyEndpointRegistry *self, const char *name,
                                                const char *host, GPtrArray *addresses);

G_END_DECLS
