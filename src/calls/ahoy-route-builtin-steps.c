/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-route-builtin-steps-private.h"

/* The steps that Ahoy itself knows, and their arguments. What they do is elsewhere. */

#define POSITIONAL AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL
#define REQUIRED AHOY_ROUTE_ARGUMENT_FLAGS_REQUIRED
#define REPEATED AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED
#define SECOND 1000
#define HOUR (3600 * SECOND)

static const struct {
  const char *name;
  const char *description;
} steps[] = {
  { "answer", "answers the call" },
  { "ring", "says that it rings (180)" },
  { "progress", "opens early media (183)" },
  { "echo", "sends back what is heard, until the caller hangs up" },
  { "play", "plays sounds, one after the other" },
  { "tone", "plays a tone" },
  { "dial", "calls somebody and joins both calls" },
  { "conference", "puts the caller into a conference" },
  { "record", "records the caller" },
  { "voicemail", "takes a message" },
  { "redirect", "sends the caller elsewhere (302)" },
  { "reject", "refuses the call" },
  { "wait", "does nothing for a while" },
  { "agent", "asks an agent on the bus what to do" },
  { "hangup", "ends the call" },
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
  { "play", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED | REPEATED, NULL, 0, 0,
    "a sound" },
  { "tone", "tone", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "dial, ring, busy or another named tone, or a frequency in Hz" },
  { "tone", "duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, NULL, 10, HOUR,
    "how long; until the caller hangs up when it is left out" },
  { "dial", "target", AHOY_ROUTE_ARGUMENT_KIND_TARGET, POSITIONAL | REQUIRED | REPEATED, NULL, 0, 0,
    "who is called" },
  { "dial", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "30s", SECOND, HOUR,
    "how long it may ring" },
  { "dial", "mode", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "all", 0, 0,
    "all at once, or one after the other" },
  { "dial", "afterwards", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "end", 0, 0,
    "when the one who answered hangs up: end the call, or continue with the next step" },
  { "conference", "name", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the name of the conference" },
  { "record", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the name of the recording" },
  { "record", "limit", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "1h", SECOND, 24 * HOUR,
    "how long at most" },
  { "voicemail", "mailbox", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "whose mailbox" },
  { "redirect", "target", AHOY_ROUTE_ARGUMENT_KIND_TARGET, POSITIONAL | REQUIRED | REPEATED, NULL,
    0, 0, "where to" },
  { "reject", "status", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, POSITIONAL, "603", 400, 699,
    "the status of the answer" },
  { "reject", "reason", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL, NULL, 0, 0,
    "the reason phrase; that of the status when it is left out" },
  { "wait", "duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, POSITIONAL | REQUIRED, NULL, 0, HOUR,
    "how long" },
  { "hangup", "cause", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, POSITIONAL, "16", 1, 127,
    "the cause (Q.850)" },
};

static const char *const *
find_choices (const char *argument)
{
  static const char *const modes[] = { "all", "order", NULL };
  static const char *const ends[] = { "end", "continue", NULL };

  return g_str_equal (argument, "mode") ? modes : ends;
}

static void
add_arguments (AhoyRouteStepDefinition *definition)
{
  const char *step = ahoy_route_step_definition_get_name (definition);

  for (gsize i = 0; i < G_N_ELEMENTS (arguments); i++) {
    if (!g_str_equal (arguments[i].step, step))
      continue;
    ahoy_route_step_definition_add_argument (definition, arguments[i].name, arguments[i].kind,
                                             arguments[i].flags, arguments[i].default_text,
                                             arguments[i].description, NULL);
    if (arguments[i].maximum > 0)
      ahoy_route_step_definition_set_range (definition, arguments[i].name, arguments[i].minimum,
                                            arguments[i].maximum);
    if (arguments[i].kind == AHOY_ROUTE_ARGUMENT_KIND_CHOICE)
      ahoy_route_step_definition_set_choices (definition, arguments[i].name,
                                               find_choices (arguments[i].name));
  }
}

void
ahoy_route_builtin_steps_add (AhoyRouteStepRegistry *registry)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (AhoyRouteStepDefinition) definition
        = ahoy_route_step_definition_new (steps[i].name, steps[i].description);

    add_arguments (definition);
    ahoy_route_step_registry_add (registry, definition, NULL);
  }
}
