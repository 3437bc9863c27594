/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-core-settings.h"
#include "ahoy-endpoint-checks-private.h"
#include "ahoy-version.h"

/* [core]: what holds for the whole. */

/* What only a stack that is not started takes. */
static void
prepare_stack (AhoyCore *self, AhoyConfigObject *settings)
{
  const char *const *servers = ahoy_config_object_get_list (settings, "nameservers");
  g_autoptr (GError) error = NULL;

  g_object_set (self->stack, "t1",
                (guint) (ahoy_config_object_get_duration (settings, "t1") / 1000),
                "compact-headers", ahoy_config_object_get_boolean (settings, "compact-headers"),
                NULL);
  if (ahoy_config_object_is_set (settings, "t1x64")) {
    g_object_set (self->stack, "t1x64",
                  (guint) (ahoy_config_object_get_duration (settings, "t1x64") / 1000), NULL);
  }
  ahoy_work_pool_set_size (self->pool, ahoy_config_object_get_number (settings, "workers"));
  if (servers != NULL && servers[0] != NULL &&
      !ahoy_resolver_set_nameservers (ahoy_stack_get_resolver (self->stack), servers, &error)) {
    g_warning ("The name servers of the configuration are not used: %s", error->message);
  }
}

static void
apply_stack (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  AhoyStack *stack = change->core->stack;
  const char *user_agent = ahoy_config_object_get_string (settings, "user-agent");

  if (old == NULL) {
    prepare_stack (change->core, settings);
  }
  g_object_set (stack, "max-forwards", ahoy_config_object_get_number (settings, "max-forwards"),
                "tcp-switch-size", ahoy_config_object_get_number (settings, "tcp-switch-size"),
                "user-agent",
                user_agent != NULL && *user_agent != '\0' ? user_agent
                                                          : "Ahoy/" AHOY_VERSION_STRING,
                NULL);
  /* What is wrong with them was reported before. */
  ahoy_stack_set_headers (stack, ahoy_config_object_get_list (settings, "headers"), NULL);
}

static void
apply_router (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  AhoyCallRouter *router = change->core->router;

  ahoy_call_router_set_folders (router,
                                ahoy_config_object_get_string (settings, "sounds-directory"),
                                ahoy_config_object_get_string (settings, "recordings-directory"));
  ahoy_call_router_set_ignore_user_options (
      router, ahoy_config_object_get_boolean (settings, "ignore-uri-user-options"));
  ahoy_call_router_set_tone_zone (router, ahoy_config_object_get_string (settings, "tone-zone"));
}

typedef void (*ApplyFunc) (AhoyCoreChange *change, AhoyConfigObject *settings,
                           AhoyConfigObject *old);

/* One function for each part that takes settings of [core]. */
static const ApplyFunc appliers[] = {
  apply_stack,
  apply_router,
  ahoy_core_apply_chain,
  ahoy_core_apply_identify,
  ahoy_core_apply_numbers,
  ahoy_core_apply_security,
  ahoy_core_apply_acl,
  ahoy_core_apply_digest,
  ahoy_core_apply_domains,
  ahoy_core_apply_registrar,
  ahoy_core_apply_contact_hook,
};

/* What the group itself cannot judge: it lies below what knows addresses. */
static gboolean
check_proxies (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *text = ahoy_config_object_get_string (object, "outbound-proxy");
  g_autoptr (GError) error = NULL;

  if (text == NULL || ahoy_endpoint_check_uri_list (text, &error)) {
    return TRUE;
  }
  ahoy_core_change_fail (change, object, "outbound-proxy", error);
  return FALSE;
}

static gboolean
check_tone_zone (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *zone = ahoy_config_object_get_string (object, "tone-zone");
  g_autoptr (GError) error = NULL;

  if (zone == NULL || ahoy_endpoint_check_tone_zone (zone, &error)) {
    return TRUE;
  }
  ahoy_core_change_fail (change, object, "tone-zone", error);
  return FALSE;
}

static gboolean
check_country (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *country = ahoy_config_object_get_string (object, "country");
  g_autoptr (GError) error = NULL;

  if (country == NULL || ahoy_endpoint_check_country (country, &error)) {
    return TRUE;
  }
  ahoy_core_change_fail (change, object, "country", error);
  return FALSE;
}

static gboolean
check_settings (AhoyCoreChange *change, AhoyConfigObject *object)
{
  if (!check_proxies (change, object) || !check_tone_zone (change, object) ||
      !check_country (change, object)) {
    return FALSE;
  }
  ahoy_core_check_modules (change, object);
  return ahoy_core_change_check_headers (change, object);
}

/* Without a group [core] every setting has its default. */
static void
finish_settings (AhoyCoreChange *change, gboolean touched)
{
  AhoyCore *self = change->core;
  AhoyConfigObject *given = ahoy_config_set_lookup (change->to, "core", "");
  g_autoptr (AhoyConfigObject) old = NULL;

  if (!touched && !change->first) {
    return;
  }
  old = g_steal_pointer (&self->settings);
  self->settings =
      given != NULL ? g_object_ref (given) : AHOY_CONFIG_OBJECT (ahoy_core_settings_new ());
  for (gsize i = 0; i < G_N_ELEMENTS (appliers); i++) {
    appliers[i](change, self->settings, old);
  }
}

const AhoyCorePart ahoy_core_settings_part = {
  .type = "core",
  .check = check_settings,
  .finish = finish_settings,
};
