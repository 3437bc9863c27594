/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session.h"

G_BEGIN_DECLS

AHOY_API
gboolean ahoy_session_redirect_to (AhoySession *self, const char *const *targets, GError **error);

G_END_DECLS
