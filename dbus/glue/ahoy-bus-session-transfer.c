/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"

/* Transfers of a session on the bus: those that we ask for, and what is told of all. */

static GVariant *
describe (AhoyTransfer *transfer)
{
  const char *reason = ahoy_transfer_get_reason (transfer);

  if (ahoy_transfer_get_state (transfer) != AHOY_TRANSFER_REFUSED) {
    return g_variant_new ("(qs)", (guint16) 202, "Accepted");
  }
  return g_variant_new ("(qs)", (guint16) ahoy_transfer_get_status (transfer),
                        reason != NULL ? reason : "");
}

static void
on_transfer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) pending = user_data;
  GError *error = NULL;
  g_autoptr (AhoyTransfer) transfer =
      ahoy_session_transfer_finish (AHOY_SESSION (source), result, &error);

  if (transfer != NULL) {
    ahoy_bus_pending_return (pending, describe (transfer));
  } else {
    ahoy_bus_pending_fail (pending, error);
  }
}

void
ahoy_bus_session_handle_transfer (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  const char *uri;

  g_variant_get (arguments, "(&s)", &uri);
  if (!ahoy_bus_check_target (uri, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_session_transfer_async (self->session, uri, NULL, on_transfer,
                               ahoy_bus_session_wait_for_status (self, call));
}

void
ahoy_bus_session_handle_attended_transfer (gpointer target, GVariant *arguments,
                                           AhoyBusCall *call)
{
  AhoyBusSession *self = target;
  GError *error = NULL;
  AhoySession *other;
  const char *path;

  g_variant_get (arguments, "(&o)", &path);
  other = ahoy_bus_session_look_up (self->hub, path, &error);
  if (other == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  if (ahoy_call_transfer_join (ahoy_core_get_transfers (self->core), self->session, other)) {
    ahoy_bus_call_return (call, g_variant_new ("(qs)", (guint16) 200, "OK"));
    return;
  }
  ahoy_session_transfer_to_async (self->session, other, NULL, on_transfer,
                                  ahoy_bus_session_wait_for_status (self, call));
}

GVariant *
ahoy_bus_session_get_transfer_state (gpointer target)
{
  AhoySession *session = ((AhoyBusSession *) target)->session;

  return g_variant_new_string (
      ahoy_transfer_state_to_string (ahoy_session_get_transfer_state (session)));
}

/* What a REFER says, but for what proves who sent it. */
GVariant *
ahoy_bus_session_get_transfer_headers (gpointer target)
{
  AhoyMessage *refer = ahoy_session_get_refer (((AhoyBusSession *) target)->session);
  g_auto (GStrv) names = refer != NULL ? ahoy_message_list_headers (refer) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_auto (GStrv) values = ahoy_message_get_headers (refer, names[i]);

    if (!g_hash_table_add (seen, names[i])) {
      continue;
    }
    for (gsize j = 0; values[j] != NULL; j++) {
      g_autofree char *shown = ahoy_trace_mask_header (names[i], values[j]);

      g_variant_builder_add (&builder, "(ss)", names[i], shown);
    }
  }
  return g_variant_builder_end (&builder);
}

/* Returns: (transfer floating): the arguments of TransferProgress */
GVariant *
ahoy_bus_session_describe_progress (AhoySession *session, guint status)
{
  AhoyMessage *refer = ahoy_session_get_refer (session);
  g_autofree char *target = refer != NULL ? ahoy_message_get_header (refer, "Refer-To") : NULL;

  return g_variant_new ("(qs)", (guint16) status, target != NULL ? target : "");
}
