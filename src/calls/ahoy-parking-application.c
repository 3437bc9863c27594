/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-parking-application-private.h"

#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-parking-lot-private.h"

/*
 * AhoyParkingApplication:
 *
 * Does the steps `park`, which leaves a call in a slot until somebody fetches it or its time is
 * over, and `parked`, which fetches it.
 */
struct _AhoyParkingApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
};

/* A call that is parked. */
typedef struct {
  AhoyParkingLot *lot;
  AhoyCallRun *run; /* not a reference */
  AhoyScheduler *scheduler;
  guint64 timer;
  guint slot;
} Waiter;

/* A caller who fetched one, with whom he is in a bridge. */
typedef struct {
  AhoyCallRun *run; /* not a reference */
  AhoyBridge *bridge;
  AhoySession *fetched;
  AhoyScheduler *scheduler;
  guint64 timer;
} Fetcher;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyParkingApplication, ahoy_parking_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static gboolean
is_fetching (AhoyCallRun *run)
{
  return g_str_equal (ahoy_route_step_get_name (ahoy_call_run_get_step (run)), "parked");
}

static AhoyScheduler *
ref_scheduler (AhoyParkingApplication *self)
{
  AhoyStack *stack =
      ahoy_session_service_get_stack (ahoy_call_router_get_sessions (self->router));

  return g_object_ref (ahoy_stack_get_scheduler (stack));
}

/* -- park ----------------------------------------------------------------------------------- */

static void
waiter_free (gpointer data)
{
  Waiter *self = data;

  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  g_object_unref (self->scheduler);
  g_object_unref (self->lot);
  g_free (self);
}

/* Nobody fetched it: who parked it is called back, or the route says what happens. */
static void
on_time (gpointer user_data)
{
  Waiter *self = user_data;
  AhoyCallRun *run = self->run;
  AhoySession *session = ahoy_call_run_get_session (run);
  g_autofree char *by = g_strdup (ahoy_parking_lot_get_parked_by (self->lot, self->slot));
  g_autofree char *steps =
      by != NULL && *by != '\0' ? g_strdup_printf ("dial(\"%s\", timeout=30)", by) : NULL;
  g_autoptr (GError) error = NULL;

  self->timer = 0;
  ahoy_parking_lot_leave (self->lot, session);
  if (steps == NULL) {
    ahoy_call_run_finish (run);
  } else if (!ahoy_call_run_finish_with (run, steps, &error)) {
    g_message ("Who parked session %" G_GUINT64_FORMAT " cannot be called back: %s",
               ahoy_session_get_id (session), error->message);
    ahoy_call_run_finish (run);
  }
}

static AhoyCallVerdict
run_park (AhoyParkingApplication *self, AhoyCallRun *run, GError **error)
{
  AhoyParkingLot *lot = ahoy_call_router_get_parking_lot (self->router);
  AhoySession *session = ahoy_call_run_get_session (run);
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  const char *by = ahoy_route_step_get_text (step, "by");
  g_autofree char *text = NULL;
  Waiter *waiter;
  guint slot;

  if (by == NULL) {
    by = ahoy_session_get_variable (session, AHOY_PARKING_BY_VARIABLE);
  }
  if (ahoy_call_run_prepare_media (run, error) == NULL) {
    return AHOY_CALL_FAILED;
  }
  slot = ahoy_parking_lot_park (lot, session, by, ahoy_route_step_get_number (step, "slot"),
                                ahoy_route_step_get_text (step, "class"), error);
  if (slot == 0) {
    return AHOY_CALL_FAILED;
  }
  text = g_strdup_printf ("%u", slot);
  ahoy_session_set_variable (session, AHOY_PARKING_SLOT_VARIABLE, text);
  waiter = g_new0 (Waiter, 1);
  waiter->lot = g_object_ref (lot);
  waiter->run = run;
  waiter->slot = slot;
  waiter->scheduler = ref_scheduler (self);
  ahoy_call_run_set_data (run, waiter, waiter_free);
  waiter->timer = ahoy_scheduler_add (waiter->scheduler, "parked call",
                                      ahoy_route_step_get_duration (step, "timeout"), on_time,
                                      waiter, NULL);
  return AHOY_CALL_WAITING;
}

/* -- parked --------------------------------------------------------------------------------- */

static void
fetcher_free (gpointer data)
{
  Fetcher *self = data;

  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
  }
  g_signal_handlers_disconnect_by_data (self->bridge, self);
  g_object_unref (self->bridge);
  g_object_unref (self->fetched);
  g_object_unref (self->scheduler);
  g_free (self);
}

