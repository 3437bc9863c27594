/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-location.h"
#include "ahoy-message-router.h"
#include "ahoy-messaging-config.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_STORE (ahoy_message_store_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessageStore, ahoy_message_store, AHOY, MESSAGE_STORE, GObject)

AHOY_API
AhoyMessageStore *ahoy_message_store_new (AhoyMessageRouter *router,
                                          AhoyEndpointRegistry *endpoints, AhoyLocation *location,
                                          AhoyScheduler *scheduler);
AHOY_API
void ahoy_message_store_set_config (AhoyMessageStore *self, AhoyMessagingConfig *config);
AHOY_API
gboolean ahoy_message_store_open (AhoyMessageStore *self, AhoyWorkPool *pool, const char *path,
                                  GError **error);
AHOY_API
void ahoy_message_store_start (AhoyMessageStore *self);
AHOY_API
void ahoy_message_store_stop (AhoyMessageStore *self);
AHOY_API
void ahoy_message_store_keep_async (AhoyMessageStore *self, const char *user,
                                    AhoyTextMessage *message, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_message_store_keep_finish (AhoyMessageStore *self, GAsyncResult *result,
                                         GError **error);
AHOY_API
GVariant *ahoy_message_store_list (AhoyMessageStore *self, const char *user);
AHOY_API
void ahoy_message_store_drop_async (AhoyMessageStore *self, const char *id,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
AHOY_API
gboolean ahoy_message_store_drop_finish (AhoyMessageStore *self, GAsyncResult *result,
                                         GError **error);

G_END_DECLS
