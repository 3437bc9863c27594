/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-media-stream.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MUSIC_ON_HOLD (ahoy_music_on_hold_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMusicOnHold, ahoy_music_on_hold, AHOY, MUSIC_ON_HOLD, GObject)

AHOY_API
AhoyMusicOnHold *ahoy_music_on_hold_new (void);
AHOY_API
void ahoy_music_on_hold_set_files (AhoyMusicOnHold *self, const char *name,
                                   const char *const *files, gboolean random);
AHOY_API
void ahoy_music_on_hold_set_tone (AhoyMusicOnHold *self, const char *name, const char *tone);
AHOY_API
void ahoy_music_on_hold_remove (AhoyMusicOnHold *self, const char *name);
AHOY_API
gboolean ahoy_music_on_hold_play (AhoyMusicOnHold *self, const char *name, AhoyMediaStream *media,
                                  GError **error);
AHOY_API
gboolean ahoy_music_on_hold_stop (AhoyMusicOnHold *self, AhoyMediaStream *media);

G_END_DECLS
