/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-deferral-private.h"
#include "ahoy-supplement-deferral.h"

/**
 * AhoySupplementDeferral:
 *
 * A request of a session that waits for a supplement; see ahoy_session_defer().
 *
 * Since: 0.1
 */
struct _AhoySupplementDeferral {
  AhoyDeferral parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoySupplementDeferral, ahoy_supplement_deferral, AHOY_TYPE_DEFERRAL)

static void
ahoy_supplement_deferral_class_init (AhoySupplementDeferralClass *klass)
{
}

static void
ahoy_supplement_deferral_init (AhoySupplementDeferral *self)
{
}

/**
 * ahoy_supplement_deferral_resolve:
 * @self: a deferral
 * @verdict: what the supplement would have returned; %AHOY_SUPPLEMENT_DEFERRED counts as
 *   %AHOY_SUPPLEMENT_FAILED
 *
 * Says what becomes of the request. To be called in the thread of the stack. The request goes on in
 * the next turn of the main loop.
 *
 * Returns: %TRUE when the request waited for it; %FALSE when it was resolved before, its deadline
 *   passed or the request is no more
 *
 * Since: 0.1
 */
gboolean
ahoy_supplement_deferral_resolve (AhoySupplementDeferral *self, AhoySupplementVerdict verdict)
{
  g_return_val_if_fail (AHOY_IS_SUPPLEMENT_DEFERRAL (self), FALSE);

  return ahoy_deferral_settle (AHOY_DEFERRAL (self), (int) verdict);
}
