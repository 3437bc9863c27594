/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"

/* Who is on the other side of a session, and who the other side is told that we are. Supplements
 * read and write the headers; here is when something is said. */

#define UPDATE_PAUSE (G_USEC_PER_SEC / 2) /* between two updates: two hosts may disagree for ever */

static AhoyConfigObject *
config_of (AhoySession *self)
{
  return self->endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint))
                                : NULL;
}

static gboolean
is_yes (AhoySession *self, const char *key)
{
  AhoyConfigObject *config = config_of (self);

  return config != NULL && ahoy_config_object_get_boolean (config, key);
}

/**
 * ahoy_session_rewrite_identity:
 * @self: a session
 * @identity: who the peer says that it is, or that somebody else is
 *
 * Writes the number of an identity as numbers are written on this host, whatever the peer makes of
 * them: by the function of ahoy_session_service_set_number_func(), in #AhoyCore the objects
 * `[rewrite]` that are for callers. The identities of the session that come from messages are
 * rewritten already; who reads a header himself does it before ahoy_session_learn_identity().
 *
 * Returns: (transfer full): an identity; @identity with one more reference when nothing is to be
 *   changed, such as a name
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_session_rewrite_identity (AhoySession *self, AhoyIdentity *identity)
{
  const char *number;
  g_autofree char *rewritten = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (AHOY_IS_IDENTITY (identity), NULL);

  number = ahoy_identity_get_number (identity);
  if (self->service != NULL && number != NULL) {
    rewritten = ahoy_session_service_rewrite_number (self->service, self, number);
  }
  return rewritten != NULL && *rewritten != '\0'
             ? ahoy_identity_with_number (identity, rewritten)
             : g_object_ref (identity);
}

/* The peer named somebody by a URI or name-addr: who it is connected to now. */
void
ahoy_session_learn_address (AhoySession *self, const char *text)
{
  g_autoptr (AhoyIdentity) said = ahoy_identity_new_from_text (text, NULL);
  g_autoptr (AhoyIdentity) identity =
      said != NULL ? ahoy_session_rewrite_identity (self, said) : NULL;

  if (identity != NULL) {
    ahoy_session_learn_identity (self, identity);
  }
}

/**
 * ahoy_session_get_remote_identity:
 * @self: a session
 *
 * Who the session was with when it began: who called, by what our endpoint is trusted to assert
 * (the key `trust-identity`), or who was called. The number of who called is as
 * ahoy_session_rewrite_identity() makes it.
 *
 * Returns: (transfer none) (nullable): an identity; %NULL when there is no INVITE yet, or when
 *   nobody can be called by its From
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_session_get_remote_identity (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  if (self->remote_identity != NULL) {
    return self->remote_identity;
  }
  if (self->direction == AHOY_SESSION_INCOMING) {
    g_autoptr (AhoyIdentity) said =
        self->invite != NULL ? ahoy_identity_new_from_request (
                                   self->invite, is_yes (self, "trust-identity"), NULL)
                             : NULL;

    self->remote_identity = said != NULL ? ahoy_session_rewrite_identity (self, said) : NULL;
  } else if (self->target != NULL) {
    self->remote_identity = ahoy_identity_new_from_text (self->target, NULL);
  }
  return self->remote_identity;
}

/**
 * ahoy_session_get_connected_identity:
 * @self: a session
 *
 * Who the session is with now. That changes when the peer is trusted (the key `trust-identity`) and
 * tells with ringing, with its answer or later that somebody else is there, after a transfer or a
 * pickup; see #AhoySession:connected-identity.
 *
 * Returns: (transfer none) (nullable): an identity; at first that of
 *   ahoy_session_get_remote_identity()
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_session_get_connected_identity (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->connected_identity != NULL ? self->connected_identity
                                          : ahoy_session_get_remote_identity (self);
}

/**
 * ahoy_session_learn_identity:
 * @self: a session
 * @identity: who the peer is
 *
 * For who knows who is on the other side now, such as a supplement that read it from a message, or
 * one that looked a name up. The peer itself is told nothing; see ahoy_session_set_local_identity()
 * for that.
 *
 * Since: 0.1
 */
void
ahoy_session_learn_identity (AhoySession *self, AhoyIdentity *identity)
{
  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_IDENTITY (identity));

  if (ahoy_identity_equal (ahoy_session_get_connected_identity (self), identity)) {
    return;
  }
  g_set_object (&self->connected_identity, identity);
  g_object_notify (G_OBJECT (self), "connected-identity");
}

/**
 * ahoy_session_get_local_identity:
 * @self: a session
 *
 * Who the peer is told that it talks with.
 *
 * Returns: (transfer none) (nullable): what was set by ahoy_session_set_local_identity(), else From
 *   of an outgoing call; %NULL for an incoming one where nothing was set
 *
 * Since: 0.1
 */
