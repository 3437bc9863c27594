/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <gst/gst.h>

#include "ahoy-gst-g711-dec.h"
#include "ahoy-gst-g711-enc.h"
#include "ahoy-gst-rtp-sink.h"
#include "ahoy-gst-rtp-src.h"
#include "ahoy-gst-tone-src.h"
#include "ahoy-version.h"

/* The GStreamer plugin "ahoy": parts of the media library for pipelines of others. */
static gboolean
plugin_init (GstPlugin *plugin)
{
  /* Secondary, so that pipelines that choose by themselves go on as without us. */
  return gst_element_register (plugin, "ahoyg711enc", GST_RANK_SECONDARY, AHOY_GST_TYPE_G711_ENC)
         && gst_element_register (plugin, "ahoyg711dec", GST_RANK_SECONDARY, AHOY_GST_TYPE_G711_DEC)
         && gst_element_register (plugin, "ahoyrtpsink", GST_RANK_NONE, AHOY_GST_TYPE_RTP_SINK)
         && gst_element_register (plugin, "ahoyrtpsrc", GST_RANK_NONE, AHOY_GST_TYPE_RTP_SRC)
         && gst_element_register (plugin, "ahoytonesrc", GST_RANK_NONE, AHOY_GST_TYPE_TONE_SRC);
}

#define PACKAGE "ahoy"

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, ahoy,
                   "Telephony: RTP, G.711, tones of the network", plugin_init, AHOY_VERSION_STRING,
                   "LGPL", "Ahoy", "Unknown package origin")
