/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-value-private.h"
#include "ahoy-error.h"

/* The escapes of a GKeyFile: \s \n \t \r \\ and, in lists, \; for what is no separator. White space
 * around a value and around the elements of a list is not part of them; \s is. */

/* Appends what the escape sequence behind @at stands for; FALSE when there is no such sequence. */
static gboolean
append_escape (GString *into, char letter)
{
  static const char letters[] = "sntr\\;";
  static const char meanings[] = " \n\t\r\\;";
  const char *found = letter != '\0' ? strchr (letters, letter) : NULL;

  if (found == NULL)
    return FALSE;

  g_string_append_c (into, meanings[found - letters]);
  return TRUE;
}

static gboolean
check_text (const char *text, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "the value is not valid UTF-8; save the file as UTF-8");
    return FALSE;
  }
  if (strpbrk (text, "\r\n") != NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "the value has more than one line; write \\n for a line break");
    return FALSE;
  }
  return TRUE;
}

static gboolean
unescape_range (const char *start, const char *end, GString *into, GError **error)
{
  for (const char *at = start; at < end; at++) {
    if (*at != '\\') {
      g_string_append_c (into, *at);
      continue;
    }
    at++;
    if (at == end || !append_escape (into, *at)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“\\%.*s” is no escape sequence; write \\\\ for a backslash",
                   at < end ? (int)(g_utf8_next_char (at) - at) : 0, at);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static char *
unescape_trimmed (const char *start, const char *end, GError **error)
{
  g_autoptr (GString) into = g_string_new (NULL);

  while (start < end && is_blank (*start))
    start++;
  while (end > start && is_blank (end[-1]))
    end--;
  if (!unescape_range (start, end, into, error))
    return NULL;
  return g_string_free (g_steal_pointer (&into), FALSE);
}

/* Returns (transfer full): what @text, as it stands in a file, means. */
char *
ahoy_config_text_unescape (const char *text, GError **error)
{
  if (!check_text (text, error))
    return NULL;
  return unescape_trimmed (text, text + strlen (text), error);
}

static void
append_escaped (GString *into, const char *text, gboolean in_list)
{
  const char *end = text + strlen (text);

  for (const char *at = text; at < end; at++) {
    gboolean outer = at == text || at + 1 == end;

    if (*at == ' ' && outer)
      g_string_append (into, "\\s");
    else if (*at == '\n')
      g_string_append (into, "\\n");
    else if (*at == '\r')
      g_string_append (into, "\\r");
    else if (*at == '\t')
      g_string_append (into, "\\t");
    else if (*at == '\\')
      g_string_append (into, "\\\\");
    else if (*at == ';' && in_list)
      g_string_append (into, "\\;");
    else
      g_string_append_c (into, *at);
  }
}

/* Returns (transfer full): @text as it has to stand in a file. */
char *
ahoy_config_text_escape (const char *text)
{
  GString *into = g_string_new (NULL);

  append_escaped (into, text, FALSE);
  return g_string_free (into, FALSE);
}

/* Returns (transfer full): the elements of a list; empty ones are left out. */
char **
ahoy_config_text_split (const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) elements = g_strv_builder_new ();
  const char *start = text;

  if (!check_text (text, error))
    return NULL;

  for (const char *at = text;; at++) {
    if (*at == '\\' && at[1] != '\0') {
      at++;
      continue;
    }
    if (*at != ';' && *at != '\0')
      continue;

    g_autofree char *element = unescape_trimmed (start, at, error);

    if (element == NULL)
      return NULL;
    if (*element != '\0')
      g_strv_builder_add (elements, element);
    if (*at == '\0')
      return g_strv_builder_end (elements);
    start = at + 1;
  }
}

/* Returns (transfer full): @elements as they have to stand in a file. */
char *
ahoy_config_text_join (const char *const *elements)
{
  GString *into = g_string_new (NULL);

  for (gsize i = 0; elements != NULL && elements[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (into, ';');
    append_escaped (into, elements[i], TRUE);
  }
  return g_string_free (into, FALSE);
}

/* -- did you mean --------------------------------------------------------------------------- */

#define MAX_WORD 64

/* The number of letters to insert, remove, replace or swap to make @b of @a, of which the first @i
 * and the rows of fewer letters were looked at already. */
static guint
cost (const char *a, const char *b, gsize i, gsize n, guint rows[3][MAX_WORD + 1])
{
  guint same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[n - 1]) ? 0 : 1;
  guint best = MIN (rows[1][n - 1] + same, MIN (rows[1][n], rows[0][n - 1]) + 1);

  if (i > 1 && n > 1 && a[i - 1] == b[n - 2] && a[i - 2] == b[n - 1])
    best = MIN (best, rows[2][n - 2] + 1);
  return best;
}

static guint
distance (const char *a, const char *b)
{
  guint rows[3][MAX_WORD + 1] = { { 0 } }; /* of i, i - 1 and i - 2 letters of @a */
  gsize length = strlen (b);

  for (gsize n = 0; n <= length; n++)
    rows[0][n] = n;
  for (gsize i = 1; i <= strlen (a); i++) {
    memcpy (rows[2], rows[1], sizeof rows[1]);
    memcpy (rows[1], rows[0], sizeof rows[0]);
    rows[0][0] = i;
    for (gsize n = 1; n <= length; n++)
      rows[0][n] = cost (a, b, i, n, rows);
  }
  return rows[0][length];
}

/* Returns (transfer full): “; did you mean “x”?” for the candidate that is most like @word, or an
 * empty text when none is. */
char *
ahoy_config_suggest (const char *word, const char *const *candidates)
{
  const char *best = NULL;
  guint best_distance = G_MAXUINT;

  if (strlen (word) > MAX_WORD)
    return g_strdup ("");

  for (gsize i = 0; candidates[i] != NULL; i++) {
    guint found;

    if (strlen (candidates[i]) > MAX_WORD)
      continue;
    found = distance (word, candidates[i]);
    if (found < best_distance) {
      best_distance = found;
      best = candidates[i];
    }
  }
  if (best == NULL || best_distance > 1 + strlen (best) / 4 || best_distance >= strlen (best))
    return g_strdup ("");
  return g_strdup_printf ("; did you mean “%s”?", best);
}
