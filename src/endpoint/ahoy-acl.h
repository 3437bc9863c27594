/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyAcl:
 *
 * Which addresses are let in. The narrowest network that holds an address decides; of the same
 * network, permitted and denied, it is denied. An address that no network holds is let in when none
 * is permitted, and else it is not: who permits some means nobody else. Immutable and reference
 * counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyAcl AhoyAcl;

#define AHOY_TYPE_ACL (ahoy_acl_get_type ())
AHOY_API
GType ahoy_acl_get_type (void);

AHOY_API
AhoyAcl *ahoy_acl_new (const char *const *permit, const char *const *deny, GError **error);
AHOY_API
AhoyAcl *ahoy_acl_ref (AhoyAcl *self);
AHOY_API
void ahoy_acl_unref (AhoyAcl *self);
AHOY_API
gboolean ahoy_acl_permits (AhoyAcl *self, GInetAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyAcl, ahoy_acl_unref)

G_END_DECLS
