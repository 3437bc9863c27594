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
  { "moh", "plays music" },
  { "park", "leaves the call in a slot, with music, until somebody fetches it" },
  { "parked", "fetches a call that is parked" },
  { "queue", "lets the caller wait, with music, until one of several people answers" },
  { "voicemail", "takes a message" },
  { "redirect", "sends the caller elsewhere (302, or 300 to one of several)" },
  { "pickup", "takes a call that rings at somebody else's" },
  { "reject", "refuses the call" },
  { "busy", "ends the call because somebody is busy (486), with the tone if wanted" },
  { "congestion", "ends the call because no line is free (503), with the tone if wanted" },
  { "read", "reads digits that the caller dials into a variable" },
  { "menu", "lets the caller choose what happens by a digit" },
  { "goto", "goes on with the route for another number" },
  { "limit", "limits how long the call may last, from its answer on" },
  { "exec", "starts a program, and goes on when it has ended well" },
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
  { "dial", "late-offer", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "no", 0, 0,
    "whether those who are called make the offer, not we" },
  { "dial", "afterwards", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "end", 0, 0,
    "when the one who answered hangs up: end the call, or continue with the next step" },
  { "conference", "name", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the name of the conference" },
  { "conference", "pin", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "digits that the caller has to dial, with # at their end" },
  { "conference", "sound", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "the sound that asks for the PIN; a tone when it is left out" },
  { "conference", "limit", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, 0, "256", 1, 256,
    "how many can be in it; the first one says so" },
  { "conference", "announce", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "no", 0, 0,
    "whether all hear a tone when somebody comes or goes; the first one says so" },
  { "conference", "record", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "the name of a recording of all; the first one says so" },
  { "conference", "muted", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "no", 0, 0,
    "whether the others do not hear the caller" },
  { "conference", "marked", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "no", 0, 0,
    "whether the caller is one for whom others wait" },
  { "conference", "wait", AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN, 0, "no", 0, 0,
    "whether the caller neither speaks nor hears until somebody marked is there" },
  { "conference", "until", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "last", 0, 0,
    "who has to leave for the conference to be over for the caller: the last, or the last marked" },
  { "park", "slot", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, POSITIONAL, "0", 0, 99999,
    "the number of the slot; 0 for the lowest from 701 that is free" },
  { "park", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "45s", SECOND, 24 * HOUR,
    "after which time who parked the call is called back, or the next step comes" },
  { "park", "by", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "the endpoint that is called back; the one that transferred the call when it is left out" },
  { "park", "class", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, "default", 0, 0,
    "which music: the name of a group moh" },
  { "parked", "slot", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the number of the slot" },
  { "queue", "name", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the name of a group queue" },
  { "queue", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, NULL, SECOND, 24 * HOUR,
    "how long at most; as the group says when it is left out" },
  { "queue", "afterwards", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "end", 0, 0,
    "when the member who answered hangs up: end the call, or continue with the next step" },
  { "moh", "class", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL, "default", 0, 0,
    "which music: the name of a group moh" },
  { "moh", "duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, POSITIONAL, NULL, 10, HOUR,
    "how long; until the caller hangs up when it is left out" },
  { "record", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the name of the recording" },
  { "record", "limit", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "1h", SECOND, 24 * HOUR,
    "how long at most" },
  { "voicemail", "mailbox", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "whose mailbox" },
  { "redirect", "target", AHOY_ROUTE_ARGUMENT_KIND_TARGET, POSITIONAL | REQUIRED | REPEATED, NULL,
    0, 0, "where to" },
  { "pickup", "whose", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REPEATED, NULL, 0, 0,
    "an endpoint whose call is taken, or a group of call-group; the groups of the caller's "
    "pickup-group when nothing is said" },
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
    "the country of the tone, such as uk; that of the call when it is left out" }
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
  { "read", "say", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "a text to say before, after the sounds" },
  { "read", "voice", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "the voice, such as en or de" },
  { "menu", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REPEATED, NULL, 0, 0,
    "a sound that tells the choices; a digit ends it" },
  { "menu", "say", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "a text that tells them, said after the sounds" },
  { "menu", "voice", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "the voice, such as en or de" },
#define CHOICE(digit)                                                                             \
  { "menu", digit, AHOY_ROUTE_ARGUMENT_KIND_STEPS, 0, NULL, 0, 0,                                 \
    "what happens when the caller dials it, such as dial(bob) or goto(200)" }
  CHOICE ("0"),
  CHOICE ("1"),
  CHOICE ("2"),
  CHOICE ("3"),
  CHOICE ("4"),
  CHOICE ("5"),
  CHOICE ("6"),
  CHOICE ("7"),
  CHOICE ("8"),
  CHOICE ("9"),
  CHOICE ("star"),
  CHOICE ("hash"),
#undef CHOICE
  { "menu", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "10s", 100, HOUR,
    "how long to wait for a digit, after the sounds" },
  { "menu", "wrong", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "a sound to play when the digit is none of the choices, before they are told again" },
  { "menu", "tries", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, 0, "3", 1, 10,
    "how often the choices are told while no digit, or none of them, comes" },
  { "menu", "variable", AHOY_ROUTE_ARGUMENT_KIND_VARIABLE, 0, NULL, 0, 0,
    "a variable for the digit" },
  { "menu", "otherwise", AHOY_ROUTE_ARGUMENT_KIND_STEPS, 0, "hangup", 0, 0,
    "what happens when the caller chose nothing" },
  { "goto", "number", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the number, as if the caller had dialled it" },
  { "goto", "context", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,
    "the context of its route; that of the call when it is left out" },
#define LIMIT(step, flags)                                                                        \
  { step, "max-duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, flags, NULL, 10, 24 * HOUR,          \
    "how long the call may last; it is hung up then" },                                           \
  { step, "warn-at", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, NULL, 10, HOUR,                        \
    "how long before its end somebody is warned" },                                               \
  { step, "warn-every", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, NULL, 10, HOUR,                     \
    "after which time once more" },                                                               \
  { step, "warn-sound", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, "beep", 0, 0,                           \
    "what is heard: a tone, or a sound whose name ends in .wav" },                                \
  { step, "warn-say", AHOY_ROUTE_ARGUMENT_KIND_TEXT, 0, NULL, 0, 0,                               \
    "a text that is said in place of it" },                                                       \
  { step, "warn-who", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "caller", 0, 0,                         \
    "who hears it" }
  LIMIT ("limit", POSITIONAL | REQUIRED),
  LIMIT ("dial", 0),
#undef LIMIT
#define FEATURES(step, name, who)                                                                 \
  { step, name, AHOY_ROUTE_ARGUMENT_KIND_CHOICE, REPEATED, NULL, 0, 0,                          \
    "what " who " may do by digits, in place of the key features of its endpoint" }
  FEATURES ("dial", "caller-features", "the caller"),
  FEATURES ("dial", "callee-features", "who is called"),
  FEATURES ("queue", "caller-features", "the caller"),
  FEATURES ("queue", "callee-features", "the member"),
#undef FEATURES
  { "exec", "file", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REQUIRED, NULL, 0, 0,
    "the whole path of a program; AHOY_NUMBER and others in its environment tell of the call" },
  { "exec", "argument", AHOY_ROUTE_ARGUMENT_KIND_TEXT, POSITIONAL | REPEATED, NULL, 0, 0,
    "what it is given; no shell reads it" },
  { "exec", "timeout", AHOY_ROUTE_ARGUMENT_KIND_DURATION, 0, "10s", 100, 60000,
    "how long it may run before it is killed" },
  { "exec", "variable", AHOY_ROUTE_ARGUMENT_KIND_VARIABLE, 0, NULL, 0, 0,
    "a variable for the status that it ends with" },
  { "exec", "otherwise", AHOY_ROUTE_ARGUMENT_KIND_CHOICE, 0, "end", 0, 0,
    "when that is not 0: end the call, or continue with the next step" },
  { "wait", "duration", AHOY_ROUTE_ARGUMENT_KIND_DURATION, POSITIONAL | REQUIRED, NULL, 0, HOUR,
    "how long" },
  { "hangup", "cause", AHOY_ROUTE_ARGUMENT_KIND_NUMBER, POSITIONAL, "16", 1, 127,
    "the cause (Q.850)" },
};

static const char *const features[] = { "disconnect", "record", "blind-transfer",
                                        "attended-transfer", "park", "none", NULL };

static const struct {
  const char *argument;
  const char *const *choices;
} choices[] = {
  { "mode", (const char *const[]){ "all", "order", NULL } },
  { "contacts", (const char *const[]){ "all", "first", "order", NULL } },
  { "afterwards", (const char *const[]){ "end", "continue", NULL } },
  { "as", (const char *const[]){ "text", "digits", NULL } },
  { "otherwise", (const char *const[]){ "end", "continue", NULL } },
  { "warn-who", (const char *const[]){ "caller", "callee", "both", NULL } },
  { "caller-features", features },
  { "callee-features", features },
  { "how", (const char *const[]){ "status", "tone", NULL } },
  { "until", (const char *const[]){ "last", "marked", NULL } },
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
