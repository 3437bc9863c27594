/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-domain-registry.h"

#include <gio/gio.h>
#include <string.h>

#include "ahoy-census.h"

/**
 * AhoyDomainRegistry:
 *
 * The domains that are ours: the objects `[domain]`, their aliases, and the hosts that we are.
 * Names are compared without regard to case, addresses as addresses.
 *
 * Since: 0.1
 */
struct _AhoyDomainRegistry {
  GObject parent_instance;

  GHashTable *configs; /* name as it is written → AhoyDomainConfig */
  GHashTable *names;   /* name or alias, normalized → AhoyDomainConfig, held by configs */
  GHashTable *own;     /* set of hosts, normalized */
};

G_DEFINE_FINAL_TYPE (AhoyDomainRegistry, ahoy_domain_registry, G_TYPE_OBJECT)

static char *
normalize (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  gsize length = strlen (host);

  if (address != NULL) {
    return g_inet_address_to_string (address);
  }
  /* The dot at the end says that a name is complete (RFC 1034 §3.1). */
  return g_ascii_strdown (host, length > 1 && host[length - 1] == '.' ? (gssize) length - 1 : -1);
}

/* Of several domains with the same alias the first by name has it. */
static void
make_names (AhoyDomainRegistry *self)
{
  g_autoptr (GPtrArray) list = ahoy_domain_registry_list (self);

  g_hash_table_remove_all (self->names);
  for (guint i = 0; i < list->len; i++) {
    AhoyConfigObject *config = list->pdata[i];

    g_hash_table_insert (self->names, normalize (ahoy_config_object_get_name (config)), config);
  }
  for (guint i = 0; i < list->len; i++) {
    const char *const *aliases = ahoy_config_object_get_list (list->pdata[i], "aliases");

    for (gsize k = 0; aliases != NULL && aliases[k] != NULL; k++) {
      g_autofree char *alias = normalize (aliases[k]);

      if (!g_hash_table_contains (self->names, alias)) {
        g_hash_table_insert (self->names, g_steal_pointer (&alias), list->pdata[i]);
      }
    }
  }
}

static void
ahoy_domain_registry_finalize (GObject *object)
{
  AhoyDomainRegistry *self = AHOY_DOMAIN_REGISTRY (object);

  g_hash_table_unref (self->names);
  g_hash_table_unref (self->own);
  g_hash_table_unref (self->configs);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_domain_registry_parent_class)->finalize (object);
}

static void
ahoy_domain_registry_class_init (AhoyDomainRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_domain_registry_finalize;
}

static void
ahoy_domain_registry_init (AhoyDomainRegistry *self)
{
  self->configs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_domain_registry_new:
 *
 * Returns: (transfer full): a registry without domains
 *
 * Since: 0.1
 */
AhoyDomainRegistry *
ahoy_domain_registry_new (void)
{
  return g_object_new (AHOY_TYPE_DOMAIN_REGISTRY, NULL);
}

/**
 * ahoy_domain_registry_set:
 * @self: a registry
 * @config: an object `[domain]`
 *
 * Adds a domain, or takes it instead of the one of its name.
 *
 * Since: 0.1
 */
void
ahoy_domain_registry_set (AhoyDomainRegistry *self, AhoyDomainConfig *config)
{
  g_return_if_fail (AHOY_IS_DOMAIN_REGISTRY (self));
  g_return_if_fail (AHOY_IS_DOMAIN_CONFIG (config));

  g_hash_table_insert (self->configs,
                       g_strdup (ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config))),
                       g_object_ref (config));
  make_names (self);
}

/**
 * ahoy_domain_registry_remove:
 * @self: a registry
 * @name: a domain
 *
 * The domain is ours no more.
 *
 * Returns: whether it was
 *
 * Since: 0.1
 */
gboolean
ahoy_domain_registry_remove (AhoyDomainRegistry *self, const char *name)
{
  gboolean removed;

  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  removed = g_hash_table_remove (self->configs, name);
  make_names (self);
  return removed;
}

/**
 * ahoy_domain_registry_set_own_hosts:
 * @self: a registry
 * @hosts: (nullable) (array zero-terminated=1): names and addresses
 *
 * Says which hosts we are, besides the domains; instead of what was said before.
 *
 * Since: 0.1
 */
void
ahoy_domain_registry_set_own_hosts (AhoyDomainRegistry *self, const char *const *hosts)
{
  g_return_if_fail (AHOY_IS_DOMAIN_REGISTRY (self));

  g_hash_table_remove_all (self->own);
  for (gsize i = 0; hosts != NULL && hosts[i] != NULL; i++) {
    g_hash_table_add (self->own, normalize (hosts[i]));
  }
}

/**
 * ahoy_domain_registry_lookup:
 * @self: a registry
 * @host: the host of a URI, without brackets
 *
 * Returns: (transfer none) (nullable): the domain whose name or alias @host is
 *
 * Since: 0.1
 */
AhoyDomainConfig *
ahoy_domain_registry_lookup (AhoyDomainRegistry *self, const char *host)
{
  g_autofree char *normal = NULL;

  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  normal = normalize (host);
  return g_hash_table_lookup (self->names, normal);
}

/**
 * ahoy_domain_registry_is_local:
 * @self: a registry
 * @host: the host of a URI, without brackets
 *
 * Returns: whether @host is a domain of ours, an alias, or a host that we are
 *
 * Since: 0.1
 */
gboolean
ahoy_domain_registry_is_local (AhoyDomainRegistry *self, const char *host)
{
  g_autofree char *normal = NULL;

  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  normal = normalize (host);
  return g_hash_table_contains (self->names, normal) || g_hash_table_contains (self->own, normal);
}

static int
compare_names (gconstpointer one, gconstpointer other)
{
  return g_strcmp0 (ahoy_config_object_get_name (*(AhoyConfigObject **) one),
                    ahoy_config_object_get_name (*(AhoyConfigObject **) other));
}

/**
 * ahoy_domain_registry_list:
 * @self: a registry
 *
 * Returns: (transfer container) (element-type AhoyDomainConfig): the domains in the order of their
 *   names
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_domain_registry_list (AhoyDomainRegistry *self)
{
  GPtrArray *list;
  GHashTableIter iter;
  gpointer config;

  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->configs);
  while (g_hash_table_iter_next (&iter, NULL, &config)) {
    g_ptr_array_add (list, g_object_ref (config));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

static int
compare_texts (gconstpointer one, gconstpointer other)
{
  return g_strcmp0 (*(const char *const *) one, *(const char *const *) other);
}

/**
 * ahoy_domain_registry_list_own_hosts:
 * @self: a registry
 *
 * Returns: (transfer full) (array zero-terminated=1): the hosts that we are, sorted
 *
 * Since: 0.1
 */
char **
ahoy_domain_registry_list_own_hosts (AhoyDomainRegistry *self)
{
  g_autoptr (GPtrArray) list = NULL;
  GHashTableIter iter;
  gpointer host;

  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (self), NULL);

  list = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->own);
  while (g_hash_table_iter_next (&iter, &host, NULL)) {
    g_ptr_array_add (list, g_strdup (host));
  }
  g_ptr_array_sort (list, compare_texts);
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_steal (list, NULL);
}
