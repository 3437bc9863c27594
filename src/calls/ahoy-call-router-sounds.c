/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-call-ringback-private.h"
#include "ahoy-call-router-private.h"
#include "ahoy-endpoint.h"
#include "ahoy-error.h"
#include "ahoy-tone-zone.h"

/* What the steps of calls name: tones, sounds and recordings. */

/**
 * ahoy_call_router_set_folders:
 * @self: a router
 * @sounds: (nullable): where relative names of sounds begin
 * @recordings: (nullable): where relative names of recordings begin
 *
 * Says where sounds and recordings are.
 *
 * Since: 0.1
 */
void
ahoy_call_router_set_folders (AhoyCallRouter *self, const char *sounds, const char *recordings)
{
  g_return_if_fail (AHOY_IS_CALL_ROUTER (self));

  g_free (self->sounds);
  self->sounds = g_strdup (sounds);
  g_free (self->recordings);
  self->recordings = g_strdup (recordings);
}

/**
 * ahoy_call_router_set_tone_zone:
 * @self: a router
 * @zone: (nullable): a zone of ahoy_tone_zone_list(); %NULL for `etsi`
 *
 * Sets the country whose tones calls hear, where neither their variable `tone-zone` nor their
 * endpoint says another one.
 *
 * Since: 0.1
 */
void
ahoy_call_router_set_tone_zone (AhoyCallRouter *self, const char *zone)
{
  g_return_if_fail (AHOY_IS_CALL_ROUTER (self));

  g_free (self->tone_zone);
  self->tone_zone = g_strdup (zone);
}

/* What a caller may be taken to hear: his variable, which can come from anywhere, his endpoint, or
 * what holds for all. */
static const char *
find_tone_zone (AhoyCallRouter *self, AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  const char *zone = ahoy_session_get_variable (session, "tone-zone");

  if ((zone == NULL || !ahoy_tone_zone_exists (zone)) && endpoint != NULL) {
    zone = ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                          "tone-zone");
  }
  if (zone == NULL || !ahoy_tone_zone_exists (zone)) {
    zone = self->tone_zone;
  }
  return zone != NULL && ahoy_tone_zone_exists (zone) ? zone : "etsi";
}

char *
ahoy_call_router_make_tone (AhoyCallRouter *self, AhoySession *session, const char *tone)
{
  const char *zone = find_tone_zone (self, session);

  return ahoy_tone_zone_find (zone, tone) != NULL ? g_strconcat (zone, ":", tone, NULL)
                                                  : g_strdup (tone);
}

/* A relative name does not leave its folder. */
static char *
find_file (const char *folder, const char *name, const char *what, GError **error)
{
  g_auto (GStrv) parts = NULL;

  if (g_path_is_absolute (name)) {
    return g_strdup (name);
  }
  parts = g_strsplit (name, "/", -1);
  if (folder == NULL || *name == '\0' || g_strv_contains ((const char *const *) parts, "..")) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” names no %s; write a name without .. in the folder “%s”, or an "
                 "absolute path",
                 name, what, folder != NULL ? folder : "");
    return NULL;
  }
  return g_build_filename (folder, name, NULL);
}

/**
 * ahoy_call_router_find_sound:
 * @self: a router
 * @name: the name of a sound: relative to the folder of sounds, or an absolute path
 * @error: return location for an error
 *
 * Returns: (transfer full): a path, whether there is a file or not; %NULL with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when the name leaves the folder
 *
 * Since: 0.1
 */
char *
ahoy_call_router_find_sound (AhoyCallRouter *self, const char *name, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return find_file (self->sounds, name, "sound", error);
}

/**
 * ahoy_call_router_find_sound_for:
 * @self: a router
 * @session: (nullable): who is to hear it
 * @name: the name of a sound: relative to the folder of sounds, or an absolute path
 * @error: return location for an error
 *
 * Finds a sound in the language of a call: where its variable `language` names a folder in the
 * folder of sounds that has the sound, that one counts, so that `play(welcome.wav)` may be
 * `de/welcome.wav`.
 *
 * Returns: (transfer full): a path, whether there is a file or not; %NULL with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when the name leaves the folder
 *
 * Since: 0.1
 */
char *
ahoy_call_router_find_sound_for (AhoyCallRouter *self, AhoySession *session, const char *name,
                                 GError **error)
{
  const char *language =
      session != NULL ? ahoy_session_get_variable (session, "language") : NULL;
  g_autofree char *spoken = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  /* The variable can come from anywhere: it names a folder, and none above. */
  if (language != NULL && *language != '\0' && *language != '.' &&
      strchr (language, '/') == NULL && !g_path_is_absolute (name)) {
    spoken = g_build_filename (language, name, NULL);
    path = find_file (self->sounds, spoken, "sound", NULL);
  }
  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    return g_steal_pointer (&path);
  }
  return find_file (self->sounds, name, "sound", error);
}

/**
 * ahoy_call_router_find_recording:
 * @self: a router
 * @name: the name of a recording: relative to the folder of recordings, or an absolute path
 * @error: return location for an error
 *
 * Returns: (transfer full): a path, whether there is a file or not; %NULL with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when the name leaves the folder
 *
 * Since: 0.1
 */
char *
ahoy_call_router_find_recording (AhoyCallRouter *self, const char *name, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return find_file (self->recordings, name, "recording", error);
}
