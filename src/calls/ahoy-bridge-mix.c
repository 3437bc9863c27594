/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-private.h"

#include "ahoy-error.h"

/* Members of a bridge that hear each other by a mixer: more than two of them, or two of which one
 * is not as loud as it is. */

static gboolean
is_plain (AhoyBridgeEntry *entry)
{
  return entry->gain == 1 && !entry->muted && !entry->deaf;
}

/* Whether the members need a mixer. */
gboolean
ahoy_bridge_wants_mix (AhoyBridge *self)
{
  if (self->mixing || self->members->len > 2) {
    return TRUE;
  }
  for (guint i = 0; i < self->members->len; i++) {
    if (!is_plain (self->members->pdata[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
on_active_speaker (AhoyMediaMixer *mixer, AhoyMediaStream *stream, gpointer user_data)
{
  AhoyBridge *self = user_data;

  for (guint i = 0; stream != NULL && i < self->members->len; i++) {
    AhoyBridgeEntry *entry = self->members->pdata[i];

    if (entry->media == stream) {
      ahoy_bridge_emit_active_speaker (self, entry->member);
      return;
    }
  }
}

/* The mixer is of the engine of the first media there are. */
static AhoyMediaMixer *
ensure_mixer (AhoyBridge *self, AhoyMediaStream *media)
{
  g_autoptr (GError) error = NULL;

  if (self->mixer == NULL) {
    self->mixer = ahoy_media_stream_create_mixer (media, &error);
    if (self->mixer == NULL) {
      g_message ("Bridge %" G_GUINT64_FORMAT " cannot mix: %s", self->id, error->message);
      return NULL;
    }
    g_signal_connect (self->mixer, "active-speaker", G_CALLBACK (on_active_speaker), self);
    g_object_notify (G_OBJECT (self), "mixer");
  }
  return self->mixer;
}

static void
apply_state (AhoyBridge *self, AhoyBridgeEntry *entry)
{
  if (self->mixer != NULL && entry->media != NULL) {
    ahoy_media_mixer_set_gain (self->mixer, entry->media, entry->gain);
    ahoy_media_mixer_set_muted (self->mixer, entry->media, entry->muted);
    ahoy_media_mixer_set_deaf (self->mixer, entry->media, entry->deaf);
  }
}

static gboolean
mix_entry (AhoyBridge *self, AhoyBridgeEntry *entry)
{
  g_autoptr (GError) error = NULL;

  if (ensure_mixer (self, entry->media) == NULL) {
    return FALSE;
  }
  if (!ahoy_media_mixer_add (self->mixer, entry->media, &error)) {
    g_autofree char *label = ahoy_bridge_member_dup_label (entry->member);

    g_message ("Bridge %" G_GUINT64_FORMAT " does not hear %s: %s", self->id, label,
               error->message);
    return FALSE;
  }
  apply_state (self, entry);
  return TRUE;
}

/* All members that have media hear each other. Who was told that the only other one holds is told
 * that he does not: there are others. */
void
ahoy_bridge_mix_media (AhoyBridge *self)
{
  gboolean mixed = FALSE;

  for (guint i = 0; i < self->members->len; i++) {
    AhoyBridgeEntry *entry = self->members->pdata[i];

    ahoy_bridge_entry_pass_hold (entry);
    if (ahoy_bridge_entry_take_media (entry)) {
      mixed |= mix_entry (self, entry);
    }
  }
  ahoy_bridge_set_mode (self, mixed ? AHOY_BRIDGE_MODE_MIX : AHOY_BRIDGE_MODE_NONE);
}

/* The mixer is not needed any more. */
void
ahoy_bridge_end_mix (AhoyBridge *self)
{
  g_autoptr (AhoyMediaMixer) mixer = g_steal_pointer (&self->mixer);

  if (mixer != NULL) {
    g_signal_handlers_disconnect_by_data (mixer, self);
    ahoy_media_mixer_close (mixer);
    g_object_notify (G_OBJECT (self), "mixer");
  }
}

/**
 * ahoy_bridge_set_mixing:
 * @self: a bridge
 * @mixing: whether media always go through a mixer
 *
 * Has the members hear each other by a mixer also when there are only one or two of them, as in a
 * conference, where others come and go. The peers are not told of each other's hold then.
 *
 * Since: 0.1
 */
void
ahoy_bridge_set_mixing (AhoyBridge *self, gboolean mixing)
{
  g_return_if_fail (AHOY_IS_BRIDGE (self));

  if (self->mixing != mixing) {
    self->mixing = mixing;
    ahoy_bridge_update_media (self);
  }
}

/**
 * ahoy_bridge_get_mixer:
 * @self: a bridge
 *
 * Returns: (transfer none) (nullable): the mixer by which the members hear each other; %NULL when
 *   there is none, as long as two are enough for each other
 *
 * Since: 0.1
 */
AhoyMediaMixer *
ahoy_bridge_get_mixer (AhoyBridge *self)
{
  g_return_val_if_fail (AHOY_IS_BRIDGE (self), NULL);

  return self->mixer;
}

static AhoyBridgeEntry *
find_or_fail (AhoyBridge *self, AhoyBridgeMember *member, GError **error)
{
  AhoyBridgeEntry *entry = ahoy_bridge_find_entry (self, member);

  if (entry == NULL) {
    g_autofree char *label = ahoy_bridge_member_dup_label (member);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "There is no %s in bridge %" G_GUINT64_FORMAT, label, self->id);
  }
  return entry;
}

/**
 * ahoy_bridge_set_gain:
 * @self: a bridge
 * @member: a member
 * @gain: 1 for as loud as it is, 0 for silence, at most #AHOY_MEDIA_STREAM_MAX_VOLUME
 * @error: return location for an error
 *
 * Sets how loud the others hear a member.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when it is not in the bridge, or
 *   with %AHOY_ERROR_INVALID_ARGUMENTS when the gain is out of range
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_set_gain (AhoyBridge *self, AhoyBridgeMember *member, double gain, GError **error)
{
  AhoyBridgeEntry *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  entry = find_or_fail (self, member, error);
  if (entry == NULL) {
    return FALSE;
  }
  if (!(gain >= 0 && gain <= AHOY_MEDIA_STREAM_MAX_VOLUME)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A gain of %g cannot be set; write one of 0 to %g", gain,
                 AHOY_MEDIA_STREAM_MAX_VOLUME);
    return FALSE;
  }
  entry->gain = gain;
  apply_state (self, entry);
  ahoy_bridge_update_media (self);
  return TRUE;
}

/**
 * ahoy_bridge_set_muted:
 * @self: a bridge
 * @member: a member
 * @muted: whether the others do not hear it
 * @error: return location for an error
 *
 * Sets whether the others hear a member.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when it is not in the bridge
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_set_muted (AhoyBridge *self, AhoyBridgeMember *member, gboolean muted, GError **error)
{
  AhoyBridgeEntry *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  entry = find_or_fail (self, member, error);
  if (entry == NULL) {
    return FALSE;
  }
  entry->muted = muted;
  apply_state (self, entry);
  ahoy_bridge_update_media (self);
  return TRUE;
}

/**
 * ahoy_bridge_set_deaf:
 * @self: a bridge
 * @member: a member
 * @deaf: whether it hears nobody
 * @error: return location for an error
 *
 * Sets whether a member hears the others.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when it is not in the bridge
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_set_deaf (AhoyBridge *self, AhoyBridgeMember *member, gboolean deaf, GError **error)
{
  AhoyBridgeEntry *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  entry = find_or_fail (self, member, error);
  if (entry == NULL) {
    return FALSE;
  }
  entry->deaf = deaf;
  apply_state (self, entry);
  ahoy_bridge_update_media (self);
  return TRUE;
}

/**
 * ahoy_bridge_is_muted:
 * @self: a bridge
 * @member: a member
 *
 * Returns: whether the others do not hear it
 *
 * Since: 0.1
 */
gboolean
ahoy_bridge_is_muted (AhoyBridge *self, AhoyBridgeMember *member)
{
  AhoyBridgeEntry *entry;

  g_return_val_if_fail (AHOY_IS_BRIDGE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_BRIDGE_MEMBER (member), FALSE);

  entry = ahoy_bridge_find_entry (self, member);
  return entry != NULL && entry->muted;
}

/**
 * ahoy_bridge_set_max_members:
 * @self: a bridge
 * @max_members: how many there can be, 1 to 256
 *
 * Sets how many members there can be. Who is in it already stays.
 *
 * Since: 0.1
 */
void
ahoy_bridge_set_max_members (AhoyBridge *self, guint max_members)
{
  g_return_if_fail (AHOY_IS_BRIDGE (self));
  g_return_if_fail (max_members >= 1 && max_members <= AHOY_BRIDGE_MAX_MEMBERS);

  self->max_members = max_members;
}
