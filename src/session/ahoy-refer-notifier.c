/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-refer-notifier-private.h"

#define EXPIRES 180 /* longer than anybody lets a phone ring */
#define MAX_EXPIRES 3600

struct _AhoyReferNotifier {
  AhoySession *session; /* not a reference: the transfer holds it */
  AhoyDialog *dialog;
  char *event;
  AhoyReferNotifierDone done;
  gpointer user_data;

  guint status; /* what is to be told */
  char *reason;
  const char *ending; /* why nothing follows; NULL: more does */
  gboolean untold;
  AhoyClientTransaction *notify; /* that has no answer yet */
  guint64 timer;
  gint64 expires_at;
};

static AhoyScheduler *
scheduler_of (AhoyReferNotifier *self)
{
  return ahoy_stack_get_scheduler (self->session->stack);
}

static void
cancel_timer (AhoyReferNotifier *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (scheduler_of (self), self->timer);
    self->timer = 0;
  }
}

static void
forget_notify (AhoyReferNotifier *self)
{
  if (self->notify != NULL) {
    ahoy_client_transaction_set_handler (self->notify, NULL, NULL);
    g_clear_object (&self->notify);
  }
}

void
ahoy_refer_notifier_free (AhoyReferNotifier *self)
{
  forget_notify (self);
  cancel_timer (self);
  g_object_unref (self->dialog);
  g_free (self->event);
  g_free (self->reason);
  g_free (self);
}

static void
on_prepare (AhoyClientTransaction *transaction, AhoyMessage *request, gpointer user_data)
{
  ahoy_session_run_outgoing_request (((AhoyReferNotifier *) user_data)->session, request);
}

static void
on_challenged (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  ahoy_session_run_incoming_response (((AhoyReferNotifier *) user_data)->session, response);
}

static void send_next (AhoyReferNotifier *self);

static void
on_response (AhoyClientTransaction *transaction, AhoyMessage *response, gpointer user_data)
{
  AhoyReferNotifier *self = user_data;
  guint status = ahoy_message_get_status (response);

  ahoy_session_run_incoming_response (self->session, response);
  if (status < 200) {
    return;
  }
  forget_notify (self);
  /* RFC 6665 §4.2.2: who does not take it has no subscription. */
  if (status >= 300 || (self->ending != NULL && !self->untold)) {
    cancel_timer (self);
    self->done (self->user_data);
    return;
  }
  send_next (self);
}

static const AhoyClientTransactionHandler notify_handler = {
  .prepare = on_prepare,
  .challenged = on_challenged,
  .response = on_response,
};

static void
write_state (AhoyReferNotifier *self, AhoyMessage *notify)
{
  gint64 left = self->expires_at - ahoy_scheduler_get_now (scheduler_of (self));
  g_autofree char *state =
      self->ending != NULL
          ? g_strdup_printf ("terminated;reason=%s", self->ending)
          : g_strdup_printf ("active;expires=%d", (int) (MAX (left, 0) / G_USEC_PER_SEC));

  ahoy_message_set_header (notify, "Event", self->event, NULL);
  ahoy_message_set_header (notify, "Subscription-State", state, NULL);
  ahoy_message_set_header (notify, "Contact", ahoy_dialog_get_contact (self->dialog), NULL);
}

/* One after the other, so that they arrive in their order; what was overtaken is left out. */
static void
send_next (AhoyReferNotifier *self)
{
  g_autoptr (AhoyMessage) notify = NULL;
  g_autoptr (AhoyClientTransaction) transaction = NULL;
  g_autoptr (AhoyDialog) dialog = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *text = NULL;

  if (!self->untold || self->notify != NULL) {
    return;
  }
  self->untold = FALSE;
  notify = ahoy_dialog_create_request (self->dialog, "NOTIFY", NULL);
  if (notify == NULL) {
    cancel_timer (self);
    self->done (self->user_data);
    return;
  }
  text = g_strdup_printf ("SIP/2.0 %u %s\r\n", self->status, self->reason);
  body = g_bytes_new (text, strlen (text));
  write_state (self, notify);
  ahoy_message_set_body (notify, "message/sipfrag;version=2.0", body, NULL);
  transaction = ahoy_client_transaction_new (self->session->stack, notify, &notify_handler, self);
  self->notify = g_object_ref (transaction);
  dialog = g_object_ref (self->dialog);
  ahoy_dialog_start (dialog, transaction); /* an answer that comes at once may free us */
}

