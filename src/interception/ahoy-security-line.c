/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-security-line.h"

#include <string.h>

/*
 * A security event as a line of the log. Programs such as fail2ban read it and close doors by what
 * it says, so nothing that a peer writes may look like another field, another line or another
 * address: what is ours comes first, in a fixed order, and what is the peer's comes last, in
 * quotes, with quotes, backslashes and all that is not printable escaped.
 */

#define MAX_VALUE 128
#define MAX_NAME 32
#define MAX_FACTS 8

/* `journalctl MESSAGE_ID=…` finds all events. It never changes. */
#define MESSAGE_ID "e05a690290114e0fb42eb4e05da8e6d4"

/* At most @max_length bytes of @text are read. */
char *
ahoy_security_line_escape (const char *text, gsize max_length)
{
  gsize length = strnlen (text, max_length + 1);
  const char *end = text + MIN (length, max_length);
  GString *line = g_string_sized_new (length + 8);

  for (const char *at = text; at < end;) {
    gunichar character = g_utf8_get_char_validated (at, end - at);
    gsize size = 1;

    if (character == '"' || character == '\\') {
      g_string_append_c (line, '\\');
      g_string_append_c (line, *at);
    } else if ((gint32) character >= 0 && g_unichar_isprint (character) &&
               (character == ' ' || !g_unichar_isspace (character))) {
      size = (gsize) (g_utf8_next_char (at) - at);
      g_string_append_len (line, at, (gssize) size);
    } else {
      g_string_append_printf (line, "\\x%02x", (guchar) *at);
    }
    at += size;
  }
  if (length > max_length) {
    g_string_append (line, "...");
  }
  return g_string_free (line, FALSE);
}

/* An IPv4 peer of an IPv6 socket is the IPv4 address that a firewall knows. */
char *
ahoy_security_line_dup_address (GSocketAddress *source)
{
  GInetAddress *address;
  const guint8 *bytes;

  if (!G_IS_INET_SOCKET_ADDRESS (source)) {
    return NULL;
  }
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source));
  bytes = g_inet_address_to_bytes (address);
  if (g_inet_address_get_native_size (address) == 16 &&
      memcmp (bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
  }
  return g_inet_address_to_string (address);
}

static void
append (GString *line, const char *name, const char *value)
{
  g_autofree char *escaped = ahoy_security_line_escape (value, MAX_VALUE);

  g_string_append_printf (line, " %s=\"%s\"", name, escaped);
}

/* Names come from programs, and are held to the characters of ours all the same. */
static char *
fact_name (const char *name)
{
  char *kept = g_strndup (name, MAX_NAME);

  for (char *at = kept; *at != '\0'; at++) {
    if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at)) {
      *at = '-';
    }
  }
  return kept;
}

static void
append_facts (GString *line, GVariant *facts)
{
  GVariantIter iter;
  const char *name;
  const char *value;
  guint count = 0;

  g_variant_iter_init (&iter, facts);
  while (count++ < MAX_FACTS && g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
    g_autofree char *kept = fact_name (name);

    append (line, kept, value);
  }
}

static const char *
severity_name (AhoySecurityEvent *event)
{
  return ahoy_security_event_get_severity (event) == AHOY_SECURITY_SEVERITY_ERROR ? "error"
                                                                                 : "information";
}

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

char *
ahoy_security_line_format (AhoySecurityEvent *event)
{
  g_autofree char *address = ahoy_security_event_dup_address (event);
  const char *transport = ahoy_security_event_get_transport (event);
  g_autofree char *over = fact_name (transport != NULL && *transport != '\0' ? transport : "-");
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "Security event=%s severity=%s source=%s port=%u transport=%s",
                          ahoy_security_event_get_name (event), severity_name (event),
                          address != NULL ? address : "-", ahoy_security_event_get_port (event),
                          over);
  append (line, "account", or_nothing (ahoy_security_event_get_account (event)));
  append (line, "method", or_nothing (ahoy_security_event_get_method (event)));
  append (line, "call-id", or_nothing (ahoy_security_event_get_call_id (event)));
  append_facts (line, ahoy_security_event_get_facts (event));
  return g_string_free (line, FALSE);
}

/* To the journal with its fields, else as a line, as the writer of the log decides. */
void
ahoy_security_line_write (AhoySecurityEvent *event)
{
  g_autofree char *line = ahoy_security_line_format (event);
  g_autofree char *address = ahoy_security_event_dup_address (event);
  g_autofree char *port = g_strdup_printf ("%u", ahoy_security_event_get_port (event));
  g_autofree char *account =
      ahoy_security_line_escape (or_nothing (ahoy_security_event_get_account (event)), MAX_VALUE);
  g_autofree char *method =
      ahoy_security_line_escape (or_nothing (ahoy_security_event_get_method (event)), MAX_VALUE);
  g_autofree char *call_id =
      ahoy_security_line_escape (or_nothing (ahoy_security_event_get_call_id (event)), MAX_VALUE);
  const GLogField fields[] = {
    { "MESSAGE", line, -1 },
    { "MESSAGE_ID", MESSAGE_ID, -1 },
    { "PRIORITY", "5", -1 },
    { "GLIB_DOMAIN", G_LOG_DOMAIN, -1 },
    { "AHOY_SECURITY_EVENT", ahoy_security_event_get_name (event), -1 },
    { "AHOY_SECURITY_SEVERITY", severity_name (event), -1 },
    { "AHOY_SECURITY_SOURCE_ADDRESS", or_nothing (address), -1 },
    { "AHOY_SECURITY_SOURCE_PORT", port, -1 },
    { "AHOY_SECURITY_TRANSPORT", or_nothing (ahoy_security_event_get_transport (event)), -1 },
    { "AHOY_SECURITY_ACCOUNT", account, -1 },
    { "AHOY_SECURITY_METHOD", method, -1 },
    { "AHOY_SECURITY_CALL_ID", call_id, -1 },
  };

  g_log_structured_array (G_LOG_LEVEL_MESSAGE, fields, G_N_ELEMENTS (fields));
}
