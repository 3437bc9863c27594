/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_WORK_QUEUE (ahoy_work_queue_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyWorkQueue, ahoy_work_queue, AHOY, WORK_QUEUE, GObject)

AHOY_API
AhoyWorkQueue *ahoy_work_queue_new (AhoyWorkPool *pool, const char *name);
AHOY_API
const char *ahoy_work_queue_get_name (AhoyWorkQueue *self);
AHOY_API
guint64 ahoy_work_queue_push (AhoyWorkQueue *self, AhoyTaskFunc work, AhoyTaskFunc done,
                              gpointer data, GDestroyNotify destroy, GError **error);
AHOY_API
gboolean ahoy_work_queue_push_and_wait (AhoyWorkQueue *self, AhoyTaskFunc work, gpointer data,
                                        GError **error);
AHOY_API
gboolean ahoy_work_queue_cancel (AhoyWorkQueue *self, guint64 id);
AHOY_API
gboolean ahoy_work_queue_is_current (AhoyWorkQueue *self);
AHOY_API
guint ahoy_work_queue_get_length (AhoyWorkQueue *self);
AHOY_API
guint ahoy_work_queue_get_limit (AhoyWorkQueue *self);
AHOY_API
void ahoy_work_queue_set_limit (AhoyWorkQueue *self, guint limit);

G_END_DECLS
