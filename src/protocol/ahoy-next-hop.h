/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-transport-protocol.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyNextHop:
 *
 * One place to send a request to: transport protocol, numeric address and port. It never changes
 * after it was made.
 *
 * Since: 0.1
 */
typedef struct _AhoyNextHop AhoyNextHop;

#define AHOY_TYPE_NEXT_HOP (ahoy_next_hop_get_type ())
AHOY_API
GType ahoy_next_hop_get_type (void);

AHOY_API
AhoyNextHop *ahoy_next_hop_new (AhoyTransportProtocol transport,
                                const char *address,
                                guint16 port,
                                const char *name,
                                gint64 expires);
AHOY_API
AhoyNextHop *ahoy_next_hop_new_connection (AhoyTransportProtocol transport,
                                           const char *address,
                                           guint16 port);
AHOY_API
AhoyNextHop *ahoy_next_hop_new_from_source (AhoyTransportProtocol transport,
                                            GSocketAddress *source);
AHOY_API
AhoyNextHop *ahoy_next_hop_ref (AhoyNextHop *self);
AHOY_API
void ahoy_next_hop_unref (AhoyNextHop *self);

AHOY_API
AhoyTransportProtocol ahoy_next_hop_get_transport (const AhoyNextHop *self);
AHOY_API
const char *ahoy_next_hop_get_address (const AhoyNextHop *self);
AHOY_API
guint16 ahoy_next_hop_get_port (const AhoyNextHop *self);
AHOY_API
GSocketFamily ahoy_next_hop_get_family (const AhoyNextHop *self);
AHOY_API
const char *ahoy_next_hop_get_name (const AhoyNextHop *self);
AHOY_API
gint64 ahoy_next_hop_get_expires (const AhoyNextHop *self);
AHOY_API
gboolean ahoy_next_hop_is_connection (const AhoyNextHop *self);

AHOY_API
gboolean ahoy_next_hop_equal (const AhoyNextHop *self, const AhoyNextHop *other);
AHOY_API
guint ahoy_next_hop_hash (const AhoyNextHop *self);
AHOY_API
char *ahoy_next_hop_to_string (const AhoyNextHop *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyNextHop, ahoy_next_hop_unref)

G_END_DECLS
