/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-registry.h"

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyEndpointRegistry:
 *
 * The endpoints by name, by user name and by the networks that they come from.
 *
 * Since: 0.1
 */
struct _AhoyEndpointRegistry {
  GObject parent_instance;

  GHashTable *endpoints; /* name → AhoyEndpoint */
  GHashTable *usernames; /* username → AhoyEndpoint, NULL when stale */
  GArray *networks;      /* Network, the narrowest first, NULL when stale */
};

typedef struct {
  GInetAddressMask *mask;
  AhoyEndpoint *endpoint; /* held by endpoints */
} Network;

enum { SIGNAL_ADDED, SIGNAL_REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyEndpointRegistry, ahoy_endpoint_registry, G_TYPE_OBJECT)

static void
network_clear (gpointer data)
{
  g_object_unref (((Network *) data)->mask);
}

/* The tables by user name and address are made again when they are needed next. */
static void
forget_tables (AhoyEndpointRegistry *self)
{
  g_clear_pointer (&self->usernames, g_hash_table_unref);
  g_clear_pointer (&self->networks, g_array_unref);
}

static void
on_config_changed (AhoyEndpoint *endpoint, GParamSpec *pspec, gpointer user_data)
{
  forget_tables (user_data);
}

static void
let_go (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint)
{
  g_signal_handlers_disconnect_by_func (endpoint, on_config_changed, self);
  g_hash_table_remove (self->endpoints, ahoy_endpoint_get_name (endpoint));
  forget_tables (self);
}

static void
ahoy_endpoint_registry_dispose (GObject *object)
{
  AhoyEndpointRegistry *self = AHOY_ENDPOINT_REGISTRY (object);
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (self);

  for (guint i = 0; i < endpoints->len; i++) {
    let_go (self, endpoints->pdata[i]);
  }
  G_OBJECT_CLASS (ahoy_endpoint_registry_parent_class)->dispose (object);
}

static void
ahoy_endpoint_registry_finalize (GObject *object)
{
  AhoyEndpointRegistry *self = AHOY_ENDPOINT_REGISTRY (object);

  forget_tables (self);
  g_hash_table_unref (self->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_endpoint_registry_parent_class)->finalize (object);
}

