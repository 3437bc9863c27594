/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_AUTO_ANSWER_SUPPLEMENT (ahoy_auto_answer_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAutoAnswerSupplement, ahoy_auto_answer_supplement, AHOY,
                      AUTO_ANSWER_SUPPLEMENT, GObject)

AHOY_API
AhoySessionSupplement *ahoy_auto_answer_supplement_new (void);

G_END_DECLS
