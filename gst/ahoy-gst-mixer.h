/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_GST_MIXER_MAX_BLOCK 960 /* 20 ms at 48000 Hz */
#define AHOY_GST_MIXER_UNITY 4096    /* a gain of 1 */

/* Lets each member hear all others: everything is summed once, and each gets the sum without
 * himself. One tick is: begin, put for each member that has something, take for each. All on one
 * thread; memory is allocated only when the mixer is made. */
typedef struct _AhoyGstMixer AhoyGstMixer;

AhoyGstMixer *ahoy_gst_mixer_new (guint max_members);
void ahoy_gst_mixer_free (AhoyGstMixer *self);
int ahoy_gst_mixer_add (AhoyGstMixer *self);
void ahoy_gst_mixer_remove (AhoyGstMixer *self, int member);
guint ahoy_gst_mixer_get_n_members (AhoyGstMixer *self);
void ahoy_gst_mixer_set_gain (AhoyGstMixer *self, int member, guint gain);
void ahoy_gst_mixer_set_muted (AhoyGstMixer *self, int member, gboolean muted);
void ahoy_gst_mixer_set_deaf (AhoyGstMixer *self, int member, gboolean deaf);

void ahoy_gst_mixer_begin (AhoyGstMixer *self, guint n_samples);
void ahoy_gst_mixer_put (AhoyGstMixer *self, int member, const gint16 *samples);
void ahoy_gst_mixer_close (AhoyGstMixer *self);
void ahoy_gst_mixer_take (AhoyGstMixer *self, int member, gint16 *samples);
void ahoy_gst_mixer_take_all (AhoyGstMixer *self, gint16 *samples);

int ahoy_gst_mixer_get_level (AhoyGstMixer *self, int member);
int ahoy_gst_mixer_get_speaker (AhoyGstMixer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstMixer, ahoy_gst_mixer_free)

G_END_DECLS
