/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-media-private.h"

#include "ahoy-decimal-private.h"
#include "ahoy-sdp-grammar-private.h"

/**
 * AhoySdpMedia:
 *
 * One stream of a session description: an `m=` line and the lines that belong to it.
 *
 * It owns its text; nothing in it points into a parser's memory, so it may be kept, copied and
 * changed from any language. A description that stands in an [class@Ahoy.SdpSession] inherits the
 * connection and the attributes of the session level, and keeps them when the session goes.
 *
 * An object is not thread-safe: use it in one thread at a time.
 *
 * Since: 0.1
 */
struct _AhoySdpMedia {
  GObject parent_instance;

  char *media_type;
  char *proto;
  guint port;
  guint n_ports;
  GPtrArray *formats; /* char *, NULL terminated */
  AhoySdpSection *section;
  AhoySdpSection *session_section; /* what the session level says, NULL outside of a session */
};

G_DEFINE_FINAL_TYPE (AhoySdpMedia, ahoy_sdp_media, G_TYPE_OBJECT)

static void
ahoy_sdp_media_finalize (GObject *object)
{
  AhoySdpMedia *self = AHOY_SDP_MEDIA (object);

  g_free (self->media_type);
  g_free (self->proto);
  g_ptr_array_unref (self->formats);
  ahoy_sdp_section_unref (self->section);
  g_clear_pointer (&self->session_section, ahoy_sdp_section_unref);

  G_OBJECT_CLASS (ahoy_sdp_media_parent_class)->finalize (object);
}

static void
ahoy_sdp_media_class_init (AhoySdpMediaClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_sdp_media_finalize;
}

static void
ahoy_sdp_media_init (AhoySdpMedia *self)
{
  self->n_ports = 1;
  self->formats = g_ptr_array_new_null_terminated (4, g_free, TRUE);
  self->section = ahoy_sdp_section_new ();
}

AhoySdpSection *
ahoy_sdp_media_get_section (AhoySdpMedia *self)
{
  return self->section;
}

AhoySdpSection *
ahoy_sdp_media_get_session_section (AhoySdpMedia *self)
{
  return self->session_section;
}

/* Puts @self into the session whose own lines are @section, or takes it out (NULL). */
void
ahoy_sdp_media_set_session_section (AhoySdpMedia *self, AhoySdpSection *section)
{
  g_clear_pointer (&self->session_section, ahoy_sdp_section_unref);
  if (section != NULL)
    self->session_section = ahoy_sdp_section_ref (section);
}

/* In the order of RFC 4566 section 5: m i c b k a. */
void
ahoy_sdp_media_append_to (AhoySdpMedia *self, GString *text)
{
  char digits[AHOY_DECIMAL_SIZE];

  ahoy_sdp_append (text, "m=", self->media_type, " ", ahoy_decimal (self->port, digits), NULL);
  if (self->n_ports > 1)
    ahoy_sdp_append (text, "/", ahoy_decimal (self->n_ports, digits), NULL);
  ahoy_sdp_append (text, " ", self->proto, NULL);
  for (guint i = 0; i < self->formats->len; i++)
    ahoy_sdp_append (text, " ", g_ptr_array_index (self->formats, i), NULL);
  g_string_append (text, "\r\n");

  if (self->section->information != NULL)
    ahoy_sdp_append (text, "i=", self->section->information, "\r\n", NULL);
  ahoy_sdp_section_append_connection (self->section, text);
  ahoy_sdp_section_append_bandwidths (self->section, text);
  ahoy_sdp_section_append_tail (self->section, text);
}

