/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message-router.h"
#include "ahoy-messaging-config.h"
#include "ahoy-security-log.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE_SERVICE (ahoy_message_service_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessageService, ahoy_message_service, AHOY, MESSAGE_SERVICE, GObject)

AHOY_API
AhoyMessageService *ahoy_message_service_new (AhoyStack *stack, AhoyMessageRouter *router);
AHOY_API
gboolean ahoy_message_service_register (AhoyMessageService *self, GError **error);
AHOY_API
void ahoy_message_service_unregister (AhoyMessageService *self);
AHOY_API
void ahoy_message_service_set_config (AhoyMessageService *self, AhoyMessagingConfig *config);
AHOY_API
void ahoy_message_service_set_security_log (AhoyMessageService *self, AhoySecurityLog *log);

G_END_DECLS
