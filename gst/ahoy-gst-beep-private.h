/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A short tone over what is heard, which tells that a call is recorded. */
typedef struct {
  guint n_done; /* samples of it that were heard */
  gboolean on;
} AhoyGstBeep;

void ahoy_gst_beep_start (AhoyGstBeep *self);
gboolean ahoy_gst_beep_is_heard (const AhoyGstBeep *self);
void ahoy_gst_beep_mix (AhoyGstBeep *self, gint16 *samples, guint n_samples, guint rate);

G_END_DECLS
