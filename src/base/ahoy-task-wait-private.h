/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread that waits for a task of another thread. Each side has one reference. */
typedef struct _AhoyTaskWait AhoyTaskWait;

AhoyTaskWait *ahoy_task_wait_new (void);
void ahoy_task_wait_finish (AhoyTaskWait *self, gboolean ran);
gboolean ahoy_task_wait_block (AhoyTaskWait *self);

G_END_DECLS
