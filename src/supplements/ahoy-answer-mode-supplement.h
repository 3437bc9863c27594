/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ANSWER_MODE_SUPPLEMENT (ahoy_answer_mode_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAnswerModeSupplement, ahoy_answer_mode_supplement, AHOY,
                      ANSWER_MODE_SUPPLEMENT, GObject)

AHOY_API
AhoySessionSupplement *ahoy_answer_mode_supplement_new (void);

G_END_DECLS
