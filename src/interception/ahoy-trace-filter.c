/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-trace-filter.h"
#include "ahoy-trace-message-private.h"

/* Which messages a subscriber wants: all that is given has to hold. */
struct _AhoyTraceFilter {
  char *call_id;
  char *session_id;
  char *method;
  char *direction;
  GInetAddressMask *network;
  guint16 port;
  gboolean keep_alives;
};

void
ahoy_trace_filter_free (AhoyTraceFilter *self)
{
  g_free (self->call_id);
  g_free (self->session_id);
  g_free (self->method);
  g_free (self->direction);
  g_clear_object (&self->network);
  g_free (self);
}

/* An address, an address with a port, or a network. */
static gboolean
read_peer (AhoyTraceFilter *self, const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GNetworkAddress) parsed = NULL;

  self->network = g_inet_address_mask_new_from_string (text, NULL);
  if (self->network != NULL) {
    return TRUE;
  }
  parsed = G_NETWORK_ADDRESS (g_network_address_parse (text, 0, NULL));
  if (parsed != NULL) {
    self->port = g_network_address_get_port (parsed);
    self->network =
        g_inet_address_mask_new_from_string (g_network_address_get_hostname (parsed), NULL);
  }
  if (self->network != NULL) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The peer “%s” of a trace is no address; give a numeric address, ADDRESS:PORT or "
               "NETWORK/BITS",
               text);
  return FALSE;
}

static gboolean
take_string (char **field, GVariant *value)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
    return FALSE;
  }
  g_free (*field);
  *field = g_variant_dup_string (value, NULL);
  return TRUE;
}

static gboolean
read_option (AhoyTraceFilter *self, const char *key, GVariant *value, GError **error)
{
  gboolean good = FALSE;

  if (g_str_equal (key, "call-id")) {
    good = take_string (&self->call_id, value);
  } else if (g_str_equal (key, "session-id")) {
    good = take_string (&self->session_id, value);
  } else if (g_str_equal (key, "method")) {
    good = take_string (&self->method, value);
  } else if (g_str_equal (key, "direction")) {
    good = take_string (&self->direction, value) &&
           (g_str_equal (self->direction, "in") || g_str_equal (self->direction, "out"));
  } else if (g_str_equal (key, "keep-alives")) {
    good = g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN);
    self->keep_alives = good && g_variant_get_boolean (value);
  } else if (g_str_equal (key, "peer") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
    g_clear_object (&self->network);
    return read_peer (self, g_variant_get_string (value, NULL), error);
  }
  if (!good) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A trace has no filter “%s” of that kind; give call-id, session-id, method, peer "
                 "(texts), direction (“in” or “out”) or keep-alives (yes or no)",
                 key);
  }
  return good;
}

/* @options: a{sv}, or NULL for everything. */
AhoyTraceFilter *
ahoy_trace_filter_new (GVariant *options, GError **error)
{
  g_autoptr (AhoyTraceFilter) self = g_new0 (AhoyTraceFilter, 1);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (options == NULL) {
    return g_steal_pointer (&self);
  }
  if (!g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The filter of a trace is a dictionary of texts to values (a{sv}), not %s",
                 g_variant_get_type_string (options));
    return NULL;
  }
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value)) {
    if (!read_option (self, key, value, error)) {
      g_variant_unref (value);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

gboolean
ahoy_trace_filter_matches (AhoyTraceFilter *self, AhoyTraceMessage *message)
{
  GInetSocketAddress *peer = ahoy_trace_message_peek_peer (message);
  const char *direction = ahoy_trace_message_is_incoming (message) ? "in" : "out";

  if (!self->keep_alives && ahoy_trace_message_get_kind (message) == AHOY_TRACE_KEEP_ALIVE) {
    return FALSE;
  }
  return (self->call_id == NULL ||
          g_strcmp0 (self->call_id, ahoy_trace_message_get_call_id (message)) == 0) &&
         (self->session_id == NULL ||
          g_strcmp0 (self->session_id, ahoy_trace_message_get_session_id (message)) == 0) &&
         (self->method == NULL ||
          g_strcmp0 (self->method, ahoy_trace_message_get_method (message)) == 0) &&
         (self->direction == NULL || g_str_equal (self->direction, direction)) &&
         (self->port == 0 || self->port == g_inet_socket_address_get_port (peer)) &&
         (self->network == NULL ||
          g_inet_address_mask_matches (self->network, g_inet_socket_address_get_address (peer)));
}