/**
 * ahoy_sdp_media_new:
 * @media_type: the media type, such as `audio`; a token
 * @port: the transport port, 0 to 65535; 0 rejects or ends the stream
 * @proto: the transport protocol, such as `RTP/AVP`
 *
 * Makes a media description without formats. A description needs at least one format before its
 * text is of use to a peer.
 *
 * Returns: (transfer full): a new media description
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_sdp_media_new (const char *media_type, guint port, const char *proto)
{
  AhoySdpMedia *self;

  g_return_val_if_fail (ahoy_sdp_is_token (media_type), NULL);
  g_return_val_if_fail (port <= G_MAXUINT16, NULL);
  g_return_val_if_fail (ahoy_sdp_is_proto (proto), NULL);

  self = g_object_new (AHOY_TYPE_SDP_MEDIA, NULL);
  self->media_type = g_strdup (media_type);
  self->port = port;
  self->proto = g_strdup (proto);

  return self;
}

/**
 * ahoy_sdp_media_new_rejected:
 * @offer: an offered media description
 *
 * Makes the answer that rejects @offer (RFC 3264 section 6): port 0, and the same media type,
 * protocol and formats. The `mid` attribute is repeated too (RFC 5888 section 9.1).
 *
 * Returns: (transfer full): a new media description
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_sdp_media_new_rejected (AhoySdpMedia *offer)
{
  AhoySdpMedia *self;
  const char *mid;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (offer), NULL);

  self = ahoy_sdp_media_new (offer->media_type, 0, offer->proto);
  for (guint i = 0; i < offer->formats->len; i++)
    g_ptr_array_add (self->formats, g_strdup (g_ptr_array_index (offer->formats, i)));

  mid = ahoy_sdp_section_get_attribute (offer->section, "mid");
  if (mid != NULL)
    ahoy_sdp_section_add_attribute (self->section, "mid", mid);

  return self;
}

/**
 * ahoy_sdp_media_copy:
 * @self: a media description
 *
 * Copies @self with its own lines only: the copy stands in no session and inherits nothing.
 *
 * Returns: (transfer full): a new media description
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_sdp_media_copy (AhoySdpMedia *self)
{
  AhoySdpMedia *copy;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  copy = ahoy_sdp_media_new (self->media_type, self->port, self->proto);
  copy->n_ports = self->n_ports;
  for (guint i = 0; i < self->formats->len; i++)
    g_ptr_array_add (copy->formats, g_strdup (g_ptr_array_index (self->formats, i)));
  ahoy_sdp_section_copy (self->section, copy->section);

  return copy;
}

/**
 * ahoy_sdp_media_equal:
 * @self: a media description
 * @other: another media description
 *
 * Tells whether both have the same lines. What they inherit from their sessions does not count.
 *
 * Returns: %TRUE if both say the same
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_equal (AhoySdpMedia *self, AhoySdpMedia *other)
{
  g_autofree char *text = NULL;
  g_autofree char *other_text = NULL;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (other), FALSE);

  text = ahoy_sdp_media_to_string (self);
  other_text = ahoy_sdp_media_to_string (other);

  return g_str_equal (text, other_text);
}

/**
 * ahoy_sdp_media_to_string:
 * @self: a media description
 *
 * Writes the lines of @self, from `m=` on, each ended by CRLF.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
ahoy_sdp_media_to_string (AhoySdpMedia *self)
{
  GString *text;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  text = g_string_new (NULL);
  ahoy_sdp_media_append_to (self, text);

  return g_string_free (text, FALSE);
}

/**
 * ahoy_sdp_media_get_media_type:
 * @self: a media description
 *
 * Gets the media type, such as `audio`, `video`, `image`, `text` or `application`.
 *
 * Returns: the media type
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_media_type (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  return self->media_type;
}

/**
 * ahoy_sdp_media_get_port:
 * @self: a media description
 *
 * Gets the transport port; 0 means that the stream is rejected or has ended.
 *
 * Returns: 0 to 65535
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_get_port (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);

  return self->port;
}

/**
 * ahoy_sdp_media_set_port:
 * @self: a media description
 * @port: the transport port, 0 to 65535
 *
 * Sets the transport port.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_port (AhoySdpMedia *self, guint port)
{
  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (port <= G_MAXUINT16);

  self->port = port;
}

/**
 * ahoy_sdp_media_get_n_ports:
 * @self: a media description
 *
 * Gets the number of ports, as in `m=video 49170/2 RTP/AVP 31`.
 *
 * Returns: the number of ports, 1 where the line does not say it
 *
 * Since: 0.1
 */
