/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-registry.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-line-identifier.h"
#include "ahoy-registration.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_REGISTRATION_SERVICE (ahoy_registration_service_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRegistrationService, ahoy_registration_service, AHOY,
                      REGISTRATION_SERVICE, GObject)

AHOY_API
AhoyRegistrationService *ahoy_registration_service_new (AhoyStack *stack,
                                                        AhoyEndpointRegistry *endpoints,
                                                        AhoyScheduler *scheduler);
AHOY_API
void ahoy_registration_service_set_lines (AhoyRegistrationService *self,
                                          AhoyLineIdentifier *lines);
AHOY_API
void ahoy_registration_service_set_accounts (AhoyRegistrationService *self,
                                             AhoyAuthRegistry *accounts);
AHOY_API
void ahoy_registration_service_set_state_file (AhoyRegistrationService *self, const char *path);

AHOY_API
AhoyRegistration *ahoy_registration_service_add (AhoyRegistrationService *self,
                                                 AhoyRegistrationConfig *config, GError **error);
AHOY_API
gboolean ahoy_registration_service_change (AhoyRegistrationService *self,
                                           AhoyRegistrationConfig *config, GError **error);
AHOY_API
gboolean ahoy_registration_service_remove (AhoyRegistrationService *self, const char *name);
AHOY_API
AhoyRegistration *ahoy_registration_service_lookup (AhoyRegistrationService *self,
                                                    const char *name);
AHOY_API
AhoyRegistration *ahoy_registration_service_lookup_for (AhoyRegistrationService *self,
                                                        const char *endpoint);
AHOY_API
GPtrArray *ahoy_registration_service_list (AhoyRegistrationService *self);

AHOY_API
void ahoy_registration_service_start (AhoyRegistrationService *self);
AHOY_API
void ahoy_registration_service_stop (AhoyRegistrationService *self);
AHOY_API
gboolean ahoy_registration_service_is_busy (AhoyRegistrationService *self);
AHOY_API
void ahoy_registration_service_refresh_all (AhoyRegistrationService *self);

G_END_DECLS
