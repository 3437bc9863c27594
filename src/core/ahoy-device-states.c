/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-device-states-private.h"

/*
 * Publishes how endpoints are, in the topic `device-state` of the event bus: the key is the name of
 * the endpoint, the state a string:
 *
 * - not-in-use: no call
 * - in-use: at least one call that it made or took
 * - busy: as many of them as device-state-busy-at, or else busy-level or call-limit, says
 * - ringing: it is being called, and rings
 * - ringing-in-use: both
 * - unavailable: no call, and it cannot be reached, is disabled or in maintenance
 */
struct _AhoyDeviceStates {
  AhoyEventBus *events;
  AhoySessionService *sessions;
  AhoyEndpointRegistry *endpoints;
  GHashTable *devices; /* AhoyEndpoint, not a reference → Device: those with calls */
  GHashTable *uses;    /* AhoySession → Use */
  GVariant *states[6]; /* one for all endpoints that are so: there are many of them */
};

typedef enum { UNAVAILABLE, NOT_IN_USE, IN_USE, BUSY, RINGING, RINGING_IN_USE } DeviceState;

static const char *const nicks[] = { "unavailable", "not-in-use", "in-use", "busy", "ringing",
                                     "ringing-in-use" };

typedef struct {
  guint ringing;
  guint in_use;
} Device;

typedef enum { USE_NONE, USE_RINGING, USE_TALKING } UseKind;

/* What a session does to its endpoint. */
typedef struct {
  AhoyDeviceStates *states;
  AhoySession *session;
  AhoyEndpoint *endpoint; /* NULL: none yet */
  UseKind kind;
} Use;

#define TOPIC "device-state"

/* With how many calls it is busy; 0 for never. */
static guint
get_busy_level (AhoyEndpoint *endpoint)
{
  static const char *const keys[] = { "device-state-busy-at", "busy-level", "call-limit" };
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  guint level = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (keys) && level == 0; i++) {
    level = ahoy_config_object_get_number (config, keys[i]);
  }
  return level;
}

static DeviceState
state_of_calls (AhoyEndpoint *endpoint, const Device *device)
{
  guint level = get_busy_level (endpoint);

  if (device->ringing > 0) {
    return device->in_use > 0 ? RINGING_IN_USE : RINGING;
  }
  return level > 0 && device->in_use >= level ? BUSY : IN_USE;
}

static DeviceState
state_of (AhoyDeviceStates *self, AhoyEndpoint *endpoint)
{
  const Device *device = g_hash_table_lookup (self->devices, endpoint);
  AhoyEndpointState state = ahoy_endpoint_get_state (endpoint);

  if (device != NULL) { /* it has a call */
    return state_of_calls (endpoint, device);
  }
  return state == AHOY_ENDPOINT_UNREACHABLE || state == AHOY_ENDPOINT_DISABLED ||
                 ahoy_endpoint_get_maintenance (endpoint)
             ? UNAVAILABLE
             : NOT_IN_USE;
}

/* What is as it was is not told again. */
static void
publish (AhoyDeviceStates *self, AhoyEndpoint *endpoint)
{
  const char *name = ahoy_endpoint_get_name (endpoint);
  g_autoptr (GVariant) before = ahoy_event_bus_get_state (self->events, TOPIC, name);
  GVariant *state = self->states[state_of (self, endpoint)];

  if (before != state && ahoy_endpoint_registry_lookup (self->endpoints, name) == endpoint) {
    ahoy_event_bus_publish (self->events, TOPIC, name, state, NULL);
  }
}

/* One handler for all properties: there are many endpoints. */
static void
on_endpoint_notify (AhoyEndpoint *endpoint, GParamSpec *pspec, gpointer user_data)
{
  const char *name = g_param_spec_get_name (pspec);

  if (g_str_equal (name, "state") || g_str_equal (name, "maintenance")) {
    publish (user_data, endpoint);
  }
}

static void
on_endpoint_added (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  g_signal_connect (endpoint, "notify", G_CALLBACK (on_endpoint_notify), user_data);
  publish (user_data, endpoint);
}

static void
on_endpoint_removed (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  AhoyDeviceStates *self = user_data;

  g_signal_handlers_disconnect_by_data (endpoint, self);
  ahoy_event_bus_publish (self->events, TOPIC, ahoy_endpoint_get_name (endpoint), NULL, NULL);
}

/* -- sessions ------------------------------------------------------------------------------- */

