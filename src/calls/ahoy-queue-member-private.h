/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-dial-application.h"
#include "ahoy-session.h"

G_BEGIN_DECLS

/* One of those who answer the calls of a queue. */
typedef struct _AhoyQueueMember AhoyQueueMember;

typedef enum {
  AHOY_QUEUE_MEMBER_FREE,
  AHOY_QUEUE_MEMBER_RINGING,     /* for a caller of the queue */
  AHOY_QUEUE_MEMBER_TALKING,     /* with one */
  AHOY_QUEUE_MEMBER_WRAP_UP,     /* after that */
  AHOY_QUEUE_MEMBER_PAUSE,       /* did not answer */
  AHOY_QUEUE_MEMBER_BUSY,        /* in another call */
  AHOY_QUEUE_MEMBER_UNAVAILABLE, /* nobody can be reached there */
} AhoyQueueMemberState;

/* Something changed; nothing is done with members before it returned. */
typedef void (*AhoyQueueMemberFunc) (gpointer user_data);

AhoyQueueMember *ahoy_queue_member_new (AhoyDialApplication *dial, const char *target,
                                        AhoyQueueMemberFunc func, gpointer user_data);
void ahoy_queue_member_free (AhoyQueueMember *self);
const char *ahoy_queue_member_get_name (AhoyQueueMember *self);
const char *ahoy_queue_member_get_target (AhoyQueueMember *self);
void ahoy_queue_member_set_target (AhoyQueueMember *self, const char *target);
AhoyQueueMemberState ahoy_queue_member_get_state (AhoyQueueMember *self);
const char *ahoy_queue_member_state_to_string (AhoyQueueMemberState state);
/* When it answered a call last, or ended one; 0: never. */
gint64 ahoy_queue_member_get_last_call (AhoyQueueMember *self);
/* When a wrap-up or a pause ends; 0: there is none. */
gint64 ahoy_queue_member_get_free_at (AhoyQueueMember *self);

/* It rings for a caller; NULL: for nobody. */
void ahoy_queue_member_set_caller (AhoyQueueMember *self, gpointer caller);
gpointer ahoy_queue_member_get_caller (AhoyQueueMember *self);
void ahoy_queue_member_pause (AhoyQueueMember *self, gint64 duration);
void ahoy_queue_member_take (AhoyQueueMember *self, AhoySession *call);
/* How long it has no call after one. */
void ahoy_queue_member_set_wrap_up (AhoyQueueMember *self, gint64 duration);

G_END_DECLS
