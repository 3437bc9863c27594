/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-number-rule-private.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-route-pattern-private.h"

#define MAX_NUMBER 256 /* bytes of a number, before and after */
#define MAX_E164 15    /* digits (E.164 §6.2.1) */
#define REGEX_PREFIX "re:"
#define REGEX_LIMIT "(*LIMIT_MATCH=20000)" /* attempts, so that none takes for ever */
#define DIGITS "0123456789"

struct _AhoyNumberRule {
  AhoyConfigObject *config;
  AhoyRoutePattern *pattern; /* NULL: all numbers */
  GRegex *regex;             /* of a pattern with re: */
  const char *replace;       /* these are the configuration's */
  const char *prefix;
  const char *country;
  const char *area;
  const char *national;
  const char *international;
  guint strip;
  guint shortest;
  AhoyNumberFormat format;
  AhoyNumberUse use;
};

void
ahoy_number_rule_free (AhoyNumberRule *self)
{
  g_clear_object (&self->config);
  g_clear_pointer (&self->pattern, ahoy_route_pattern_free);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self);
}

static const char *
text_of (AhoyConfigObject *config, const char *key)
{
  const char *text = ahoy_config_object_get_string (config, key);

  return text != NULL ? text : "";
}

/* The pattern as routes have it, and once more with its groups, which the replacement names. */
static gboolean
read_match (AhoyNumberRule *self, GError **error)
{
  const char *match = text_of (self->config, "match");
  g_autofree char *whole = NULL;
  g_autoptr (GError) reason = NULL;

  if (*match == '\0') {
    return TRUE;
  }
  self->pattern = ahoy_route_pattern_parse (match, error);
  if (self->pattern == NULL || !g_str_has_prefix (match, REGEX_PREFIX)) {
    return self->pattern != NULL;
  }
  whole = g_strconcat (REGEX_LIMIT "\\A(?:", match + strlen (REGEX_PREFIX), ")\\z", NULL);
  self->regex = g_regex_new (whole, 0, 0, &reason);
  if (self->regex == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "match is no regular expression: %s", reason->message);
  }
  return self->regex != NULL;
}

static gboolean
check (AhoyNumberRule *self, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->regex != NULL && !g_regex_check_replacement (self->replace, NULL, &reason)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "replace cannot be read: %s; write \\1 for the first group",
                 reason->message);
    return FALSE;
  }
  if (*self->country == '\0' &&
      (self->format == AHOY_NUMBER_FORMAT_E164 || self->format == AHOY_NUMBER_FORMAT_NATIONAL)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "the format %s needs to know the country; add country-code",
                 self->format == AHOY_NUMBER_FORMAT_E164 ? "e164" : "national");
    return FALSE;
  }
  if (*self->replace == '\0' && self->strip == 0 && *self->prefix == '\0' &&
      self->format == AHOY_NUMBER_FORMAT_KEEP) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "the rule changes nothing; add replace, strip, prefix or format");
    return FALSE;
  }
  return TRUE;
}

/* A group [rewrite NAME]; NULL with %AHOY_ERROR_CONFIGURATION_INVALID. */
AhoyNumberRule *
ahoy_number_rule_new (AhoyConfigObject *config, GError **error)
{
  g_autoptr (AhoyNumberRule) self = g_new0 (AhoyNumberRule, 1);

  self->config = g_object_ref (config);
  self->replace = text_of (config, "replace");
  self->prefix = text_of (config, "prefix");
  self->country = text_of (config, "country-code");
  self->area = text_of (config, "area-code");
  self->national = text_of (config, "national-prefix");
  self->international = text_of (config, "international-prefix");
  self->strip = ahoy_config_object_get_number (config, "strip");
  self->shortest = ahoy_config_object_get_number (config, "shortest");
  self->format = (AhoyNumberFormat) ahoy_config_object_get_choice (config, "format");
  self->use = (AhoyNumberUse) ahoy_config_object_get_choice (config, "for");
  return read_match (self, error) && check (self, error) ? g_steal_pointer (&self) : NULL;
}

const char *
ahoy_number_rule_get_name (AhoyNumberRule *self)
{
  return ahoy_config_object_get_name (self->config);
}

gboolean
ahoy_number_rule_is_last (AhoyNumberRule *self)
{
  return !ahoy_config_object_get_boolean (self->config, "continue");
}

/* @endpoint may be NULL: nobody's. */
gboolean
ahoy_number_rule_is_for (AhoyNumberRule *self, AhoyNumberUse use, const char *endpoint)
{
  const char *const *endpoints = ahoy_config_object_get_list (self->config, "endpoints");

  if (self->use != AHOY_NUMBER_USE_BOTH && self->use != use) {
    return FALSE;
  }
  return endpoints == NULL || endpoints[0] == NULL ||
         (endpoint != NULL && g_strv_contains (endpoints, endpoint));
}

/* RFC 3966 §5.1.1 names the separators; people write spaces and slashes too, some of which are not
 * ASCII. */
