/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-core-settings.h"
#include "ahoy-stack-gate-private.h"

/* The chain in front of the applications: is there too much to do, who is it, may they. */

static void
on_session_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  ahoy_overload_guard_begin_session (((AhoyCore *) user_data)->guard);
}

static void
on_session_removed (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  ahoy_overload_guard_end_session (((AhoyCore *) user_data)->guard);
}

static gboolean
build_chain (AhoyCore *self, GError **error)
{
  /* Said, not left to the order of adding: others want to be before some of them. */
  static const char *const after_guard[] = { "overload", NULL };
  static const char *const after_identification[] = { "overload", "identification", NULL };

  self->interception = ahoy_interception_new (self->stack);
  self->identification = ahoy_identification_new (self->interception);
  self->authentication = ahoy_authentication_new (self->interception);
  self->guard = ahoy_overload_guard_new (self->stack);
  g_signal_connect_object (self->sessions, "session-added", G_CALLBACK (on_session_added), self,
                           0);
  g_signal_connect_object (self->sessions, "session-removed", G_CALLBACK (on_session_removed), self,
                           0);
  return ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->guard), "overload",
                                NULL, NULL, NULL, error) &&
         ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->identification),
                                "identification", NULL, after_guard, NULL, error) &&
         ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->authentication),
                                "authentication", NULL, after_identification, NULL, error);
}

static void
apply_guard (AhoyCore *self, AhoyConfigObject *settings)
{
  g_object_set (
      self->guard, "max-sessions", ahoy_config_object_get_number (settings, "max-sessions"),
      "max-delay", (guint) (ahoy_config_object_get_duration (settings, "overload-delay") / 1000),
      "max-transactions", ahoy_config_object_get_number (settings, "overload-queue"), NULL);
}

void
ahoy_core_apply_chain (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  AhoyCore *self = change->core;
  int unknown = ahoy_config_object_get_choice (settings, "unknown-source");
  g_autoptr (GError) error = NULL;
  gboolean good = old != NULL || build_chain (self, &error);

  g_object_set (self->identification, "unknown-status",
                unknown == AHOY_UNKNOWN_SOURCE_403 ? 403 : 401, NULL);
  apply_guard (self, settings);
  if (!good) {
    ahoy_core_change_fail (change, settings, NULL, error);
  }
}

/**
 * ahoy_core_get_overload_guard:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): what refuses requests when there is too much to do; %NULL
 *   before ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyOverloadGuard *
ahoy_core_get_overload_guard (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->guard;
}

/**
 * ahoy_core_list_unidentified:
 * @self: a core
 *
 * Returns: (transfer full): who sent requests and is no endpoint, as
 *   ahoy_identification_list_unidentified() tells it; nobody before ahoy_core_configure()
 *
 * Since: 0.1
 */
GVariant *
ahoy_core_list_unidentified (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  if (self->identification == NULL) {
    return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(sut)"), NULL, 0));
  }
  return ahoy_identification_list_unidentified (self->identification);
}

/**
 * ahoy_core_get_interception:
 * @self: a core
 *
 * Returns: (transfer none) (nullable): the chain that each message passes; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyInterception *
ahoy_core_get_interception (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->interception;
}

/**
 * ahoy_core_get_identification:
 * @self: a core
 *
 * What an identifier needs that takes its time, see ahoy_identification_defer().
 *
 * Returns: (transfer none) (nullable): what finds out who a request comes from; %NULL before
 *   ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyIdentification *
ahoy_core_get_identification (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->identification;
}

/**
 * ahoy_core_get_authentication:
 * @self: a core
 *
 * What an authenticator needs that takes its time, see ahoy_authentication_defer().
 *
 * Returns: (transfer none) (nullable): what lets pass only who proves to be who he says; %NULL
 *   before ahoy_core_configure()
 *
 * Since: 0.1
 */
AhoyAuthentication *
ahoy_core_get_authentication (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->authentication;
}
