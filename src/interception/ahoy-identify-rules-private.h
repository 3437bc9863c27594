/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-identify-rules.h"

G_BEGIN_DECLS

AhoyEndpoint *ahoy_identify_rules_find_by_address (AhoyIdentifyRules *self, GInetAddress *address,
                                                   AhoyMessage *request, guint *length);
void ahoy_identify_rules_set_host_addresses (AhoyIdentifyRules *self, const char *name,
                                             const char *host, GPtrArray *addresses);

G_END_DECLS
