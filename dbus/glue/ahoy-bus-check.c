/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-check.h"

#include "ahoy.h"

/* What comes over the bus and can get into a SIP message is looked at here first. */

#define MAX_TEXT 8192
#define MAX_HEADERS 64

/* Headers whose meaning is the stack's, long and compact. */
static const char *const structural[] = {
  "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "content-length",
  "l", "content-type", "c", "route", "record-route", "max-forwards", NULL,
};

gboolean
ahoy_bus_check_text (const char *what, const char *text, GError **error)
{
  for (const char *at = text; *at != '\0'; at++) {
    if (((guchar) *at < 0x20 && *at != '\t') || *at == 0x7f) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "%s has the control character 0x%02x as character %d; remove it", what,
                   (guchar) *at, (int) (at - text) + 1);
      return FALSE;
    }
    if (at - text >= MAX_TEXT) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "%s is longer than %d bytes; shorten it", what, MAX_TEXT);
      return FALSE;
    }
  }
  return TRUE;
}

/* What is called or written to: a URI, or a user name. */
gboolean
ahoy_bus_check_target (const char *target, GError **error)
{
  if (*target == '\0') {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "The target is empty; write a URI such as sip:bob@example.org, or a "
                         "user name");
    return FALSE;
  }
  return ahoy_bus_check_text ("The target", target, error);
}

/* RFC 3261 §25.1: token. */
gboolean
ahoy_bus_check_token (const char *what, const char *text, GError **error)
{
  if (*text == '\0' || strlen (text) > 128) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "%s is empty or longer than 128 characters", what);
    return FALSE;
  }
  for (const char *at = text; *at != '\0'; at++) {
    if (!g_ascii_isalnum (*at) && strchr ("-.!%*_+`'~", *at) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "%s may not have the character 0x%02x; RFC 3261 allows letters, digits and "
                   "-.!%%*_+`'~",
                   what, (guchar) *at);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_option (const AhoyBusOption *known, const char *name, GVariant *value, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (const AhoyBusOption *at = known; at->name != NULL; at++) {
    if (g_str_equal (name, at->name)) {
      if (g_variant_is_of_type (value, G_VARIANT_TYPE (at->type))) {
        return TRUE;
      }
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The option %s has the type %s; it must have %s", name,
                   g_variant_get_type_string (value), at->type);
      return FALSE;
    }
    g_string_append_printf (names, "%s%s", at > known ? ", " : "", at->name);
  }
  if (known->name == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "There is no option “%s”; this method has none, leave them empty", name);
    return FALSE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "There is no option “%s”; the options are %s", name, names->str);
  return FALSE;
}

/* @options: an `a{sv}`; @known ends with a name of NULL. */
gboolean
ahoy_bus_check_options (GVariant *options, const AhoyBusOption *known, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    gboolean good = check_option (known, name, value, error);

    g_variant_unref (value);
    if (!good) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Of the variables that mean something to the session, those that can be wrong. */
static gboolean
check_media_address (const char *value, GError **error)
{
  if (*value == '\0' || g_hostname_is_ip_address (value)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The variable media-address cannot be “%s”: write a numeric address such as "
               "192.0.2.7 or 2001:db8::7",
               value);
  return FALSE;
}

/* A variable of a session; an empty value takes it away. */
gboolean
ahoy_bus_check_variable (const char *name, const char *value, GError **error)
{
  g_autofree char *what = g_strdup_printf ("The variable %s", name);

  return ahoy_bus_check_token ("A variable's name", name, error) &&
         ahoy_bus_check_text (what, value, error) &&
         (!g_str_equal (name, "media-address") || check_media_address (value, error));
}

/* @variables: an `a{ss}` */
gboolean
ahoy_bus_check_variables (GVariant *variables, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *value;

  g_variant_iter_init (&iter, variables);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
    if (!ahoy_bus_check_variable (name, value, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* @headers: an `a(ss)` */
gboolean
ahoy_bus_check_headers (GVariant *headers, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *value;

  if (g_variant_n_children (headers) > MAX_HEADERS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "There are more than %d headers", MAX_HEADERS);
    return FALSE;
  }
  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    g_autofree char *lower = g_ascii_strdown (name, -1);
    g_autofree char *what = NULL;

    if (!ahoy_bus_check_token ("A header name", name, error)) {
      return FALSE;
    }
    what = g_strdup_printf ("The header %s", name);
    if (g_strv_contains (structural, lower)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "%s is written by the stack and cannot be set", what);
      return FALSE;
    }
    if (!ahoy_bus_check_text (what, value, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* @body: an `ay`; a body needs a type, a type alone is passed over. */
gboolean
ahoy_bus_check_content_type (const char *content_type, GVariant *body, GError **error)
{
  gsize size = g_variant_n_children (body);

  if (size > 60000) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The body has %" G_GSIZE_FORMAT " bytes; more than 60000 do not fit", size);
    return FALSE;
  }
  if (size > 0 && strchr (content_type, '/') == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The content type “%s” is none; write one such as text/plain", content_type);
    return FALSE;
  }
  return ahoy_bus_check_text ("The content type", content_type, error);
}
