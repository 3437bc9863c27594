/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyConfigSeverity:
 * @AHOY_CONFIG_SEVERITY_ERROR: something was left out: the object, or what could not be read
 * @AHOY_CONFIG_SEVERITY_WARNING: the object is there, but may not do what was meant
 *
 * How bad a problem of the configuration is.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CONFIG_SEVERITY_ERROR,
  AHOY_CONFIG_SEVERITY_WARNING,
} AhoyConfigSeverity;

#define AHOY_TYPE_CONFIG_SEVERITY (ahoy_config_severity_get_type ())
AHOY_API
GType ahoy_config_severity_get_type (void);

/**
 * AhoyConfigProblem:
 *
 * Something in the configuration that cannot be used, and where. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyConfigProblem AhoyConfigProblem;

#define AHOY_TYPE_CONFIG_PROBLEM (ahoy_config_problem_get_type ())
AHOY_API
GType ahoy_config_problem_get_type (void);

AHOY_API
AhoyConfigProblem *ahoy_config_problem_new (AhoyConfigSeverity severity, const char *file,
                                            guint line, const char *object, const char *key,
                                            const char *message);
AHOY_API
AhoyConfigProblem *ahoy_config_problem_ref (AhoyConfigProblem *self);
AHOY_API
void ahoy_config_problem_unref (AhoyConfigProblem *self);
AHOY_API
AhoyConfigSeverity ahoy_config_problem_get_severity (AhoyConfigProblem *self);
AHOY_API
const char *ahoy_config_problem_get_file (AhoyConfigProblem *self);
AHOY_API
guint ahoy_config_problem_get_line (AhoyConfigProblem *self);
AHOY_API
const char *ahoy_config_problem_get_object (AhoyConfigProblem *self);
AHOY_API
const char *ahoy_config_problem_get_key (AhoyConfigProblem *self);
AHOY_API
const char *ahoy_config_problem_get_message (AhoyConfigProblem *self);
AHOY_API
char *ahoy_config_problem_to_string (AhoyConfigProblem *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyConfigProblem, ahoy_config_problem_unref)

G_END_DECLS
