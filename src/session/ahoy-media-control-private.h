/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_MEDIA_CONTROL_TYPE "application/media_control+xml"

gboolean ahoy_media_control_read (GBytes *body, char ***streams, GError **error);
GBytes *ahoy_media_control_write (void);

G_END_DECLS
