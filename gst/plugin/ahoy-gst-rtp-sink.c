/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-sink.h"

#include "ahoy-gst-rtp-element.h"

/* The element ahoyrtpsink: sends sound by RTP and its reports by RTCP, to the port after it, in the
 * steady beat that calls have, however unevenly the pipeline comes. */
struct _AhoyGstRtpSink {
  GstBaseSink parent_instance;

  AhoyGstRtpElement common;
};

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS (AHOY_GST_RTP_ELEMENT_CAPS));

G_DEFINE_FINAL_TYPE (AhoyGstRtpSink, ahoy_gst_rtp_sink, GST_TYPE_BASE_SINK)

static GstCaps *
ahoy_gst_rtp_sink_get_caps (GstBaseSink *base, GstCaps *filter)
{
  return ahoy_gst_rtp_element_get_caps (&AHOY_GST_RTP_SINK (base)->common, GST_ELEMENT (base),
                                        &sink_template, filter);
}

static gboolean
ahoy_gst_rtp_sink_start (GstBaseSink *base)
{
  return ahoy_gst_rtp_element_start (&AHOY_GST_RTP_SINK (base)->common, GST_ELEMENT (base));
}

static gboolean
ahoy_gst_rtp_sink_stop (GstBaseSink *base)
{
  ahoy_gst_rtp_element_stop (&AHOY_GST_RTP_SINK (base)->common, GST_ELEMENT (base));
  return TRUE;
}

static gboolean
ahoy_gst_rtp_sink_unlock (GstBaseSink *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SINK (base)->common.end, TRUE);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_sink_unlock_stop (GstBaseSink *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SINK (base)->common.end, FALSE);
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
    at += ahoy_gst_rtp_end_write (self->common.end, (const gint16 *) map.data + at, n - at);
    if (at < n && !ahoy_gst_rtp_end_wait (self->common.end)) {
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
    ahoy_gst_rtp_end_drain (self->common.end);
  }
  return GST_BASE_SINK_CLASS (ahoy_gst_rtp_sink_parent_class)->event (base, event);
}

static void
ahoy_gst_rtp_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ahoy_gst_rtp_element_set_property (&AHOY_GST_RTP_SINK (object)->common, object, id, value, pspec);
}

static void
ahoy_gst_rtp_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ahoy_gst_rtp_element_get_property (&AHOY_GST_RTP_SINK (object)->common, object, id, value, pspec);
}

static void
ahoy_gst_rtp_sink_finalize (GObject *object)
{
  ahoy_gst_rtp_element_clear (&AHOY_GST_RTP_SINK (object)->common);
  G_OBJECT_CLASS (ahoy_gst_rtp_sink_parent_class)->finalize (object);
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
  ahoy_gst_rtp_element_install_properties (object_class, TRUE);
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
  ahoy_gst_rtp_element_init (&self->common, TRUE);
}
