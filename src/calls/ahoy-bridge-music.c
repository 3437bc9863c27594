/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-private.h"

#include "ahoy-endpoint.h"

/* What a member hears when the peer of the other one holds, if that is music. */

#define REASON "music"

static const char *
get_text (AhoySession *session, const char *key)
{
  AhoyEndpoint *endpoint = session != NULL ? ahoy_session_get_endpoint (session) : NULL;
  const char *text =
      endpoint != NULL ? ahoy_config_object_get_string (
                             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), key)
                       : NULL;

  return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean
passes_hold (AhoySession *session)
{
  AhoyEndpoint *endpoint = session != NULL ? ahoy_session_get_endpoint (session) : NULL;

  return endpoint != NULL &&
         ahoy_config_object_get_boolean (
             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), "moh-passthrough");
}

/* What who holds suggests, or else what who is held likes; NULL for no music. */
static const char *
find_class (AhoySession *holder, AhoySession *held)
{
  const char *suggested = get_text (holder, "moh-suggest");

  if (passes_hold (holder)) {
    return NULL;
  }
  return suggested != NULL ? suggested : get_text (held, "moh");
}

/* The peer of the other one holds. FALSE: there is no music for this, and the hold is passed on. */
gboolean
ahoy_bridge_entry_begin_music (AhoyBridgeEntry *self, AhoySession *holder)
{
  AhoyBridge *bridge = self->bridge;
  const char *name = find_class (holder, ahoy_bridge_entry_get_session (self));
  g_autoptr (GError) error = NULL;

  if (self->music) {
    return TRUE;
  }
  if (name == NULL || bridge->music == NULL || self->media == NULL) {
    return FALSE;
  }
  if (!ahoy_music_on_hold_play (bridge->music, name, self->media, &error)) {
    g_warning ("Bridge %" G_GUINT64_FORMAT " has no music: %s", bridge->id, error->message);
    return FALSE;
  }
  self->music = TRUE;
  ahoy_bridge_hold_media (bridge, REASON);
  return TRUE;
}

void
ahoy_bridge_entry_end_music (AhoyBridgeEntry *self)
{
  if (!self->music) {
    return;
  }
  self->music = FALSE;
  if (self->media != NULL) {
    ahoy_music_on_hold_stop (self->bridge->music, self->media);
  }
  ahoy_bridge_release_media (self->bridge, REASON);
}

/**
 * ahoy_bridge_set_music:
 * @self: a bridge
 * @music: (nullable): the classes of music; %NULL for none
 *
 * Sets what a member hears when the peer of the other one holds, if the endpoints say so with `moh`
 * or `moh-suggest`. Without music the hold is passed on.
 *
 * Since: 0.1
 */
void
ahoy_bridge_set_music (AhoyBridge *self, AhoyMusicOnHold *music)
{
  g_return_if_fail (AHOY_IS_BRIDGE (self));
  g_return_if_fail (music == NULL || AHOY_IS_MUSIC_ON_HOLD (music));

  g_set_object (&self->music, music);
}
