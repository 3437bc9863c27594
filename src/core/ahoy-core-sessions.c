/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-answer-mode-supplement.h"
#include "ahoy-auto-answer-supplement.h"
#include "ahoy-core-private.h"
#include "ahoy-diversion-supplement.h"
#include "ahoy-identity-supplement.h"
#include "ahoy-reason-supplement.h"
#include "ahoy-pass-supplement.h"
#include "ahoy-session-id-supplement.h"

/* The module “sessions”: calls, with their routes. Their sound is what a program adds when it is
 * loaded. */

/* How long a call may still last, for whom it is of interest; until it is over. */
static void
publish_time_left (AhoyEventBus *events, AhoySession *session, GVariant *seconds)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, ahoy_session_get_id (session));

  ahoy_event_bus_publish (events, "time-left", key, seconds, NULL);
}

static void
on_warned_ended (AhoySession *session, gpointer user_data)
{
  publish_time_left (user_data, session, NULL);
}

static void
on_time_left (AhoyCallRouter *router, AhoySession *session, guint seconds, gpointer user_data)
{
  AhoyCore *self = user_data;

  g_signal_handlers_disconnect_by_func (session, on_warned_ended, self->events);
  g_signal_connect_object (session, "ended", G_CALLBACK (on_warned_ended), self->events, 0);
  publish_time_left (self->events, session, g_variant_new_uint32 (seconds));
}

/* Who is parked in a slot; nobody when the session is NULL. */
static void
publish_parked (AhoyCore *self, AhoySession *session, guint slot)
{
  const char *by =
      ahoy_parking_lot_get_parked_by (ahoy_call_router_get_parking_lot (self->router), slot);
  g_autofree char *key = g_strdup_printf ("%u", slot);
  GVariantDict state;

  if (session == NULL) {
    ahoy_event_bus_publish (self->events, "parking", key, NULL, NULL);
    return;
  }
  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "session", "t", ahoy_session_get_id (session));
  g_variant_dict_insert (&state, "caller", "s", ahoy_session_get_remote_uri (session));
  g_variant_dict_insert (&state, "by", "s", by != NULL ? by : "");
  ahoy_event_bus_publish (self->events, "parking", key, g_variant_dict_end (&state), NULL);
}

static void
on_parked (AhoyParkingLot *lot, AhoySession *session, guint slot, gpointer user_data)
{
  publish_parked (user_data, session, slot);
}

static void
on_unparked (AhoyParkingLot *lot, AhoySession *session, guint slot, gpointer user_data)
{
  publish_parked (user_data, NULL, slot);
}

void
ahoy_core_init_calls (AhoyCore *self)
{
  AhoyParkingLot *lot = ahoy_call_router_get_parking_lot (self->router);

  g_signal_connect_object (lot, "parked", G_CALLBACK (on_parked), self, 0);
  g_signal_connect_object (lot, "left", G_CALLBACK (on_unparked), self, 0);
  g_signal_connect (self->router, "time-left", G_CALLBACK (on_time_left), self);
}

static gboolean
add_supplement (AhoyCore *self, gpointer object, const char *name, GError **error)
{
  g_autoptr (AhoySessionSupplement) supplement = AHOY_SESSION_SUPPLEMENT (object);

  if (!ahoy_session_service_add_supplement (self->sessions, supplement, name, NULL, NULL, NULL,
                                            error)) {
    return FALSE;
  }
  g_ptr_array_add (self->supplements, g_steal_pointer (&supplement));
  return TRUE;
}

static void
remove_supplements (AhoyCore *self)
{
  for (guint i = 0; i < self->supplements->len; i++) {
    ahoy_session_service_remove_supplement (self->sessions, self->supplements->pdata[i]);
  }
  g_ptr_array_set_size (self->supplements, 0);
}

static void
stop (AhoyCore *self)
{
  ahoy_session_service_unregister (self->sessions);
  ahoy_stack_remove_option_tag (self->stack, "answermode");
  remove_supplements (self);
}

static gboolean
start (AhoyCore *self, GError **error)
{
  if (!ahoy_session_service_register (self->sessions, error)) {
    return FALSE;
  }
  ahoy_stack_add_option_tag (self->stack, "answermode");
  if (!add_supplement (self, ahoy_reason_supplement_new (), "reason", error) ||
      !add_supplement (self, ahoy_answer_mode_supplement_new (), "answer-mode", error) ||
      !add_supplement (self, ahoy_auto_answer_supplement_new (), "auto-answer", error) ||
      !add_supplement (self, ahoy_identity_supplement_new (), "identity", error) ||
      !add_supplement (self, ahoy_diversion_supplement_new (), "diversion", error) ||
      !add_supplement (self, ahoy_pass_supplement_new (), "pass-headers", error) ||
      !add_supplement (self, ahoy_session_id_supplement_new (), "session-id", error)) {
    stop (self);
    return FALSE;
  }
  return TRUE;
}

const AhoyCoreModule ahoy_core_sessions_module = {
  .name = "sessions",
  .summary = "calls, their routes and their sound",
  .start = start,
  .stop = stop,
};
