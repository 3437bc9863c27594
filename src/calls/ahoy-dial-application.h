/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-location.h"
#include "ahoy-waker.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DIAL_APPLICATION (ahoy_dial_application_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDialApplication, ahoy_dial_application, AHOY, DIAL_APPLICATION, GObject)

/**
 * AhoyDialOptionsFunc:
 * @endpoint: (nullable): who is called; %NULL for a URI
 * @options: what the call needs, for ahoy_session_service_dial_as(), and `aor` s, the address of
 *   record that the contact to call is of, if it is of any
 * @user_data: what was given with the function
 *
 * Adds what the configuration says of calls to somebody.
 *
 * Returns: (transfer full): all options
 *
 * Since: 0.1
 */
typedef GVariant *(*AhoyDialOptionsFunc) (AhoyEndpoint *endpoint, GVariant *options,
                                          gpointer user_data);

/**
 * AhoyDialNumberFunc:
 * @number: what a step calls, where it is no URI and no endpoint: a number
 * @user_data: what was given with the function
 *
 * Says how a number is called.
 *
 * Returns: (transfer full) (nullable): an endpoint and a URI, such as
 *   `gateway/sip:+4930123@192.0.2.7`; %NULL where nobody calls such a number
 *
 * Since: 0.1
 */
typedef char *(*AhoyDialNumberFunc) (const char *number, gpointer user_data);

AHOY_API
AhoyDialApplication *ahoy_dial_application_new (AhoyCallRouter *router,
                                                AhoyEndpointRegistry *endpoints,
                                                AhoyLocation *location);
AHOY_API
void ahoy_dial_application_set_domain (AhoyDialApplication *self, const char *domain);
AHOY_API
void ahoy_dial_application_set_waker (AhoyDialApplication *self, AhoyWaker *waker);
AHOY_API
void ahoy_dial_application_set_options_func (AhoyDialApplication *self, AhoyDialOptionsFunc func,
                                             gpointer user_data, GDestroyNotify destroy);
AHOY_API
void ahoy_dial_application_set_number_func (AhoyDialApplication *self, AhoyDialNumberFunc func,
                                            gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
