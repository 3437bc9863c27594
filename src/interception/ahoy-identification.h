/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-registry.h"
#include "ahoy-endpoint-identifier.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-identify-deferral.h"
#include "ahoy-interception.h"

G_BEGIN_DECLS

#define AHOY_TYPE_IDENTIFICATION (ahoy_identification_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyIdentification, ahoy_identification, AHOY, IDENTIFICATION, GObject)

AHOY_API
AhoyIdentification *ahoy_identification_new (AhoyInterception *chain);
AHOY_API
gboolean ahoy_identification_add_identifier (AhoyIdentification *self,
                                             AhoyEndpointIdentifier *identifier, const char *name,
                                             const char *const *before, const char *const *after,
                                             GError **error);
AHOY_API
gboolean ahoy_identification_remove_identifier (AhoyIdentification *self,
                                                AhoyEndpointIdentifier *identifier);
AHOY_API
AhoyIdentifyDeferral *ahoy_identification_defer (AhoyIdentification *self, AhoyMessage *request,
                                                 guint deadline, GError **error);
AHOY_API
AhoyEndpoint *ahoy_identification_identify (AhoyIdentification *self, AhoyMessage *request);
AHOY_API
void ahoy_identification_set_acls (AhoyIdentification *self, AhoyEndpointRegistry *endpoints,
                                   AhoyAclRegistry *acls);
AHOY_API
void ahoy_identification_set_unidentified_limits (AhoyIdentification *self, guint count,
                                                  gint64 period, gint64 memory);
AHOY_API
GVariant *ahoy_identification_list_unidentified (AhoyIdentification *self);

G_END_DECLS
