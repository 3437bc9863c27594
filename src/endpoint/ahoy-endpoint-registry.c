/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-registry-private.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-network-table.h"

/**
 * AhoyEndpointRegistry:
 *
 * The endpoints by name, by user name and by the networks that they come from. To find one takes
 * the same time however many there are, and so does a change of one.
 *
 * Since: 0.1
 */
struct _AhoyEndpointRegistry {
  GObject parent_instance;

  GHashTable *endpoints;        /* name → Record */
  AhoyEndpointIndex *usernames; /* key username → AhoyEndpoint */
  AhoyNetworkTable *networks;   /* key match → AhoyEndpoint */
};

/* An endpoint, and where it stands in the tables. */
typedef struct {
  AhoyEndpoint *endpoint;
  char *name;
  char *username;
  GArray *networks;  /* AhoyNetwork; NULL for none */
  GHashTable *hosts; /* host name → addresses that it has (GPtrArray); NULL for none */
} Record;

enum { SIGNAL_ADDED, SIGNAL_REMOVED, SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyEndpointRegistry, ahoy_endpoint_registry, G_TYPE_OBJECT)

static void
record_free (gpointer data)
{
  Record *record = data;

  g_clear_pointer (&record->networks, g_array_unref);
  g_clear_pointer (&record->hosts, g_hash_table_unref);
  g_free (record->username);
  g_free (record->name);
  g_object_unref (record->endpoint);
  g_free (record);
}

/* -- tables --------------------------------------------------------------------------------- */

static void
leave_tables (AhoyEndpointRegistry *self, Record *record)
{
  if (record->username != NULL) {
    ahoy_endpoint_index_remove (self->usernames, record->username, record->name);
    g_clear_pointer (&record->username, g_free);
  }
  for (guint i = 0; record->networks != NULL && i < record->networks->len; i++) {
    ahoy_network_table_remove (self->networks, &g_array_index (record->networks, AhoyNetwork, i),
                               record->name);
  }
  g_clear_pointer (&record->networks, g_array_unref);
}

static void
add_network (AhoyEndpointRegistry *self, Record *record, const AhoyNetwork *network)
{
  if (!ahoy_network_table_add (self->networks, network, record->name, record->endpoint)) {
    return; /* written twice */
  }
  if (record->networks == NULL) {
    record->networks = g_array_new (FALSE, FALSE, sizeof (AhoyNetwork));
  }
  g_array_append_vals (record->networks, network, 1);
}

static void
add_host (AhoyEndpointRegistry *self, Record *record, const char *host)
{
  GPtrArray *addresses = record->hosts != NULL ? g_hash_table_lookup (record->hosts, host) : NULL;

  for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
    AhoyNetwork network;

    ahoy_network_from_address (&network, addresses->pdata[i]);
    add_network (self, record, &network);
  }
}

static void
enter_tables (AhoyEndpointRegistry *self, Record *record)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (record->endpoint));
  const char *username = ahoy_config_object_get_string (config, "username");
  const char *const *match = ahoy_config_object_get_list (config, "match");

  if (username != NULL) {
    record->username = g_strdup (username);
    ahoy_endpoint_index_add (self->usernames, g_strdup (username), record->name,
                             record->endpoint);
  }
  if (!ahoy_config_object_list_contains (config, "identify", "ip")) {
    return;
  }
  for (gsize i = 0; match != NULL && match[i] != NULL; i++) {
    AhoyNetwork network;

    if (ahoy_network_parse (&network, match[i])) {
      add_network (self, record, &network);
    } else {
      add_host (self, record, match[i]);
    }
  }
}

static void
on_config_changed (AhoyEndpoint *endpoint, GParamSpec *pspec, gpointer user_data)
{
  AhoyEndpointRegistry *self = user_data;
  Record *record = g_hash_table_lookup (self->endpoints, ahoy_endpoint_get_name (endpoint));

  if (record != NULL) {
    leave_tables (self, record);
    enter_tables (self, record);
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, endpoint);
  }
}

static void
let_go (AhoyEndpointRegistry *self, Record *record)
{
  g_signal_handlers_disconnect_by_func (record->endpoint, on_config_changed, self);
  leave_tables (self, record);
  g_hash_table_remove (self->endpoints, record->name);
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_endpoint_registry_dispose (GObject *object)
{
  AhoyEndpointRegistry *self = AHOY_ENDPOINT_REGISTRY (object);
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, self->endpoints);
  while (g_hash_table_iter_next (&iter, NULL, &record)) {
    g_signal_handlers_disconnect_by_func (((Record *) record)->endpoint, on_config_changed, self);
    leave_tables (self, record);
    g_hash_table_iter_remove (&iter);
  }
  G_OBJECT_CLASS (ahoy_endpoint_registry_parent_class)->dispose (object);
}

