/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-registration-service.h"

/* [registration NAME]: the servers that know where we are. */

#define STATE_FILE "registrations"
#define TOPIC "registration"

static gboolean
check_registration (AhoyCoreChange *change, AhoyConfigObject *object)
{
  static const struct {
    const char *key;
    const char *type;
    const char *message;
  } references[] = {
    { "endpoint", "endpoint", "there is no such endpoint; add it, or change the key" },
    { "transport", "transport", "there is no such transport; add it, or change the key" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (references); i++) {
    const char *name = ahoy_config_object_get_string (object, references[i].key);

    if (name != NULL && *name != '\0' &&
        ahoy_config_set_lookup (change->to, references[i].type, name) == NULL) {
      ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_ERROR, object, references[i].key,
                                 references[i].message);
      return FALSE;
    }
  }
  return TRUE;
}

static void
prepare (AhoyCore *self)
{
  g_autofree char *path = NULL;

  if (self->state_folder != NULL && !self->registrations_prepared) {
    path = g_build_filename (self->state_folder, STATE_FILE, NULL);
    ahoy_registration_service_set_state_file (self->registrations, path);
  }
  self->registrations_prepared = TRUE;
}

static gboolean
add_registration (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (GError) error = NULL;

  prepare (change->core);
  if (ahoy_registration_service_add (change->core->registrations,
                                     AHOY_REGISTRATION_CONFIG (object), &error) == NULL) {
    ahoy_core_change_fail (change, object, NULL, error);
    return FALSE;
  }
  return TRUE;
}

static gboolean
change_registration (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  g_autoptr (GError) error = NULL;

  if (!ahoy_registration_service_change (change->core->registrations,
                                         AHOY_REGISTRATION_CONFIG (object), &error)) {
    ahoy_core_change_fail (change, object, NULL, error);
    return FALSE;
  }
  return TRUE;
}

static void
remove_registration (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_registration_service_remove (change->core->registrations,
                                    ahoy_config_object_get_name (object));
}

const AhoyCorePart ahoy_core_registration_part = {
  .type = "registration",
  .check = check_registration,
  .add = add_registration,
  .change = change_registration,
  .remove = remove_registration,
};

/* -- who wants to know ---------------------------------------------------------------------- */

static void
on_state (AhoyRegistration *registration, GParamSpec *pspec, gpointer user_data)
{
  AhoyCore *self = user_data;
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_REGISTRATION_STATE);
  GEnumValue *state =
      g_enum_get_value (states, (int) ahoy_registration_get_state (registration));

  ahoy_event_bus_publish (self->events, TOPIC, ahoy_registration_get_name (registration),
                          g_variant_new_string (state->value_nick), NULL);
}

static void
on_added (AhoyRegistrationService *service, AhoyRegistration *registration, gpointer user_data)
{
  g_signal_connect_object (registration, "notify::state", G_CALLBACK (on_state),
                           AHOY_CORE (user_data), 0);
}

static void
on_removed (AhoyRegistrationService *service, AhoyRegistration *registration, gpointer user_data)
{
  AhoyCore *self = user_data;

  g_signal_handlers_disconnect_by_func (registration, on_state, self);
  ahoy_event_bus_publish (self->events, TOPIC, ahoy_registration_get_name (registration), NULL,
                          NULL);
}

/* -- the network ---------------------------------------------------------------------------- */

/* Interfaces come and go in bursts, and GLib looks at all of it once more after a second: what they
 * did is looked at when they are quiet. */
#define QUIET (2 * G_USEC_PER_SEC)

static void
on_quiet (gpointer user_data)
{
  AhoyCore *self = user_data;

  self->network_timer = 0;
  g_message ("The network changed; names are looked up anew, and we register again");
  ahoy_resolver_flush (ahoy_stack_get_resolver (self->stack));
  ahoy_registration_service_refresh_all (self->registrations);
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  AhoyCore *self = user_data;

  if (self->network_timer != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self), self->network_timer);
  }
  self->network_timer =
      ahoy_scheduler_add (ahoy_core_get_scheduler (self), "network", QUIET, on_quiet, self, NULL);
}

static void
watch_network (AhoyCore *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  self->network_handler = g_signal_connect (monitor, "network-changed",
                                            G_CALLBACK (on_network_changed), self);
}

static void
forget_network (AhoyCore *self)
{
  if (self->network_timer != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self), self->network_timer);
    self->network_timer = 0;
  }
  g_clear_signal_handler (&self->network_handler, g_network_monitor_get_default ());
}

/* -- the service --------------------------------------------------------------------------- */

void
ahoy_core_init_registrations (AhoyCore *self)
{
  self->registrations = ahoy_registration_service_new (self->stack, self->endpoints, NULL);
  ahoy_registration_service_set_accounts (self->registrations, self->auths);
  ahoy_registration_service_set_lines (self->registrations, AHOY_LINE_IDENTIFIER (self->lines));
  g_signal_connect (self->registrations, "registration-added", G_CALLBACK (on_added), self);
  g_signal_connect (self->registrations, "registration-removed", G_CALLBACK (on_removed), self);
}

void
ahoy_core_clear_registrations (AhoyCore *self)
{
  if (self->registrations != NULL) {
    forget_network (self);
    g_signal_handlers_disconnect_by_data (self->registrations, self);
  }
  g_clear_object (&self->registrations);
}

/* -- the module ----------------------------------------------------------------------------- */

static gboolean
start (AhoyCore *self, GError **error)
{
  watch_network (self);
  ahoy_registration_service_start (self->registrations);
  return TRUE;
}

static void
stop (AhoyCore *self)
{
  forget_network (self);
  ahoy_registration_service_stop (self->registrations);
}

const AhoyCoreModule ahoy_core_registration_module = {
  .name = "registration",
  .summary = "our registrations with the servers of others",
  .start = start,
  .stop = stop,
};

/**
 * ahoy_core_get_registrations:
 * @self: a core
 *
 * Returns: (transfer none): our registrations with the servers of others
 *
 * Since: 0.1
 */
AhoyRegistrationService *
ahoy_core_get_registrations (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->registrations;
}
