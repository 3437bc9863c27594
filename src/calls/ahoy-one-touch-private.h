/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge-features-private.h"
#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

/* Recordings that one of both begins in the call, by digits or by INFO. */
gboolean ahoy_one_touch_is_recorded (AhoySession *session);
gboolean ahoy_one_touch_start (AhoyBridgeFeatures *features, AhoySession *session, GError **error);
void ahoy_one_touch_stop (AhoySession *session);

#define AHOY_TYPE_ONE_TOUCH_SUPPLEMENT (ahoy_one_touch_supplement_get_type ())
G_DECLARE_FINAL_TYPE (AhoyOneTouchSupplement, ahoy_one_touch_supplement, AHOY,
                      ONE_TOUCH_SUPPLEMENT, GObject)

AhoyOneTouchSupplement *ahoy_one_touch_supplement_new (AhoyBridgeFeatures *features);

G_END_DECLS
