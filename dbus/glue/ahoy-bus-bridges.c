/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-bridges.h"

#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* The bridges on the bus. An AhoyBridge is its own target; it is here until it is destroyed. */
struct _AhoyBusBridges {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyCore *core;
  AhoyBusSessions *sessions;
  GHashTable *objects; /* AhoyBridge → AhoyBusObject */
  guint tree;
};

#define OWNER_KEY "ahoy-bus-bridges"

enum { BRIDGE_MEMBERS, BRIDGE_MODE, BRIDGE_MEDIA_HOLDS };

G_DEFINE_FINAL_TYPE (AhoyBusBridges, ahoy_bus_bridges, G_TYPE_OBJECT)

static AhoyBusSession *
find_session (AhoyBusBridges *self, gpointer member)
{
  return AHOY_IS_SESSION (member) ? ahoy_bus_sessions_lookup (self->sessions, member) : NULL;
}

static GVariant *
get_members (gpointer target)
{
  AhoyBusBridges *self = g_object_get_data (target, OWNER_KEY);
  g_autoptr (GPtrArray) members = ahoy_bridge_list_members (target);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ao"));
  for (guint i = 0; i < members->len; i++) {
    AhoyBusSession *session = find_session (self, members->pdata[i]);

    if (session != NULL) {
      g_variant_builder_add (&builder, "o", ahoy_bus_session_get_path (session));
    }
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
get_mode (gpointer target)
{
  return g_variant_new_string (ahoy_bridge_mode_to_string (ahoy_bridge_get_mode (target)));
}

static GVariant *
get_media_holds (gpointer target)
{
  g_auto (GStrv) reasons = ahoy_bridge_dup_media_holds (target);

  return g_variant_new_strv ((const char *const *) reasons, -1);
}

static GVariant *
get_name (gpointer target)
{
  const char *name = ahoy_bridge_get_name (target);

  return g_variant_new_string (name != NULL ? name : "");
}

static const AhoyBusProperty properties[] = {
  { "Members", get_members },
  { "Mode", get_mode },
  { "Name", get_name },
  { "MediaHolds", get_media_holds },
  { NULL, NULL },
};

/* The session that a method names; NULL: the caller was told that there is none. */
static AhoySession *
find_path (AhoyBusBridges *self, const char *path, AhoyBusCall *call)
{
  GError *error = NULL;
  AhoySession *session = ahoy_bus_session_look_up (self->hub, path, &error);

  if (session == NULL) {
    ahoy_bus_return_error (call, error);
  }
  return session;
}

static AhoySession *
read_session (AhoyBusBridges *self, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (arguments, 0);
  const char *path = g_variant_get_string (first, NULL);

  return find_path (self, path, call);
}

static gboolean
check_not_over (AhoySession *session, AhoyBusCall *call)
{
  if (ahoy_session_get_state (session) >= AHOY_SESSION_ENDING) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_STATE,
                               "Session %" G_GUINT64_FORMAT " is over",
                               ahoy_session_get_id (session));
    return FALSE;
  }
  return TRUE;
}

static void
handle_add (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (AhoyBridge) bridge = g_object_ref (target);
  AhoyBusBridges *self = g_object_get_data (target, OWNER_KEY);
  AhoySession *session = read_session (self, arguments, call);
  GError *error = NULL;

  if (session == NULL || !check_not_over (session, call)) {
    return;
  }
  if (!ahoy_bridge_add (bridge, AHOY_BRIDGE_MEMBER (session), &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_call_router_release (ahoy_core_get_router (self->core), session);
  ahoy_bus_call_return (call, NULL);
}

static void
handle_remove (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (AhoyBridge) bridge = g_object_ref (target);
  AhoyBusBridges *self = g_object_get_data (target, OWNER_KEY);
  AhoySession *session = read_session (self, arguments, call);

  if (session == NULL) {
    return;
  }
  if (!ahoy_bridge_remove (bridge, AHOY_BRIDGE_MEMBER (session))) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "Session %" G_GUINT64_FORMAT " is not in bridge %" G_GUINT64_FORMAT,
                               ahoy_session_get_id (session), ahoy_bridge_get_id (bridge));
    return;
  }
  ahoy_bus_call_return (call, NULL);
}

