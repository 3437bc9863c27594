/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-variable-private.h"

#include <string.h>

#include "ahoy-error.h"

/* ${name} in the arguments of steps. What a caller dialled or a program set may neither leave a
 * folder nor end the user part of a URI, so only some characters are let through. */

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define MAX_NAME 64
#define MAX_VALUE 128
#define HARMLESS                                                                                  \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+*#-_."

gboolean
ahoy_route_variable_is_name (const char *name)
{
  gsize length = strlen (name);

  return g_ascii_islower (*name) && length <= MAX_NAME && strspn (name, NAME_LETTERS) == length;
}

static gboolean
append_value (GString *into, const char *name, const char *value, gboolean in_uri, GError **error)
{
  gsize length = value != NULL ? strlen (value) : 0;

  if (length == 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "the variable “%s” has no value; let a step such as read(%s) set it before", name,
                 name);
    return FALSE;
  }
  if (length > MAX_VALUE || strspn (value, HARMLESS) != length || strstr (value, "..") != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "the variable “%s” has a value that a route does not take; at most %d letters, "
                 "digits and + * # - _ . are allowed",
                 name, MAX_VALUE);
    return FALSE;
  }
  /* RFC 3261 §25.1: the user part has no #. */
  for (; *value != '\0'; value++) {
    if (in_uri && *value == '#')
      g_string_append (into, "%23");
    else
      g_string_append_c (into, *value);
  }
  return TRUE;
}

char *
ahoy_route_variable_replace (const char *text, AhoyRouteVariableFunc lookup, gpointer user_data,
                             GError **error)
{
  g_autoptr (GString) result = g_string_new (NULL);
  gboolean in_uri = strchr (text, ':') != NULL;
  const char *at = text;
  const char *start;

  while ((start = strstr (at, "${")) != NULL) {
    gsize length = strspn (start + 2, NAME_LETTERS);
    g_autofree char *name = g_strndup (start + 2, length);

    if (start[2 + length] != '}' || !ahoy_route_variable_is_name (name)) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” has a ${ that names no variable; write a name such as ${pin}", text);
      return NULL;
    }
    g_string_append_len (result, at, start - at);
    if (!append_value (result, name, lookup != NULL ? lookup (name, user_data) : "0", in_uri,
                       error))
      return NULL;
    at = start + 2 + length + 1;
  }
  g_string_append (result, at);
  return g_string_free (g_steal_pointer (&result), FALSE);
}
