/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-config.h"

G_BEGIN_DECLS

void ahoy_acl_config_add_keys (AhoyConfigObjectClass *klass);
void ahoy_acl_config_add_endpoint_keys (AhoyConfigObjectClass *klass);

G_END_DECLS
