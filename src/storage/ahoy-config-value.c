/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-value-private.h"
#include "ahoy-error.h"

/* Values of keys: from text, as it stands in a file, and back. The errors say what is wrong with
 * the value and what to write; the caller adds the object, the key and the place. */

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS, message);
  return FALSE;
}

/* Values end up in SIP messages and in logs, where a line break would begin something else. */
static gboolean
check_controls (const char *text, GError **error)
{
  for (const char *at = text; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at))
      return refuse (error, "the value has a line break or another control character; remove it");
  }
  return TRUE;
}

static gboolean
check (GParamSpec *key, const char *text, GError **error)
{
  const AhoyConfigKeyInfo *info = ahoy_config_key_peek (key);

  return info->check == NULL || info->check (text, error);
}

static gboolean
read_boolean (const char *text, gboolean *on)
{
  static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1", NULL };

  for (gsize i = 0; words[i] != NULL; i++) {
    if (g_ascii_strcasecmp (text, words[i]) == 0) {
      *on = i % 2 == 1;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
parse_boolean (const char *text, GValue *value, GError **error)
{
  gboolean on;

  if (!read_boolean (text, &on))
    return refuse (error, "“%s” is neither yes nor no; write one of them", text);
  g_value_init (value, G_TYPE_BOOLEAN);
  g_value_set_boolean (value, on);
  return TRUE;
}

static gboolean
in_range (GParamSpec *key, guint64 number, GValue *value)
{
  GParamSpecUInt *range = G_PARAM_SPEC_UINT (key);

  if (number < range->minimum || number > range->maximum)
    return FALSE;
  g_value_init (value, G_TYPE_UINT);
  g_value_set_uint (value, number);
  return TRUE;
}

static gboolean
parse_number (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  g_autofree char *range = NULL;
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &number, NULL)
      && in_range (key, number, value))
    return TRUE;

  range = ahoy_config_key_dup_range (key);
  return refuse (error, "“%s” is no number that fits; write %s", text, range);
}

/* Reads “90”, “1.5” (three decimals at most); the result is in thousandths. */
static gboolean
parse_decimal (const char *text, const char **end, guint64 *thousandths)
{
  guint64 number = 0;
  guint n_decimals = 0;
  const char *at = text;

  for (; g_ascii_isdigit (*at) && at - text < 10; at++)
    number = number * 10 + (*at - '0');
  if (at == text || g_ascii_isdigit (*at))
    return FALSE;
  if (*at == '.') {
    for (at++; g_ascii_isdigit (*at) && n_decimals < 3; at++, n_decimals++)
      number = number * 10 + (*at - '0');
    if (n_decimals == 0 || g_ascii_isdigit (*at))
      return FALSE;
  }
  for (; n_decimals < 3; n_decimals++)
    number *= 10;
  *thousandths = number;
  *end = at;
  return TRUE;
}

static const struct {
  const char *name;
  guint64 milliseconds;
} units[] = {
  { "d", 86400000 }, { "h", 3600000 }, { "min", 60000 }, { "s", 1000 }, { "ms", 1 },
};

/* Reads “90”, which are seconds, “500ms”, “90s”, “5min”, “1.5h” or “2d”. */
gboolean
ahoy_config_parse_milliseconds (const char *text, guint64 *milliseconds)
{
  const char *unit = NULL;
  guint64 thousandths;

  if (!parse_decimal (text, &unit, &thousandths))
    return FALSE;
  while (*unit == ' ')
    unit++;
  if (*unit == '\0')
    unit = "s";
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    if (strcmp (unit, units[i].name) == 0) {
      *milliseconds = thousandths * units[i].milliseconds / 1000;
      return thousandths * units[i].milliseconds % 1000 == 0;
    }
  }
  return FALSE;
}

static guint
unit_of (GParamSpec *key)
{
  return g_strcmp0 (ahoy_config_key_get_unit (key), "ms") == 0 ? 1 : 1000;
}

static gboolean
parse_duration (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  g_autofree char *range = NULL;
  guint64 milliseconds;

  if (!ahoy_config_parse_milliseconds (text, &milliseconds))
    return refuse (
        error, "“%s” is no duration; write a number with ms, s, min, h or d, such as 90s", text);
  if (milliseconds % unit_of (key) != 0)
    return refuse (error, "“%s” is no whole number of seconds; write one, such as 90s", text);
  if (in_range (key, milliseconds / unit_of (key), value))
    return TRUE;

  range = ahoy_config_key_dup_range (key);
  return refuse (error, "“%s” is too short or too long; write %s", text, range);
}

static gboolean
refuse_choice (GParamSpec *key, const char *text, GError **error)
{
  g_auto (GStrv) choices = ahoy_config_key_list_choices (key);
  g_autofree char *list = g_strjoinv (", ", choices);
  g_autofree char *suggestion = ahoy_config_suggest (text, (const char *const *)choices);

  return refuse (error, "“%s” is none of %s%s", text, list,
                 *suggestion != '\0' ? suggestion : "; write one of them");
}

static gboolean
parse_choice (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  GEnumValue *found = g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (key)->enum_class, text);

  if (found == NULL || *text == '\0')
    return refuse_choice (key, text, error);
  if (!check (key, text, error))
    return FALSE;

  g_value_init (value, key->value_type);
  g_value_set_enum (value, found->value);
  return TRUE;
}

