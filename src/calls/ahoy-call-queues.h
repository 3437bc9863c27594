/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-queue.h"
#include "ahoy-dial-application.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_QUEUES (ahoy_call_queues_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallQueues, ahoy_call_queues, AHOY, CALL_QUEUES, GObject)

AHOY_API
AhoyCallQueues *ahoy_call_queues_new (AhoyDialApplication *dial);
AHOY_API
void ahoy_call_queues_set (AhoyCallQueues *self, AhoyQueueConfig *config);
AHOY_API
gboolean ahoy_call_queues_remove (AhoyCallQueues *self, const char *name);
AHOY_API
AhoyCallQueue *ahoy_call_queues_lookup (AhoyCallQueues *self, const char *name);
AHOY_API
GPtrArray *ahoy_call_queues_list (AhoyCallQueues *self);

G_END_DECLS