static UseKind
kind_of (AhoySession *session)
{
  AhoySessionState state = ahoy_session_get_state (session);

  if (state == AHOY_SESSION_ACTIVE) {
    return USE_TALKING;
  }
  if (ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING) {
    return state < AHOY_SESSION_ACTIVE ? USE_TALKING : USE_NONE;
  }
  return state == AHOY_SESSION_RINGING ? USE_RINGING : USE_NONE;
}

static void
count (AhoyDeviceStates *self, AhoyEndpoint *endpoint, UseKind kind, int by)
{
  Device *device = g_hash_table_lookup (self->devices, endpoint);

  if (kind == USE_NONE) {
    return;
  }
  if (device == NULL) {
    device = g_new0 (Device, 1);
    g_hash_table_insert (self->devices, endpoint, device);
  }
  if (kind == USE_RINGING) {
    device->ringing = (guint) ((int) device->ringing + by);
  } else {
    device->in_use = (guint) ((int) device->in_use + by);
  }
  if (device->ringing == 0 && device->in_use == 0) {
    g_hash_table_remove (self->devices, endpoint);
  }
}

static void
change_use (Use *use, AhoyEndpoint *endpoint, UseKind kind)
{
  AhoyDeviceStates *self = use->states;
  g_autoptr (AhoyEndpoint) before = g_steal_pointer (&use->endpoint);

  if (endpoint != NULL) {
    count (self, endpoint, kind, 1);
    use->endpoint = g_object_ref (endpoint);
  }
  if (before != NULL) {
    count (self, before, use->kind, -1);
  }
  use->kind = kind;
  if (before != NULL && before != endpoint) {
    publish (self, before);
  }
  if (endpoint != NULL) {
    publish (self, endpoint);
  }
}

static void
update_use (Use *use)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (use->session);
  UseKind kind = kind_of (use->session);

  if (endpoint != use->endpoint || kind != use->kind) {
    change_use (use, endpoint, kind);
  }
}

static void
on_session_state (AhoySession *session, AhoySessionState old, AhoySessionState new, guint status,
                  const char *reason, gpointer user_data)
{
  update_use (user_data);
}

static void
on_session_endpoint (AhoySession *session, GParamSpec *pspec, gpointer user_data)
{
  update_use (user_data);
}

static void
use_free (gpointer data)
{
  Use *use = data;

  g_signal_handlers_disconnect_by_data (use->session, use);
  change_use (use, NULL, USE_NONE);
  g_object_unref (use->session);
  g_free (use);
}

static void
on_session_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  AhoyDeviceStates *self = user_data;
  Use *use = g_new0 (Use, 1);

  use->states = self;
  use->session = g_object_ref (session);
  g_hash_table_insert (self->uses, session, use);
  g_signal_connect (session, "state-changed", G_CALLBACK (on_session_state), use);
  g_signal_connect (session, "notify::endpoint", G_CALLBACK (on_session_endpoint), use);
  update_use (use);
}

static void
on_session_removed (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  g_hash_table_remove (((AhoyDeviceStates *) user_data)->uses, session);
}

/* Before there are endpoints and sessions. */
AhoyDeviceStates *
ahoy_device_states_new (AhoyEventBus *events, AhoySessionService *sessions,
                        AhoyEndpointRegistry *endpoints)
{
  AhoyDeviceStates *self = g_new0 (AhoyDeviceStates, 1);

  self->events = g_object_ref (events);
  self->sessions = g_object_ref (sessions);
  self->endpoints = g_object_ref (endpoints);
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++) {
    self->states[i] = g_variant_ref_sink (g_variant_new_string (nicks[i]));
  }
  self->devices = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->uses = g_hash_table_new_full (NULL, NULL, NULL, use_free);
  g_signal_connect (endpoints, "endpoint-added", G_CALLBACK (on_endpoint_added), self);
  g_signal_connect (endpoints, "endpoint-removed", G_CALLBACK (on_endpoint_removed), self);
  g_signal_connect (sessions, "session-added", G_CALLBACK (on_session_added), self);
  g_signal_connect (sessions, "session-removed", G_CALLBACK (on_session_removed), self);
  return self;
}

void
ahoy_device_states_free (AhoyDeviceStates *self)
{
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (self->endpoints);

  for (guint i = 0; i < endpoints->len; i++) {
    g_signal_handlers_disconnect_by_data (endpoints->pdata[i], self);
  }
  g_signal_handlers_disconnect_by_data (self->endpoints, self);
  g_signal_handlers_disconnect_by_data (self->sessions, self);
  g_hash_table_unref (self->uses);
  g_hash_table_unref (self->devices);
  g_object_unref (self->endpoints);
  g_object_unref (self->sessions);
  g_object_unref (self->events);
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++) {
    g_variant_unref (self->states[i]);
  }
  g_free (self);
}