/* A key that became more than yes or no still takes the other words for these two. */
static GFlagsValue *
find_flag (GFlagsClass *klass, const char *word)
{
  GFlagsValue *found = g_flags_get_value_by_nick (klass, word);
  gboolean on;

  if (found == NULL && read_boolean (word, &on))
    found = g_flags_get_value_by_nick (klass, on ? "yes" : "no");
  return found;
}

static gboolean
parse_choices (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  GFlagsClass *klass = G_PARAM_SPEC_FLAGS (key)->flags_class;
  g_auto (GStrv) words = ahoy_config_text_split (text, error);
  guint flags = 0;

  if (words == NULL)
    return FALSE;
  for (gsize i = 0; words[i] != NULL; i++) {
    GFlagsValue *found = find_flag (klass, words[i]);

    if (!check_controls (words[i], error))
      return FALSE;
    if (found == NULL)
      return refuse_choice (key, words[i], error);
    if (found->value == 0 && words[1] != NULL)
      return refuse (error, "“%s” stands alone, for it says no to the others; leave it out",
                     words[i]);
    flags |= found->value;
  }
  g_value_init (value, key->value_type);
  g_value_set_flags (value, flags);
  return TRUE;
}

static gboolean
parse_list (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  g_auto (GStrv) elements = ahoy_config_text_split (text, error);

  if (elements == NULL)
    return FALSE;
  for (gsize i = 0; elements[i] != NULL; i++) {
    if (!check_controls (elements[i], error) || !check (key, elements[i], error))
      return FALSE;
  }
  g_value_init (value, G_TYPE_STRV);
  g_value_take_boxed (value, g_steal_pointer (&elements));
  return TRUE;
}

static gboolean
parse_text (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  if (*text != '\0' && !check (key, text, error))
    return FALSE;

  g_value_init (value, G_TYPE_STRING);
  g_value_set_string (value, *text != '\0' ? text : NULL);
  return TRUE;
}

gboolean
ahoy_config_value_parse (GParamSpec *key, const char *text, GValue *value, GError **error)
{
  AhoyConfigKind kind = ahoy_config_key_get_kind (key);
  g_autofree char *plain = NULL;

  if (kind == AHOY_CONFIG_KIND_CHOICES)
    return parse_choices (key, text, value, error);
  if (kind == AHOY_CONFIG_KIND_LIST)
    return parse_list (key, text, value, error);

  plain = ahoy_config_text_unescape (text, error);
  if (plain == NULL || !check_controls (plain, error))
    return FALSE;
  if (kind == AHOY_CONFIG_KIND_BOOLEAN)
    return parse_boolean (plain, value, error);
  if (kind == AHOY_CONFIG_KIND_NUMBER)
    return parse_number (key, plain, value, error);
  if (kind == AHOY_CONFIG_KIND_DURATION)
    return parse_duration (key, plain, value, error);
  if (kind == AHOY_CONFIG_KIND_CHOICE)
    return parse_choice (key, plain, value, error);
  return parse_text (key, plain, value, error);
}

/* -- to text -------------------------------------------------------------------------------- */

/* Returns (transfer full): the shortest text without a point, such as “90s”. */
char *
ahoy_config_milliseconds_to_text (guint64 milliseconds)
{
  if (milliseconds == 0)
    return g_strdup ("0s");
  for (gsize i = 0;; i++) {
    if (milliseconds % units[i].milliseconds == 0)
      return g_strdup_printf ("%" G_GUINT64_FORMAT "%s", milliseconds / units[i].milliseconds,
                              units[i].name);
  }
}

static char *
choices_to_text (GFlagsClass *klass, guint flags)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; i < klass->n_values; i++) {
    if ((flags & klass->values[i].value) != 0 || (flags == 0 && klass->values[i].value == 0))
      g_ptr_array_add (words, (gpointer)klass->values[i].value_nick);
  }
  g_ptr_array_add (words, NULL);
  return ahoy_config_text_join ((const char *const *)words->pdata);
}

/* Returns (transfer full): the canonical text of @value, as it may stand in a file. */
char *
ahoy_config_value_to_text (GParamSpec *key, const GValue *value)
{
  const char *text;

  switch (ahoy_config_key_get_kind (key)) {
  case AHOY_CONFIG_KIND_BOOLEAN:
    return g_strdup (g_value_get_boolean (value) ? "yes" : "no");
  case AHOY_CONFIG_KIND_NUMBER:
    return g_strdup_printf ("%u", g_value_get_uint (value));
  case AHOY_CONFIG_KIND_DURATION:
    return ahoy_config_milliseconds_to_text ((guint64)g_value_get_uint (value) * unit_of (key));
  case AHOY_CONFIG_KIND_CHOICE:
    return g_strdup (
        g_enum_get_value (G_PARAM_SPEC_ENUM (key)->enum_class, g_value_get_enum (value))
            ->value_nick);
  case AHOY_CONFIG_KIND_CHOICES:
    return choices_to_text (G_PARAM_SPEC_FLAGS (key)->flags_class, g_value_get_flags (value));
  case AHOY_CONFIG_KIND_LIST:
    return ahoy_config_text_join (g_value_get_boxed (value));
  case AHOY_CONFIG_KIND_TEXT:
  case AHOY_CONFIG_KIND_URI_LIST:
  default:
    text = g_value_get_string (value);
    return ahoy_config_text_escape (text != NULL ? text : "");
  }
}
