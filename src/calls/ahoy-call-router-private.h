/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

struct _AhoyCallRouter {
  GObject parent_instance;

  AhoySessionService *sessions;
  AhoyRouteTable *table;
  GHashTable *applications; /* step → AhoyCallApplication */
  GHashTable *runs;         /* AhoySession → AhoyCallRun */
  char *sounds;
  char *recordings;
  char *tone_zone;
  gboolean keeps_user_options;
  AhoyMusicOnHold *music;
  AhoyParkingLot *parking;
};

G_END_DECLS