static gboolean
is_in (AhoyBridge *bridge, AhoySession *session)
{
  return ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session)) == bridge;
}

/* One of the two has left and is in no other bridge: the conversation is over. */
static void
on_conversation_over (gpointer user_data)
{
  Fetcher *self = user_data;

  self->timer = 0;
  if (!is_in (self->bridge, self->fetched) &&
      is_in (self->bridge, ahoy_call_run_get_session (self->run))) {
    ahoy_bridge_destroy (self->bridge);
    ahoy_call_run_finish (self->run);
  }
}

/* Who takes one out may put another in its place in the same breath. */
static void
on_removed (AhoyBridge *bridge, AhoyBridgeMember *member, Fetcher *self)
{
  if (self->timer == 0) {
    self->timer = ahoy_scheduler_add (self->scheduler, "end of a fetched call", 0,
                                      on_conversation_over, self, NULL);
  }
}

static AhoyCallVerdict
run_parked (AhoyParkingApplication *self, AhoyCallRun *run, GError **error)
{
  AhoySession *session = ahoy_call_run_get_session (run);
  const char *number = ahoy_route_step_get_text (ahoy_call_run_get_step (run), "slot");
  guint slot = (guint) MIN (g_ascii_strtoull (number, NULL, 10), G_MAXUINT);
  AhoyParkingLot *lot = ahoy_call_router_get_parking_lot (self->router);
  g_autoptr (AhoySession) fetched = ahoy_parking_lot_take (lot, slot);
  Fetcher *fetcher;

  if (fetched == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "Nobody is parked in slot “%s”",
                 number);
    return AHOY_CALL_FAILED;
  }
  ahoy_call_router_release (self->router, fetched);
  ahoy_session_set_variable (fetched, AHOY_PARKING_SLOT_VARIABLE, NULL);
  if (ahoy_call_run_prepare_media (run, error) == NULL) {
    ahoy_session_hangup (fetched);
    return AHOY_CALL_FAILED;
  }
  fetcher = g_new0 (Fetcher, 1);
  fetcher->run = run;
  fetcher->bridge = ahoy_bridge_new ();
  fetcher->fetched = g_object_ref (fetched);
  fetcher->scheduler = ref_scheduler (self);
  ahoy_call_run_set_data (run, fetcher, fetcher_free);
  ahoy_call_router_announce_bridge (self->router, fetcher->bridge);
  ahoy_bridge_add (fetcher->bridge, AHOY_BRIDGE_MEMBER (session), NULL);
  ahoy_bridge_add (fetcher->bridge, AHOY_BRIDGE_MEMBER (fetched), NULL);
  g_signal_connect (fetcher->bridge, "member-removed", G_CALLBACK (on_removed), fetcher);
  return AHOY_CALL_WAITING;
}

/* -- both ----------------------------------------------------------------------------------- */

static AhoyCallVerdict
ahoy_parking_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyParkingApplication *self = AHOY_PARKING_APPLICATION (application);

  return is_fetching (run) ? run_parked (self, run, error) : run_park (self, run, error);
}

/* Who fetched somebody hung up: so does who was fetched, unless he is elsewhere. */
static void
end_conversation (Fetcher *self)
{
  g_autoptr (AhoyBridge) bridge = g_object_ref (self->bridge);
  g_autoptr (AhoySession) fetched = g_object_ref (self->fetched);

  g_signal_handlers_disconnect_by_data (bridge, self);
  if (ahoy_session_get_state (ahoy_call_run_get_session (self->run)) >= AHOY_SESSION_ENDING &&
      is_in (bridge, fetched)) {
    ahoy_bridge_destroy (bridge);
    ahoy_session_hangup (fetched);
  }
}

static void
ahoy_parking_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  gpointer data = ahoy_call_run_get_data (run);

  if (data != NULL && is_fetching (run)) {
    end_conversation (data);
  } else if (data != NULL) {
    ahoy_parking_lot_leave (((Waiter *) data)->lot, ahoy_call_run_get_session (run));
  }
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_parking_application_run;
  iface->cancel = ahoy_parking_application_cancel;
}

static void
ahoy_parking_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_parking_application_parent_class)->finalize (object);
}

static void
ahoy_parking_application_class_init (AhoyParkingApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_parking_application_finalize;
}

static void
ahoy_parking_application_init (AhoyParkingApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_parking_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyParkingApplication) self = g_object_new (AHOY_TYPE_PARKING_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "park", AHOY_CALL_APPLICATION (self), error) &&
         ahoy_call_router_add_application (router, "parked", AHOY_CALL_APPLICATION (self), error);
}
