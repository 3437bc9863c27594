/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-hand-over-private.h"

G_BEGIN_DECLS

/* A tick comes in some of the slots of a turn: one slot of four is every 20 ms. */
#define AHOY_GST_TICK_SLOTS 4
#define AHOY_GST_TICK_SLOT_US 5000
#define AHOY_GST_TICK_TURN_US (AHOY_GST_TICK_SLOTS * AHOY_GST_TICK_SLOT_US)

typedef struct _AhoyGstWorker AhoyGstWorker;
typedef struct _AhoyGstWatch AhoyGstWatch;

/* @now: monotonic time in µs, of this turn of the loop */
typedef void (*AhoyGstWatchFunc) (gpointer data, gint64 now);

/* From the owner's thread */
AhoyGstWorker *ahoy_gst_worker_new (guint index);
void ahoy_gst_worker_stop (AhoyGstWorker *self);
void ahoy_gst_worker_free (AhoyGstWorker *self);
guint ahoy_gst_worker_get_index (AhoyGstWorker *self);

/* From any thread */
guint ahoy_gst_worker_get_stalls (AhoyGstWorker *self);
void ahoy_gst_worker_push (AhoyGstWorker *self, AhoyGstFunc func, gpointer data);
void ahoy_gst_worker_push_soon (AhoyGstWorker *self, AhoyGstFunc func, gpointer data);

/* In the worker's own thread */
gint64 ahoy_gst_worker_get_now (AhoyGstWorker *self);
AhoyGstWatch *ahoy_gst_worker_watch (AhoyGstWorker *self, int fd, AhoyGstWatchFunc func,
                                     gpointer data);
void ahoy_gst_worker_unwatch (AhoyGstWorker *self, AhoyGstWatch *watch);
AhoyGstWatch *ahoy_gst_worker_add_tick (AhoyGstWorker *self, guint per_turn, AhoyGstWatchFunc func,
                                        gpointer data);
void ahoy_gst_worker_remove_tick (AhoyGstWorker *self, AhoyGstWatch *tick);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyGstWorker, ahoy_gst_worker_free)

G_END_DECLS
