/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-registrations.h"

#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"
#include "ahoy-bus-pending.h"

/* Our registrations on the bus. An AhoyRegistration is its own target. */
struct _AhoyBusRegistrations {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyCore *core;
  GHashTable *objects; /* AhoyRegistration → AhoyBusObject */
  guint tree;
};

G_DEFINE_FINAL_TYPE (AhoyBusRegistrations, ahoy_bus_registrations, G_TYPE_OBJECT)

static GVariant *
make_text (const char *text)
{
  return g_variant_new_string (text != NULL ? text : "");
}

static GVariant *
get_name (gpointer target)
{
  return make_text (ahoy_registration_get_name (target));
}

static GVariant *
get_endpoint (gpointer target)
{
  const char *name = ahoy_config_object_get_string (
      AHOY_CONFIG_OBJECT (ahoy_registration_get_config (target)), "endpoint");
  g_autofree char *path =
      name != NULL && *name != '\0' ? ahoy_bus_make_path ("endpoint", name) : g_strdup ("/");

  return g_variant_new_object_path (path);
}

static GVariant *
get_server (gpointer target)
{
  return make_text (ahoy_registration_get_server (target));
}

static GVariant *
get_contact (gpointer target)
{
  return make_text (ahoy_registration_get_contact (target));
}

static GVariant *
get_state (gpointer target)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_REGISTRATION_STATE);

  return make_text (
      g_enum_get_value (states, (int) ahoy_registration_get_state (target))->value_nick);
}

static GVariant *
get_expires_at (gpointer target)
{
  return g_variant_new_uint64 ((guint64) ahoy_registration_get_expires_at (target));
}

static GVariant *
get_next_attempt_at (gpointer target)
{
  return g_variant_new_uint64 ((guint64) ahoy_registration_get_next_attempt_at (target));
}

static GVariant *
get_status (gpointer target)
{
  return g_variant_new_uint16 ((guint16) ahoy_registration_get_status (target));
}

static GVariant *
get_reason (gpointer target)
{
  return make_text (ahoy_registration_get_reason (target));
}

static GVariant *
get_status_text (gpointer target)
{
  g_autofree char *text = ahoy_registration_dup_status_text (target);

  return make_text (text);
}

static GVariant *
get_service_route (gpointer target)
{
  return g_variant_new_strv (ahoy_registration_get_service_route (target), -1);
}

static GVariant *
get_associated_uris (gpointer target)
{
  return g_variant_new_strv (ahoy_registration_get_associated_uris (target), -1);
}

static GVariant *
get_enabled (gpointer target)
{
  return g_variant_new_boolean (ahoy_registration_get_enabled (target));
}

enum {
  REGISTRATION_NAME,
  REGISTRATION_ENDPOINT,
  REGISTRATION_SERVER,
  REGISTRATION_CONTACT,
  REGISTRATION_STATE,
  REGISTRATION_EXPIRES_AT,
  REGISTRATION_NEXT_ATTEMPT_AT,
  REGISTRATION_STATUS,
  REGISTRATION_REASON,
  REGISTRATION_STATUS_TEXT,
  REGISTRATION_SERVICE_ROUTE,
  REGISTRATION_ASSOCIATED_URIS,
  REGISTRATION_ENABLED,
};

static const AhoyBusProperty properties[] = {
  { "Name", get_name },
  { "Endpoint", get_endpoint },
  { "Server", get_server },
  { "Contact", get_contact },
  { "State", get_state },
  { "ExpiresAt", get_expires_at },
  { "NextAttemptAt", get_next_attempt_at },
  { "Status", get_status },
  { "Reason", get_reason },
  { "StatusText", get_status_text },
  { "ServiceRoute", get_service_route },
  { "AssociatedUris", get_associated_uris },
  { "Enabled", get_enabled },
  { NULL, NULL },
};

/* -- methods -------------------------------------------------------------------------------- */

static void
reply (AhoyRegistration *registration, AhoyBusPending *waiting, GError *error)
{
  const char *reason = ahoy_registration_get_reason (registration);

  if (error != NULL) {
    ahoy_bus_pending_fail (waiting, error);
  } else {
    ahoy_bus_pending_return (waiting,
                             g_variant_new ("(qs)",
                                            (guint16) ahoy_registration_get_status (registration),
                                            reason != NULL ? reason : ""));
  }
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) waiting = user_data;
  GError *error = NULL;

  ahoy_registration_register_finish (AHOY_REGISTRATION (source), result, &error);
  reply (AHOY_REGISTRATION (source), waiting, error);
}

static void
on_unregistered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyBusPending) waiting = user_data;
  GError *error = NULL;

  ahoy_registration_unregister_finish (AHOY_REGISTRATION (source), result, &error);
  reply (AHOY_REGISTRATION (source), waiting, error);
}

static AhoyBusPending *
make_waiting (gpointer target, AhoyBusCall *call)
{
  AhoyBusRegistrations *self = g_object_get_data (target, "ahoy-bus-registrations");

  return ahoy_bus_pending_new (call, ahoy_core_get_scheduler (self->core),
                               AHOY_BUS_PATIENCE * 1000, ahoy_bus_late_status, NULL, NULL);
}

static void
handle_register (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_registration_register_async (target, NULL, on_registered, make_waiting (target, call));
}

static void
handle_unregister (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  ahoy_registration_unregister_async (target, NULL, on_unregistered, make_waiting (target, call));
}

static void
handle_set_enabled (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  gboolean enabled;

  g_variant_get (arguments, "(b)", &enabled);
  ahoy_registration_set_enabled (target, enabled);
  ahoy_bus_call_return (call, NULL);
}

