/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-aor-config.h"

G_BEGIN_DECLS

void ahoy_aor_config_add_keys (AhoyConfigObjectClass *klass);
gboolean ahoy_aor_config_validate_keys (AhoyConfigObject *object, GError **error);

G_END_DECLS
