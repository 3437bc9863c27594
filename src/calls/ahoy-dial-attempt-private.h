/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-call-timer-private.h"
#include "ahoy-dial-private.h"

G_BEGIN_DECLS

/* What the files of one dial step have between them; nobody else includes this. */

#define AHOY_DIAL_ATTEMPT_DATA "ahoy-dial-attempt" /* of a caller, of a leg */

struct _AhoyDialAttempt {
  AhoyDialApplication *application; /* not a reference: the router holds it */
  AhoyCallRun *run;                 /* not a reference; NULL when the step is over */
  AhoyRouteStep *step;              /* how is dialled */
  const AhoyDialWatch *watch;       /* who has the caller while it rings; NULL: this step */
  gpointer watch_data;
  AhoySession *caller;
  AhoyScheduler *scheduler;
  guint64 timer;
  guint hops;
  GPtrArray *targets; /* char *: those that wait for their turn */
  GPtrArray *places;  /* AhoyDialPlace: contacts of the last one that wait for theirs */
  GPtrArray *legs;    /* AhoySession: those that ring */
  AhoyDialWait *wait; /* for those who may still come */
  AhoySession *callee; /* the one that answered */
  AhoySession *early;  /* the one that is heard before */
  AhoyBridge *bridge;
  gboolean borrowed;   /* the bridge was there before us, and stays */
  AhoyCallTimer *limit;     /* how long they may talk; NULL for as long as they like */
  AhoyDialForward *forward; /* where a callee wants the call to go on; NULL: it does not */
  guint status;              /* the best refusal */
  guint cause_status;        /* the best refusal that somebody who was called said */
  AhoyCause cause;           /* and why */
  char *reason;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDialAttempt, ahoy_dial_attempt_unref)

gboolean ahoy_dial_is_waiting (AhoySession *session);

/* Who is called when. */
gboolean ahoy_dial_attempt_is_choice (AhoyDialAttempt *self, const char *argument,
                                      const char *choice);
void ahoy_dial_attempt_note_status (AhoyDialAttempt *self, guint status, const char *reason);
void ahoy_dial_attempt_cancel_timer (AhoyDialAttempt *self);
void ahoy_dial_attempt_go_on (AhoyDialAttempt *self);

/* What the caller hears, and the bridge. */
void ahoy_dial_attempt_stop_ringback (AhoyDialAttempt *self);
void ahoy_dial_attempt_tell_callee (AhoyDialAttempt *self, AhoySession *leg);
void ahoy_dial_attempt_tell_ringing (AhoyDialAttempt *self);
void ahoy_dial_attempt_report (AhoyDialAttempt *self, guint status, const char *reason);
void ahoy_dial_attempt_join (AhoyDialAttempt *self, AhoySession *leg);
void ahoy_dial_attempt_drop_bridge (AhoyDialAttempt *self);
void ahoy_dial_attempt_begin_limit (AhoyDialAttempt *self);
gboolean ahoy_dial_attempt_answer_caller (AhoyDialAttempt *self, AhoySession *leg);

/* Those who are called. */
void ahoy_dial_attempt_add_leg (AhoyDialAttempt *self, AhoyDialPlace *place);
void ahoy_dial_attempt_give_up_legs (AhoyDialAttempt *self, AhoySession *but, const char *reason);
void ahoy_dial_attempt_take_leg (AhoyDialAttempt *self, AhoySession *leg);

G_END_DECLS