guint
ahoy_sdp_media_get_n_ports (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), 0);

  return self->n_ports;
}

/**
 * ahoy_sdp_media_set_n_ports:
 * @self: a media description
 * @n_ports: the number of ports, 1 to 65535
 *
 * Sets the number of ports.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_n_ports (AhoySdpMedia *self, guint n_ports)
{
  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (n_ports >= 1 && n_ports <= G_MAXUINT16);

  self->n_ports = n_ports;
}

/**
 * ahoy_sdp_media_get_proto:
 * @self: a media description
 *
 * Gets the transport protocol, such as `RTP/AVP`, `UDP/TLS/RTP/SAVPF` or `udptl`.
 *
 * Returns: the protocol
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_proto (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  return self->proto;
}

/**
 * ahoy_sdp_media_set_proto:
 * @self: a media description
 * @proto: the transport protocol
 *
 * Sets the transport protocol.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_proto (AhoySdpMedia *self, const char *proto)
{
  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (ahoy_sdp_is_proto (proto));

  ahoy_sdp_set_string (&self->proto, proto);
}

/**
 * ahoy_sdp_media_is_rtp:
 * @self: a media description
 *
 * Tells whether the protocol is an RTP profile (AVP, AVPF, SAVP, SAVPF, over any transport), so
 * that the formats are payload types.
 *
 * Returns: %TRUE for RTP
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_is_rtp (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);

  return ahoy_sdp_is_rtp_proto (self->proto);
}

/**
 * ahoy_sdp_media_is_rejected:
 * @self: a media description
 *
 * Tells whether the port is 0: rejected in an answer, ended in a later offer (RFC 3264 sections 6
 * and 8.2). In an offer with `a=bundle-only` (RFC 8843) port 0 does not mean that.
 *
 * Returns: %TRUE if the port is 0 and the stream is not bundle-only
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_is_rejected (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);

  return self->port == 0 && ahoy_sdp_section_get_attribute (self->section, "bundle-only") == NULL;
}

/**
 * ahoy_sdp_media_get_formats:
 * @self: a media description
 *
 * Gets the formats of the `m=` line in the order of preference: payload types for RTP, other tokens
 * for other protocols.
 *
 * Returns: (transfer none) (array zero-terminated=1): the formats, valid until @self changes
 *
 * Since: 0.1
 */
const char *const *
ahoy_sdp_media_get_formats (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  return (const char *const *) self->formats->pdata;
}

/**
 * ahoy_sdp_media_has_format:
 * @self: a media description
 * @format: a format as in the `m=` line
 *
 * Tells whether the `m=` line names @format.
 *
 * Returns: %TRUE if it does
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_has_format (AhoySdpMedia *self, const char *format)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);
  g_return_val_if_fail (format != NULL, FALSE);

  return g_strv_contains ((const char *const *) self->formats->pdata, format);
}

/**
 * ahoy_sdp_media_add_format:
 * @self: a media description
 * @format: a token; for RTP a payload type from `0` to `127`
 *
 * Adds @format to the end of the `m=` line, unless it stands there. A description takes 64 formats.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_add_format (AhoySdpMedia *self, const char *format)
{
  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (ahoy_sdp_is_token (format));
  g_return_if_fail (!ahoy_sdp_is_rtp_proto (self->proto) || ahoy_sdp_is_payload_type (format));
  g_return_if_fail (self->formats->len < AHOY_SDP_MAX_FORMATS);

  ahoy_sdp_section_forget_formats (self->section);
  if (!ahoy_sdp_media_has_format (self, format))
    g_ptr_array_add (self->formats, g_strdup (format));
}

/**
 * ahoy_sdp_media_remove_format:
 * @self: a media description
 * @format: a format as in the `m=` line
 *
 * Takes @format out of the `m=` line, and the attributes `rtpmap`, `fmtp` and `rtcp-fb` that speak
 * of it.
 *
 * Returns: %TRUE if it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_media_remove_format (AhoySdpMedia *self, const char *format)
{
  static const char *const names[] = { "rtpmap", "fmtp", "rtcp-fb" };
  g_autofree char *wanted = NULL;
  GArray *attributes;
  guint index;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), FALSE);
  g_return_val_if_fail (format != NULL, FALSE);

  if (!g_ptr_array_find_with_equal_func (self->formats, format, g_str_equal, &index))
    return FALSE;

  wanted = g_strdup (format);
  g_ptr_array_remove_index (self->formats, index);
  ahoy_sdp_section_forget_formats (self->section);

  attributes = self->section->attributes;
  for (guint i = attributes->len; i > 0; i--) {
    const AhoySdpAttribute *attribute = &g_array_index (attributes, AhoySdpAttribute, i - 1);

    for (gsize n = 0; n < G_N_ELEMENTS (names); n++) {
      if (g_str_equal (attribute->name, names[n]) &&
          ahoy_sdp_after_word (attribute->value, wanted) != NULL) {
        g_array_remove_index (attributes, i - 1);
        break;
      }
    }
  }

  return TRUE;
}

/**
 * ahoy_sdp_media_get_connection:
 * @self: a media description
 *
 * Gets the `c=` line that rules this stream, its own or the session's.
 *
 * Returns: (transfer full) (nullable): the line without `c=`, such as `IN IP4 192.0.2.1`, or %NULL
 *   if there is none
 *
 * Since: 0.1
 */
