/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-domain-registry.h"
#include "ahoy-endpoint-identifier.h"
#include "ahoy-endpoint-registry.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ANONYMOUS_IDENTIFIER (ahoy_anonymous_identifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAnonymousIdentifier, ahoy_anonymous_identifier, AHOY,
                      ANONYMOUS_IDENTIFIER, GObject)

AHOY_API
AhoyEndpointIdentifier *ahoy_anonymous_identifier_new (AhoyEndpointRegistry *endpoints);
AHOY_API
void ahoy_anonymous_identifier_set_domains (AhoyAnonymousIdentifier *self,
                                            AhoyDomainRegistry *domains);

G_END_DECLS
