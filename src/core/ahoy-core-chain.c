/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-private.h"

/* The parts of the chain in front of the applications, for who extends them. */

/**
 * ahoy_core_get_interception:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): the chain that each message passes; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyInterception *
ahoy_core_get_interception (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->interception;
}

/**
 * ahoy_core_get_identification:
 * @self: a core
 *
 * What an identifier needs that takes its time, see ahoy_identification_defer().
 *
 * Returns: (transfer none) (nullable): what finds out who a request comes from; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyIdentification *
ahoy_core_get_identification (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->identification;
}

/**
 * ahoy_core_get_authentication:
 * @self: a core
 *
 * What an authenticator needs that takes its time, see ahoy_authentication_defer().
 *
 * Returns: (transfer none) (nullable): what lets pass only who proves to be who he says; %NULL
 *   before ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyAuthentication *
ahoy_core_get_authentication (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->authentication;
}
