/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Samples that are put in blocks of one rate, and taken in blocks of another size and rate. On one
 * thread; memory is allocated at the beginning, and when rates change. Who takes more than there is
 * gets silence; of what is put and not taken, the oldest is lost. */
typedef struct _AhoyGstOutlet AhoyGstOutlet;

AhoyGstOutlet *ahoy_gst_outlet_new (void);
void ahoy_gst_outlet_free (AhoyGstOutlet *self);
void ahoy_gst_outlet_put (AhoyGstOutlet *self, const gint16 *samples, guint n_samples, guint rate);
void ahoy_gst_outlet_take (AhoyGstOutlet *self, gint16 *samples, guint n_samples, guint rate);
void ahoy_gst_outlet_clear (AhoyGstOutlet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstOutlet, ahoy_gst_outlet_free)

G_END_DECLS
