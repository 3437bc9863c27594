/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"
#include "ahoy-stack-gate-private.h"

/* The endpoint that a session is with: found by the interception chain, or chosen by who calls. */

/**
 * ahoy_session_get_endpoint:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the endpoint that the session is with; %NULL when none was
 *   identified or chosen
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_session_get_endpoint (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->endpoint;
}

static void
count_out (AhoySession *self)
{
  if (self->endpoint_counted) {
    self->endpoint_counted = FALSE;
    ahoy_endpoint_end_session (self->endpoint);
  }
}

/**
 * ahoy_session_set_endpoint:
 * @self: a session that is not over
 * @endpoint: (nullable): the endpoint that it is with
 *
 * Says which endpoint a session is with: requests of its dialog come from there, and
 * #AhoyEndpoint:active-sessions counts it. Sessions that were accepted have theirs already.
 *
 * Since: 0.1
 */
void
ahoy_session_set_endpoint (AhoySession *self, AhoyEndpoint *endpoint)
{
  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (endpoint == NULL || AHOY_IS_ENDPOINT (endpoint));

  if (self->endpoint == endpoint || self->state == AHOY_SESSION_ENDED) {
    return;
  }
  count_out (self);
  g_set_object (&self->endpoint, endpoint);
  if (endpoint != NULL) {
    self->endpoint_counted = TRUE;
    ahoy_endpoint_begin_session (endpoint);
  }
  if (self->dialog != NULL) {
    ahoy_session_mark_dialog (self, self->dialog);
  }
  g_object_notify (G_OBJECT (self), "endpoint");
}

/* Requests of the dialog come from the endpoint. */
void
ahoy_session_mark_dialog (AhoySession *self, AhoyDialog *dialog)
{
  ahoy_dialog_set_party (dialog, self->endpoint != NULL ? G_OBJECT (self->endpoint) : NULL);
}

/* The session is over; what it was with can still be read. */
void
ahoy_session_leave_endpoint (AhoySession *self)
{
  count_out (self);
}

/* Whether the early media of a fork takes the place of that of another one. */
gboolean
ahoy_session_follows_forks (AhoySession *self)
{
  return self->endpoint == NULL ||
         ahoy_config_object_get_boolean (
             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint)),
             "follow-early-media-fork");
}

/* Whether who calls is behind a NAT, and found where he calls from. What came over a proxy did not
 * come from there. */
gboolean
ahoy_session_follows_source (AhoySession *self, AhoyMessage *invite)
{
  g_auto (GStrv) vias = ahoy_message_get_headers (invite, "Via");

  return self->endpoint != NULL && g_strv_length (vias) < 2 &&
         ahoy_config_object_get_boolean (
             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint)), "rewrite-contact");
}

/* The user part of our Contact, where the endpoint wants to see another one than that of From. */
const char *
ahoy_session_get_contact_user (AhoySession *self)
{
  const char *user =
      self->endpoint != NULL
          ? ahoy_config_object_get_string (
                AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint)), "contact-user")
          : NULL;

  return user != NULL && *user != '\0' ? user : NULL;
}
