/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-gst-stream.h"
#include "ahoy-media-engine.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_ENGINE (ahoy_gst_engine_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstEngine, ahoy_gst_engine, AHOY_GST, ENGINE, GObject)

AHOY_API
AhoyGstEngine *ahoy_gst_engine_new (guint n_workers);
AHOY_API
void ahoy_gst_engine_warm_up_async (AhoyGstEngine *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_gst_engine_warm_up_finish (AhoyGstEngine *self, GAsyncResult *result,
                                         GError **error);
AHOY_API
void ahoy_gst_engine_set_port_range (AhoyGstEngine *self, guint min, guint max);
AHOY_API
void ahoy_gst_engine_set_report_interval (AhoyGstEngine *self, gint64 interval);
AHOY_API
void ahoy_gst_engine_set_symmetric (AhoyGstEngine *self, gboolean symmetric);
AHOY_API
AhoyGstStream *ahoy_gst_engine_create_stream (AhoyGstEngine *self, const char *address,
                                              gboolean rtcp, GError **error);

G_END_DECLS
