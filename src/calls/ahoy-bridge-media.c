/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-private.h"

/* How media get from one member of a bridge to the other. */

static void
on_media_changed (AhoyMediaStream *media, AhoyBridgeEntry *entry)
{
  ahoy_bridge_review_direct (entry->bridge);
}

void
ahoy_bridge_entry_part_media (AhoyBridgeEntry *self)
{
  if (self->media != NULL) {
    g_signal_handlers_disconnect_by_func (self->media, on_media_changed, self);
    ahoy_media_stream_part (self->media);
    g_clear_object (&self->media);
  }
}

gboolean
ahoy_bridge_entry_take_media (AhoyBridgeEntry *self)
{
  AhoyMediaStream *media = ahoy_bridge_member_get_media (self->member, "audio");

  if (media != self->media) {
    ahoy_bridge_entry_part_media (self);
    self->media = media != NULL ? g_object_ref (media) : NULL;
    if (media != NULL) {
      g_signal_connect (media, "changed", G_CALLBACK (on_media_changed), self);
    }
  }
  return media != NULL;
}

/* How media of the two get from one to the other, as far as both have agreed on something. */
void
ahoy_bridge_update_mode (AhoyBridge *self)
{
  AhoyBridgeMode mode = AHOY_BRIDGE_MODE_NONE;
  const char *codecs[2] = { NULL, NULL };

  for (guint i = 0; i < MIN (self->members->len, 2); i++) {
    AhoyBridgeEntry *entry = self->members->pdata[i];

    codecs[i] = entry->media != NULL ? ahoy_media_stream_get_codec (entry->media) : NULL;
  }
  if (codecs[0] != NULL && codecs[1] != NULL && !self->silent) {
    mode = g_str_equal (codecs[0], codecs[1]) ? AHOY_BRIDGE_MODE_RELAY
                                              : AHOY_BRIDGE_MODE_TRANSCODE;
    if (ahoy_bridge_is_direct (self)) {
      mode = AHOY_BRIDGE_MODE_DIRECT;
    }
  }
  ahoy_bridge_set_mode (self, mode);
}

/* Both media, if there are two, hear each other. */
static void
join_two (AhoyBridge *self)
{
  AhoyBridgeEntry *first = self->members->len > 0 ? self->members->pdata[0] : NULL;
  AhoyBridgeEntry *second = self->members->len > 1 ? self->members->pdata[1] : NULL;
  gboolean ready = first != NULL && ahoy_bridge_entry_take_media (first);
  g_autoptr (GError) error = NULL;

  ready = second != NULL && ahoy_bridge_entry_take_media (second) && ready;
  self->silent = !ready || !ahoy_media_stream_join (first->media, second->media, &error);
  if (error != NULL) {
    g_message ("Bridge %" G_GUINT64_FORMAT " is silent: %s", self->id, error->message);
  }
  ahoy_bridge_update_mode (self);
}

/* Something is new: who is in it, or what they agreed on. */
void
ahoy_bridge_update_media (AhoyBridge *self)
{
  if (ahoy_bridge_wants_mix (self)) {
    ahoy_bridge_mix_media (self);
  } else {
    ahoy_bridge_end_mix (self);
    join_two (self);
  }
  ahoy_bridge_review_direct (self);
}
