/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"
#include "ahoy-bridge-private.h"

/* What the peer of one member does to its call is passed to the other one. */

static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *session = AHOY_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_set_hold_finish (session, result, &error);

  if (response == NULL) {
    g_message ("Session %" G_GUINT64_FORMAT " is not told of a hold: %s",
               ahoy_session_get_id (session), error->message);
  }
}

/* Tells the peer of a member that it is on hold, or not any more. */
static void
tell_hold (AhoyBridgeEntry *self, gboolean held)
{
  AhoySession *session = ahoy_bridge_entry_get_session (self);

  if (held != self->held && session != NULL &&
      ahoy_session_get_state (session) == AHOY_SESSION_ACTIVE) {
    self->held = held;
    ahoy_session_set_hold_async (session, held, NULL, on_held, NULL);
  }
}

static gboolean
is_held_by (AhoySession *session)
{
  return (ahoy_session_get_hold (session) & AHOY_SESSION_HOLD_REMOTE) != 0;
}

/* The peer of one holds: that of the other hears of it (RFC 3264 §8.4), or music instead. Who is
 * one of many was told nothing, or is not held any more. */
void
ahoy_bridge_entry_pass_hold (AhoyBridgeEntry *self)
{
  AhoySession *session = ahoy_bridge_entry_get_session (self);
  AhoyBridgeEntry *other = ahoy_bridge_entry_get_other (self);

  if (other == NULL) {
    ahoy_bridge_entry_end_music (self);
    tell_hold (self, FALSE);
  } else if (session != NULL && !is_held_by (session)) {
    ahoy_bridge_entry_end_music (other);
    tell_hold (other, FALSE);
  } else if (session != NULL && !ahoy_bridge_entry_begin_music (other, session)) {
    tell_hold (other, TRUE);
  }
}

static void
on_hold_changed (AhoySession *session, GParamSpec *pspec, AhoyBridgeEntry *entry)
{
  ahoy_bridge_entry_pass_hold (entry);
}

/* What the peers say to each other is no business of the bridge (RFC 6086, RFC 3428 §4). */
static void
on_request (AhoySession *session, AhoyMessage *request, AhoyBridgeEntry *entry)
{
  const char *method = ahoy_message_get_method (request);
  AhoySession *partner = ahoy_bridge_entry_get_session (ahoy_bridge_entry_get_other (entry));
  g_autoptr (AhoyMessage) copy = NULL;
  g_autofree char *type = ahoy_message_dup_content_type (request);
  g_autofree char *package = ahoy_message_get_header (request, "Info-Package");
  g_autoptr (GBytes) body = ahoy_message_get_body (request);
  gboolean info = g_str_equal (method, "INFO");

  if (partner == NULL || ahoy_session_get_state (partner) != AHOY_SESSION_ACTIVE ||
      (info && ahoy_bridge_features_keep_info (session, type)) ||
      (!info && !g_str_equal (method, "MESSAGE"))) {
    return;
  }
  /* One of a package goes to a peer that takes it. */
  copy = info ? ahoy_session_create_info (partner, package, type, type != NULL ? body : NULL, NULL)
              : ahoy_session_create_request (partner, method, NULL);
  if (copy == NULL || (!info && body != NULL && type != NULL &&
                       !ahoy_message_set_body (copy, type, body, NULL))) {
    return;
  }
  ahoy_session_send_request_async (partner, copy, NULL, NULL, NULL);
}

/* Whatever an INFO is about: who does not know it is the other peer. */
static gboolean
on_info_offered (AhoySession *session, AhoyMessage *request, AhoyBridgeEntry *entry)
{
  AhoySession *partner = ahoy_bridge_entry_get_session (ahoy_bridge_entry_get_other (entry));

  return partner != NULL && ahoy_session_get_state (partner) == AHOY_SESSION_ACTIVE;
}

void
ahoy_bridge_entry_watch_peer (AhoyBridgeEntry *self)
{
  AhoySession *session = ahoy_bridge_entry_get_session (self);

  if (session != NULL) {
    g_signal_connect (session, "notify::hold", G_CALLBACK (on_hold_changed), self);
    g_signal_connect (session, "request-received", G_CALLBACK (on_request), self);
    g_signal_connect (session, "info-offered", G_CALLBACK (on_info_offered), self);
  }
}
