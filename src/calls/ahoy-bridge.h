/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge-member.h"
#include "ahoy-media-mixer.h"
#include "ahoy-music-on-hold.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyBridgeMode:
 * @AHOY_BRIDGE_MODE_NONE: nobody hears anybody yet
 * @AHOY_BRIDGE_MODE_DIRECT: the peers send to each other, past this host
 * @AHOY_BRIDGE_MODE_RELAY: packets are sent on as they come
 * @AHOY_BRIDGE_MODE_TRANSCODE: packets are decoded and encoded anew
 * @AHOY_BRIDGE_MODE_MIX: each hears all others, by a mixer
 *
 * How the media of a bridge get from one member to the other.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_BRIDGE_MODE_NONE,
  AHOY_BRIDGE_MODE_DIRECT,
  AHOY_BRIDGE_MODE_RELAY,
  AHOY_BRIDGE_MODE_TRANSCODE,
  AHOY_BRIDGE_MODE_MIX,
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
gboolean ahoy_bridge_replace (AhoyBridge *self, AhoyBridgeMember *old,
                              AhoyBridgeMember *replacement, GError **error);
AHOY_API
void ahoy_bridge_hold_media (AhoyBridge *self, const char *reason);
AHOY_API
gboolean ahoy_bridge_release_media (AhoyBridge *self, const char *reason);
AHOY_API
char **ahoy_bridge_dup_media_holds (AhoyBridge *self);
AHOY_API
void ahoy_bridge_set_name (AhoyBridge *self, const char *name);
AHOY_API
const char *ahoy_bridge_get_name (AhoyBridge *self);
AHOY_API
void ahoy_bridge_set_music (AhoyBridge *self, AhoyMusicOnHold *music);
AHOY_API
void ahoy_bridge_set_max_members (AhoyBridge *self, guint max_members);
AHOY_API
void ahoy_bridge_set_mixing (AhoyBridge *self, gboolean mixing);
AHOY_API
AhoyMediaMixer *ahoy_bridge_get_mixer (AhoyBridge *self);
AHOY_API
gboolean ahoy_bridge_set_gain (AhoyBridge *self, AhoyBridgeMember *member, double gain,
                               GError **error);
AHOY_API
gboolean ahoy_bridge_set_muted (AhoyBridge *self, AhoyBridgeMember *member, gboolean muted,
                                GError **error);
AHOY_API
gboolean ahoy_bridge_set_deaf (AhoyBridge *self, AhoyBridgeMember *member, gboolean deaf,
                               GError **error);
AHOY_API
gboolean ahoy_bridge_is_muted (AhoyBridge *self, AhoyBridgeMember *member);
AHOY_API
void ahoy_bridge_destroy (AhoyBridge *self);
AHOY_API
AhoyBridge *ahoy_bridge_find (AhoyBridgeMember *member);

G_END_DECLS
