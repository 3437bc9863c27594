/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <gst/gst.h>
#include <string.h>

#include "goertzel.h"

#define WATCHDOG (20 * GST_SECOND)

/* Argument: the plugin's file. */

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, GByteArray *heard)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_byte_array_append (heard, map.data, (guint)map.size);
  gst_buffer_unmap (buffer, &map);
}

/* Runs a pipeline that ends in a fakesink called "sink" until it ends or fails. */
static GstMessageType
run (const char *description, GByteArray *heard)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  GstMessageType type;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_object_set (sink, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), heard);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (bus, WATCHDOG, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  type = GST_MESSAGE_TYPE (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return type;
}

static void
test_tone_through_both_laws (void)
{
  static const char *const laws[] = { "audio/x-mulaw", "audio/x-alaw" };

  for (guint i = 0; i < G_N_ELEMENTS (laws); i++) {
    g_autofree char *description
        = g_strdup_printf ("ahoytonesrc tone=440=-10@1000 ! ahoyg711enc ! %s ! ahoyg711dec ! "
                           "fakesink name=sink",
                           laws[i]);
    g_autoptr (GByteArray) heard = g_byte_array_new ();
    double amplitude;

    g_assert_cmpint (run (description, heard), ==, GST_MESSAGE_EOS);
    g_assert_cmpuint (heard->len, >=, 2 * 8000);
    g_assert_cmpuint (heard->len, <=, 2 * 8320);
    g_assert_cmpfloat_with_epsilon (
        goertzel_dominant ((gint16 *)heard->data, 8000, 8000, &amplitude), 440, 1);
    g_assert_cmpfloat_with_epsilon (amplitude, 7218, 150);
  }
}

/* Ours encode as the stock decoder decodes, and the other way round. */
static void
test_agrees_with_stock_elements (void)
{
  static const char *const described[] = {
    "ahoytonesrc tone=440=-10@1000 ! ahoyg711enc ! audio/x-mulaw ! mulawdec ! ",
    "ahoytonesrc tone=440=-10@1000 ! ahoyg711enc ! audio/x-alaw ! alawdec ! ",
    "ahoytonesrc tone=440=-10@1000 ! mulawenc ! ahoyg711dec ! ",
    "ahoytonesrc tone=440=-10@1000 ! alawenc ! ahoyg711dec ! ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (described); i++) {
    g_autofree char *description = g_strconcat (described[i], "fakesink name=sink", NULL);
    g_autoptr (GByteArray) heard = g_byte_array_new ();
    double amplitude;

    g_assert_cmpint (run (description, heard), ==, GST_MESSAGE_EOS);
    g_assert_cmpuint (heard->len, >=, 2 * 8000);
    g_assert_cmpfloat_with_epsilon (
        goertzel_dominant ((gint16 *)heard->data, 8000, 8000, &amplitude), 440, 1);
    g_assert_cmpfloat_with_epsilon (amplitude, 7218, 150);
  }
}

static void
test_tone_at_other_rates (void)
{
  static const guint rates[] = { 16000, 44100, 48000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autofree char *description = g_strdup_printf (
        "ahoytonesrc tone=1000@500 ! audio/x-raw,rate=%u ! fakesink name=sink", rates[i]);
    g_autoptr (GByteArray) heard = g_byte_array_new ();

    g_assert_cmpint (run (description, heard), ==, GST_MESSAGE_EOS);
    g_assert_cmpfloat_with_epsilon (
        goertzel_dominant ((gint16 *)heard->data, rates[i] / 2, rates[i], NULL), 1000, 1);
  }
}

static void
test_wrong_tone_is_an_error (void)
{
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  g_assert_cmpint (run ("ahoytonesrc tone=ding ! fakesink name=sink", heard), ==,
                   GST_MESSAGE_ERROR);
  g_assert_cmpuint (heard->len, ==, 0);
}

/* Runs a pipeline to its end. */
static void
play (const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (bus, WATCHDOG, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Both ends of RTP in one process: what ahoyrtpsink sends ahoyrtpsrc hears. */
static void
check_rtp (const char *codec, guint rate)
{
  g_autofree char *receiving = g_strdup_printf (
      "ahoyrtpsrc name=src address=127.0.0.1 port=0 codec=%s ! fakesink name=sink sync=false "
      "signal-handoffs=true",
      codec);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) receiver = gst_parse_launch (receiving, &error);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (receiver), "sink");
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (receiver), "src");
  g_autofree char *sending = NULL;
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  guint64 packets;
  guint port;
  const gint16 *best;

  g_assert_no_error (error);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), heard);
  gst_element_set_state (receiver, GST_STATE_PLAYING);
  g_assert_cmpint (gst_element_get_state (receiver, NULL, NULL, WATCHDOG), !=,
                   GST_STATE_CHANGE_FAILURE);
  g_object_get (src, "port", &port, NULL);
  g_assert_cmpuint (port, !=, 0);
  sending = g_strdup_printf ("ahoytonesrc tone=440=-10@1500 ! audio/x-raw,rate=%u ! "
                             "ahoyrtpsink port=%u codec=%s",
                             rate, port, codec);
  play (sending);
  g_object_get (src, "packets", &packets, NULL);
  gst_element_set_state (receiver, GST_STATE_NULL);
  g_test_message ("%s: %" G_GUINT64_FORMAT " packets", codec, packets);
  g_assert_cmpuint (packets, >=, 70);
  best = goertzel_find_clearest ((gint16 *)heard->data, heard->len / 2, rate, 440, rate / 5);
  g_assert_cmpfloat_with_epsilon (goertzel_dominant (best, rate / 5, rate, NULL), 440, 5);
}

static void
test_rtp (void)
{
  check_rtp ("PCMU", 8000);
  check_rtp ("G722", 16000);
  check_rtp ("opus", 48000);
}

static void
test_rtp_that_cannot_begin (void)
{
  static const char *const wrong[] = {
    "ahoyrtpsrc name=sink codec=nonsense ! fakesink",
    "ahoyrtpsrc name=sink address=localhost ! fakesink",
    "ahoytonesrc name=sink ! ahoyrtpsink address=::x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) pipeline = gst_parse_launch (wrong[i], &error);

    g_assert_no_error (error);
    g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), ==,
                     GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPlugin) plugin = NULL;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_assert_cmpint (argc, ==, 2);
  plugin = gst_plugin_load_file (argv[1], &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gst_plugin_get_name (plugin), ==, "ahoy");

  g_test_add_func ("/plugin/tone-goes-through-both-laws", test_tone_through_both_laws);
  g_test_add_func ("/plugin/agrees-with-stock-elements", test_agrees_with_stock_elements);
  g_test_add_func ("/plugin/tone-has-other-rates", test_tone_at_other_rates);
  g_test_add_func ("/plugin/wrong-tone-is-an-error", test_wrong_tone_is_an_error);
  g_test_add_func ("/plugin/rtp-goes-from-sink-to-source", test_rtp);
  g_test_add_func ("/plugin/rtp-that-cannot-begin-is-an-error", test_rtp_that_cannot_begin);
  return g_test_run ();
}
