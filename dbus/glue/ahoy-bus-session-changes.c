/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-error.h"

/* The methods of a session on the bus that change what was agreed on. */

static void
on_modified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_refresh_finish (AHOY_SESSION (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_status (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

void
ahoy_bus_session_handle_hold (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;

  ahoy_session_set_hold_async (self->session, TRUE, NULL, on_modified,
                               ahoy_bus_session_wait_for_status (self, call));
}

void
ahoy_bus_session_handle_resume (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;

  ahoy_session_set_hold_async (self->session, FALSE, NULL, on_modified,
                               ahoy_bus_session_wait_for_status (self, call));
}

void
ahoy_bus_session_handle_refresh (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *method;

  g_variant_get (arguments, "(&s)", &method);
  if (!g_str_equal (method, "INVITE") && !g_str_equal (method, "UPDATE")) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "A session is refreshed with INVITE or UPDATE, not with “%s”",
                               method);
    return;
  }
  ahoy_session_refresh_async (self->session, method, NULL, on_modified,
                              ahoy_bus_session_wait_for_status (self, call));
}
