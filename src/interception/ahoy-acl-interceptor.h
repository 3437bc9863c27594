/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-registry.h"
#include "ahoy-interception.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ACL_INTERCEPTOR (ahoy_acl_interceptor_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAclInterceptor, ahoy_acl_interceptor, AHOY, ACL_INTERCEPTOR, GObject)

AHOY_API
AhoyAclInterceptor *ahoy_acl_interceptor_new (AhoyInterception *chain, AhoyAclRegistry *acls);
AHOY_API
void ahoy_acl_interceptor_set_names (AhoyAclInterceptor *self, const char *const *names);
AHOY_API
GVariant *ahoy_acl_interceptor_get_statistics (AhoyAclInterceptor *self);

G_END_DECLS
