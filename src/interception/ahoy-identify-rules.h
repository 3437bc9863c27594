/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint-registry.h"
#include "ahoy-identify-config.h"
#include "ahoy-message.h"

G_BEGIN_DECLS

/**
 * AhoyIdentifyMeans:
 * @AHOY_IDENTIFY_MEANS_IP: the address that it comes from
 * @AHOY_IDENTIFY_MEANS_HEADER: a header
 * @AHOY_IDENTIFY_MEANS_REQUEST_URI: whom it is for
 * @AHOY_IDENTIFY_MEANS_TRANSPORT: the transport of ours that it came by
 *
 * By what of a request an object `[identify]` is found. The nicks are the names of the identifiers.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_IDENTIFY_MEANS_IP,
  AHOY_IDENTIFY_MEANS_HEADER,
  AHOY_IDENTIFY_MEANS_REQUEST_URI,
  AHOY_IDENTIFY_MEANS_TRANSPORT,
} AhoyIdentifyMeans;

#define AHOY_TYPE_IDENTIFY_MEANS (ahoy_identify_means_get_type ())
AHOY_API
GType ahoy_identify_means_get_type (void);

#define AHOY_TYPE_IDENTIFY_RULES (ahoy_identify_rules_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyIdentifyRules, ahoy_identify_rules, AHOY, IDENTIFY_RULES, GObject)

AHOY_API
AhoyIdentifyRules *ahoy_identify_rules_new (AhoyEndpointRegistry *endpoints);
AHOY_API
void ahoy_identify_rules_set (AhoyIdentifyRules *self, AhoyIdentifyConfig *config);
AHOY_API
gboolean ahoy_identify_rules_remove (AhoyIdentifyRules *self, const char *name);
AHOY_API
AhoyIdentifyConfig *ahoy_identify_rules_lookup (AhoyIdentifyRules *self, const char *name);
AHOY_API
GPtrArray *ahoy_identify_rules_list (AhoyIdentifyRules *self);
AHOY_API
AhoyEndpoint *ahoy_identify_rules_find (AhoyIdentifyRules *self, AhoyIdentifyMeans means,
                                        AhoyMessage *request);

G_END_DECLS
