/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyTaskFunc:
 * @user_data: what was given with the task
 *
 * A piece of work.
 *
 * Since: 0.1
 */
typedef void (*AhoyTaskFunc) (gpointer user_data);

#define AHOY_TYPE_DISPATCHER (ahoy_dispatcher_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDispatcher, ahoy_dispatcher, AHOY, DISPATCHER, GObject)

AHOY_API
AhoyDispatcher *ahoy_dispatcher_new (GMainContext *context);
AHOY_API
void ahoy_dispatcher_push (AhoyDispatcher *self, AhoyTaskFunc func, gpointer user_data,
                           GDestroyNotify destroy);
AHOY_API
gboolean ahoy_dispatcher_is_owner (AhoyDispatcher *self);

G_END_DECLS