static void
handle_replace (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (AhoyBridge) bridge = g_object_ref (target);
  AhoyBusBridges *self = g_object_get_data (target, OWNER_KEY);
  const char *paths[2];
  AhoySession *old;
  AhoySession *replacement;
  GError *error = NULL;

  g_variant_get (arguments, "(&o&o)", &paths[0], &paths[1]);
  old = find_path (self, paths[0], call);
  replacement = old != NULL ? find_path (self, paths[1], call) : NULL;
  if (replacement == NULL || !check_not_over (replacement, call)) {
    return;
  }
  if (old == replacement) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS,
                               "Session %" G_GUINT64_FORMAT " cannot take its own place",
                               ahoy_session_get_id (old));
    return;
  }
  if (!ahoy_bridge_replace (bridge, AHOY_BRIDGE_MEMBER (old), AHOY_BRIDGE_MEMBER (replacement),
                            &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_call_router_release (ahoy_core_get_router (self->core), replacement);
  ahoy_bus_call_return (call, NULL);
}

/* Takes the error. */
static void
end_call (AhoyBusCall *call, GError *error)
{
  if (error == NULL) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, error);
  }
}

static void
handle_set_gain (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusBridges *self = g_object_get_data (target, OWNER_KEY);
  AhoySession *session = read_session (self, arguments, call);
  GError *error = NULL;
  double gain;

  if (session != NULL) {
    g_variant_get (arguments, "(od)", NULL, &gain);
    ahoy_bridge_set_gain (target, AHOY_BRIDGE_MEMBER (session), gain, &error);
    end_call (call, error);
  }
}

static void
handle_set_muted (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusBridges *self = g_object_get_data (target, OWNER_KEY);
  AhoySession *session = read_session (self, arguments, call);
  GError *error = NULL;
  gboolean muted;

  if (session != NULL) {
    g_variant_get (arguments, "(ob)", NULL, &muted);
    ahoy_bridge_set_muted (target, AHOY_BRIDGE_MEMBER (session), muted, &error);
    end_call (call, error);
  }
}

static void
handle_destroy (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (AhoyBridge) bridge = g_object_ref (target);

  ahoy_bridge_destroy (bridge);
  ahoy_bus_call_return (call, NULL);
}

