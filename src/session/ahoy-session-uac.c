/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-contact-route.h"
#include "ahoy-error.h"
#include "ahoy-request-private.h"
#include "ahoy-session-private.h"
#include "ahoy-uri.h"

/* The caller's side of a session (RFC 3261 §13.2): branches, forks, early media, and one dialog in
 * the end. */

#define MAX_LONGER 5 /* who asks for a longer interval may be one of several proxies */
#define MAX_FORKS 32 /* To tags before the answer */

static void repeat_branch (AhoySession *self, AhoySessionBranch *branch);

/* The dialog is over; what became of it can still be read. */
static void
fork_end (AhoySessionFork *fork)
{
  if (fork->dialog != NULL) {
    ahoy_dialog_set_handler (fork->dialog, NULL, NULL);
  }
  g_clear_object (&fork->dialog);
  g_clear_object (&fork->answer);
}

static void
fork_free (gpointer data)
{
  AhoySessionFork *fork = data;

  fork_end (fork);
  g_free (fork->tag);
  g_free (fork->target);
  g_free (fork);
}

static void
branch_free (gpointer data)
{
  AhoySessionBranch *branch = data;

  if (branch->transaction != NULL) {
    /* Without a handler, the transaction itself ends the dialog of a 2xx that is still on its way.
     * */
    ahoy_client_transaction_set_handler (branch->transaction, NULL, NULL);
  }
  g_clear_object (&branch->transaction);
  g_clear_pointer (&branch->contact, ahoy_contact_unref);
  g_ptr_array_unref (branch->forks);
  g_free (branch->target);
  g_free (branch->proxy);
  g_free (branch);
}

void
ahoy_session_drop_branches (AhoySession *self)
{
  g_ptr_array_set_size (self->branches, 0);
}

void
ahoy_session_cancel_branches (AhoySession *self, const char *reason)
{
  g_autoptr (GPtrArray) transactions = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean elsewhere = reason != NULL && strstr (reason, "cause=200") != NULL;
  AhoyCause cause = elsewhere ? AHOY_CAUSE_ANSWERED_ELSEWHERE : ahoy_session_get_end_cause (self);
  g_autofree char *full = ahoy_session_dup_reason (self, reason, cause);

  for (guint i = 0; i < self->branches->len; i++) {
    AhoySessionBranch *branch = self->branches->pdata[i];

    if (!branch->done) {
      g_ptr_array_add (transactions, g_object_ref (branch->transaction));
    }
  }
  for (guint i = 0; i < transactions->len; i++) {
    ahoy_client_transaction_cancel (transactions->pdata[i], full);
  }
}

/* How good an answer is (RFC 3261 §16.7): 6xx decides, then what asks for something, then the
 * lowest. */
static guint
rank (guint status)
{
  if (status >= 600) {
    return 0;
  }
  if (status == 401 || status == 407 || status == 415 || status == 420 || status == 484) {
    return 1;
  }
  if (status == 503 || status == 408 || status == 430) { /* nobody said it */
    return 1000;
  }
  return status >= 300 && status < 400 ? 2 : status;
}

static void
note_status (AhoySession *self, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);

  if (self->best_status == 0 || rank (status) < rank (self->best_status)) {
    self->best_status = status;
    g_free (self->best_reason);
    self->best_reason = ahoy_message_dup_reason (response);
    if (!self->hanging_up) {
      self->end_cause = AHOY_CAUSE_NONE;
      g_free (ahoy_session_take_reason (self, response));
    }
  }
}

static gboolean
all_done (AhoySession *self)
{
  for (guint i = 0; i < self->branches->len; i++) {
    if (!((AhoySessionBranch *) self->branches->pdata[i])->done) {
      return FALSE;
    }
  }
  return TRUE;
}

/* The last branch said no, or was cancelled: the session is over. */
static void
end_if_done (AhoySession *self, AhoyMessage *response)
{
  if (self->branching || !all_done (self) || self->state >= AHOY_SESSION_ENDED ||
      self->state == AHOY_SESSION_ACTIVE) {
    return;
  }
  /* They may fail at once, one after the other. */
  while (ahoy_session_try_redirected (self)) {
    if (!all_done (self) || self->state >= AHOY_SESSION_ACTIVE) {
      return;
    }
  }
  if (!self->hanging_up) {
    ahoy_session_set_end (self,
                          ahoy_message_is_local (response) ? AHOY_SESSION_PARTY_NETWORK
                                                           : AHOY_SESSION_PARTY_REMOTE,
                          self->best_status != 0 ? self->best_status : 480, self->best_reason);
  }
  ahoy_session_drop_offer (self);
  ahoy_session_end (self);
}

