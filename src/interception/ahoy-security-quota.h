/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-security-event.h"

G_BEGIN_DECLS

typedef struct _AhoySecurityQuota AhoySecurityQuota;

/* What was held back: @source is NULL when it is the sum of many sources. */
typedef void (*AhoySecurityQuotaFunc) (AhoySecurityEventType type, GSocketAddress *source,
                                       guint count, gpointer user_data);

AhoySecurityQuota *ahoy_security_quota_new (gint64 now);
void ahoy_security_quota_free (AhoySecurityQuota *self);
gboolean ahoy_security_quota_take (AhoySecurityQuota *self, AhoySecurityEventType type,
                                   GSocketAddress *source, gint64 now);
gint64 ahoy_security_quota_sum_up (AhoySecurityQuota *self, gint64 now,
                                   AhoySecurityQuotaFunc callback, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoySecurityQuota, ahoy_security_quota_free)

G_END_DECLS
