/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-pattern-private.h"

#include <string.h>

#include "ahoy-error.h"

/* What a user part has to look like: itself, a glob, or `re:` and a regular expression that all of
 * it has to match. In a glob ? is one character, * any number of them, [2-9] one of some, [!2-9]
 * one of the others, and \ takes away the meaning of what follows. Globs are matched in a time that
 * is bounded by the product of both lengths; regular expressions, by a number of attempts. */

#define MAX_LENGTH 1024
#define MAX_USER 256
#define REGEX_PREFIX "re:"
#define REGEX_LIMIT "(*LIMIT_MATCH=20000)"

struct _AhoyRoutePattern {
  AhoyRoutePatternKind kind;
  char *text; /* of a literal without escapes */
  GRegex *regex;
};

void
ahoy_route_pattern_free (AhoyRoutePattern *self)
{
  g_free (self->text);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self);
}

AhoyRoutePatternKind
ahoy_route_pattern_get_kind (AhoyRoutePattern *self)
{
  return self->kind;
}

/* The user part itself; NULL of another kind. */
const char *
ahoy_route_pattern_get_literal (AhoyRoutePattern *self)
{
  return self->kind == AHOY_ROUTE_PATTERN_LITERAL ? self->text : NULL;
}

/* -- globs ---------------------------------------------------------------------------------- */

/* Judges one character against the set at *@pattern, which stands behind “[”, and moves *@pattern
 * behind the set; to NULL where it has no end. */
static gboolean
match_set (const char **pattern, gunichar character)
{
  const char *p = *pattern;
  gboolean negated = *p == '!';
  gboolean found = FALSE;

  p += negated ? 1 : 0;
  do {
    gunichar first, last;

    if (*p == '\0' || *p == ']' || (*p == '\\' && p[1] == '\0')) {
      *pattern = NULL;
      return FALSE;
    }
    p += *p == '\\' ? 1 : 0;
    first = last = g_utf8_get_char (p);
    p = g_utf8_next_char (p);
    if (*p == '-' && p[1] != ']' && p[1] != '\0') {
      last = g_utf8_get_char (p + 1);
      p = g_utf8_next_char (p + 1);
    }
    found = found || (character >= first && character <= last);
  } while (*p != ']');
  *pattern = p + 1;
  return found != negated;
}

/* Judges one character; moves *@pattern behind what it was judged by. */
static gboolean
match_one (const char **pattern, gunichar character)
{
  const char *p = *pattern;

  if (*p == '[') {
    *pattern = p + 1;
    return match_set (pattern, character);
  }
  *pattern = *p != '\0' ? g_utf8_next_char (p) : p;
  if (*p == '?')
    return TRUE;
  if (*p == '\\') {
    p = *pattern;
    *pattern = g_utf8_next_char (p);
  }
  return *p != '\0' && g_utf8_get_char (p) == character;
}

/* After a mismatch only the last * is tried again with one more character. */
static gboolean
match_glob (const char *pattern, const char *text)
{
  const char *star = NULL;
  const char *star_text = NULL;

  while (*text != '\0') {
    const char *next = pattern;

    if (*pattern == '*') {
      star = ++pattern;
      star_text = text;
      continue;
    }
    if (*pattern != '\0' && match_one (&next, g_utf8_get_char (text))) {
      pattern = next;
      text = g_utf8_next_char (text);
      continue;
    }
    if (star == NULL)
      return FALSE;
    pattern = star;
    star_text = g_utf8_next_char (star_text);
    text = star_text;
  }
  return pattern[strspn (pattern, "*")] == '\0';
}

static gboolean
check_glob (const char *text, GError **error)
{
  for (const char *p = text; *p != '\0';) {
    const char *next = p;

    if (*p == '\\' && p[1] == '\0') {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” ends with a \\ that escapes nothing; remove it", text);
      return FALSE;
    }
    match_one (&next, ' ');
    if (next == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” has a [ that is empty or not closed; write a set such as [2-9], or \\[",
                   text);
      return FALSE;
    }
    p = next;
  }
  return TRUE;
}

/* -- all kinds ------------------------------------------------------------------------------ */

static gboolean
parse_regex (AhoyRoutePattern *self, const char *text, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GRegex) alone = g_regex_new (text, 0, 0, &reason);
  g_autofree char *whole = g_strconcat (REGEX_LIMIT "\\A(?:", text, ")\\z", NULL);

  self->kind = AHOY_ROUTE_PATTERN_REGEX;
  if (alone != NULL)
    self->regex = g_regex_new (whole, G_REGEX_NO_AUTO_CAPTURE, 0, &reason);
  if (self->regex != NULL)
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no regular expression: %s; correct it, or write a pattern such as 6??",
               text, reason->message);
  return FALSE;
}

