/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-value-private.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-route-program.h"
#include "ahoy-route-step-definition-private.h"
#include "ahoy-route-variable-private.h"

/* Judges the values of arguments of steps. */

static gboolean refuse (GError **error, const char *text, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, const char *text, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS, "“%s” %s", text, reason);
  return FALSE;
}

static gboolean
is_in_range (AhoyRouteArgument *self, guint64 number)
{
  return number >= self->minimum && number <= self->maximum;
}

static gboolean
check_number (AhoyRouteArgument *self, const char *text, guint64 *number, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, self->minimum, self->maximum, number, NULL))
    return TRUE;
  return refuse (error, text, "is no number that fits; write %u to %u", self->minimum,
                 self->maximum);
}

static gboolean
check_duration (AhoyRouteArgument *self, const char *text, guint64 *number, GError **error)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (ahoy_config_parse_milliseconds (text, number) && is_in_range (self, *number))
    return TRUE;

  from = ahoy_config_milliseconds_to_text (self->minimum);
  to = ahoy_config_milliseconds_to_text (self->maximum);
  return refuse (error, text, "is no duration that fits; write %s to %s", from, to);
}

static gboolean
check_word (const char *text, const char *const *words, guint64 *number, GError **error)
{
  g_autofree char *suggestion = NULL;
  g_autofree char *list = NULL;

  for (gsize i = 0; words[i] != NULL; i++) {
    if (strcmp (text, words[i]) == 0) {
      *number = i;
      return TRUE;
    }
  }
  suggestion = ahoy_config_suggest (text, words);
  list = g_strjoinv (", ", (char **)words);
  return refuse (error, text, "is none of %s%s", list, suggestion);
}

/* A URI has a scheme, which no name of an endpoint has: names have no colon. Behind a name and a
 * slash there is one of its addresses of record, or a URI. */
static gboolean
check_target (const char *given, GError **error)
{
  const char *slash = strchr (given, '/');
  gboolean named = slash != NULL && slash > given &&
                   strcspn (given, ":<@\"") > (gsize) (slash - given);
  const char *text = named ? slash + 1 : given;
  g_autoptr (AhoyNameAddr) address = NULL;
  g_autoptr (GError) reason = NULL;
  AhoyUriScheme scheme;

  if (strpbrk (text, ":<") == NULL) {
    if (*text != '\0' && strpbrk (text, " \t\"\\;,>()") == NULL)
      return TRUE;
    return refuse (error, text,
                   "is neither the name of an endpoint nor a URI; write bob or "
                   "<sip:bob@example.com>");
  }
  address = ahoy_name_addr_parse (text, &reason);
  if (address == NULL)
    return refuse (error, text, "is no URI that can be called: %s", reason->message);

  scheme = ahoy_uri_get_scheme (ahoy_name_addr_get_uri (address));
  if (scheme == AHOY_URI_SCHEME_OTHER)
    return refuse (error, text, "cannot be called; write a sip:, sips: or tel: URI");
  return TRUE;
}

/* With a digit in place of each variable: what they hold is judged when the call gets there. */
static gboolean
check_with_variables (AhoyRouteArgument *self, const char *text, GError **error)
{
  g_autofree char *tried = ahoy_route_variable_replace (text, NULL, NULL, error);

  if (tried == NULL)
    return FALSE;
  if (self->kind == AHOY_ROUTE_ARGUMENT_KIND_TARGET)
    return check_target (tried, error);
  return *tried != '\0' || refuse (error, text, "is empty; write something, or leave it out");
}

/* What is said of a place in inner steps counts from where they begin. */
static gboolean
check_steps (const char *text, GError **error)
{
  g_autoptr (AhoyRouteProgram) program = NULL;
  g_autoptr (GError) reason = NULL;

  program = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text, &reason);
  return program != NULL || refuse (error, text, "are no steps: %s", reason->message);
}

gboolean
ahoy_route_argument_check (AhoyRouteArgument *self, const char *text, guint64 *number,
                           GError **error)
{
  static const char *const booleans[] = { "no", "yes", NULL };

  switch (self->kind) {
  case AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN:
    return check_word (text, booleans, number, error);
  case AHOY_ROUTE_ARGUMENT_KIND_NUMBER:
    return check_number (self, text, number, error);
  case AHOY_ROUTE_ARGUMENT_KIND_DURATION:
    return check_duration (self, text, number, error);
  case AHOY_ROUTE_ARGUMENT_KIND_CHOICE:
    return check_word (text, (const char *const *)self->choices, number, error);
  case AHOY_ROUTE_ARGUMENT_KIND_VARIABLE:
    return ahoy_route_variable_is_name (text)
           || refuse (error, text, "is no name of a variable; write a-z, 0-9 and -, such as pin");
  case AHOY_ROUTE_ARGUMENT_KIND_STEPS:
    return check_steps (text, error);
  case AHOY_ROUTE_ARGUMENT_KIND_TARGET:
  case AHOY_ROUTE_ARGUMENT_KIND_TEXT:
  default:
    return check_with_variables (self, text, error);
  }
}

char *
ahoy_route_argument_canonical (AhoyRouteArgument *self, const char *text)
{
  guint64 number = 0;

  /* Judged once: inner steps within inner steps would be judged twice on each level. */
  if (self->kind == AHOY_ROUTE_ARGUMENT_KIND_STEPS
      || !ahoy_route_argument_check (self, text, &number, NULL))
    return g_strdup (text);
  if (self->kind == AHOY_ROUTE_ARGUMENT_KIND_DURATION)
    return ahoy_config_milliseconds_to_text (number);
  if (self->kind == AHOY_ROUTE_ARGUMENT_KIND_NUMBER)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  return g_strdup (text);
}
