/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"

/*
 * The identifier of a whole call, from end to end (RFC 7989): a UUID of each end, in the header
 * Session-ID. For who does not know it one is made up here, so that the other side sees the same
 * one for as long as the call lasts.
 */

#define UUID_LENGTH 32
#define NIL "00000000000000000000000000000000" /* RFC 7989 §5: not known yet */

static char *
make_uuid (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);

  return g_strjoinv (NULL, parts);
}

/* 32 lower-case hexadecimal digits (RFC 7989 §5), and not all of them 0. */
static gboolean
is_uuid (const char *text)
{
  return strlen (text) == UUID_LENGTH && strspn (text, "0123456789abcdef") == UUID_LENGTH &&
         !g_str_equal (text, NIL);
}

/* The UUID of our end. */
static const char *
get_own (AhoySession *self)
{
  if (self->own_uuid == NULL) {
    self->own_uuid = make_uuid ();
  }
  return self->own_uuid;
}

/* The UUID of the peer: what it says, or what we say for it. */
static const char *
get_peer (AhoySession *self)
{
  if (self->peer_uuid == NULL) {
    self->peer_uuid = make_uuid ();
  }
  return self->peer_uuid;
}

/**
 * ahoy_session_dup_session_id:
 * @self: a session
 *
 * Returns: (transfer full): what the session's messages say in Session-ID (RFC 7989): the UUID of
 *   our end, and after `;remote=` that of the peer, or 32 times `0` as long as it told none
 *
 * Since: 0.1
 */
char *
ahoy_session_dup_session_id (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return g_strdup_printf ("%s;remote=%s", get_own (self),
                          self->peer_said_uuid ? self->peer_uuid : NIL);
}

/**
 * ahoy_session_learn_session_id:
 * @self: a session
 * @value: a value of the header Session-ID of the peer (RFC 7989 §5)
 *
 * Takes the UUID of the peer. What is none is passed over.
 *
 * Since: 0.1
 */
void
ahoy_session_learn_session_id (AhoySession *self, const char *value)
{
  g_autofree char *uuid = NULL;

  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (value != NULL);

  uuid = g_strndup (value, strcspn (value, ";"));
  g_strstrip (uuid);
  if (!is_uuid (uuid) || (self->peer_said_uuid && g_str_equal (uuid, self->peer_uuid))) {
    return;
  }
  g_free (self->peer_uuid);
  self->peer_uuid = g_steal_pointer (&uuid);
  self->peer_said_uuid = TRUE;
  g_object_notify (G_OBJECT (self), "session-id");
}

/**
 * ahoy_session_follow_session_id:
 * @self: a session
 * @other: the session whose peer the peer of @self talks with
 *
 * Has the peer see the UUID of the one that it talks with, not one of ours (RFC 7989 §7), as
 * bridges do.
 *
 * Since: 0.1
 */
void
ahoy_session_follow_session_id (AhoySession *self, AhoySession *other)
{
  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (AHOY_IS_SESSION (other));

  if (g_strcmp0 (self->own_uuid, get_peer (other)) != 0) {
    g_free (self->own_uuid);
    self->own_uuid = g_strdup (get_peer (other));
    g_object_notify (G_OBJECT (self), "session-id");
  }
}

/* The UUID of who calls, as the options of the call say. */
void
ahoy_session_read_session_id (AhoySession *self, GVariant *options)
{
  const char *uuid;

  if (g_variant_lookup (options, "session-id", "&s", &uuid) && is_uuid (uuid)) {
    self->own_uuid = g_strdup (uuid);
  }
}

/**
 * ahoy_session_get_peer_uuid:
 * @self: a session
 *
 * Returns: (transfer none): the UUID of the peer (RFC 7989): what it told, or what is said for it;
 *   for the option `session-id` of a call that is made on its behalf
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_peer_uuid (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return get_peer (self);
}
