/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-config.h"

#include <string.h>

#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"
#include "ahoy-route-pattern-private.h"
#include "ahoy-route-program.h"

#define REGISTERED "registered:"

/**
 * AhoyRouteConfig:
 *
 * What happens with calls to a number: a group `[route NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyRouteConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyRouteConfig, ahoy_route_config, AHOY_TYPE_CONFIG_OBJECT)

static gboolean
check_match (const char *text, GError **error)
{
  g_autoptr (AhoyRoutePattern) pattern = ahoy_route_pattern_parse (text, error);

  return pattern != NULL;
}

static gboolean
check_steps (const char *text, GError **error)
{
  g_autoptr (AhoyRouteProgram) program
      = ahoy_route_program_parse (ahoy_route_step_registry_get_default (), text, error);

  return program != NULL;
}

/* registered:NAME, of an endpoint or an address of record. */
static gboolean
check_condition (const char *text, GError **error)
{
  if (g_str_has_prefix (text, REGISTERED) && text[strlen (REGISTERED)] != '\0') {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no condition; write one such as registered:alice", text);
  return FALSE;
}

static void
add_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "context", "Context",
                                     "whose callers the route is for: endpoints of the same "
                                     "context",
                                     "default");
  key = ahoy_config_object_class_add_text (
      klass, "match", "Number",
      "the user part that is called: itself, a pattern such as "
      "6??, or re: and a regular expression",
      NULL);
  ahoy_config_key_set_check (key, check_match);
  key = ahoy_config_object_class_add_list (klass, "from", "Callers",
                                           "the endpoints that the route is for; empty for all "
                                           "of the context",
                                           NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  key = ahoy_config_object_class_add_list (klass, "only-when", "Conditions",
                                           "conditions such as registered:alice, without which "
                                           "the route is as if it were not there; all have to hold",
                                           NULL);
  ahoy_config_key_set_check (key, check_condition);
  key = ahoy_config_object_class_add_text (klass, "do", "Steps",
                                           "what happens with the call, such as ring, dial(bob, "
                                           "timeout=30), voicemail(bob)",
                                           NULL);
  ahoy_config_key_set_check (key, check_steps);
}

/* Programs that hear of calls of the route. */
static void
add_hook_keys (AhoyConfigObjectClass *klass)
{
  static const struct {
    const char *name;
    const char *nick;
    const char *blurb;
  } hooks[] = {
    { "on-dial", "Program for dialling",
      "a program, with arguments but without a shell, that is started when the call dials; "
      "AHOY_NUMBER and others in its environment tell of the call" },
    { "on-answer", "Program for answers", "a program that is started when a call is answered" },
    { "on-end", "Program for ends",
      "a program that is started when a call is over; AHOY_CAUSE and AHOY_DURATION tell how" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hooks); i++) {
    GParamSpec *key = ahoy_config_object_class_add_text (klass, hooks[i].name, hooks[i].nick,
                                                         hooks[i].blurb, NULL);

    ahoy_config_key_set_check (key, ahoy_endpoint_check_command);
  }
}

static gboolean
ahoy_route_config_validate (AhoyConfigObject *object, GError **error)
{
  static const char *const needed[] = { "match", "do", NULL };

  for (gsize i = 0; needed[i] != NULL; i++) {
    if (ahoy_config_object_get_string (object, needed[i]) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                   "a route needs the key %s; add it", needed[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
ahoy_route_config_class_init (AhoyRouteConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "route";
  config_class->description = "what happens with calls to a number";
  config_class->validate = ahoy_route_config_validate;
  add_keys (config_class);
  add_hook_keys (config_class);
}

static void
ahoy_route_config_init (AhoyRouteConfig *self)
{
}

/**
 * ahoy_route_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyRouteConfig *
ahoy_route_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_ROUTE_CONFIG, "name", name, NULL);
}
