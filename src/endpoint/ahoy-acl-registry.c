/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-acl-registry.h"

#include "ahoy-census.h"
#include "ahoy-uri.h"

/**
 * AhoyAclRegistry:
 *
 * The objects `[acl]` by name, and what they and the keys of endpoints say of an address. Where an
 * object is named that is not there, nothing is let in.
 *
 * Since: 0.1
 */
struct _AhoyAclRegistry {
  GObject parent_instance;

  GHashTable *configs; /* name → AhoyAclConfig */
};

G_DEFINE_FINAL_TYPE (AhoyAclRegistry, ahoy_acl_registry, G_TYPE_OBJECT)

static void
ahoy_acl_registry_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_ACL_REGISTRY (object)->configs);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_acl_registry_parent_class)->finalize (object);
}

static void
ahoy_acl_registry_class_init (AhoyAclRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_acl_registry_finalize;
}

static void
ahoy_acl_registry_init (AhoyAclRegistry *self)
{
  self->configs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/* -- what objects say ----------------------------------------------------------------------- */

static gboolean
is_empty (const char *const *list)
{
  return list == NULL || list[0] == NULL;
}

/*
 * What @permit and @deny of an object make: made once, as an object of the configuration does not
 * change. NULL when both are empty.
 */
static AhoyAcl *
find_acl (AhoyConfigObject *object, const char *permit, const char *deny)
{
  const char *const *permitted = ahoy_config_object_get_list (object, permit);
  const char *const *denied = ahoy_config_object_get_list (object, deny);
  g_autofree char *key = NULL;
  AhoyAcl *acl;

  if (is_empty (permitted) && is_empty (denied)) {
    return NULL;
  }
  key = g_strconcat ("ahoy-acl-", permit, NULL);
  acl = g_object_get_data (G_OBJECT (object), key);
  if (acl == NULL) {
    acl = ahoy_acl_new (permitted, denied, NULL);
    g_object_set_data_full (G_OBJECT (object), key, acl, (GDestroyNotify) ahoy_acl_unref);
  }
  return acl;
}

static gboolean
permits (AhoyConfigObject *object, const char *permit, const char *deny, GInetAddress *address)
{
  AhoyAcl *acl = find_acl (object, permit, deny);

  return acl == NULL || ahoy_acl_permits (acl, address);
}

/* Whether all objects of @names let @address in by their keys @permit and @deny. */
static gboolean
all_permit (AhoyAclRegistry *self, const char *const *names, const char *permit, const char *deny,
            GInetAddress *address)
{
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    AhoyConfigObject *object = g_hash_table_lookup (self->configs, names[i]);

    if (object == NULL || !permits (object, permit, deny, address)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Whether anything is said about contacts of an endpoint. */
static gboolean
restricts_contacts (AhoyAclRegistry *self, AhoyConfigObject *object)
{
  const char *const *names = ahoy_config_object_get_list (object, "acl");

  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    AhoyConfigObject *acl = g_hash_table_lookup (self->configs, names[i]);

    if (acl == NULL || find_acl (acl, "contact-permit", "contact-deny") != NULL) {
      return TRUE;
    }
  }
  return !is_empty (ahoy_config_object_get_list (object, "contact-acl")) ||
         find_acl (object, "contact-permit", "contact-deny") != NULL;
}

/**
 * ahoy_acl_registry_new:
 *
 * Returns: (transfer full): an empty registry
 *
 * Since: 0.1
 */
AhoyAclRegistry *
ahoy_acl_registry_new (void)
{
  return g_object_new (AHOY_TYPE_ACL_REGISTRY, NULL);
}

/**
 * ahoy_acl_registry_set:
 * @self: a registry
 * @config: an object `[acl]`, which does not change any more
 *
 * Adds an object, or takes it instead of the one of its name.
 *
 * Since: 0.1
 */
void
ahoy_acl_registry_set (AhoyAclRegistry *self, AhoyAclConfig *config)
{
  g_return_if_fail (AHOY_IS_ACL_REGISTRY (self));
  g_return_if_fail (AHOY_IS_ACL_CONFIG (config));

  g_hash_table_insert (self->configs,
                       g_strdup (ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config))),
                       g_object_ref (config));
}

