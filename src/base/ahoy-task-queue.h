/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-deferral.h"
#include "ahoy-dispatcher.h"

G_BEGIN_DECLS

#define AHOY_TYPE_TASK_QUEUE (ahoy_task_queue_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyTaskQueue, ahoy_task_queue, AHOY, TASK_QUEUE, GObject)

AHOY_API
AhoyTaskQueue *ahoy_task_queue_new (AhoyDispatcher *dispatcher, const char *name);
AHOY_API
const char *ahoy_task_queue_get_name (AhoyTaskQueue *self);
AHOY_API
guint64 ahoy_task_queue_push (AhoyTaskQueue *self, AhoyTaskFunc func, gpointer user_data,
                              GDestroyNotify destroy, GError **error);
AHOY_API
gboolean ahoy_task_queue_push_and_wait (AhoyTaskQueue *self, AhoyTaskFunc func, gpointer user_data,
                                        GError **error);
AHOY_API
gboolean ahoy_task_queue_cancel (AhoyTaskQueue *self, guint64 id);
AHOY_API
void ahoy_task_queue_suspend (AhoyTaskQueue *self);
AHOY_API
void ahoy_task_queue_resume (AhoyTaskQueue *self);
AHOY_API
void ahoy_task_queue_suspend_for (AhoyTaskQueue *self, AhoyDeferral *deferral);
AHOY_API
gboolean ahoy_task_queue_is_current (AhoyTaskQueue *self);
AHOY_API
guint ahoy_task_queue_get_length (AhoyTaskQueue *self);
AHOY_API
guint ahoy_task_queue_get_limit (AhoyTaskQueue *self);
AHOY_API
void ahoy_task_queue_set_limit (AhoyTaskQueue *self, guint limit);

G_END_DECLS
