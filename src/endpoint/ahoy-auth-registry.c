/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auth-registry.h"

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyAuthRegistry:
 *
 * The accounts of the configuration by name, and which of them an endpoint proves itself with, or
 * answers challenges of an endpoint with.
 *
 * Since: 0.1
 */
struct _AhoyAuthRegistry {
  GObject parent_instance;

  GHashTable *auths; /* name, owned by the account → AhoyAuthConfig */
  guint64 generation;
};

G_DEFINE_FINAL_TYPE (AhoyAuthRegistry, ahoy_auth_registry, G_TYPE_OBJECT)

/* What was found for an endpoint, good as long as neither its configuration nor the registry
 * changes. It hangs on the endpoint, so that nothing has to be forgotten. */
typedef struct {
  AhoyEndpointConfig *config;
  guint64 generation;
  GPtrArray *inbound;
  GPtrArray *outbound;
} Findings;

static G_DEFINE_QUARK (ahoy-auth-findings, findings)

static void
findings_free (gpointer data)
{
  Findings *findings = data;

  g_object_unref (findings->config);
  g_ptr_array_unref (findings->inbound);
  g_ptr_array_unref (findings->outbound);
  g_free (findings);
}

/* Never the same twice, also not in two registries. */
static void
change_generation (AhoyAuthRegistry *self)
{
  static guint64 last;

  self->generation = ++last;
}

static void
ahoy_auth_registry_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_AUTH_REGISTRY (object)->auths);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_auth_registry_parent_class)->finalize (object);
}

static void
ahoy_auth_registry_class_init (AhoyAuthRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_auth_registry_finalize;
}

static void
ahoy_auth_registry_init (AhoyAuthRegistry *self)
{
  self->auths = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  change_generation (self);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_auth_registry_new:
 *
 * Returns: (transfer full): a registry without accounts
 *
 * Since: 0.1
 */
AhoyAuthRegistry *
ahoy_auth_registry_new (void)
{
  return g_object_new (AHOY_TYPE_AUTH_REGISTRY, NULL);
}

/**
 * ahoy_auth_registry_add:
 * @self: a registry
 * @auth: an account
 * @error: return location for an error
 *
 * Adds an account. It takes the place of the one that an endpoint of the same name implies.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when there is one of that name
 *
 * Since: 0.1
 */
gboolean
ahoy_auth_registry_add (AhoyAuthRegistry *self, AhoyAuthConfig *auth, GError **error)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_AUTH_CONFIG (auth), FALSE);

  name = ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (auth));
  if (g_hash_table_contains (self->auths, name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "There is an account “%s” already; give this one another name", name);
    return FALSE;
  }
  g_hash_table_insert (self->auths, (gpointer) name, g_object_ref (auth));
  change_generation (self);
  return TRUE;
}

/**
 * ahoy_auth_registry_remove:
 * @self: a registry
 * @name: the name of an account
 *
 * Removes an account that was added.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_auth_registry_remove (AhoyAuthRegistry *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!g_hash_table_remove (self->auths, name)) {
    return FALSE;
  }
  change_generation (self);
  return TRUE;
}

/**
 * ahoy_auth_registry_lookup:
 * @self: a registry
 * @name: the name of an account
 *
 * Returns: (transfer none) (nullable): the account that was added with that name; not one that an
 *   endpoint implies
 *
 * Since: 0.1
 */
AhoyAuthConfig *
ahoy_auth_registry_lookup (AhoyAuthRegistry *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->auths, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (ahoy_config_object_get_name (*(AhoyConfigObject *const *) a),
                    ahoy_config_object_get_name (*(AhoyConfigObject *const *) b));
}

/**
 * ahoy_auth_registry_list:
 * @self: a registry
 *
 * Returns: (transfer container) (element-type AhoyAuthConfig): the accounts that were added, by
 *   name
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_auth_registry_list (AhoyAuthRegistry *self)
{
  GPtrArray *list;
  GHashTableIter iter;
  gpointer auth;

  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->auths);
  while (g_hash_table_iter_next (&iter, NULL, &auth)) {
    g_ptr_array_add (list, g_object_ref (auth));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

/* -- of an endpoint ------------------------------------------------------------------------- */

