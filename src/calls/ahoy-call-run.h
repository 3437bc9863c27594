/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-route-step.h"
#include "ahoy-session.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_RUN (ahoy_call_run_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallRun, ahoy_call_run, AHOY, CALL_RUN, GObject)

AHOY_API
AhoySession *ahoy_call_run_get_session (AhoyCallRun *self);
AHOY_API
AhoyRouteStep *ahoy_call_run_get_step (AhoyCallRun *self);
AHOY_API
gboolean ahoy_call_run_has_next (AhoyCallRun *self);
AHOY_API
void ahoy_call_run_set_data (AhoyCallRun *self, gpointer data, GDestroyNotify destroy);
AHOY_API
gpointer ahoy_call_run_get_data (AhoyCallRun *self);
AHOY_API
AhoyMediaStream *ahoy_call_run_prepare_media (AhoyCallRun *self, GError **error);
AHOY_API
gboolean ahoy_call_run_play (AhoyCallRun *self, const char *sound, GError **error);
AHOY_API
void ahoy_call_run_finish (AhoyCallRun *self);
AHOY_API
gboolean ahoy_call_run_finish_with (AhoyCallRun *self, const char *steps, GError **error);
AHOY_API
void ahoy_call_run_fail (AhoyCallRun *self, const GError *error);

G_END_DECLS
