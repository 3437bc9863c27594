/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-identifier.h"
#include "ahoy-identify-rules.h"

G_BEGIN_DECLS

#define AHOY_TYPE_RULE_IDENTIFIER (ahoy_rule_identifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRuleIdentifier, ahoy_rule_identifier, AHOY, RULE_IDENTIFIER, GObject)

AHOY_API
AhoyEndpointIdentifier *ahoy_rule_identifier_new (AhoyIdentifyRules *rules,
                                                  AhoyIdentifyMeans means);

G_END_DECLS
