/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-endpoints.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-contacts.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* The endpoints on the bus. An AhoyEndpoint is its own target. */
struct _AhoyBusEndpoints {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyCore *core;
  AhoyBusSessions *sessions;
  GHashTable *objects; /* AhoyEndpoint → AhoyBusObject */
  guint tree;
};

G_DEFINE_FINAL_TYPE (AhoyBusEndpoints, ahoy_bus_endpoints, G_TYPE_OBJECT)

static AhoyConfigObject *
config_of (gpointer target)
{
  return AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (target));
}

static GVariant *
get_name (gpointer target)
{
  return g_variant_new_string (ahoy_endpoint_get_name (target));
}

/* What stands before the number in caller-id; without that, the name. */
static GVariant *
get_display_name (gpointer target)
{
  g_autofree char *shown = ahoy_endpoint_dup_display_name (target);

  return shown != NULL ? g_variant_new_string (shown) : get_name (target);
}

static GVariant *
get_state (gpointer target)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_ENDPOINT_STATE);

  return g_variant_new_string (
      g_enum_get_value (states, (int) ahoy_endpoint_get_state (target))->value_nick);
}

static GVariant *
get_active_sessions (gpointer target)
{
  return g_variant_new_uint32 (ahoy_endpoint_get_active_sessions (target));
}

static GVariant *
get_maintenance (gpointer target)
{
  return g_variant_new_boolean (ahoy_endpoint_get_maintenance (target));
}

static GVariant *
get_transport (gpointer target)
{
  const char *transport = ahoy_config_object_get_string (config_of (target), "transport");

  return g_variant_new_string (transport != NULL ? transport : "");
}

static GVariant *
get_text (gpointer target, const char *key)
{
  const char *text = ahoy_config_object_get_string (config_of (target), key);

  return g_variant_new_string (text != NULL ? text : "");
}

static GVariant *
get_description (gpointer target)
{
  return get_text (target, "description");
}

static GVariant *
get_account_code (gpointer target)
{
  return get_text (target, "account-code");
}

static GVariant *
get_tenant (gpointer target)
{
  return get_text (target, "tenant");
}

static GVariant *
get_language (gpointer target)
{
  return get_text (target, "language");
}

static GVariant *
get_codecs (gpointer target)
{
  const char *const *codecs = ahoy_config_object_get_list (config_of (target), "codecs");
  const char *const none[] = { NULL };

  return g_variant_new_strv (codecs != NULL ? codecs : none, -1);
}

static AhoyBusEndpoints *
owner_of (gpointer target)
{
  return g_object_get_data (target, "ahoy-bus-endpoints");
}

static GVariant *
get_contacts (gpointer target)
{
  return ahoy_bus_contacts_list (owner_of (target)->core, target);
}

enum {
  ENDPOINT_NAME,
  ENDPOINT_DISPLAY_NAME,
  ENDPOINT_STATE,
  ENDPOINT_ACTIVE_SESSIONS,
  ENDPOINT_MAINTENANCE,
  ENDPOINT_TRANSPORT,
  ENDPOINT_CODECS,
  ENDPOINT_DESCRIPTION,
  ENDPOINT_ACCOUNT_CODE,
  ENDPOINT_TENANT,
  ENDPOINT_LANGUAGE,
  ENDPOINT_CONTACTS,
};

static const AhoyBusProperty properties[] = {
  { "Name", get_name },
  { "DisplayName", get_display_name },
  { "State", get_state },
  { "ActiveSessions", get_active_sessions },
  { "Maintenance", get_maintenance },
  { "Transport", get_transport },
  { "Codecs", get_codecs },
  { "Description", get_description },
  { "AccountCode", get_account_code },
  { "Tenant", get_tenant },
  { "Language", get_language },
  { "Contacts", get_contacts },
  { NULL, NULL },
};

static void
handle_dial (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusEndpoints *self = owner_of (target);
  g_autoptr (AhoySession) session = NULL;
  AhoyBusSession *found;
  GError *error = NULL;
  const char *uri;

  g_variant_get (arguments, "(&s)", &uri);
  if (ahoy_bus_check_text ("The target", uri, &error)) {
    session = ahoy_core_dial (self->core, ahoy_endpoint_get_name (target), uri, NULL, &error);
  }
  if (session == NULL) {
    ahoy_bus_return_error (call, error);
    return;
  }
  found = ahoy_bus_sessions_lookup (self->sessions, session);
  ahoy_bus_hub_flush (self->hub);
  ahoy_bus_call_return (call, g_variant_new ("(o)", ahoy_bus_session_get_path (found)));
}

