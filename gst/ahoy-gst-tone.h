/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_TONE_MAX_FREQUENCIES 4
#define AHOY_GST_TONE_MAX_STEPS 32

/* A part of a tone; without frequencies it is silence. */
typedef struct {
  guint n_frequencies;
  guint frequencies[AHOY_GST_TONE_MAX_FREQUENCIES]; /* Hz */
  double amplitudes[AHOY_GST_TONE_MAX_FREQUENCIES]; /* peak, 1 is the largest sample */
  guint duration_ms;                                /* 0: for ever */
} AhoyGstToneStep;

typedef struct {
  guint n_steps;
  AhoyGstToneStep steps[AHOY_GST_TONE_MAX_STEPS];
  gboolean repeat;
} AhoyGstTone;

gboolean ahoy_gst_tone_parse (AhoyGstTone *self, const char *description, GError **error);

G_END_DECLS
