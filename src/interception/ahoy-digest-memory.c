/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-digest-memory-private.h"

#include <string.h>

#define MAX_DIALOGS 4096
#define MAX_PROOFS 8 /* of a dialog */
#define MAX_AGE (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct {
  char *key;
  GPtrArray *proofs; /* AhoyDigestProof */
  gint64 used;
  GList link; /* in the queue, the one that was used last at its end */
} Entry;

struct _AhoyDigestMemory {
  AhoyScheduler *scheduler;
  GHashTable *entries; /* Entry by its key */
  GQueue order;
};

static void
proof_free (gpointer data)
{
  AhoyDigestProof *proof = data;

  ahoy_challenge_unref (proof->challenge);
  explicit_bzero (proof->ha1, strlen (proof->ha1));
  g_free (proof->ha1);
  g_free (proof->username);
  g_free (proof->cnonce);
  g_free (proof);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_ptr_array_unref (entry->proofs);
  g_free (entry->key);
  g_free (entry);
}

AhoyDigestMemory *
ahoy_digest_memory_new (AhoyScheduler *scheduler)
{
  AhoyDigestMemory *self = g_new0 (AhoyDigestMemory, 1);

  self->scheduler = g_object_ref (scheduler);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&self->order);
  return self;
}

void
ahoy_digest_memory_free (AhoyDigestMemory *self)
{
  g_hash_table_unref (self->entries);
  g_object_unref (self->scheduler);
  g_free (self);
}

guint
ahoy_digest_memory_get_size (AhoyDigestMemory *self)
{
  return g_hash_table_size (self->entries);
}

/* Our tag belongs to it: whoever is called knows the Call-ID, and could use it for a call to us. */
static char *
make_key (AhoyMessage *request)
{
  g_autofree char *call_id = ahoy_message_dup_call_id (request);
  g_autofree char *tag = ahoy_message_dup_from_tag (request);

  return g_strconcat (call_id != NULL ? call_id : "", "\n", tag, NULL);
}

static void
drop (AhoyDigestMemory *self, Entry *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

static void
make_room (AhoyDigestMemory *self, gint64 now)
{
  Entry *oldest;

  while ((oldest = g_queue_peek_head (&self->order)) != NULL &&
         (self->order.length >= MAX_DIALOGS || oldest->used + MAX_AGE < now)) {
    drop (self, oldest);
  }
}

static Entry *
find_entry (AhoyDigestMemory *self, AhoyMessage *request)
{
  g_autofree char *key = NULL;
  gint64 now = ahoy_scheduler_get_now (self->scheduler);
  Entry *entry;

  if (g_hash_table_size (self->entries) == 0) {
    return NULL;
  }
  key = make_key (request);
  entry = g_hash_table_lookup (self->entries, key);
  if (entry == NULL) {
    return NULL;
  }
  if (entry->used + MAX_AGE < now) {
    drop (self, entry);
    return NULL;
  }
  entry->used = now;
  g_queue_unlink (&self->order, &entry->link);
  g_queue_push_tail_link (&self->order, &entry->link);
  return entry;
}

/* The AhoyDigestProof of the dialog of @request; NULL: none. */
GPtrArray *
ahoy_digest_memory_lookup (AhoyDigestMemory *self, AhoyMessage *request)
{
  Entry *entry = find_entry (self, request);

  return entry != NULL ? entry->proofs : NULL;
}

AhoyDigestProof *
ahoy_digest_memory_find (AhoyDigestMemory *self, AhoyMessage *request, gboolean proxy,
                         const char *realm)
{
  GPtrArray *proofs = ahoy_digest_memory_lookup (self, request);

  for (guint i = 0; proofs != NULL && i < proofs->len; i++) {
    AhoyDigestProof *proof = proofs->pdata[i];

    if (proof->proxy == proxy &&
        g_str_equal (ahoy_challenge_get_realm (proof->challenge), realm)) {
      return proof;
    }
  }
  return NULL;
}

void
ahoy_digest_memory_remove (AhoyDigestMemory *self, AhoyMessage *request, gboolean proxy,
                           const char *realm)
{
  AhoyDigestProof *proof = ahoy_digest_memory_find (self, request, proxy, realm);

  if (proof != NULL) {
    g_ptr_array_remove (ahoy_digest_memory_lookup (self, request), proof);
  }
}

/* Keeps how the realm of @challenge is answered from now on, in place of what was known of it.
 * NULL: the dialog has too many realms. */
AhoyDigestProof *
ahoy_digest_memory_put (AhoyDigestMemory *self, AhoyMessage *request, gboolean proxy,
                        AhoyChallenge *challenge, const char *username, const char *ha1)
{
  Entry *entry = find_entry (self, request);
  AhoyDigestProof *proof;

  ahoy_digest_memory_remove (self, request, proxy, ahoy_challenge_get_realm (challenge));
  if (entry == NULL) {
    gint64 now = ahoy_scheduler_get_now (self->scheduler);

    make_room (self, now);
    entry = g_new0 (Entry, 1);
    entry->key = make_key (request);
    entry->proofs = g_ptr_array_new_with_free_func (proof_free);
    entry->used = now;
    entry->link.data = entry;
    g_hash_table_insert (self->entries, entry->key, entry);
    g_queue_push_tail_link (&self->order, &entry->link);
  }
  if (entry->proofs->len >= MAX_PROOFS) {
    return NULL;
  }
  proof = g_new0 (AhoyDigestProof, 1);
  proof->proxy = proxy;
  proof->challenge = ahoy_challenge_ref (challenge);
  proof->username = g_strdup (username);
  proof->ha1 = g_strdup (ha1);
  proof->cnonce = ahoy_digest_make_random (16);
  g_ptr_array_add (entry->proofs, proof);
  return proof;
}
