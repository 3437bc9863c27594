/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-call.h"
#include "ahoy.h"

G_BEGIN_DECLS

/* The contacts of an endpoint on the bus. */
GVariant *ahoy_bus_contacts_list (AhoyCore *core, AhoyEndpoint *endpoint);
void ahoy_bus_contacts_qualify (AhoyCore *core, AhoyEndpoint *endpoint, AhoyBusCall *call);
void ahoy_bus_contacts_drop (AhoyCore *core, AhoyEndpoint *endpoint, const char *uri,
                             AhoyBusCall *call);
const char *ahoy_bus_contact_status_nick (AhoyContact *contact);

G_END_DECLS
