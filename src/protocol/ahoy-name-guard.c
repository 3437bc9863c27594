/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <glib.h>
#include <netdb.h>

#include "ahoy-listener-private.h"
#include "ahoy-visibility.h"

/*
 * Sofia asks the C library for the address of whatever stands in a Via, and waits, with everything
 * standing still: a request with a wrong version, or with an error in it, is answered to the host
 * it names before the stack looks at where it came from. libahoy stands before libsofia-sip-ua in
 * the order of symbols, so Sofia's calls of its own su_getaddrinfo() end here, where a name is
 * never looked up. AhoyResolver finds the addresses we need. See
 * docs/decisions/005-no-names-in-sofia.md.
 */
static guint n_calls;

/* How often Sofia asked; a listener that was bound without asking means that somebody else answers.
 * */
guint
ahoy_name_guard_get_n_calls (void)
{
  return n_calls;
}

AHOY_API
int
su_getaddrinfo (char const *node, char const *service, su_addrinfo_t const *hints,
                su_addrinfo_t **result)
{
  struct addrinfo numeric = { 0 };

  n_calls++;
  if (hints != NULL) {
    numeric = *hints;
  }
  numeric.ai_flags |= AI_NUMERICHOST;
  return getaddrinfo (node, service, &numeric, result);
}
