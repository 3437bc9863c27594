/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy.h"

G_BEGIN_DECLS

typedef struct _AhoyTrim AhoyTrim;

AhoyTrim *ahoy_trim_new (AhoyCore *core);
void ahoy_trim_free (AhoyTrim *self);

G_END_DECLS
