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
  { "say", "lets a voice read a text, a number or digits" },
  { "tone", "plays a tone" },
  { "dial", "calls somebody and joins both calls" },
  { "conference", "puts the caller into a conference" },
  { "record", "records the caller" },
  { "voicemail", "takes a message" },
  { "redirect", "sends the caller elsewhere (302)" },
  { "reject", "refuses the call" },
  { "busy", "ends the call because somebody is busy (486), with the tone if wanted" },
  { "congestion", "ends the call because no line is free (503), with the tone if wanted" },
  { "read", "reads digits that the caller dials into a variable" },
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
  { "say", "text", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "what is said; a number in it is read as one" },
  { "say", "as", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "text", 0, 0,
    "read it as a text, or each letter and digit for itself" },
  { "say", "voice", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0, "the voice, such as en or de" },
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
  { "dial", "contacts", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "all", 0, 0,
    "which contacts of an endpoint: all at once, the first, or one after the other" },
  { "dial", "late", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "no", 0, 0,
    "whether who registers while others ring gets the call too" },
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
#define REFUSAL(step)                                                                             \
  { step, "how", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, POSITIONAL, "status", 0, 0,                     \
    "refuse at once with the status, or let the caller hear the tone before; a call that was "    \
    "answered always hears it" },                                                                 \
  { step, "duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "10s", 10, HOUR,                      \
    "how long the tone sounds" },                                                                 \
  { step, "zone", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,                                   \
    "the country of the tone: etsi, us, uk, de, fr" }
  REFUSAL ("busy"),
  REFUSAL ("congestion"),
#undef REFUSAL
  { "read", "variable", AHOY_ROUTE_ARGUMENT_KIND_VARIABLE, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the variable for the digits; later steps write it as ${name}" },
  { "read", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REPEATED, NULL, 0, 0,
    "a sound to play before; a digit ends it" },
  { "read", "digits", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, 0, "20", 1, 64, "how many at most" },
  { "read", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "10s", 100, HOUR,
    "how long to wait for the first digit, after the sounds" },
  { "read", "between", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "3s", 100, HOUR,
    "how long to wait for one more digit" },
  { "read", "end", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "#", 0, 0,
    "the digit that ends them, and is none of them" },
  { "read", "tries", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, 0, "1", 1, 10,
    "how often the sounds are played while no digit comes" },
  { "read", "otherwise", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "end", 0, 0,
    "when no digit came: end the call, or continue with the next step" },
  { "wait", "duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, POSITIONAL | REQUIRED, NULL, 0, HOUR,
    "how long" },
  { "hangup", "cause", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, POSITIONAL, "16", 1, 127,
    "the cause (Q.850)" },
};

static const struct {
  const char *argument;
  const char *const *choices;
} choices[] = {
  { "mode", (const char *const[]){ "all", "order", NULL } },
  { "contacts", (const char *const[]){ "all", "first", "order", NULL } },
  { "afterwards", (const char *const[]){ "end", "continue", NULL } },
  { "as", (const char *const[]){ "text", "digits", NULL } },
  { "otherwise", (const char *const[]){ "end", "continue", NULL } },
  { "how", (const char *const[]){ "status", "tone", NULL } },
  { "end", (const char *const[]){ "#", "*", "none", NULL } },
};

static const char *const *
find_choices (const char *argument)
{
  gsize i = 0;

  while (!g_str_equal (choices[i].argument, argument))
    i++;
  return choices[i].choices;
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