static AhoySessionFork *
find_fork (AhoySession *self, AhoySessionBranch *branch, AhoyMessage *response, GError **error)
{
  g_autofree char *tag = ahoy_message_dup_to_tag (response);
  guint status = ahoy_message_get_status (response);
  g_autoptr (AhoyDialog) dialog = NULL;
  AhoySessionFork *fork = NULL;

  for (guint i = 0; i < branch->forks->len && fork == NULL; i++) {
    AhoySessionFork *known = branch->forks->pdata[i];

    fork = g_strcmp0 (known->tag, tag) == 0 ? known : NULL;
  }
  if (fork == NULL && status < 200 && branch->forks->len >= MAX_FORKS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "Session %" G_GUINT64_FORMAT " has %d early dialogs; more are not followed",
                 self->id, MAX_FORKS);
    return NULL;
  }
  if (fork == NULL || fork->dialog == NULL) {
    dialog = ahoy_dialog_new_uac (self->stack, branch->transaction, response, error);
    if (dialog == NULL) {
      return NULL;
    }
  }
  if (fork == NULL) {
    fork = g_new0 (AhoySessionFork, 1);
    fork->tag = g_steal_pointer (&tag);
    g_ptr_array_add (branch->forks, fork);
  }
  if (dialog != NULL) {
    fork->dialog = g_steal_pointer (&dialog);
    g_free (fork->target);
    fork->target = ahoy_dialog_dup_remote_target (fork->dialog);
  }
  fork->status = status;
  return fork;
}

/* Early media: what a fork says before it answers. The last one to say something is listened to, or
 * the first one: what the others say is kept for their 200, which may be without it. */
static void
preview_answer (AhoySession *self, AhoySessionFork *fork, AhoyMessage *response)
{
  g_autoptr (AhoySdpSession) answer = NULL;
  g_autoptr (GError) error = NULL;
  gboolean present;

  answer = ahoy_session_find_sdp (response, &present, &error);
  if (answer != NULL && self->early_tag != NULL && g_strcmp0 (self->early_tag, fork->tag) != 0 &&
      !ahoy_session_follows_forks (self)) {
    g_set_object (&fork->answer, answer);
  } else if (answer != NULL && self->offer_state == AHOY_OFFER_LOCAL &&
             ahoy_session_take_answer (self, answer, FALSE, &error)) {
    g_set_object (&fork->answer, answer);
    g_free (self->early_tag);
    self->early_tag = g_strdup (fork->tag);
    ahoy_session_set_early_media (self);
  }
  if (error != NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " does without early media: %s", self->id,
               error->message);
  }
}

static void
on_provisional (AhoySession *self, AhoySessionBranch *branch, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);
  AhoySessionFork *fork = NULL;

  ahoy_session_cancel_silence_timer (self);
  if (status > 100) {
    fork = find_fork (self, branch, response, NULL);
  }
  if (fork != NULL && !self->hanging_up) {
    if (!ahoy_session_take_reliable (self, fork, response)) {
      preview_answer (self, fork, response);
    }
  }
  if (status == 180 && !self->hanging_up && self->service != NULL) {
    g_autofree char *reason = ahoy_message_dup_reason (response);

    ahoy_session_set_state (self, AHOY_SESSION_RINGING, status, reason);
  }
}

/* The ACK, with our answer when the 2xx brought the offer. FALSE: the dialog cannot be used. */
static gboolean
confirm (AhoySession *self, AhoySessionFork *fork, AhoyMessage *response, AhoyMessage *ack,
         GError **error)
{
  g_autoptr (AhoySdpSession) sdp = NULL;
  AhoySdpSession *answer;
  gboolean present;

  if (fork->settled && g_strcmp0 (self->early_tag, fork->tag) == 0) {
    return TRUE; /* all was said before (RFC 6337 §3.1.1) */
  }
  sdp = ahoy_session_find_sdp (response, &present, error);
  if (sdp == NULL && fork->answer != NULL && *error == NULL) {
    sdp = g_object_ref (fork->answer);
  }
  if (sdp == NULL) {
    if (*error == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The answer to the call has no session description");
    }
    return FALSE;
  }
  if (!self->late_offer) {
    return ahoy_session_take_answer (self, sdp, TRUE, error);
  }
  if (!ahoy_session_take_offer (self, sdp, error) ||
      (answer = ahoy_session_make_answer (self, error)) == NULL) {
    ahoy_session_drop_offer (self);
    return FALSE;
  }
  return ahoy_session_set_sdp (ack, answer, error);
}

