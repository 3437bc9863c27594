/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-sdp-direction.h"
#include "ahoy-sdp-format.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SDP_MEDIA (ahoy_sdp_media_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySdpMedia, ahoy_sdp_media, AHOY, SDP_MEDIA, GObject)

AHOY_API
AhoySdpMedia *ahoy_sdp_media_new (const char *media_type, guint port, const char *proto);
AHOY_API
AhoySdpMedia *ahoy_sdp_media_new_rejected (AhoySdpMedia *offer);
AHOY_API
AhoySdpMedia *ahoy_sdp_media_copy (AhoySdpMedia *self);
AHOY_API
gboolean ahoy_sdp_media_equal (AhoySdpMedia *self, AhoySdpMedia *other);
AHOY_API
char *ahoy_sdp_media_to_string (AhoySdpMedia *self);

AHOY_API
const char *ahoy_sdp_media_get_media_type (AhoySdpMedia *self);
AHOY_API
guint ahoy_sdp_media_get_port (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_port (AhoySdpMedia *self, guint port);
AHOY_API
guint ahoy_sdp_media_get_n_ports (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_n_ports (AhoySdpMedia *self, guint n_ports);
AHOY_API
const char *ahoy_sdp_media_get_proto (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_proto (AhoySdpMedia *self, const char *proto);
AHOY_API
gboolean ahoy_sdp_media_is_rtp (AhoySdpMedia *self);
AHOY_API
gboolean ahoy_sdp_media_is_rejected (AhoySdpMedia *self);

AHOY_API
const char *const *ahoy_sdp_media_get_formats (AhoySdpMedia *self);
AHOY_API
gboolean ahoy_sdp_media_has_format (AhoySdpMedia *self, const char *format);
AHOY_API
void ahoy_sdp_media_add_format (AhoySdpMedia *self, const char *format);
AHOY_API
gboolean ahoy_sdp_media_remove_format (AhoySdpMedia *self, const char *format);
AHOY_API
GPtrArray *ahoy_sdp_media_get_rtp_formats (AhoySdpMedia *self);
AHOY_API
AhoySdpFormat *ahoy_sdp_media_get_rtp_format (AhoySdpMedia *self, guint payload_type);
AHOY_API
void ahoy_sdp_media_add_rtp_format (AhoySdpMedia *self, AhoySdpFormat *format);

AHOY_API
char *ahoy_sdp_media_get_connection (AhoySdpMedia *self);
AHOY_API
const char *ahoy_sdp_media_get_address (AhoySdpMedia *self);
AHOY_API
const char *ahoy_sdp_media_get_address_type (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_address (AhoySdpMedia *self, const char *address);

AHOY_API
const char *ahoy_sdp_media_get_attribute (AhoySdpMedia *self, const char *name);
AHOY_API
const char *ahoy_sdp_media_lookup_attribute (AhoySdpMedia *self, const char *name);
AHOY_API
gboolean ahoy_sdp_media_has_attribute (AhoySdpMedia *self, const char *name);
AHOY_API
char **ahoy_sdp_media_get_attribute_values (AhoySdpMedia *self, const char *name);
AHOY_API
guint ahoy_sdp_media_get_n_attributes (AhoySdpMedia *self);
AHOY_API
gboolean ahoy_sdp_media_get_nth_attribute (AhoySdpMedia *self,
                                           guint index,
                                           const char **name,
                                           const char **value);
AHOY_API
void ahoy_sdp_media_add_attribute (AhoySdpMedia *self, const char *name, const char *value);
AHOY_API
void ahoy_sdp_media_set_attribute (AhoySdpMedia *self, const char *name, const char *value);
AHOY_API
guint ahoy_sdp_media_remove_attribute (AhoySdpMedia *self, const char *name);
AHOY_API
int ahoy_sdp_media_get_bandwidth (AhoySdpMedia *self, const char *type);
AHOY_API
void ahoy_sdp_media_set_bandwidth (AhoySdpMedia *self, const char *type, int value);

AHOY_API
AhoySdpDirection ahoy_sdp_media_get_direction (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_direction (AhoySdpMedia *self, AhoySdpDirection direction);
AHOY_API
gboolean ahoy_sdp_media_is_held_2543 (AhoySdpMedia *self);
AHOY_API
guint ahoy_sdp_media_get_ptime (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_ptime (AhoySdpMedia *self, guint ptime);
AHOY_API
guint ahoy_sdp_media_get_maxptime (AhoySdpMedia *self);
AHOY_API
void ahoy_sdp_media_set_maxptime (AhoySdpMedia *self, guint maxptime);
AHOY_API
gboolean ahoy_sdp_media_has_rtcp_mux (AhoySdpMedia *self);
AHOY_API
guint ahoy_sdp_media_get_rtcp_port (AhoySdpMedia *self);
AHOY_API
char *ahoy_sdp_media_get_rtcp_address (AhoySdpMedia *self);
AHOY_API
const char *ahoy_sdp_media_get_mid (AhoySdpMedia *self);
AHOY_API
const char *ahoy_sdp_media_get_label (AhoySdpMedia *self);

G_END_DECLS
