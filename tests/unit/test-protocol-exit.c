/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ahoy-uri.h"

/* A process that only loads libahoy ends, and no library deletes a thread-specific key of another:
 * what libraries make and delete comes by here. */

#define MAX_KEYS 1024

static const char *makers[MAX_KEYS];

static const char *
library_of (void *address)
{
  Dl_info info;

  return dladdr (address, &info) != 0 ? info.dli_fname : "?";
}

int
pthread_key_create (pthread_key_t *key, void (*destroy) (void *))
{
  int (*real) (pthread_key_t *, void (*) (void *)) = dlsym (RTLD_NEXT, "pthread_key_create");
  int result = real (key, destroy);

  if (result == 0 && *key < MAX_KEYS) {
    makers[*key] = library_of (__builtin_return_address (0));
  }
  return result;
}

int
pthread_key_delete (pthread_key_t key)
{
  int (*real) (pthread_key_t) = dlsym (RTLD_NEXT, "pthread_key_delete");
  const char *library = library_of (__builtin_return_address (0));

  if (key < MAX_KEYS && (makers[key] == NULL || strcmp (makers[key], library) != 0)) {
    fprintf (stderr, "%s deletes key %u, which %s made\n", library, key,
             makers[key] != NULL ? makers[key] : "nobody");
    _exit (1);
  }
  return real (key);
}

int
main (void)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse ("sip:alice@example.org", NULL);

  printf ("%s\n", ahoy_uri_get_host (uri));
  return 0;
}
