/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-endpoint-types.h"
#include "ahoy-message.h"
#include "ahoy-uri.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_IDENTITY (ahoy_identity_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyIdentity, ahoy_identity, AHOY, IDENTITY, GObject)

AHOY_API
AhoyIdentity *ahoy_identity_new (const char *name, AhoyUri *uri, AhoyIdentityPrivacy privacy,
                                 const char *tag);
AHOY_API
AhoyIdentity *ahoy_identity_new_from_text (const char *text, GError **error);
AHOY_API
AhoyIdentity *ahoy_identity_new_from_request (AhoyMessage *request, gboolean trusted,
                                              GError **error);
AHOY_API
AhoyIdentity *ahoy_identity_new_from_assertion (AhoyMessage *message);
AHOY_API
AhoyIdentity *ahoy_identity_new_from_variant (GVariant *dictionary, GError **error);
AHOY_API
AhoyIdentity *ahoy_identity_derive (AhoyIdentity *self, const char *name, AhoyUri *uri,
                                    AhoyIdentityPrivacy privacy, const char *tag);
AHOY_API
AhoyIdentity *ahoy_identity_with_number (AhoyIdentity *self, const char *number);
AHOY_API
const char *ahoy_identity_get_name (AhoyIdentity *self);
AHOY_API
const char *ahoy_identity_get_number (AhoyIdentity *self);
AHOY_API
AhoyUri *ahoy_identity_get_uri (AhoyIdentity *self);
AHOY_API
const char *ahoy_identity_get_header (AhoyIdentity *self);
AHOY_API
AhoyIdentityPrivacy ahoy_identity_get_privacy (AhoyIdentity *self);
AHOY_API
const char *ahoy_identity_get_tag (AhoyIdentity *self);
AHOY_API
const char *ahoy_identity_get_remark (AhoyIdentity *self);
AHOY_API
gboolean ahoy_identity_equal (AhoyIdentity *self, AhoyIdentity *other);
AHOY_API
char *ahoy_identity_to_string (AhoyIdentity *self);
AHOY_API
GVariant *ahoy_identity_to_variant (AhoyIdentity *self);
AHOY_API
AhoyIdentityPrivacy ahoy_identity_privacy_from_string (const char *text);

G_END_DECLS
