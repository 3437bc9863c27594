/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"

G_BEGIN_DECLS

#define AHOY_TYPE_BODY_PART (ahoy_body_part_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyBodyPart, ahoy_body_part, AHOY, BODY_PART, GObject)

AHOY_API
AhoyBodyPart *ahoy_body_part_new (const char *content_type, GBytes *body);
AHOY_API
const char *ahoy_body_part_get_content_type (AhoyBodyPart *self);
AHOY_API
GBytes *ahoy_body_part_get_body (AhoyBodyPart *self);
AHOY_API
char *ahoy_body_part_get_header (AhoyBodyPart *self, const char *name);
AHOY_API
gboolean ahoy_body_part_add_header (AhoyBodyPart *self, const char *name, const char *value,
                                    GError **error);

AHOY_API
GPtrArray *ahoy_message_get_parts (AhoyMessage *self, GError **error);
AHOY_API
gboolean ahoy_message_set_parts (AhoyMessage *self, const char *subtype, GPtrArray *parts,
                                 GError **error);

G_END_DECLS
