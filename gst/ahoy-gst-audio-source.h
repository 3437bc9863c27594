/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_GST_TYPE_AUDIO_SOURCE (ahoy_gst_audio_source_get_type ())
AHOY_API
G_DECLARE_DERIVABLE_TYPE (AhoyGstAudioSource, ahoy_gst_audio_source, AHOY_GST, AUDIO_SOURCE,
                          GObject)

/**
 * AhoyGstAudioSourceClass:
 * @parent_class: the parent
 * @pull: fills @samples with @n_samples samples at @rate Hz, or returns %FALSE when there is
 *   nothing more; runs on a media worker, so it may neither block nor allocate
 * @stop: makes an end soon, without a click; the default ends at once. May run on any thread
 *
 * Since: 0.1
 */
struct _AhoyGstAudioSourceClass {
  GObjectClass parent_class;

  gboolean (*pull) (AhoyGstAudioSource *self, gint16 *samples, guint n_samples, guint rate);
  void (*stop) (AhoyGstAudioSource *self);

  gpointer padding[8];
};

AHOY_API
gboolean ahoy_gst_audio_source_pull (AhoyGstAudioSource *self, gint16 *samples, guint n_samples,
                                     guint rate);
AHOY_API
void ahoy_gst_audio_source_stop (AhoyGstAudioSource *self);
AHOY_API
gboolean ahoy_gst_audio_source_is_finished (AhoyGstAudioSource *self);

G_END_DECLS
