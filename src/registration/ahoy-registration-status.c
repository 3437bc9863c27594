/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-private.h"

/* What there is to know of a registration. */

GType
ahoy_registration_state_get_type (void)
{
  static const GEnumValue values[] = {
    { AHOY_REGISTRATION_UNREGISTERED, "AHOY_REGISTRATION_UNREGISTERED", "unregistered" },
    { AHOY_REGISTRATION_REGISTERING, "AHOY_REGISTRATION_REGISTERING", "registering" },
    { AHOY_REGISTRATION_REGISTERED, "AHOY_REGISTRATION_REGISTERED", "registered" },
    { AHOY_REGISTRATION_REJECTED, "AHOY_REGISTRATION_REJECTED", "rejected" },
    { AHOY_REGISTRATION_FAILED, "AHOY_REGISTRATION_FAILED", "failed" },
    { 0, NULL, NULL },
  };
  static GType type;

  if (g_once_init_enter (&type)) {
    g_once_init_leave (&type, g_enum_register_static ("AhoyRegistrationState", values));
  }
  return type;
}

static const char *const nothing[] = { NULL };

/**
 * ahoy_registration_get_name:
 * @self: a registration
 *
 * Returns: (transfer none): its name in the configuration
 *
 * Since: 0.1
 */
const char *
ahoy_registration_get_name (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (self->config));
}

/**
 * ahoy_registration_get_config:
 * @self: a registration
 *
 * Returns: (transfer none): what the configuration says of it; another object after it changed
 *
 * Since: 0.1
 */
AhoyRegistrationConfig *
ahoy_registration_get_config (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return self->next != NULL ? self->next : self->config;
}

/**
 * ahoy_registration_get_state:
 * @self: a registration
 *
 * Returns: how it is
 *
 * Since: 0.1
 */
AhoyRegistrationState
ahoy_registration_get_state (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), AHOY_REGISTRATION_UNREGISTERED);

  return self->state;
}

/**
 * ahoy_registration_get_status:
 * @self: a registration
 *
 * Returns: the status of the last final answer; 408 when none came in time, 0 before the first
 *
 * Since: 0.1
 */
guint
ahoy_registration_get_status (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), 0);

  return self->status;
}

/**
 * ahoy_registration_get_reason:
 * @self: a registration
 *
 * Returns: (transfer none) (nullable): the words of the last final answer; %NULL before the first
 *
 * Since: 0.1
 */
const char *
ahoy_registration_get_reason (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return self->reason;
}

/**
 * ahoy_registration_get_server:
 * @self: a registration
 *
 * Returns: (transfer none) (nullable): the URI of the server that was asked last; %NULL before the
 *   first
 *
 * Since: 0.1
 */
const char *
ahoy_registration_get_server (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return self->server_name;
}

/**
 * ahoy_registration_get_contact:
 * @self: a registration
 *
 * Returns: (transfer none) (nullable): the URI by which the server reaches us; %NULL before the
 *   first REGISTER
 *
 * Since: 0.1
 */
const char *
ahoy_registration_get_contact (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return self->contact;
}

/**
 * ahoy_registration_get_expires_at:
 * @self: a registration
 *
 * Returns: when the binding ends that the server has, in µs of the wall clock (UNIX); 0 when it has
 *   none
 *
 * Since: 0.1
 */
gint64
ahoy_registration_get_expires_at (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), 0);

  return self->expires_at;
}

/**
 * ahoy_registration_get_next_attempt_at:
 * @self: a registration
 *
 * Returns: when REGISTER is sent next, in µs of the wall clock (UNIX); 0 when none is planned
 *
 * Since: 0.1
 */
gint64
ahoy_registration_get_next_attempt_at (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), 0);

  return self->next_attempt_at;
}

/**
 * ahoy_registration_get_service_route:
 * @self: a registration
 *
 * Returns: (transfer none) (array zero-terminated=1): the way that requests take which use the
 *   registration (RFC 3608), the next hop first; name-addrs, empty for none
 *
 * Since: 0.1
 */
const char *const *
ahoy_registration_get_service_route (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return self->service_route != NULL ? (const char *const *) self->service_route : nothing;
}

/**
 * ahoy_registration_get_associated_uris:
 * @self: a registration
 *
 * Returns: (transfer none) (array zero-terminated=1): the addresses that the server says are ours
 *   (P-Associated-URI, RFC 7315 section 4.1); name-addrs, empty for none
 *
 * Since: 0.1
 */
const char *const *
ahoy_registration_get_associated_uris (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  return self->associated != NULL ? (const char *const *) self->associated : nothing;
}

/**
 * ahoy_registration_get_enabled:
 * @self: a registration
 *
 * Returns: whether it is to register: what ahoy_registration_set_enabled() said last, else what the
 *   configuration says
 *
 * Since: 0.1
 */
gboolean
ahoy_registration_get_enabled (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), FALSE);

  if (self->switched) {
    return self->enabled;
  }
  return ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (ahoy_registration_get_config (self)),
                                         "enabled");
}

static char *
describe_refusal (AhoyRegistration *self, const char *what)
{
  const char *then = self->due_timer != 0 ? "it is tried again by itself"
                                          : "it is not tried again by itself";
  const char *remedy = "";

  if (self->status == 401 || self->status == 407) {
    remedy = "; check the user name and the password";
  } else if (self->status == 404) {
    remedy = "; check client";
  }
  return g_strdup_printf ("%s %s: %u %s; %s%s", self->server_name, what, self->status,
                          self->reason != NULL ? self->reason : "", then, remedy);
}

/**
 * ahoy_registration_dup_status_text:
 * @self: a registration
 *
 * Returns: (transfer full): one line for people that says how it is, and what to do about it
 *
 * Since: 0.1
 */
char *
ahoy_registration_dup_status_text (AhoyRegistration *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), NULL);

  switch (self->state) {
  case AHOY_REGISTRATION_REGISTERING:
    return self->server_name != NULL ? g_strdup_printf ("Registering with %s", self->server_name)
                                     : g_strdup ("Registering");
  case AHOY_REGISTRATION_REGISTERED:
    return g_strdup_printf ("Registered with %s", self->server_name);
  case AHOY_REGISTRATION_REJECTED:
    return describe_refusal (self, "refuses the registration");
  case AHOY_REGISTRATION_FAILED:
    return describe_refusal (self, "cannot register us");
  default:
    return g_strdup (ahoy_registration_get_enabled (self) ? "Not registered" : "Not enabled");
  }
}
