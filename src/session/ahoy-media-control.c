/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-media-control-private.h"

#include <string.h>

#include "ahoy-error.h"

/* “Send a whole picture” in the body of an INFO request (RFC 5168). */

#define MAX_BODY 8192
#define MAX_STREAMS 16

/* Where the elements may stand: each inside the one before it (RFC 5168 §6). */
static const char *const nesting[] = { "media_control", "vc_primitive", "to_encoder",
                                       "picture_fast_update", NULL };

typedef struct {
  guint depth;   /* how many elements of the nesting are open */
  guint skipped; /* open elements of somebody else */
  gboolean closed; /* the outermost element is over */
  gboolean in_stream_id;
  GString *text;
  GPtrArray *streams; /* of the primitive that is being read */
  gboolean update;    /* the primitive asks for a picture */
  gboolean all;       /* some primitive names no stream */
  gboolean found;
  GPtrArray *named;
} Reader;

static gboolean
nonsense (GError **error, const char *what)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The body is no media control of RFC 5168: %s", what);
  return FALSE;
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names, const char **values,
          gpointer user_data, GError **error)
{
  Reader *reader = user_data;

  if (reader->skipped > 0) {
    reader->skipped++;
    return;
  }
  if (reader->depth == 0 && (reader->closed || !g_str_equal (name, nesting[0]))) {
    nonsense (error, "it is not one element media_control");
    return;
  }
  if (nesting[reader->depth] != NULL && g_str_equal (name, nesting[reader->depth])) {
    reader->depth++;
    if (reader->depth == 2) {
      g_ptr_array_set_size (reader->streams, 0);
      reader->update = FALSE;
    }
    reader->update = reader->update || reader->depth == 4;
    return;
  }
  if (reader->depth == 2 && g_str_equal (name, "stream_id")) {
    if (reader->streams->len >= MAX_STREAMS) {
      nonsense (error, "it names too many streams");
      return;
    }
    reader->in_stream_id = TRUE;
    g_string_truncate (reader->text, 0);
  }
  reader->skipped = 1;
}

static void
take_primitive (Reader *reader, GError **error)
{
  if (!reader->update) {
    return;
  }
  reader->found = TRUE;
  reader->all = reader->all || reader->streams->len == 0;
  if (reader->named->len + reader->streams->len > MAX_STREAMS) {
    nonsense (error, "it names too many streams");
    return;
  }
  for (guint i = 0; i < reader->streams->len; i++) {
    g_ptr_array_add (reader->named, g_strdup (reader->streams->pdata[i]));
  }
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reader *reader = user_data;

  if (reader->skipped > 0) {
    reader->skipped--;
    if (reader->skipped == 0 && reader->in_stream_id) {
      reader->in_stream_id = FALSE;
      g_ptr_array_add (reader->streams, g_strdup (g_strstrip (reader->text->str)));
    }
    return;
  }
  if (reader->depth == 2) {
    take_primitive (reader, error);
  }
  reader->depth--;
  reader->closed = reader->depth == 0;
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data,
         GError **error)
{
  Reader *reader = user_data;

  if (reader->in_stream_id && reader->skipped == 1) {
    g_string_append_len (reader->text, text, (gssize) length);
  }
}

/* What stands in front of a document, and comments, are passed through here; a DOCTYPE brings
 * entities, and has no place in such a body. */
static void
on_passthrough (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data,
                GError **error)
{
  if (g_ascii_strncasecmp (text, "<!DOCTYPE", 9) == 0) {
    nonsense (error, "it has a DOCTYPE");
  }
}

static const GMarkupParser parser = { on_start, on_end, on_text, on_passthrough, NULL };

/*
 * Reads a body, which may hold anything. TRUE: it is a media control; @streams are the labels of
 * those it wants pictures of (RFC 4574), an empty list for all of them, and NULL where it asks for
 * nothing that we know.
 */
gboolean
ahoy_media_control_read (GBytes *body, char ***streams, GError **error)
{
  g_autoptr (GPtrArray) of_primitive = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  Reader reader = { .text = text, .streams = of_primitive, .named = named };
  g_autoptr (GMarkupParseContext) context = NULL;
  gsize size;
  const char *data = g_bytes_get_data (body, &size);
  gboolean good;

  *streams = NULL;
  if (size == 0 || size > MAX_BODY) {
    return nonsense (error, size == 0 ? "it is empty" : "it is too long");
  }
  context = g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, &reader, NULL);
  good = g_markup_parse_context_parse (context, data, (gssize) size, error) &&
         g_markup_parse_context_end_parse (context, error);
  if (reader.all) {
    g_ptr_array_foreach (named, (GFunc) (void (*) (void)) g_free, NULL);
    g_ptr_array_set_size (named, 0);
  }
  g_ptr_array_add (named, NULL);
  if (good && reader.found) {
    *streams = (char **) g_ptr_array_steal (named, NULL);
    return TRUE;
  }
  g_ptr_array_set_free_func (named, g_free);
  return good;
}

/* Asks for a picture of every stream. */
GBytes *
ahoy_media_control_write (void)
{
  static const char text[] = "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n"
                             "<media_control>\r\n"
                             "  <vc_primitive>\r\n"
                             "    <to_encoder>\r\n"
                             "      <picture_fast_update/>\r\n"
                             "    </to_encoder>\r\n"
                             "  </vc_primitive>\r\n"
                             "</media_control>\r\n";

  return g_bytes_new_static (text, strlen (text));
}
