/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-domain-registry.h"
#include "ahoy-interceptor.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DOMAIN_INTERCEPTOR (ahoy_domain_interceptor_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDomainInterceptor, ahoy_domain_interceptor, AHOY, DOMAIN_INTERCEPTOR,
                      GObject)

AHOY_API
AhoyDomainInterceptor *ahoy_domain_interceptor_new (AhoyDomainRegistry *domains);
AHOY_API
void ahoy_domain_interceptor_set_allow_external (AhoyDomainInterceptor *self, gboolean allow);

G_END_DECLS
