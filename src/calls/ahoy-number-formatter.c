/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-number-formatter.h"

#include <string.h>

#include "ahoy-error.h"

#define MOST_BYTES 256 /* of a number, and of what becomes of it */
#define DIGITS "0123456789"
#define NUMBER_CHARS DIGITS "+*#()-./ "

/**
 * AhoyNumberFormatter:
 *
 * Writes telephone numbers as people of a country do: `+4930123456` is 030 123456 in Germany, and
 * +49 30 123456 elsewhere. What it makes is for people to read, and is never called.
 *
 * A core asks those that were given to ahoy_core_add_extension(), in their order, until one knows
 * what to write; see ahoy_core_format_number(). They run in the thread of signalling, and have to
 * be quick.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyNumberFormatter, ahoy_number_formatter, G_TYPE_OBJECT)

static char *
real_format (AhoyNumberFormatter *self, const char *number, const char *country, GError **error)
{
  return NULL;
}

static void
ahoy_number_formatter_default_init (AhoyNumberFormatterInterface *iface)
{
  iface->format = real_format;
}

/* Not names: people keep them as they are. */
static gboolean
check_number (const char *number, GError **error)
{
  if (strlen (number) <= MOST_BYTES && strspn (number, NUMBER_CHARS) == strlen (number) &&
      strpbrk (number, DIGITS) != NULL) {
    return TRUE;
  }
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                       "The text is no telephone number: write digits, with + and separators or "
                       "without");
  return FALSE;
}

static gboolean
check_country (const char *country, GError **error)
{
  if (country == NULL || (strlen (country) == 2 && g_ascii_isalpha (country[0]) &&
                          g_ascii_isalpha (country[1]))) {
    return TRUE;
  }
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                       "The country is no code of ISO 3166, such as DE");
  return FALSE;
}

/* What an extension says may be anything; people and the bus get text. */
static gboolean
is_text (const char *text)
{
  if (*text == '\0' || strlen (text) > MOST_BYTES || !g_utf8_validate (text, -1, NULL)) {
    return FALSE;
  }
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    if (g_unichar_iscntrl (g_utf8_get_char (at))) {
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * ahoy_number_formatter_format: (virtual format)
 * @self: a formatter
 * @number: a telephone number: digits, with or without `+` and separators
 * @country: (nullable): the code of the country (ISO 3166-1 alpha-2, such as `DE`) that numbers
 *   without `+` belong to, and whose people read it; %NULL for none
 * @error: return location for an error
 *
 * Writes a number. Short numbers, such as 110 and extensions, stay as they are.
 *
 * Returns: (transfer full): the number as people write it, UTF-8 of up to 256 bytes; %NULL with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when @number or @country is none, with %AHOY_ERROR_NOT_SUPPORTED
 *   when the formatter does not know what to write, or with an error of the formatter
 *
 * Since: 0.1
 */
char *
ahoy_number_formatter_format (AhoyNumberFormatter *self, const char *number, const char *country,
                              GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *code = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (AHOY_IS_NUMBER_FORMATTER (self), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  if (!check_number (number, error) || !check_country (country, error)) {
    return NULL;
  }
  code = country != NULL ? g_ascii_strup (country, -1) : NULL;
  text = AHOY_NUMBER_FORMATTER_GET_IFACE (self)->format (self, number, code, &reason);
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  if (text == NULL || !is_text (text)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 text == NULL ? "%s does not know how “%s” is written"
                              : "%s wrote “%s” in a way that is no text",
                 G_OBJECT_TYPE_NAME (self), number);
    return NULL;
  }
  return g_steal_pointer (&text);
}
