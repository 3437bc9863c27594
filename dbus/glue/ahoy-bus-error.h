/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-bus-call.h"
#include "ahoy.h"

G_BEGIN_DECLS

void ahoy_bus_register_errors (void);
GError *ahoy_bus_error_normalise (GError *error);
void ahoy_bus_return_error (AhoyBusCall *call, GError *error);
void ahoy_bus_return_new_error (AhoyBusCall *call, AhoyError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
