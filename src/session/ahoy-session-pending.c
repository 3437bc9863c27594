/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-deferral-private.h"
#include "ahoy-error.h"
#include "ahoy-session-private.h"
#include "ahoy-session-supplement.h"

/*
 * Requests of the peer on their way through the supplements. Those of one dialog pass strictly in
 * order: while one waits for a supplement, later ones wait for it. ACK, CANCEL and BYE do not: they
 * are answers to something that waits, or the end of it.
 */

#define MAX_WAITING 16

typedef struct {
  AhoyServerTransaction *transaction;
  AhoySessionPassed passed;
  GPtrArray *supplements; /* AhoyExtension: who is asked, decided when it is this one's turn */
  guint next;
  AhoyExtension *asked; /* the last one that was asked */
  gboolean asking;      /* inside its callback */
  gboolean refused;
  gboolean dropped; /* the session is over */
  AhoySupplementDeferral *deferral;
} Pending;

static void
pending_clear (Pending *pending)
{
  g_clear_object (&pending->transaction);
  g_clear_pointer (&pending->supplements, g_ptr_array_unref);
  g_clear_object (&pending->deferral);
}

static void
pending_release (Pending *pending)
{
  g_rc_box_release_full (pending, (GDestroyNotify) pending_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_release)

static AhoyMessage *
request_of (Pending *pending)
{
  return ahoy_server_transaction_get_request (pending->transaction);
}

/* An INVITE is not repeated once it got a provisional response (RFC 3261 §17.2.1); other requests
 * must get none (RFC 4320 §4.1). */
static void
say_trying (AhoySession *self, Pending *pending)
{
  if (g_str_equal (ahoy_message_get_method (request_of (pending)), "INVITE") &&
      ahoy_server_transaction_get_status (pending->transaction) == 0) {
    ahoy_session_reply (self, pending->transaction, 100, NULL);
  }
}

static void
stop_waiting (Pending *pending)
{
  if (pending->deferral != NULL) {
    ahoy_deferral_cancel (AHOY_DEFERRAL (pending->deferral));
    g_clear_object (&pending->deferral);
  }
}

/* -- asking --------------------------------------------------------------------------------- */

/* Whether the request goes on after @verdict. A request that does not is answered afterwards. */
static gboolean
goes_on (AhoySession *self, Pending *pending, AhoySupplementVerdict verdict)
{
  const char *what = "failed with";

  if (ahoy_server_transaction_get_status (pending->transaction) >= 200) {
    return FALSE;
  }
  if (verdict == AHOY_SUPPLEMENT_CONTINUE) {
    return TRUE;
  }
  if (verdict == AHOY_SUPPLEMENT_ANSWERED) {
    what = "says that it answered, but did not answer,";
  } else if (verdict == AHOY_SUPPLEMENT_DEFERRED) {
    what = "wants to wait, but has no deferral, with";
  }
  g_warning ("The supplement “%s” %s a %s request; the peer gets 500",
             ahoy_extension_get_name (pending->asked), what,
             ahoy_message_get_method (request_of (pending)));
  ahoy_session_reply (self, pending->transaction, 500, NULL);
  return FALSE;
}

static AhoySupplementVerdict
ask (AhoySession *self, Pending *pending)
{
  AhoySupplementVerdict verdict;

  pending->asking = TRUE;
  verdict = ahoy_session_ask_supplement (self, pending->asked, request_of (pending));
  pending->asking = FALSE;
  if (verdict != AHOY_SUPPLEMENT_DEFERRED) {
    stop_waiting (pending); /* it asked for time, and did not need it */
  }
  return verdict;
}

/* Asks those who were not asked yet. FALSE: the request waits, or the session is over. */
static gboolean
ask_supplements (AhoySession *self, Pending *pending)
{
  const char *method = ahoy_message_get_method (request_of (pending));

  if (pending->supplements == NULL) {
    pending->supplements = ahoy_session_copy_begun (self);
    g_ptr_array_add (self->requests, g_object_ref (pending->transaction));
  }
  while (!pending->refused && pending->next < pending->supplements->len) {
    pending->asked = pending->supplements->pdata[pending->next++];
    if (ahoy_extension_matches (pending->asked, method)) {
      AhoySupplementVerdict verdict = ask (self, pending);

      if (pending->dropped) {
        return FALSE;
      }
      if (pending->deferral != NULL) {
        say_trying (self, pending);
        return FALSE;
      }
      pending->refused = !goes_on (self, pending, verdict);
    }
  }
  return !pending->dropped;
}

static void
take_out (AhoySession *self, Pending *pending)
{
  g_queue_remove (&self->pending, pending);
  g_ptr_array_remove (self->requests, pending->transaction);
  if (pending->transaction != self->invite_transaction) {
    ahoy_server_transaction_set_handler (pending->transaction, NULL, NULL);
  }
}

/* Lets requests through, until one has to wait or none is left. */
static void
advance (AhoySession *self)
{
  g_autoptr (AhoySession) hold = g_object_ref (self);
  Pending *head;

  while ((head = g_queue_peek_head (&self->pending)) != NULL && head->deferral == NULL &&
         !head->asking) {
    g_autoptr (Pending) pending = g_rc_box_acquire (head);

    if (!ask_supplements (self, pending)) {
      return;
    }
    take_out (self, pending);
    pending->passed (self, pending->transaction, !pending->refused);
    pending_release (pending); /* the queue's */
  }
}

/* -- waiting -------------------------------------------------------------------------------- */

static void
on_deferral_over (AhoyDeferral *deferral, AhoyDeferralState state, int verdict, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  g_autoptr (Pending) pending = g_rc_box_acquire (g_queue_peek_head (&self->pending));

  if (state == AHOY_DEFERRAL_TIMED_OUT &&
      ahoy_server_transaction_get_status (pending->transaction) < 200) {
    g_warning ("The supplement “%s” said nothing before the deadline of the %s request",
               ahoy_extension_get_name (pending->asked),
               ahoy_message_get_method (request_of (pending)));
  }
  g_clear_object (&pending->deferral);
  pending->refused = !goes_on (self, pending, (AhoySupplementVerdict) verdict);
  if (!pending->dropped) {
    advance (self);
  }
}

/* The CANCEL of a re-INVITE that waits. The one of the first INVITE ends the session. */
static void
on_cancel (AhoyServerTransaction *transaction, AhoyMessage *cancel, gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));

  ahoy_session_reply (self, transaction, 487, NULL);
  for (GList *at = self->pending.head; at != NULL; at = at->next) {
    Pending *pending = at->data;

    if (pending->transaction == transaction && !pending->asking) {
      g_autoptr (AhoySupplementDeferral) deferral = g_steal_pointer (&pending->deferral);

      take_out (self, pending);
      pending_release (pending);
      if (deferral != NULL) {
        ahoy_deferral_cancel (AHOY_DEFERRAL (deferral));
      }
      break;
    }
  }
  advance (self);
}

