/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_TEXT_MESSAGE (ahoy_text_message_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyTextMessage, ahoy_text_message, AHOY, TEXT_MESSAGE, GObject)

AHOY_API
AhoyTextMessage *ahoy_text_message_new (const char *from, const char *to,
                                        const char *content_type, GBytes *body);
AHOY_API
const char *ahoy_text_message_get_id (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_id (AhoyTextMessage *self, const char *id);
AHOY_API
const char *ahoy_text_message_get_from (AhoyTextMessage *self);
AHOY_API
const char *ahoy_text_message_get_from_name (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_from_name (AhoyTextMessage *self, const char *name);
AHOY_API
const char *ahoy_text_message_get_to (AhoyTextMessage *self);
AHOY_API
char *ahoy_text_message_dup_to_user (AhoyTextMessage *self);
AHOY_API
const char *ahoy_text_message_get_content_type (AhoyTextMessage *self);
AHOY_API
gboolean ahoy_text_message_has_content_type (AhoyTextMessage *self, const char *content_type);
AHOY_API
GBytes *ahoy_text_message_get_body (AhoyTextMessage *self);
AHOY_API
char *ahoy_text_message_dup_text (AhoyTextMessage *self);
AHOY_API
const char *ahoy_text_message_get_channel (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_channel (AhoyTextMessage *self, const char *channel);
AHOY_API
const char *ahoy_text_message_get_endpoint (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_endpoint (AhoyTextMessage *self, const char *endpoint);
AHOY_API
const char *ahoy_text_message_get_context (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_context (AhoyTextMessage *self, const char *context);
AHOY_API
gint64 ahoy_text_message_get_created_at (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_created_at (AhoyTextMessage *self, gint64 created_at);
AHOY_API
guint ahoy_text_message_get_hops (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_hops (AhoyTextMessage *self, guint hops);
AHOY_API
guint ahoy_text_message_get_lifetime (AhoyTextMessage *self);
AHOY_API
void ahoy_text_message_set_lifetime (AhoyTextMessage *self, guint seconds);
AHOY_API
void ahoy_text_message_add_header (AhoyTextMessage *self, const char *name, const char *value);
AHOY_API
const char *ahoy_text_message_get_header (AhoyTextMessage *self, const char *name);
AHOY_API
GVariant *ahoy_text_message_list_headers (AhoyTextMessage *self);

G_END_DECLS
