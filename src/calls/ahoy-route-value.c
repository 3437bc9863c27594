/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-route-step-private.h"

/* The values of arguments, as they are written between the brackets of a step: plain, “in quotes”
 * with \" and \\ in them, or with inner parts in <>, [], () and quotes, in which a comma is nothing
 * special: "B, b" <sip:bob@example.com;x=1,2>. */

#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define BLANKS " \t\r\n"

static const char *
skip_blanks (const char *at)
{
  return at + strspn (at, BLANKS);
}

/* @at is behind the first quote; the result is behind the last one, or NULL. */
static const char *
skip_quoted (const char *at, GString *content)
{
  for (; *at != '\0' && *at != '"'; at++) {
    if (*at == '\\' && at[1] != '\0')
      at++;
    if (content != NULL)
      g_string_append_c (content, *at);
  }
  return *at == '"' ? at + 1 : NULL;
}

static const char *
skip_to (const char *at, char closing)
{
  const char *end = strchr (at, closing);

  return end != NULL ? end + 1 : NULL;
}

/* Where the value that begins at @at ends: at a comma, a closing bracket or the end of the text. */
static const char *
find_end (const char **at, const char **reason)
{
  guint depth = 0;
  const char *p = *at;

  while (p != NULL && *p != '\0' && (depth > 0 || (*p != ',' && *p != ')'))) {
    *at = p;
    depth += *p == '(' ? 1 : 0;
    depth -= *p == ')' ? 1 : 0;
    if (depth > AHOY_ROUTE_MAX_NESTING) {
      *reason = "the brackets are nested too deep; put the value in quotes";
      return NULL;
    }
    if (*p == '"')
      p = skip_quoted (p + 1, NULL);
    else if (*p == '<')
      p = skip_to (p + 1, '>');
    else if (*p == '[')
      p = skip_to (p + 1, ']');
    else
      p++;
  }
  if (p == NULL)
    *reason = **at == '"' ? "the quote has no end; add another one"
                          : "the bracket has no end; close it";
  else if (depth > 0)
    *reason = "an inner bracket has no end; add )";
  return depth > 0 ? NULL : p;
}

static gboolean
has_controls (const char *start, gsize length, const char **reason)
{
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_iscntrl (start[i])) {
      *reason = "the value has a line break or another control character; remove it";
      return TRUE;
    }
  }
  return FALSE;
}

static char *
take_range (const char *start, gsize length, const char **reason)
{
  while (length > 0 && strchr (BLANKS, start[length - 1]) != NULL)
    length--;
  if (length == 0) {
    *reason = "an argument is missing; write one, or remove the comma";
    return NULL;
  }
  return has_controls (start, length, reason) ? NULL : g_strndup (start, length);
}

static gboolean
ends_value (const char *at)
{
  return *at == ',' || *at == ')' || *at == '\0';
}

char *
ahoy_route_value_take (const char **at, const char **reason)
{
  const char *start = skip_blanks (*at);
  g_autoptr (GString) content = g_string_new (NULL);
  const char *end;
  char *value;

  *at = start;
  end = *start == '"' ? skip_quoted (start + 1, content) : NULL;
  if (end != NULL && ends_value (skip_blanks (end))) {
    if (has_controls (content->str, content->len, reason))
      return NULL;
    *at = skip_blanks (end);
    return g_string_free (g_steal_pointer (&content), FALSE);
  }
  end = find_end (at, reason);
  if (end == NULL)
    return NULL;
  *at = start;
  value = take_range (start, end - start, reason);
  if (value != NULL)
    *at = end;
  return value;
}

gsize
ahoy_route_value_name_length (const char *at)
{
  gboolean begins = g_ascii_islower (*at) || g_ascii_isdigit (*at);
  gsize length = begins ? strspn (at, KEY_LETTERS) : 0;

  return length > 0 && *skip_blanks (at + length) == '=' ? length : 0;
}

/* Whether @text can stand without quotes and is taken as it is. */
static gboolean
is_plain (const char *text)
{
  const char *at = text;
  const char *reason = NULL;
  g_autofree char *value = NULL;

  if (ahoy_route_value_name_length (text) > 0)
    return FALSE;
  value = ahoy_route_value_take (&at, &reason);
  return value != NULL && *at == '\0' && strcmp (value, text) == 0;
}

void
ahoy_route_value_append (GString *into, const char *text)
{
  if (is_plain (text)) {
    g_string_append (into, text);
    return;
  }
  g_string_append_c (into, '"');
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_c (into, '\\');
    g_string_append_c (into, *text);
  }
  g_string_append_c (into, '"');
}
