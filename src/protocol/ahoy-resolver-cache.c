/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver-cache.h"

/*
 * What the resolver remembers: answers by their TTL, and next hops that did not work. Both are
 * filled by strangers (whoever can make us call a name), so both have a hard size and drop what
 * came first.
 */

typedef struct {
  char *key;
  AhoyDnsRecordSet *set;
  GList link;
} CacheEntry;

struct _AhoyDnsCache {
  GHashTable *entries; /* key -> CacheEntry */
  GQueue age;          /* oldest first */
  guint max_entries;
};

typedef struct {
  AhoyNextHop *hop;
  gint64 until;
  GList link;
} Failure;

struct _AhoyHopFailures {
  GHashTable *entries; /* AhoyNextHop -> Failure */
  GQueue age;          /* oldest first */
  guint max_entries;
};

static void
cache_entry_free (gpointer data)
{
  CacheEntry *entry = data;

  g_free (entry->key);
  ahoy_dns_record_set_unref (entry->set);
  g_free (entry);
}

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  ahoy_next_hop_unref (failure->hop);
  g_free (failure);
}

static guint
hop_hash (gconstpointer hop)
{
  return ahoy_next_hop_hash (hop);
}

static gboolean
hop_equal (gconstpointer a, gconstpointer b)
{
  return ahoy_next_hop_equal (a, b);
}

/* @key has AHOY_DNS_KEY_SIZE bytes; @name is normalized. */
void
ahoy_dns_key_write (char *key, const char *name, AhoyDnsType type)
{
  g_snprintf (key, AHOY_DNS_KEY_SIZE, "%u/%s", (guint) type, name);
}

AhoyDnsCache *
ahoy_dns_cache_new (guint max_entries)
{
  AhoyDnsCache *self = g_new0 (AhoyDnsCache, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, cache_entry_free);
  g_queue_init (&self->age);
  self->max_entries = max_entries;

  return self;
}

void
ahoy_dns_cache_free (AhoyDnsCache *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
remove_entry (AhoyDnsCache *self, CacheEntry *entry)
{
  g_queue_unlink (&self->age, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

static void
trim_cache (AhoyDnsCache *self, guint size)
{
  while (self->age.length > size)
    remove_entry (self, self->age.head->data);
}

void
ahoy_dns_cache_set_max (AhoyDnsCache *self, guint max_entries)
{
  self->max_entries = max_entries;
  trim_cache (self, max_entries);
}

guint
ahoy_dns_cache_get_size (AhoyDnsCache *self)
{
  return self->age.length;
}

/* Borrowed; %NULL when nothing fresh is known. */
AhoyDnsRecordSet *
ahoy_dns_cache_lookup (AhoyDnsCache *self, const char *key, gint64 now)
{
  CacheEntry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL)
    return NULL;

  if (entry->set->expires <= now) {
    remove_entry (self, entry);
    return NULL;
  }

  return entry->set;
}

void
ahoy_dns_cache_insert (AhoyDnsCache *self, const char *key, AhoyDnsRecordSet *set)
{
  CacheEntry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL)
    remove_entry (self, entry);
  if (self->max_entries == 0)
    return;

  trim_cache (self, self->max_entries - 1);

  entry = g_new0 (CacheEntry, 1);
  entry->key = g_strdup (key);
  entry->set = ahoy_dns_record_set_ref (set);
  entry->link.data = entry;
  g_queue_push_tail_link (&self->age, &entry->link);
  g_hash_table_insert (self->entries, entry->key, entry);
}

void
ahoy_dns_cache_clear (AhoyDnsCache *self)
{
  trim_cache (self, 0);
}

AhoyHopFailures *
ahoy_hop_failures_new (guint max_entries)
{
  AhoyHopFailures *self = g_new0 (AhoyHopFailures, 1);

  self->entries = g_hash_table_new_full (hop_hash, hop_equal, NULL, failure_free);
  g_queue_init (&self->age);
  self->max_entries = max_entries;

  return self;
}

void
ahoy_hop_failures_free (AhoyHopFailures *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
remove_failure (AhoyHopFailures *self, Failure *failure)
{
  g_queue_unlink (&self->age, &failure->link);
  g_hash_table_remove (self->entries, failure->hop);
}

void
ahoy_hop_failures_add (AhoyHopFailures *self, AhoyNextHop *hop, gint64 now, gint64 until)
{
  Failure *failure = g_hash_table_lookup (self->entries, hop);

  if (failure != NULL)
    remove_failure (self, failure);

  while (self->age.length > 0) {
    Failure *oldest = self->age.head->data;

    if (oldest->until > now && self->age.length < self->max_entries)
      break;
    remove_failure (self, oldest);
  }

  failure = g_new0 (Failure, 1);
  failure->hop = ahoy_next_hop_ref (hop);
  failure->until = until;
  failure->link.data = failure;
  g_queue_push_tail_link (&self->age, &failure->link);
  g_hash_table_insert (self->entries, failure->hop, failure);
}

gboolean
ahoy_hop_failures_contains (AhoyHopFailures *self, AhoyNextHop *hop, gint64 now)
{
  Failure *failure = g_hash_table_lookup (self->entries, hop);

  if (failure == NULL)
    return FALSE;

  if (failure->until <= now) {
    remove_failure (self, failure);
    return FALSE;
  }

  return TRUE;
}

void
ahoy_hop_failures_clear (AhoyHopFailures *self)
{
  while (self->age.length > 0)
    remove_failure (self, self->age.head->data);
}

/* Moves what failed to the end; the order is kept otherwise. */
void
ahoy_hop_failures_sort (AhoyHopFailures *self, GPtrArray *hops, gint64 now)
{
  g_autoptr (GPtrArray) failed = NULL;
  guint kept = 0;

  if (self->age.length == 0 || hops->len < 2)
    return;

  failed = g_ptr_array_new ();
  for (guint i = 0; i < hops->len; i++) {
    gpointer hop = g_ptr_array_index (hops, i);

    if (ahoy_hop_failures_contains (self, hop, now))
      g_ptr_array_add (failed, hop);
    else
      g_ptr_array_index (hops, kept++) = hop;
  }

  for (guint i = 0; i < failed->len; i++)
    g_ptr_array_index (hops, kept++) = g_ptr_array_index (failed, i);
}
