/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-source-table.h"

#include <netinet/in.h>
#include <string.h>

/*
 * A table of sources that cannot grow, whoever knocks. The loose ones are forgotten when others
 * come, the longest unseen first; those that are banned or trusted stand apart, so that a flood of
 * forged addresses does not make anybody forget them.
 */
struct _AhoySourceTable {
  GHashTable *sources;
  GQueue loose; /* AhoySource, the latest last */
  GQueue kept;
  guint max_loose;
  guint max_kept;
};

static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* -- keys ----------------------------------------------------------------------------------- */

/* Who has an IPv6 address has all of its /64. */
static void
set_ipv6 (AhoySourceKey *key, const guint8 *bytes)
{
  memcpy (key->bytes, bytes, 16);
  if (memcmp (bytes, mapped, sizeof mapped) != 0) {
    memset (key->bytes + 8, 0, 8);
  }
}

static void
set_ipv4 (AhoySourceKey *key, const guint8 *bytes)
{
  memcpy (key->bytes, mapped, sizeof mapped);
  memcpy (key->bytes + 12, bytes, 4);
}

gboolean
ahoy_source_key_from_native (const struct sockaddr *native, AhoySourceKey *key)
{
  if (native->sa_family == AF_INET) {
    set_ipv4 (key, (const guint8 *) &((const struct sockaddr_in *) native)->sin_addr);
    return TRUE;
  }
  if (native->sa_family == AF_INET6) {
    set_ipv6 (key, (const guint8 *) &((const struct sockaddr_in6 *) native)->sin6_addr);
    return TRUE;
  }
  return FALSE;
}

gboolean
ahoy_source_key_from_address (GInetAddress *address, AhoySourceKey *key)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4) {
    set_ipv4 (key, bytes);
    return TRUE;
  }
  set_ipv6 (key, bytes);
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

GInetAddress *
ahoy_source_key_to_address (const AhoySourceKey *key)
{
  return memcmp (key->bytes, mapped, sizeof mapped) == 0
             ? g_inet_address_new_from_bytes (key->bytes + 12, G_SOCKET_FAMILY_IPV4)
             : g_inet_address_new_from_bytes (key->bytes, G_SOCKET_FAMILY_IPV6);
}

char *
ahoy_source_key_to_string (const AhoySourceKey *key)
{
  g_autoptr (GInetAddress) address = ahoy_source_key_to_address (key);
  g_autofree char *text = g_inet_address_to_string (address);

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4
             ? g_steal_pointer (&text)
             : g_strconcat (text, "/64", NULL);
}

static guint
hash (gconstpointer data)
{
  guint64 halves[2];
  guint64 mixed;

  memcpy (halves, data, sizeof halves);
  mixed = (halves[0] ^ (halves[1] * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15))) *
          G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  return (guint) (mixed >> 32);
}

static gboolean
equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (AhoySourceKey)) == 0;
}

/* -- the table ------------------------------------------------------------------------------ */

static void
source_free (gpointer data)
{
  AhoySource *source = data;

  g_free (source->reason);
  g_free (source);
}

AhoySourceTable *
ahoy_source_table_new (guint max_loose, guint max_kept)
{
  AhoySourceTable *self = g_new0 (AhoySourceTable, 1);

  self->sources = g_hash_table_new_full (hash, equal, NULL, source_free);
  g_queue_init (&self->loose);
  g_queue_init (&self->kept);
  self->max_loose = max_loose;
  self->max_kept = max_kept;
  return self;
}

void
ahoy_source_table_free (AhoySourceTable *self)
{
  g_hash_table_unref (self->sources);
  g_free (self);
}

static void
forget_first (AhoySourceTable *self, GQueue *queue)
{
  AhoySource *source = g_queue_peek_head (queue);

  g_queue_unlink (queue, &source->link);
  g_hash_table_remove (self->sources, &source->key);
}

/* One that is known, which is now the latest of its kind. */
AhoySource *
ahoy_source_table_find (AhoySourceTable *self, const AhoySourceKey *key)
{
  AhoySource *source = g_hash_table_lookup (self->sources, key);
  GQueue *queue;

  if (source != NULL) {
    queue = source->kept ? &self->kept : &self->loose;
    if (queue->tail != &source->link) {
      g_queue_unlink (queue, &source->link);
      g_queue_push_tail_link (queue, &source->link);
    }
  }
  return source;
}

AhoySource *
ahoy_source_table_add (AhoySourceTable *self, const AhoySourceKey *key)
{
  AhoySource *source = ahoy_source_table_find (self, key);

  if (source != NULL) {
    return source;
  }
  if (self->loose.length >= self->max_loose) {
    forget_first (self, &self->loose);
  }
  source = g_new0 (AhoySource, 1);
  source->key = *key;
  source->link.data = source;
  g_hash_table_insert (self->sources, &source->key, source);
  g_queue_push_tail_link (&self->loose, &source->link);
  return source;
}

void
ahoy_source_table_keep (AhoySourceTable *self, AhoySource *source)
{
  if (source->kept) {
    return;
  }
  if (self->kept.length >= self->max_kept) {
    forget_first (self, &self->kept);
  }
  g_queue_unlink (&self->loose, &source->link);
  g_queue_push_tail_link (&self->kept, &source->link);
  source->kept = TRUE;
}

void
ahoy_source_table_let_go (AhoySourceTable *self, AhoySource *source)
{
  if (!source->kept) {
    return;
  }
  source->kept = FALSE;
  g_queue_unlink (&self->kept, &source->link);
  if (self->loose.length >= self->max_loose) {
    forget_first (self, &self->loose);
  }
  g_queue_push_tail_link (&self->loose, &source->link);
}

/* @callback may let the source go. */
void
ahoy_source_table_foreach_kept (AhoySourceTable *self, AhoySourceFunc callback, gpointer user_data)
{
  GList *next;

  for (GList *at = self->kept.head; at != NULL; at = next) {
    next = at->next;
    callback (at->data, user_data);
  }
}

guint
ahoy_source_table_get_size (AhoySourceTable *self)
{
  return g_hash_table_size (self->sources);
}
