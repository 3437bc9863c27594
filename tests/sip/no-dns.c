/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

/*
 * Preloaded into the test agent: a host name that reaches the blocking resolver of the C library
 * stops all calls for seconds, so it is reported where the harness looks for alarms. Addresses
 * pass.
 */
__attribute__ ((visibility ("default"))) int
getaddrinfo (const char *node, const char *service, const struct addrinfo *hints,
             struct addrinfo **result)
{
  static int (*real) (const char *, const char *, const struct addrinfo *, struct addrinfo **);
  struct addrinfo numeric = { 0 };
  int code;

  if (real == NULL) {
    void *symbol = dlsym (RTLD_NEXT, "getaddrinfo");

    memcpy (&real, &symbol, sizeof real);
  }
  if (hints != NULL) {
    numeric = *hints;
  }
  numeric.ai_flags |= AI_NUMERICHOST;
  code = real (node, service, &numeric, result);
  if (code == EAI_NONAME && node != NULL &&
      (hints == NULL || (hints->ai_flags & AI_NUMERICHOST) == 0)) {
    fprintf (stderr, "BLOCKING LOOKUP of the host name “%.100s”\n", node);
  }
  return code;
}
