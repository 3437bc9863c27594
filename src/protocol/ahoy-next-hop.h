/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-transport-protocol.h"

G_BEGIN_DECLS

#define AHOY_TYPE_NEXT_HOP (ahoy_next_hop_get_type ())
typedef struct _AhoyNextHop AhoyNextHop;
AHOY_API
GType ahoy_next_hop_get_type (void);
AHOY_API
AhoyNextHop *ahoy_next_hop_new (AhoyTransportProtocol protocol, const char *address, guint16 port);
AHOY_API
AhoyNextHop *ahoy_next_hop_ref (AhoyNextHop *self);
AHOY_API
void ahoy_next_hop_unref (AhoyNextHop *self);
AHOY_API
AhoyTransportProtocol ahoy_next_hop_get_protocol (AhoyNextHop *self);
AHOY_API
const char *ahoy_next_hop_get_address (AhoyNextHop *self);
AHOY_API
guint16 ahoy_next_hop_get_port (AhoyNextHop *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyNextHop, ahoy_next_hop_unref)

G_END_DECLS
