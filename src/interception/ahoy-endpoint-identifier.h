/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint.h"
#include "ahoy-message.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ENDPOINT_IDENTIFIER (ahoy_endpoint_identifier_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyEndpointIdentifier, ahoy_endpoint_identifier, AHOY, ENDPOINT_IDENTIFIER,
                     GObject)

/**
 * AhoyEndpointIdentifierInterface:
 * @identify: name the endpoint that a request comes from
 *
 * Since: 0.1
 */
struct _AhoyEndpointIdentifierInterface {
  GTypeInterface parent_iface;

  AhoyEndpoint *(*identify) (AhoyEndpointIdentifier *self, AhoyMessage *request);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
AhoyEndpoint *ahoy_endpoint_identifier_identify (AhoyEndpointIdentifier *self,
                                                 AhoyMessage *request);

G_END_DECLS
