/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyUriScheme:
 * @AHOY_URI_SCHEME_OTHER: none of the others; its name is known, its rest is opaque
 * @AHOY_URI_SCHEME_SIP: sip
 * @AHOY_URI_SCHEME_SIPS: sips
 * @AHOY_URI_SCHEME_TEL: tel
 *
 * The scheme of a URI.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_URI_SCHEME_OTHER,
  AHOY_URI_SCHEME_SIP,
  AHOY_URI_SCHEME_SIPS,
  AHOY_URI_SCHEME_TEL,
} AhoyUriScheme;

#define AHOY_TYPE_URI_SCHEME (ahoy_uri_scheme_get_type ())
AHOY_API
GType ahoy_uri_scheme_get_type (void);

/**
 * AhoyUri:
 *
 * A URI as SIP knows it: `sip:` and `sips:` (RFC 3261 section 19.1), `tel:` (RFC 3966), or another
 * one whose rest is opaque. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyUri AhoyUri;

#define AHOY_TYPE_URI (ahoy_uri_get_type ())
AHOY_API
GType ahoy_uri_get_type (void);

AHOY_API
AhoyUri *ahoy_uri_parse (const char *text, GError **error);
AHOY_API
AhoyUri *ahoy_uri_parse_length (const char *text, gssize length, GError **error);
AHOY_API
AhoyUri *ahoy_uri_new_sip (const char *user, const char *host, guint port);
AHOY_API
AhoyUri *ahoy_uri_ref (AhoyUri *self);
AHOY_API
void ahoy_uri_unref (AhoyUri *self);
AHOY_API
char *ahoy_uri_to_string (AhoyUri *self);

AHOY_API
AhoyUriScheme ahoy_uri_get_scheme (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_scheme_name (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_user (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_raw_user (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_user_without_options (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_password (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_host (AhoyUri *self);
AHOY_API
guint ahoy_uri_get_port (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_opaque (AhoyUri *self);

AHOY_API
const char *ahoy_uri_get_param (AhoyUri *self, const char *name);
AHOY_API
gboolean ahoy_uri_has_param (AhoyUri *self, const char *name);
AHOY_API
char **ahoy_uri_list_params (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_header (AhoyUri *self, const char *name);
AHOY_API
char **ahoy_uri_list_headers (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_transport (AhoyUri *self);
AHOY_API
gboolean ahoy_uri_has_lr (AhoyUri *self);
AHOY_API
gboolean ahoy_uri_is_phone_number (AhoyUri *self);
AHOY_API
const char *ahoy_uri_get_number (AhoyUri *self);

AHOY_API
AhoyUri *ahoy_uri_with_user (AhoyUri *self, const char *user);
AHOY_API
AhoyUri *ahoy_uri_with_host (AhoyUri *self, const char *host, guint port);
AHOY_API
AhoyUri *ahoy_uri_with_number (AhoyUri *self, AhoyUri *number);
AHOY_API
AhoyUri *ahoy_uri_with_param (AhoyUri *self, const char *name, const char *value);
AHOY_API
AhoyUri *ahoy_uri_without_param (AhoyUri *self, const char *name);
AHOY_API
AhoyUri *ahoy_uri_without_params (AhoyUri *self);
AHOY_API
AhoyUri *ahoy_uri_without_headers (AhoyUri *self);

AHOY_API
gboolean ahoy_uri_equal (AhoyUri *self, AhoyUri *other);
AHOY_API
guint ahoy_uri_hash (AhoyUri *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyUri, ahoy_uri_unref)

G_END_DECLS
