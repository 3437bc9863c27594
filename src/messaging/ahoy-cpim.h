/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyCpim:
 *
 * A message in an envelope of its own (`message/cpim`, RFC 3862): headers of the message, a content
 * type and a body. Immutable and reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyCpim AhoyCpim;

#define AHOY_TYPE_CPIM (ahoy_cpim_get_type ())
AHOY_API
GType ahoy_cpim_get_type (void);

AHOY_API
AhoyCpim *ahoy_cpim_parse (GBytes *bytes, GError **error);
AHOY_API
AhoyCpim *ahoy_cpim_ref (AhoyCpim *self);
AHOY_API
void ahoy_cpim_unref (AhoyCpim *self);
AHOY_API
const char *ahoy_cpim_get_header (AhoyCpim *self, const char *name);
AHOY_API
const char *ahoy_cpim_get_content_type (AhoyCpim *self);
AHOY_API
GBytes *ahoy_cpim_get_body (AhoyCpim *self);
AHOY_API
gboolean ahoy_cpim_wants (AhoyCpim *self, const char *disposition);
AHOY_API
GBytes *ahoy_cpim_make_notification (AhoyCpim *self, const char *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyCpim, ahoy_cpim_unref)

G_END_DECLS
