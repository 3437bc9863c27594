/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-endpoint.h"
#include "ahoy-message.h"
#include "ahoy-route-step.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CALL_QUERY (ahoy_call_query_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCallQuery, ahoy_call_query, AHOY, CALL_QUERY, GObject)

AHOY_API
AhoyCallQuery *ahoy_call_query_new (AhoyMessage *request);
AHOY_API
AhoyMessage *ahoy_call_query_get_request (AhoyCallQuery *self);
AHOY_API
AhoyEndpoint *ahoy_call_query_get_endpoint (AhoyCallQuery *self);
AHOY_API
void ahoy_call_query_set_variable (AhoyCallQuery *self, const char *name, const char *value);
AHOY_API
const char *ahoy_call_query_get_variable (AhoyCallQuery *self, const char *name);
AHOY_API
const char *ahoy_call_query_get_context (AhoyCallQuery *self);
AHOY_API
AhoyRouteStep *ahoy_call_query_get_step (AhoyCallQuery *self);
AHOY_API
gboolean ahoy_call_query_has_next (AhoyCallQuery *self);
AHOY_API
gboolean ahoy_call_query_refuse (AhoyCallQuery *self, guint status, const char *reason,
                                 GError **error);
AHOY_API
gboolean ahoy_call_query_redirect (AhoyCallQuery *self, const char *const *targets,
                                   GError **error);
AHOY_API
guint ahoy_call_query_get_status (AhoyCallQuery *self);
AHOY_API
const char *ahoy_call_query_get_reason (AhoyCallQuery *self);
AHOY_API
const char *ahoy_call_query_get_contact (AhoyCallQuery *self);

G_END_DECLS
