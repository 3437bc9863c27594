/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-domain-registry.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-message-route-config.h"
#include "ahoy-message-router.h"
#include "ahoy-message-store.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_ROUTES (ahoy_message_routes_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessageRoutes, ahoy_message_routes, AHOY, MESSAGE_ROUTES, GObject)

AHOY_API
AhoyMessageRoutes *ahoy_message_routes_new (AhoyMessageRouter *router,
                                            AhoyEndpointRegistry *endpoints,
                                            AhoyDomainRegistry *domains,
                                            AhoyScheduler *scheduler);
AHOY_API
void ahoy_message_routes_set_store (AhoyMessageRoutes *self, AhoyMessageStore *store);
AHOY_API
gboolean ahoy_message_routes_set (AhoyMessageRoutes *self, GPtrArray *routes, GError **error);

G_END_DECLS
