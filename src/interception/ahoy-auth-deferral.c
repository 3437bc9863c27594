/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auth-deferral.h"
#include "ahoy-deferral-private.h"

/**
 * AhoyAuthDeferral:
 *
 * A request that waits for an #AhoyAuthenticator; see ahoy_authentication_defer().
 *
 * Since: 0.1
 */
struct _AhoyAuthDeferral {
  AhoyDeferral parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyAuthDeferral, ahoy_auth_deferral, AHOY_TYPE_DEFERRAL)

static void
ahoy_auth_deferral_class_init (AhoyAuthDeferralClass *klass)
{
}

static void
ahoy_auth_deferral_init (AhoyAuthDeferral *self)
{
}

/**
 * ahoy_auth_deferral_resolve:
 * @self: a deferral
 * @result: what became of the proof; with %AHOY_AUTH_CHALLENGE_SENT the authenticator has answered
 *   already
 *
 * Says whether a request proves who it comes from. To be called in the thread of the stack. The
 * request goes on in the next turn of the main loop.
 *
 * Returns: %TRUE when the request waited for it; %FALSE when it was resolved before, its deadline
 *   passed or the request is no more
 *
 * Since: 0.1
 */
gboolean
ahoy_auth_deferral_resolve (AhoyAuthDeferral *self, AhoyAuthResult result)
{
  g_return_val_if_fail (AHOY_IS_AUTH_DEFERRAL (self), FALSE);

  return ahoy_deferral_settle (AHOY_DEFERRAL (self), (int) result);
}
