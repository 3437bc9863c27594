/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-scheduler.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_RECORD_STORE (ahoy_record_store_get_type ())
G_DECLARE_FINAL_TYPE (AhoyRecordStore, ahoy_record_store, AHOY, RECORD_STORE, GObject)

/* One record, while all are read; what it gets is gone afterwards. */
typedef void (*AhoyRecordFunc) (const char *name, const guint8 *data, gsize size,
                                gpointer user_data);
/* A record cannot be lost any more, or was not written: @error says why. */
typedef void (*AhoyRecordDoneFunc) (gpointer user_data, const GError *error);

AhoyRecordStore *ahoy_record_store_new (AhoyWorkPool *pool, AhoyScheduler *scheduler,
                                        const char *path);
const char *ahoy_record_store_get_path (AhoyRecordStore *self);

/* Reads all records of a type in the calling thread, which waits for the disk: for a program that
 * begins. A damaged file is set aside, with a warning, and a new one begun: then @anew is TRUE, and
 * what was read of the damaged one is in no file. */
gboolean ahoy_record_store_read (AhoyRecordStore *self, const char *type, AhoyRecordFunc func,
                                 gpointer user_data, gboolean *anew, GError **error);

/* Writes a record, or removes it where @size is 0. Records are written in the order of the calls.
 * @done may be NULL; it is never called before this returns, and always once. */
void ahoy_record_store_put (AhoyRecordStore *self, const char *type, const char *name,
                            const guint8 *data, gsize size, AhoyRecordDoneFunc done,
                            gpointer user_data);

/* Hands what waits to a worker at once, for a program that ends; nothing may be put afterwards. */
void ahoy_record_store_close (AhoyRecordStore *self);

G_END_DECLS