AhoyIdentity *
ahoy_session_get_local_identity (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  if (self->local_identity == NULL && self->from != NULL) {
    self->local_identity = ahoy_identity_new_from_text (self->from, NULL);
  }
  return self->local_identity;
}

/* -- telling the peer ------------------------------------------------------------------------ */

/* Whether the endpoint is told at all, and of changes too. */
static gboolean
tells_changes (AhoySession *self)
{
  AhoyConfigObject *config = config_of (self);

  return config != NULL &&
         ahoy_config_object_get_choice (config, "send-identity") != AHOY_SEND_IDENTITY_NO &&
         ahoy_config_object_get_boolean (config, "send-connected-line");
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *self = AHOY_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_update_finish (self, result, &error);

  if (response == NULL) {
    g_debug ("Session %" G_GUINT64_FORMAT " was not told who it is connected to: %s", self->id,
             error->message);
  }
}

static void
tell_now (AhoySession *self)
{
  self->identity_untold = FALSE;
  self->identity_told_at = g_get_monotonic_time ();
  ahoy_session_update_async (self, NULL, NULL, on_told, NULL);
}

static void
on_pause_over (gpointer user_data)
{
  AhoySession *self = user_data;

  self->identity_timer = 0;
  if (self->identity_untold && self->state == AHOY_SESSION_ACTIVE) {
    tell_now (self);
  }
}

/* The peer of an active call is told by a request of its own (RFC 4916 §3), and not too often. */
static void
tell_active (AhoySession *self)
{
  AhoyScheduler *scheduler = ahoy_stack_get_scheduler (self->stack);
  gint64 since = g_get_monotonic_time () - self->identity_told_at;

  self->identity_untold = TRUE;
  if (self->identity_timer != 0) {
    return;
  }
  if (self->identity_told_at == 0 || since >= UPDATE_PAUSE) {
    tell_now (self);
    return;
  }
  self->identity_timer = ahoy_scheduler_add (scheduler, "connected line", UPDATE_PAUSE - since,
                                             on_pause_over, self, NULL);
}

/**
 * ahoy_session_set_local_identity:
 * @self: a session that is not over
 * @identity: whom the peer is connected to
 *
 * Tells the peer whom it talks with, where the key `send-identity` of its endpoint says how. Before
 * the answer of an incoming call, 180 and 200 say it; with the key `connected-line-immediate` it is
 * told at once, by one more 180. An active call is told by an UPDATE without a body, or by a
 * re-INVITE where it does not know that, unless the key `send-connected-line` says no.
 * Where the identity is what the peer was told already, nothing is sent.
 *
 * What the peer says of itself is #AhoySession:connected-identity.
 *
 * Since: 0.1
 */
void
ahoy_session_set_local_identity (AhoySession *self, AhoyIdentity *identity)
{
  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_IDENTITY (identity));

  if (self->state >= AHOY_SESSION_ENDING ||
      ahoy_identity_equal (ahoy_session_get_local_identity (self), identity)) {
    return;
  }
  g_set_object (&self->local_identity, identity);
  g_object_notify (G_OBJECT (self), "local-identity");
  if (!tells_changes (self)) {
    return;
  }
  if (self->state == AHOY_SESSION_ACTIVE) {
    tell_active (self);
  } else if (self->direction == AHOY_SESSION_INCOMING && self->state == AHOY_SESSION_RINGING &&
             is_yes (self, "connected-line-immediate")) {
    ahoy_session_ring (self, NULL);
  } else if (self->direction == AHOY_SESSION_OUTGOING && self->state >= AHOY_SESSION_TRYING) {
    self->identity_untold = TRUE;
  }
}

/* Who calls, as the options of the call say. */
void
ahoy_session_read_identity (AhoySession *self, GVariant *options)
{
  g_autoptr (GVariant) identity =
      g_variant_lookup_value (options, "identity", G_VARIANT_TYPE_VARDICT);

  if (identity != NULL) {
    self->local_identity = ahoy_identity_new_from_variant (identity, NULL);
  }
}

/* The call was answered: what changed while it rang is told now. */
void
ahoy_session_tell_identity (AhoySession *self)
{
  if (self->identity_untold && self->identity_timer == 0) {
    tell_active (self);
  }
}

void
ahoy_session_drop_identities (AhoySession *self)
{
  if (self->identity_timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), self->identity_timer);
    self->identity_timer = 0;
  }
}

void
ahoy_session_free_identities (AhoySession *self)
{
  g_clear_object (&self->remote_identity);
  g_clear_object (&self->connected_identity);
  g_clear_object (&self->local_identity);
  g_clear_pointer (&self->own_uuid, g_free);
  g_clear_pointer (&self->peer_uuid, g_free);
}
