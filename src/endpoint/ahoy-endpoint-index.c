/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-index.h"

#include <string.h>

/* Mostly there is one owner of a key; only the others need a tree. */
typedef struct {
  const char *name; /* of the first; held by the owner */
  gpointer owner;   /* the first */
  GTree *all;       /* name → owner; NULL while there is one */
} Owners;

struct _AhoyEndpointIndex {
  GHashTable *keys; /* key → Owners */
  GDestroyNotify key_free;
};

static void
owners_free (gpointer data)
{
  Owners *owners = data;

  g_clear_pointer (&owners->all, g_tree_unref);
  g_free (owners);
}

AhoyEndpointIndex *
ahoy_endpoint_index_new (GHashFunc hash, GEqualFunc equal, GDestroyNotify key_free)
{
  AhoyEndpointIndex *self = g_new0 (AhoyEndpointIndex, 1);

  self->keys = g_hash_table_new_full (hash, equal, key_free, owners_free);
  self->key_free = key_free;
  return self;
}

void
ahoy_endpoint_index_free (AhoyEndpointIndex *self)
{
  g_hash_table_unref (self->keys);
  g_free (self);
}

static void
note_first (Owners *owners)
{
  GTreeNode *first = g_tree_node_first (owners->all);

  owners->name = g_tree_node_key (first);
  owners->owner = g_tree_node_value (first);
}

static gboolean
has (const Owners *owners, const char *name)
{
  return owners->all != NULL ? g_tree_lookup_node (owners->all, name) != NULL
                             : strcmp (owners->name, name) == 0;
}

/* Takes @key. @name belongs to @owner, and is alive as long as the owner is here. FALSE: the owner
 * was here already. */
gboolean
ahoy_endpoint_index_add (AhoyEndpointIndex *self, gpointer key, const char *name, gpointer owner)
{
  Owners *owners = g_hash_table_lookup (self->keys, key);

  if (owners == NULL) {
    owners = g_new0 (Owners, 1);
    owners->name = name;
    owners->owner = owner;
    return g_hash_table_insert (self->keys, key, owners);
  }
  if (self->key_free != NULL) {
    self->key_free (key); /* the table has one */
  }
  if (has (owners, name)) {
    return FALSE;
  }
  if (owners->all == NULL) {
    owners->all = g_tree_new ((GCompareFunc) strcmp);
    g_tree_insert (owners->all, (gpointer) owners->name, owners->owner);
  }
  g_tree_insert (owners->all, (gpointer) name, owner);
  note_first (owners);
  return TRUE;
}

gboolean
ahoy_endpoint_index_remove (AhoyEndpointIndex *self, gconstpointer key, const char *name)
{
  Owners *owners = g_hash_table_lookup (self->keys, key);

  if (owners == NULL) {
    return FALSE;
  }
  if (owners->all == NULL) {
    return strcmp (owners->name, name) == 0 && g_hash_table_remove (self->keys, key);
  }
  if (!g_tree_remove (owners->all, name)) {
    return FALSE;
  }
  if (g_tree_nnodes (owners->all) == 0) {
    return g_hash_table_remove (self->keys, key);
  }
  note_first (owners);
  return TRUE;
}

gpointer
ahoy_endpoint_index_lookup (AhoyEndpointIndex *self, gconstpointer key)
{
  const Owners *owners = g_hash_table_lookup (self->keys, key);

  return owners != NULL ? owners->owner : NULL;
}

/* Returns the owner for which @func said TRUE. */
gpointer
ahoy_endpoint_index_walk (AhoyEndpointIndex *self, gconstpointer key, AhoyEndpointIndexFunc func,
                          gpointer user_data)
{
  const Owners *owners = g_hash_table_lookup (self->keys, key);

  if (owners == NULL) {
    return NULL;
  }
  if (owners->all == NULL) {
    return func (owners->owner, user_data) ? owners->owner : NULL;
  }
  for (GTreeNode *at = g_tree_node_first (owners->all); at != NULL; at = g_tree_node_next (at)) {
    gpointer owner = g_tree_node_value (at);

    if (func (owner, user_data)) {
      return owner;
    }
  }
  return NULL;
}

guint
ahoy_endpoint_index_get_size (AhoyEndpointIndex *self)
{
  return g_hash_table_size (self->keys);
}