static const AhoyServerTransactionHandler waiting_handler = { .cancel = on_cancel };

static void
refuse_for_now (AhoySession *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, 500, NULL);

  ahoy_message_set_header (response, "Retry-After", "5", NULL);
  ahoy_session_send_response (self, transaction, response, NULL);
}

/*
 * Shows a request to the supplements, behind those that came before it. @passed is called when they
 * are through with it, at once or later, unless the session ends before.
 */
void
ahoy_session_pass_incoming (AhoySession *self, AhoyServerTransaction *transaction,
                            AhoySessionPassed passed)
{
  guint n_pending = g_queue_get_length (&self->pending);
  Pending *pending;

  if (n_pending > MAX_WAITING) {
    refuse_for_now (self, transaction);
    passed (self, transaction, FALSE);
    return;
  }
  pending = g_rc_box_new0 (Pending);
  pending->transaction = g_object_ref (transaction);
  pending->passed = passed;
  g_queue_push_tail (&self->pending, pending);
  if (transaction != self->invite_transaction) {
    ahoy_server_transaction_set_handler (transaction, &waiting_handler, self);
  }
  if (n_pending == 0) {
    advance (self);
  } else {
    say_trying (self, pending);
  }
}

/* Answers what waits, as no supplement can any more (RFC 3261 §15.1.2). */
void
ahoy_session_drop_pending (AhoySession *self)
{
  Pending *pending;

  while ((pending = g_queue_peek_head (&self->pending)) != NULL) {
    const char *method = ahoy_message_get_method (request_of (pending));
    gboolean invite = g_str_equal (method, "INVITE");

    pending->dropped = TRUE;
    stop_waiting (pending);
    take_out (self, pending);
    ahoy_session_reply (self, pending->transaction, invite ? 487 : 500, NULL);
    pending_release (pending);
  }
}

/* Whether the INVITE of the session waits for a supplement, which may still refuse it. */
gboolean
ahoy_session_invite_waits (AhoySession *self)
{
  Pending *pending = g_queue_peek_head (&self->pending);

  return pending != NULL && pending->deferral != NULL &&
         pending->transaction == self->invite_transaction;
}

/**
 * ahoy_session_defer:
 * @self: a session
 * @request: the request that a supplement is being shown
 * @deadline: how long the request may wait, in milliseconds; 0 for the usual 5000, at most 20000
 * @error: return location for an error
 *
 * Lets a request wait for a supplement that has to ask somebody else first. To be called from
 * within the supplement's `incoming_request`, which then returns %AHOY_SUPPLEMENT_DEFERRED. The
 * supplement keeps the deferral, and resolves it when it knows.
 *
 * Later requests of the dialog wait, too. An INVITE that waits gets 100 (RFC 3261 §17.2.1). The
 * wait is cancelled by BYE, by the CANCEL of the request and by the end of the session: the peer
 * then gets 487 for an INVITE and 500 for another request. It gets 500 when the deadline passes.
 *
 * Returns: (transfer full): a deferral, the same when called again; %NULL with
 *   %AHOY_ERROR_INVALID_STATE when @request is not being shown, or is an ACK, CANCEL or BYE
 *
 * Since: 0.1
 */
AhoySupplementDeferral *
ahoy_session_defer (AhoySession *self, AhoyMessage *request, guint deadline, GError **error)
{
  Pending *pending;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  pending = g_queue_peek_head (&self->pending);
  if (pending == NULL || !pending->asking || request_of (pending) != request) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The %s request of session %" G_GUINT64_FORMAT " cannot wait: only a supplement "
                 "that is being asked about it can defer it, and nothing defers ACK, CANCEL or BYE",
                 ahoy_message_get_method (request), self->id);
    return NULL;
  }
  if (pending->deferral == NULL) {
    pending->deferral = g_object_new (AHOY_TYPE_SUPPLEMENT_DEFERRAL, NULL);
    ahoy_deferral_begin (AHOY_DEFERRAL (pending->deferral),
                         ahoy_stack_get_scheduler (self->stack), deadline, on_deferral_over, self);
  }
  return g_object_ref (pending->deferral);
}
