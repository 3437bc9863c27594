/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyRouteArgumentKind:
 * @AHOY_ROUTE_ARGUMENT_KIND_TEXT: any text
 * @AHOY_ROUTE_ARGUMENT_KIND_TARGET: who is called: the name of an endpoint, a user, or a SIP or tel
 *   URI, also as a name-addr (RFC 3261 section 25.1)
 * @AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN: `yes` or `no`
 * @AHOY_ROUTE_ARGUMENT_KIND_NUMBER: a decimal number
 * @AHOY_ROUTE_ARGUMENT_KIND_DURATION: a number of seconds, or `500ms`, `90s`, `5min`, `1h`
 * @AHOY_ROUTE_ARGUMENT_KIND_CHOICE: one of some words
 * @AHOY_ROUTE_ARGUMENT_KIND_VARIABLE: the name of a variable of the call: a-z, then a-z, 0-9 and -
 * @AHOY_ROUTE_ARGUMENT_KIND_STEPS: steps of the default registry, such as `dial(bob)`, or
 *   `"play(bye.wav), hangup"` in quotes
 *
 * How an argument of a step is read. In a text and in a target `${name}` stands for the value that
 * the variable has when the call gets to the step.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_ROUTE_ARGUMENT_KIND_TEXT,
  AHOY_ROUTE_ARGUMENT_KIND_TARGET,
  AHOY_ROUTE_ARGUMENT_KIND_BOOLEAN,
  AHOY_ROUTE_ARGUMENT_KIND_NUMBER,
  AHOY_ROUTE_ARGUMENT_KIND_DURATION,
  AHOY_ROUTE_ARGUMENT_KIND_CHOICE,
  AHOY_ROUTE_ARGUMENT_KIND_VARIABLE,
  AHOY_ROUTE_ARGUMENT_KIND_STEPS,
} AhoyRouteArgumentKind;

#define AHOY_TYPE_ROUTE_ARGUMENT_KIND (ahoy_route_argument_kind_get_type ())
AHOY_API
GType ahoy_route_argument_kind_get_type (void);

/**
 * AhoyRouteArgumentFlags:
 * @AHOY_ROUTE_ARGUMENT_FLAGS_NONE: none of the others
 * @AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL: it may be written without its name, in its place
 * @AHOY_ROUTE_ARGUMENT_FLAGS_REQUIRED: it has to be written
 * @AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED: it may be written several times; the last of the positional
 *   ones at most
 *
 * What holds for an argument of a step.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_ROUTE_ARGUMENT_FLAGS_NONE = 0,
  AHOY_ROUTE_ARGUMENT_FLAGS_POSITIONAL = 1 << 0,
  AHOY_ROUTE_ARGUMENT_FLAGS_REQUIRED = 1 << 1,
  AHOY_ROUTE_ARGUMENT_FLAGS_REPEATED = 1 << 2,
} AhoyRouteArgumentFlags;

#define AHOY_TYPE_ROUTE_ARGUMENT_FLAGS (ahoy_route_argument_flags_get_type ())
AHOY_API
GType ahoy_route_argument_flags_get_type (void);

#define AHOY_TYPE_ROUTE_STEP_DEFINITION (ahoy_route_step_definition_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRouteStepDefinition, ahoy_route_step_definition, AHOY,
                      ROUTE_STEP_DEFINITION, GObject)

AHOY_API
AhoyRouteStepDefinition *ahoy_route_step_definition_new (const char *name, const char *description);
AHOY_API
gboolean ahoy_route_step_definition_add_argument (AhoyRouteStepDefinition *self, const char *name,
                                                  AhoyRouteArgumentKind kind,
                                                  AhoyRouteArgumentFlags flags,
                                                  const char *default_text, const char *description,
                                                  GError **error);
AHOY_API
gboolean ahoy_route_step_definition_set_range (AhoyRouteStepDefinition *self, const char *name,
                                               guint minimum, guint maximum);
AHOY_API
gboolean ahoy_route_step_definition_set_choices (AhoyRouteStepDefinition *self, const char *name,
                                                 const char *const *choices);
AHOY_API
const char *ahoy_route_step_definition_get_name (AhoyRouteStepDefinition *self);
AHOY_API
const char *ahoy_route_step_definition_get_description (AhoyRouteStepDefinition *self);
AHOY_API
GVariant *ahoy_route_step_definition_describe (AhoyRouteStepDefinition *self);

G_END_DECLS
