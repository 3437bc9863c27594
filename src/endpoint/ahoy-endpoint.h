/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-config.h"
#include "ahoy-message.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyEndpointState:
 * @AHOY_ENDPOINT_UNKNOWN: nobody asked yet whether it can be reached
 * @AHOY_ENDPOINT_AVAILABLE: it can be reached
 * @AHOY_ENDPOINT_UNREACHABLE: it cannot be reached
 * @AHOY_ENDPOINT_DISABLED: it may do nothing
 *
 * How an endpoint is.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_ENDPOINT_UNKNOWN,
  AHOY_ENDPOINT_AVAILABLE,
  AHOY_ENDPOINT_UNREACHABLE,
  AHOY_ENDPOINT_DISABLED,
} AhoyEndpointState;

#define AHOY_TYPE_ENDPOINT_STATE (ahoy_endpoint_state_get_type ())
AHOY_API
GType ahoy_endpoint_state_get_type (void);

#define AHOY_TYPE_ENDPOINT (ahoy_endpoint_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyEndpoint, ahoy_endpoint, AHOY, ENDPOINT, GObject)

AHOY_API
AhoyEndpoint *ahoy_endpoint_new (AhoyEndpointConfig *config);
AHOY_API
const char *ahoy_endpoint_get_name (AhoyEndpoint *self);
AHOY_API
AhoyEndpointConfig *ahoy_endpoint_get_config (AhoyEndpoint *self);
AHOY_API
gboolean ahoy_endpoint_set_config (AhoyEndpoint *self, AhoyEndpointConfig *config,
                                   GError **error);
AHOY_API
AhoyEndpointState ahoy_endpoint_get_state (AhoyEndpoint *self);
AHOY_API
void ahoy_endpoint_set_state (AhoyEndpoint *self, AhoyEndpointState state);
AHOY_API
gboolean ahoy_endpoint_get_maintenance (AhoyEndpoint *self);
AHOY_API
void ahoy_endpoint_set_maintenance (AhoyEndpoint *self, gboolean maintenance);
AHOY_API
guint ahoy_endpoint_get_active_sessions (AhoyEndpoint *self);
AHOY_API
void ahoy_endpoint_begin_session (AhoyEndpoint *self);
AHOY_API
void ahoy_endpoint_end_session (AhoyEndpoint *self);
AHOY_API
gboolean ahoy_endpoint_is_anonymous (AhoyEndpoint *self);
AHOY_API
gboolean ahoy_endpoint_is_identified_by (AhoyEndpoint *self, const char *means);

AHOY_API
AhoyEndpoint *ahoy_message_get_endpoint (AhoyMessage *message);
AHOY_API
void ahoy_message_set_endpoint (AhoyMessage *message, AhoyEndpoint *endpoint);

AHOY_API
char *ahoy_endpoint_dup_display_name (AhoyEndpoint *self);
AHOY_API
void ahoy_endpoint_add_headers (AhoyEndpoint *self, AhoyMessage *message);

G_END_DECLS
