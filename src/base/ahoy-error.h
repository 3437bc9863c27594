/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AHOY_ERROR:
 *
 * The one error domain of Ahoy. Each message is a sentence that names the object and the reason.
 *
 * Since: 0.1
 */
#define AHOY_ERROR (ahoy_error_quark ())

/**
 * AhoyError:
 * @AHOY_ERROR_FAILED: the operation failed for a reason that has no code of its own
 * @AHOY_ERROR_INVALID_ARGUMENTS: an argument cannot be used; the message names it
 * @AHOY_ERROR_INVALID_STATE: the object is not in a state that allows the operation
 * @AHOY_ERROR_NOT_FOUND: the named object does not exist
 * @AHOY_ERROR_EXISTS: an object of that name is there already
 * @AHOY_ERROR_NOT_SUPPORTED: this build or this peer cannot do it
 * @AHOY_ERROR_NOT_AUTHORIZED: the caller may not do it
 * @AHOY_ERROR_LIMIT_EXCEEDED: a configured limit forbids one more
 * @AHOY_ERROR_TIMEOUT: no answer came in time
 * @AHOY_ERROR_CONFLICT: somebody else changed the object first
 * @AHOY_ERROR_UNREACHABLE: no way to the peer was found
 * @AHOY_ERROR_CONFIGURATION_INVALID: the configuration cannot be used; the message names file and
 *   line
 *
 * Error codes of %AHOY_ERROR; each has a twin in the bus API (`org.ahoy.Ahoy1.Error.*`).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_ERROR_FAILED,
  AHOY_ERROR_INVALID_ARGUMENTS,
  AHOY_ERROR_INVALID_STATE,
  AHOY_ERROR_NOT_FOUND,
  AHOY_ERROR_EXISTS,
  AHOY_ERROR_NOT_SUPPORTED,
  AHOY_ERROR_NOT_AUTHORIZED,
  AHOY_ERROR_LIMIT_EXCEEDED,
  AHOY_ERROR_TIMEOUT,
  AHOY_ERROR_CONFLICT,
  AHOY_ERROR_UNREACHABLE,
  AHOY_ERROR_CONFIGURATION_INVALID,
} AhoyError;

AHOY_API
GQuark ahoy_error_quark (void);

#define AHOY_TYPE_ERROR (ahoy_error_get_type ())
AHOY_API
GType ahoy_error_get_type (void);

G_END_DECLS