char *
ahoy_number_strip_separators (const char *text)
{
  g_autoptr (GString) number = g_string_new (NULL);
  gboolean digits = FALSE;

  if (strlen (text) > MAX_NUMBER || !g_utf8_validate (text, -1, NULL)) {
    return NULL;
  }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (g_unichar_isspace (c) || (c < 128 && strchr ("-.()/", (int) c) != NULL) ||
        (c >= 0x2010 && c <= 0x2015)) {
      continue;
    }
    if ((c == '+' && number->len > 0) || c >= 128 || strchr (DIGITS "+*#", (int) c) == NULL) {
      return NULL;
    }
    digits = digits || g_ascii_isdigit ((char) c);
    g_string_append_c (number, (char) c);
  }
  return digits ? g_string_free (g_steal_pointer (&number), FALSE) : NULL;
}

/* -- formats -------------------------------------------------------------------------------- */

/* The number with + and country code; NULL where it has none: a short one, or one with * or #. */
static char *
to_e164 (AhoyNumberRule *self, const char *number)
{
  gsize length = strlen (number);
  g_autofree char *full = NULL;

  if (number[0] == '+') {
    full = g_strdup (number);
  } else if (length < self->shortest) {
    return NULL;
  } else if (*self->international != '\0' && g_str_has_prefix (number, self->international)) {
    full = g_strconcat ("+", number + strlen (self->international), NULL);
  } else if (*self->country == '\0') {
    return NULL;
  } else if (*self->national != '\0' && g_str_has_prefix (number, self->national)) {
    full = g_strconcat ("+", self->country, number + strlen (self->national), NULL);
  } else if (*self->area != '\0') {
    full = g_strconcat ("+", self->country, self->area, number, NULL);
  } else if (*self->national == '\0') {
    full = g_strconcat ("+", self->country, number, NULL);
  }
  if (full == NULL || strspn (full + 1, DIGITS) != strlen (full + 1) || full[1] == '\0' ||
      strlen (full + 1) > MAX_E164) {
    return NULL;
  }
  return g_steal_pointer (&full);
}

static char *
give_format (AhoyNumberRule *self, const char *number)
{
  g_autofree char *full =
      self->format != AHOY_NUMBER_FORMAT_KEEP ? to_e164 (self, number) : NULL;

  if (full == NULL) {
    return g_strdup (number);
  }
  if (self->format == AHOY_NUMBER_FORMAT_E164) {
    return g_steal_pointer (&full);
  }
  if (self->format == AHOY_NUMBER_FORMAT_NATIONAL &&
      g_str_has_prefix (full + 1, self->country)) {
    return g_strconcat (self->national, full + 1 + strlen (self->country), NULL);
  }
  return *self->international != '\0' ? g_strconcat (self->international, full + 1, NULL)
                                      : g_steal_pointer (&full);
}

/* -- rules ---------------------------------------------------------------------------------- */

static char *
replace_all (AhoyNumberRule *self, const char *number)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *result = NULL;

  if (*self->replace == '\0') {
    return g_strdup (number);
  }
  if (self->regex == NULL) {
    return g_strdup (self->replace);
  }
  result = g_regex_replace (self->regex, number, -1, 0, self->replace, 0, &error);
  if (error != NULL) {
    g_info ("the rule “%s” gave up on a number of %" G_GSIZE_FORMAT " bytes: %s; simplify its "
            "match",
            ahoy_number_rule_get_name (self), strlen (number), error->message);
    return NULL;
  }
  return g_steal_pointer (&result);
}

static const char *
skip_characters (const char *text, guint count)
{
  for (; count > 0 && *text != '\0'; count--) {
    text = g_utf8_next_char (text);
  }
  return text;
}

/* What becomes of a number; NULL where the rule is not for it, or would leave nothing of it. */
char *
ahoy_number_rule_apply (AhoyNumberRule *self, const char *number)
{
  g_autofree char *plain = ahoy_number_strip_separators (number);
  g_autofree char *replaced = NULL;
  g_autofree char *prefixed = NULL;
  g_autofree char *result = NULL;
  const char *seen = plain != NULL ? plain : number;

  if (strlen (number) > MAX_NUMBER || !g_utf8_validate (number, -1, NULL) ||
      (self->pattern == NULL ? plain == NULL
                             : !ahoy_route_pattern_matches (self->pattern, seen))) {
    return NULL;
  }
  replaced = replace_all (self, seen);
  if (replaced == NULL) {
    return NULL;
  }
  prefixed = g_strconcat (self->prefix, skip_characters (replaced, self->strip), NULL);
  result = give_format (self, prefixed);
  if (*result == '\0' || strlen (result) > MAX_NUMBER) {
    g_info ("the rule “%s” would make a number of %" G_GSIZE_FORMAT " bytes; it is not applied",
            ahoy_number_rule_get_name (self), strlen (result));
    return NULL;
  }
  return g_steal_pointer (&result);
}
