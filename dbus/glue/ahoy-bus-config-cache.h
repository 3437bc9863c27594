/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-call.h"
#include "ahoy.h"

G_BEGIN_DECLS

/* The caches in front of stores, for the methods of Config. An empty type means all types, an empty
 * name all of the type. Each ends @call. */
void ahoy_bus_config_cache_list (AhoyStore *store, AhoyBusCall *call);
void ahoy_bus_config_cache_get_statistics (AhoyStore *store, AhoyBusCall *call);
void ahoy_bus_config_cache_expire (AhoyStore *store, const char *type, const char *name,
                                   AhoyBusCall *call);
void ahoy_bus_config_cache_make_stale (AhoyStore *store, const char *type, const char *name,
                                       AhoyBusCall *call);
void ahoy_bus_config_cache_populate (AhoyStore *store, const char *type, AhoyBusCall *call);

G_END_DECLS
