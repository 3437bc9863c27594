/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <gst/sdp/gstsdpmessage.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-sdp-media-private.h"
#include "ahoy-sdp-session-private.h"

/* Text to AhoySdpSession: the strict check, then GstSDP, then a copy into structures of our own.
 *
 * GstSDP's structures stay in this file. They have no GType, their parts die with them, and their
 * add functions empty what they are given, none of which an API for several languages can live
 * with. */

static void
copy_connection (AhoySdpSection *section, const GstSDPConnection *connection)
{
  g_autoptr (GString) suffix = g_string_new (NULL);

  if (connection->address == NULL)
    return;

  if (g_str_equal (connection->addrtype, "IP4") &&
      (connection->ttl > 0 || connection->addr_number > 1))
    g_string_append_printf (suffix, "/%u", connection->ttl);
  if (connection->addr_number > 1)
    g_string_append_printf (suffix, "/%u", connection->addr_number);
  ahoy_sdp_section_set_connection (section, connection->addrtype, connection->address,
                                   suffix->str);
}

static char *
join_key (const GstSDPKey *key)
{
  if (key->type == NULL)
    return NULL;
  if (key->data == NULL || *key->data == '\0')
    return g_strdup (key->type);

  return g_strdup_printf ("%s:%s", key->type, key->data);
}

static AhoySdpMedia *
copy_media (const GstSDPMedia *from)
{
  g_autoptr (AhoySdpMedia) media = NULL;
  AhoySdpSection *section;

  media = ahoy_sdp_media_new (gst_sdp_media_get_media (from), gst_sdp_media_get_port (from),
                              gst_sdp_media_get_proto (from));
  if (gst_sdp_media_get_num_ports (from) > 1)
    ahoy_sdp_media_set_n_ports (media, gst_sdp_media_get_num_ports (from));
  for (guint i = 0; i < gst_sdp_media_formats_len (from); i++)
    ahoy_sdp_media_add_format (media, gst_sdp_media_get_format (from, i));

  section = ahoy_sdp_media_get_section (media);
  section->information = g_strdup (gst_sdp_media_get_information (from));
  section->key = join_key (gst_sdp_media_get_key (from));
  if (gst_sdp_media_connections_len (from) > 0)
    copy_connection (section, gst_sdp_media_get_connection (from, 0));
  for (guint i = 0; i < gst_sdp_media_bandwidths_len (from); i++) {
    const GstSDPBandwidth *bandwidth = gst_sdp_media_get_bandwidth (from, i);
    ahoy_sdp_section_add_bandwidth (section, bandwidth->bwtype, bandwidth->bandwidth);
  }
  for (guint i = 0; i < gst_sdp_media_attributes_len (from); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (from, i);
    ahoy_sdp_section_add_attribute (section, attribute->key, attribute->value);
  }

  return g_steal_pointer (&media);
}

static void
copy_session_level (AhoySdpSession *session, const GstSDPMessage *from)
{
  AhoySdpSection *section = ahoy_sdp_session_get_section (session);
  const GstSDPOrigin *origin = gst_sdp_message_get_origin (from);
  const char *uri = gst_sdp_message_get_uri (from);

  ahoy_sdp_session_set_username (session, origin->username);
  ahoy_sdp_session_set_id (session, g_ascii_strtoull (origin->sess_id, NULL, 10));
  ahoy_sdp_session_set_version (session, g_ascii_strtoull (origin->sess_version, NULL, 10));
  ahoy_sdp_session_set_origin_raw (session, origin->addrtype, origin->addr);
  ahoy_sdp_session_set_name (session, gst_sdp_message_get_session_name (from));

  section->information = g_strdup (gst_sdp_message_get_information (from));
  section->key = join_key (gst_sdp_message_get_key (from));
  copy_connection (section, gst_sdp_message_get_connection (from));
  for (guint i = 0; i < gst_sdp_message_bandwidths_len (from); i++) {
    const GstSDPBandwidth *bandwidth = gst_sdp_message_get_bandwidth (from, i);
    ahoy_sdp_section_add_bandwidth (section, bandwidth->bwtype, bandwidth->bandwidth);
  }
  for (guint i = 0; i < gst_sdp_message_attributes_len (from); i++) {
    const GstSDPAttribute *attribute = gst_sdp_message_get_attribute (from, i);
    ahoy_sdp_section_add_attribute (section, attribute->key, attribute->value);
  }

  if (uri != NULL)
    ahoy_sdp_session_add_contact_line (session, 'u', uri);
  for (guint i = 0; i < gst_sdp_message_emails_len (from); i++)
    ahoy_sdp_session_add_contact_line (session, 'e', gst_sdp_message_get_email (from, i));
  for (guint i = 0; i < gst_sdp_message_phones_len (from); i++)
    ahoy_sdp_session_add_contact_line (session, 'p', gst_sdp_message_get_phone (from, i));
}