static const AhoyBusMethod methods[] = {
  { "Add", handle_add },
  { "Remove", handle_remove },
  { "Replace", handle_replace },
  { "Destroy", handle_destroy },
  { "SetGain", handle_set_gain },
  { "SetMuted", handle_set_muted },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_bridge_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_bridges_get_interface (void)
{
  return &interface;
}

char *
ahoy_bus_bridges_make_path (AhoyBridge *bridge)
{
  return g_strdup_printf (AHOY_BUS_ROOT "/bridge/%" G_GUINT64_FORMAT, ahoy_bridge_get_id (bridge));
}

static void
changed (AhoyBusBridges *self, AhoyBridge *bridge, guint property)
{
  AhoyBusObject *object = g_hash_table_lookup (self->objects, bridge);

  if (object != NULL) {
    ahoy_bus_object_changed (object, &interface, property);
  }
}

static void
on_members (AhoyBridge *bridge, AhoyBridgeMember *member, gpointer user_data)
{
  AhoyBusBridges *self = user_data;
  AhoyBusSession *session = find_session (self, member);

  changed (self, bridge, BRIDGE_MEMBERS);
  if (session != NULL) {
    ahoy_bus_session_changed (session, AHOY_BUS_SESSION_BRIDGE);
  }
}

static void
on_mode (AhoyBridge *bridge, GParamSpec *pspec, gpointer user_data)
{
  changed (user_data, bridge, BRIDGE_MODE);
}

static void
on_media_holds (AhoyBridge *bridge, GParamSpec *pspec, gpointer user_data)
{
  changed (user_data, bridge, BRIDGE_MEDIA_HOLDS);
}

static void
on_active_speaker (AhoyBridge *bridge, AhoyBridgeMember *member, gpointer user_data)
{
  AhoyBusBridges *self = user_data;
  AhoyBusObject *object = g_hash_table_lookup (self->objects, bridge);
  AhoyBusSession *session = find_session (self, member);

  if (object != NULL && session != NULL) {
    ahoy_bus_object_emit (object, &interface, "ActiveSpeaker",
                          g_variant_new ("(o)", ahoy_bus_session_get_path (session)));
  }
}

static void
remove_bridge (AhoyBusBridges *self, AhoyBridge *bridge)
{
  AhoyBusObject *object = g_hash_table_lookup (self->objects, bridge);

  if (object != NULL) {
    g_signal_handlers_disconnect_by_data (bridge, self);
    ahoy_bus_hub_remove (self->hub, object);
    g_object_set_data (G_OBJECT (bridge), OWNER_KEY, NULL);
    g_hash_table_remove (self->objects, bridge);
  }
}

static void
on_destroyed (AhoyBridge *bridge, gpointer user_data)
{
  remove_bridge (user_data, bridge);
}

static void
on_bridge_added (AhoyCallRouter *router, AhoyBridge *bridge, gpointer user_data)
{
  AhoyBusBridges *self = user_data;
  g_autofree char *path = ahoy_bus_bridges_make_path (bridge);
  AhoyBusObject *object = ahoy_bus_object_new (path);

  g_object_set_data (G_OBJECT (bridge), OWNER_KEY, self);
  ahoy_bus_object_add (object, &interface, bridge);
  g_hash_table_insert (self->objects, g_object_ref (bridge), object);
  ahoy_bus_hub_add (self->hub, object);
  g_signal_connect_object (bridge, "member-added", G_CALLBACK (on_members), self, 0);
  g_signal_connect_object (bridge, "member-removed", G_CALLBACK (on_members), self, 0);
  g_signal_connect_object (bridge, "active-speaker", G_CALLBACK (on_active_speaker), self, 0);
  g_signal_connect_object (bridge, "notify::mode", G_CALLBACK (on_mode), self, 0);
  g_signal_connect_object (bridge, "notify::media-holds", G_CALLBACK (on_media_holds), self, 0);
  g_signal_connect_object (bridge, "destroyed", G_CALLBACK (on_destroyed), self, 0);
}

static void
ahoy_bus_bridges_dispose (GObject *object)
{
  AhoyBusBridges *self = AHOY_BUS_BRIDGES (object);

  ahoy_bus_bridges_close (self);
  g_clear_object (&self->sessions);
  g_clear_object (&self->core);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_bridges_parent_class)->dispose (object);
}

static void
ahoy_bus_bridges_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_BUS_BRIDGES (object)->objects);
  G_OBJECT_CLASS (ahoy_bus_bridges_parent_class)->finalize (object);
}

static void
ahoy_bus_bridges_class_init (AhoyBusBridgesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_bridges_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_bridges_finalize;
}

static void
ahoy_bus_bridges_init (AhoyBusBridges *self)
{
  self->objects = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
}

AhoyBusBridges *
ahoy_bus_bridges_new (AhoyBusHub *hub, AhoyCore *core, AhoyBusSessions *sessions, GError **error)
{
  g_autoptr (AhoyBusBridges) self = g_object_new (AHOY_BUS_TYPE_BRIDGES, NULL);

  self->hub = g_object_ref (hub);
  self->core = g_object_ref (core);
  self->sessions = g_object_ref (sessions);
  self->tree = ahoy_bus_hub_add_tree (hub, AHOY_BUS_ROOT "/bridge", &interface, error);
  if (self->tree == 0) {
    return NULL;
  }
  g_signal_connect_object (ahoy_core_get_router (core), "bridge-added",
                           G_CALLBACK (on_bridge_added), self, 0);
  return g_steal_pointer (&self);
}

/* Takes all bridges from the bus. */
void
ahoy_bus_bridges_close (AhoyBusBridges *self)
{
  g_autoptr (GList) left = NULL;

  if (self->tree == 0) {
    return;
  }
  g_signal_handlers_disconnect_by_data (ahoy_core_get_router (self->core), self);
  left = g_hash_table_get_keys (self->objects);
  for (GList *at = left; at != NULL; at = at->next) {
    remove_bridge (self, at->data);
  }
  ahoy_bus_hub_remove_tree (self->hub, AHOY_BUS_ROOT "/bridge", self->tree);
  self->tree = 0;
}
