/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the product never does, to see that the sanitizers find it. Argument: overflow,
 * use-after-free, leak or undefined. */

static volatile int zero;

static G_NO_INLINE void
plant_overflow (void)
{
  char *block = g_malloc (8);

  memset (block, 1, 9 + (size_t) zero);
  g_free (block);
}

static G_NO_INLINE void
plant_use_after_free (void)
{
  char *volatile block = g_malloc (8);

  g_free (block);
  printf ("%d\n", block[zero]);
}

static G_NO_INLINE void
plant_leak (void)
{
  char *volatile block = malloc (8); /* the report tells of one step above an allocator */

  g_strlcpy (block, "lost", 8);
  printf ("%c\n", block[zero]);
  block = NULL;
}

static G_NO_INLINE void
plant_undefined (void)
{
  int sum = INT_MAX - zero;

  printf ("%d\n", sum + 1 + zero);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*plant) (void);
  } kinds[] = { { "overflow", plant_overflow },
                { "use-after-free", plant_use_after_free },
                { "leak", plant_leak },
                { "undefined", plant_undefined } };

  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (kinds); i++) {
    if (strcmp (argv[1], kinds[i].name) == 0) {
      kinds[i].plant ();
      return 0;
    }
  }
  return 2;
}
