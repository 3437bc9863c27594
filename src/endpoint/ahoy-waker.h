/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-location.h"

G_BEGIN_DECLS

#define AHOY_TYPE_WAKER (ahoy_waker_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyWaker, ahoy_waker, AHOY, WAKER, GObject)

AHOY_API
AhoyWaker *ahoy_waker_new (AhoyLocation *location);
AHOY_API
gboolean ahoy_waker_is_asleep (AhoyWaker *self, AhoyContact *contact);
AHOY_API
gboolean ahoy_waker_may_wake (AhoyWaker *self, AhoyEndpoint *endpoint, const char *aor);
AHOY_API
gboolean ahoy_waker_ask (AhoyWaker *self, AhoyEndpoint *endpoint, const char *aor,
                         AhoyContact *contact, const char *caller);
AHOY_API
void ahoy_waker_give_up (AhoyWaker *self, const char *aor);

G_END_DECLS
