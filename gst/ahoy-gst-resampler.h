/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Brings 16-bit mono PCM from one rate to another with a windowed sine cardinal in as many phases
 * as the ratio of the rates has. Only a change of rates allocates. */
typedef struct _AhoyGstResampler AhoyGstResampler;

typedef guint (*AhoyGstResamplerFetch) (gpointer user_data, gint16 *samples, guint n_samples);

AhoyGstResampler *ahoy_gst_resampler_new (guint in_rate, AhoyGstResamplerFetch fetch,
                                          gpointer user_data);
void ahoy_gst_resampler_free (AhoyGstResampler *self);
guint ahoy_gst_resampler_pull (AhoyGstResampler *self, gint16 *samples, guint n_samples,
                               guint rate);
guint ahoy_gst_resampler_get_delay (AhoyGstResampler *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstResampler, ahoy_gst_resampler_free)

G_END_DECLS
