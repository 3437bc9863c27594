/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <string.h>

#include "ahoy-gst-audio-source.h"

/**
 * AhoyGstAudioSource:
 *
 * Where audio comes from that no peer sent: a tone, a file, a device. 16-bit mono samples are
 * pulled from it at the rate that the puller wants; a source is used by one stream at a time.
 *
 * Since: 0.1
 */
typedef struct {
  int finished; /* atomic */
} AhoyGstAudioSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AhoyGstAudioSource, ahoy_gst_audio_source, G_TYPE_OBJECT)

static void
finish (AhoyGstAudioSource *self)
{
  AhoyGstAudioSourcePrivate *priv = ahoy_gst_audio_source_get_instance_private (self);

  g_atomic_int_set (&priv->finished, TRUE);
}

static void
ahoy_gst_audio_source_class_init (AhoyGstAudioSourceClass *klass)
{
  klass->stop = finish;
}

static void
ahoy_gst_audio_source_init (AhoyGstAudioSource *self)
{
}

/**
 * ahoy_gst_audio_source_pull: (skip)
 * @self: a source
 * @samples: (out caller-allocates) (array length=n_samples): room for @n_samples samples
 * @n_samples: how many samples are wanted
 * @rate: how many of them make a second; it may change from call to call
 *
 * Takes the next samples. All of @samples is filled, with silence where there is nothing else. To
 * be called from one thread at a time.
 *
 * Returns: %FALSE when the source is finished; then it stays so
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_audio_source_pull (AhoyGstAudioSource *self, gint16 *samples, guint n_samples, guint rate)
{
  g_return_val_if_fail (AHOY_GST_IS_AUDIO_SOURCE (self), FALSE);
  g_return_val_if_fail (samples != NULL && rate > 0, FALSE);

  if (!ahoy_gst_audio_source_is_finished (self)
      && AHOY_GST_AUDIO_SOURCE_GET_CLASS (self)->pull (self, samples, n_samples, rate)) {
    return TRUE;
  }
  memset (samples, 0, n_samples * sizeof *samples);
  finish (self);
  return FALSE;
}

/**
 * ahoy_gst_audio_source_stop: (virtual stop)
 * @self: a source
 *
 * Asks the source to come to an end, which it does within a few milliseconds of audio. May be
 * called from any thread.
 *
 * Since: 0.1
 */
void
ahoy_gst_audio_source_stop (AhoyGstAudioSource *self)
{
  g_return_if_fail (AHOY_GST_IS_AUDIO_SOURCE (self));

  AHOY_GST_AUDIO_SOURCE_GET_CLASS (self)->stop (self);
}

/**
 * ahoy_gst_audio_source_is_finished:
 * @self: a source
 *
 * Returns: whether a pull has found the end. May be called from any thread
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_audio_source_is_finished (AhoyGstAudioSource *self)
{
  AhoyGstAudioSourcePrivate *priv = ahoy_gst_audio_source_get_instance_private (self);

  g_return_val_if_fail (AHOY_GST_IS_AUDIO_SOURCE (self), TRUE);

  return g_atomic_int_get (&priv->finished);
}
