/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-info-digit-private.h"

#include <string.h>

/* Digits in bodies of INFO requests. No RFC says how; `application/dtmf-relay` has lines `Signal=`
 * and `Duration=` (in ms), `application/dtmf` nothing but the digit. The flash of a hook is the
 * digit `!` or 16, the event of RFC 4733, or has a type of its own and no body that matters. */

#define MAX_BODY 1024
#define MAX_LINES 16

/* What a line `Signal=` says; 0 for what is no digit. Some write 10 and 11 for star and pound. */
static char
read_signal (const char *value)
{
  if (g_str_equal (value, "10")) {
    return '*';
  }
  if (g_str_equal (value, "11")) {
    return '#';
  }
  if (g_str_equal (value, "16") || g_str_equal (value, "!")) {
    return AHOY_INFO_DIGIT_FLASH;
  }
  return *value != '\0' && value[1] == '\0' && strchr (AHOY_INFO_DIGIT_DIGITS, *value) != NULL
             ? g_ascii_toupper (*value)
             : '\0';
}

static void
read_relay (AhoyInfoDigit *digit, const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", MAX_LINES);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *equals = strchr (lines[i], '=');
    guint64 duration;

    if (equals == NULL) {
      continue;
    }
    *equals = '\0';
    if (g_ascii_strcasecmp (g_strstrip (lines[i]), "Signal") == 0) {
      digit->digit = read_signal (g_strstrip (equals + 1));
    } else if (g_ascii_strcasecmp (lines[i], "Duration") == 0 &&
               g_ascii_string_to_unsigned (g_strstrip (equals + 1), 10, 1,
                                           AHOY_INFO_DIGIT_MAX_DURATION, &duration, NULL)) {
      digit->duration_ms = (guint) duration;
    }
  }
}

static gboolean
has_type (const char *given, const char *type)
{
  gsize length = strlen (type);

  return g_ascii_strncasecmp (given, type, length) == 0 && strchr ("; \t", given[length]) != NULL;
}

/* Reads the digit in a body, which may hold anything or nothing; FALSE where there is none. */
gboolean
ahoy_info_digit_read (AhoyInfoDigit *digit, const char *content_type, GBytes *body)
{
  gsize size;
  const char *data = g_bytes_get_data (body, &size);
  g_autofree char *text = NULL;

  *digit = (AhoyInfoDigit){ '\0', AHOY_INFO_DIGIT_DURATION };
  if (content_type != NULL && has_type (content_type, AHOY_INFO_DIGIT_FLASH_TYPE)) {
    digit->digit = AHOY_INFO_DIGIT_FLASH;
    return TRUE;
  }
  if (content_type == NULL || data == NULL || size > MAX_BODY) {
    return FALSE;
  }
  text = g_strndup (data, size);
  if (has_type (content_type, AHOY_INFO_DIGIT_RELAY_TYPE)) {
    read_relay (digit, text);
  } else if (has_type (content_type, AHOY_INFO_DIGIT_PLAIN_TYPE)) {
    digit->digit = read_signal (g_strstrip (text));
  }
  return digit->digit != '\0';
}
