/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-dtmf.h"

G_BEGIN_DECLS

/* Digits as tones in the sound, both ways, for peers that know no RTP events. On one thread at a
 * time. */
typedef struct _AhoyGstDtmfTones AhoyGstDtmfTones;

AhoyGstDtmfTones *ahoy_gst_dtmf_tones_new (void);
void ahoy_gst_dtmf_tones_free (AhoyGstDtmfTones *self);
guint ahoy_gst_dtmf_tones_queue (AhoyGstDtmfTones *self, const char *digits, guint duration_ms,
                                 guint gap_ms);
gboolean ahoy_gst_dtmf_tones_is_busy (AhoyGstDtmfTones *self);
gboolean ahoy_gst_dtmf_tones_pull (AhoyGstDtmfTones *self, gint16 *samples, guint n_samples,
                                   guint rate);
void ahoy_gst_dtmf_tones_push (AhoyGstDtmfTones *self, const gint16 *samples, guint n_samples,
                               guint rate);
gboolean ahoy_gst_dtmf_tones_pop (AhoyGstDtmfTones *self, AhoyGstDtmfEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstDtmfTones, ahoy_gst_dtmf_tones_free)

G_END_DECLS
