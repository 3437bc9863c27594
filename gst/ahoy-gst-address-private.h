/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* An IPv4 or IPv6 address and a port; family 0 is none. */
typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} AhoyGstAddress;

gboolean ahoy_gst_address_parse (AhoyGstAddress *self, const char *host, guint port);
gboolean ahoy_gst_address_is_set (const AhoyGstAddress *self);
gboolean ahoy_gst_address_is_any_host (const AhoyGstAddress *self);
gboolean ahoy_gst_address_equal (const AhoyGstAddress *self, const AhoyGstAddress *other);
gboolean ahoy_gst_address_equal_host (const AhoyGstAddress *self, const AhoyGstAddress *other);
guint ahoy_gst_address_get_port (const AhoyGstAddress *self);
void ahoy_gst_address_set_port (AhoyGstAddress *self, guint port);
socklen_t ahoy_gst_address_get_size (const AhoyGstAddress *self);
char *ahoy_gst_address_get_host (const AhoyGstAddress *self);
char *ahoy_gst_address_to_string (const AhoyGstAddress *self);

G_END_DECLS
