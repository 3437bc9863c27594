/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-registration-config.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyRegistrationState:
 * @AHOY_REGISTRATION_UNREGISTERED: nothing is registered, and nobody wants it
 * @AHOY_REGISTRATION_REGISTERING: REGISTER is on its way for the first time
 * @AHOY_REGISTRATION_REGISTERED: calls reach us by the server
 * @AHOY_REGISTRATION_REJECTED: the server does not want it
 * @AHOY_REGISTRATION_FAILED: no server answered, or none can do it now
 *
 * How a registration of ours is.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_REGISTRATION_UNREGISTERED,
  AHOY_REGISTRATION_REGISTERING,
  AHOY_REGISTRATION_REGISTERED,
  AHOY_REGISTRATION_REJECTED,
  AHOY_REGISTRATION_FAILED,
} AhoyRegistrationState;

#define AHOY_TYPE_REGISTRATION_STATE (ahoy_registration_state_get_type ())
AHOY_API
GType ahoy_registration_state_get_type (void);

#define AHOY_TYPE_REGISTRATION (ahoy_registration_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRegistration, ahoy_registration, AHOY, REGISTRATION, GObject)

AHOY_API
const char *ahoy_registration_get_name (AhoyRegistration *self);
AHOY_API
AhoyRegistrationConfig *ahoy_registration_get_config (AhoyRegistration *self);
AHOY_API
AhoyRegistrationState ahoy_registration_get_state (AhoyRegistration *self);
AHOY_API
guint ahoy_registration_get_status (AhoyRegistration *self);
AHOY_API
const char *ahoy_registration_get_reason (AhoyRegistration *self);
AHOY_API
const char *ahoy_registration_get_server (AhoyRegistration *self);
AHOY_API
const char *ahoy_registration_get_contact (AhoyRegistration *self);
AHOY_API
gint64 ahoy_registration_get_expires_at (AhoyRegistration *self);
AHOY_API
gint64 ahoy_registration_get_next_attempt_at (AhoyRegistration *self);
AHOY_API
const char *const *ahoy_registration_get_service_route (AhoyRegistration *self);
AHOY_API
const char *const *ahoy_registration_get_associated_uris (AhoyRegistration *self);
AHOY_API
gboolean ahoy_registration_get_enabled (AhoyRegistration *self);
AHOY_API
void ahoy_registration_set_enabled (AhoyRegistration *self, gboolean enabled);
AHOY_API
char *ahoy_registration_dup_status_text (AhoyRegistration *self);

AHOY_API
void ahoy_registration_register_async (AhoyRegistration *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_registration_register_finish (AhoyRegistration *self, GAsyncResult *result,
                                            GError **error);
AHOY_API
void ahoy_registration_unregister_async (AhoyRegistration *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_registration_unregister_finish (AhoyRegistration *self, GAsyncResult *result,
                                              GError **error);

G_END_DECLS