static void
take_literal (AhoyRoutePattern *self, const char *text)
{
  GString *plain = g_string_new (NULL);

  self->kind = AHOY_ROUTE_PATTERN_LITERAL;
  for (; *text != '\0'; text++) {
    if (*text == '\\')
      text++;
    g_string_append_c (plain, *text);
  }
  self->text = g_string_free (plain, FALSE);
}

static gboolean
is_glob (const char *text)
{
  for (; *text != '\0'; text++) {
    if (*text == '\\' && text[1] != '\0')
      text++;
    else if (strchr ("?*[", *text) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
parse (AhoyRoutePattern *self, const char *text, GError **error)
{
  if (g_str_has_prefix (text, REGEX_PREFIX))
    return parse_regex (self, text + strlen (REGEX_PREFIX), error);
  if (!check_glob (text, error))
    return FALSE;
  if (!is_glob (text)) {
    take_literal (self, text);
    return TRUE;
  }
  self->kind = AHOY_ROUTE_PATTERN_GLOB;
  self->text = g_strdup (text);
  return TRUE;
}

AhoyRoutePattern *
ahoy_route_pattern_parse (const char *text, GError **error)
{
  g_autoptr (AhoyRoutePattern) self = g_new0 (AhoyRoutePattern, 1);

  if (*text == '\0' || strlen (text) > MAX_LENGTH || !g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "what a route matches is empty, longer than 1024 bytes or no valid UTF-8; "
                         "write a number or a pattern such as 6??");
    return NULL;
  }
  return parse (self, text, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
match_regex (AhoyRoutePattern *self, const char *user)
{
  g_autoptr (GError) error = NULL;
  gboolean matches = g_regex_match_full (self->regex, user, -1, 0, 0, NULL, &error);

  /* Anybody can bring this about, so it is no warning. */
  if (error != NULL)
    g_info ("the regular expression “%s” of a route gave up on a user part of %" G_GSIZE_FORMAT
            " bytes: %s; simplify it",
            g_regex_get_pattern (self->regex), strlen (user), error->message);
  return matches && error == NULL;
}

/* @user comes from the network. */
gboolean
ahoy_route_pattern_matches (AhoyRoutePattern *self, const char *user)
{
  if (self->kind == AHOY_ROUTE_PATTERN_LITERAL)
    return strcmp (self->text, user) == 0;
  if (strlen (user) > MAX_USER || !g_utf8_validate (user, -1, NULL))
    return FALSE;
  return self->kind == AHOY_ROUTE_PATTERN_GLOB ? match_glob (self->text, user)
                                               : match_regex (self, user);
}

/* Behind a * anything can follow. */
static gboolean
begin_glob (const char *pattern, const char *text)
{
  for (; *text != '\0' && *pattern != '*'; text = g_utf8_next_char (text)) {
    if (*pattern == '\0' || !match_one (&pattern, g_utf8_get_char (text)))
      return FALSE;
  }
  return *pattern != '\0';
}

static gboolean
begin_regex (AhoyRoutePattern *self, const char *user)
{
  g_autoptr (GMatchInfo) info = NULL;

  g_regex_match_full (self->regex, user, -1, 0, G_REGEX_MATCH_PARTIAL_HARD, &info, NULL);
  return g_match_info_is_partial_match (info);
}

/* @user comes from the network. */
gboolean
ahoy_route_pattern_begins_with (AhoyRoutePattern *self, const char *user)
{
  gsize length = strlen (user);

  if (length > MAX_USER || !g_utf8_validate (user, -1, NULL))
    return FALSE;
  if (self->kind == AHOY_ROUTE_PATTERN_LITERAL)
    return g_str_has_prefix (self->text, user) && self->text[length] != '\0';
  return self->kind == AHOY_ROUTE_PATTERN_GLOB ? begin_glob (self->text, user)
                                               : begin_regex (self, user);
}
