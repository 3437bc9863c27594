/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_BUILTIN_APPLICATION (ahoy_builtin_application_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyBuiltinApplication, ahoy_builtin_application, AHOY, BUILTIN_APPLICATION,
                      GObject)

AHOY_API
gboolean ahoy_builtin_application_add (AhoyCallRouter *router, GError **error);

G_END_DECLS
