/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* Runs a fuzz target over files and folders without libFuzzer, so that every build replays what a
 * fuzzer has found before. */

static void
replay_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  g_autofree uint8_t *exact = NULL;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, &error)) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }

  /* Without the NUL that GLib adds, so that the address sanitizer sees an over-read. */
  exact = g_memdup2 (contents, size);
  LLVMFuzzerTestOneInput (exact, size);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static guint
replay_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL) {
    g_printerr ("%s\n", error->message);
    exit (1);
  }

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i < names->len; i++) {
    g_print ("# %s\n", (const char *) names->pdata[i]);
    replay_file (names->pdata[i]);
  }

  return names->len;
}

int
main (int argc, char **argv)
{
  LLVMFuzzerInitialize (&argc, &argv);

  g_print ("1..%d\n", argc - 1);
  for (int i = 1; i < argc; i++) {
    guint n_files = 1;

    if (g_file_test (argv[i], G_FILE_TEST_IS_DIR))
      n_files = replay_folder (argv[i]);
    else
      replay_file (argv[i]);

    g_print ("%s %d - %s, %u files\n", n_files > 0 ? "ok" : "not ok", i, argv[i], n_files);
  }

  return 0;
}
