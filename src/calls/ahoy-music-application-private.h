/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MUSIC_APPLICATION (ahoy_music_application_get_type ())
G_DECLARE_FINAL_TYPE (AhoyMusicApplication, ahoy_music_application, AHOY, MUSIC_APPLICATION,
                      GObject)

/* Adds the step `moh` to a router, which has to outlive its runs. */
gboolean ahoy_music_application_add (AhoyCallRouter *router, GError **error);

G_END_DECLS
