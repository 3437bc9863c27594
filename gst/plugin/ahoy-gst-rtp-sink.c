/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-sink.h"

#include <gst/audio/audio.h>

#include "ahoy-gst-rtp-end.h"

/* The element ahoyrtpsink: sends sound by RTP and its reports by RTCP, to the port after it, in the
 * steady beat that calls have, however unevenly the pipeline comes. */
struct _AhoyGstRtpSink {
  GstBaseSink parent_instance;

  char *address;
  guint port;
  int payload_type;
  char *codec;
  guint ptime;
  AhoyGstRtpEnd *end; /* while it is started */
};

enum { PROP_0, PROP_ADDRESS, PROP_PORT, PROP_PT, PROP_CODEC, PROP_PTIME, PROP_PACKETS, N_PROPS };

#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PORT 5004 /* RFC 3551 §8 */
#define DEFAULT_CODEC "PCMU"
#define DEFAULT_PTIME 20

static GParamSpec *props[N_PROPS];

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS ("audio/x-raw, format = " GST_AUDIO_NE (
                                   S16) ", layout = interleaved, rate = { 8000, 16000, 48000 }, "
                                        "channels = 1"));

G_DEFINE_FINAL_TYPE (AhoyGstRtpSink, ahoy_gst_rtp_sink, GST_TYPE_BASE_SINK)

static GstCaps *
ahoy_gst_rtp_sink_get_caps (GstBaseSink *base, GstCaps *filter)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (base);
  const AhoyGstCodec *codec;
  g_autoptr (GstCaps) caps = NULL;

  GST_OBJECT_LOCK (self);
  codec = ahoy_gst_rtp_end_find_codec (self->codec, NULL, NULL);
  GST_OBJECT_UNLOCK (self);
  caps = codec != NULL ? ahoy_gst_rtp_end_make_caps (codec)
                       : gst_static_pad_template_get_caps (&sink_template);
  return filter != NULL ? gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST)
                        : g_steal_pointer (&caps);
}

static gboolean
ahoy_gst_rtp_sink_start (GstBaseSink *base)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (base);
  AhoyGstRtpEndConfig config = { .sends = TRUE };
  g_autoptr (GError) error = NULL;
  int payload_type;

  GST_OBJECT_LOCK (self);
  payload_type = self->payload_type;
  config.codec = ahoy_gst_rtp_end_find_codec (self->codec, &payload_type, &error);
  config.payload_type = (guint) payload_type;
  config.address = self->address;
  config.port = self->port;
  config.ptime = self->ptime;
  self->end = config.codec != NULL ? ahoy_gst_rtp_end_new (&config, &error) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (self->end == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  }
  return self->end != NULL;
}

static gboolean
ahoy_gst_rtp_sink_stop (GstBaseSink *base)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (base);
  AhoyGstRtpEnd *end;

  GST_OBJECT_LOCK (self);
  end = g_steal_pointer (&self->end);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&end, ahoy_gst_rtp_end_free);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_sink_unlock (GstBaseSink *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SINK (base)->end, TRUE);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_sink_unlock_stop (GstBaseSink *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SINK (base)->end, FALSE);
  return TRUE;
}

static GstFlowReturn
ahoy_gst_rtp_sink_render (GstBaseSink *base, GstBuffer *buffer)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (base);
  GstFlowReturn result = GST_FLOW_OK;
  GstMapInfo map;
  gsize n;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    return GST_FLOW_ERROR;
  }
  n = map.size / sizeof (gint16);
  for (gsize at = 0; at < n;) {
    at += ahoy_gst_rtp_end_write (self->end, (const gint16 *) map.data + at, n - at);
    if (at < n && !ahoy_gst_rtp_end_wait (self->end)) {
      result = gst_base_sink_wait_preroll (base);
      if (result != GST_FLOW_OK) {
        break;
      }
    }
  }
  gst_buffer_unmap (buffer, &map);
  return result;
}

/* The end has come when all of it is sent. */
static gboolean
ahoy_gst_rtp_sink_event (GstBaseSink *base, GstEvent *event)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (base);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    ahoy_gst_rtp_end_drain (self->end);
  }
  return GST_BASE_SINK_CLASS (ahoy_gst_rtp_sink_parent_class)->event (base, event);
}

static void
ahoy_gst_rtp_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_ADDRESS:
    g_free (self->address);
    self->address = g_value_dup_string (value);
    break;
  case PROP_PORT:
    self->port = g_value_get_uint (value);
    break;
  case PROP_PT:
    self->payload_type = g_value_get_int (value);
    break;
  case PROP_CODEC:
    g_free (self->codec);
    self->codec = g_strdup (g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
    break;
  case PROP_PTIME:
    self->ptime = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
ahoy_gst_rtp_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (object);

  GST_OBJECT_LOCK (self);
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
  GST_OBJECT_UNLOCK (self);
}

static void
ahoy_gst_rtp_sink_finalize (GObject *object)
{
  AhoyGstRtpSink *self = AHOY_GST_RTP_SINK (object);

  g_free (self->address);
  g_free (self->codec);
  G_OBJECT_CLASS (ahoy_gst_rtp_sink_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  props[PROP_ADDRESS] = g_param_spec_string ("address", "Address",
                                             "The numeric address to send to", DEFAULT_ADDRESS,
                                             flags);
  props[PROP_PORT] = g_param_spec_uint ("port", "Port", "The port to send to; its next is for RTCP",
                                        1, 65534, DEFAULT_PORT, flags);
  props[PROP_PT] = g_param_spec_int ("pt", "Payload type",
                                     "The payload type; -1 for what RFC 3551 says, or 96",
                                     -1, 127, -1, flags);
  props[PROP_CODEC] = g_param_spec_string ("codec", "Codec", "PCMU, PCMA, G722 or opus",
                                           DEFAULT_CODEC, flags);
  props[PROP_PTIME] = g_param_spec_uint ("ptime", "Packet time", "Milliseconds in a packet",
                                         10, 60, DEFAULT_PTIME, flags);
  props[PROP_PACKETS] = g_param_spec_uint64 ("packets", "Packets", "How many packets were sent", 0,
                                             G_MAXUINT64, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
ahoy_gst_rtp_sink_class_init (AhoyGstRtpSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *base_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = ahoy_gst_rtp_sink_set_property;
  object_class->get_property = ahoy_gst_rtp_sink_get_property;
  object_class->finalize = ahoy_gst_rtp_sink_finalize;
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Ahoy RTP sink", "Sink/Network/Audio",
                                         "Sends sound by RTP in a steady beat",
                                         "The Ahoy authors");
  base_class->get_caps = ahoy_gst_rtp_sink_get_caps;
  base_class->start = ahoy_gst_rtp_sink_start;
  base_class->stop = ahoy_gst_rtp_sink_stop;
  base_class->unlock = ahoy_gst_rtp_sink_unlock;
  base_class->unlock_stop = ahoy_gst_rtp_sink_unlock_stop;
  base_class->render = ahoy_gst_rtp_sink_render;
  base_class->event = ahoy_gst_rtp_sink_event;
}

static void
ahoy_gst_rtp_sink_init (AhoyGstRtpSink *self)
{
  self->address = g_strdup (DEFAULT_ADDRESS);
  self->port = DEFAULT_PORT;
  self->payload_type = -1;
  self->codec = g_strdup (DEFAULT_CODEC);
  self->ptime = DEFAULT_PTIME;
}
