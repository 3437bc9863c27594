/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <arpa/inet.h>
#include <string.h>

#include "ahoy-uri-private.h"

/* The words and characters of RFC 3261 section 25.1 and RFC 3966 section 3. */

#define VISUAL_SEPARATORS "-.()"

static gboolean
is_one_of (char c, const char *set)
{
  return c != '\0' && strchr (set, c) != NULL;
}

gboolean
ahoy_uri_is_unreserved (char c)
{
  return g_ascii_isalnum (c) || is_one_of (c, "-_.!~*'()");
}

/* The end of the run of unreserved and escaped characters, and those in @extra, that begins at @p.
 * */
const char *
ahoy_uri_span (const char *p, const char *end, const char *extra)
{
  while (p < end) {
    if (ahoy_uri_is_unreserved (*p) || is_one_of (*p, extra)) {
      p++;
    } else if (*p == '%' && end - p >= 3 && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2])) {
      p += 3;
    } else {
      break;
    }
  }

  return p;
}

static guchar
escaped_byte (const char *percent)
{
  return (guchar) (g_ascii_xdigit_value (percent[1]) << 4 | g_ascii_xdigit_value (percent[2]));
}

/* Whether @p is at an escape; @p ends in NUL. */
static gboolean
is_escape (const char *p)
{
  return p[0] == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]);
}

/* Escaped control characters, NUL among them, stay escaped: the result is text. */
char *
ahoy_uri_unescape (const char *raw)
{
  g_autoptr (GString) plain = NULL;

  if (strchr (raw, '%') == NULL)
    return g_utf8_make_valid (raw, -1);

  plain = g_string_sized_new (strlen (raw));
  for (const char *p = raw; *p != '\0'; p++) {
    guchar byte = is_escape (p) ? escaped_byte (p) : 0;

    if (byte < ' ' || byte == 0x7f) {
      g_string_append_c (plain, *p);
    } else {
      g_string_append_c (plain, (char) byte);
      p += 2;
    }
  }

  return g_utf8_make_valid (plain->str, plain->len);
}

char *
ahoy_uri_escape (const char *text, const char *extra)
{
  GString *raw = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p++) {
    if (ahoy_uri_is_unreserved (*p) || is_one_of (*p, extra))
      g_string_append_c (raw, *p);
    else
      g_string_append_printf (raw, "%%%02X", (guchar) *p);
  }

  return g_string_free (raw, FALSE);
}

/* One spelling for all that RFC 3261 section 19.1.4 takes for the same: characters that need no
 * escape are written plainly, the digits of the others in capitals. */
char *
ahoy_uri_normalize (const char *raw)
{
  GString *normal = g_string_sized_new (strlen (raw));

  for (const char *p = raw; *p != '\0'; p++) {
    if (!is_escape (p)) {
      g_string_append_c (normal, *p);
      continue;
    }
    if (ahoy_uri_is_unreserved ((char) escaped_byte (p)))
      g_string_append_c (normal, (char) escaped_byte (p));
    else
      g_string_append_printf (normal, "%%%02X", escaped_byte (p));
    p += 2;
  }

  return g_string_free (normal, FALSE);
}

/* Letters, digits, hyphens inside, and underscores, which RFC 3261 does not have but networks of
 * containers do. */
static gboolean
is_label (const char *label, gsize length)
{
  if (length == 0 || length > 63)
    return FALSE;
  if (label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
      return FALSE;
  }
  return TRUE;
}

/* Labels, of which the last one begins with a letter; a dot may stand at the end. */
static gboolean
is_host_name (const char *host)
{
  const char *label = host;
  gsize length = strcspn (label, ".");

  if (strlen (host) > 255)
    return FALSE;

  while (label[length] != '\0' && label[length + 1] != '\0') {
    if (!is_label (label, length))
      return FALSE;
    label += length + 1;
    length = strcspn (label, ".");
  }
  return is_label (label, length) && g_ascii_isalpha (*label);
}

/* An IPv4 or IPv6 address (without brackets), or a host name. */
gboolean
ahoy_uri_is_host (const char *host)
{
  struct in6_addr binary;

  if (strchr (host, ':') != NULL)
    return inet_pton (AF_INET6, host, &binary) == 1;

  return inet_pton (AF_INET, host, &binary) == 1 || is_host_name (host);
}

/* telephone-subscriber without parameters: +digits, or digits, hex letters, * and #; both with
 * separators for the eye, which are not enough by themselves. */
gboolean
ahoy_uri_is_phone_digits (const char *text, gboolean *is_global)
{
  gboolean global = *text == '+';
  gboolean has_digit = FALSE;

  for (const char *p = global ? text + 1 : text; *p != '\0'; p++) {
    gboolean digit = g_ascii_isdigit (*p) || (!global && is_one_of (*p, "*#"));

    if (!digit && !is_one_of (*p, VISUAL_SEPARATORS) && (global || !g_ascii_isxdigit (*p)))
      return FALSE;
    has_digit |= digit;
  }

  if (is_global != NULL)
    *is_global = global;

  return has_digit;
}

char *
ahoy_uri_strip_separators (const char *number)
{
  GString *stripped = g_string_sized_new (strlen (number));

  for (const char *p = number; *p != '\0'; p++) {
    if (!is_one_of (*p, VISUAL_SEPARATORS))
      g_string_append_c (stripped, *p);
  }

  return g_string_free (stripped, FALSE);
}

/* At most 60 bytes of @text for an error message, with what is not plain ASCII escaped. */
char *
ahoy_uri_quote_for_message (const char *text, gsize length)
{
  GString *quoted = g_string_new ("\"");

  for (gsize i = 0; i < MIN (length, 60); i++) {
    if (text[i] == '"' || text[i] == '\\')
      g_string_append_printf (quoted, "\\%c", text[i]);
    else if (g_ascii_isprint (text[i]))
      g_string_append_c (quoted, text[i]);
    else
      g_string_append_printf (quoted, "\\x%02x", (guchar) text[i]);
  }
  g_string_append (quoted, length > 60 ? "…\"" : "\"");

  return g_string_free (quoted, FALSE);
}