/* A dialog that nobody wants any more is confirmed, and ended at once. */
static void
end_fork (AhoySession *self, AhoySessionBranch *branch, AhoySessionFork *fork,
          AhoyMessage *response)
{
  g_autoptr (AhoyMessage) ack =
      ahoy_dialog_create_ack (fork->dialog, response, branch->transaction);
  g_autoptr (AhoyMessage) bye = NULL;

  if (ack != NULL) {
    ahoy_session_run_outgoing_request (self, ack);
    ahoy_dialog_send_ack (fork->dialog, response, ack);
  }
  bye = ahoy_dialog_create_request (fork->dialog, "BYE", NULL);
  if (bye != NULL) {
    ahoy_session_send_shown (self, fork->dialog, bye);
  }
  fork_end (fork);
}

static void
on_success (AhoySession *self, AhoySessionBranch *branch, AhoyMessage *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) ack = NULL;
  AhoySessionFork *fork = find_fork (self, branch, response, &error);
  gboolean late = self->state >= AHOY_SESSION_ACTIVE || self->hanging_up;
  gboolean usable;

  branch->done = TRUE;
  branch->status = ahoy_message_get_status (response);
  if (fork == NULL || !ahoy_dialog_confirm (fork->dialog, response, &error)) {
    g_message ("Session %" G_GUINT64_FORMAT ": a 2xx is not used: %s", self->id, error->message);
    note_status (self, response);
    if (!late) {
      ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 400, error->message);
      self->hanging_up = TRUE;
    }
    end_if_done (self, response);
    return;
  }
  if (late) {
    end_fork (self, branch, fork, response);
    end_if_done (self, response);
    return;
  }

  ahoy_session_adopt_dialog (self, fork->dialog);
  self->end_cause = AHOY_CAUSE_NONE;
  ack = ahoy_dialog_create_ack (fork->dialog, response, branch->transaction);
  usable = confirm (self, fork, response, ack, &error);
  ahoy_session_run_outgoing_request (self, ack);
  ahoy_dialog_send_ack (fork->dialog, response, ack);
  ahoy_session_cancel_silence_timer (self);
  if (self->answer_timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), self->answer_timer);
    self->answer_timer = 0;
  }
  ahoy_session_cancel_branches (self, "SIP;cause=200;text=\"Call completed elsewhere\"");
  if (!usable) {
    ahoy_session_drop_offer (self);
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 488, error->message);
    ahoy_session_send_bye (self);
    return;
  }
  ahoy_session_timers_take (self, response);
  ahoy_session_set_state (self, AHOY_SESSION_ACTIVE, ahoy_message_get_status (response), NULL);
  ahoy_session_tell_identity (self);
  ahoy_session_next_modification (self);
}

/* RFC 4028 §7.3: the same once more, with the interval that somebody on the way wants. */
static gboolean
follow_interval (AhoySession *self, AhoySessionBranch *branch, AhoyMessage *response)
{
  if (ahoy_message_is_local (response) || self->hanging_up || self->longer >= MAX_LONGER ||
      !ahoy_session_timers_raise (self, response)) {
    return FALSE;
  }
  self->longer++;
  repeat_branch (self, branch);
  return TRUE;
}

static void
on_failure (AhoySession *self, AhoySessionBranch *branch, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);

  branch->done = TRUE;
  branch->status = status;
  ahoy_session_leave_early_dialogs (self, branch);
  for (guint i = 0; i < branch->forks->len; i++) {
    AhoySessionFork *fork = branch->forks->pdata[i];

    fork->status = status;
    fork_end (fork);
  }
  if (status < 400 && ahoy_session_follow_redirect (self, branch, response)) {
    ahoy_session_try_redirected (self);
    end_if_done (self, response);
    return;
  }
  if (status == 422 && follow_interval (self, branch, response)) {
    return;
  }
  note_status (self, response);
  if (status >= 600 && !all_done (self)) {
    ahoy_session_cancel_branches (self, NULL);
  }
  end_if_done (self, response);
}

