/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-private.h"

#include "ahoy-call-identity-private.h"

/* Two members of a bridge are told who the other one is: when they are joined, and whenever one of
 * them is somebody else, by a transfer, a pickup or a forward on its side (RFC 4916 §4.2). Among
 * more than two nobody is connected to one person. */

static void
tell (AhoyBridgeEntry *entry, AhoyBridgeEntry *other)
{
  AhoySession *session = ahoy_bridge_entry_get_session (entry);
  AhoySession *partner = ahoy_bridge_entry_get_session (other);

  if (session != NULL && partner != NULL) {
    ahoy_call_identity_tell (session, partner);
  }
}

/* Who a member is may be news to the other one. */
static void
on_identity (AhoySession *session, GParamSpec *pspec, AhoyBridgeEntry *entry)
{
  if (entry->bridge->members->len == 2) {
    tell (ahoy_bridge_entry_get_other (entry), entry);
  }
}

void
ahoy_bridge_entry_watch_identity (AhoyBridgeEntry *self)
{
  AhoySession *session = ahoy_bridge_entry_get_session (self);

  if (session != NULL) {
    g_signal_connect (session, "notify::connected-identity", G_CALLBACK (on_identity), self);
  }
}

/* Somebody came: both tell the other. Nothing of the members is touched after the first one was
 * told, for that may end a call. */
void
ahoy_bridge_tell_identities (AhoyBridge *self)
{
  AhoyBridgeEntry *first = self->members->len == 2 ? self->members->pdata[0] : NULL;
  AhoyBridgeEntry *second = first != NULL ? self->members->pdata[1] : NULL;
  g_autoptr (AhoyBridge) hold = g_object_ref (self);
  g_autoptr (AhoySession) one = NULL;
  g_autoptr (AhoySession) two = NULL;

  if (first == NULL || ahoy_bridge_entry_get_session (first) == NULL ||
      ahoy_bridge_entry_get_session (second) == NULL) {
    return;
  }
  one = g_object_ref (ahoy_bridge_entry_get_session (first));
  two = g_object_ref (ahoy_bridge_entry_get_session (second));
  ahoy_call_identity_tell (one, two);
  ahoy_call_identity_tell (two, one);
}
