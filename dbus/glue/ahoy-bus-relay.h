/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _AhoyBusRelay AhoyBusRelay;

AhoyBusRelay *ahoy_bus_relay_new (int bus, int local);
void ahoy_bus_relay_send (AhoyBusRelay *self, gconstpointer data, gsize size);
void ahoy_bus_relay_free (AhoyBusRelay *self);

G_END_DECLS
