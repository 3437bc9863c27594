/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"

G_BEGIN_DECLS

typedef struct _AhoyUnidentified AhoyUnidentified;

AhoyUnidentified *ahoy_unidentified_new (void);
void ahoy_unidentified_free (AhoyUnidentified *self);
gboolean ahoy_unidentified_note (AhoyUnidentified *self, AhoyMessage *request);
gboolean ahoy_unidentified_note_source (AhoyUnidentified *self, const char *source, gint64 now);
void ahoy_unidentified_set_limits (AhoyUnidentified *self, guint limit, gint64 period,
                                   gint64 memory);
GVariant *ahoy_unidentified_list (AhoyUnidentified *self);

G_END_DECLS
