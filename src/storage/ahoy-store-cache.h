/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-scheduler.h"
#include "ahoy-store-backend.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STORE_CACHE (ahoy_store_cache_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreCache, ahoy_store_cache, AHOY, STORE_CACHE, GObject)

AHOY_API
AhoyStoreCache *ahoy_store_cache_new (AhoyStoreBackend *backend, AhoyScheduler *scheduler);
AHOY_API
AhoyStoreBackend *ahoy_store_cache_get_backend (AhoyStoreCache *self);
AHOY_API
guint ahoy_store_cache_expire (AhoyStoreCache *self, const char *type_name, const char *name);
AHOY_API
guint ahoy_store_cache_make_stale (AhoyStoreCache *self, const char *type_name, const char *name);
AHOY_API
void ahoy_store_cache_populate_async (AhoyStoreCache *self, const char *type_name,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
AHOY_API
gboolean ahoy_store_cache_populate_finish (AhoyStoreCache *self, GAsyncResult *result,
                                           GError **error);
AHOY_API
void ahoy_store_cache_reload (AhoyStoreCache *self);
AHOY_API
GVariant *ahoy_store_cache_list (AhoyStoreCache *self);
AHOY_API
GVariant *ahoy_store_cache_get_statistics (AhoyStoreCache *self);

G_END_DECLS
