/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-read-application-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-digit-collector-private.h"
#include "ahoy-error.h"

/*
 * AhoyReadApplication:
 *
 * Does the step `read`: plays sounds, and takes the digits that the caller dials meanwhile and
 * afterwards, as events, tones or INFO, into a variable of the call.
 */
struct _AhoyReadApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
};

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyReadApplication, ahoy_read_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

/* Ends the step, and with it the collector. */
static void
on_digits (const char *digits, const GError *error, gpointer user_data)
{
  AhoyCallRun *run = user_data;
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  gboolean any = *digits != '\0';
  g_autoptr (GError) nothing = NULL;

  if (error != NULL) {
    ahoy_call_run_fail (run, error);
    return;
  }
  ahoy_session_set_variable (ahoy_call_run_get_session (run),
                             ahoy_route_step_get_text (step, "variable"), any ? digits : NULL);
  if (any || g_str_equal (ahoy_route_step_get_text (step, "otherwise"), "continue")) {
    ahoy_call_run_finish (run);
    return;
  }
  nothing = g_error_new (AHOY_ERROR, AHOY_ERROR_TIMEOUT,
                         "the caller dialled no digits; write otherwise=continue to go on then");
  ahoy_call_run_fail (run, nothing);
}

static AhoyCallVerdict
ahoy_read_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  AhoyDigitWish wish = {
    .sounds = ahoy_route_step_get_texts (step, "file"),
    .text = ahoy_route_step_get_text (step, "say"),
    .voice = ahoy_route_step_get_text (step, "voice"),
    .most = ahoy_route_step_get_number (step, "digits"),
    .end = ahoy_route_step_get_text (step, "end"),
    .tries = ahoy_route_step_get_number (step, "tries"),
    .timeout = ahoy_route_step_get_duration (step, "timeout"),
    .between = ahoy_route_step_get_duration (step, "between"),
  };
  AhoyDigitCollector *collector;

  if (media == NULL) {
    return AHOY_CALL_FAILED;
  }
  collector = ahoy_digit_collector_new (AHOY_READ_APPLICATION (application)->router,
                                        ahoy_call_run_get_session (run), media, &wish, on_digits,
                                        run);
  ahoy_call_run_set_data (run, collector, (GDestroyNotify) ahoy_digit_collector_free);
  return ahoy_digit_collector_start (collector, error) ? AHOY_CALL_WAITING : AHOY_CALL_FAILED;
}

static void
ahoy_read_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  AhoyDigitCollector *collector = ahoy_call_run_get_data (run);

  if (collector != NULL) {
    ahoy_digit_collector_silence (collector);
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_read_application_run;
  iface->cancel = ahoy_read_application_cancel;
}

static void
ahoy_read_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_read_application_parent_class)->finalize (object);
}

static void
ahoy_read_application_class_init (AhoyReadApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_read_application_finalize;
}

static void
ahoy_read_application_init (AhoyReadApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_read_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyReadApplication) self = g_object_new (AHOY_TYPE_READ_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "read", AHOY_CALL_APPLICATION (self), error);
}
