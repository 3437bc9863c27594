/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-session-private.h"

/* What a session tells of itself. */

/**
 * ahoy_session_get_id:
 * @self: a session
 *
 * Returns: a number that no other session of the service has or had
 *
 * Since: 0.1
 */
guint64
ahoy_session_get_id (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->id;
}

/**
 * ahoy_session_get_parent_id:
 * @self: a session
 *
 * Returns: the number of the session on whose behalf the call was made, which its option `parent`
 *   said, such as that of the caller who is to be joined with it; 0 for none
 *
 * Since: 0.1
 */
guint64
ahoy_session_get_parent_id (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->parent_id;
}

/**
 * ahoy_session_get_direction:
 * @self: a session
 *
 * Returns: who began the session
 *
 * Since: 0.1
 */
AhoySessionDirection
ahoy_session_get_direction (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), AHOY_SESSION_INCOMING);

  return self->direction;
}

/**
 * ahoy_session_get_state:
 * @self: a session
 *
 * Returns: how far the session is
 *
 * Since: 0.1
 */
AhoySessionState
ahoy_session_get_state (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), AHOY_SESSION_ENDED);

  return self->state;
}

/**
 * ahoy_session_get_call_id:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the Call-ID; %NULL before the INVITE is made
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_call_id (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->call_id;
}

/**
 * ahoy_session_get_local_uri:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): our address: To of an incoming, From of an outgoing call
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_local_uri (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->local_uri;
}

/**
 * ahoy_session_get_remote_uri:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the peer's address
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_remote_uri (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->remote_uri;
}

/**
 * ahoy_session_get_remote_name:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the peer's display name; %NULL when it has none
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_remote_name (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->remote_name;
}

/**
 * ahoy_session_get_target:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what was called: the Request-URI
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_target (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->target;
}

/**
 * ahoy_session_dup_first_host:
 * @self: a session
 *
 * Where an outgoing call goes first: to where the first of the contacts that it calls was seen,
 * else where that contact says it is, else to the host of the target. Media that is offered before
 * anybody answered has an address of the same family, on the way there.
 *
 * Returns: (transfer full) (nullable): a host name or an address, without brackets; %NULL where
 *   there is none
 *
 * Since: 0.1
 */
char *
ahoy_session_dup_first_host (AhoySession *self)
{
  AhoyContact *contact;
  const char *received;
  g_autofree char *text = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  const char *host;
  gsize length;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  contact = self->contacts != NULL && self->contacts->len > 0 ? self->contacts->pdata[0] : NULL;
  received = contact != NULL ? ahoy_contact_get_received (contact) : NULL;
  text = received != NULL ? g_strconcat ("sip:", received, NULL)
                          : g_strdup (contact != NULL ? ahoy_contact_get_uri (contact)
                                                      : self->target);
  uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  host = uri != NULL ? ahoy_uri_get_host (uri) : NULL;
  length = host != NULL ? strlen (host) : 0;
  if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
    return g_strndup (host + 1, length - 2);
  }
  return g_strdup (host);
}

/**
 * ahoy_session_get_streams:
 * @self: a session
 *
 * Returns: (transfer none) (element-type AhoySessionStream): the streams in the order of their m=
 *   lines
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_session_get_streams (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->streams;
}

/**
 * ahoy_session_find_media:
 * @self: a session
 * @media_type: a media type, such as `audio`
 *
 * Returns: (transfer none) (nullable): what carries the first stream of that type; %NULL when
 *   nothing does yet
 *
 * Since: 0.1
 */
AhoyMediaStream *
ahoy_session_find_media (AhoySession *self, const char *media_type)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (media_type != NULL, NULL);

  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];

    if (g_str_equal (ahoy_session_stream_get_media_type (stream), media_type) &&
        ahoy_session_stream_get_media (stream) != NULL) {
      return ahoy_session_stream_get_media (stream);
    }
  }
  return NULL;
}

/**
 * ahoy_session_get_dialog:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the dialog; %NULL when there is none yet or any more
 *
 * Since: 0.1
 */
AhoyDialog *
ahoy_session_get_dialog (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->dialog;
}

/**
 * ahoy_session_get_invite:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the INVITE that began the session
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_session_get_invite (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->invite;
}

/**
 * ahoy_session_get_end_status:
 * @self: a session
 *
 * Returns: the SIP status that the session ended with, 200 for one that was hung up; 0 before the
 *   end
 *
 * Since: 0.1
 */
guint
ahoy_session_get_end_status (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->end_status;
}

