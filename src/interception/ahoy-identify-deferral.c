/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-deferral-private.h"
#include "ahoy-identify-deferral-private.h"

/**
 * AhoyIdentifyDeferral:
 *
 * A request that waits for an #AhoyEndpointIdentifier; see ahoy_identification_defer().
 *
 * Since: 0.1
 */
struct _AhoyIdentifyDeferral {
  AhoyDeferral parent_instance;

  AhoyEndpoint *endpoint;
  gboolean refused;
};

G_DEFINE_FINAL_TYPE (AhoyIdentifyDeferral, ahoy_identify_deferral, AHOY_TYPE_DEFERRAL)

static void
ahoy_identify_deferral_dispose (GObject *object)
{
  g_clear_object (&AHOY_IDENTIFY_DEFERRAL (object)->endpoint);
  G_OBJECT_CLASS (ahoy_identify_deferral_parent_class)->dispose (object);
}

static void
ahoy_identify_deferral_class_init (AhoyIdentifyDeferralClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_identify_deferral_dispose;
}

static void
ahoy_identify_deferral_init (AhoyIdentifyDeferral *self)
{
}

/**
 * ahoy_identify_deferral_resolve:
 * @self: a deferral
 * @endpoint: (nullable): who the request comes from; %NULL when this identifier does not know, and
 *   the next one is asked
 *
 * Says who a request comes from. To be called in the thread of the stack. The request goes on in
 * the next turn of the main loop.
 *
 * Returns: %TRUE when the request waited for it; %FALSE when it was resolved before, its deadline
 *   passed or the request is no more
 *
 * Since: 0.1
 */
gboolean
ahoy_identify_deferral_resolve (AhoyIdentifyDeferral *self, AhoyEndpoint *endpoint)
{
  g_return_val_if_fail (AHOY_IS_IDENTIFY_DEFERRAL (self), FALSE);
  g_return_val_if_fail (endpoint == NULL || AHOY_IS_ENDPOINT (endpoint), FALSE);

  if (!ahoy_deferral_is_waiting (AHOY_DEFERRAL (self))) {
    return FALSE;
  }
  g_set_object (&self->endpoint, endpoint);
  return ahoy_deferral_settle (AHOY_DEFERRAL (self), 0);
}

/**
 * ahoy_identify_deferral_refuse:
 * @self: a deferral
 *
 * Says that a request comes from nobody, whatever others might know: it is refused as one from an
 * unknown source. To be called in the thread of the stack.
 *
 * Returns: %TRUE when the request waited for it; %FALSE when it was resolved before, its deadline
 *   passed or the request is no more
 *
 * Since: 0.1
 */
gboolean
ahoy_identify_deferral_refuse (AhoyIdentifyDeferral *self)
{
  g_return_val_if_fail (AHOY_IS_IDENTIFY_DEFERRAL (self), FALSE);

  if (!ahoy_deferral_is_waiting (AHOY_DEFERRAL (self))) {
    return FALSE;
  }
  self->refused = TRUE;
  return ahoy_deferral_settle (AHOY_DEFERRAL (self), 0);
}

gboolean
ahoy_identify_deferral_is_refused (AhoyIdentifyDeferral *self)
{
  return self->refused;
}

AhoyEndpoint *
ahoy_identify_deferral_peek_endpoint (AhoyIdentifyDeferral *self)
{
  return self->endpoint;
}
