/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-sdp-grammar-private.h"
#include "ahoy-sdp-session-private.h"

/* The strict check of a session description that came from the network.
 *
 * It walks over the raw lines, refuses what RFC 4566 section 9 does not allow, and writes the
 * lines it accepted, with single spaces and CRLF, into a text that is all the parser behind it
 * ever sees. */

typedef struct {
  GString *clean;
  guint line;
  guint media_line; /* line of the m= we are in, 0 in the session level */
  guint n_media;
  guint n_seen[2][26]; /* how often each letter was seen: before the first m=, since the last one */
  gboolean needs_connection;
} Check;

typedef gboolean (*CheckFunc) (Check *check, const char *value, GError **error);

static gboolean G_GNUC_PRINTF (4, 5)
refuse (Check *check, GError **error, int code, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, AHOY_ERROR, code, "The session description cannot be used: line %u: %s",
               check->line, reason);

  return FALSE;
}

/* The words of a line; white space at its end and runs of spaces are tolerated. */
static GStrv
split_words (const char *value)
{
  GPtrArray *words = g_ptr_array_sized_new (8);
  const char *at = value + strspn (value, " \t");

  while (*at != '\0') {
    gsize length = strcspn (at, " \t");

    g_ptr_array_add (words, g_strndup (at, length));
    at += length;
    at += strspn (at, " \t");
  }
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (words, FALSE);
}

static void
append_line (Check *check, char type, const char *text)
{
  const char line[] = { type, '=', '\0' };

  ahoy_sdp_append (check->clean, line, text, "\r\n", NULL);
}

static void
append_words (Check *check, char type, GStrv words)
{
  g_autofree char *joined = g_strjoinv (" ", words);

  append_line (check, type, joined);
}

/* How often a letter was seen in the section we are in. */
static guint
seen (Check *check, char type)
{
  return check->n_seen[check->media_line != 0][type - 'a'];
}

static gboolean
check_version (Check *check, const char *value, GError **error)
{
  if (strcmp (value, "0") != 0)
    return refuse (check, error, AHOY_ERROR_NOT_SUPPORTED,
                   "only version 0 is known, it must read \"v=0\"");

  g_string_append (check->clean, "v=0\r\n");
  return TRUE;
}

/* Some peers, sipp among them, write an IPv6 origin as a URI would: [::1]. Nothing depends on it.
 * */
static void
strip_brackets (char *address)
{
  gsize length = strlen (address);

  if (length > 2 && address[0] == '[' && address[length - 1] == ']') {
    memmove (address, address + 1, length - 2);
    address[length - 2] = '\0';
  }
}

static gboolean
check_origin (Check *check, const char *value, GError **error)
{
  g_auto (GStrv) words = split_words (value);
  guint64 number;

  if (g_strv_length (words) != 6)
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "o= must have six fields: user, session id, version, IN, IP4 or IP6, address");
  if (!ahoy_sdp_parse_number (words[1], G_MAXUINT64, &number) ||
      !ahoy_sdp_parse_number (words[2], G_MAXUINT64, &number))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "the session id and version of o= must be numbers of 64 bits");
  strip_brackets (words[5]);
  if (strcmp (words[3], "IN") != 0 || !ahoy_sdp_is_address (words[4], words[5]))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "o= must end in \"IN IP4\" or \"IN IP6\" and an address or host name");

  append_words (check, 'o', words);
  return TRUE;
}

/* What follows a multicast address: ttl[/number] for IP4, number for IP6. */
static gboolean
check_connection_suffix (const char *address_type, const char *suffix)
{
  g_auto (GStrv) parts = g_strsplit (suffix, "/", 3);
  guint64 number;

  if (strcmp (address_type, "IP6") == 0)
    return ahoy_sdp_parse_number (suffix, G_MAXUINT16, &number) && number > 0;
  if (!ahoy_sdp_parse_number (parts[0], G_MAXUINT8, &number))
    return FALSE;
  if (parts[1] == NULL)
    return TRUE;

  return ahoy_sdp_parse_number (parts[1], G_MAXUINT16, &number) && number > 0;
}

static gboolean
check_connection (Check *check, const char *value, GError **error)
{
  g_auto (GStrv) words = split_words (value);
  g_autofree char *address = NULL;
  const char *slash;

  if (g_strv_length (words) != 3 || strcmp (words[0], "IN") != 0)
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "c= must read \"IN\", \"IP4\" or \"IP6\", and an address");

  slash = strchr (words[2], '/');
  address = slash != NULL ? g_strndup (words[2], slash - words[2]) : g_strdup (words[2]);
  if (!ahoy_sdp_is_address (words[1], address))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "c= has no valid address or host name of its type");
  if (slash != NULL && !check_connection_suffix (words[1], slash + 1))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "c= has a bad TTL or number of addresses");

  append_words (check, 'c', words);
  return TRUE;
}

