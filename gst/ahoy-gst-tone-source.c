/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-gst-tone-source.h"
#include "ahoy-gst-tone.h"

#define RAMP 0.005 /* seconds from silence to full: faster clicks, slower blurs the cadence */
#define CHUNK 256

/* A point that turns on the unit circle; its height is the sine. */
typedef struct {
  double x, y;
  double turn_x, turn_y;
  double amplitude, target, slope;
} Oscillator;

/**
 * AhoyGstToneSource:
 *
 * Tones of the telephone network, as an audio source. Phase is kept over changes of step and rate,
 * and level moves in ramps, so that nothing clicks.
 *
 * Since: 0.1
 */
struct _AhoyGstToneSource {
  AhoyGstAudioSource parent_instance;

  AhoyGstTone tone;
  guint step;
  guint64 left; /* samples of the step; 0: for ever */
  guint rate;   /* 0 before the first pull */
  gboolean ending;
  int stopped; /* atomic */
  Oscillator oscillators[AHOY_GST_TONE_MAX_FREQUENCIES];
};

G_DEFINE_FINAL_TYPE (AhoyGstToneSource, ahoy_gst_tone_source, AHOY_GST_TYPE_AUDIO_SOURCE)

static void
aim (Oscillator *oscillator, double amplitude, guint rate)
{
  oscillator->target = amplitude;
  oscillator->slope = fabs (amplitude - oscillator->amplitude) / (RAMP * rate);
}

static void
tune (Oscillator *oscillator, guint frequency, guint rate)
{
  double angle = 2 * G_PI * frequency / rate;

  oscillator->turn_x = cos (angle);
  oscillator->turn_y = sin (angle);
}

static void
enter_step (AhoyGstToneSource *self)
{
  const AhoyGstToneStep *step = &self->tone.steps[self->step];

  self->left = (guint64)step->duration_ms * self->rate / 1000;
  for (guint i = 0; i < AHOY_GST_TONE_MAX_FREQUENCIES; i++) {
    gboolean sounds = i < step->n_frequencies;

    aim (&self->oscillators[i], sounds ? step->amplitudes[i] : 0, self->rate);
    if (sounds) {
      tune (&self->oscillators[i], step->frequencies[i], self->rate);
    }
  }
}

static void
fade_out (AhoyGstToneSource *self)
{
  self->ending = TRUE;
  self->left = 0;
  for (guint i = 0; i < AHOY_GST_TONE_MAX_FREQUENCIES; i++) {
    aim (&self->oscillators[i], 0, self->rate);
  }
}

static void
leave_step (AhoyGstToneSource *self)
{
  if (++self->step == self->tone.n_steps) {
    self->step = 0;
    if (!self->tone.repeat) {
      fade_out (self);
      return;
    }
  }
  enter_step (self);
}

/* A new rate in the middle of a step: what is left of it and the angles scale. */
static void
change_rate (AhoyGstToneSource *self, guint rate)
{
  guint64 left = self->rate != 0 ? self->left * rate / self->rate : 0;
  gboolean begun = self->rate != 0;

  self->rate = rate;
  if (self->ending) {
    fade_out (self);
    return;
  }
  enter_step (self);
  if (begun) {
    self->left = MAX (left, self->left > 0 ? 1 : 0);
  }
}

static gboolean
is_silent (AhoyGstToneSource *self)
{
  for (guint i = 0; i < AHOY_GST_TONE_MAX_FREQUENCIES; i++) {
    if (self->oscillators[i].amplitude > 0) {
      return FALSE;
    }
  }
  return TRUE;
}

static void
add_oscillator (Oscillator *self, float *mix, guint n_samples)
{
  double length;

  for (guint i = 0; i < n_samples; i++) {
    double x = self->x * self->turn_x - self->y * self->turn_y;

    mix[i] += (float)(self->amplitude * self->y);
    self->y = self->x * self->turn_y + self->y * self->turn_x;
    self->x = x;
    if (self->amplitude != self->target) {
      double step = CLAMP (self->target - self->amplitude, -self->slope, self->slope);

      self->amplitude = fabs (step) < self->slope ? self->target : self->amplitude + step;
    }
  }
  /* Rounding must not let the circle grow. */
  length = sqrt (self->x * self->x + self->y * self->y);
  self->x /= length;
  self->y /= length;
}

