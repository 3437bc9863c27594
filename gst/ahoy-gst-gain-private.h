/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gains are integers, in 4096ths. */
#define AHOY_GST_GAIN_UNITY 4096

/* A gain on its way to the one that is wanted, so that no step is heard. */
typedef struct {
  int now;
} AhoyGstGain;

#define AHOY_GST_GAIN_INIT { AHOY_GST_GAIN_UNITY }

int ahoy_gst_gain_from_volume (double volume);
void ahoy_gst_gain_apply (AhoyGstGain *self, int wanted, gint16 *samples, guint n_samples);

G_END_DECLS
