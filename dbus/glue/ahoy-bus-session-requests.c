/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"

/* The methods of a session on the bus that send requests inside its dialog. */

static GBytes *
body_bytes (GVariant *body)
{
  gsize size = 0;
  const void *data = g_variant_get_fixed_array (body, &size, 1);

  return g_bytes_new (data, size);
}

/* Makes a request of what came over the bus; NULL with an error. */
static AhoyMessage *
make_request (AhoyBusSession *self, const char *method, GVariant *headers, const char *type,
              GVariant *body, GError **error)
{
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GBytes) bytes = body_bytes (body);
  GVariantIter iter;
  const char *name;
  const char *value;

  if (!ahoy_bus_check_token ("The method", method, error) ||
      !ahoy_bus_check_content_type (type, body, error) ||
      (headers != NULL && !ahoy_bus_check_headers (headers, error))) {
    return NULL;
  }
  request = ahoy_session_create_request (self->session, method, error);
  if (request == NULL) {
    return NULL;
  }
  if (headers != NULL) {
    g_variant_iter_init (&iter, headers);
    while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
      if (!ahoy_message_add_header (request, name, value, error)) {
        return NULL;
      }
    }
  }
  if (g_bytes_get_size (bytes) > 0 && !ahoy_message_set_body (request, type, bytes, error)) {
    return NULL;
  }
  return g_steal_pointer (&request);
}

static void
on_request_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_send_request_finish (AHOY_SESSION (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_response (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static void
on_request_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_session_send_request_finish (AHOY_SESSION (source), result, &error);

  if (response != NULL) {
    ahoy_bus_pending_return (pending, ahoy_bus_reply_status (response));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

static void
send_with_body (AhoyBusSession *self, const char *method, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  GError *error = NULL;
  const char *type;

  g_variant_get (arguments, "(&s@ay)", &type, &body);
  request = make_request (self, method, NULL, type, body, &error);
  if (request == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_session_send_request_async (self->session, request, NULL, on_request_status,
                                   ahoy_bus_session_wait_for_status (self, call));
}

void
ahoy_bus_session_handle_send_flash (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  ahoy_bus_session_finish (call, ahoy_session_send_flash (self->session, &error), &error);
}

void
ahoy_bus_session_handle_request_keyframe (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;

  ahoy_bus_session_finish (call, ahoy_session_request_keyframe (self->session, &error), &error);
}

void
ahoy_bus_session_handle_send_info (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  send_with_body (target, "INFO", arguments, call);
}

void
ahoy_bus_session_handle_send_message (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  send_with_body (target, "MESSAGE", arguments, call);
}

void
ahoy_bus_session_handle_send_request (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  g_autoptr (GVariant) headers = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (AhoyMessage) request = NULL;
  GError *error = NULL;
  const char *method;
  const char *type;

  g_variant_get (arguments, "(&s@a(ss)&s@ay)", &method, &headers, &type, &body);
  request = make_request (self, method, headers, type, body, &error);
  if (request == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_session_send_request_async (self->session, request, NULL, on_request_answered,
                                   ahoy_bus_pending_new (call, ahoy_core_get_scheduler (self->core),
                                                         AHOY_BUS_PATIENCE * 1000,
                                                         ahoy_bus_late_response, NULL, NULL));
}