static const AhoyBusMethod methods[] = {
  { "Register", handle_register },
  { "Unregister", handle_unregister },
  { "SetEnabled", handle_set_enabled },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_registration_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_registrations_get_interface (void)
{
  return &interface;
}

/* -- which there are ------------------------------------------------------------------------ */

static void
on_notify (AhoyRegistration *registration, GParamSpec *pspec, gpointer user_data)
{
  static const struct {
    const char *name;
    guint property;
  } known[] = {
    { "server", REGISTRATION_SERVER },
    { "state", REGISTRATION_STATE },
    { "state", REGISTRATION_STATUS_TEXT },
    { "expires-at", REGISTRATION_EXPIRES_AT },
    { "next-attempt-at", REGISTRATION_NEXT_ATTEMPT_AT },
    { "status", REGISTRATION_STATUS },
    { "status", REGISTRATION_STATUS_TEXT },
    { "reason", REGISTRATION_REASON },
    { "reason", REGISTRATION_STATUS_TEXT },
    { "service-route", REGISTRATION_SERVICE_ROUTE },
    { "associated-uris", REGISTRATION_ASSOCIATED_URIS },
    { "enabled", REGISTRATION_ENABLED },
    { "enabled", REGISTRATION_STATUS_TEXT },
  };
  AhoyBusRegistrations *self = user_data;
  AhoyBusObject *object = g_hash_table_lookup (self->objects, registration);

  for (gsize i = 0; object != NULL && i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (pspec->name, known[i].name)) {
      ahoy_bus_object_changed (object, &interface, known[i].property);
    }
  }
}

static void
add_registration (AhoyBusRegistrations *self, AhoyRegistration *registration)
{
  g_autofree char *path =
      ahoy_bus_make_path ("registration", ahoy_registration_get_name (registration));
  AhoyBusObject *object = ahoy_bus_object_new (path);

  g_object_set_data (G_OBJECT (registration), "ahoy-bus-registrations", self);
  ahoy_bus_object_add (object, &interface, registration);
  ahoy_bus_hub_add (self->hub, object);
  g_hash_table_insert (self->objects, g_object_ref (registration), object);
  g_signal_connect_object (registration, "notify", G_CALLBACK (on_notify), self, 0);
}

static void
take_down (AhoyBusRegistrations *self, AhoyRegistration *registration, AhoyBusObject *object)
{
  g_signal_handlers_disconnect_by_data (registration, self);
  g_object_set_data (G_OBJECT (registration), "ahoy-bus-registrations", NULL);
  ahoy_bus_hub_remove (self->hub, object);
}

static void
on_added (AhoyRegistrationService *service, AhoyRegistration *registration, gpointer user_data)
{
  add_registration (user_data, registration);
}

static void
on_removed (AhoyRegistrationService *service, AhoyRegistration *registration, gpointer user_data)
{
  AhoyBusRegistrations *self = user_data;
  AhoyBusObject *object = g_hash_table_lookup (self->objects, registration);

  if (object != NULL) {
    take_down (self, registration, object);
    g_hash_table_remove (self->objects, registration);
  }
}

static void
ahoy_bus_registrations_dispose (GObject *object)
{
  AhoyBusRegistrations *self = AHOY_BUS_REGISTRATIONS (object);

  ahoy_bus_registrations_close (self);
  g_clear_object (&self->core);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_registrations_parent_class)->dispose (object);
}

static void
ahoy_bus_registrations_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_BUS_REGISTRATIONS (object)->objects);
  G_OBJECT_CLASS (ahoy_bus_registrations_parent_class)->finalize (object);
}

static void
ahoy_bus_registrations_class_init (AhoyBusRegistrationsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_registrations_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_registrations_finalize;
}

static void
ahoy_bus_registrations_init (AhoyBusRegistrations *self)
{
  self->objects = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
}

AhoyBusRegistrations *
ahoy_bus_registrations_new (AhoyBusHub *hub, AhoyCore *core, GError **error)
{
  g_autoptr (AhoyBusRegistrations) self = g_object_new (AHOY_BUS_TYPE_REGISTRATIONS, NULL);
  AhoyRegistrationService *service = ahoy_core_get_registrations (core);
  g_autoptr (GPtrArray) list = ahoy_registration_service_list (service);

  self->hub = g_object_ref (hub);
  self->core = g_object_ref (core);
  self->tree = ahoy_bus_hub_add_tree (hub, AHOY_BUS_ROOT "/registration", &interface, error);
  if (self->tree == 0) {
    return NULL;
  }
  for (guint i = 0; i < list->len; i++) {
    add_registration (self, list->pdata[i]);
  }
  g_signal_connect_object (service, "registration-added", G_CALLBACK (on_added), self, 0);
  g_signal_connect_object (service, "registration-removed", G_CALLBACK (on_removed), self, 0);
  return g_steal_pointer (&self);
}

/* Takes all registrations from the bus. */
void
ahoy_bus_registrations_close (AhoyBusRegistrations *self)
{
  GHashTableIter iter;
  gpointer registration;
  gpointer object;

  if (self->tree == 0) {
    return;
  }
  g_signal_handlers_disconnect_by_data (ahoy_core_get_registrations (self->core), self);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &registration, &object)) {
    take_down (self, registration, object);
  }
  g_hash_table_remove_all (self->objects);
  ahoy_bus_hub_remove_tree (self->hub, AHOY_BUS_ROOT "/registration", self->tree);
  self->tree = 0;
}
