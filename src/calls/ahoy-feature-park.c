/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-bridge-features-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-call-transfer-private.h"
#include "ahoy-endpoint.h"
#include "ahoy-parking-lot-private.h"

/* Parking by digits: as if the other one were transferred to the step park. */

static gboolean
run_steps (AhoyCallRouter *router, AhoySession *session, const char *steps, const char *context)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRouteProgram) program =
      ahoy_route_program_parse (ahoy_route_step_registry_get_default (), steps, &error);

  if (program != NULL && ahoy_call_router_run_in (router, session, program, context, &error)) {
    return TRUE;
  }
  g_message ("Session %" G_GUINT64_FORMAT " does not get to “%s”: %s",
             ahoy_session_get_id (session), steps, error->message);
  ahoy_session_hangup (session);
  return FALSE;
}

gboolean
ahoy_feature_park (AhoyBridgeFeatures *features, AhoySession *session, AhoySession *partner)
{
  AhoyCallRouter *router = ahoy_bridge_features_get_router (features);
  gint64 timeout = ahoy_config_object_get_duration (ahoy_bridge_features_get_config (features),
                                                    "park-timeout");
  AhoyParkingLot *lot = ahoy_call_router_get_parking_lot (router);
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  const char *context = ahoy_bridge_features_find_context (session);
  g_autoptr (AhoySession) own = g_object_ref (session);
  g_autoptr (AhoySession) other = g_object_ref (partner);
  g_autoptr (AhoyBridge) bridge = NULL;
  g_autofree char *park = g_strdup_printf ("park(timeout=%" G_GINT64_FORMAT "ms)",
                                           timeout / G_TIME_SPAN_MILLISECOND);
  g_autofree char *steps = NULL;

  if (ahoy_parking_lot_is_full (lot)) {
    g_message ("Session %" G_GUINT64_FORMAT " is not parked: no slot is free",
               ahoy_session_get_id (partner));
    return FALSE;
  }
  bridge = ahoy_call_transfer_take_apart (session);
  if (bridge == NULL) {
    return FALSE;
  }
  ahoy_bridge_destroy (bridge);
  ahoy_session_set_variable (other, AHOY_PARKING_BY_VARIABLE,
                             endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL);
  if (!run_steps (router, other, park, context) ||
      ahoy_parking_lot_find_slot (lot, other) == 0) {
    ahoy_session_hangup (own);
    return TRUE;
  }
  steps = g_strdup_printf ("say(%u, as=digits), hangup", ahoy_parking_lot_find_slot (lot, other));
  run_steps (router, own, steps, context);
  return TRUE;
}
