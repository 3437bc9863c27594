/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CONFERENCE_APPLICATION (ahoy_conference_application_get_type ())
G_DECLARE_FINAL_TYPE (AhoyConferenceApplication, ahoy_conference_application, AHOY,
                      CONFERENCE_APPLICATION, GObject)

/* Adds the step `conference` to a router, which has to outlive its runs. */
gboolean ahoy_conference_application_add (AhoyCallRouter *router, GError **error);

G_END_DECLS