static void
on_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  AhoySessionBranch *branch = user_data;
  g_autoptr (AhoySession) self = g_object_ref (branch->session);
  guint status = ahoy_message_get_status (response);

  ahoy_session_run_incoming_response (self, response);
  if (branch->done && status < 200) {
    return;
  }
  if (self->state < AHOY_SESSION_ACTIVE) {
    ahoy_session_note_answer (self, response);
  }
  if (status > 100 && status < 300) {
    ahoy_session_learn_redirected (self, branch);
  }
  if (status < 200) {
    branch->status = MAX (branch->status, status);
    on_provisional (self, branch, response);
  } else if (status < 300) {
    on_success (self, branch, response);
  } else {
    on_failure (self, branch, response);
  }
}

static void
on_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  AhoySessionBranch *branch = user_data;

  if (branch->session->invite == NULL) {
    branch->session->invite = g_object_ref (request);
  }
  ahoy_session_run_outgoing_request (branch->session, request);
}

/* The INVITE is sent again: what rang before that rings no more (RFC 3261 §13.2.2.3). */
static void
on_challenged (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  AhoySessionBranch *branch = user_data;
  g_autoptr (AhoySession) self = g_object_ref (branch->session);

  ahoy_session_leave_early_dialogs (self, branch);
  g_ptr_array_set_size (branch->forks, 0);
  g_clear_pointer (&self->early_tag, g_free);
  ahoy_session_run_incoming_response (self, response);
}

static const AhoyClientTransactionHandler branch_handler = {
  .prepare = on_prepare,
  .challenged = on_challenged,
  .response = on_response,
};

/* A redirection named a proxy: it is passed as a loose router (RFC 3261 §21.3.4). */
static gboolean
add_proxy (AhoyMessage *invite, const char *proxy, GError **error)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (proxy, error);
  g_autoptr (AhoyUri) loose = uri != NULL ? ahoy_uri_with_param (uri, "lr", NULL) : NULL;
  g_autofree char *text = loose != NULL ? ahoy_uri_to_string (loose) : NULL;
  g_autofree char *route = text != NULL ? g_strdup_printf ("<%s>", text) : NULL;

  return route != NULL && ahoy_message_add_header (invite, "Route", route, error);
}

static AhoyMessage *
make_invite (AhoySession *self, const char *target, AhoyContact *contact, const char *proxy,
             GError **error)
{
  g_autoptr (AhoyMessage) invite =
      ahoy_stack_create_request (self->stack, "INVITE", target, self->from,
                                 self->target, error);

  if (invite == NULL) {
    return NULL;
  }
  if (self->endpoint != NULL) {
    ahoy_message_set_endpoint (invite, self->endpoint);
    ahoy_endpoint_add_headers (self->endpoint, invite);
  }
  for (guint i = 0; i + 1 < self->headers->len; i += 2) {
    if (!ahoy_message_add_header (invite, self->headers->pdata[i], self->headers->pdata[i + 1],
                                  error)) {
      return NULL;
    }
  }
  if (proxy != NULL && !add_proxy (invite, proxy, error)) {
    return NULL;
  }
  for (gsize i = 0; self->route != NULL && self->route[i] != NULL; i++) {
    g_autofree char *route = g_strdup_printf ("<%s>", self->route[i]);

    if (!ahoy_message_add_header (invite, "Route", route, error)) {
      return NULL;
    }
  }
  if (contact != NULL && !ahoy_contact_route_request (contact, invite, error)) {
    return NULL;
  }
  if (self->max_forwards >= 0) {
    g_autofree char *hops = g_strdup_printf ("%d", self->max_forwards);

    if (!ahoy_message_set_header (invite, "Max-Forwards", hops, error)) {
      return NULL;
    }
  }
  ahoy_session_add_dialog_headers (self, invite);
  ahoy_session_timers_ask (self, invite);
  ahoy_session_reliable_ask (self, invite);
  if (self->pending_local != NULL && !ahoy_session_set_sdp (invite, self->pending_local, error)) {
    return NULL;
  }
  return g_steal_pointer (&invite);
}