static void
render (AhoyGstToneSource *self, gint16 *samples, guint n_samples)
{
  float mix[CHUNK] = { 0 };

  for (guint i = 0; i < AHOY_GST_TONE_MAX_FREQUENCIES; i++) {
    Oscillator *oscillator = &self->oscillators[i];

    if (oscillator->amplitude > 0 || oscillator->target > 0) {
      add_oscillator (oscillator, mix, n_samples);
    }
  }
  for (guint i = 0; i < n_samples; i++) {
    samples[i] = (gint16)lrintf (CLAMP (mix[i] * G_MAXINT16, G_MININT16, G_MAXINT16));
  }
}

static gboolean
ahoy_gst_tone_source_pull (AhoyGstAudioSource *source, gint16 *samples, guint n_samples, guint rate)
{
  AhoyGstToneSource *self = AHOY_GST_TONE_SOURCE (source);

  if (rate != self->rate) {
    change_rate (self, rate);
  }
  if (!self->ending && g_atomic_int_get (&self->stopped)) {
    fade_out (self);
  }
  if (self->ending && is_silent (self)) {
    return FALSE;
  }
  while (n_samples > 0) {
    guint n = MIN (n_samples, CHUNK);

    if (self->left > 0) {
      n = (guint)MIN (n, self->left);
    }
    render (self, samples, n);
    samples += n;
    n_samples -= n;
    if (self->left > 0) {
      self->left -= n;
      if (self->left == 0) {
        leave_step (self);
      }
    }
  }
  return TRUE;
}

static void
ahoy_gst_tone_source_stop (AhoyGstAudioSource *source)
{
  g_atomic_int_set (&AHOY_GST_TONE_SOURCE (source)->stopped, TRUE);
}

static void
ahoy_gst_tone_source_class_init (AhoyGstToneSourceClass *klass)
{
  AHOY_GST_AUDIO_SOURCE_CLASS (klass)->pull = ahoy_gst_tone_source_pull;
  AHOY_GST_AUDIO_SOURCE_CLASS (klass)->stop = ahoy_gst_tone_source_stop;
}

static void
ahoy_gst_tone_source_init (AhoyGstToneSource *self)
{
  for (guint i = 0; i < AHOY_GST_TONE_MAX_FREQUENCIES; i++) {
    self->oscillators[i] = (Oscillator){ .x = 1, .turn_x = 1 };
  }
}

/**
 * ahoy_gst_tone_source_new:
 * @description: a tone, see below
 * @error: what was wrong with it
 *
 * Makes a source of a tone. @description is a name: `dial`, `ringing`, `busy`, `congestion`,
 * `call-waiting`, `information`, `confirm` or `beep`, after `etsi:` (which may be left out), `us:`,
 * `de:` or another zone of ahoy_tone_zone_list(). Or it says what sounds: `440` is a frequency in
 * Hz; `440+480` are two together (at most four); `440=-20` gives a level in dBm0 (else -13);
 * `440@500/250` sounds 500 ms and is silent for 250; parts follow each other after a comma. A tone
 * that ends with silence is repeated, one that does not ends.
 *
 * Returns: (transfer full): a source; %NULL with @error set
 *
 * Since: 0.1
 */
AhoyGstToneSource *
ahoy_gst_tone_source_new (const char *description, GError **error)
{
  AhoyGstToneSource *self;
  AhoyGstTone tone;

  g_return_val_if_fail (description != NULL, NULL);

  if (!ahoy_gst_tone_parse (&tone, description, error)) {
    return NULL;
  }
  self = g_object_new (AHOY_GST_TYPE_TONE_SOURCE, NULL);
  self->tone = tone;
  return self;
}
