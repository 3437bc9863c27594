/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AHOY_IS_COMPOSING_TYPE:
 *
 * The content type of what tells that somebody is writing.
 *
 * Since: 0.1
 */
#define AHOY_IS_COMPOSING_TYPE "application/im-iscomposing+xml"

AHOY_API
gboolean ahoy_is_composing_parse (GBytes *bytes, gboolean *active, guint *refresh, GError **error);
AHOY_API
GBytes *ahoy_is_composing_make (gboolean active, guint refresh);

G_END_DECLS
