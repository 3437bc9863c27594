/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-domain-config.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DOMAIN_REGISTRY (ahoy_domain_registry_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDomainRegistry, ahoy_domain_registry, AHOY, DOMAIN_REGISTRY, GObject)

AHOY_API
AhoyDomainRegistry *ahoy_domain_registry_new (void);
AHOY_API
void ahoy_domain_registry_set (AhoyDomainRegistry *self, AhoyDomainConfig *config);
AHOY_API
gboolean ahoy_domain_registry_remove (AhoyDomainRegistry *self, const char *name);
AHOY_API
void ahoy_domain_registry_set_own_hosts (AhoyDomainRegistry *self, const char *const *hosts);
AHOY_API
AhoyDomainConfig *ahoy_domain_registry_lookup (AhoyDomainRegistry *self, const char *host);
AHOY_API
gboolean ahoy_domain_registry_is_local (AhoyDomainRegistry *self, const char *host);
AHOY_API
GPtrArray *ahoy_domain_registry_list (AhoyDomainRegistry *self);
AHOY_API
char **ahoy_domain_registry_list_own_hosts (AhoyDomainRegistry *self);

G_END_DECLS
