/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-engine.h"
#include "ahoy-media-mixer.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_ROOM (ahoy_gst_room_get_type ())
G_DECLARE_FINAL_TYPE (AhoyGstRoom, ahoy_gst_room, AHOY_GST, ROOM, GObject)

AhoyGstRoom *ahoy_gst_room_new (AhoyGstEngine *engine, guint worker);

/* What a stream tells the room it is in. */
void ahoy_gst_room_arrived (AhoyGstRoom *self, AhoyGstStream *stream);
void ahoy_gst_room_configured (AhoyGstRoom *self, AhoyGstStream *stream);

G_END_DECLS
