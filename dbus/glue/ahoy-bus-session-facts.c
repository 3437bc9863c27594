/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"

/* The methods of a session on the bus that say what is known of it, and keep more with it. */

void
ahoy_bus_session_handle_get_header (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  AhoyMessage *invite = ahoy_session_get_invite (self->session);
  g_auto (GStrv) values = NULL;
  g_autofree char *shown = NULL;
  GError *error = NULL;
  const char *name;
  guint index;

  g_variant_get (arguments, "(&su)", &name, &index);
  if (!ahoy_bus_check_token ("The header name", name, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  values = invite != NULL ? ahoy_message_get_headers (invite, name) : NULL;
  if (values == NULL || index >= g_strv_length (values)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "The INVITE of session %" G_GUINT64_FORMAT " has no header %s "
                               "number %u",
                               ahoy_session_get_id (self->session), name, index);
    return;
  }
  shown = ahoy_trace_mask_header (name, values[index]);
  ahoy_bus_call_return (call, g_variant_new ("(s)", shown));
}

void
ahoy_bus_session_handle_add_header (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GVariant) headers = g_variant_ref_sink (g_variant_new_array (NULL, &arguments, 1));
  GError *error = NULL;
  const char *name;
  const char *value;

  g_variant_get (arguments, "(&s&s)", &name, &value);
  ahoy_bus_session_finish (call,
                           ahoy_bus_check_headers (headers, &error) &&
                               ahoy_session_add_header (self->session, name, value, &error),
                           &error);
}

void
ahoy_bus_session_handle_remove_header (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  if (!ahoy_bus_check_token ("The header name", name, &error)) {
    ahoy_bus_return_error (call, error);
  } else if (!ahoy_session_remove_header (self->session, name)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "Session %" G_GUINT64_FORMAT " adds no header %s to what it sends",
                               ahoy_session_get_id (self->session), name);
  } else {
    ahoy_bus_call_return (call, NULL);
  }
}

void
ahoy_bus_session_handle_set_variable (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *name;
  const char *value;
  gboolean good;

  g_variant_get (arguments, "(&s&s)", &name, &value);
  good = ahoy_bus_check_variable (name, value, &error);
  if (good) {
    ahoy_session_set_variable (self->session, name, *value != '\0' ? value : NULL);
  }
  ahoy_bus_session_finish (call, good, &error);
}

void
ahoy_bus_session_handle_get_variable (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *name;
  const char *value;

  g_variant_get (arguments, "(&s)", &name);
  value = ahoy_session_get_variable (self->session, name);
  if (value == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "Session %" G_GUINT64_FORMAT " keeps nothing under the name “%s”",
                               ahoy_session_get_id (self->session), name);
    return;
  }
  ahoy_bus_call_return (call, g_variant_new ("(s)", value));
}

void
ahoy_bus_session_handle_get_history (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *call_id = ahoy_session_get_call_id (self->session);
  g_autoptr (GVariant) history = NULL;

  if (call_id != NULL) {
    history = ahoy_trace_get_history (ahoy_core_get_trace (self->core), call_id);
  } else {
    history = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(tsss)"), NULL, 0));
  }
  ahoy_bus_call_return (call, g_variant_new ("(@a(tsss))", history));
}

void
ahoy_bus_session_handle_get_ladder (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  const char *call_id = ahoy_session_get_call_id (self->session);
  g_autofree char *ladder =
      call_id != NULL ? ahoy_trace_get_ladder (ahoy_core_get_trace (self->core), call_id) : NULL;

  ahoy_bus_call_return (call, g_variant_new ("(s)", ladder != NULL ? ladder : ""));
}
