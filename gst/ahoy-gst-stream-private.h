/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-channel-private.h"
#include "ahoy-gst-engine.h"
#include "ahoy-gst-pair-private.h"
#include "ahoy-gst-room-private.h"
#include "ahoy-gst-stream.h"

G_BEGIN_DECLS

AhoyGstStream *ahoy_gst_stream_new (AhoyGstEngine *engine, AhoyGstRtpSession *rtp,
                                    const char *address, guint port, guint worker);
gboolean ahoy_gst_stream_configure (AhoyGstStream *self, const AhoyGstStreamConfig *config,
                                    GError **error);
gboolean ahoy_gst_stream_has_rtcp (AhoyGstStream *self);

/* What a pair needs of its streams. */
void ahoy_gst_stream_run (AhoyGstStream *self, AhoyGstChannelFunc func, gpointer data);
void ahoy_gst_stream_move (AhoyGstStream *self, guint worker);
void ahoy_gst_stream_follow (AhoyGstStream *self, guint worker);
void ahoy_gst_stream_set_pair (AhoyGstStream *self, AhoyGstPair *pair);
void ahoy_gst_stream_set_room (AhoyGstStream *self, AhoyGstRoom *room);
AhoyGstEngine *ahoy_gst_stream_get_engine (AhoyGstStream *self);
AhoyGstChannel *ahoy_gst_stream_get_channel (AhoyGstStream *self);
const AhoyGstStreamConfig *ahoy_gst_stream_get_config (AhoyGstStream *self);

/* What handlers and streams need of their engine. */
AhoyGstStream *ahoy_gst_engine_create_stream_with (AhoyGstEngine *self, const char *address,
                                                   gboolean rtcp, gboolean symmetric,
                                                   GError **error);
gboolean ahoy_gst_engine_get_symmetric (AhoyGstEngine *self);
AhoyGstHandOver *ahoy_gst_engine_get_home (AhoyGstEngine *self);
AhoyGstWorker *ahoy_gst_engine_get_worker (AhoyGstEngine *self, guint index);
void ahoy_gst_engine_count_stream (AhoyGstEngine *self, guint worker, int difference);
void ahoy_gst_engine_forget (AhoyGstEngine *self, AhoyGstStream *stream);
void ahoy_gst_engine_forget_room (AhoyGstEngine *self, AhoyGstRoom *room);

G_END_DECLS
