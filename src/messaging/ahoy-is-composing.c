/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-is-composing.h"

#include <string.h>

#include "ahoy-error.h"

/* What tells that somebody is writing (RFC 3994). */
typedef struct {
  GString *text; /* of the element that is read */
  gboolean found;
  gboolean active;
  guint refresh;
} Reading;

/* RFC 3994 §3.3: what holds when the sender says nothing, and how long it may say. */
#define USUAL_REFRESH 120
#define MOST_REFRESH 86400
#define MOST_TEXT 64

/* Without the prefix of its namespace. */
static const char *
local_name (const char *name)
{
  const char *colon = strrchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names, const char **values,
          gpointer user_data, GError **error)
{
  g_string_set_size (((Reading *) user_data)->text, 0);
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data,
         GError **error)
{
  Reading *reading = user_data;

  g_string_append_len (reading->text, text,
                       (gssize) MIN (length, MOST_TEXT - MIN (reading->text->len, MOST_TEXT)));
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  const char *text = g_strstrip (reading->text->str);
  guint64 number;

  if (g_str_equal (local_name (name), "state")) {
    reading->found = TRUE;
    reading->active = g_str_equal (text, "active");
  } else if (g_str_equal (local_name (name), "refresh") &&
             g_ascii_string_to_unsigned (text, 10, 1, MOST_REFRESH, &number, NULL)) {
    reading->refresh = (guint) number;
  }
  g_string_set_size (reading->text, 0);
}

static const GMarkupParser parser = { .start_element = on_start, .text = on_text,
                                      .end_element = on_end };

/**
 * ahoy_is_composing_parse:
 * @bytes: the body of a message of the type %AHOY_IS_COMPOSING_TYPE
 * @active: (out): whether the sender is writing
 * @refresh: (out): for how many seconds that holds, when nothing more comes
 * @error: return location for an error of %AHOY_ERROR_INVALID_ARGUMENTS
 *
 * Reads what tells that somebody is writing (RFC 3994).
 *
 * Returns: %TRUE when it could be read
 *
 * Since: 0.1
 */
gboolean
ahoy_is_composing_parse (GBytes *bytes, gboolean *active, guint *refresh, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Reading reading = { text, FALSE, FALSE, USUAL_REFRESH };
  g_autoptr (GMarkupParseContext) context = NULL;
  const char *data;
  gsize size = 0;

  g_return_val_if_fail (bytes != NULL && active != NULL && refresh != NULL, FALSE);

  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);
  data = g_bytes_get_data (bytes, &size);
  if (size == 0 || !g_markup_parse_context_parse (context, data, (gssize) size, NULL) ||
      !g_markup_parse_context_end_parse (context, NULL) || !reading.found) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "The message does not tell whether somebody is writing (RFC 3994); it "
                         "has no state");
    return FALSE;
  }
  *active = reading.active;
  *refresh = reading.refresh;
  return TRUE;
}

/**
 * ahoy_is_composing_make:
 * @active: whether somebody is writing
 * @refresh: for how many seconds that holds; 0 for not saying so
 *
 * Writes what tells that somebody is writing (RFC 3994).
 *
 * Returns: (transfer full): the body of a message of the type %AHOY_IS_COMPOSING_TYPE
 *
 * Since: 0.1
 */
GBytes *
ahoy_is_composing_make (gboolean active, guint refresh)
{
  g_autofree char *until =
      active && refresh > 0 ? g_strdup_printf ("<refresh>%u</refresh>", refresh) : g_strdup ("");
  char *text = g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                                "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
                                "<state>%s</state>%s</isComposing>\r\n",
                                active ? "active" : "idle", until);

  return g_bytes_new_take (text, strlen (text));
}
