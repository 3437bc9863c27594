/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-security-log.h"

G_BEGIN_DECLS

/* Hears of types of events without the event being made; @source is NULL where nobody knows it. */
typedef void (*AhoySecurityWatchFunc) (AhoySecurityEventType type, GSocketAddress *source,
                                       gpointer user_data);

/* For one watcher, who hears of an event before those who listen to the signal. @types has a bit
 * for each type; NULL for @func ends it. */
void ahoy_security_log_set_watch (AhoySecurityLog *self, guint types, AhoySecurityWatchFunc func,
                                  gpointer user_data);
/* Whether anybody would see an event of the type; else its facts need not be made. */
gboolean ahoy_security_log_wants (AhoySecurityLog *self, AhoySecurityEventType type);

G_END_DECLS
