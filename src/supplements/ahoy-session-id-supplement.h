/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SESSION_ID_SUPPLEMENT (ahoy_session_id_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySessionIdSupplement, ahoy_session_id_supplement, AHOY,
                      SESSION_ID_SUPPLEMENT, GObject)

AHOY_API
AhoySessionSupplement *ahoy_session_id_supplement_new (void);

G_END_DECLS
