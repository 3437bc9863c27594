/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-uri-private.h"

/* Text to AhoyUri. The grammar is walked over here, once and strictly: GUri decodes what must stay
 * escaped and knows no parameters, and Sofia's parser takes much that is no URI. */

typedef struct {
  const char *text;
  const char *p;
  const char *end;
  AhoyUri *uri;
  GError **error;
} Parser;

static gboolean
refuse (Parser *parser, const char *at, const char *reason)
{
  g_autofree char *quoted = NULL;

  quoted = ahoy_uri_quote_for_message (parser->text, parser->end - parser->text);
  g_set_error (parser->error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The URI %s cannot be used: at position %u: %s", quoted,
               (guint) (at - parser->text) + 1, reason);

  return FALSE;
}

static gboolean
parse_scheme (Parser *parser)
{
  const char *start = parser->p;
  const char *p = start;
  AhoyUri *uri = parser->uri;

  while (p < parser->end && (g_ascii_isalnum (*p) || *p == '+' || *p == '-' || *p == '.'))
    p++;
  if (p == start || !g_ascii_isalpha (*start) || p == parser->end || *p != ':')
    return refuse (parser, p, "a scheme such as \"sip:\" is missing");

  uri->scheme_name = g_ascii_strdown (start, p - start);
  parser->p = p + 1;

  if (g_str_equal (uri->scheme_name, "sip"))
    uri->scheme = AHOY_URI_SCHEME_SIP;
  else if (g_str_equal (uri->scheme_name, "sips"))
    uri->scheme = AHOY_URI_SCHEME_SIPS;
  else if (g_str_equal (uri->scheme_name, "tel"))
    uri->scheme = AHOY_URI_SCHEME_TEL;

  return TRUE;
}

static gboolean
parse_userinfo (Parser *parser)
{
  const char *at = memchr (parser->p, '@', parser->end - parser->p);
  const char *p;

  if (at == NULL)
    return TRUE;

  p = ahoy_uri_span (parser->p, at, AHOY_URI_USER_CHARS);
  if (p < at && *p != ':')
    return refuse (parser, p, "a character of the user must be escaped with %");
  if (p == parser->p)
    return refuse (parser, p, "the user is empty");
  parser->uri->raw_user = g_strndup (parser->p, p - parser->p);

  if (p < at) {
    const char *start = p + 1;

    p = ahoy_uri_span (start, at, AHOY_URI_PASSWORD_CHARS);
    if (p < at)
      return refuse (parser, p, "a character of the password must be escaped with %");
    parser->uri->raw_password = g_strndup (start, p - start);
  }

  parser->p = at + 1;
  return TRUE;
}

static gboolean
parse_host (Parser *parser)
{
  const char *start = parser->p;
  const char *p = start;
  g_autofree char *host = NULL;

  if (start < parser->end && *start == '[') {
    p = memchr (start, ']', parser->end - start);
    if (p == NULL)
      return refuse (parser, start, "the bracket of the IPv6 address is not closed");
    host = g_strndup (start + 1, p - start - 1);
    if (strchr (host, ':') == NULL || !ahoy_uri_is_host (host))
      return refuse (parser, start, "there is no IPv6 address in the brackets");
    p++;
  } else {
    while (p < parser->end && (g_ascii_isalnum (*p) || *p == '-' || *p == '.' || *p == '_'))
      p++;
    if (p == start)
      return refuse (parser, start, "the host is missing");
    host = g_strndup (start, p - start);
    if (!ahoy_uri_is_host (host))
      return refuse (parser, start, "the host is neither a host name nor an IPv4 address");
  }

  parser->uri->host = g_steal_pointer (&host);
  parser->p = p;
  return TRUE;
}

static gboolean
parse_port (Parser *parser)
{
  const char *start = parser->p + 1;
  const char *p = start;
  guint port = 0;

  if (parser->p == parser->end || *parser->p != ':')
    return TRUE;

  while (p < parser->end && g_ascii_isdigit (*p) && p - start < 6)
    port = port * 10 + (guint) g_ascii_digit_value (*p++);
  if (p == start || port == 0 || port > G_MAXUINT16)
    return refuse (parser, start, "the port is not a number from 1 to 65535");

  parser->uri->port = port;
  parser->p = p;
  return TRUE;
}

/* name[=value] at the parser's place; what may stand in either is unreserved, escaped or in
 * @extra. */
static gboolean
parse_pair (Parser *parser, GArray *pairs, const char *extra, gboolean is_header)
{
  const char *start = parser->p;
  const char *end_of_name = ahoy_uri_span (start, parser->end, extra);
  const char *p = end_of_name;
  const AhoyUriPair *before;
  g_autofree char *name = g_strndup (start, end_of_name - start);
  g_autofree char *value = NULL;
  g_autofree char *plain = NULL;

  if (pairs->len == AHOY_URI_MAX_PAIRS)
    return refuse (parser, start, "there are too many parameters or headers");
  if (p == start)
    return refuse (parser, p, is_header ? "the name of a header is missing"
                                        : "the name of a parameter is missing");

  if (p < parser->end && *p == '=') {
    const char *start_of_value = p + 1;

    p = ahoy_uri_span (start_of_value, parser->end, extra);
    if (p == start_of_value && !is_header)
      return refuse (parser, p, "the value of a parameter is missing");
    value = g_strndup (start_of_value, p - start_of_value);
  } else if (is_header) {
    return refuse (parser, p, "the equals sign of a header is missing");
  }

  plain = ahoy_uri_unescape (name);
  before = is_header ? NULL : ahoy_uri_find_pair (pairs, plain);
  if (before != NULL && g_strcmp0 (before->raw_value, value) != 0)
    return refuse (parser, start, "a parameter stands there a second time");

  /* Phones add what they were told to add although it is there: baresip `;transport=udp`. */
  if (before == NULL)
    ahoy_uri_add_pair (pairs, name, value);
  parser->p = p;
  return TRUE;
}

