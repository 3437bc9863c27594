/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-supplement.h"

G_BEGIN_DECLS

#define AHOY_TYPE_IDENTITY_SUPPLEMENT (ahoy_identity_supplement_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyIdentitySupplement, ahoy_identity_supplement, AHOY, IDENTITY_SUPPLEMENT,
                      GObject)

AHOY_API
AhoySessionSupplement *ahoy_identity_supplement_new (void);

G_END_DECLS