static void
handle_set_maintenance (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  gboolean maintenance;

  g_variant_get (arguments, "(b)", &maintenance);
  ahoy_endpoint_set_maintenance (target, maintenance);
  ahoy_bus_call_return (call, NULL);
}

static void
handle_get (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyConfigObject *config = config_of (target);
  g_autofree char *text = NULL;
  GParamSpec *key;
  const char *item;

  g_variant_get (arguments, "(&s)", &item);
  key = ahoy_config_object_class_find_key (AHOY_CONFIG_OBJECT_GET_CLASS (config), item);
  if (key == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND, "An endpoint has no key “%s”", item);
    return;
  }
  if (ahoy_config_key_is_secret (key)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_AUTHORIZED,
                               "The key “%s” is a secret and is never shown", item);
    return;
  }
  text = ahoy_config_object_dup_text (config, item);
  ahoy_bus_call_return (call, g_variant_new ("(s)", text != NULL ? text : ""));
}

static void
handle_qualify (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_bus_contacts_qualify (owner_of (target)->core, target, call);
}

static void
handle_drop_contact (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  const char *uri;

  g_variant_get (arguments, "(&s)", &uri);
  ahoy_bus_contacts_drop (owner_of (target)->core, target, uri, call);
}

static const AhoyBusMethod methods[] = {
  { "Dial", handle_dial },
  { "SetMaintenance", handle_set_maintenance },
  { "Get", handle_get },
  { "Qualify", handle_qualify },
  { "DropContact", handle_drop_contact },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_endpoint_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_endpoints_get_interface (void)
{
  return &interface;
}

static void
on_notify (AhoyEndpoint *endpoint, GParamSpec *pspec, gpointer user_data)
{
  static const struct {
    const char *name;
    guint property;
  } known[] = {
    { "state", ENDPOINT_STATE },
    { "active-sessions", ENDPOINT_ACTIVE_SESSIONS },
    { "maintenance", ENDPOINT_MAINTENANCE },
    { "config", ENDPOINT_DISPLAY_NAME },
    { "config", ENDPOINT_TRANSPORT },
    { "config", ENDPOINT_CODECS },
    { "config", ENDPOINT_DESCRIPTION },
    { "config", ENDPOINT_ACCOUNT_CODE },
    { "config", ENDPOINT_TENANT },
    { "config", ENDPOINT_LANGUAGE },
  };
  AhoyBusEndpoints *self = user_data;
  AhoyBusObject *object = g_hash_table_lookup (self->objects, endpoint);

  for (gsize i = 0; object != NULL && i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (pspec->name, known[i].name)) {
      ahoy_bus_object_changed (object, &interface, known[i].property);
    }
  }
}

/* To all whose contact it is. */
static void
tell (AhoyBusEndpoints *self, const char *aor, const char *signal, GVariant *arguments)
{
  g_autoptr (GPtrArray) endpoints = ahoy_core_list_endpoints_of (self->core, aor);
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);

  for (guint i = 0; i < endpoints->len; i++) {
    AhoyBusObject *object = g_hash_table_lookup (self->objects, endpoints->pdata[i]);

    if (object != NULL) {
      ahoy_bus_object_emit (object, &interface, signal, owned);
    }
  }
}

static void
on_contact_added (AhoyLocation *location, const char *aor, AhoyContact *contact,
                  gpointer user_data)
{
  tell (user_data, aor, "ContactAdded", g_variant_new ("(s)", ahoy_contact_get_uri (contact)));
}

static void
on_contact_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
                    AhoyContactRemoval reason, gpointer user_data)
{
  tell (user_data, aor, "ContactRemoved",
        g_variant_new ("(ss)", ahoy_contact_get_uri (contact),
                       ahoy_contact_removal_get_nick (reason)));
}

static void
on_contact_status (AhoyLocation *location, const char *aor, AhoyContact *contact,
                   gpointer user_data)
{
  tell (user_data, aor, "ContactStatusChanged",
        g_variant_new ("(ss)", ahoy_contact_get_uri (contact),
                       ahoy_bus_contact_status_nick (contact)));
}

