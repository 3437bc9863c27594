/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-identifier.h"
#include "ahoy-endpoint-registry.h"

G_BEGIN_DECLS

#define AHOY_TYPE_AUTH_IDENTIFIER (ahoy_auth_identifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAuthIdentifier, ahoy_auth_identifier, AHOY, AUTH_IDENTIFIER, GObject)

AHOY_API
AhoyEndpointIdentifier *ahoy_auth_identifier_new (AhoyEndpointRegistry *endpoints);

G_END_DECLS
