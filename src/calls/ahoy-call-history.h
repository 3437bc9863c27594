/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-call-record.h"
#include "ahoy-call-router.h"
#include "ahoy-visibility.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_HISTORY (ahoy_call_history_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallHistory, ahoy_call_history, AHOY, CALL_HISTORY, GObject)

AHOY_API
AhoyCallHistory *ahoy_call_history_new (AhoyCallRouter *router, AhoyWorkPool *pool);
AHOY_API
void ahoy_call_history_set_file (AhoyCallHistory *self, const char *path);
AHOY_API
void ahoy_call_history_set_enabled (AhoyCallHistory *self, gboolean enabled);
AHOY_API
void ahoy_call_history_set_limits (AhoyCallHistory *self, guint keep, guint max_records);
AHOY_API
char *ahoy_call_history_dup_linked_id (AhoyCallHistory *self, AhoySession *session);
AHOY_API
void ahoy_call_history_query_async (AhoyCallHistory *self, GVariant *filter,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
AHOY_API
GPtrArray *ahoy_call_history_query_finish (AhoyCallHistory *self, GAsyncResult *result,
                                           GError **error);
AHOY_API
void ahoy_call_history_delete_async (AhoyCallHistory *self, GVariant *filter,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
AHOY_API
gssize ahoy_call_history_delete_finish (AhoyCallHistory *self, GAsyncResult *result,
                                        GError **error);

G_END_DECLS
