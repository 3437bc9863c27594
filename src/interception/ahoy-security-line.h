/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-security-event.h"

G_BEGIN_DECLS

char *ahoy_security_line_escape (const char *text, gsize max_length);
char *ahoy_security_line_dup_address (GSocketAddress *source);
char *ahoy_security_line_format (AhoySecurityEvent *event);
void ahoy_security_line_write (AhoySecurityEvent *event);

G_END_DECLS
