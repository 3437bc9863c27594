/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-dtmf.h"

G_BEGIN_DECLS

/* Digits as tones in the audio itself (ITU-T Q.23, Q.24), for peers that know no RTP events. On one
 * thread at a time; nothing is allocated after the beginning. */
typedef struct _AhoyGstDtmfDetector AhoyGstDtmfDetector;

AhoyGstDtmfDetector *ahoy_gst_dtmf_detector_new (guint rate);
void ahoy_gst_dtmf_detector_free (AhoyGstDtmfDetector *self);
void ahoy_gst_dtmf_detector_push (AhoyGstDtmfDetector *self, const gint16 *samples,
                                  guint n_samples);
gboolean ahoy_gst_dtmf_detector_pop (AhoyGstDtmfDetector *self, AhoyGstDtmfEvent *event);
char ahoy_gst_dtmf_detector_get_pressed (AhoyGstDtmfDetector *self);
gboolean ahoy_gst_dtmf_get_frequencies (char digit, guint *low, guint *high);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstDtmfDetector, ahoy_gst_dtmf_detector_free)

G_END_DECLS
