/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A text that becomes a WAV file in memory. */
typedef struct _AhoyGstSpeech AhoyGstSpeech;

/* Called once in the context that began it; @fd is the callee's, or -1 with the reason. */
typedef void (*AhoyGstSpeechFunc) (int fd, const GError *error, gpointer user_data);

AhoyGstSpeech *ahoy_gst_speech_new (const char *text, const char *voice, AhoyGstSpeechFunc func,
                                    gpointer user_data, GError **error);
void ahoy_gst_speech_free (AhoyGstSpeech *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstSpeech, ahoy_gst_speech_free)

G_END_DECLS