static gboolean
check_bandwidth (Check *check, const char *value, GError **error)
{
  g_auto (GStrv) words = split_words (value);
  g_auto (GStrv) parts = NULL;
  guint64 number;

  if (seen (check, 'b') > AHOY_SDP_MAX_BANDWIDTHS)
    return refuse (check, error, AHOY_ERROR_LIMIT_EXCEEDED, "more than %d b= lines",
                   AHOY_SDP_MAX_BANDWIDTHS);

  parts = g_strsplit (g_strv_length (words) == 1 ? words[0] : "", ":", 2);
  if (g_strv_length (parts) != 2 || !ahoy_sdp_is_token (parts[0]) || *parts[1] == '\0' ||
      !ahoy_sdp_parse_number (parts[1], G_MAXINT32, &number))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "b= must read a type, a colon and a number");

  append_words (check, 'b', words);
  return TRUE;
}

static gboolean
check_time (Check *check, const char *value, GError **error)
{
  g_auto (GStrv) words = split_words (value);
  guint64 number;

  if (g_strv_length (words) != 2 || !ahoy_sdp_parse_number (words[0], G_MAXUINT64, &number) ||
      !ahoy_sdp_parse_number (words[1], G_MAXUINT64, &number))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "t= must have two numbers, the start and the stop time");

  append_words (check, 't', words);
  return TRUE;
}

static gboolean
check_attribute (Check *check, const char *value, GError **error)
{
  const char *colon = strchr (value, ':');
  g_autofree char *name = colon != NULL ? g_strndup (value, colon - value) : g_strdup (value);

  if (seen (check, 'a') > AHOY_SDP_MAX_ATTRIBUTES)
    return refuse (check, error, AHOY_ERROR_LIMIT_EXCEEDED, "more than %d attributes",
                   AHOY_SDP_MAX_ATTRIBUTES);
  if (colon == NULL)
    g_strchomp (name);
  if (!ahoy_sdp_is_token (name))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "a= must begin with a name without white space or separators");

  ahoy_sdp_append (check->clean, "a=", name, colon != NULL ? colon : "", "\r\n", NULL);
  return TRUE;
}

/* The text of i, s, u, e, p and k; white space at its end goes. */
static void
append_text (Check *check, char type, const char *value, const char *if_empty)
{
  g_autofree char *stripped = g_strstrip (g_strdup (value));
  const char *text = *stripped != '\0' ? stripped : if_empty;

  if (text != NULL)
    append_line (check, type, text);
}

/* A section is complete when the lines it must have are there; a stream in use needs an address. */
static gboolean
finish_section (Check *check, GError **error)
{
  static const char required[] = "vost";

  for (gsize i = 0; check->media_line == 0 && required[i] != '\0'; i++) {
    if (seen (check, required[i]) == 0)
      return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                     "the session level ends here and has no line \"%c=\"", required[i]);
  }

  if (check->media_line == 0 || !check->needs_connection)
    return TRUE;
  if (check->n_seen[0]['c' - 'a'] > 0 || seen (check, 'c') > 0)
    return TRUE;

  check->line = check->media_line;
  return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                 "the stream has no c= line and the session level has none either");
}

static gboolean
check_formats (Check *check, gboolean is_rtp, GStrv formats, GError **error)
{
  gboolean used[128] = { FALSE };

  if (g_strv_length (formats) > AHOY_SDP_MAX_FORMATS)
    return refuse (check, error, AHOY_ERROR_LIMIT_EXCEEDED, "m= has more than %d formats",
                   AHOY_SDP_MAX_FORMATS);

  for (gsize i = 0; formats[i] != NULL; i++) {
    guint64 payload_type;

    if (!ahoy_sdp_is_token (formats[i]))
      return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                     "format %" G_GSIZE_FORMAT " of m= is not a token", i + 1);
    if (!is_rtp)
      continue;
    if (!ahoy_sdp_is_payload_type (formats[i]))
      return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                     "format %" G_GSIZE_FORMAT " of m= is not a payload type from 0 to 127", i + 1);

    ahoy_sdp_parse_number (formats[i], 127, &payload_type);
    if (used[payload_type])
      return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                     "m= names the payload type %u twice", (guint) payload_type);
    used[payload_type] = TRUE;
  }

  return TRUE;
}

