/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-channel.h"

/**
 * AhoyMessageChannel:
 *
 * A way by which messages go. What comes by a channel is given to
 * ahoy_message_router_take_async(); what goes out is handed to the first channel that can reach the
 * target. A plugin adds one with ahoy_message_router_add_channel().
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyMessageChannel, ahoy_message_channel, G_TYPE_OBJECT)

static void
ahoy_message_channel_default_init (AhoyMessageChannelInterface *iface)
{
}

/**
 * ahoy_message_channel_can_reach:
 * @self: a channel
 * @target: a URI or a name
 *
 * Returns: whether @target is an address of this channel
 *
 * Since: 0.1
 */
gboolean
ahoy_message_channel_can_reach (AhoyMessageChannel *self, const char *target)
{
  AhoyMessageChannelInterface *iface;

  g_return_val_if_fail (AHOY_IS_MESSAGE_CHANNEL (self), FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  iface = AHOY_MESSAGE_CHANNEL_GET_IFACE (self);
  return iface->can_reach != NULL && iface->can_reach (self, target);
}

/**
 * ahoy_message_channel_deliver_async:
 * @self: a channel
 * @message: (transfer none): a message
 * @target: who gets it, an address of this channel
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when somebody said yes or no, or nobody did in time
 * @user_data: for @callback
 *
 * Hands a message over.
 *
 * Since: 0.1
 */
void
ahoy_message_channel_deliver_async (AhoyMessageChannel *self, AhoyTextMessage *message,
                                    const char *target, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AHOY_IS_MESSAGE_CHANNEL (self));
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (message));
  g_return_if_fail (target != NULL);

  AHOY_MESSAGE_CHANNEL_GET_IFACE (self)->deliver_async (self, message, target, cancellable,
                                                        callback, user_data);
}

/**
 * ahoy_message_channel_deliver_finish:
 * @self: a channel
 * @result: the result
 * @reason: (out) (optional) (nullable) (transfer full): what was said
 * @error: return location for an error
 *
 * Returns: a SIP status: 200 when the message was delivered, 202 when somebody keeps it; 0 with an
 *   error of %AHOY_ERROR when it could not be sent
 *
 * Since: 0.1
 */
guint
ahoy_message_channel_deliver_finish (AhoyMessageChannel *self, GAsyncResult *result, char **reason,
                                     GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_CHANNEL (self), 0);

  if (reason != NULL) {
    *reason = NULL;
  }
  return AHOY_MESSAGE_CHANNEL_GET_IFACE (self)->deliver_finish (self, result, reason, error);
}
