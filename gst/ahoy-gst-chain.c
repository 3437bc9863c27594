/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-error.h"
#include "ahoy-gst-chain.h"

struct _AhoyGstChain {
  GstElement *element;
  GstPad *feeder; /* linked to the element's sink */
  GstPad *outlet; /* linked to its source */
  GstSegment segment;
  guint8 *out; /* where the next output goes */
  gsize out_size, out_used;
  gboolean overflown;
};

static GstFlowReturn
on_output (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  AhoyGstChain *self = gst_pad_get_element_private (pad);
  gsize size = gst_buffer_get_size (buffer);

  if (size > self->out_size - self->out_used) {
    self->overflown = TRUE;
  } else {
    self->out_used += gst_buffer_extract (buffer, 0, self->out + self->out_used, size);
  }
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

/* Only what is about caps has an answer here: there is nothing downstream. */
static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS || GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    return gst_pad_query_default (pad, parent, query);
  }
  return FALSE;
}

static GstPad *
make_pad (AhoyGstChain *self, GstPadDirection direction, const char *caps_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstPadTemplate) template = NULL;
  GstPad *pad;

  template = gst_object_ref_sink (gst_pad_template_new ("chain", direction, GST_PAD_ALWAYS, caps));
  pad = gst_object_ref_sink (gst_pad_new_from_template (template, NULL));
  gst_pad_set_element_private (pad, self);
  gst_pad_set_event_function (pad, on_event);
  gst_pad_set_query_function (pad, on_query);
  if (direction == GST_PAD_SINK) {
    gst_pad_set_chain_function (pad, on_output);
  }
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static gboolean
link_pads (AhoyGstChain *self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->element, "sink");
  g_autoptr (GstPad) source = gst_element_get_static_pad (self->element, "src");

  return sink != NULL && source != NULL && gst_pad_link (self->feeder, sink) == GST_PAD_LINK_OK
         && gst_pad_link (source, self->outlet) == GST_PAD_LINK_OK;
}

static gboolean
start (AhoyGstChain *self, const char *in_caps)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (in_caps);

  if (!link_pads (self)
      || gst_element_set_state (self->element, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return FALSE;
  }
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  return gst_pad_push_event (self->feeder, gst_event_new_stream_start ("ahoy"))
         && gst_pad_push_event (self->feeder, gst_event_new_caps (caps))
         && gst_pad_push_event (self->feeder, gst_event_new_segment (&self->segment));
}

/**
 * ahoy_gst_chain_new:
 * @element: (transfer floating): an element with one sink and one source pad
 * @in_caps: what is pushed into it
 * @out_caps: what it is to make of that
 * @error: why the element cannot be used
 *
 * Returns: (transfer full): a chain; %NULL with @error set
 */
AhoyGstChain *
ahoy_gst_chain_new (GstElement *element, const char *in_caps, const char *out_caps, GError **error)
{
  g_autoptr (AhoyGstChain) self = g_new0 (AhoyGstChain, 1);

  self->element = gst_object_ref_sink (element);
  self->feeder = make_pad (self, GST_PAD_SRC, in_caps);
  self->outlet = make_pad (self, GST_PAD_SINK, out_caps);
  if (!start (self, in_caps)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The GStreamer element %s does not make %s of %s; "
                 "its plugin may be of another version",
                 GST_OBJECT_NAME (element), out_caps, in_caps);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * ahoy_gst_chain_free:
 * @self: (transfer full): a chain
 */
void
ahoy_gst_chain_free (AhoyGstChain *self)
{
  if (self == NULL) {
    return;
  }
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_pad_set_active (self->feeder, FALSE);
  gst_pad_set_active (self->outlet, FALSE);
  gst_object_unref (self->feeder);
  gst_object_unref (self->outlet);
  gst_object_unref (self->element);
  g_free (self);
}

/* After an error the element starts afresh, so that one bad packet does not end a call. */
static void
recover (AhoyGstChain *self)
{
  gst_pad_push_event (self->feeder, gst_event_new_flush_start ());
  gst_pad_push_event (self->feeder, gst_event_new_flush_stop (TRUE));
  gst_pad_push_event (self->feeder, gst_event_new_segment (&self->segment));
}

static void
set_out (AhoyGstChain *self, gpointer out, gsize out_size)
{
  self->out = out;
  self->out_size = out_size;
  self->out_used = 0;
  self->overflown = FALSE;
}

/**
 * ahoy_gst_chain_push:
 * @self: a chain
 * @data: (array length=size): what goes in
 * @size: its size in bytes
 * @time: when it belongs, in nanoseconds from the beginning
 * @duration: how long it lasts, in nanoseconds
 * @out: (out caller-allocates): room for what comes out
 * @out_size: how much room
 *
 * Returns: how many bytes came out; -1 if the element refused the data, or made more than fits
 */
gssize
ahoy_gst_chain_push (AhoyGstChain *self, gconstpointer data, gsize size, GstClockTime time,
                     GstClockTime duration, gpointer out, gsize out_size)
{
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);

  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = duration;
  set_out (self, out, out_size);
  if (gst_pad_push (self->feeder, buffer) != GST_FLOW_OK) {
    recover (self);
    return -1;
  }
  return self->overflown ? -1 : (gssize)self->out_used;
}

/**
 * ahoy_gst_chain_push_gap:
 * @self: a chain
 * @time: where something is missing, in nanoseconds from the beginning
 * @duration: how much, in nanoseconds
 * @out: (out caller-allocates): room for what comes out
 * @out_size: how much room
 *
 * Returns: how many bytes came out to replace it; -1 if more than fits
 */
gssize
ahoy_gst_chain_push_gap (AhoyGstChain *self, GstClockTime time, GstClockTime duration, gpointer out,
                         gsize out_size)
{
  set_out (self, out, out_size);
  gst_pad_push_event (self->feeder, gst_event_new_gap (time, duration));
  return self->overflown ? -1 : (gssize)self->out_used;
}