static gboolean
check_media (Check *check, const char *value, GError **error)
{
  g_auto (GStrv) words = split_words (value);
  g_auto (GStrv) ports = NULL;
  guint64 port;
  guint64 n_ports = 1;

  if (!finish_section (check, error))
    return FALSE;
  if (++check->n_media > AHOY_SDP_MAX_MEDIA)
    return refuse (check, error, AHOY_ERROR_LIMIT_EXCEEDED, "more than %d streams",
                   AHOY_SDP_MAX_MEDIA);

  if (g_strv_length (words) < 4)
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "m= must have a media type, a port, a protocol and at least one format");
  if (!ahoy_sdp_is_token (words[0]))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS, "the media type of m= is no token");

  ports = g_strsplit (words[1], "/", 2);
  if (!ahoy_sdp_parse_number (ports[0], G_MAXUINT16, &port))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "the port of m= is not a number from 0 to 65535");
  if (ports[1] != NULL &&
      (!ahoy_sdp_parse_number (ports[1], G_MAXUINT16, &n_ports) || n_ports == 0))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "the number of ports of m= is not a number from 1 to 65535");
  if (!ahoy_sdp_is_proto (words[2]))
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "the protocol of m= is not made of tokens and slashes");
  if (!check_formats (check, ahoy_sdp_is_rtp_proto (words[2]), words + 3, error))
    return FALSE;

  memset (check->n_seen[1], 0, sizeof check->n_seen[1]);
  check->media_line = check->line;
  check->needs_connection = port != 0;
  append_words (check, 'm', words);
  return TRUE;
}

/* Counts the letter, and refuses it where it may not stand or stand again. */
static gboolean
check_place (Check *check, char type, GError **error)
{
  if (check->line == 1 && type != 'v')
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS, "the first line must be \"v=0\"");
  if (type == 'm')
    return TRUE;
  if (check->media_line != 0 && strchr ("vosuetprz", type) != NULL)
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "%c= belongs before the first m= line", type);

  check->n_seen[check->media_line != 0][type - 'a']++;
  if (seen (check, type) > 1 && strchr ("vosiuck", type) != NULL)
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS, "%c= stands here a second time",
                   type);

  return TRUE;
}

static gboolean
check_line (Check *check, const char *line, GError **error)
{
  static const struct {
    char type;
    CheckFunc func;
  } checks[] = {
    { 'v', check_version },   { 'o', check_origin }, { 'c', check_connection },
    { 'b', check_bandwidth }, { 't', check_time },   { 'a', check_attribute },
    { 'm', check_media },
  };
  const char *value = line + 2;
  char type = line[0];

  if (!g_ascii_islower (type) || line[1] != '=')
    return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                   "it does not begin with a small letter and an equals sign");
  if (!check_place (check, type, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++) {
    if (checks[i].type == type)
      return checks[i].func (check, value, error);
  }

  if (type == 's')
    append_text (check, type, value, "-");
  else if (strchr ("iuepk", type) != NULL)
    append_text (check, type, value, NULL);

  return TRUE; /* r=, z= and unknown letters mean nothing to a SIP call and are left out */
}

static gboolean
check_characters (Check *check, const char *line, gsize length, GError **error)
{
  for (gsize i = 0; i < length; i++) {
    if (((guchar) line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
      return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS,
                     "byte %" G_GSIZE_FORMAT " is the control character 0x%02x", i + 1,
                     (guchar) line[i]);
  }

  return TRUE;
}

static gboolean
check_lines (Check *check, const char *text, gsize length, GError **error)
{
  const char *p = text;
  const char *end = text + length;
  gboolean saw_empty_line = FALSE;

  while (p < end) {
    const char *newline = memchr (p, '\n', end - p);
    gsize n = (newline != NULL ? newline : end) - p;
    g_autofree char *line = NULL;

    check->line++;
    if (newline != NULL && n > 0 && p[n - 1] == '\r')
      n--;
    if (!check_characters (check, p, n, error))
      return FALSE;
    if (n > 0 && saw_empty_line)
      return refuse (check, error, AHOY_ERROR_INVALID_ARGUMENTS, "it stands after an empty line");

    saw_empty_line = n == 0;
    line = g_utf8_make_valid (p, n);
    if (strlen (line) > AHOY_SDP_MAX_LINE)
      return refuse (check, error, AHOY_ERROR_LIMIT_EXCEEDED, "it is longer than %d bytes",
                     AHOY_SDP_MAX_LINE);
    if (n > 0 && !check_line (check, line, error))
      return FALSE;

    p = newline != NULL ? newline + 1 : end;
  }

  return finish_section (check, error);
}

/* Gives the lines that were accepted, as valid UTF-8, or NULL and an error. @text need not end in
 * NUL and may hold anything. */
GString *
ahoy_sdp_check_text (const char *text, gsize length, guint *n_media, GError **error)
{
  g_autoptr (GString) clean = g_string_sized_new (MIN (length, AHOY_SDP_MAX_SIZE) + 64);
  Check check = { .clean = clean };

  if (length <= AHOY_SDP_MAX_SIZE && !check_lines (&check, text, length, error))
    return NULL;
  if (length > AHOY_SDP_MAX_SIZE || clean->len > AHOY_SDP_MAX_SIZE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "The session description cannot be used: it is longer than %d bytes",
                 AHOY_SDP_MAX_SIZE);
    return NULL;
  }

  *n_media = check.n_media;
  return g_steal_pointer (&clean);
}
