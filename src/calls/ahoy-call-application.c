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

/**
 * ahoy_call_application_digit:
 * @self: a call application
 * @run: a call that it has
 * @digit: 0-9, *, #, A-D, or R for the hook flash
 * @duration_ms: how long it was pressed, in milliseconds; 0 when that is not known
 *
 * Tells of a digit, which came as an event (RFC 4733), as a tone or by INFO.
 *
 * Since: 0.1
 */
void
ahoy_call_application_digit (AhoyCallApplication *self, AhoyCallRun *run, const char *digit,
                             guint duration_ms)
{
  g_return_if_fail (AHOY_IS_CALL_APPLICATION (self));
  g_return_if_fail (AHOY_IS_CALL_RUN (run));
  g_return_if_fail (digit != NULL);

  if (AHOY_CALL_APPLICATION_GET_IFACE (self)->digit != NULL) {
    AHOY_CALL_APPLICATION_GET_IFACE (self)->digit (self, run, digit, duration_ms);
  }
}

/**
 * ahoy_call_application_played:
 * @self: a call application
 * @run: a call that it has
 * @complete: whether it was heard to its end
 *
 * Tells that what played to the call has ended.
 *
 * Since: 0.1
 */
void
ahoy_call_application_played (AhoyCallApplication *self, AhoyCallRun *run, gboolean complete)
{
  g_return_if_fail (AHOY_IS_CALL_APPLICATION (self));
  g_return_if_fail (AHOY_IS_CALL_RUN (run));

  if (AHOY_CALL_APPLICATION_GET_IFACE (self)->played != NULL) {
    AHOY_CALL_APPLICATION_GET_IFACE (self)->played (self, run, complete);
  }
}

/**
 * ahoy_call_application_foresee:
 * @self: a call application
 * @query: what is asked, and the step that would be done
 *
 * Asks what the step would do with a call, for the answer to OPTIONS (RFC 3261 section 11.2). There
 * is no call, and nothing may be begun: no program, no ringing. A step that would refuse the call
 * says so with ahoy_call_query_refuse() or ahoy_call_query_redirect(). An application that does not
 * say, or cannot know, lets OPTIONS be answered with 200.
 *
 * Returns: %TRUE when the call would go on with the next step, and that one is to be asked
 *
 * Since: 0.1
 */
gboolean
ahoy_call_application_foresee (AhoyCallApplication *self, AhoyCallQuery *query)
{
  g_return_val_if_fail (AHOY_IS_CALL_APPLICATION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CALL_QUERY (query), FALSE);

  return AHOY_CALL_APPLICATION_GET_IFACE (self)->foresee != NULL &&
         AHOY_CALL_APPLICATION_GET_IFACE (self)->foresee (self, query);
}
