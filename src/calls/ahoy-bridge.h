/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge-member.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyBridgeMode:
 * @AHOY_BRIDGE_MODE_NONE: nobody hears anybody yet
 * @AHOY_BRIDGE_MODE_RELAY: packets are sent on as they come
 * @AHOY_BRIDGE_MODE_TRANSCODE: packets are decoded and encoded anew
 *
 * How the media of a bridge get from one member to the other.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_BRIDGE_MODE_NONE,
  AHOY_BRIDGE_MODE_RELAY,
  AHOY_BRIDGE_MODE_TRANSCODE,
} AhoyBridgeMode;

#define AHOY_TYPE_BRIDGE_MODE (ahoy_bridge_mode_get_type ())
AHOY_API
GType ahoy_bridge_mode_get_type (void);
AHOY_API
const char *ahoy_bridge_mode_to_string (AhoyBridgeMode self);

#define AHOY_TYPE_BRIDGE (ahoy_bridge_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyBridge, ahoy_bridge, AHOY, BRIDGE, GObject)

AHOY_API
AhoyBridge *ahoy_bridge_new (void);
AHOY_API
guint64 ahoy_bridge_get_id (AhoyBridge *self);
AHOY_API
AhoyBridgeMode ahoy_bridge_get_mode (AhoyBridge *self);
AHOY_API
GPtrArray *ahoy_bridge_list_members (AhoyBridge *self);
AHOY_API
gboolean ahoy_bridge_add (AhoyBridge *self, AhoyBridgeMember *member, GError **error);
AHOY_API
gboolean ahoy_bridge_remove (AhoyBridge *self, AhoyBridgeMember *member);
AHOY_API
void ahoy_bridge_destroy (AhoyBridge *self);
AHOY_API
AhoyBridge *ahoy_bridge_find (AhoyBridgeMember *member);

G_END_DECLS
