/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-session.h"

G_BEGIN_DECLS

/* Two calls in a bridge that no step of a route has: when one ends, so does the other. */
gboolean ahoy_call_pair_join (AhoyBridge *bridge, AhoySession *first, AhoySession *second);
/* Who is the other one of a session's pair; NULL: it is in none. */
AhoySession *ahoy_call_pair_find_other (AhoySession *session);
/* The bridge of a session's pair, which is none any more; NULL: it is in none. */
AhoyBridge *ahoy_call_pair_detach (AhoySession *session);

G_END_DECLS
