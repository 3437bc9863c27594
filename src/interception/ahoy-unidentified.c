/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-unidentified.h"

/* Where requests of nobody known come from: a table that cannot grow, whoever knocks. */

#define MAX_SOURCES 1024
#define DEFAULT_MEMORY ((gint64) 60 * 60 * G_USEC_PER_SEC)

typedef struct {
  char *source;
  guint count;
  gint64 last;  /* µs since 1970 */
  gint64 since; /* when the present period began */
  guint recent; /* within it */
  GList link;
} Source;

struct _AhoyUnidentified {
  GHashTable *sources; /* address → Source */
  GQueue order;        /* Source, the latest last */
  guint limit;         /* 0: none */
  gint64 period;       /* µs */
  gint64 memory;       /* µs */
};

static void
source_free (gpointer data)
{
  Source *source = data;

  g_free (source->source);
  g_free (source);
}

AhoyUnidentified *
ahoy_unidentified_new (void)
{
  AhoyUnidentified *self = g_new0 (AhoyUnidentified, 1);

  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, source_free);
  g_queue_init (&self->order);
  self->limit = 1;
  self->memory = DEFAULT_MEMORY;
  return self;
}

void
ahoy_unidentified_free (AhoyUnidentified *self)
{
  g_hash_table_unref (self->sources);
  g_free (self);
}

static void
forget_first (AhoyUnidentified *self)
{
  Source *source = g_queue_peek_head (&self->order);

  g_queue_unlink (&self->order, &source->link);
  g_hash_table_remove (self->sources, source->source);
}

static void
forget_old (AhoyUnidentified *self, gint64 now)
{
  while (self->order.length > 0 &&
         ((Source *) g_queue_peek_head (&self->order))->last < now - self->memory) {
    forget_first (self);
  }
}

/* So many requests as @limit within @period (µs) are one matter, 0 for none; a source that says
 * nothing more for @memory (µs) is forgotten. */
void
ahoy_unidentified_set_limits (AhoyUnidentified *self, guint limit, gint64 period, gint64 memory)
{
  self->limit = limit;
  self->period = period;
  self->memory = memory;
}

static gboolean
reaches_limit (AhoyUnidentified *self, Source *source, gint64 now)
{
  if (now - source->since >= self->period || now < source->since) {
    source->since = now;
    source->recent = 0;
  }
  source->recent++;
  if (self->limit == 0 || source->recent < self->limit) {
    return FALSE;
  }
  source->since = now;
  source->recent = 0;
  return TRUE;
}

/* Whether the source has asked too often; then the count begins anew. */
gboolean
ahoy_unidentified_note_source (AhoyUnidentified *self, const char *address, gint64 now)
{
  Source *source = g_hash_table_lookup (self->sources, address);

  if (source != NULL) {
    g_queue_unlink (&self->order, &source->link);
  } else {
    if (self->order.length >= MAX_SOURCES) {
      forget_first (self);
    }
    source = g_new0 (Source, 1);
    source->source = g_strdup (address);
    source->since = now;
    source->link.data = source;
    g_hash_table_insert (self->sources, source->source, source);
  }
  source->count = MIN (source->count, G_MAXUINT - 1) + 1;
  source->last = now;
  g_queue_push_tail_link (&self->order, &source->link);
  return reaches_limit (self, source, now);
}

gboolean
ahoy_unidentified_note (AhoyUnidentified *self, AhoyMessage *request)
{
  g_autoptr (GSocketAddress) address = ahoy_message_get_source (request);
  g_autofree char *text = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (address)) {
    return FALSE;
  }
  text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return ahoy_unidentified_note_source (self, text, g_get_real_time ());
}

GVariant *
ahoy_unidentified_list (AhoyUnidentified *self)
{
  GVariantBuilder builder;

  forget_old (self, g_get_real_time ());
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sut)"));
  for (GList *at = self->order.head; at != NULL; at = at->next) {
    const Source *source = at->data;

    g_variant_builder_add (&builder, "(sut)", source->source, source->count,
                           (guint64) (source->last / G_USEC_PER_SEC));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
