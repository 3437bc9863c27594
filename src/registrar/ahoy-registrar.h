/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-registry.h"
#include "ahoy-location.h"
#include "ahoy-security-log.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_REGISTRAR (ahoy_registrar_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRegistrar, ahoy_registrar, AHOY, REGISTRAR, GObject)

AHOY_API
AhoyRegistrar *ahoy_registrar_new (AhoyStack *stack, AhoyLocation *location,
                                   AhoyAclRegistry *acls, AhoySecurityLog *log);
AHOY_API
gboolean ahoy_registrar_start (AhoyRegistrar *self, GError **error);
AHOY_API
void ahoy_registrar_stop (AhoyRegistrar *self);
AHOY_API
void ahoy_registrar_set_max_rate (AhoyRegistrar *self, guint per_second);

G_END_DECLS
