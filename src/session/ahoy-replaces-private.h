/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-replaces.h"

G_BEGIN_DECLS

AhoyReplaces *ahoy_replaces_parse_target (const char *text, gboolean turned);

G_END_DECLS
