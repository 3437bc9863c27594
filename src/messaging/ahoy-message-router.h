/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-extension-registry.h"
#include "ahoy-message-channel.h"
#include "ahoy-message-handler.h"
#include "ahoy-message-receipt.h"
#include "ahoy-scheduler.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_ROUTER (ahoy_message_router_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessageRouter, ahoy_message_router, AHOY, MESSAGE_ROUTER, GObject)

AHOY_API
AhoyMessageRouter *ahoy_message_router_new (AhoyExtensionRegistry *extensions,
                                            AhoyScheduler *scheduler);
AHOY_API
gboolean ahoy_message_router_add_channel (AhoyMessageRouter *self, AhoyMessageChannel *channel,
                                          const char *name, GError **error);
AHOY_API
gboolean ahoy_message_router_remove_channel (AhoyMessageRouter *self, AhoyMessageChannel *channel);
AHOY_API
gboolean ahoy_message_router_add_handler (AhoyMessageRouter *self, AhoyMessageHandler *handler,
                                          const char *name, const char *const *before,
                                          const char *const *after, GError **error);
AHOY_API
gboolean ahoy_message_router_remove_handler (AhoyMessageRouter *self, AhoyMessageHandler *handler);
AHOY_API
void ahoy_message_router_take_async (AhoyMessageRouter *self, AhoyTextMessage *message,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
AHOY_API
AhoyMessageReceipt *ahoy_message_router_take_finish (AhoyMessageRouter *self, GAsyncResult *result,
                                                     GError **error);
AHOY_API
void ahoy_message_router_deliver_async (AhoyMessageRouter *self, AhoyTextMessage *message,
                                        const char *target, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
guint ahoy_message_router_deliver_finish (AhoyMessageRouter *self, GAsyncResult *result,
                                          char **reason, GError **error);
AHOY_API
void ahoy_message_router_close (AhoyMessageRouter *self);
AHOY_API
guint ahoy_message_router_receive (AhoyMessageRouter *self, AhoyTextMessage *message);
AHOY_API
void ahoy_message_router_tell_status (AhoyMessageRouter *self, const char *id, guint status,
                                      const char *reason);

G_END_DECLS
