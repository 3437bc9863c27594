/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-application.h"

/**
 * AhoyCallApplication:
 *
 * Does one kind of step of a route with a call: plays something, asks something, joins it with
 * another one.
 *
 * It implements a step whose arguments an #AhoyRouteStepDefinition names, and is added with
 * ahoy_call_router_add_application().
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyCallApplication, ahoy_call_application, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyCallVerdict, ahoy_call_verdict,
                    G_DEFINE_ENUM_VALUE (AHOY_CALL_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AHOY_CALL_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (AHOY_CALL_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (AHOY_CALL_DETACHED, "detached"))

static void
ahoy_call_application_default_init (AhoyCallApplicationInterface *iface)
{
}

/**
 * ahoy_call_application_run:
 * @self: a call application
 * @run: the call, and the step to do
 * @error: return location for an error, to be set with %AHOY_CALL_FAILED
 *
 * Does a step. An application that answers %AHOY_CALL_WAITING has the call until it says
 * ahoy_call_run_finish() or ahoy_call_run_fail(), or until it is cancelled.
 *
 * Returns: what became of the step
 *
 * Since: 0.1
 */
AhoyCallVerdict
ahoy_call_application_run (AhoyCallApplication *self, AhoyCallRun *run, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_APPLICATION (self), AHOY_CALL_FAILED);
  g_return_val_if_fail (AHOY_IS_CALL_RUN (run), AHOY_CALL_FAILED);

  if (AHOY_CALL_APPLICATION_GET_IFACE (self)->run == NULL) {
    return AHOY_CALL_FAILED;
  }
  return AHOY_CALL_APPLICATION_GET_IFACE (self)->run (self, run, error);
}

/**
 * ahoy_call_application_cancel:
 * @self: a call application
 * @run: a call that it has
 *
 * Takes the call away, most often because it is over. Called once, and only while the application
 * waits.
 *
 * Since: 0.1
 */
void
ahoy_call_application_cancel (AhoyCallApplication *self, AhoyCallRun *run)
{
  g_return_if_fail (AHOY_IS_CALL_APPLICATION (self));
  g_return_if_fail (AHOY_IS_CALL_RUN (run));

  if (AHOY_CALL_APPLICATION_GET_IFACE (self)->cancel != NULL) {
    AHOY_CALL_APPLICATION_GET_IFACE (self)->cancel (self, run);
  }
}
