/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-queue-private.h"

G_BEGIN_DECLS

/* Somebody who waits in a queue, or talks with one of its members: what a run keeps with the step
 * `queue`. The run owns it. */
struct _AhoyQueueCaller {
  AhoyCallQueue *queue;
  AhoyCallRun *run; /* not a reference */
  AhoySession *session;
  AhoyMediaStream *media;
  AhoyScheduler *scheduler;
  gint64 since;
  gboolean waits;    /* in the list of the queue */
  gboolean has_music;
  guint64 timeout;
  guint64 announcing;
  GHashTable *tried; /* the names of those who were asked, and will not be before all others were */
  AhoyRouteStep *step;
  AhoyDialAttempt *attempt; /* NULL: nobody rings */
};

AhoyQueueCaller *ahoy_queue_caller_new (AhoyCallQueue *queue, AhoyCallRun *run, GError **error);
void ahoy_queue_caller_free (gpointer data);
void ahoy_queue_caller_begin (AhoyQueueCaller *self);
/* The configuration of the queue may be another one. */
void ahoy_queue_caller_update (AhoyQueueCaller *self);
/* Rings the members whose targets these are; nobody rings yet. */
void ahoy_queue_caller_dial (AhoyQueueCaller *self, const char *const *targets);
void ahoy_queue_caller_stop_dialling (AhoyQueueCaller *self);
/* The next step follows; why, the variable queue-result says. Frees @self. */
void ahoy_queue_caller_leave (AhoyQueueCaller *self, const char *result);
/* What the run tells. */
void ahoy_queue_caller_cancel (AhoyQueueCaller *self);
void ahoy_queue_caller_played (AhoyQueueCaller *self, gboolean complete);

G_END_DECLS
