/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-config.h"
#include "ahoy-acl.h"
#include "ahoy-endpoint.h"

G_BEGIN_DECLS

#define AHOY_TYPE_ACL_REGISTRY (ahoy_acl_registry_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyAclRegistry, ahoy_acl_registry, AHOY, ACL_REGISTRY, GObject)

AHOY_API
AhoyAclRegistry *ahoy_acl_registry_new (void);
AHOY_API
void ahoy_acl_registry_set (AhoyAclRegistry *self, AhoyAclConfig *config);
AHOY_API
gboolean ahoy_acl_registry_remove (AhoyAclRegistry *self, const char *name);
AHOY_API
AhoyAclConfig *ahoy_acl_registry_lookup (AhoyAclRegistry *self, const char *name);
AHOY_API
gboolean ahoy_acl_registry_permits (AhoyAclRegistry *self, const char *const *names,
                                    GInetAddress *address);
AHOY_API
gboolean ahoy_acl_registry_permits_source (AhoyAclRegistry *self, AhoyEndpoint *endpoint,
                                           GInetAddress *address);
AHOY_API
gboolean ahoy_acl_registry_permits_contact (AhoyAclRegistry *self, AhoyEndpoint *endpoint,
                                            const char *uri);
AHOY_API
gboolean ahoy_acl_registry_permits_direct_media (AhoyAclRegistry *self, AhoyEndpoint *endpoint,
                                                 GInetAddress *address);

G_END_DECLS
