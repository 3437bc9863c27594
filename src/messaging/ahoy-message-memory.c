/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-memory-private.h"

/* More than that push out the oldest. */
#define MOST_ENTRIES 10000

typedef struct {
  char *key;
  AhoyMessageReceipt *receipt; /* NULL: it waits */
  GPtrArray *transactions;     /* AhoyServerTransaction: who waits for the answer */
  gint64 until;
  GList link;
} Entry;

/* How much an endpoint may send: tokens in millionths of a message. */
typedef struct {
  gint64 tokens;
  gint64 at;
} Bucket;

struct _AhoyMessageMemory {
  GHashTable *entries; /* key, owned by the entry → Entry */
  GQueue order;        /* oldest first */
  GHashTable *buckets; /* name of an endpoint → Bucket */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_object (&entry->receipt);
  g_ptr_array_unref (entry->transactions);
  g_free (entry->key);
  g_free (entry);
}

AhoyMessageMemory *
ahoy_message_memory_new (void)
{
  AhoyMessageMemory *self = g_new0 (AhoyMessageMemory, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->order);
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
ahoy_message_memory_free (AhoyMessageMemory *self)
{
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->buckets);
  g_free (self);
}

/* @rate: messages in a minute. FALSE: too many; @wait are the seconds until one more may come. */
gboolean
ahoy_message_memory_take_token (AhoyMessageMemory *self, const char *endpoint, guint rate,
                                guint burst, gint64 now, guint *wait)
{
  const gint64 one = 60 * G_USEC_PER_SEC; /* a message, in tokens: rate of them come in a µs */
  Bucket *bucket = g_hash_table_lookup (self->buckets, endpoint);
  gint64 most = (gint64) burst * one;

  if (rate == 0) {
    return TRUE;
  }
  if (bucket == NULL) {
    bucket = g_new0 (Bucket, 1);
    bucket->tokens = most;
    bucket->at = now;
    g_hash_table_insert (self->buckets, g_strdup (endpoint), bucket);
  }
  /* After that long any bucket is full, and the product would be too large. */
  if (now - bucket->at > most / rate) {
    bucket->tokens = most;
  } else {
    bucket->tokens = MIN (bucket->tokens + (now - bucket->at) * rate, most);
  }
  bucket->at = now;
  if (bucket->tokens < one) {
    *wait = (guint) ((one - bucket->tokens) / rate / G_USEC_PER_SEC) + 1;
    return FALSE;
  }
  bucket->tokens -= one;
  return TRUE;
}

static void
forget (AhoyMessageMemory *self, Entry *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

static void
expire (AhoyMessageMemory *self, gint64 now)
{
  Entry *oldest;

  while ((oldest = g_queue_peek_head (&self->order)) != NULL &&
         (oldest->until <= now || g_hash_table_size (self->entries) >= MOST_ENTRIES)) {
    forget (self, oldest);
  }
}

/*
 * FALSE: the message was here before, and @transaction is either answered by @receipt, or waits
 * with the first one.
 */
gboolean
ahoy_message_memory_begin (AhoyMessageMemory *self, const char *key,
                           AhoyServerTransaction *transaction, gint64 lifetime, gint64 now,
                           AhoyMessageReceipt **receipt)
{
  Entry *entry;

  *receipt = NULL;
  expire (self, now);
  entry = g_hash_table_lookup (self->entries, key);
  if (entry != NULL && entry->receipt != NULL) {
    *receipt = g_object_ref (entry->receipt);
    return FALSE;
  }
  if (entry != NULL) {
    g_ptr_array_add (entry->transactions, g_object_ref (transaction));
    return FALSE;
  }
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->transactions = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (entry->transactions, g_object_ref (transaction));
  entry->until = now + lifetime;
  entry->link.data = entry;
  g_queue_push_tail_link (&self->order, &entry->link);
  g_hash_table_insert (self->entries, entry->key, entry);
  return TRUE;
}

/*
 * Remembers what is answered. Returns: (transfer full) (nullable): who waits for it; NULL when the
 * message was forgotten meanwhile
 */
GPtrArray *
ahoy_message_memory_settle (AhoyMessageMemory *self, const char *key, AhoyMessageReceipt *receipt)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);
  GPtrArray *transactions;

  if (entry == NULL || entry->receipt != NULL) {
    return NULL;
  }
  entry->receipt = g_object_ref (receipt);
  transactions = g_steal_pointer (&entry->transactions);
  entry->transactions = g_ptr_array_new_with_free_func (g_object_unref);
  return transactions;
}

/* The message was refused by itself: it may come again. */
void
ahoy_message_memory_forget (AhoyMessageMemory *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL) {
    forget (self, entry);
  }
}

guint
ahoy_message_memory_get_size (AhoyMessageMemory *self)
{
  return g_hash_table_size (self->entries);
}
