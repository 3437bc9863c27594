/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"

G_BEGIN_DECLS

/* Both end @call. */
void ahoy_bus_listing_return_all (AhoyBusHub *hub, AhoyBusCall *call);
void ahoy_bus_listing_return_page (AhoyBusHub *hub, const char *interface, const char *after,
                                   guint most, AhoyBusCall *call);

G_END_DECLS