static gboolean
parse_params (Parser *parser)
{
  while (parser->p < parser->end && *parser->p == ';') {
    parser->p++;
    if (!parse_pair (parser, parser->uri->params, AHOY_URI_PARAM_CHARS, FALSE))
      return FALSE;
  }

  return TRUE;
}

static gboolean
parse_headers (Parser *parser)
{
  if (parser->p == parser->end || *parser->p != '?')
    return TRUE;

  do {
    parser->p++;
    if (!parse_pair (parser, parser->uri->headers, AHOY_URI_HEADER_CHARS, TRUE))
      return FALSE;
  } while (parser->p < parser->end && *parser->p == '&');

  return TRUE;
}

/* A local number without phone-context is taken, although RFC 3966 asks for one: nobody who dials
 * tel:112 is to be refused for that. */
static gboolean
parse_tel (Parser *parser)
{
  const char *start = parser->p;
  const char *p = memchr (start, ';', parser->end - start);
  AhoyUri *uri = parser->uri;

  if (p == NULL)
    p = parser->end;
  uri->raw_user = g_strndup (start, p - start);
  if (!ahoy_uri_is_phone_digits (uri->raw_user, NULL))
    return refuse (parser, start, "this is not a telephone number");
  parser->p = p;

  if (!parse_params (parser))
    return FALSE;

  for (guint i = 0; i < uri->params->len; i++) {
    const char *name = g_array_index (uri->params, AhoyUriPair, i).raw_name;

    for (; *name != '\0'; name++) {
      if (!g_ascii_isalnum (*name) && *name != '-')
        return refuse (parser, p, "the name of a parameter may hold letters, digits and hyphens");
    }
  }

  return TRUE;
}

static gboolean
parse_rest (Parser *parser)
{
  const char *start = parser->p;

  if (parser->uri->scheme == AHOY_URI_SCHEME_TEL)
    return parse_tel (parser);
  if (parser->uri->scheme != AHOY_URI_SCHEME_OTHER)
    return parse_userinfo (parser) && parse_host (parser) && parse_port (parser) &&
           parse_params (parser) && parse_headers (parser);

  parser->p = ahoy_uri_span (start, parser->end, AHOY_URI_OPAQUE_CHARS);
  if (parser->p == start)
    return refuse (parser, start, "nothing that may stand in a URI follows the scheme");

  parser->uri->opaque = g_strndup (start, parser->p - start);
  return TRUE;
}

/**
 * ahoy_uri_parse_length:
 * @text: the text of a URI; it need not end in NUL
 * @length: the length of @text in bytes, or -1 if it ends in NUL
 * @error: return location for an error
 *
 * Does what [func@Ahoy.Uri.parse] does with a part of a longer text.
 *
 * Returns: (transfer full): a new URI, or %NULL with @error set
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_parse_length (const char *text, gssize length, GError **error)
{
  g_autoptr (AhoyUri) uri = NULL;
  Parser parser = { .error = error };
  gsize size;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  size = length < 0 ? strlen (text) : (gsize) length;
  if (size > AHOY_URI_MAX_SIZE) {
    g_autofree char *quoted = ahoy_uri_quote_for_message (text, size);
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "The URI %s cannot be used: it is longer than %d bytes", quoted,
                 AHOY_URI_MAX_SIZE);
    return NULL;
  }

  uri = ahoy_uri_new_empty ();
  parser.text = parser.p = text;
  parser.end = text + size;
  parser.uri = uri;
  if (!parse_scheme (&parser) || !parse_rest (&parser))
    return NULL;
  if (parser.p < parser.end) {
    refuse (&parser, parser.p, "this character may not stand here");
    return NULL;
  }

  ahoy_uri_complete (uri);
  return g_steal_pointer (&uri);
}

/**
 * ahoy_uri_parse:
 * @text: the text of a URI
 * @error: return location for an error
 *
 * Makes a URI from text that may come from anybody. What the grammar does not allow (RFC 3261
 * section 25.1, RFC 3966 section 3, RFC 5954 for IPv6) is refused; a host name may hold
 * underscores, a local number may be without `phone-context`, and a parameter that is repeated with
 * the same value counts once. URIs with more than 64 parameters or headers, or more than 64 KiB,
 * are refused too.
 *
 * Returns: (transfer full): a new URI, or %NULL with @error set to %AHOY_ERROR_INVALID_ARGUMENTS or
 *   %AHOY_ERROR_LIMIT_EXCEEDED; the message names the text and the position
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_uri_parse (const char *text, GError **error)
{
  return ahoy_uri_parse_length (text, -1, error);
}
