/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

/* Measures tones in what was heard. Amplitudes are peaks in units of a sample, 0 to 32767. */

double goertzel_amplitude (const gint16 *samples, gsize n_samples, guint rate, double frequency);
double goertzel_dominant (const gint16 *samples, gsize n_samples, guint rate, double *amplitude);
const gint16 *goertzel_find_clearest (const gint16 *samples, gsize n_samples, guint rate,
                                      double frequency, gsize window);
double goertzel_rms (const gint16 *samples, gsize n_samples);
