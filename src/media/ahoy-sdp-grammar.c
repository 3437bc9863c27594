/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-grammar-private.h"

#include <arpa/inet.h>
#include <string.h>

/* The small words of RFC 4566 section 9. Each takes a NUL terminated string of any content. */

static gboolean
is_token_char (char c)
{
  return c > ' ' && c < 0x7f && strchr ("\"(),/:;<=>?@[\\]", c) == NULL;
}

/* token: one or more characters without white space or separators. */
gboolean
ahoy_sdp_is_token (const char *text)
{
  if (text == NULL || *text == '\0')
    return FALSE;

  for (const char *p = text; *p != '\0'; p++) {
    if (!is_token_char (*p))
      return FALSE;
  }

  return strlen (text) < AHOY_SDP_MAX_LINE / 2;
}

/* proto: tokens joined by single slashes. */
gboolean
ahoy_sdp_is_proto (const char *text)
{
  gboolean after_token = FALSE;

  if (text == NULL || strlen (text) >= AHOY_SDP_MAX_LINE / 2)
    return FALSE;

  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '/' && !after_token)
      return FALSE;
    if (*p != '/' && !is_token_char (*p))
      return FALSE;
    after_token = *p != '/';
  }

  return after_token;
}

/* Text that may stand in a line after the equals sign: UTF-8, no control character but the tab. */
gboolean
ahoy_sdp_is_text (const char *text)
{
  if (text == NULL || strlen (text) > AHOY_SDP_MAX_LINE - 2 || !g_utf8_validate (text, -1, NULL))
    return FALSE;

  for (const char *p = text; *p != '\0'; p++) {
    if (((guchar) *p < ' ' && *p != '\t') || *p == 0x7f)
      return FALSE;
  }

  return TRUE;
}

/* non-ws-string: text without white space. */
gboolean
ahoy_sdp_is_word (const char *text)
{
  return ahoy_sdp_is_text (text) && *text != '\0' && strpbrk (text, " \t") == NULL;
}

/* Whether the formats of a stream with this proto are RTP payload types: RTP/AVP, RTP/SAVPF,
 * UDP/TLS/RTP/SAVP, TCP/RTP/AVP and so on. */
gboolean
ahoy_sdp_is_rtp_proto (const char *proto)
{
  static const char *const profiles[] = { "AVP", "AVPF", "SAVP", "SAVPF" };
  const char *profile = proto != NULL ? strrchr (proto, '/') : NULL;

  if (profile == NULL || profile - proto < 3)
    return FALSE;
  if (g_ascii_strncasecmp (profile - 3, "RTP", 3) != 0)
    return FALSE;
  if (profile - proto > 3 && profile[-4] != '/')
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (profiles); i++) {
    if (g_ascii_strcasecmp (profile + 1, profiles[i]) == 0)
      return TRUE;
  }

  return FALSE;
}

/* A host name by its letters; an underscore is taken, since networks of containers have them. */
gboolean
ahoy_sdp_is_host_name (const char *text)
{
  gboolean has_letter = FALSE;
  char last = '.';

  if (text == NULL || *text == '\0' || strlen (text) > 253)
    return FALSE;

  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.' && *p != '_')
      return FALSE;
    if (last == '.' && (*p == '.' || *p == '-'))
      return FALSE;
    has_letter |= g_ascii_isalpha (*p);
    last = *p;
  }

  return has_letter && last != '-';
}

/* An address without TTL: a literal that fits @address_type ("IP4" or "IP6"), or a host name. */
gboolean
ahoy_sdp_is_address (const char *address_type, const char *address)
{
  struct in6_addr binary;

  if (address_type == NULL || address == NULL)
    return FALSE;

  if (g_str_equal (address_type, "IP4")) {
    if (inet_pton (AF_INET, address, &binary) == 1)
      return TRUE;
  } else if (g_str_equal (address_type, "IP6")) {
    if (inet_pton (AF_INET6, address, &binary) == 1)
      return TRUE;
  } else {
    return FALSE;
  }

  return ahoy_sdp_is_host_name (address);
}

/* The address type to write for @address; NULL if it is no address at all. */
const char *
ahoy_sdp_address_type (const char *address)
{
  struct in6_addr binary;

  if (address == NULL)
    return NULL;
  if (inet_pton (AF_INET6, address, &binary) == 1)
    return "IP6";

  return ahoy_sdp_is_address ("IP4", address) ? "IP4" : NULL;
}

/* Digits and nothing else, not above @max. */
gboolean
ahoy_sdp_parse_number (const char *text, guint64 max, guint64 *value)
{
  guint64 number = 0;

  if (text == NULL || *text == '\0' || strlen (text) > 20)
    return FALSE;

  for (const char *p = text; *p != '\0'; p++) {
    guint64 digit = (guint64) (*p - '0');

    if (!g_ascii_isdigit (*p) || digit > max || number > (max - digit) / 10)
      return FALSE;
    number = 10 * number + digit;
  }
  *value = number;
  return TRUE;
}

/* An RTP payload type, written without leading zeros so that it has one spelling only. */
gboolean
ahoy_sdp_is_payload_type (const char *text)
{
  guint64 value;

  return ahoy_sdp_parse_number (text, 127, &value) && (text[0] != '0' || text[1] == '\0');
}

/* If @text begins with the word @word, what follows after the space; else NULL. */
const char *
ahoy_sdp_after_word (const char *text, const char *word)
{
  gsize length = strlen (word);

  if (strncmp (text, word, length) != 0)
    return NULL;
  if (text[length] != ' ' && text[length] != '\0')
    return NULL;

  return text + length + strspn (text + length, " ");
}

/* Strings, up to a NULL: a description is made and read for each call, and printf is slow. */
void
ahoy_sdp_append (GString *text, ...)
{
  va_list pieces;
  const char *piece;

  va_start (pieces, text);
  while ((piece = va_arg (pieces, const char *)) != NULL)
    g_string_append (text, piece);
  va_end (pieces);
}
