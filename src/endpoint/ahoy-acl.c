/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-acl.h"

#include "ahoy-error.h"
#include "ahoy-network-table.h"

struct _AhoyAcl {
  gatomicrefcount ref_count;
  AhoyNetworkTable *networks; /* → one of the words */
  gboolean closed;            /* to whom no network names */
};

/* What is found for a network; the first of both by name counts. */
static char deny_word[] = "deny";
static char permit_word[] = "permit";

G_DEFINE_BOXED_TYPE (AhoyAcl, ahoy_acl, ahoy_acl_ref, ahoy_acl_unref)

static gboolean
add_list (AhoyAcl *self, const char *const *list, char *word, GError **error)
{
  for (gsize i = 0; list != NULL && list[i] != NULL; i++) {
    AhoyNetwork network;

    if (!ahoy_network_parse (&network, list[i])) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” is no network; write an address or a network whose host part is zero, "
                   "such as 192.0.2.7 or 2001:db8::/32",
                   list[i]);
      return FALSE;
    }
    ahoy_network_table_add (self->networks, &network, word, word);
  }
  return TRUE;
}

/**
 * ahoy_acl_new:
 * @permit: (nullable) (array zero-terminated=1): addresses and networks that are let in
 * @deny: (nullable) (array zero-terminated=1): those that are not
 * @error: return location for an error
 *
 * Makes a list of both; their order means nothing.
 *
 * Returns: (transfer full) (nullable): an ACL; %NULL with %AHOY_ERROR_INVALID_ARGUMENTS
 *
 * Since: 0.1
 */
AhoyAcl *
ahoy_acl_new (const char *const *permit, const char *const *deny, GError **error)
{
  g_autoptr (AhoyAcl) self = g_new0 (AhoyAcl, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->networks = ahoy_network_table_new ();
  self->closed = permit != NULL && permit[0] != NULL;
  if (!add_list (self, permit, permit_word, error) || !add_list (self, deny, deny_word, error)) {
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * ahoy_acl_ref:
 * @self: an ACL
 *
 * Returns: (transfer full): the same one
 *
 * Since: 0.1
 */
AhoyAcl *
ahoy_acl_ref (AhoyAcl *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * ahoy_acl_unref:
 * @self: (transfer full): an ACL
 *
 * Lets go of it.
 *
 * Since: 0.1
 */
void
ahoy_acl_unref (AhoyAcl *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count)) {
    ahoy_network_table_free (self->networks);
    g_free (self);
  }
}

/**
 * ahoy_acl_permits:
 * @self: an ACL
 * @address: an address; an IPv4 one that is written as IPv6 (`::ffff:192.0.2.7`) is the IPv4 one
 *
 * Returns: whether @address is let in
 *
 * Since: 0.1
 */
gboolean
ahoy_acl_permits (AhoyAcl *self, GInetAddress *address)
{
  const char *word;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  word = ahoy_network_table_find (self->networks, address, NULL, NULL, NULL);
  return word != NULL ? word == permit_word : !self->closed;
}
