/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-message.h"
#include "ahoy-uri.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyIdentityPrivacy:
 * @AHOY_IDENTITY_PRIVACY_NONE: everything may be shown
 * @AHOY_IDENTITY_PRIVACY_NAME: the name must not be shown to users
 * @AHOY_IDENTITY_PRIVACY_NUMBER: the number and the URI must not be shown to users
 *
 * What a caller wants to be kept from the called person (RFC 3323, RFC 3325 §9.3).
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_IDENTITY_PRIVACY_NONE = 0,
  AHOY_IDENTITY_PRIVACY_NAME = 1 << 0,
  AHOY_IDENTITY_PRIVACY_NUMBER = 1 << 1,
} AhoyIdentityPrivacy;

#define AHOY_TYPE_IDENTITY_PRIVACY (ahoy_identity_privacy_get_type ())
AHOY_API
GType ahoy_identity_privacy_get_type (void);

#define AHOY_TYPE_IDENTITY (ahoy_identity_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyIdentity, ahoy_identity, AHOY, IDENTITY, GObject)

AHOY_API
AhoyIdentity *ahoy_identity_new_from_request (AhoyMessage *request, gboolean trusted,
                                              GError **error);
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
const char *ahoy_identity_get_remark (AhoyIdentity *self);

G_END_DECLS
