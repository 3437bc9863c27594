/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

#define AHOY_TYPE_PARKING_APPLICATION (ahoy_parking_application_get_type ())
G_DECLARE_FINAL_TYPE (AhoyParkingApplication, ahoy_parking_application, AHOY, PARKING_APPLICATION,
                      GObject)

/* Adds the steps `park` and `parked` to a router, which has to outlive their runs. */
gboolean ahoy_parking_application_add (AhoyCallRouter *router, GError **error);

G_END_DECLS
