/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-text-message.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_CHANNEL (ahoy_message_channel_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyMessageChannel, ahoy_message_channel, AHOY, MESSAGE_CHANNEL, GObject)

/**
 * AhoyMessageChannelInterface:
 * @can_reach: whether @target is an address of this channel
 * @deliver_async: hands a message to who is at @target, and waits for what they say
 * @deliver_finish: tells what they said: a SIP status (RFC 3428), and its reason; 0 with @error
 *   when the message could not be sent at all
 *
 * A way by which messages go: SIP, a modem, another network.
 *
 * Since: 0.1
 */
struct _AhoyMessageChannelInterface {
  GTypeInterface parent_iface;

  gboolean (*can_reach) (AhoyMessageChannel *self, const char *target);
  void (*deliver_async) (AhoyMessageChannel *self, AhoyTextMessage *message, const char *target,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
  guint (*deliver_finish) (AhoyMessageChannel *self, GAsyncResult *result, char **reason,
                           GError **error);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
gboolean ahoy_message_channel_can_reach (AhoyMessageChannel *self, const char *target);
AHOY_API
void ahoy_message_channel_deliver_async (AhoyMessageChannel *self, AhoyTextMessage *message,
                                         const char *target, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
guint ahoy_message_channel_deliver_finish (AhoyMessageChannel *self, GAsyncResult *result,
                                           char **reason, GError **error);

G_END_DECLS
