/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-identifier.h"
#include "ahoy-endpoint-registry.h"

G_BEGIN_DECLS

#define AHOY_TYPE_LINE_IDENTIFIER (ahoy_line_identifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyLineIdentifier, ahoy_line_identifier, AHOY, LINE_IDENTIFIER, GObject)

AHOY_API
AhoyEndpointIdentifier *ahoy_line_identifier_new (AhoyEndpointRegistry *endpoints);
AHOY_API
char *ahoy_line_identifier_add_line (AhoyLineIdentifier *self, const char *endpoint);
AHOY_API
gboolean ahoy_line_identifier_restore_line (AhoyLineIdentifier *self, const char *token,
                                            const char *endpoint, GError **error);
AHOY_API
gboolean ahoy_line_identifier_remove_line (AhoyLineIdentifier *self, const char *token);

G_END_DECLS