/**
 * ahoy_session_get_end_reason:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what was said about the end; %NULL when nothing was
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_end_reason (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->end_reason;
}

/**
 * ahoy_session_get_ended_by:
 * @self: a session
 *
 * Returns: who ended the session
 *
 * Since: 0.1
 */
AhoySessionParty
ahoy_session_get_ended_by (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), AHOY_SESSION_PARTY_NONE);

  return self->ended_by;
}

/**
 * ahoy_session_has_early_media:
 * @self: a session
 *
 * Returns: whether media was agreed on before the answer
 *
 * Since: 0.1
 */
gboolean
ahoy_session_has_early_media (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), FALSE);

  return self->early_media;
}

/**
 * ahoy_session_get_hold:
 * @self: a session
 *
 * Returns: who holds whom
 *
 * Since: 0.1
 */
AhoySessionHold
ahoy_session_get_hold (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), AHOY_SESSION_HOLD_NONE);

  return (AhoySessionHold) ((self->agreed_hold ? AHOY_SESSION_HOLD_LOCAL : 0) |
                            (self->remote_hold ? AHOY_SESSION_HOLD_REMOTE : 0));
}

/**
 * ahoy_session_get_created_at:
 * @self: a session
 *
 * Returns: when the session began, in µs since 1970
 *
 * Since: 0.1
 */
gint64
ahoy_session_get_created_at (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->created_at;
}

/**
 * ahoy_session_get_answered_at:
 * @self: a session
 *
 * Returns: when it was answered, in µs since 1970; 0 for not yet
 *
 * Since: 0.1
 */
gint64
ahoy_session_get_answered_at (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->answered_at;
}

/**
 * ahoy_session_get_ended_at:
 * @self: a session
 *
 * Returns: when it ended, in µs since 1970; 0 for not yet
 *
 * Since: 0.1
 */
gint64
ahoy_session_get_ended_at (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), 0);

  return self->ended_at;
}

static const char *
branch_state (const AhoySessionBranch *branch)
{
  if (!branch->done) {
    return branch->status > 100 ? "ringing" : "trying";
  }
  return branch->status < 300 ? "active" : "ended";
}

/* The one that was answered is the session's dialog; the others of its branch lost. */
static const char *
fork_state (AhoySession *self, const AhoySessionBranch *branch, const AhoySessionFork *fork)
{
  if (!branch->done) {
    return "ringing";
  }
  return fork->dialog != NULL && fork->dialog == self->dialog ? "active" : "ended";
}

/**
 * ahoy_session_list_branches:
 * @self: a session
 *
 * The attempts of an outgoing call: the target, and each one that a redirect led to. Where a proxy
 * rings at several phones at once (RFC 3261 §13.2.2.4), each phone that said something with a To
 * tag of its own is one, with its Contact as target.
 *
 * Returns: (transfer full): an `a(ssq)`: target, state (`trying`, `ringing`, `active`, `ended`),
 *   last status or 0; empty for an incoming call
 *
 * Since: 0.1
 */
GVariant *
ahoy_session_list_branches (AhoySession *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  if (self->branches->len == 0 && self->last_branches != NULL) {
    return g_variant_ref (self->last_branches);
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssq)"));
  for (guint i = 0; i < self->branches->len; i++) {
    AhoySessionBranch *branch = self->branches->pdata[i];

    if (branch->forks->len < 2) {
      g_variant_builder_add (&builder, "(ssq)", branch->target, branch_state (branch),
                             (guint16) branch->status);
    }
    for (guint j = 0; branch->forks->len > 1 && j < branch->forks->len; j++) {
      AhoySessionFork *fork = branch->forks->pdata[j];

      g_variant_builder_add (&builder, "(ssq)",
                             fork->target != NULL ? fork->target : branch->target,
                             fork_state (self, branch, fork), (guint16) fork->status);
    }
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * ahoy_session_get_identity:
 * @self: a session
 * @trusted: whether the caller's side may assert who calls
 * @error: return location for an error
 *
 * Who calls, by the INVITE of the session, as the specification's `ast_sip_session_get_identity`
 * tells: P-Asserted-Identity, then Remote-Party-ID, then From. For an outgoing session that is what
 * our INVITE says of us. Its number is as the peer wrote it.
 *
 * Returns: (transfer full): an identity; %NULL with %AHOY_ERROR_INVALID_STATE when there is no
 *   INVITE yet, or with an error of ahoy_identity_new_from_request()
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_session_get_identity (AhoySession *self, gboolean trusted, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  if (self->invite == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no INVITE yet that says who calls", self->id);
    return NULL;
  }
  return ahoy_identity_new_from_request (self->invite, trusted, error);
}
