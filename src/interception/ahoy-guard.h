/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-interception.h"

G_BEGIN_DECLS

#define AHOY_TYPE_GUARD (ahoy_guard_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyGuard, ahoy_guard, AHOY, GUARD, GObject)

AHOY_API
AhoyGuard *ahoy_guard_new (AhoyInterception *chain);
AHOY_API
gboolean ahoy_guard_set_exempt (AhoyGuard *self, const char *const *networks, GError **error);
AHOY_API
void ahoy_guard_set_blocked_user_agents (AhoyGuard *self, const char *const *patterns);
AHOY_API
gboolean ahoy_guard_ban (AhoyGuard *self, const char *address, guint seconds, const char *reason,
                         GError **error);
AHOY_API
gboolean ahoy_guard_unban (AhoyGuard *self, const char *address, GError **error);
AHOY_API
gboolean ahoy_guard_is_banned (AhoyGuard *self, GInetAddress *address);
AHOY_API
GVariant *ahoy_guard_list_bans (AhoyGuard *self);
AHOY_API
GVariant *ahoy_guard_get_statistics (AhoyGuard *self);

G_END_DECLS