/* Number and From of an INVITE. One attempt, one Call-ID (RFC 3261 §8.1.3.4). Each branch has a
 * From tag of its own, so that somebody who is reached by two of them does not take one for the
 * other (§8.2.2.2); one that is sent again after @last has that of the first. */
static void
number_invite (AhoySession *self, AhoyMessage *invite, AhoyMessage *last)
{
  g_autofree char *from = last != NULL ? ahoy_message_get_header (last, "From") : NULL;

  if (self->call_id == NULL) {
    self->call_id = ahoy_message_dup_call_id (invite);
    return;
  }
  if (from != NULL) {
    ahoy_message_set_header (invite, "From", from, NULL);
  }
  ahoy_request_set_number (invite, self->call_id,
                           last != NULL ? ahoy_message_get_cseq (last) + 1
                                        : ahoy_message_get_cseq (invite));
}

static void
add_branch_after (AhoySession *self, const char *target, AhoyContact *contact, const char *proxy,
                  AhoyMessage *last)
{
  g_autoptr (AhoyMessage) invite = NULL;
  g_autoptr (GError) error = NULL;
  AhoySessionBranch *branch = g_new0 (AhoySessionBranch, 1);

  branch->session = self;
  branch->target = g_strdup (target);
  branch->contact = contact != NULL ? ahoy_contact_ref (contact) : NULL;
  branch->proxy = g_strdup (proxy);
  branch->redirected = self->redirects > 0;
  branch->forks = g_ptr_array_new_with_free_func (fork_free);
  g_ptr_array_add (self->branches, branch);

  invite = make_invite (self, target, contact, proxy, &error);
  if (invite == NULL) {
    branch->done = TRUE;
    if (all_done (self) && !self->branching) {
      ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 400, error->message);
      ahoy_session_end (self);
    }
    return;
  }
  number_invite (self, invite, last);
  branch->transaction =
      ahoy_client_transaction_new (self->stack, invite, &branch_handler, branch);
  ahoy_client_transaction_want_contact (branch->transaction, ahoy_session_get_contact_user (self));
  ahoy_client_transaction_set_listener (branch->transaction, self->listener);
  ahoy_client_transaction_start (branch->transaction);
}

void
ahoy_session_add_branch (AhoySession *self, const char *target, AhoyContact *contact,
                         const char *proxy)
{
  add_branch_after (self, target, contact, proxy, NULL);
}

static void
repeat_branch (AhoySession *self, AhoySessionBranch *branch)
{
  g_autoptr (AhoyMessage) last =
      g_object_ref (ahoy_client_transaction_get_request (branch->transaction));

  add_branch_after (self, branch->target, branch->contact, branch->proxy, last);
}

/* An INVITE to each contact; the first to answer has the call. */
static void
add_branches (AhoySession *self)
{
  self->branching = TRUE;
  for (guint i = 0; i < self->contacts->len && i < AHOY_SESSION_MAX_BRANCHES; i++) {
    AhoyContact *contact = self->contacts->pdata[i];

    if (self->state >= AHOY_SESSION_ACTIVE || self->hanging_up) {
      break;
    }
    ahoy_session_add_branch (self, ahoy_contact_get_uri (contact), contact, NULL);
  }
  self->branching = FALSE;
  if (all_done (self) && self->state < AHOY_SESSION_ACTIVE) {
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_NETWORK,
                          self->best_status != 0 ? self->best_status : 480, self->best_reason);
    ahoy_session_drop_offer (self);
    ahoy_session_end (self);
  }
}

/* Sends the INVITE. The session may be over when this returns, when it could not be sent. */
void
ahoy_session_call (AhoySession *self)
{
  g_autoptr (AhoySession) hold = g_object_ref (self);
  g_autoptr (GError) error = NULL;

  g_ptr_array_set_free_func (self->branches, branch_free);
  ahoy_session_begin_supplements (self);
  if (!self->late_offer && ahoy_session_make_offer (self, &error) == NULL) {
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 488, error->message);
    ahoy_session_end (self);
    return;
  }
  ahoy_session_set_state (self, AHOY_SESSION_TRYING, 0, NULL);
  if (self->contacts != NULL) {
    add_branches (self);
  } else {
    ahoy_session_add_branch (self, self->target, NULL, NULL);
  }
}
