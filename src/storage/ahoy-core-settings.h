/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyUnknownSource:
 * @AHOY_UNKNOWN_SOURCE_401: a challenge that nobody can meet, so that names cannot be guessed
 * @AHOY_UNKNOWN_SOURCE_403: a plain refusal
 *
 * The answer to a request that comes from no endpoint.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_UNKNOWN_SOURCE_401,
  AHOY_UNKNOWN_SOURCE_403,
} AhoyUnknownSource;

#define AHOY_TYPE_UNKNOWN_SOURCE (ahoy_unknown_source_get_type ())
AHOY_API
GType ahoy_unknown_source_get_type (void);

/**
 * AhoyAuthProtection:
 * @AHOY_AUTH_PROTECTION_AUTH: the method and the URI
 * @AHOY_AUTH_PROTECTION_AUTH_INT: the body too
 *
 * What credentials may protect (RFC 7616 section 3.3).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_AUTH_PROTECTION_AUTH = 1 << 0,
  AHOY_AUTH_PROTECTION_AUTH_INT = 1 << 1,
} AhoyAuthProtection;

#define AHOY_TYPE_AUTH_PROTECTION (ahoy_auth_protection_get_type ())
AHOY_API
GType ahoy_auth_protection_get_type (void);

/**
 * AhoyAgentFallback:
 * @AHOY_AGENT_FALLBACK_REFUSE: the request is refused
 * @AHOY_AGENT_FALLBACK_PASS: it is decided as if there were no agents
 *
 * What becomes of a request when a program on the bus that has to decide does not.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_AGENT_FALLBACK_REFUSE,
  AHOY_AGENT_FALLBACK_PASS,
} AhoyAgentFallback;

#define AHOY_TYPE_AGENT_FALLBACK (ahoy_agent_fallback_get_type ())
AHOY_API
GType ahoy_agent_fallback_get_type (void);

/**
 * AhoySecurityLogging:
 * @AHOY_SECURITY_LOGGING_NONE: nothing
 * @AHOY_SECURITY_LOGGING_ERRORS: what was refused
 * @AHOY_SECURITY_LOGGING_ALL: each challenge and each login too
 *
 * Which security events are written to the log.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_SECURITY_LOGGING_NONE,
  AHOY_SECURITY_LOGGING_ERRORS,
  AHOY_SECURITY_LOGGING_ALL,
} AhoySecurityLogging;

#define AHOY_TYPE_SECURITY_LOGGING (ahoy_security_logging_get_type ())
AHOY_API
GType ahoy_security_logging_get_type (void);

/**
 * AhoyRefusedSource:
 * @AHOY_REFUSED_SOURCE_DROP: none
 * @AHOY_REFUSED_SOURCE_403: a plain refusal
 *
 * The answer to a request from a network that is shut out.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_REFUSED_SOURCE_DROP,
  AHOY_REFUSED_SOURCE_403,
} AhoyRefusedSource;

#define AHOY_TYPE_REFUSED_SOURCE (ahoy_refused_source_get_type ())
AHOY_API
GType ahoy_refused_source_get_type (void);

#define AHOY_TYPE_CORE_SETTINGS (ahoy_core_settings_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCoreSettings, ahoy_core_settings, AHOY, CORE_SETTINGS, AhoyConfigObject)

AHOY_API
AhoyCoreSettings *ahoy_core_settings_new (void);

G_END_DECLS
