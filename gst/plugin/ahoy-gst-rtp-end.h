/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/gst.h>

#include "ahoy-gst-codec.h"

G_BEGIN_DECLS

/* What the elements ahoyrtpsrc and ahoyrtpsink have in common: an RTP session on the media worker
 * of this process, and a ring of samples between that and the thread of the pipeline. */
typedef struct _AhoyGstRtpEnd AhoyGstRtpEnd;

typedef struct {
  const AhoyGstCodec *codec;
  guint payload_type;
  guint ptime;         /* ms */
  const char *address; /* to listen on, or to send to */
  guint port;
  gboolean sends;      /* else it receives */
} AhoyGstRtpEndConfig;

const AhoyGstCodec *ahoy_gst_rtp_end_find_codec (const char *name, int *payload_type,
                                                 GError **error);
GstCaps *ahoy_gst_rtp_end_make_caps (const AhoyGstCodec *codec);

AhoyGstRtpEnd *ahoy_gst_rtp_end_new (const AhoyGstRtpEndConfig *config, GError **error);
void ahoy_gst_rtp_end_free (AhoyGstRtpEnd *self);
guint ahoy_gst_rtp_end_get_port (AhoyGstRtpEnd *self);
guint64 ahoy_gst_rtp_end_get_packets (AhoyGstRtpEnd *self);
guint ahoy_gst_rtp_end_get_block (AhoyGstRtpEnd *self);
gsize ahoy_gst_rtp_end_write (AhoyGstRtpEnd *self, const gint16 *samples, gsize n_samples);
gsize ahoy_gst_rtp_end_read (AhoyGstRtpEnd *self, gint16 *samples, gsize n_samples);
gboolean ahoy_gst_rtp_end_wait (AhoyGstRtpEnd *self);
void ahoy_gst_rtp_end_drain (AhoyGstRtpEnd *self);
void ahoy_gst_rtp_end_set_flushing (AhoyGstRtpEnd *self, gboolean flushing);

G_END_DECLS
