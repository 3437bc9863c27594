/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-interception.h"
#include "ahoy-stack-gate-private.h"

G_BEGIN_DECLS

/* Nobody waits for the request any more: it was cancelled, or its dialog is over. */
typedef void (*AhoyInterceptionGone) (gpointer user_data);

/* Whether a message is let in. Nothing of the stack may be called from here. */
typedef gboolean (*AhoyInterceptionAdmit) (const AhoyArrival *arrival, gpointer user_data);

void ahoy_interception_set_admit (AhoyInterception *self, AhoyInterceptionAdmit admit,
                                  gpointer user_data);
AhoyExtensionRegistry *ahoy_interception_get_extensions (AhoyInterception *self);
AhoyScheduler *ahoy_interception_get_scheduler (AhoyInterception *self);
AhoyExtension *ahoy_interception_find_authenticator (AhoyInterception *chain);
gboolean ahoy_interception_check (AhoyInterception *self, GError **error);
gboolean ahoy_interception_may_hold (AhoyInterception *self, AhoyServerTransaction *transaction);
gboolean ahoy_interception_hold (AhoyInterception *self, AhoyServerTransaction *transaction,
                                 AhoyInterceptionGone gone, gpointer user_data);
void ahoy_interception_resume (AhoyInterception *self, AhoyServerTransaction *transaction,
                               AhoyInterceptorVerdict verdict);

G_END_DECLS