/**
 * ahoy_acl_registry_remove:
 * @self: a registry
 * @name: the name of an object `[acl]`
 *
 * Removes an object. Who still names it lets nobody in.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_acl_registry_remove (AhoyAclRegistry *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return g_hash_table_remove (self->configs, name);
}

/**
 * ahoy_acl_registry_lookup:
 * @self: a registry
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the object `[acl]` of that name
 *
 * Since: 0.1
 */
AhoyAclConfig *
ahoy_acl_registry_lookup (AhoyAclRegistry *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->configs, name);
}

/**
 * ahoy_acl_registry_permits:
 * @self: a registry
 * @names: (nullable) (array zero-terminated=1): names of objects `[acl]`
 * @address: where something comes from
 *
 * Returns: whether all of the objects let @address in; so do none
 *
 * Since: 0.1
 */
gboolean
ahoy_acl_registry_permits (AhoyAclRegistry *self, const char *const *names, GInetAddress *address)
{
  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (self), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  return all_permit (self, names, "permit", "deny", address);
}

/**
 * ahoy_acl_registry_permits_source:
 * @self: a registry
 * @endpoint: an endpoint
 * @address: where a request of the endpoint comes from
 *
 * Asks the keys `acl`, `permit` and `deny` of an endpoint.
 *
 * Returns: whether they let @address in
 *
 * Since: 0.1
 */
gboolean
ahoy_acl_registry_permits_source (AhoyAclRegistry *self, AhoyEndpoint *endpoint,
                                  GInetAddress *address)
{
  AhoyConfigObject *object;

  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  object = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  return permits (object, "permit", "deny", address) &&
         all_permit (self, ahoy_config_object_get_list (object, "acl"), "permit", "deny", address);
}

/**
 * ahoy_acl_registry_permits_contact:
 * @self: a registry
 * @endpoint: an endpoint
 * @uri: the URI of a contact that it wants to have
 *
 * Asks the keys `contact-permit`, `contact-deny` and `contact-acl` of an endpoint, and the first
 * two of the objects that its key `acl` names. They know addresses: where they say anything, a
 * contact with the name of a host is refused.
 *
 * Returns: whether the endpoint may have the contact
 *
 * Since: 0.1
 */
gboolean
ahoy_acl_registry_permits_contact (AhoyAclRegistry *self, AhoyEndpoint *endpoint, const char *uri)
{
  g_autoptr (AhoyUri) parsed = NULL;
  g_autoptr (GInetAddress) address = NULL;
  AhoyConfigObject *object;
  const char *host;

  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);
  g_return_val_if_fail (uri != NULL, FALSE);

  object = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  if (!restricts_contacts (self, object)) {
    return TRUE;
  }
  parsed = ahoy_uri_parse (uri, NULL);
  host = parsed != NULL ? ahoy_uri_get_host (parsed) : NULL;
  address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  return address != NULL && permits (object, "contact-permit", "contact-deny", address) &&
         all_permit (self, ahoy_config_object_get_list (object, "acl"), "contact-permit",
                     "contact-deny", address) &&
         all_permit (self, ahoy_config_object_get_list (object, "contact-acl"), "permit", "deny",
                     address);
}

/**
 * ahoy_acl_registry_permits_direct_media:
 * @self: a registry
 * @endpoint: an endpoint
 * @address: where media of the other party of its call would go to and come from
 *
 * Asks the keys `direct-media-acl`, `direct-media-permit` and `direct-media-deny` of an endpoint.
 *
 * Returns: whether media may pass between the endpoint and @address without this host
 *
 * Since: 0.1
 */
gboolean
ahoy_acl_registry_permits_direct_media (AhoyAclRegistry *self, AhoyEndpoint *endpoint,
                                        GInetAddress *address)
{
  AhoyConfigObject *object;

  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  object = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  return permits (object, "direct-media-permit", "direct-media-deny", address) &&
         all_permit (self, ahoy_config_object_get_list (object, "direct-media-acl"), "permit",
                     "deny", address);
}
