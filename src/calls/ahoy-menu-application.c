/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-menu-application-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-digit-collector-private.h"

/*
 * AhoyMenuApplication:
 *
 * Does the step `menu`: tells choices, and goes on with the steps of the one whose digit the caller
 * dials.
 */
struct _AhoyMenuApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
};

/* A caller who is to choose. */
typedef struct {
  AhoyCallRouter *router; /* not a reference */
  AhoyCallRun *run;       /* not a reference */
  AhoyMediaStream *media;
  AhoyDigitCollector *collector;
  guint tried;
} Choosing;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyMenuApplication, ahoy_menu_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
choosing_free (gpointer data)
{
  Choosing *self = data;

  g_clear_pointer (&self->collector, ahoy_digit_collector_free);
  g_object_unref (self->media);
  g_free (self);
}

/* The steps of a digit; NULL when it is none of the choices. */
static const char *
find_choice (AhoyRouteStep *step, const char *digit)
{
  const char *name = *digit == '*' ? "star" : *digit == '#' ? "hash" : digit;

  return *digit >= 'A' ? NULL : ahoy_route_step_get_text (step, name);
}

static gboolean ask (Choosing *self, gboolean wrong, GError **error);

/* The caller chose, or did not: goes on with steps, and ends the choosing. */
static void
go_on_with (Choosing *self, const char *steps)
{
  AhoyCallRun *run = self->run;
  g_autoptr (GError) error = NULL;

  if (!ahoy_call_run_finish_with (run, steps, &error)) {
    ahoy_call_run_fail (run, error);
  }
}

static void
on_digits (const char *digits, const GError *error, gpointer user_data)
{
  Choosing *self = user_data;
  AhoyCallRun *run = self->run;
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  const char *variable = ahoy_route_step_get_text (step, "variable");
  const char *steps = find_choice (step, digits);
  g_autoptr (GError) reason = NULL;

  if (error != NULL) {
    ahoy_call_run_fail (run, error);
    return;
  }
  if (variable != NULL) {
    ahoy_session_set_variable (ahoy_call_run_get_session (run), variable,
                               *digits != '\0' ? digits : NULL);
  }
  if (steps != NULL) {
    go_on_with (self, steps);
  } else if (++self->tried >= ahoy_route_step_get_number (step, "tries")) {
    go_on_with (self, ahoy_route_step_get_text (step, "otherwise"));
  } else if (!ask (self, *digits != '\0', &reason)) {
    ahoy_call_run_fail (run, reason);
  }
}

/* Tells the choices, after a @wrong one with the sound for it. */
static gboolean
ask (Choosing *self, gboolean wrong, GError **error)
{
  AhoyRouteStep *step = ahoy_call_run_get_step (self->run);
  const char *const *files = ahoy_route_step_get_texts (step, "file");
  const char *sound = wrong ? ahoy_route_step_get_text (step, "wrong") : NULL;
  g_autoptr (GPtrArray) sounds = g_ptr_array_new ();
  AhoyDigitWish wish = {
    .text = ahoy_route_step_get_text (step, "say"),
    .voice = ahoy_route_step_get_text (step, "voice"),
    .most = 1,
    .tries = 1,
    .timeout = ahoy_route_step_get_duration (step, "timeout"),
  };

  if (sound != NULL) {
    g_ptr_array_add (sounds, (gpointer) sound);
  }
  for (guint i = 0; files[i] != NULL; i++) {
    g_ptr_array_add (sounds, (gpointer) files[i]);
  }
  g_ptr_array_add (sounds, NULL);
  wish.sounds = (const char *const *) sounds->pdata;
  g_clear_pointer (&self->collector, ahoy_digit_collector_free);
  self->collector =
      ahoy_digit_collector_new (self->router, ahoy_call_run_get_session (self->run), self->media,
                                &wish, on_digits, self);
  return ahoy_digit_collector_start (self->collector, error);
}

static AhoyCallVerdict
ahoy_menu_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyMediaStream *media = ahoy_call_run_prepare_media (run, error);
  Choosing *self;

  if (media == NULL) {
    return AHOY_CALL_FAILED;
  }
  self = g_new0 (Choosing, 1);
  self->router = AHOY_MENU_APPLICATION (application)->router;
  self->run = run;
  self->media = g_object_ref (media);
  ahoy_call_run_set_data (run, self, choosing_free);
  return ask (self, FALSE, error) ? AHOY_CALL_WAITING : AHOY_CALL_FAILED;
}

static void
ahoy_menu_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  Choosing *self = ahoy_call_run_get_data (run);

  if (self != NULL && self->collector != NULL) {
    ahoy_digit_collector_silence (self->collector);
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_menu_application_run;
  iface->cancel = ahoy_menu_application_cancel;
}

static void
ahoy_menu_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_menu_application_parent_class)->finalize (object);
}

static void
ahoy_menu_application_class_init (AhoyMenuApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_menu_application_finalize;
}

static void
ahoy_menu_application_init (AhoyMenuApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_menu_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyMenuApplication) self = g_object_new (AHOY_TYPE_MENU_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "menu", AHOY_CALL_APPLICATION (self), error);
}
