/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-call-table-private.h"
#include "ahoy-scheduler.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_ARCHIVE (ahoy_call_archive_get_type ())
G_DECLARE_FINAL_TYPE (AhoyCallArchive, ahoy_call_archive, AHOY, CALL_ARCHIVE, GObject)

/* Records are on the disk; each has its number. */
typedef void (*AhoyCallStoredFunc) (GPtrArray *records, gpointer user_data);

AhoyCallArchive *ahoy_call_archive_new (AhoyWorkPool *pool, AhoyScheduler *scheduler,
                                        const char *path, AhoyCallStoredFunc stored,
                                        gpointer user_data);
const char *ahoy_call_archive_get_path (AhoyCallArchive *self);
/* Nobody is told any more, and what waits is handed to a worker. */
void ahoy_call_archive_close (AhoyCallArchive *self);
/* How long records are kept, in µs, and how many; 0 for no limit. */
void ahoy_call_archive_set_limits (AhoyCallArchive *self, gint64 keep, guint most);

void ahoy_call_archive_add (AhoyCallArchive *self, AhoyCallRecord *record);
/* Calls that were stored as one are part of another. */
void ahoy_call_archive_link (AhoyCallArchive *self, const char *from, const char *to);

/* Takes @filter. @task gets a GPtrArray of records, newest first. */
void ahoy_call_archive_query (AhoyCallArchive *self, AhoyCallFilter *filter, GTask *task);
/* Takes @filter. @task gets how many there were. */
void ahoy_call_archive_delete (AhoyCallArchive *self, AhoyCallFilter *filter, GTask *task);

G_END_DECLS