static void
ahoy_endpoint_registry_class_init (AhoyEndpointRegistryClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ahoy_endpoint_registry_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_endpoint_registry_finalize;

  /**
   * AhoyEndpointRegistry::endpoint-added:
   * @self: the registry
   * @endpoint: a new endpoint
   *
   * There is a new endpoint.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ADDED] = g_signal_new ("endpoint-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, AHOY_TYPE_ENDPOINT);
  /**
   * AhoyEndpointRegistry::endpoint-removed:
   * @self: the registry
   * @endpoint: an endpoint
   *
   * The endpoint is no more. Its calls go on.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REMOVED] = g_signal_new ("endpoint-removed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_ENDPOINT);
}

static void
ahoy_endpoint_registry_init (AhoyEndpointRegistry *self)
{
  self->endpoints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_endpoint_registry_new:
 *
 * Returns: (transfer full): an empty registry
 *
 * Since: 0.1
 */
AhoyEndpointRegistry *
ahoy_endpoint_registry_new (void)
{
  return g_object_new (AHOY_TYPE_ENDPOINT_REGISTRY, NULL);
}

/**
 * ahoy_endpoint_registry_add:
 * @self: a registry
 * @endpoint: an endpoint
 * @error: return location for an error
 *
 * Adds an endpoint.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when there is one of that name
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_registry_add (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint, GError **error)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);

  name = ahoy_endpoint_get_name (endpoint);
  if (g_hash_table_contains (self->endpoints, name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "There is an endpoint “%s” already", name);
    return FALSE;
  }
  g_hash_table_insert (self->endpoints, g_strdup (name), g_object_ref (endpoint));
  g_signal_connect (endpoint, "notify::config", G_CALLBACK (on_config_changed), self);
  forget_tables (self);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, endpoint);
  return TRUE;
}

/**
 * ahoy_endpoint_registry_remove:
 * @self: a registry
 * @endpoint: an endpoint
 *
 * Removes an endpoint.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_registry_remove (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint)
{
  g_autoptr (AhoyEndpoint) hold = NULL;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);

  if (g_hash_table_lookup (self->endpoints, ahoy_endpoint_get_name (endpoint)) != endpoint) {
    return FALSE;
  }
  hold = g_object_ref (endpoint);
  let_go (self, endpoint);
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, endpoint);
  return TRUE;
}

/**
 * ahoy_endpoint_registry_lookup:
 * @self: a registry
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the endpoint of that name
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_endpoint_registry_lookup (AhoyEndpointRegistry *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->endpoints, name);
}

static int
compare_names (gconstpointer one, gconstpointer other)
{
  return g_strcmp0 (ahoy_endpoint_get_name (*(AhoyEndpoint **) one),
                    ahoy_endpoint_get_name (*(AhoyEndpoint **) other));
}

/**
 * ahoy_endpoint_registry_list:
 * @self: a registry
 *
 * Returns: (transfer container) (element-type AhoyEndpoint): the endpoints in the order of their
 *   names
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_endpoint_registry_list (AhoyEndpointRegistry *self)
{
  GPtrArray *list;
  GHashTableIter iter;
  gpointer endpoint;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->endpoints);
  while (g_hash_table_iter_next (&iter, NULL, &endpoint)) {
    g_ptr_array_add (list, g_object_ref (endpoint));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

static int
compare_networks (gconstpointer one, gconstpointer other)
{
  const Network *a = one;
  const Network *b = other;
  guint a_length = g_inet_address_mask_get_length (a->mask);
  guint b_length = g_inet_address_mask_get_length (b->mask);

  if (a_length != b_length) {
    return a_length > b_length ? -1 : 1;
  }
  return g_strcmp0 (ahoy_endpoint_get_name (a->endpoint), ahoy_endpoint_get_name (b->endpoint));
}

static void
note_endpoint (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *username = ahoy_config_object_get_string (config, "username");
  const char *const *match = ahoy_config_object_get_list (config, "match");

  if (username != NULL && !g_hash_table_contains (self->usernames, username)) {
    g_hash_table_insert (self->usernames, g_strdup (username), endpoint);
  }
  if (!ahoy_config_object_list_contains (config, "identify", "ip")) {
    return;
  }
  for (gsize i = 0; match != NULL && match[i] != NULL; i++) {
    GInetAddressMask *mask = g_inet_address_mask_new_from_string (match[i], NULL);

    if (mask != NULL) {
      g_array_append_vals (self->networks, &(Network){ mask, endpoint }, 1);
    }
  }
}

static void
make_tables (AhoyEndpointRegistry *self)
{
  g_autoptr (GPtrArray) endpoints = NULL;

  if (self->networks != NULL) {
    return;
  }
  endpoints = ahoy_endpoint_registry_list (self);
  self->usernames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->networks = g_array_new (FALSE, FALSE, sizeof (Network));
  g_array_set_clear_func (self->networks, network_clear);
  for (guint i = 0; i < endpoints->len; i++) {
    note_endpoint (self, endpoints->pdata[i]);
  }
  g_array_sort (self->networks, compare_networks);
}

/**
 * ahoy_endpoint_registry_lookup_by_address:
 * @self: a registry
 * @address: an address
 *
 * Only endpoints whose key `identify` has `ip` are looked at. Where several networks hold the
 * address, the narrowest one counts.
 *
 * Returns: (transfer none) (nullable): the endpoint whose key `match` holds the address
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_endpoint_registry_lookup_by_address (AhoyEndpointRegistry *self, GInetAddress *address)
{
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), NULL);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), NULL);

  make_tables (self);
  for (guint i = 0; i < self->networks->len; i++) {
    const Network *network = &g_array_index (self->networks, Network, i);

    if (g_inet_address_mask_matches (network->mask, address)) {
      return network->endpoint;
    }
  }
  return NULL;
}

/**
 * ahoy_endpoint_registry_lookup_by_username:
 * @self: a registry
 * @username: a user name
 *
 * Returns: (transfer none) (nullable): the endpoint whose key `username` is @username, or else the
 *   one of that name
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_endpoint_registry_lookup_by_username (AhoyEndpointRegistry *self, const char *username)
{
  AhoyEndpoint *endpoint;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), NULL);
  g_return_val_if_fail (username != NULL, NULL);

  make_tables (self);
  endpoint = g_hash_table_lookup (self->usernames, username);
  return endpoint != NULL ? endpoint : g_hash_table_lookup (self->endpoints, username);
}
