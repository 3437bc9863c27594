/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-checks-private.h"

#include <gio/gio.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-tone-zone.h"
#include "ahoy-name-addr.h"

/* Judges values of keys that the storage layer, which knows no SIP, cannot judge. */

static gboolean
is_sip (AhoyNameAddr *address)
{
  AhoyUri *uri = ahoy_name_addr_get_uri (address);
  AhoyUriScheme scheme = ahoy_uri_get_scheme (uri);

  return (scheme == AHOY_URI_SCHEME_SIP || scheme == AHOY_URI_SCHEME_SIPS)
         && ahoy_uri_get_host (uri) != NULL;
}

gboolean
ahoy_endpoint_check_uri_list (const char *text, GError **error)
{
  g_autoptr (GPtrArray) list = ahoy_name_addr_parse_list (text, error);

  if (list == NULL) {
    g_prefix_error (error, "“%s” is no list such as <sip:bob@192.0.2.7;transport=tcp>: ", text);
    return FALSE;
  }
  for (guint i = 0; i < list->len; i++) {
    if (!is_sip (list->pdata[i])) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” has a URI that is not sip: or sips:; write one such as "
                   "<sip:bob@192.0.2.7;transport=tcp>",
                   text);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_digits (const char *text, gsize length, GError **error)
{
  gsize n = 0;

  while (g_ascii_isxdigit (text[n]))
    n++;
  if (text[n] == '\0' && n == length)
    return TRUE;

  /* What was written is a secret, so the message does not repeat it. */
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "the value is not %" G_GSIZE_FORMAT " hexadecimal digits; write the hash of "
               "username:realm:password",
               length);
  return FALSE;
}

gboolean
ahoy_endpoint_check_md5 (const char *text, GError **error)
{
  return check_digits (text, 32, error);
}

gboolean
ahoy_endpoint_check_sha256 (const char *text, GError **error)
{
  return check_digits (text, 64, error);
}

/* A numeric address that peers can send to: none of a group, none for “anywhere”, and none with a
 * zone, which means nothing to them. */
gboolean
ahoy_endpoint_check_host (const char *text, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address != NULL && strchr (text, '%') == NULL && !g_inet_address_get_is_any (address)
      && !g_inet_address_get_is_multicast (address))
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no address that a peer can send to; write a numeric one such as 192.0.2.7 "
               "or 2001:db8::7",
               text);
  return FALSE;
}

/* A name such as trunk.example.org: its last label is no number, or it would be a mistyped
 * address (RFC 1123 section 2.1). */
gboolean
ahoy_endpoint_is_host_name (const char *text)
{
  gsize length = strlen (text);
  const char *last = strrchr (text, '.');

  if (length == 0 || length > 253 || *text == '.' || text[length - 1] == '.' ||
      !g_ascii_isalpha (last != NULL ? last[1] : *text)) {
    return FALSE;
  }
  for (const char *at = text; *at != '\0'; at++) {
    if (!g_ascii_isalnum (*at) && strchr ("-_.", *at) == NULL) {
      return FALSE;
    }
  }
  return strstr (text, "..") == NULL;
}

/* A network, or the name of a host. */
gboolean
ahoy_endpoint_check_match (const char *text, GError **error)
{
  g_autoptr (GInetAddressMask) network = g_inet_address_mask_new_from_string (text, NULL);

  if (network != NULL || ahoy_endpoint_is_host_name (text)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is neither a network nor the name of a host; write an address, a network "
               "whose host part is zero, or a name, such as 192.0.2.7, 192.0.2.0/24, "
               "2001:db8::/32 or trunk.example.org",
               text);
  return FALSE;
}

gboolean
ahoy_endpoint_check_method (const char *text, GError **error)
{
  static const char token[] = G_CSET_A_2_Z G_CSET_DIGITS "-.!%*_+`'~";

  if (*text != '\0' && strspn (text, token) == strlen (text)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no method; write one such as INVITE, in capital letters", text);
  return FALSE;
}

/* A header that says nothing of the leg that it comes from. */
gboolean
ahoy_endpoint_check_passed (const char *text, GError **error)
{
  static const char token[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-.!%*_+`'~";
  static const char *const own[] = {
    "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "route",
    "record-route", "max-forwards", "content-type", "c", "content-length", "l",
    "content-encoding", "e", "content-disposition", "authorization", "proxy-authorization",
    "require", "proxy-require", "supported", "k", "allow", "accept", "session-expires", "x",
    "min-se", "replaces", "refer-to", "r", "rseq", "rack", "p-asserted-identity",
    "p-preferred-identity", "remote-party-id", "privacy", "diversion", "history-info", "reason",
    "session-id", NULL
  };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  if (*text != '\0' && strspn (text, token) == strlen (text) && !g_strv_contains (own, lower)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no header that can be passed on as it is; write one such as User-to-User",
               text);
  return FALSE;
}

gboolean
ahoy_endpoint_check_transport (const char *text, GError **error)
{
  static const char *const known[] = { "udp", "tcp", "tls", "ws", "wss", NULL };

  if (g_strv_contains (known, text)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no protocol of a transport; write udp, tcp, tls, ws or wss", text);
  return FALSE;
}

gboolean
ahoy_endpoint_check_content_type (const char *text, GError **error)
{
  const char *slash = strchr (text, '/');

  if (g_str_equal (text, "*") ||
      (slash != NULL && slash != text && slash[1] != '\0' && strchr (slash + 1, '/') == NULL &&
       strpbrk (text, " \t;,\"\\") == NULL)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.100s” is no media type; write one such as text/plain, or * for all", text);
  return FALSE;
}

/* It becomes the name of a folder. */
gboolean
ahoy_endpoint_check_language (const char *text, GError **error)
{
  gsize length = 0;

  while (g_ascii_isalnum (text[length]) || text[length] == '_' || text[length] == '-')
    length++;
  if (text[length] == '\0' && length <= 35)
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.100s” is no language; write one such as de, en-GB or pt_BR", text);
  return FALSE;
}

gboolean
ahoy_endpoint_check_tone_zone (const char *text, GError **error)
{
  g_auto (GStrv) zones = NULL;
  g_autofree char *list = NULL;

  if (*text == '\0' || ahoy_tone_zone_exists (text))
    return TRUE;

  zones = ahoy_tone_zone_list ();
  list = g_strjoinv (", ", zones);
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.100s” is no country whose tones are known; write one of %s", text, list);
  return FALSE;
}

/* ISO 3166-1 alpha-2 */
gboolean
ahoy_endpoint_check_country (const char *text, GError **error)
{
  if (*text == '\0' || (strlen (text) == 2 && g_ascii_isalpha (text[0])
                        && g_ascii_isalpha (text[1])))
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.100s” is no code of a country (ISO 3166); write two letters, such as DE or GB",
               text);
  return FALSE;
}

gboolean
ahoy_endpoint_check_command (const char *text, GError **error)
{
  g_auto (GStrv) command = NULL;

  if (*text == '\0' || (g_shell_parse_argv (text, NULL, &command, NULL)
                        && g_path_is_absolute (command[0])))
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%.100s” is no command; write the whole path of a program, and its arguments, with "
               "quotes around what has spaces",
               text);
  return FALSE;
}
