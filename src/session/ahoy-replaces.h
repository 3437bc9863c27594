/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyReplaces:
 *
 * What a Replaces header says (RFC 3891 section 6.1): the dialog that a new one takes the place of.
 * Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyReplaces AhoyReplaces;

#define AHOY_TYPE_REPLACES (ahoy_replaces_get_type ())
AHOY_API
GType ahoy_replaces_get_type (void);

AHOY_API
AhoyReplaces *ahoy_replaces_parse (const char *text, GError **error);
AHOY_API
AhoyReplaces *ahoy_replaces_new (const char *call_id, const char *to_tag, const char *from_tag,
                                 gboolean early_only);
AHOY_API
AhoyReplaces *ahoy_replaces_ref (AhoyReplaces *self);
AHOY_API
void ahoy_replaces_unref (AhoyReplaces *self);
AHOY_API
const char *ahoy_replaces_get_call_id (AhoyReplaces *self);
AHOY_API
const char *ahoy_replaces_get_to_tag (AhoyReplaces *self);
AHOY_API
const char *ahoy_replaces_get_from_tag (AhoyReplaces *self);
AHOY_API
gboolean ahoy_replaces_is_early_only (AhoyReplaces *self);
AHOY_API
char *ahoy_replaces_to_string (AhoyReplaces *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyReplaces, ahoy_replaces_unref)

G_END_DECLS
