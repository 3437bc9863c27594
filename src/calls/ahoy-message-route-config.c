/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-route-config.h"

#include "ahoy-error.h"
#include "ahoy-route-pattern-private.h"
#include "ahoy-route-program.h"

/**
 * AhoyMessageRouteConfig:
 *
 * What happens with text messages to somebody: a group `[message-route NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyMessageRouteConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyMessageRouteConfig, ahoy_message_route_config, AHOY_TYPE_CONFIG_OBJECT)

/* -- steps ---------------------------------------------------------------------------------- */

#define POSITIONAL AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL
#define REQUIRED AHOY_ROUTE_ARGUMENT_FLAGS_REQUIRED
#define REPEATED AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED

static const struct {
  const char *name;
  const char *description;
} steps[] = {
  { "deliver", "hands the message to endpoints and URIs, to all at once" },
  { "store", "keeps the message until somebody registers, or is there again" },
  { "receive", "hands the message to whoever listens at this host" },
  { "exec", "starts a program that reads the message" },
  { "redirect", "sends the sender elsewhere (302)" },
  { "reject", "refuses the message" },
};

static const struct {
  const char *step;
  const char *name;
  AhoyRouteArgumentKind kind;
  AhoyRouteArgumentFlags flags;
  const char *default_text;
  guint minimum;
  guint maximum;
  const char *description;
} arguments[] = {
  { "deliver", "target", AHOY_ROUTE_ARGUMENT_KIND_TARGET, POSITIONAL | REQUIRED | REPEATED, NULL, 0,
    0, "who gets it" },
  { "store", "endpoint", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "for whom it is kept" },
  { "exec", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the absolute path of a program" },
  { "exec", "argument", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REPEATED, NULL, 0, 0,
    "an argument of the program" },
  { "exec", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "10s", 100, 20000,
    "how long it may take; then it is killed" },
  { "redirect", "target", AHOY_ROUTE_ARGUMENT_KIND_TARGET, POSITIONAL | REQUIRED, NULL, 0, 0,
    "where to" },
  { "reject", "status", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, POSITIONAL, "603", 400, 699,
    "the status of the answer" },
  { "reject", "reason", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL, NULL, 0, 0,
    "the reason phrase; that of the status when it is left out" },
};

static AhoyRouteStepDefinition *
make_definition (const char *name, const char *description)
{
  AhoyRouteStepDefinition *definition = ahoy_route_step_definition_new (name, description);

  for (gsize i = 0; i < G_N_ELEMENTS (arguments); i++) {
    if (!g_str_equal (arguments[i].step, name)) {
      continue;
    }
    ahoy_route_step_definition_add_argument (definition, arguments[i].name, arguments[i].kind,
                                             arguments[i].flags, arguments[i].default_text,
                                             arguments[i].description, NULL);
    if (arguments[i].maximum > 0) {
      ahoy_route_step_definition_set_range (definition, arguments[i].name, arguments[i].minimum,
                                            arguments[i].maximum);
    }
  }
  return definition;
}

/**
 * ahoy_message_route_config_get_steps:
 *
 * Which steps routes of messages can have. They are written as those of calls are, and are others.
 *
 * Returns: (transfer none): the one registry of the process
 *
 * Since: 0.1
 */
AhoyRouteStepRegistry *
ahoy_message_route_config_get_steps (void)
{
  static AhoyRouteStepRegistry *registry;

  if (registry == NULL) {
    g_auto (GStrv) of_calls = NULL;

    registry = ahoy_route_step_registry_new ();
    of_calls = ahoy_route_step_registry_list_names (registry);
    for (gsize i = 0; of_calls[i] != NULL; i++) {
      ahoy_route_step_registry_remove (registry, of_calls[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
      g_autoptr (AhoyRouteStepDefinition) definition =
          make_definition (steps[i].name, steps[i].description);

      ahoy_route_step_registry_add (registry, definition, NULL);
    }
  }
  return registry;
}

/* -- keys ----------------------------------------------------------------------------------- */

static gboolean
check_match (const char *text, GError **error)
{
  g_autoptr (AhoyRoutePattern) pattern = ahoy_route_pattern_parse (text, error);

  return pattern != NULL;
}

/* What runs is written in the configuration, whole: neither PATH nor a message has a say. */
static gboolean
check_file (AhoyRouteStep *step, GError **error)
{
  const char *file = ahoy_route_step_get_text (step, "file");

  if (!g_str_equal (ahoy_route_step_get_name (step), "exec") ||
      (g_path_is_absolute (file) && strchr (file, '$') == NULL)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
               "“%s” cannot be started; write the absolute path of a program, such as "
               "/usr/sbin/sendmail",
               file);
  return FALSE;
}

static gboolean
check_steps (const char *text, GError **error)
{
  g_autoptr (AhoyRouteProgram) program =
      ahoy_route_program_parse (ahoy_message_route_config_get_steps (), text, error);

  for (guint i = 0; program != NULL && i < ahoy_route_program_get_length (program); i++) {
    if (!check_file (ahoy_route_program_get_step (program, i), error)) {
      return FALSE;
    }
  }
  return program != NULL;
}

static gboolean
ahoy_message_route_config_validate (AhoyConfigObject *object, GError **error)
{
  static const char *const needed[] = { "match", "do", NULL };

  for (gsize i = 0; needed[i] != NULL; i++) {
    if (ahoy_config_object_get_string (object, needed[i]) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                   "a message-route needs the key %s; add it", needed[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
ahoy_message_route_config_class_init (AhoyMessageRouteConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);
  GParamSpec *key;

  config_class->type_name = "message-route";
  config_class->description = "what happens with text messages to somebody";
  config_class->validate = ahoy_message_route_config_validate;
  ahoy_config_object_class_add_text (config_class, "context", "Context",
                                     "whose messages the route is for: those of endpoints with "
                                     "this message-context, or context",
                                     "default");
  key = ahoy_config_object_class_add_text (config_class, "match", "Name",
                                           "the user part that is written to: itself, a pattern "
                                           "such as 6??, or re: and a regular expression",
                                           NULL);
  ahoy_config_key_set_check (key, check_match);
  key = ahoy_config_object_class_add_list (config_class, "from", "Senders",
                                           "the endpoints that the route is for; empty for all of "
                                           "the context",
                                           NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  key = ahoy_config_object_class_add_text (config_class, "do", "Steps",
                                           "what happens with the message, such as deliver(bob); "
                                           "a step that fails is followed by the next one",
                                           NULL);
  ahoy_config_key_set_check (key, check_steps);
}

static void
ahoy_message_route_config_init (AhoyMessageRouteConfig *self)
{
}

/**
 * ahoy_message_route_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyMessageRouteConfig *
ahoy_message_route_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_MESSAGE_ROUTE_CONFIG, "name", name, NULL);
}