static void
on_expired (gpointer user_data)
{
  AhoyReferNotifier *self = user_data;

  self->timer = 0;
  if (self->ending == NULL) {
    self->ending = "timeout";
    self->untold = TRUE;
    send_next (self);
  }
}

static void
set_expires (AhoyReferNotifier *self, guint seconds)
{
  gint64 duration = (gint64) seconds * G_USEC_PER_SEC;

  cancel_timer (self);
  self->expires_at = ahoy_scheduler_get_now (scheduler_of (self)) + duration;
  self->timer = ahoy_scheduler_add (scheduler_of (self), "subscription of a REFER", duration,
                                    on_expired, self, NULL);
}

/* Says nothing yet; @done may be called from within ahoy_refer_notifier_tell() at the earliest. */
AhoyReferNotifier *
ahoy_refer_notifier_new (AhoySession *session, AhoyDialog *dialog, const char *event,
                         AhoyReferNotifierDone done, gpointer user_data)
{
  AhoyReferNotifier *self = g_new0 (AhoyReferNotifier, 1);

  self->session = session;
  self->dialog = g_object_ref (dialog);
  self->event = g_strdup (event);
  self->done = done;
  self->user_data = user_data;
  set_expires (self, EXPIRES);
  return self;
}

/* What is true now; a final status is the last that is told. May free the notifier. */
void
ahoy_refer_notifier_tell (AhoyReferNotifier *self, guint status, const char *reason)
{
  if (self->ending != NULL || (status == self->status && status < 200)) {
    return;
  }
  self->status = status;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  self->untold = TRUE;
  if (status >= 200) {
    self->ending = "noresource"; /* RFC 3515 §2.4.7 */
  }
  send_next (self);
}

/* Whether a request is about this subscription: `refer`, or `refer;id=93809824`. */
gboolean
ahoy_refer_notifier_matches (AhoyReferNotifier *self, AhoyMessage *request)
{
  g_autofree char *event = ahoy_message_get_header (request, "Event");

  return event != NULL && g_ascii_strcasecmp (g_strstrip (event), self->event) == 0;
}

static guint
read_expires (AhoyMessage *request)
{
  g_autofree char *text = ahoy_message_get_header (request, "Expires");
  guint64 seconds = EXPIRES;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL)) {
    seconds = EXPIRES;
  }
  return (guint) MIN (seconds, MAX_EXPIRES);
}

/* The one who sent the REFER wants to hear more of it, or (Expires: 0) no more (RFC 6665 §4.1.2).
 * May free the notifier. */
void
ahoy_refer_notifier_take_subscribe (AhoyReferNotifier *self, AhoyServerTransaction *transaction)
{
  g_autoptr (AhoyMessage) response = NULL;
  g_autofree char *text = NULL;
  guint seconds = read_expires (ahoy_server_transaction_get_request (transaction));

  text = g_strdup_printf ("%u", seconds);
  response = ahoy_server_transaction_create_response (transaction, 200, NULL);
  ahoy_message_set_header (response, "Expires", text, NULL);
  ahoy_message_set_header (response, "Contact", ahoy_dialog_get_contact (self->dialog), NULL);
  ahoy_session_send_response (self->session, transaction, response, NULL);
  if (self->ending != NULL) {
    return; /* the last NOTIFY is under way */
  }
  if (seconds == 0) {
    cancel_timer (self);
    self->ending = "timeout";
  } else {
    set_expires (self, seconds);
  }
  self->untold = TRUE;
  send_next (self);
}
