/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sdp-format.h"

#include <string.h>

#include "ahoy-sdp-grammar-private.h"

struct _AhoySdpFormat {
  guint payload_type;
  guint clock_rate;
  guint channels;
  char *encoding;
  char *fmtp;
};

G_DEFINE_BOXED_TYPE (AhoySdpFormat, ahoy_sdp_format, ahoy_sdp_format_ref, ahoy_sdp_format_unref)

typedef struct {
  guint payload_type;
  const char *encoding;
  guint clock_rate;
  guint channels;
} StaticFormat;

/* RFC 3551 section 6, tables 4 and 5. G722 says 8000 although it samples at 16000: that is no
 * mistake of ours. */
static const StaticFormat static_formats[] = {
  { 0, "PCMU", 8000, 1 },   { 3, "GSM", 8000, 1 },    { 4, "G723", 8000, 1 },
  { 5, "DVI4", 8000, 1 },   { 6, "DVI4", 16000, 1 },  { 7, "LPC", 8000, 1 },
  { 8, "PCMA", 8000, 1 },   { 9, "G722", 8000, 1 },   { 10, "L16", 44100, 2 },
  { 11, "L16", 44100, 1 },  { 12, "QCELP", 8000, 1 }, { 13, "CN", 8000, 1 },
  { 14, "MPA", 90000, 1 },  { 15, "G728", 8000, 1 },  { 16, "DVI4", 11025, 1 },
  { 17, "DVI4", 22050, 1 }, { 18, "G729", 8000, 1 },  { 25, "CelB", 90000, 1 },
  { 26, "JPEG", 90000, 1 }, { 28, "nv", 90000, 1 },   { 31, "H261", 90000, 1 },
  { 32, "MPV", 90000, 1 },  { 33, "MP2T", 90000, 1 }, { 34, "H263", 90000, 1 },
};

static void
ahoy_sdp_format_clear (AhoySdpFormat *self)
{
  g_free (self->encoding);
  g_free (self->fmtp);
}

/**
 * ahoy_sdp_format_new:
 * @payload_type: the RTP payload type, 0 to 127
 * @encoding: the encoding name, such as `PCMU`; a token
 * @clock_rate: the RTP clock rate in Hz, not 0
 * @channels: the number of channels, not 0
 * @fmtp: (nullable): the format parameters, as after the payload type in `a=fmtp`
 *
 * Makes a format.
 *
 * Returns: (transfer full): a new format
 *
 * Since: 0.1
 */
AhoySdpFormat *
ahoy_sdp_format_new (guint payload_type,
                     const char *encoding,
                     guint clock_rate,
                     guint channels,
                     const char *fmtp)
{
  AhoySdpFormat *self;

  g_return_val_if_fail (payload_type <= 127, NULL);
  g_return_val_if_fail (ahoy_sdp_is_token (encoding), NULL);
  g_return_val_if_fail (clock_rate > 0 && channels > 0, NULL);
  g_return_val_if_fail (fmtp == NULL || ahoy_sdp_is_text (fmtp), NULL);

  self = g_atomic_rc_box_new0 (AhoySdpFormat);
  self->payload_type = payload_type;
  self->encoding = g_strdup (encoding);
  self->clock_rate = clock_rate;
  self->channels = channels;
  self->fmtp = g_strdup (fmtp);

  return self;
}

/**
 * ahoy_sdp_format_new_static:
 * @payload_type: an RTP payload type
 *
 * Makes the format that RFC 3551 assigns to @payload_type for good.
 *
 * Returns: (transfer full) (nullable): a new format, or %NULL if @payload_type has no static
 *   meaning
 *
 * Since: 0.1
 */
AhoySdpFormat *
ahoy_sdp_format_new_static (guint payload_type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (static_formats); i++) {
    const StaticFormat *format = &static_formats[i];

    if (format->payload_type == payload_type)
      return ahoy_sdp_format_new (payload_type, format->encoding, format->clock_rate,
                                  format->channels, NULL);
  }

  return NULL;
}

/**
 * ahoy_sdp_format_ref:
 * @self: a format
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoySdpFormat *
ahoy_sdp_format_ref (AhoySdpFormat *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * ahoy_sdp_format_unref:
 * @self: (transfer full): a format
 *
 * Drops a reference; the last one frees @self.
 *
 * Since: 0.1
 */
void
ahoy_sdp_format_unref (AhoySdpFormat *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) ahoy_sdp_format_clear);
}

/**
 * ahoy_sdp_format_get_payload_type:
 * @self: a format
 *
 * Gets the RTP payload type.
 *
 * Returns: 0 to 127
 *
 * Since: 0.1
 */
guint
ahoy_sdp_format_get_payload_type (AhoySdpFormat *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->payload_type;
}

/**
 * ahoy_sdp_format_get_encoding:
 * @self: a format
 *
 * Gets the encoding name as it was written. Encoding names compare without regard to case.
 *
 * Returns: the encoding name
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_format_get_encoding (AhoySdpFormat *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->encoding;
}

/**
 * ahoy_sdp_format_get_clock_rate:
 * @self: a format
 *
 * Gets the RTP clock rate. It is 8000 for G722, which samples at 16000 (RFC 3551 section 4.5.2).
 *
 * Returns: the clock rate in Hz
 *
 * Since: 0.1
 */
guint
ahoy_sdp_format_get_clock_rate (AhoySdpFormat *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->clock_rate;
}

/**
 * ahoy_sdp_format_get_channels:
 * @self: a format
 *
 * Gets the number of channels, 1 where the description says nothing.
 *
 * Returns: the number of channels
 *
 * Since: 0.1
 */
guint
ahoy_sdp_format_get_channels (AhoySdpFormat *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->channels;
}

/**
 * ahoy_sdp_format_get_fmtp:
 * @self: a format
 *
 * Gets the format parameters as they were written.
 *
 * Returns: (nullable): the parameters, or %NULL if there are none
 *
 * Since: 0.1
 */
const char *
ahoy_sdp_format_get_fmtp (AhoySdpFormat *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fmtp;
}

/**
 * ahoy_sdp_format_get_parameter:
 * @self: a format
 * @name: the name of a format parameter, without regard to case
 *
 * Gets one parameter out of format parameters of the usual form `name=value;name=value`.
 *
 * Returns: (transfer full) (nullable): the value, empty if the parameter stands without one, or
 *   %NULL if it is not there
 *
 * Since: 0.1
 */
char *
ahoy_sdp_format_get_parameter (AhoySdpFormat *self, const char *name)
{
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (self->fmtp == NULL)
    return NULL;

  parts = g_strsplit (self->fmtp, ";", -1);
  for (gsize i = 0; parts[i] != NULL; i++) {
    char *equals = strchr (parts[i], '=');

    if (equals != NULL)
      *equals = '\0';
    if (g_ascii_strcasecmp (g_strstrip (parts[i]), name) == 0)
      return equals != NULL ? g_strdup (g_strstrip (equals + 1)) : g_strdup ("");
  }

  return NULL;
}

/**
 * ahoy_sdp_format_matches:
 * @self: a format
 * @other: another format
 *
 * Tells whether both are the same codec: encoding name (without regard to case), clock rate and
 * channels. Payload types and format parameters may differ.
 *
 * Returns: %TRUE if both are the same codec
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_format_matches (AhoySdpFormat *self, AhoySdpFormat *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return self->clock_rate == other->clock_rate && self->channels == other->channels &&
         g_ascii_strcasecmp (self->encoding, other->encoding) == 0;
}
