/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoySchedulerFunc:
 * @user_data: what was given with the job
 *
 * Runs when a job is due.
 *
 * Since: 0.1
 */
typedef void (*AhoySchedulerFunc) (gpointer user_data);

#define AHOY_TYPE_SCHEDULER (ahoy_scheduler_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyScheduler, ahoy_scheduler, AHOY, SCHEDULER, GObject)

AHOY_API
AhoyScheduler *ahoy_scheduler_new (GMainContext *context);
AHOY_API
AhoyScheduler *ahoy_scheduler_new_virtual (void);
AHOY_API
gint64 ahoy_scheduler_get_now (AhoyScheduler *self);
AHOY_API
guint64 ahoy_scheduler_add (AhoyScheduler *self, const char *name, gint64 delay,
                            AhoySchedulerFunc callback, gpointer user_data, GDestroyNotify destroy);
AHOY_API
guint64 ahoy_scheduler_add_repeating (AhoyScheduler *self, const char *name, gint64 interval,
                                      AhoySchedulerFunc callback, gpointer user_data,
                                      GDestroyNotify destroy);
AHOY_API
gboolean ahoy_scheduler_cancel (AhoyScheduler *self, guint64 id);
AHOY_API
void ahoy_scheduler_advance (AhoyScheduler *self, gint64 duration);
AHOY_API
guint ahoy_scheduler_get_n_jobs (AhoyScheduler *self);
AHOY_API
GVariant *ahoy_scheduler_list_jobs (AhoyScheduler *self);

G_END_DECLS