/* GstSDP passes over t=, which an answer has to repeat. */
static void
copy_times (AhoySdpSession *session, const char *text)
{
  gsize length;

  ahoy_sdp_session_clear_times (session);
  for (const char *line = text; *line != '\0' && *line != 'm'; line += length) {
    length = strcspn (line, "\r\n");
    if (g_str_has_prefix (line, "t=")) {
      g_autofree char *value = g_strndup (line + 2, length - 2);

      ahoy_sdp_session_add_time (session, value);
    }
    length += strspn (line + length, "\r\n");
  }
}

/**
 * ahoy_sdp_session_parse:
 * @text: the text of a session description
 * @length: the length of @text in bytes, or -1 if it ends in NUL
 * @error: return location for an error
 *
 * Makes a session description from text that may come from anybody.
 *
 * What RFC 4566 does not allow is refused: a first line other than `v=0`, not exactly one `o=` and
 * `s=`, no `t=`, a stream in use without `c=` of its own or of the session, formats that are no
 * tokens, RTP payload types outside of 0 to 127 or named twice, and control characters. So is what
 * is out of all proportion: more than 64 KiB, 2048 bytes in a line, 32 streams, 64 formats in a
 * stream, 256 attributes in a section. Lines of other letters are left out, as are `r=` and `z=`,
 * which mean nothing to a call. Lines end in CRLF or LF. Bytes that are not UTF-8 become U+FFFD.
 *
 * Returns: (transfer full): a new session description, or %NULL with @error set:
 *   %AHOY_ERROR_INVALID_ARGUMENTS, %AHOY_ERROR_LIMIT_EXCEEDED or, for another version of SDP,
 *   %AHOY_ERROR_NOT_SUPPORTED; the message names the line
 *
 * Since: 0.1
 */
AhoySdpSession *
ahoy_sdp_session_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (AhoySdpSession) session = NULL;
  g_autoptr (GString) clean = NULL;
  GstSDPMessage *message = NULL;
  guint n_media = 0;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  clean = ahoy_sdp_check_text (text, length < 0 ? strlen (text) : (gsize) length, &n_media, error);
  if (clean == NULL)
    return NULL;

  gst_sdp_message_new (&message);
  if (gst_sdp_message_parse_buffer ((const guint8 *) clean->str, clean->len, message) !=
          GST_SDP_OK ||
      gst_sdp_message_medias_len (message) != n_media) {
    gst_sdp_message_free (message);
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "The session description cannot be used: GstSDP does not understand it");
    return NULL;
  }

  session = ahoy_sdp_session_new ();
  copy_session_level (session, message);
  copy_times (session, clean->str);
  for (guint i = 0; i < n_media; i++) {
    g_autoptr (AhoySdpMedia) media = copy_media (gst_sdp_message_get_media (message, i));
    ahoy_sdp_session_add_media (session, media);
  }
  gst_sdp_message_free (message);

  return g_steal_pointer (&session);
}

/**
 * ahoy_sdp_session_parse_bytes:
 * @bytes: a session description, such as the body of a message
 * @error: return location for an error
 *
 * Does what [func@Ahoy.SdpSession.parse] does with bytes, which need not be UTF-8.
 *
 * Returns: (transfer full): a new session description, or %NULL with @error set as by
 *   [func@Ahoy.SdpSession.parse]
 *
 * Since: 0.1
 */
AhoySdpSession *
ahoy_sdp_session_parse_bytes (GBytes *bytes, GError **error)
{
  const char *text;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  text = g_bytes_get_data (bytes, &size);

  return ahoy_sdp_session_parse (text != NULL ? text : "", size, error);
}
