/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

#define AHOY_TYPE_EXEC_APPLICATION (ahoy_exec_application_get_type ())
G_DECLARE_FINAL_TYPE (AhoyExecApplication, ahoy_exec_application, AHOY, EXEC_APPLICATION, GObject)

/* Adds the step `exec` to a router, which has to outlive its runs. */
gboolean ahoy_exec_application_add (AhoyCallRouter *router, GError **error);

G_END_DECLS
