/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"

G_BEGIN_DECLS

typedef struct _AhoyUnidentified AhoyUnidentified;

AhoyUnidentified *ahoy_unidentified_new (void);
void ahoy_unidentified_free (AhoyUnidentified *self);
void ahoy_unidentified_note (AhoyUnidentified *self, AhoyMessage *request);
void ahoy_unidentified_note_source (AhoyUnidentified *self, const char *source, gint64 now);
GVariant *ahoy_unidentified_list (AhoyUnidentified *self);

G_END_DECLS
