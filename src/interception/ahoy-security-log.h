/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"
#include "ahoy-scheduler.h"
#include "ahoy-security-event.h"

G_BEGIN_DECLS

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

#define AHOY_TYPE_SECURITY_LOG (ahoy_security_log_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySecurityLog, ahoy_security_log, AHOY, SECURITY_LOG, GObject)

AHOY_API
AhoySecurityLog *ahoy_security_log_new (AhoyScheduler *scheduler);
AHOY_API
void ahoy_security_log_report (AhoySecurityLog *self, AhoySecurityEventType type,
                               AhoyMessage *request, const char *account, GVariant *facts);
AHOY_API
void ahoy_security_log_report_source (AhoySecurityLog *self, AhoySecurityEventType type,
                                      GSocketAddress *source, const char *transport,
                                      const char *account, GVariant *facts);
AHOY_API
void ahoy_security_log_set_logging (AhoySecurityLog *self, AhoySecurityLogging logging);
AHOY_API
AhoySecurityLogging ahoy_security_log_get_logging (AhoySecurityLog *self);
AHOY_API
GVariant *ahoy_security_log_get_statistics (AhoySecurityLog *self);

G_END_DECLS
