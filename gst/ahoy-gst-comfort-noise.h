/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_COMFORT_NOISE_MAX_ORDER 12

/* The noise of a silent line, as its sender described it (RFC 3389). */
typedef struct {
  gboolean described; /* without a description there is silence */
  guint32 seed;
  double gain;
  guint order;
  double reflection[AHOY_GST_COMFORT_NOISE_MAX_ORDER];
  double state[AHOY_GST_COMFORT_NOISE_MAX_ORDER];
} AhoyGstComfortNoise;

void ahoy_gst_comfort_noise_init (AhoyGstComfortNoise *self);
gboolean ahoy_gst_comfort_noise_take (AhoyGstComfortNoise *self, const guint8 *payload, gsize size);
void ahoy_gst_comfort_noise_make (AhoyGstComfortNoise *self, gint16 *samples, guint n_samples);

G_END_DECLS
