/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-config-cache.h"

#include "ahoy-bus-error.h"

/* The cache of a store by the name of the store; NULL when it has none. */
static AhoyStoreCache *
find_cache (AhoyStore *store, const char *name)
{
  AhoyStoreBackend *backend = ahoy_store_get_backend (store, name);

  return AHOY_IS_STORE_CACHE (backend) ? AHOY_STORE_CACHE (backend) : NULL;
}

/* The caches that there are for a type; NULL for all types. */
static GPtrArray *
list_caches (AhoyStore *store, const char *type)
{
  g_auto (GStrv) names = ahoy_store_list_backends (store);
  GPtrArray *caches = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; names[i] != NULL; i++) {
    AhoyStoreCache *cache = find_cache (store, names[i]);

    if (cache != NULL && (type == NULL || ahoy_store_keeps (store, names[i], type))) {
      g_ptr_array_add (caches, g_object_ref (cache));
    }
  }
  return caches;
}

void
ahoy_bus_config_cache_list (AhoyStore *store, AhoyBusCall *call)
{
  g_auto (GStrv) names = ahoy_store_list_backends (store);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssxb)"));
  for (gsize i = 0; names[i] != NULL; i++) {
    AhoyStoreCache *cache = find_cache (store, names[i]);
    g_autoptr (GVariant) list = cache != NULL ? ahoy_store_cache_list (cache) : NULL;
    GVariantIter iter;
    const char *type;
    const char *name;
    gint64 age;
    gboolean stale;

    if (list == NULL) {
      continue;
    }
    g_variant_iter_init (&iter, list);
    while (g_variant_iter_next (&iter, "(&s&sxb)", &type, &name, &age, &stale)) {
      g_variant_builder_add (&builder, "(sssxb)", names[i], type, name, age, stale);
    }
  }
  ahoy_bus_call_return (call, g_variant_new ("(a(sssxb))", &builder));
}

void
ahoy_bus_config_cache_get_statistics (AhoyStore *store, AhoyBusCall *call)
{
  g_auto (GStrv) names = ahoy_store_list_backends (store);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{st}}"));
  for (gsize i = 0; names[i] != NULL; i++) {
    AhoyStoreCache *cache = find_cache (store, names[i]);

    if (cache != NULL) {
      g_autoptr (GVariant) statistics = ahoy_store_cache_get_statistics (cache);

      g_variant_builder_add (&builder, "{s@a{st}}", names[i], statistics);
    }
  }
  ahoy_bus_call_return (call, g_variant_new ("(a{sa{st}})", &builder));
}

static void
act (AhoyStore *store, const char *type, const char *name, AhoyBusCall *call,
     guint (*action) (AhoyStoreCache *cache, const char *type, const char *name))
{
  g_autoptr (GPtrArray) caches = NULL;
  guint n = 0;

  if (*type == '\0' && *name != '\0') {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "“%s” is a name without a type; write both, or none", name);
    return;
  }
  caches = list_caches (store, NULL);
  for (guint i = 0; i < caches->len; i++) {
    n += action (caches->pdata[i], *type != '\0' ? type : NULL, *name != '\0' ? name : NULL);
  }
  ahoy_bus_call_return (call, g_variant_new ("(u)", n));
}

void
ahoy_bus_config_cache_expire (AhoyStore *store, const char *type, const char *name,
                              AhoyBusCall *call)
{
  act (store, type, name, call, ahoy_store_cache_expire);
}

void
ahoy_bus_config_cache_make_stale (AhoyStore *store, const char *type, const char *name,
                                  AhoyBusCall *call)
{
  act (store, type, name, call, ahoy_store_cache_make_stale);
}

/* One cache after the other. */
typedef struct {
  GPtrArray *caches; /* the first is being filled */
  char *type;
  AhoyBusCall *call;
} Populating;

static void populate_next (Populating *populating);

static void
populating_free (Populating *populating)
{
  g_ptr_array_unref (populating->caches);
  g_free (populating->type);
  g_free (populating);
}

static void
on_populated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Populating *populating = user_data;
  GError *error = NULL;

  if (!ahoy_store_cache_populate_finish (AHOY_STORE_CACHE (source), result, &error)) {
    ahoy_bus_return_error (populating->call, error);
    populating_free (populating);
    return;
  }
  g_ptr_array_remove_index (populating->caches, 0);
  populate_next (populating);
}

static void
populate_next (Populating *populating)
{
  if (populating->caches->len > 0) {
    ahoy_store_cache_populate_async (populating->caches->pdata[0], populating->type, NULL,
                                     on_populated, populating);
    return;
  }
  ahoy_bus_call_return (populating->call, NULL);
  populating_free (populating);
}

void
ahoy_bus_config_cache_populate (AhoyStore *store, const char *type, AhoyBusCall *call)
{
  Populating *populating = g_new0 (Populating, 1);

  populating->caches = list_caches (store, type);
  populating->type = g_strdup (type);
  populating->call = call;
  populate_next (populating);
}
