/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-src.h"

#include <gst/audio/audio.h>

#include "ahoy-gst-rtp-end.h"

/* The element ahoyrtpsrc: sound that comes by RTP, in order and without gaps, with the jitter
 * buffer and the decoders that calls have. Before anything comes, and where it ends, it is
 * silence. */
struct _AhoyGstRtpSrc {
  GstPushSrc parent_instance;

  char *address;
  guint port;
  int payload_type;
  char *codec;
  AhoyGstRtpEnd *end; /* while it is started */
};

enum { PROP_0, PROP_ADDRESS, PROP_PORT, PROP_PT, PROP_CODEC, PROP_PACKETS, N_PROPS };

#define DEFAULT_ADDRESS "0.0.0.0"
#define DEFAULT_PORT 5004 /* RFC 3551 §8 */
#define DEFAULT_CODEC "PCMU"

static GParamSpec *props[N_PROPS];

static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS ("audio/x-raw, format = " GST_AUDIO_NE (
                                   S16) ", layout = interleaved, rate = { 8000, 16000, 48000 }, "
                                        "channels = 1"));

G_DEFINE_FINAL_TYPE (AhoyGstRtpSrc, ahoy_gst_rtp_src, GST_TYPE_PUSH_SRC)

static GstCaps *
ahoy_gst_rtp_src_get_caps (GstBaseSrc *base, GstCaps *filter)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (base);
  const AhoyGstCodec *codec;
  g_autoptr (GstCaps) caps = NULL;

  GST_OBJECT_LOCK (self);
  codec = ahoy_gst_rtp_end_find_codec (self->codec, NULL, NULL);
  GST_OBJECT_UNLOCK (self);
  caps = codec != NULL ? ahoy_gst_rtp_end_make_caps (codec)
                       : gst_static_pad_template_get_caps (&src_template);
  return filter != NULL ? gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST)
                        : g_steal_pointer (&caps);
}

static gboolean
ahoy_gst_rtp_src_start (GstBaseSrc *base)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (base);
  AhoyGstRtpEndConfig config = { 0 };
  g_autoptr (GError) error = NULL;
  int payload_type;

  GST_OBJECT_LOCK (self);
  payload_type = self->payload_type;
  config.codec = ahoy_gst_rtp_end_find_codec (self->codec, &payload_type, &error);
  config.payload_type = (guint) payload_type;
  config.address = self->address;
  config.port = self->port;
  self->end = config.codec != NULL ? ahoy_gst_rtp_end_new (&config, &error) : NULL;
  if (self->end != NULL) {
    self->port = ahoy_gst_rtp_end_get_port (self->end);
  }
  GST_OBJECT_UNLOCK (self);
  if (self->end == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PORT]);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_src_stop (GstBaseSrc *base)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (base);
  AhoyGstRtpEnd *end;

  GST_OBJECT_LOCK (self);
  end = g_steal_pointer (&self->end);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&end, ahoy_gst_rtp_end_free);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_src_unlock (GstBaseSrc *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SRC (base)->end, TRUE);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_src_unlock_stop (GstBaseSrc *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SRC (base)->end, FALSE);
  return TRUE;
}

static GstFlowReturn
ahoy_gst_rtp_src_create (GstPushSrc *push, GstBuffer **buffer)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (push);
  guint n = ahoy_gst_rtp_end_get_block (self->end);
  g_autoptr (GstBuffer) block = gst_buffer_new_allocate (NULL, n * sizeof (gint16), NULL);
  gboolean going = TRUE;
  GstMapInfo map;

  gst_buffer_map (block, &map, GST_MAP_WRITE);
  while (going && ahoy_gst_rtp_end_read (self->end, (gint16 *) map.data, n) == 0) {
    going = ahoy_gst_rtp_end_wait (self->end);
  }
  gst_buffer_unmap (block, &map);
  if (!going) {
    return GST_FLOW_FLUSHING;
  }
  *buffer = g_steal_pointer (&block);
  return GST_FLOW_OK;
}

static void
ahoy_gst_rtp_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (object);

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
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
ahoy_gst_rtp_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (object);

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
  case PROP_PACKETS:
    g_value_set_uint64 (value, self->end != NULL ? ahoy_gst_rtp_end_get_packets (self->end) : 0);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
ahoy_gst_rtp_src_finalize (GObject *object)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (object);

  g_free (self->address);
  g_free (self->codec);
  G_OBJECT_CLASS (ahoy_gst_rtp_src_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  props[PROP_ADDRESS] = g_param_spec_string ("address", "Address",
                                             "The numeric address to listen on", DEFAULT_ADDRESS,
                                             flags);
  props[PROP_PORT] = g_param_spec_uint ("port", "Port", "The port to listen on; 0 for any", 0,
                                        65535, DEFAULT_PORT, flags);
  props[PROP_PT] = g_param_spec_int ("pt", "Payload type",
                                     "The payload type; -1 for what RFC 3551 says, or 96",
                                     -1, 127, -1, flags);
  props[PROP_CODEC] = g_param_spec_string ("codec", "Codec", "PCMU, PCMA, G722 or opus",
                                           DEFAULT_CODEC, flags);
  props[PROP_PACKETS] = g_param_spec_uint64 ("packets", "Packets", "How many packets came", 0,
                                             G_MAXUINT64, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
ahoy_gst_rtp_src_class_init (AhoyGstRtpSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = ahoy_gst_rtp_src_set_property;
  object_class->get_property = ahoy_gst_rtp_src_get_property;
  object_class->finalize = ahoy_gst_rtp_src_finalize;
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Ahoy RTP source", "Source/Network/Audio",
                                         "Hears what comes by RTP, with a jitter buffer",
                                         "The Ahoy authors");
  base_class->get_caps = ahoy_gst_rtp_src_get_caps;
  base_class->start = ahoy_gst_rtp_src_start;
  base_class->stop = ahoy_gst_rtp_src_stop;
  base_class->unlock = ahoy_gst_rtp_src_unlock;
  base_class->unlock_stop = ahoy_gst_rtp_src_unlock_stop;
  GST_PUSH_SRC_CLASS (klass)->create = ahoy_gst_rtp_src_create;
}

static void
ahoy_gst_rtp_src_init (AhoyGstRtpSrc *self)
{
  self->address = g_strdup (DEFAULT_ADDRESS);
  self->port = DEFAULT_PORT;
  self->payload_type = -1;
  self->codec = g_strdup (DEFAULT_CODEC);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
  gst_base_src_set_live (GST_BASE_SRC (self), TRUE);
  gst_base_src_set_do_timestamp (GST_BASE_SRC (self), TRUE);
}
