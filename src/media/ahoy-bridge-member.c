/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-member.h"

/**
 * AhoyBridgeMember:
 *
 * Something with media that can be joined with others: a session, a device, a player.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyBridgeMember, ahoy_bridge_member, G_TYPE_OBJECT)

enum { MEMBER_CHANGED, MEMBER_LEFT, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
ahoy_bridge_member_default_init (AhoyBridgeMemberInterface *iface)
{
  /**
   * AhoyBridgeMember::member-changed:
   * @self: a member
   *
   * The media of the member are others than before, or agree on something else.
   *
   * Since: 0.1
   */
  signals[MEMBER_CHANGED] =
      g_signal_new ("member-changed", AHOY_TYPE_BRIDGE_MEMBER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  /**
   * AhoyBridgeMember::member-left:
   * @self: a member
   *
   * The member is over, and takes part in nothing any more.
   *
   * Since: 0.1
   */
  signals[MEMBER_LEFT] = g_signal_new ("member-left", AHOY_TYPE_BRIDGE_MEMBER, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/**
 * ahoy_bridge_member_get_media: (virtual get_media)
 * @self: a member
 * @media_type: a media type, such as `audio`
 *
 * Returns: (transfer none) (nullable): what carries media of that type; %NULL when nothing does yet
 *
 * Since: 0.1
 */
AhoyMediaStream *
ahoy_bridge_member_get_media (AhoyBridgeMember *self, const char *media_type)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (self), NULL);
  g_return_val_if_fail (media_type != NULL, NULL);

  return AHOY_BRIDGE_MEMBER_GET_IFACE (self)->get_media != NULL
             ? AHOY_BRIDGE_MEMBER_GET_IFACE (self)->get_media (self, media_type)
             : NULL;
}

/**
 * ahoy_bridge_member_dup_label: (virtual dup_label)
 * @self: a member
 *
 * Returns: (transfer full): what people call the member, such as `session 5`
 *
 * Since: 0.1
 */
char *
ahoy_bridge_member_dup_label (AhoyBridgeMember *self)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (self), NULL);

  return AHOY_BRIDGE_MEMBER_GET_IFACE (self)->dup_label != NULL
             ? AHOY_BRIDGE_MEMBER_GET_IFACE (self)->dup_label (self)
             : g_strdup (G_OBJECT_TYPE_NAME (self));
}

/**
 * ahoy_bridge_member_emit_changed:
 * @self: a member
 *
 * Emits AhoyBridgeMember::member-changed.
 *
 * Since: 0.1
 */
void
ahoy_bridge_member_emit_changed (AhoyBridgeMember *self)
{
  g_return_if_fail (AHOY_IS_BRIDGE_MEMBER (self));

  g_signal_emit (self, signals[MEMBER_CHANGED], 0);
}

/**
 * ahoy_bridge_member_emit_left:
 * @self: a member
 *
 * Emits AhoyBridgeMember::member-left.
 *
 * Since: 0.1
 */
void
ahoy_bridge_member_emit_left (AhoyBridgeMember *self)
{
  g_return_if_fail (AHOY_IS_BRIDGE_MEMBER (self));

  g_signal_emit (self, signals[MEMBER_LEFT], 0);
}
