/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-core-settings.h"
#include "ahoy-message.h"
#include "ahoy-scheduler.h"
#include "ahoy-security-event.h"

G_BEGIN_DECLS

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
