/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-extension-registry.h"
#include "ahoy-message.h"
#include "ahoy-resolver.h"
#include "ahoy-scheduler.h"
#include "ahoy-service.h"
#include "ahoy-transport-protocol.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_STACK (ahoy_stack_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStack, ahoy_stack, AHOY, STACK, GObject)

AHOY_API
AhoyStack *ahoy_stack_new (GMainContext *context, AhoyExtensionRegistry *extensions);
AHOY_API
gboolean ahoy_stack_start (AhoyStack *self, GError **error);
AHOY_API
void ahoy_stack_stop (AhoyStack *self);
AHOY_API
gboolean ahoy_stack_is_running (AhoyStack *self);

AHOY_API
gboolean ahoy_stack_listen (AhoyStack *self, const char *name, AhoyTransportProtocol protocol,
                            const char *address, guint16 port, const char *external_address,
                            GError **error);
AHOY_API
gboolean ahoy_stack_unlisten (AhoyStack *self, const char *name);
AHOY_API
guint16 ahoy_stack_get_listener_port (AhoyStack *self, const char *name);

AHOY_API
gboolean ahoy_stack_set_keep_alive (AhoyStack *self, const char *name, guint seconds,
                                    GError **error);

AHOY_API
gboolean ahoy_stack_add_service (AhoyStack *self, AhoyService *service, const char *name,
                                 const char *const *before, const char *const *after,
                                 const char *const *methods, GError **error);
AHOY_API
void ahoy_stack_remove_service (AhoyStack *self, AhoyService *service);
AHOY_API
void ahoy_stack_add_option_tag (AhoyStack *self, const char *tag);
AHOY_API
void ahoy_stack_remove_option_tag (AhoyStack *self, const char *tag);
AHOY_API
gboolean ahoy_stack_set_headers (AhoyStack *self, const char *const *headers, GError **error);
AHOY_API
char *ahoy_stack_dup_allow (AhoyStack *self);
AHOY_API
char *ahoy_stack_dup_supported (AhoyStack *self);

AHOY_API
AhoyMessage *ahoy_stack_create_request (AhoyStack *self, const char *method, const char *uri,
                                        const char *from, const char *to, GError **error);
AHOY_API
void ahoy_stack_send_request_async (AhoyStack *self, AhoyMessage *request, const char *listener,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
AHOY_API
AhoyMessage *ahoy_stack_send_request_finish (AhoyStack *self, GAsyncResult *result,
                                             GError **error);

AHOY_API
AhoyExtensionRegistry *ahoy_stack_get_extensions (AhoyStack *self);
AHOY_API
AhoyScheduler *ahoy_stack_get_scheduler (AhoyStack *self);
AHOY_API
AhoyResolver *ahoy_stack_get_resolver (AhoyStack *self);
AHOY_API
GVariant *ahoy_stack_get_statistics (AhoyStack *self);

G_END_DECLS
