/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"
#include "ahoy-session-transfer.h"

/* INVITE with Replaces (RFC 3891): a call that takes the place of another one. */

static gboolean
is_dialog (AhoyDialog *dialog, AhoyReplaces *replaces)
{
  return dialog != NULL &&
         g_strcmp0 (ahoy_dialog_get_local_tag (dialog), ahoy_replaces_get_to_tag (replaces)) == 0 &&
         g_strcmp0 (ahoy_dialog_get_remote_tag (dialog),
                    ahoy_replaces_get_from_tag (replaces)) == 0;
}

/* Whether the session has the dialog, among others that are early when it calls somebody. */
gboolean
ahoy_session_has_dialog (AhoySession *self, AhoyReplaces *replaces)
{
  if (self->state >= AHOY_SESSION_ENDING ||
      g_strcmp0 (self->call_id, ahoy_replaces_get_call_id (replaces)) != 0) {
    return FALSE;
  }
  if (is_dialog (self->dialog, replaces)) {
    return TRUE;
  }
  for (guint i = 0; i < self->branches->len; i++) {
    AhoySessionBranch *branch = self->branches->pdata[i];

    for (guint j = 0; j < branch->forks->len; j++) {
      if (is_dialog (((AhoySessionFork *) branch->forks->pdata[j])->dialog, replaces)) {
        return TRUE;
      }
    }
  }
  return FALSE;
}

/* What is wrong with what the INVITE wants to replace; 0: nothing (RFC 3891 §3). */
static guint
find_fault (AhoySession *self, const char *text, AhoySession **found)
{
  g_autoptr (AhoyReplaces) replaces = ahoy_replaces_parse (text, NULL);
  AhoySession *old;

  if (replaces == NULL) {
    return 400;
  }
  old = ahoy_session_service_find_by_replaces (self->service, replaces);
  if (old == NULL || old == self) {
    return 481;
  }
  if (old->state == AHOY_SESSION_ACTIVE) {
    *found = old;
    return ahoy_replaces_is_early_only (replaces) ? 486 : 0;
  }
  *found = old;
  return old->direction == AHOY_SESSION_OUTGOING ? 0 : 481;
}

/* FALSE: the INVITE was refused, since it cannot replace what it names. */
gboolean
ahoy_session_read_replaces (AhoySession *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  g_auto (GStrv) values = ahoy_message_get_headers (request, "Replaces");
  AhoySession *found = NULL;
  guint status;

  if (values == NULL || values[0] == NULL) {
    return TRUE;
  }
  status = values[1] != NULL || ahoy_message_has_header (request, "Join") ||
                   ahoy_server_transaction_repeats_header (transaction, "Replaces")
               ? 400
               : find_fault (self, values[0], &found);
  if (status != 0) {
    ahoy_session_reply (self, transaction, status, NULL);
    return FALSE;
  }
  g_set_object (&self->replaced, found);
  return TRUE;
}

/**
 * ahoy_session_get_replaced:
 * @self: an incoming session
 *
 * A call that takes the place of another one has no Request-URI that would matter: who takes care
 * of it answers it, lets it have what the other one has, and hangs that one up. Whether the caller
 * may do so is for that one to decide, by the endpoints of both.
 *
 * Returns: (transfer none) (nullable): the session that it wants to take the place of (Replaces,
 *   RFC 3891), which is active, or rings at the peer; %NULL for an ordinary call
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_get_replaced (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->replaced;
}
