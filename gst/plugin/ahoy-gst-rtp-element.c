/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-element.h"

enum { PROP_0, PROP_ADDRESS, PROP_PORT, PROP_PT, PROP_CODEC, PROP_PTIME, PROP_PACKETS };

#define LISTEN_ADDRESS "0.0.0.0"
#define SEND_ADDRESS "127.0.0.1"
#define DEFAULT_PORT 5004 /* RFC 3551 §8 */
#define DEFAULT_CODEC "PCMU"
#define DEFAULT_PTIME 20

/* For the class of an element that @sends, or one that receives. */
void
ahoy_gst_rtp_element_install_properties (GObjectClass *klass, gboolean sends)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (
      klass, PROP_ADDRESS,
      g_param_spec_string ("address", "Address",
                           sends ? "The numeric address to send to"
                                 : "The numeric address to listen on",
                           sends ? SEND_ADDRESS : LISTEN_ADDRESS, flags));
  g_object_class_install_property (
      klass, PROP_PORT,
      g_param_spec_uint ("port", "Port",
                         sends ? "The port to send to; its next is for RTCP"
                               : "The port to listen on; 0 for any",
                         sends ? 1 : 0, sends ? 65534 : 65535, DEFAULT_PORT, flags));
  g_object_class_install_property (
      klass, PROP_PT,
      g_param_spec_int ("pt", "Payload type",
                        "The payload type; -1 for what RFC 3551 says, or 96", -1, 127, -1, flags));
  g_object_class_install_property (klass, PROP_CODEC,
                                   g_param_spec_string ("codec", "Codec",
                                                        "PCMU, PCMA, G722 or opus", DEFAULT_CODEC,
                                                        flags));
  if (sends) {
    g_object_class_install_property (klass, PROP_PTIME,
                                     g_param_spec_uint ("ptime", "Packet time",
                                                        "Milliseconds in a packet", 10, 60,
                                                        DEFAULT_PTIME, flags));
  }
  g_object_class_install_property (
      klass, PROP_PACKETS,
      g_param_spec_uint64 ("packets", "Packets",
                           sends ? "How many packets were sent" : "How many packets came", 0,
                           G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

void
ahoy_gst_rtp_element_init (AhoyGstRtpElement *self, gboolean sends)
{
  self->sends = sends;
  self->address = g_strdup (sends ? SEND_ADDRESS : LISTEN_ADDRESS);
  self->port = DEFAULT_PORT;
  self->payload_type = -1;
  self->codec = g_strdup (DEFAULT_CODEC);
  self->ptime = DEFAULT_PTIME;
}

void
ahoy_gst_rtp_element_clear (AhoyGstRtpElement *self)
{
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->codec, g_free);
}

static void
set_text (char **text, const GValue *value)
{
  const char *given = g_value_get_string (value);

  g_free (*text);
  *text = g_strdup (given != NULL ? given : "");
}

void
ahoy_gst_rtp_element_set_property (AhoyGstRtpElement *self, GObject *object, guint id,
                                   const GValue *value, GParamSpec *pspec)
{
  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_ADDRESS:
    set_text (&self->address, value);
    break;
  case PROP_PORT:
    self->port = g_value_get_uint (value);
    break;
  case PROP_PT:
    self->payload_type = g_value_get_int (value);
    break;
  case PROP_CODEC:
    set_text (&self->codec, value);
    break;
  case PROP_PTIME:
    self->ptime = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

void
ahoy_gst_rtp_element_get_property (AhoyGstRtpElement *self, GObject *object, guint id,
                                   GValue *value, GParamSpec *pspec)
{
  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_ADDRESS:
    g_value_set_string (value, self->address);
    break;
  case PROP_PORT:
    g_value_set_uint (value, self->port);
    break;
  case PROP_PT:
    g_value_set_int (value, self->payload_type);
    break;
  case PROP_CODEC:
    g_value_set_string (value, self->codec);
    break;
  case PROP_PTIME:
    g_value_set_uint (value, self->ptime);
    break;
  case PROP_PACKETS:
    g_value_set_uint64 (value, self->end != NULL ? ahoy_gst_rtp_end_get_packets (self->end) : 0);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

/* Those of the codec; of any codec when there is none of that name. */
GstCaps *
ahoy_gst_rtp_element_get_caps (AhoyGstRtpElement *self, GstElement *element,
                               GstStaticPadTemplate *pad, GstCaps *filter)
{
  const AhoyGstCodec *codec;
  g_autoptr (GstCaps) caps = NULL;

  GST_OBJECT_LOCK (element);
  codec = ahoy_gst_rtp_end_find_codec (self->codec, NULL, NULL);
  GST_OBJECT_UNLOCK (element);
  caps = codec != NULL ? ahoy_gst_rtp_end_make_caps (codec)
                       : gst_static_pad_template_get_caps (pad);
  return filter != NULL ? gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST)
                        : g_steal_pointer (&caps);
}

/* Makes the end of RTP of the properties; who listens on any port learns which one it is. */
gboolean
ahoy_gst_rtp_element_start (AhoyGstRtpElement *self, GstElement *element)
{
  AhoyGstRtpEndConfig config = { .sends = self->sends };
  g_autoptr (GError) error = NULL;
  int payload_type;

  GST_OBJECT_LOCK (element);
  payload_type = self->payload_type;
  config.codec = ahoy_gst_rtp_end_find_codec (self->codec, &payload_type, &error);
  config.payload_type = (guint) payload_type;
  config.address = self->address;
  config.port = self->port;
  config.ptime = self->ptime;
  self->end = config.codec != NULL ? ahoy_gst_rtp_end_new (&config, &error) : NULL;
  if (self->end != NULL && !self->sends) {
    self->port = ahoy_gst_rtp_end_get_port (self->end);
  }
  GST_OBJECT_UNLOCK (element);
  if (self->end == NULL) {
    GST_ELEMENT_ERROR (element, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  if (!self->sends) {
    g_object_notify (G_OBJECT (element), "port");
  }
  return TRUE;
}

void
ahoy_gst_rtp_element_stop (AhoyGstRtpElement *self, GstElement *element)
{
  AhoyGstRtpEnd *end;

  GST_OBJECT_LOCK (element);
  end = g_steal_pointer (&self->end);
  GST_OBJECT_UNLOCK (element);
  g_clear_pointer (&end, ahoy_gst_rtp_end_free);
}
