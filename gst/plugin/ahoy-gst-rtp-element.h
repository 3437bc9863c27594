/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/audio/audio.h>

#include "ahoy-gst-rtp-end.h"

G_BEGIN_DECLS

/* What the classes of ahoyrtpsrc and ahoyrtpsink, which derive from different ones, have in common:
 * their properties, and the end of RTP that is made of them. The lock of the element guards it. */
typedef struct {
  gboolean sends;
  char *address;
  guint port;
  int payload_type;
  char *codec;
  guint ptime;        /* ms */
  AhoyGstRtpEnd *end; /* while the element is started */
} AhoyGstRtpElement;

void ahoy_gst_rtp_element_install_properties (GObjectClass *klass, gboolean sends);
void ahoy_gst_rtp_element_init (AhoyGstRtpElement *self, gboolean sends);
void ahoy_gst_rtp_element_clear (AhoyGstRtpElement *self);
void ahoy_gst_rtp_element_set_property (AhoyGstRtpElement *self, GObject *object, guint id,
                                        const GValue *value, GParamSpec *pspec);
void ahoy_gst_rtp_element_get_property (AhoyGstRtpElement *self, GObject *object, guint id,
                                        GValue *value, GParamSpec *pspec);
GstCaps *ahoy_gst_rtp_element_get_caps (AhoyGstRtpElement *self, GstElement *element,
                                        GstStaticPadTemplate *pad, GstCaps *filter);
gboolean ahoy_gst_rtp_element_start (AhoyGstRtpElement *self, GstElement *element);
void ahoy_gst_rtp_element_stop (AhoyGstRtpElement *self, GstElement *element);

/* What both pads take and give. */
#define AHOY_GST_RTP_ELEMENT_CAPS                                                                  \
  "audio/x-raw, format = " GST_AUDIO_NE (S16) ", layout = interleaved, "                           \
  "rate = { 8000, 16000, 48000 }, channels = 1"

G_END_DECLS
