/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_CONCEALER_MAX_RATE 16000
#define AHOY_GST_CONCEALER_HISTORY (AHOY_GST_CONCEALER_MAX_RATE * 45 / 1000)

/* Hides lost packets of codecs that do not do so themselves (G.711, G.722): goes on with the last
 * pitch period and fades, in the manner of G.711 Appendix I but without its delay. */
typedef struct {
  guint rate;
  gint16 history[AHOY_GST_CONCEALER_HISTORY]; /* the last 45 ms */
  gint16 period[AHOY_GST_CONCEALER_HISTORY];
  guint n_period; /* 0: nothing is being concealed */
  guint position; /* in the period */
  guint n_concealed;
} AhoyGstConcealer;

void ahoy_gst_concealer_init (AhoyGstConcealer *self, guint rate);
void ahoy_gst_concealer_take (AhoyGstConcealer *self, gint16 *samples, guint n_samples);
void ahoy_gst_concealer_conceal (AhoyGstConcealer *self, gint16 *samples, guint n_samples);

G_END_DECLS
