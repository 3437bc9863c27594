/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"
#include "ahoy-moh-config.h"

/* [moh NAME]: music for those who wait. */

/* A name below sounds-directory, or all of a path. */
static char *
make_path (AhoyCoreChange *change, const char *name)
{
  const char *sounds = ahoy_config_object_get_string (change->core->settings, "sounds-directory");

  return g_path_is_absolute (name) || sounds == NULL || *sounds == '\0'
             ? g_strdup (name)
             : g_build_filename (sounds, name, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static gboolean
list_folder (GPtrArray *files, const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GDir *folder = g_dir_open (path, 0, &reason);
  const char *name;

  if (folder == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "its folder cannot be read: %s",
                 reason->message);
    return FALSE;
  }
  while ((name = g_dir_read_name (folder)) != NULL) {
    if (g_str_has_suffix (name, ".wav")) {
      g_ptr_array_add (files, g_build_filename (path, name, NULL));
    }
  }
  g_dir_close (folder);
  g_ptr_array_sort (files, compare_names);
  if (files->len == 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "there is no file in %s whose name ends in .wav", path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
add_music (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyMusicOnHold *music = ahoy_call_router_get_music (change->core->router);
  const char *name = ahoy_config_object_get_name (object);
  const char *directory = ahoy_config_object_get_string (object, "directory");
  const char *const *listed = ahoy_config_object_get_list (object, "files");
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; listed != NULL && listed[i] != NULL; i++) {
    char *path = g_path_is_absolute (listed[i])
                     ? g_strdup (listed[i])
                     : ahoy_call_router_find_sound (change->core->router, listed[i], &error);

    if (path == NULL) {
      ahoy_core_change_fail (change, object, "files", error);
      return FALSE;
    }
    g_ptr_array_add (files, path);
  }
  if (directory != NULL && *directory != '\0') {
    g_autofree char *path = make_path (change, directory);

    if (!list_folder (files, path, &error)) {
      ahoy_core_change_fail (change, object, "directory", error);
      return FALSE;
    }
  }
  if (files->len == 0) {
    const char *tone = ahoy_config_object_get_string (object, "tone");

    ahoy_music_on_hold_set_tone (music, name, tone != NULL && *tone != '\0' ? tone : NULL);
    return TRUE;
  }
  g_ptr_array_add (files, NULL);
  ahoy_music_on_hold_set_files (music, name, (const char *const *) files->pdata,
                                ahoy_config_object_get_choice (object, "order") ==
                                    AHOY_MOH_ORDER_RANDOM);
  return TRUE;
}

static gboolean
change_music (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  return add_music (change, object);
}

static void
remove_music (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_music_on_hold_remove (ahoy_call_router_get_music (change->core->router),
                             ahoy_config_object_get_name (object));
}

const AhoyCorePart ahoy_core_music_part = {
  .type = "moh",
  .add = add_music,
  .change = change_music,
  .remove = remove_music,
};
