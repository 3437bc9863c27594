/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-media-stream.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_BRIDGE_MEMBER (ahoy_bridge_member_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyBridgeMember, ahoy_bridge_member, AHOY, BRIDGE_MEMBER, GObject)

/**
 * AhoyBridgeMemberInterface:
 * @get_media: what carries media of a type
 * @dup_label: what people call the member
 *
 * Since: 0.1
 */
struct _AhoyBridgeMemberInterface {
  GTypeInterface parent_iface;

  AhoyMediaStream *(*get_media) (AhoyBridgeMember *self, const char *media_type);
  char *(*dup_label) (AhoyBridgeMember *self);

  /*< private >*/
  gpointer padding[12];
};

AHOY_API
AhoyMediaStream *ahoy_bridge_member_get_media (AhoyBridgeMember *self, const char *media_type);
AHOY_API
char *ahoy_bridge_member_dup_label (AhoyBridgeMember *self);

/* For those who implement it */
AHOY_API
void ahoy_bridge_member_emit_changed (AhoyBridgeMember *self);
AHOY_API
void ahoy_bridge_member_emit_left (AhoyBridgeMember *self);

G_END_DECLS
