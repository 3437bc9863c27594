/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* One GStreamer element that is fed and emptied by hand, in the calling thread: without pipeline,
 * queue, clock, bus or thread. What the element makes of a buffer is there when the push returns,
 * if the element does not gather. */
typedef struct _AhoyGstChain AhoyGstChain;

AhoyGstChain *ahoy_gst_chain_new (GstElement *element, const char *in_caps, const char *out_caps,
                                  GError **error);
void ahoy_gst_chain_free (AhoyGstChain *self);
gssize ahoy_gst_chain_push (AhoyGstChain *self, gconstpointer data, gsize size, GstClockTime time,
                            GstClockTime duration, gpointer out, gsize out_size);
gssize ahoy_gst_chain_push_gap (AhoyGstChain *self, GstClockTime time, GstClockTime duration,
                                gpointer out, gsize out_size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstChain, ahoy_gst_chain_free)

G_END_DECLS
