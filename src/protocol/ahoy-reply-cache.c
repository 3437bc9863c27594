/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-reply-cache-private.h"

typedef struct {
  char *key;
  GBytes *reply; /* NULL: pending */
  gint64 until;
  GList link; /* in self->order */
} Entry;

struct _AhoyReplyCache {
  GHashTable *entries; /* key, owned by the entry → Entry */
  GQueue order;        /* oldest first: one lifetime for all, so this is how they expire */
  gint64 lifetime;
  guint capacity;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->reply, g_bytes_unref);
  g_free (entry->key);
  g_free (entry);
}

/* @lifetime in microseconds; more than @capacity entries push out the oldest. */
AhoyReplyCache *
ahoy_reply_cache_new (gint64 lifetime, guint capacity)
{
  AhoyReplyCache *self = g_new0 (AhoyReplyCache, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->order);
  self->lifetime = lifetime;
  self->capacity = capacity;
  return self;
}

void
ahoy_reply_cache_free (AhoyReplyCache *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
remove_entry (AhoyReplyCache *self, Entry *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

/* Drops what is over. Returns when the next entry expires, or -1 when the cache is empty. */
gint64
ahoy_reply_cache_expire (AhoyReplyCache *self, gint64 now)
{
  Entry *oldest;

  while ((oldest = g_queue_peek_head (&self->order)) != NULL) {
    if (oldest->until > now) {
      return oldest->until;
    }
    remove_entry (self, oldest);
  }
  return -1;
}

/* @reply: (out) (transfer none): the bytes of the answer, for %AHOY_REPLY_ANSWERED */
AhoyReplyState
ahoy_reply_cache_lookup (AhoyReplyCache *self, const char *key, gint64 now, GBytes **reply)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL) {
    return AHOY_REPLY_NONE;
  }
  if (entry->until <= now) {
    remove_entry (self, entry);
    return AHOY_REPLY_NONE;
  }
  *reply = entry->reply;
  return entry->reply != NULL ? AHOY_REPLY_ANSWERED : AHOY_REPLY_PENDING;
}

static Entry *
renew (AhoyReplyCache *self, const char *key, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL) {
    g_queue_unlink (&self->order, &entry->link);
  } else {
    if (g_hash_table_size (self->entries) >= self->capacity) {
      remove_entry (self, g_queue_peek_head (&self->order));
    }
    entry = g_new0 (Entry, 1);
    entry->key = g_strdup (key);
    entry->link.data = entry;
    g_hash_table_insert (self->entries, entry->key, entry);
  }
  entry->until = now + self->lifetime;
  g_queue_push_tail_link (&self->order, &entry->link);
  return entry;
}

void
ahoy_reply_cache_begin (AhoyReplyCache *self, const char *key, gint64 now)
{
  Entry *entry = renew (self, key, now);

  g_clear_pointer (&entry->reply, g_bytes_unref);
}

void
ahoy_reply_cache_answer (AhoyReplyCache *self, const char *key, GBytes *reply, gint64 now)
{
  Entry *entry = renew (self, key, now);

  g_clear_pointer (&entry->reply, g_bytes_unref);
  entry->reply = g_bytes_ref (reply);
}

void
ahoy_reply_cache_forget (AhoyReplyCache *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL) {
    remove_entry (self, entry);
  }
}

guint
ahoy_reply_cache_get_size (AhoyReplyCache *self)
{
  return g_hash_table_size (self->entries);
}