char *
ahoy_sdp_media_get_connection (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  if (self->section->address != NULL)
    return ahoy_sdp_section_dup_connection (self->section);

  return self->session_section != NULL ? ahoy_sdp_section_dup_connection (self->session_section)
                                       : NULL;
}

/**
 * ahoy_sdp_media_get_address:
 * @self: a media description
 *
 * Gets the address media is to be sent to, from the stream's own `c=` line or the session's. It may
 * be a host name.
 *
 * Returns: (transfer none) (nullable): the address without TTL, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_address (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  if (self->section->address != NULL)
    return self->section->address;

  return self->session_section != NULL ? self->session_section->address : NULL;
}

/**
 * ahoy_sdp_media_get_address_type:
 * @self: a media description
 *
 * Gets the type of what [method@Ahoy.SdpMedia.get_address] gives.
 *
 * Returns: (transfer none) (nullable): `IP4`, `IP6`, or %NULL if there is no address
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_get_address_type (AhoySdpMedia *self)
{
  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);

  if (self->section->address != NULL)
    return self->section->address_type;

  return self->session_section != NULL ? self->session_section->address_type : NULL;
}

/**
 * ahoy_sdp_media_set_address:
 * @self: a media description
 * @address: (nullable): an IPv4 or IPv6 address without brackets, a host name, or %NULL
 *
 * Gives the stream a `c=` line of its own, or takes it away.
 *
 * Since: 0.1
 */
void
ahoy_sdp_media_set_address (AhoySdpMedia *self, const char *address)
{
  const char *type = ahoy_sdp_address_type (address);

  g_return_if_fail (AHOY_IS_SDP_MEDIA (self));
  g_return_if_fail (address == NULL || type != NULL);

  ahoy_sdp_section_set_connection (self->section, type, address, address != NULL ? "" : NULL);
}

/**
 * ahoy_sdp_media_lookup_attribute:
 * @self: a media description
 * @name: the attribute's name; case counts
 *
 * Gets the value of the first attribute of that name, from the stream or else from the session
 * level, as for `fingerprint`, `setup` or `ice-ufrag`.
 *
 * Returns: (transfer none) (nullable): the value, empty for a property attribute, or %NULL if
 *   neither level has it
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_media_lookup_attribute (AhoySdpMedia *self, const char *name)
{
  const char *value;

  g_return_val_if_fail (AHOY_IS_SDP_MEDIA (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  value = ahoy_sdp_section_get_attribute (self->section, name);
  if (value == NULL && self->session_section != NULL)
    value = ahoy_sdp_section_get_attribute (self->session_section, name);

  return value;
}
