/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-private.h"

/* Whoever wants to know hears of calls whose peer was silent for too long (RFC 4028), or sent no
 * media. */

#define TOPIC "session-timeout"

static char *
key_of (AhoySession *session)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, ahoy_session_get_id (session));
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  g_autofree char *key = key_of (session);

  ahoy_event_bus_publish (AHOY_CORE (user_data)->events, TOPIC, key, NULL, NULL);
}

static void
on_expired (AhoySession *session, gpointer user_data)
{
  AhoyCore *self = AHOY_CORE (user_data);
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  g_autofree char *key = key_of (session);
  GVariantBuilder state;

  g_variant_builder_init (&state, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&state, "{sv}", "call-id",
                         g_variant_new_string (ahoy_session_get_call_id (session)));
  g_variant_builder_add (&state, "{sv}", "remote",
                         g_variant_new_string (ahoy_session_get_remote_uri (session)));
  g_variant_builder_add (&state, "{sv}", "reason",
                         g_variant_new_string (ahoy_session_get_end_reason (session)));
  if (endpoint != NULL) {
    g_variant_builder_add (&state, "{sv}", "endpoint",
                           g_variant_new_string (ahoy_endpoint_get_name (endpoint)));
  }
  ahoy_event_bus_publish (self->events, TOPIC, key, g_variant_builder_end (&state), NULL);
  /* What nobody needs any more is not kept. */
  g_signal_connect_object (session, "ended", G_CALLBACK (on_ended), self, 0);
}

/* Says when the session expires. */
void
ahoy_core_watch_timeout (AhoyCore *self, AhoySession *session)
{
  g_signal_connect_object (session, "expired", G_CALLBACK (on_expired), self, 0);
}
