/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-call-application.h"
#include "ahoy-parking-lot.h"
#include "ahoy-route-program.h"
#include "ahoy-route-table.h"
#include "ahoy-session-service.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_ROUTER (ahoy_call_router_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallRouter, ahoy_call_router, AHOY, CALL_ROUTER, GObject)

AHOY_API
AhoyCallRouter *ahoy_call_router_new (AhoySessionService *sessions);
AHOY_API
AhoySessionService *ahoy_call_router_get_sessions (AhoyCallRouter *self);
AHOY_API
void ahoy_call_router_set_table (AhoyCallRouter *self, AhoyRouteTable *table);
AHOY_API
void ahoy_call_router_set_folders (AhoyCallRouter *self, const char *sounds,
                                   const char *recordings);
AHOY_API
void ahoy_call_router_set_ignore_user_options (AhoyCallRouter *self, gboolean ignore);
AHOY_API
void ahoy_call_router_set_tone_zone (AhoyCallRouter *self, const char *zone);
AHOY_API
char *ahoy_call_router_find_sound (AhoyCallRouter *self, const char *name, GError **error);
AHOY_API
char *ahoy_call_router_find_sound_for (AhoyCallRouter *self, AhoySession *session,
                                       const char *name, GError **error);
AHOY_API
char *ahoy_call_router_find_recording (AhoyCallRouter *self, const char *name, GError **error);
AHOY_API
gboolean ahoy_call_router_add_application (AhoyCallRouter *self, const char *step,
                                           AhoyCallApplication *application, GError **error);
AHOY_API
gboolean ahoy_call_router_remove_application (AhoyCallRouter *self, const char *step);
AHOY_API
gboolean ahoy_call_router_check_program (AhoyCallRouter *self, AhoyRouteProgram *program,
                                         GError **error);
AHOY_API
AhoyRouteProgram *ahoy_call_router_find_program (AhoyCallRouter *self, const char *context,
                                                 const char *endpoint, const char *number);
AHOY_API
gboolean ahoy_call_router_take (AhoyCallRouter *self, AhoySession *session, const char *context);
AHOY_API
gboolean ahoy_call_router_foresee (AhoyCallRouter *self, AhoyCallQuery *query,
                                   const char *context);
AHOY_API
gboolean ahoy_call_router_run (AhoyCallRouter *self, AhoySession *session,
                               AhoyRouteProgram *program, GError **error);
AHOY_API
void ahoy_call_router_release (AhoyCallRouter *self, AhoySession *session);
AHOY_API
AhoyMusicOnHold *ahoy_call_router_get_music (AhoyCallRouter *self);
AHOY_API
AhoyParkingLot *ahoy_call_router_get_parking_lot (AhoyCallRouter *self);
AHOY_API
void ahoy_call_router_announce_bridge (AhoyCallRouter *self, AhoyBridge *bridge);
AHOY_API
const char *ahoy_call_router_get_step_name (AhoyCallRouter *self, AhoySession *session);

G_END_DECLS
