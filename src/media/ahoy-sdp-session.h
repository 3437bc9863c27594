/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-sdp-media.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SDP_SESSION (ahoy_sdp_session_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySdpSession, ahoy_sdp_session, AHOY, SDP_SESSION, GObject)

AHOY_API
AhoySdpSession *ahoy_sdp_session_new (void);
AHOY_API
AhoySdpSession *ahoy_sdp_session_parse (const char *text, gssize length, GError **error);
AHOY_API
AhoySdpSession *ahoy_sdp_session_parse_bytes (GBytes *bytes, GError **error);
AHOY_API
AhoySdpSession *ahoy_sdp_session_new_answer_skeleton (AhoySdpSession *offer);
AHOY_API
AhoySdpSession *ahoy_sdp_session_copy (AhoySdpSession *self);
AHOY_API
gboolean ahoy_sdp_session_equal (AhoySdpSession *self, AhoySdpSession *other);
AHOY_API
char *ahoy_sdp_session_to_string (AhoySdpSession *self);
AHOY_API
gboolean ahoy_sdp_session_check_answer (AhoySdpSession *offer,
                                        AhoySdpSession *answer,
                                        GError **error);

AHOY_API
const char *ahoy_sdp_session_get_username (AhoySdpSession *self);
AHOY_API
void ahoy_sdp_session_set_username (AhoySdpSession *self, const char *username);
AHOY_API
guint64 ahoy_sdp_session_get_id (AhoySdpSession *self);
AHOY_API
void ahoy_sdp_session_set_id (AhoySdpSession *self, guint64 id);
AHOY_API
guint64 ahoy_sdp_session_get_version (AhoySdpSession *self);
AHOY_API
void ahoy_sdp_session_set_version (AhoySdpSession *self, guint64 version);
AHOY_API
void ahoy_sdp_session_bump_version (AhoySdpSession *self);
AHOY_API
const char *ahoy_sdp_session_get_origin_network_type (AhoySdpSession *self);
AHOY_API
const char *ahoy_sdp_session_get_origin_address_type (AhoySdpSession *self);
AHOY_API
const char *ahoy_sdp_session_get_origin_address (AhoySdpSession *self);
AHOY_API
void ahoy_sdp_session_set_origin_address (AhoySdpSession *self, const char *address);
AHOY_API
const char *ahoy_sdp_session_get_name (AhoySdpSession *self);
AHOY_API
void ahoy_sdp_session_set_name (AhoySdpSession *self, const char *name);

AHOY_API
char *ahoy_sdp_session_get_connection (AhoySdpSession *self);
AHOY_API
const char *ahoy_sdp_session_get_address (AhoySdpSession *self);
AHOY_API
const char *ahoy_sdp_session_get_address_type (AhoySdpSession *self);
AHOY_API
void ahoy_sdp_session_set_address (AhoySdpSession *self, const char *address);

AHOY_API
const char *ahoy_sdp_session_get_attribute (AhoySdpSession *self, const char *name);
AHOY_API
gboolean ahoy_sdp_session_has_attribute (AhoySdpSession *self, const char *name);
AHOY_API
char **ahoy_sdp_session_get_attribute_values (AhoySdpSession *self, const char *name);
AHOY_API
guint ahoy_sdp_session_get_n_attributes (AhoySdpSession *self);
AHOY_API
gboolean ahoy_sdp_session_get_nth_attribute (AhoySdpSession *self,
                                             guint index,
                                             const char **name,
                                             const char **value);
AHOY_API
void ahoy_sdp_session_add_attribute (AhoySdpSession *self, const char *name, const char *value);
AHOY_API
void ahoy_sdp_session_set_attribute (AhoySdpSession *self, const char *name, const char *value);
AHOY_API
guint ahoy_sdp_session_remove_attribute (AhoySdpSession *self, const char *name);
AHOY_API
int ahoy_sdp_session_get_bandwidth (AhoySdpSession *self, const char *type);
AHOY_API
void ahoy_sdp_session_set_bandwidth (AhoySdpSession *self, const char *type, int value);

AHOY_API
guint ahoy_sdp_session_get_n_media (AhoySdpSession *self);
AHOY_API
AhoySdpMedia *ahoy_sdp_session_get_media (AhoySdpSession *self, guint index);
AHOY_API
AhoySdpMedia *ahoy_sdp_session_add_media (AhoySdpSession *self, AhoySdpMedia *media);
AHOY_API
AhoySdpMedia *ahoy_sdp_session_replace_media (AhoySdpSession *self,
                                              guint index,
                                              AhoySdpMedia *media);

G_END_DECLS
