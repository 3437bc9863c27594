/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-identify-pattern.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-uri.h"

/* Whoever sends a request may choose the value: no expression may take long with it. */
#define REGEX_LIMIT "(*LIMIT_MATCH=20000)"
#define REGEX_PREFIX "re:"

struct _AhoyIdentifyPattern {
  char *literal; /* NULL for an expression */
  GRegex *regex;
};

AhoyIdentifyPattern *
ahoy_identify_pattern_parse (const char *text, GError **error)
{
  g_autoptr (AhoyIdentifyPattern) self = g_new0 (AhoyIdentifyPattern, 1);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GRegex) alone = NULL;
  g_autofree char *whole = NULL;

  if (!g_str_has_prefix (text, REGEX_PREFIX)) {
    self->literal = g_strdup (text);
    return g_steal_pointer (&self);
  }
  text += strlen (REGEX_PREFIX);
  alone = g_regex_new (text, 0, 0, &reason);
  if (alone != NULL) {
    whole = g_strconcat (REGEX_LIMIT "\\A(?:", text, ")\\z", NULL);
    self->regex = g_regex_new (whole, G_REGEX_NO_AUTO_CAPTURE | G_REGEX_OPTIMIZE, 0, &reason);
  }
  if (self->regex != NULL) {
    return g_steal_pointer (&self);
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no regular expression: %s; correct it, or leave out re: for the text "
               "itself",
               text, reason->message);
  return NULL;
}

void
ahoy_identify_pattern_free (AhoyIdentifyPattern *self)
{
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self->literal);
  g_free (self);
}

/* NULL for an expression. */
const char *
ahoy_identify_pattern_get_literal (const AhoyIdentifyPattern *self)
{
  return self->literal;
}

/* @value comes from the network. */
gboolean
ahoy_identify_pattern_matches (const AhoyIdentifyPattern *self, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (self->literal != NULL) {
    return strcmp (self->literal, value) == 0;
  }
  if (g_regex_match_full (self->regex, value, -1, 0, 0, NULL, &error)) {
    return TRUE;
  }
  if (error != NULL) {
    /* Anybody can bring this about, so it is no warning. */
    g_info ("The regular expression “%s” gave up on a value of %" G_GSIZE_FORMAT " bytes: %s; "
            "simplify it",
            g_regex_get_pattern (self->regex), strlen (value), error->message);
  }
  return FALSE;
}

/* `X-Trunk: 7` has the name `x-trunk`, in small letters, and the value `7`. */
gboolean
ahoy_identify_split_header (const char *text, char **name, const char **value)
{
  gsize length = 0;
  gsize colon;

  while (g_ascii_isalnum (text[length]) ||
         (text[length] != '\0' && strchr ("-.!%*_+`'~", text[length]) != NULL)) {
    length++;
  }
  colon = length + strspn (text + length, " \t");
  if (length == 0 || text[colon] != ':') {
    return FALSE;
  }
  *name = g_ascii_strdown (text, (gssize) length);
  *value = text + colon + 1 + strspn (text + colon + 1, " \t");
  return TRUE;
}

/* What of a URI counts: user, host and port, and no parameters. NULL: it is no URI. */
char *
ahoy_identify_make_uri_key (const char *text)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (text, NULL);
  g_autofree char *host = NULL;
  const char *user;

  if (uri == NULL) {
    return NULL;
  }
  if (ahoy_uri_get_host (uri) == NULL) {
    return g_strdup (text);
  }
  host = g_ascii_strdown (ahoy_uri_get_host (uri), -1);
  user = ahoy_uri_get_user (uri);
  return g_strdup_printf ("%s\n%s\n%u", user != NULL ? user : "", host, ahoy_uri_get_port (uri));
}
