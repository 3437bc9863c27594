/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-uri.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyNameAddr:
 *
 * A URI with a display name before it and parameters behind it, as From, To, Contact, Route and
 * others carry it (RFC 3261 section 25.1, name-addr). Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyNameAddr AhoyNameAddr;

#define AHOY_TYPE_NAME_ADDR (ahoy_name_addr_get_type ())
AHOY_API
GType ahoy_name_addr_get_type (void);

AHOY_API
AhoyNameAddr *ahoy_name_addr_new (const char *display_name, AhoyUri *uri);
AHOY_API
AhoyNameAddr *ahoy_name_addr_parse (const char *text, GError **error);
AHOY_API
GPtrArray *ahoy_name_addr_parse_list (const char *text, GError **error);
AHOY_API
AhoyNameAddr *ahoy_name_addr_ref (AhoyNameAddr *self);
AHOY_API
void ahoy_name_addr_unref (AhoyNameAddr *self);
AHOY_API
char *ahoy_name_addr_to_string (AhoyNameAddr *self);
AHOY_API
const char *ahoy_name_addr_get_display_name (AhoyNameAddr *self);
AHOY_API
AhoyUri *ahoy_name_addr_get_uri (AhoyNameAddr *self);
AHOY_API
const char *ahoy_name_addr_get_param (AhoyNameAddr *self, const char *name);
AHOY_API
gboolean ahoy_name_addr_has_param (AhoyNameAddr *self, const char *name);
AHOY_API
char **ahoy_name_addr_list_params (AhoyNameAddr *self);
AHOY_API
AhoyNameAddr *ahoy_name_addr_with_param (AhoyNameAddr *self, const char *name, const char *value);
AHOY_API
AhoyNameAddr *ahoy_name_addr_without_params (AhoyNameAddr *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyNameAddr, ahoy_name_addr_unref)

G_END_DECLS
