/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-identify-deferral.h"

G_BEGIN_DECLS

AhoyEndpoint *ahoy_identify_deferral_peek_endpoint (AhoyIdentifyDeferral *self);
gboolean ahoy_identify_deferral_is_refused (AhoyIdentifyDeferral *self);

G_END_DECLS