static void
add_named (AhoyAuthRegistry *self, AhoyConfigObject *config, const char *key, GPtrArray *list)
{
  const char *const *names = ahoy_config_object_get_list (config, key);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    AhoyAuthConfig *auth = g_hash_table_lookup (self->auths, names[i]);

    if (auth != NULL && !g_ptr_array_find (list, auth, NULL)) {
      g_ptr_array_add (list, g_object_ref (auth));
    }
  }
}

static GPtrArray *
find_inbound (AhoyAuthRegistry *self, AhoyEndpointConfig *config)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (config);
  AhoyAuthConfig *own = g_hash_table_lookup (self->auths, ahoy_config_object_get_name (object));

  own = own != NULL ? g_object_ref (own) : ahoy_endpoint_config_make_auth (config);
  if (own != NULL) {
    g_ptr_array_add (list, own);
  }
  add_named (self, object, "auths", list);
  return list;
}

static GPtrArray *
find_outbound (AhoyAuthRegistry *self, AhoyEndpointConfig *config)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (config);
  const char *username = ahoy_config_object_get_string (object, "outbound-username");
  const char *password = ahoy_config_object_get_string (object, "outbound-password");

  if (username != NULL && password != NULL) {
    AhoyAuthConfig *own = ahoy_auth_config_new (ahoy_config_object_get_name (object));

    g_object_set (own, "username", username, "password", password, NULL);
    ahoy_config_object_seal (AHOY_CONFIG_OBJECT (own));
    g_ptr_array_add (list, own);
  }
  add_named (self, object, "outbound-auths", list);
  return list;
}

static Findings *
find (AhoyAuthRegistry *self, AhoyEndpoint *endpoint)
{
  AhoyEndpointConfig *config = ahoy_endpoint_get_config (endpoint);
  Findings *findings = g_object_get_qdata (G_OBJECT (endpoint), findings_quark ());

  if (findings != NULL && findings->config == config && findings->generation == self->generation) {
    return findings;
  }
  findings = g_new0 (Findings, 1);
  findings->config = g_object_ref (config);
  findings->generation = self->generation;
  findings->inbound = find_inbound (self, config);
  findings->outbound = find_outbound (self, config);
  g_object_set_qdata_full (G_OBJECT (endpoint), findings_quark (), findings, findings_free);
  return findings;
}

/**
 * ahoy_auth_registry_list_for:
 * @self: a registry
 * @endpoint: an endpoint
 *
 * Finds the accounts with which an endpoint can prove who it is: the account of its name, or the
 * one that its own keys imply, and those of its key `auths`.
 *
 * Returns: (transfer container) (element-type AhoyAuthConfig): the accounts, the endpoint's own
 *   first; not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_auth_registry_list_for (AhoyAuthRegistry *self, AhoyEndpoint *endpoint)
{
  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (self), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), NULL);

  return g_ptr_array_ref (find (self, endpoint)->inbound);
}

/**
 * ahoy_auth_registry_list_outbound_for:
 * @self: a registry
 * @endpoint: an endpoint
 *
 * Finds the accounts with which challenges of an endpoint are answered: that of its keys
 * `outbound-username` and `outbound-password`, which is good for every realm, and those of its key
 * `outbound-auths`.
 *
 * Returns: (transfer container) (element-type AhoyAuthConfig): the accounts, the endpoint's own
 *   first; not to be changed
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_auth_registry_list_outbound_for (AhoyAuthRegistry *self, AhoyEndpoint *endpoint)
{
  g_return_val_if_fail (AHOY_IS_AUTH_REGISTRY (self), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), NULL);

  return g_ptr_array_ref (find (self, endpoint)->outbound);
}
