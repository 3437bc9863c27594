/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"

/**
 * ahoy_error_quark:
 *
 * Gives the error domain of Ahoy; C programs write %AHOY_ERROR. Others compare with it what they
 * caught: `error.matches(Ahoy.error_quark(), Ahoy.Error.NOT_FOUND)` in Python.
 *
 * Returns: the error domain
 *
 * Since: 0.1
 */
G_DEFINE_QUARK (ahoy-error-quark, ahoy_error)

G_DEFINE_ENUM_TYPE (AhoyError, ahoy_error,
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_INVALID_ARGUMENTS, "invalid-arguments"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_INVALID_STATE, "invalid-state"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_NOT_FOUND, "not-found"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_EXISTS, "exists"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_NOT_SUPPORTED, "not-supported"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_NOT_AUTHORIZED, "not-authorized"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_LIMIT_EXCEEDED, "limit-exceeded"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_TIMEOUT, "timeout"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_CONFLICT, "conflict"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_UNREACHABLE, "unreachable"),
                    G_DEFINE_ENUM_VALUE (AHOY_ERROR_CONFIGURATION_INVALID, "configuration-invalid"))
