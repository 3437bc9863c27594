/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-private.h"

/* The tokens of lines and the name of this device: few, small and hardly ever changed. */

struct _AhoyRegistrationMemory {
  GKeyFile *keys;
  char *path; /* NULL: nothing is kept */
};

/* @path: (nullable): a file, which need not be there yet */
AhoyRegistrationMemory *
ahoy_registration_memory_new (const char *path)
{
  AhoyRegistrationMemory *self = g_new0 (AhoyRegistrationMemory, 1);
  g_autoptr (GError) error = NULL;

  self->keys = g_key_file_new ();
  self->path = g_strdup (path);
  if (path != NULL &&
      !g_key_file_load_from_file (self->keys, path, G_KEY_FILE_NONE, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_warning ("%s cannot be read, so lines of registrations get new tokens: %s", path,
               error->message);
  }
  return self;
}

void
ahoy_registration_memory_free (AhoyRegistrationMemory *self)
{
  g_key_file_unref (self->keys);
  g_free (self->path);
  g_free (self);
}

/* Returns: (transfer full) (nullable): what was set for a name; NULL when nothing was */
char *
ahoy_registration_memory_get (AhoyRegistrationMemory *self, const char *name, const char *key)
{
  return g_key_file_get_string (self->keys, name, key, NULL);
}

/* @value: (nullable): NULL to forget it */
void
ahoy_registration_memory_set (AhoyRegistrationMemory *self, const char *name, const char *key,
                              const char *value)
{
  g_autofree char *folder = self->path != NULL ? g_path_get_dirname (self->path) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  if (value != NULL) {
    g_key_file_set_string (self->keys, name, key, value);
  } else {
    g_key_file_remove_key (self->keys, name, key, NULL);
  }
  if (self->path == NULL) {
    return;
  }
  text = g_key_file_to_data (self->keys, &length, NULL);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (self->path, text, (gssize) length,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
    g_warning ("%s: what belongs to it cannot be kept in %s, so that a restart makes it anew: %s",
               name, self->path, error->message);
  }
}
