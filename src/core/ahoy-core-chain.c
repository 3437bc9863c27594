/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-address-identifier.h"
#include "ahoy-anonymous-identifier.h"
#include "ahoy-core-change-private.h"
#include "ahoy-core-settings.h"
#include "ahoy-stack-gate-private.h"
#include "ahoy-username-identifier.h"

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
  self->interception = ahoy_interception_new (self->stack);
  self->identification = ahoy_identification_new (self->interception);
  self->authentication = ahoy_authentication_new (self->interception);
  self->guard = ahoy_overload_guard_new (self->stack);
  self->identifiers = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_object (self->sessions, "session-added", G_CALLBACK (on_session_added), self,
                           0);
  g_signal_connect_object (self->sessions, "session-removed", G_CALLBACK (on_session_removed), self,
                           0);
  return ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->guard), "overload",
                                NULL, NULL, NULL, error) &&
         ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->identification),
                                "identification", NULL, NULL, NULL, error) &&
         ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->authentication),
                                "authentication", NULL, NULL, NULL, error);
}

/* The identifier of a name in identify-order; NULL when nothing does it yet. */
static AhoyEndpointIdentifier *
make_identifier (AhoyCore *self, AhoyConfigObject *settings, const char *name)
{
  AhoyEndpointIdentifier *identifier;

  if (g_str_equal (name, "username")) {
    identifier = ahoy_username_identifier_new (self->endpoints);
    ahoy_username_identifier_set_ignore_options (
        AHOY_USERNAME_IDENTIFIER (identifier),
        ahoy_config_object_get_boolean (settings, "ignore-uri-user-options"));
    return identifier;
  }
  return g_str_equal (name, "ip") ? ahoy_address_identifier_new (self->endpoints) : NULL;
}

static gboolean
add_identifier (AhoyCore *self, AhoyEndpointIdentifier *identifier, const char *name,
                const char *const *after, GError **error)
{
  if (!ahoy_identification_add_identifier (self->identification, identifier, name, NULL, after,
                                           error)) {
    return FALSE;
  }
  g_ptr_array_add (self->identifiers, g_object_ref (identifier));
  return TRUE;
}

/* Those in the order of identify-order, and at last who says that he is nobody. */
static gboolean
add_identifiers (AhoyCore *self, AhoyConfigObject *settings, GError **error)
{
  const char *const *order = ahoy_config_object_get_list (settings, "identify-order");
  const char *const last[] = { "username", "ip", NULL };
  g_autoptr (AhoyEndpointIdentifier) anonymous =
      ahoy_anonymous_identifier_new (self->endpoints);

  for (guint i = 0; order != NULL && order[i] != NULL; i++) {
    const char *const after[] = { i > 0 ? order[i - 1] : NULL, NULL };
    g_autoptr (AhoyEndpointIdentifier) identifier = make_identifier (self, settings, order[i]);

    if (identifier != NULL &&
        !add_identifier (self, identifier, order[i], i > 0 ? after : NULL, error)) {
      return FALSE;
    }
  }
  return add_identifier (self, anonymous, "anonymous", last, error);
}

/* No request comes in between: this is one turn of the main loop. */
static void
remove_identifiers (AhoyCore *self)
{
  for (guint i = 0; i < self->identifiers->len; i++) {
    ahoy_identification_remove_identifier (self->identification, self->identifiers->pdata[i]);
  }
  g_ptr_array_set_size (self->identifiers, 0);
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
  remove_identifiers (self);
  if (!good || !add_identifiers (self, settings, &error)) {
    ahoy_core_change_fail (change, settings, "identify-order", error);
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
