/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-info-package.h"
#include "ahoy-session-private.h"

G_BEGIN_DECLS

char *ahoy_info_package_dup_token (const char *value);
gboolean ahoy_info_package_takes (AhoyInfoPackage *self, const char *content_type);
void ahoy_info_package_emit (AhoyInfoPackage *self, AhoySession *session, AhoyMessage *request);

G_END_DECLS
