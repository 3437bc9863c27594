/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-gst-audio-source.h"
#include "ahoy-gst-hand-over-private.h"
#include "ahoy-gst-mixer.h"
#include "ahoy-gst-stream-private.h"

/*
 * What the product never does, to see that ThreadSanitizer finds it: one race in the use of each
 * thing that threads have in common. Argument: hand-over, worker, stream or mixer.
 */
static int planted_counter;
static int n_done; /* atomic */

static void
count_without_lock (gpointer data)
{
  for (int i = 0; i < 1000; i++) {
    ++*(volatile int *) data;
  }
  g_atomic_int_inc (&n_done);
}

static gpointer
receive (gpointer data)
{
  while (g_atomic_int_get (&n_done) == 0) {
    ahoy_gst_hand_over_run (data);
  }
  return NULL;
}

/* What was handed over is written to afterwards. */
static void
plant_in_hand_over (void)
{
  AhoyGstHandOver *hand_over = ahoy_gst_hand_over_new ();
  GThread *thread = g_thread_new ("receiver", receive, hand_over);

  ahoy_gst_hand_over_push (hand_over, count_without_lock, &planted_counter);
  count_without_lock (&planted_counter);
  g_thread_join (thread);
  ahoy_gst_hand_over_free (hand_over);
}

/* Two workers have one thing. */
static void
plant_in_worker (void)
{
  AhoyGstWorker *workers[2] = { ahoy_gst_worker_new (0), ahoy_gst_worker_new (1) };

  for (guint i = 0; i < 2; i++) {
    ahoy_gst_worker_push (workers[i], count_without_lock, &planted_counter);
  }
  for (guint i = 0; i < 2; i++) {
    ahoy_gst_worker_free (workers[i]);
  }
}

#define COUNTING_TYPE_SOURCE (counting_source_get_type ())
G_DECLARE_FINAL_TYPE (CountingSource, counting_source, COUNTING, SOURCE, AhoyGstAudioSource)

struct _CountingSource {
  AhoyGstAudioSource parent_instance;
};

G_DEFINE_FINAL_TYPE (CountingSource, counting_source, AHOY_GST_TYPE_AUDIO_SOURCE)

static gboolean
counting_source_pull (AhoyGstAudioSource *source, gint16 *samples, guint n_samples, guint rate)
{
  memset (samples, 0, n_samples * sizeof *samples);
  count_without_lock (&planted_counter);
  return TRUE;
}

static void
counting_source_class_init (CountingSourceClass *klass)
{
  AHOY_GST_AUDIO_SOURCE_CLASS (klass)->pull = counting_source_pull;
}

static void
counting_source_init (CountingSource *self)
{
}

/* What a stream plays is touched by its owner. */
static void
plant_in_stream (void)
{
  AhoyGstEngine *engine = ahoy_gst_engine_new (1);
  AhoyGstStream *stream;
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = 20, .n_receive = 1,
                                 .dtmf_send = -1, .dtmf_receive = -1 };

  ahoy_gst_engine_set_port_range (engine, 0, 0);
  stream = ahoy_gst_engine_create_stream (engine, "127.0.0.1", FALSE, NULL);
  ahoy_gst_address_parse (&config.rtp, "127.0.0.1", ahoy_gst_stream_get_port (stream));
  config.send = (AhoyGstFormat){ ahoy_gst_codec_find ("PCMU", 8000, 1), 0 };
  config.receive[0] = config.send;
  ahoy_gst_stream_configure (stream, &config, NULL);
  ahoy_gst_stream_run (stream, ahoy_gst_channel_play, g_object_new (COUNTING_TYPE_SOURCE, NULL));
  while (g_atomic_int_get (&n_done) < 3) {
    g_main_context_iteration (NULL, FALSE);
  }
  count_without_lock (&planted_counter);
  while (g_atomic_int_get (&n_done) < 6) {
    g_main_context_iteration (NULL, FALSE);
  }
  g_object_unref (engine);
}

static void
mix (gpointer data)
{
  const gint16 samples[160] = { 0 };
  gint16 heard[160];

  for (int i = 0; i < 100; i++) {
    ahoy_gst_mixer_begin (data, 160);
    ahoy_gst_mixer_put (data, 0, samples);
    ahoy_gst_mixer_take (data, 0, heard);
  }
  g_atomic_int_inc (&n_done);
}

/* A mixer is changed while a worker mixes. */
static void
plant_in_mixer (void)
{
  g_autoptr (AhoyGstMixer) mixer = ahoy_gst_mixer_new (4);
  AhoyGstWorker *worker = ahoy_gst_worker_new (0);

  ahoy_gst_mixer_add (mixer);
  ahoy_gst_worker_push (worker, mix, mixer);
  ahoy_gst_mixer_set_gain (mixer, 0, 2 * AHOY_GST_MIXER_UNITY);
  while (g_atomic_int_get (&n_done) == 0) {
    g_thread_yield ();
  }
  ahoy_gst_worker_free (worker);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*plant) (void);
  } kinds[] = { { "hand-over", plant_in_hand_over },
                { "worker", plant_in_worker },
                { "stream", plant_in_stream },
                { "mixer", plant_in_mixer } };

  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (kinds); i++) {
    if (strcmp (argv[1], kinds[i].name) == 0) {
      kinds[i].plant ();
      return 0;
    }
  }
  return 2;
}