static void
add_endpoint (AhoyBusEndpoints *self, AhoyEndpoint *endpoint)
{
  g_autofree char *path = ahoy_bus_make_path ("endpoint", ahoy_endpoint_get_name (endpoint));
  AhoyBusObject *object = ahoy_bus_object_new (path);

  g_object_set_data (G_OBJECT (endpoint), "ahoy-bus-endpoints", self);
  ahoy_bus_object_add (object, &interface, endpoint);
  ahoy_bus_hub_add (self->hub, object);
  g_hash_table_insert (self->objects, g_object_ref (endpoint), object);
  g_signal_connect_object (endpoint, "notify", G_CALLBACK (on_notify), self, 0);
}

static void
take_down (AhoyBusEndpoints *self, AhoyEndpoint *endpoint, AhoyBusObject *object)
{
  g_signal_handlers_disconnect_by_data (endpoint, self);
  g_object_set_data (G_OBJECT (endpoint), "ahoy-bus-endpoints", NULL);
  ahoy_bus_hub_remove (self->hub, object);
}

static void
on_endpoint_added (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  add_endpoint (user_data, endpoint);
}

static void
on_endpoint_removed (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  AhoyBusEndpoints *self = user_data;
  AhoyBusObject *object = g_hash_table_lookup (self->objects, endpoint);

  if (object != NULL) {
    take_down (self, endpoint, object);
    g_hash_table_remove (self->objects, endpoint);
  }
}

static void
ahoy_bus_endpoints_dispose (GObject *object)
{
  AhoyBusEndpoints *self = AHOY_BUS_ENDPOINTS (object);

  ahoy_bus_endpoints_close (self);
  g_clear_object (&self->sessions);
  g_clear_object (&self->core);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_endpoints_parent_class)->dispose (object);
}

static void
ahoy_bus_endpoints_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_BUS_ENDPOINTS (object)->objects);
  G_OBJECT_CLASS (ahoy_bus_endpoints_parent_class)->finalize (object);
}

static void
ahoy_bus_endpoints_class_init (AhoyBusEndpointsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_endpoints_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_endpoints_finalize;
}

static void
ahoy_bus_endpoints_init (AhoyBusEndpoints *self)
{
  self->objects = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
}

AhoyBusEndpoints *
ahoy_bus_endpoints_new (AhoyBusHub *hub, AhoyCore *core, AhoyBusSessions *sessions, GError **error)
{
  g_autoptr (AhoyBusEndpoints) self = g_object_new (AHOY_BUS_TYPE_ENDPOINTS, NULL);
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (ahoy_core_get_endpoints (core));

  self->hub = g_object_ref (hub);
  self->core = g_object_ref (core);
  self->sessions = g_object_ref (sessions);
  self->tree = ahoy_bus_hub_add_tree (hub, AHOY_BUS_ROOT "/endpoint", &interface, error);
  if (self->tree == 0) {
    return NULL;
  }
  for (guint i = 0; i < endpoints->len; i++) {
    add_endpoint (self, endpoints->pdata[i]);
  }
  g_signal_connect_object (ahoy_core_get_endpoints (core), "endpoint-added",
                           G_CALLBACK (on_endpoint_added), self, 0);
  g_signal_connect_object (ahoy_core_get_endpoints (core), "endpoint-removed",
                           G_CALLBACK (on_endpoint_removed), self, 0);
  g_signal_connect_object (ahoy_core_get_location (core), "contact-added",
                           G_CALLBACK (on_contact_added), self, 0);
  g_signal_connect_object (ahoy_core_get_location (core), "contact-removed",
                           G_CALLBACK (on_contact_removed), self, 0);
  g_signal_connect_object (ahoy_core_get_location (core), "contact-status",
                           G_CALLBACK (on_contact_status), self, 0);
  return g_steal_pointer (&self);
}

/* Takes all endpoints from the bus. */
void
ahoy_bus_endpoints_close (AhoyBusEndpoints *self)
{
  GHashTableIter iter;
  gpointer endpoint;
  gpointer object;

  if (self->tree == 0) {
    return;
  }
  g_signal_handlers_disconnect_by_data (ahoy_core_get_location (self->core), self);
  g_signal_handlers_disconnect_by_data (ahoy_core_get_endpoints (self->core), self);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &endpoint, &object)) {
    take_down (self, endpoint, object);
  }
  g_hash_table_remove_all (self->objects);
  ahoy_bus_hub_remove_tree (self->hub, AHOY_BUS_ROOT "/endpoint", self->tree);
  self->tree = 0;
}
