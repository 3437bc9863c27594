/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-transfer-private.h"

/*
 * A REFER of ours outside of the dialog of its session, for a peer that can be reached there: its
 * Contact is a GRUU (RFC 5627), and it knows Target-Dialog (RFC 4538), as RFC 5589 §5 wants it. The
 * subscription has a dialog of its own, which outlives that of the call.
 */

/* Whether the REFER goes there: when it was not refused there before. */
gboolean
ahoy_transfer_goes_outside (AhoyTransfer *self)
{
  AhoyDialog *dialog = self->session->dialog;
  g_autofree char *target = NULL;
  g_autoptr (AhoyUri) uri = NULL;

  if (self->inside || dialog == NULL || ahoy_dialog_get_remote_tag (dialog) == NULL ||
      !ahoy_session_peer_supports (self->session, "tdialog")) {
    return FALSE;
  }
  target = ahoy_dialog_dup_remote_target (dialog);
  uri = target != NULL ? ahoy_uri_parse (target, NULL) : NULL;
  return uri != NULL && ahoy_uri_has_param (uri, "gr");
}

static void
on_notify_passed (AhoySession *session, AhoyServerTransaction *transaction, gboolean go_on)
{
  if (go_on && !ahoy_session_take_notify (session, transaction)) {
    ahoy_session_reply (session, transaction, 481, NULL);
  }
}

/* In this dialog there is the subscription, and nothing else. */
static void
on_request (AhoyDialog *dialog, AhoyServerTransaction *transaction, gpointer user_data)
{
  g_autoptr (AhoySession) session = g_object_ref (AHOY_TRANSFER (user_data)->session);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);

  if (!g_str_equal (ahoy_message_get_method (request), "NOTIFY")) {
    ahoy_session_reply (session, transaction, 481, NULL);
  } else if (session->state == AHOY_SESSION_ENDED) {
    on_notify_passed (session, transaction, TRUE);
  } else {
    ahoy_session_pass_incoming (session, transaction, on_notify_passed);
  }
}

static const AhoyDialogHandler outside_handler = { .request = on_request };

/* Both tags are written as the one who gets the REFER sees them (RFC 4538 §3). */
static char *
make_target_dialog (AhoyDialog *dialog)
{
  return g_strdup_printf ("%s;local-tag=%s;remote-tag=%s", ahoy_dialog_get_call_id (dialog),
                          ahoy_dialog_get_remote_tag (dialog), ahoy_dialog_get_local_tag (dialog));
}

/* The proxies that the INVITE had to pass first. */
static gboolean
add_route (AhoySession *session, AhoyMessage *request, GError **error)
{
  for (gsize i = 0; session->route != NULL && session->route[i] != NULL; i++) {
    g_autofree char *route = g_strdup_printf ("<%s>", session->route[i]);

    if (!ahoy_message_add_header (request, "Route", route, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* A REFER that names the dialog of the session; the dialog that it makes waits for the peer. */
AhoyMessage *
ahoy_transfer_create_outside (AhoyTransfer *self, GError **error)
{
  AhoySession *session = self->session;
  const char *from = session->from != NULL ? session->from : session->local_uri;
  g_autofree char *target = ahoy_dialog_dup_remote_target (session->dialog);
  g_autofree char *names = make_target_dialog (session->dialog);
  g_autoptr (AhoyMessage) request =
      ahoy_stack_create_request (session->stack, "REFER", target, from, NULL, error);

  if (request == NULL) {
    return NULL;
  }
  if (session->endpoint != NULL) {
    ahoy_message_set_endpoint (request, session->endpoint);
    ahoy_endpoint_add_headers (session->endpoint, request);
  }
  if (!add_route (session, request, error) ||
      !ahoy_message_set_header (request, "Require", "tdialog", error) ||
      !ahoy_message_set_header (request, "Target-Dialog", names, error)) {
    return NULL;
  }
  self->dialog = ahoy_dialog_new_waiting (session->stack, request, error);
  if (self->dialog == NULL) {
    return NULL;
  }
  ahoy_session_mark_dialog (session, self->dialog);
  ahoy_dialog_set_handler (self->dialog, &outside_handler, self);
  return g_steal_pointer (&request);
}

/* Nothing is heard there any more. */
void
ahoy_transfer_leave_outside (AhoyTransfer *self)
{
  if (self->dialog != NULL) {
    ahoy_dialog_set_handler (self->dialog, NULL, NULL);
    g_clear_object (&self->dialog);
  }
}

/*
 * Whether a refusal is about the way and not about the wish: the peer does not know Target-Dialog
 * after all, or its GRUU leads nowhere.
 */
gboolean
ahoy_transfer_is_wrong_way (AhoyTransfer *self, AhoyMessage *response)
{
  guint status = ahoy_message_get_status (response);

  if (self->dialog == NULL || self->session->state != AHOY_SESSION_ACTIVE) {
    return FALSE;
  }
  return (status == 420 && ahoy_message_has_option_tag (response, "Unsupported", "tdialog")) ||
         (status == 503 && ahoy_message_is_local (response));
}
