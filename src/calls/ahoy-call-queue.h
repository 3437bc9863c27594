/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-queue-config.h"
#include "ahoy-session.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_QUEUE (ahoy_call_queue_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallQueue, ahoy_call_queue, AHOY, CALL_QUEUE, GObject)

AHOY_API
const char *ahoy_call_queue_get_name (AhoyCallQueue *self);
AHOY_API
AhoyQueueConfig *ahoy_call_queue_get_config (AhoyCallQueue *self);
AHOY_API
GPtrArray *ahoy_call_queue_list_callers (AhoyCallQueue *self);
AHOY_API
gint64 ahoy_call_queue_get_wait (AhoyCallQueue *self, AhoySession *session);
AHOY_API
GVariant *ahoy_call_queue_list_members (AhoyCallQueue *self);
AHOY_API
guint ahoy_call_queue_get_answered (AhoyCallQueue *self);
AHOY_API
guint ahoy_call_queue_get_abandoned (AhoyCallQueue *self);

G_END_DECLS
