/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-stack.h"
#include "ahoy-transport-protocol.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_TRANSPORT (ahoy_transport_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyTransport, ahoy_transport, AHOY, TRANSPORT, GObject)

AHOY_API
AhoyTransport *ahoy_transport_new (AhoyStack *stack, const char *name,
                                   AhoyTransportProtocol protocol, const char *address,
                                   guint16 port, const char *external_address);
AHOY_API
void ahoy_transport_set_keep_alive (AhoyTransport *self, guint seconds);
AHOY_API
gboolean ahoy_transport_start (AhoyTransport *self, GError **error);
AHOY_API
void ahoy_transport_stop (AhoyTransport *self);
AHOY_API
const char *ahoy_transport_get_name (AhoyTransport *self);
AHOY_API
AhoyTransportProtocol ahoy_transport_get_protocol (AhoyTransport *self);
AHOY_API
const char *ahoy_transport_get_address (AhoyTransport *self);
AHOY_API
guint16 ahoy_transport_get_port (AhoyTransport *self);
AHOY_API
guint ahoy_transport_count_connections (AhoyTransport *self);

G_END_DECLS
