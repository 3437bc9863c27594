/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-next-hop.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MESSAGE (ahoy_message_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyMessage, ahoy_message, AHOY, MESSAGE, GObject)

/* What it is */
AHOY_API
gboolean ahoy_message_is_request (AhoyMessage *self);
AHOY_API
gboolean ahoy_message_is_incoming (AhoyMessage *self);
AHOY_API
gboolean ahoy_message_is_sealed (AhoyMessage *self);
AHOY_API
gboolean ahoy_message_is_local (AhoyMessage *self);
AHOY_API
const char *ahoy_message_get_method (AhoyMessage *self);
AHOY_API
guint ahoy_message_get_status (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_reason (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_request_uri (AhoyMessage *self);
AHOY_API
gboolean ahoy_message_set_request_uri (AhoyMessage *self, const char *uri, GError **error);

/* Headers by name */
AHOY_API
char *ahoy_message_get_header (AhoyMessage *self, const char *name);
AHOY_API
GBytes *ahoy_message_get_header_bytes (AhoyMessage *self, const char *name);
AHOY_API
char **ahoy_message_get_headers (AhoyMessage *self, const char *name);
AHOY_API
gboolean ahoy_message_has_header (AhoyMessage *self, const char *name);
AHOY_API
char **ahoy_message_list_headers (AhoyMessage *self);
AHOY_API
gboolean ahoy_message_add_header (AhoyMessage *self, const char *name, const char *value,
                                  GError **error);
AHOY_API
gboolean ahoy_message_set_header (AhoyMessage *self, const char *name, const char *value,
                                  GError **error);
AHOY_API
gboolean ahoy_message_remove_header (AhoyMessage *self, const char *name, GError **error);
AHOY_API
gboolean ahoy_message_has_option_tag (AhoyMessage *self, const char *name, const char *tag);

/* Headers by meaning */
AHOY_API
char *ahoy_message_dup_call_id (AhoyMessage *self);
AHOY_API
guint ahoy_message_get_cseq (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_from_uri (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_from_display (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_from_tag (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_to_uri (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_to_display (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_to_tag (AhoyMessage *self);
AHOY_API
char *ahoy_message_dup_contact_uri (AhoyMessage *self);
AHOY_API
int ahoy_message_get_retry_after (AhoyMessage *self);

AHOY_API
GPtrArray *ahoy_message_list_credentials (AhoyMessage *self, gboolean proxy, GError **error);

/* Body */
AHOY_API
char *ahoy_message_dup_content_type (AhoyMessage *self);
AHOY_API
GBytes *ahoy_message_get_body (AhoyMessage *self);
AHOY_API
gboolean ahoy_message_set_body (AhoyMessage *self, const char *content_type, GBytes *body,
                                GError **error);
AHOY_API
gboolean ahoy_message_append_body (AhoyMessage *self, GBytes *body, GError **error);

/* Where it goes */
AHOY_API
void ahoy_message_set_next_hop (AhoyMessage *self, AhoyNextHop *hop, const char *transport);
AHOY_API
AhoyNextHop *ahoy_message_get_next_hop (AhoyMessage *self);

/* Where it came from */
AHOY_API
GSocketAddress *ahoy_message_get_source (AhoyMessage *self);
AHOY_API
const char *ahoy_message_get_transport (AhoyMessage *self);
AHOY_API
const char *ahoy_message_get_transport_name (AhoyMessage *self);

AHOY_API
GBytes *ahoy_message_to_bytes (AhoyMessage *self);
AHOY_API
char *ahoy_message_to_string (AhoyMessage *self);

G_END_DECLS
