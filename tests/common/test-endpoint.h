/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy.h"

G_BEGIN_DECLS

gboolean test_endpoint_add (AhoyStack *stack, char **keys, AhoyEndpoint **endpoint,
                            GError **error);

G_END_DECLS
