/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-deferral.h"
#include "ahoy-scheduler.h"

G_BEGIN_DECLS

#define AHOY_DEFERRAL_DEADLINE 5000      /* milliseconds */
#define AHOY_DEFERRAL_MAX_DEADLINE 20000 /* clients give up after 25 s */

/*
 * Called in a turn of its own when a deferral was resolved, with @verdict, or when its deadline
 * passed, with the verdict 0, which is the safe one of each enum. Not called once it was cancelled.
 */
typedef void (*AhoyDeferralFunc) (AhoyDeferral *deferral, AhoyDeferralState state, int verdict,
                                  gpointer user_data);

void ahoy_deferral_begin (AhoyDeferral *self, AhoyScheduler *scheduler, guint deadline,
                          AhoyDeferralFunc over, gpointer user_data);
gboolean ahoy_deferral_settle (AhoyDeferral *self, int verdict);
void ahoy_deferral_cancel (AhoyDeferral *self);

G_END_DECLS
