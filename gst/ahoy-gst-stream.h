/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-media-stream.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_STREAM (ahoy_gst_stream_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGstStream, ahoy_gst_stream, AHOY_GST, STREAM, GObject)

AHOY_API
guint ahoy_gst_stream_get_port (AhoyGstStream *self);
AHOY_API
const char *ahoy_gst_stream_get_address (AhoyGstStream *self);
AHOY_API
guint ahoy_gst_stream_get_worker (AhoyGstStream *self);
AHOY_API
void ahoy_gst_stream_migrate (AhoyGstStream *self, guint worker);
AHOY_API
gboolean ahoy_gst_stream_is_migrating (AhoyGstStream *self);
AHOY_API
gboolean ahoy_gst_stream_is_closed (AhoyGstStream *self);
AHOY_API
void ahoy_gst_stream_close (AhoyGstStream *self);

G_END_DECLS