static void
ahoy_endpoint_registry_finalize (GObject *object)
{
  AhoyEndpointRegistry *self = AHOY_ENDPOINT_REGISTRY (object);

  ahoy_endpoint_index_free (self->usernames);
  ahoy_network_table_free (self->networks);
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
  /**
   * AhoyEndpointRegistry::endpoint-changed:
   * @self: the registry
   * @endpoint: an endpoint
   *
   * The endpoint has another configuration, and is found by what that says.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("endpoint-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_ENDPOINT);
}

static void
ahoy_endpoint_registry_init (AhoyEndpointRegistry *self)
{
  self->endpoints = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, record_free);
  self->usernames = ahoy_endpoint_index_new (g_str_hash, g_str_equal, g_free);
  self->networks = ahoy_network_table_new ();
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
  Record *record;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);

  name = ahoy_endpoint_get_name (endpoint);
  if (g_hash_table_contains (self->endpoints, name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "There is an endpoint “%s” already", name);
    return FALSE;
  }
  record = g_new0 (Record, 1);
  record->endpoint = g_object_ref (endpoint);
  record->name = g_strdup (name);
  g_hash_table_insert (self->endpoints, record->name, record);
  enter_tables (self, record);
  g_signal_connect (endpoint, "notify::config", G_CALLBACK (on_config_changed), self);
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
  Record *record;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);

  record = g_hash_table_lookup (self->endpoints, ahoy_endpoint_get_name (endpoint));
  if (record == NULL || record->endpoint != endpoint) {
    return FALSE;
  }
  hold = g_object_ref (endpoint);
  let_go (self, record);
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
  const Record *record;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  record = g_hash_table_lookup (self->endpoints, name);
  return record != NULL ? record->endpoint : NULL;
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
  gpointer record;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->endpoints);
  while (g_hash_table_iter_next (&iter, NULL, &record)) {
    g_ptr_array_add (list, g_object_ref (((Record *) record)->endpoint));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

/* @length gets that of the prefix of the network that counts, as if all were IPv6. */
AhoyEndpoint *
ahoy_endpoint_registry_find_by_address (AhoyEndpointRegistry *self, GInetAddress *address,
                                        guint *length)
{
  return ahoy_network_table_find (self->networks, address, NULL, NULL, length);
}

/* The addresses that a host name in the key `match` of the endpoint @name stands for at present;
 * NULL for none. */
void
ahoy_endpoint_registry_set_host_addresses (AhoyEndpointRegistry *self, const char *name,
                                           const char *host, GPtrArray *addresses)
{
  Record *record = g_hash_table_lookup (self->endpoints, name);

  if (record == NULL) {
    return;
  }
  leave_tables (self, record);
  if (record->hosts == NULL) {
    record->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) g_ptr_array_unref);
  }
  if (addresses != NULL) {
    g_hash_table_insert (record->hosts, g_strdup (host), g_ptr_array_ref (addresses));
  } else {
    g_hash_table_remove (record->hosts, host);
  }
  enter_tables (self, record);
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

  return ahoy_endpoint_registry_find_by_address (self, address, NULL);
}

static gboolean
is_model (AhoyEndpoint *endpoint)
{
  const char *const *names = ahoy_config_object_get_list (
      AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "auto-names");

  return names != NULL && names[0] != NULL;
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

  /* Those that were made of one have its user name, too. */
  endpoint = ahoy_endpoint_registry_lookup (self, username);
  if (endpoint != NULL && is_model (endpoint)) {
    return endpoint;
  }
  endpoint = ahoy_endpoint_index_lookup (self->usernames, username);
  return endpoint != NULL ? endpoint : ahoy_endpoint_registry_lookup (self, username);
}

static gboolean
has_address (GPtrArray *addresses, const AhoyNetwork *host)
{
  for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
    AhoyNetwork other;

    ahoy_network_from_address (&other, addresses->pdata[i]);
    if (ahoy_network_equal (&other, host)) {
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * ahoy_endpoint_registry_is_source:
 * @self: a registry
 * @endpoint: an endpoint of the registry
 * @address: where a request comes from
 *
 * Asks the key `match` of an endpoint, whatever its key `identify` says.
 *
 * Returns: whether @address is one of those that it names; %TRUE when it names none
 *
 * Since: 0.1
 */
gboolean
ahoy_endpoint_registry_is_source (AhoyEndpointRegistry *self, AhoyEndpoint *endpoint,
                                  GInetAddress *address)
{
  const char *const *match;
  const Record *record;
  AhoyNetwork host;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  match = ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                       "match");
  if (match == NULL || match[0] == NULL) {
    return TRUE;
  }
  record = g_hash_table_lookup (self->endpoints, ahoy_endpoint_get_name (endpoint));
  ahoy_network_from_address (&host, address);
  for (gsize i = 0; match[i] != NULL; i++) {
    AhoyNetwork network;

    if (ahoy_network_parse (&network, match[i])
            ? ahoy_network_contains (&network, &host)
            : record != NULL && record->hosts != NULL &&
                  has_address (g_hash_table_lookup (record->hosts, match[i]), &host)) {
      return TRUE;
    }
  }
  return FALSE;
}
