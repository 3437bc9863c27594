/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-identifier.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-identify-rules.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ADDRESS_IDENTIFIER (ahoy_address_identifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAddressIdentifier, ahoy_address_identifier, AHOY,
                      ADDRESS_IDENTIFIER, GObject)

AHOY_API
AhoyEndpointIdentifier *ahoy_address_identifier_new (AhoyEndpointRegistry *endpoints);
AHOY_API
void ahoy_address_identifier_set_rules (AhoyAddressIdentifier *self, AhoyIdentifyRules *rules);

G_END_DECLS
