/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-scheduler.h"
#include "ahoy-text-message.h"

G_BEGIN_DECLS

void ahoy_message_exec_async (AhoyScheduler *scheduler, AhoyTextMessage *message,
                              const char *const *command, gint64 timeout,
                              GAsyncReadyCallback callback, gpointer user_data);
guint ahoy_message_exec_finish (GAsyncResult *result);

G_END_DECLS
