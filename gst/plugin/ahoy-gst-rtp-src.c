/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-rtp-src.h"

#include "ahoy-gst-rtp-element.h"

/* The element ahoyrtpsrc: sound that comes by RTP, in order and without gaps, with the jitter
 * buffer and the decoders that calls have. Before anything comes, and where it ends, it is
 * silence. */
struct _AhoyGstRtpSrc {
  GstPushSrc parent_instance;

  AhoyGstRtpElement common;
};

static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS (AHOY_GST_RTP_ELEMENT_CAPS));

G_DEFINE_FINAL_TYPE (AhoyGstRtpSrc, ahoy_gst_rtp_src, GST_TYPE_PUSH_SRC)

static GstCaps *
ahoy_gst_rtp_src_get_caps (GstBaseSrc *base, GstCaps *filter)
{
  return ahoy_gst_rtp_element_get_caps (&AHOY_GST_RTP_SRC (base)->common, GST_ELEMENT (base),
                                        &src_template, filter);
}

static gboolean
ahoy_gst_rtp_src_start (GstBaseSrc *base)
{
  return ahoy_gst_rtp_element_start (&AHOY_GST_RTP_SRC (base)->common, GST_ELEMENT (base));
}

static gboolean
ahoy_gst_rtp_src_stop (GstBaseSrc *base)
{
  ahoy_gst_rtp_element_stop (&AHOY_GST_RTP_SRC (base)->common, GST_ELEMENT (base));
  return TRUE;
}

static gboolean
ahoy_gst_rtp_src_unlock (GstBaseSrc *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SRC (base)->common.end, TRUE);
  return TRUE;
}

static gboolean
ahoy_gst_rtp_src_unlock_stop (GstBaseSrc *base)
{
  ahoy_gst_rtp_end_set_flushing (AHOY_GST_RTP_SRC (base)->common.end, FALSE);
  return TRUE;
}

static GstFlowReturn
ahoy_gst_rtp_src_create (GstPushSrc *push, GstBuffer **buffer)
{
  AhoyGstRtpSrc *self = AHOY_GST_RTP_SRC (push);
  guint n = ahoy_gst_rtp_end_get_block (self->common.end);
  g_autoptr (GstBuffer) block = gst_buffer_new_allocate (NULL, n * sizeof (gint16), NULL);
  gboolean going = TRUE;
  GstMapInfo map;

  gst_buffer_map (block, &map, GST_MAP_WRITE);
  while (going && ahoy_gst_rtp_end_read (self->common.end, (gint16 *) map.data, n) == 0) {
    going = ahoy_gst_rtp_end_wait (self->common.end);
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
  ahoy_gst_rtp_element_set_property (&AHOY_GST_RTP_SRC (object)->common, object, id, value, pspec);
}

static void
ahoy_gst_rtp_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ahoy_gst_rtp_element_get_property (&AHOY_GST_RTP_SRC (object)->common, object, id, value, pspec);
}

static void
ahoy_gst_rtp_src_finalize (GObject *object)
{
  ahoy_gst_rtp_element_clear (&AHOY_GST_RTP_SRC (object)->common);
  G_OBJECT_CLASS (ahoy_gst_rtp_src_parent_class)->finalize (object);
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
  ahoy_gst_rtp_element_install_properties (object_class, FALSE);
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
  ahoy_gst_rtp_element_init (&self->common, FALSE);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
  gst_base_src_set_live (GST_BASE_SRC (self), TRUE);
  gst_base_src_set_do_timestamp (GST_BASE_SRC (self), TRUE);
}
