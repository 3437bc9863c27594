/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* Headers of one's own in what a session sends, and what was answered to its INVITE. */

#define MAX_ADDED 32
#define MAX_ADDED_BYTES 8192 /* of names and values: they have to fit into a UDP packet */

/* What the stack and the session write (RFC 3261 §20, RFC 3262 §7). */
static const char *const own[] = {
  "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "content-length",
  "l", "content-type", "c", "content-encoding", "e", "route", "record-route", "max-forwards",
  "rack", "rseq", NULL,
};

/* Whether the header can stand in a message, found out with one that is never sent. */
static gboolean
check_header (AhoySession *self, const char *name, const char *value, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autoptr (AhoyMessage) probe = NULL;

  if (g_strv_contains (own, lower)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The header %s is written by the stack and cannot be added", name);
    return FALSE;
  }
  probe = ahoy_stack_create_request (self->stack, "OPTIONS", "sip:probe@ahoy.invalid",
                                     "sip:probe@ahoy.invalid", NULL, error);
  return probe != NULL && ahoy_message_add_header (probe, name, value, error);
}

/**
 * ahoy_session_add_header:
 * @self: a session that is not over
 * @name: a header name; those that the stack writes (Via, From, To, Call-ID, CSeq, Contact, Route,
 *   Record-Route, Max-Forwards, RAck, RSeq and the Content-… headers) are refused
 * @value: the value, one line without its line end
 * @error: return location for an error
 *
 * Adds a header to every request and response that the session sends from now on, but to no 100, no
 * ACK and no CANCEL. Supplements see it in the message. Called in a supplement's `session_create`,
 * it adds to the INVITE, too.
 *
 * The same name may be added more than once. There may be 32 headers of together 8192 bytes.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS for a header that cannot
 *   stand in a message, %AHOY_ERROR_LIMIT_EXCEEDED when there are too many, or
 *   %AHOY_ERROR_INVALID_STATE when the session is over
 *
 * Since: 0.1
 */
gboolean
ahoy_session_add_header (AhoySession *self, const char *name, const char *value, GError **error)
{
  gsize bytes;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (self->state == AHOY_SESSION_ENDED) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " is over and sends no header %s any more", self->id,
                 name);
    return FALSE;
  }
  bytes = strlen (name) + strlen (value);
  for (guint i = 0; i < self->added->len; i++) {
    bytes += strlen (self->added->pdata[i]);
  }
  if (self->added->len / 2 >= MAX_ADDED || bytes > MAX_ADDED_BYTES) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "Session %" G_GUINT64_FORMAT " has %u headers of its own; with %s there would be "
                 "more than %d, or more than %d bytes of them",
                 self->id, self->added->len / 2, name, MAX_ADDED, MAX_ADDED_BYTES);
    return FALSE;
  }
  if (!check_header (self, name, value, error)) {
    return FALSE;
  }
  g_ptr_array_add (self->added, g_strdup (name));
  g_ptr_array_add (self->added, g_strdup (value));
  return TRUE;
}

/**
 * ahoy_session_remove_header:
 * @self: a session
 * @name: a header name
 *
 * Takes back what ahoy_session_add_header() added under a name; case does not matter.
 *
 * Returns: whether there was such a header
 *
 * Since: 0.1
 */
gboolean
ahoy_session_remove_header (AhoySession *self, const char *name)
{
  gboolean found = FALSE;

  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = self->added->len; i > 0; i -= 2) {
    if (g_ascii_strcasecmp (self->added->pdata[i - 2], name) == 0) {
      g_ptr_array_remove_range (self->added, i - 2, 2);
      found = TRUE;
    }
  }
  return found;
}

/* Writes the headers into a message that is about to leave. */
void
ahoy_session_apply_headers (AhoySession *self, AhoyMessage *message)
{
  if (g_str_equal (ahoy_message_get_method (message), "ACK") ||
      ahoy_message_get_status (message) == 100) {
    return;
  }
  for (guint i = 0; i + 1 < self->added->len; i += 2) {
    ahoy_message_add_header (message, self->added->pdata[i], self->added->pdata[i + 1], NULL);
  }
}

/* What was answered to the INVITE that began the session, by the peer or by us. */
void
ahoy_session_note_answer (AhoySession *self, AhoyMessage *response)
{
  self->answer_status = ahoy_message_get_status (response);
  g_free (self->answer_reason);
  self->answer_reason = ahoy_message_dup_reason (response);
}

/**
 * ahoy_session_get_answer_status:
 * @self: a session
 *
 * Returns: the status of the last response to the INVITE that began the session, the peer's or
 *   ours, such as 180; 0 for none yet. What ended the session is told by
 *   ahoy_session_get_end_status()
 *
 * Since: 0.1
 */
guint
ahoy_session_get_answer_status (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->answer_status;
}

/**
 * ahoy_session_get_answer_reason:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the reason phrase of the last response to the INVITE
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_answer_reason (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->answer_reason;
}
