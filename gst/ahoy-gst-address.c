/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-address-private.h"

#include <arpa/inet.h>
#include <string.h>

/* Reads a numeric address; names are never looked up. */
gboolean
ahoy_gst_address_parse (AhoyGstAddress *self, const char *host, guint port)
{
  memset (self, 0, sizeof *self);
  if (host == NULL || port > 65535) {
    return FALSE;
  }
  if (inet_pton (AF_INET, host, &self->v4.sin_addr) == 1) {
    self->v4.sin_family = AF_INET;
    self->v4.sin_port = htons ((guint16) port);
    return TRUE;
  }
  if (inet_pton (AF_INET6, host, &self->v6.sin6_addr) == 1) {
    self->v6.sin6_family = AF_INET6;
    self->v6.sin6_port = htons ((guint16) port);
    return TRUE;
  }
  memset (self, 0, sizeof *self);
  return FALSE;
}

gboolean
ahoy_gst_address_is_set (const AhoyGstAddress *self)
{
  return self->any.sa_family != 0;
}

/* 0.0.0.0 or ::, to which nothing can be sent: hold of the old kind (RFC 3264 §8.4). */
gboolean
ahoy_gst_address_is_any_host (const AhoyGstAddress *self)
{
  if (self->any.sa_family == AF_INET6) {
    return IN6_IS_ADDR_UNSPECIFIED (&self->v6.sin6_addr);
  }
  return self->v4.sin_addr.s_addr == htonl (INADDR_ANY);
}

gboolean
ahoy_gst_address_equal_host (const AhoyGstAddress *self, const AhoyGstAddress *other)
{
  if (self->any.sa_family != other->any.sa_family) {
    return FALSE;
  }
  if (self->any.sa_family == AF_INET6) {
    return IN6_ARE_ADDR_EQUAL (&self->v6.sin6_addr, &other->v6.sin6_addr);
  }
  return self->v4.sin_addr.s_addr == other->v4.sin_addr.s_addr;
}

gboolean
ahoy_gst_address_equal (const AhoyGstAddress *self, const AhoyGstAddress *other)
{
  return ahoy_gst_address_equal_host (self, other) &&
         ahoy_gst_address_get_port (self) == ahoy_gst_address_get_port (other);
}

guint
ahoy_gst_address_get_port (const AhoyGstAddress *self)
{
  return ntohs (self->any.sa_family == AF_INET6 ? self->v6.sin6_port : self->v4.sin_port);
}

void
ahoy_gst_address_set_port (AhoyGstAddress *self, guint port)
{
  if (self->any.sa_family == AF_INET6) {
    self->v6.sin6_port = htons ((guint16) port);
  } else {
    self->v4.sin_port = htons ((guint16) port);
  }
}

socklen_t
ahoy_gst_address_get_size (const AhoyGstAddress *self)
{
  return self->any.sa_family == AF_INET6 ? sizeof self->v6 : sizeof self->v4;
}

/* Returns where it ends. */
static char *
write_number (char *text, guint number)
{
  if (number >= 10) {
    text = write_number (text, number / 10);
  }
  *text = (char) ('0' + number % 10);
  return text + 1;
}

/* Of a call's addresses; inet_ntop() prints each byte with printf. */
static void
write_ipv4 (const guint8 *bytes, char *text)
{
  for (guint i = 0; i < 4; i++) {
    text = write_number (text, bytes[i]);
    *text++ = i < 3 ? '.' : '\0';
  }
}

char *
ahoy_gst_address_get_host (const AhoyGstAddress *self)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (self->any.sa_family == AF_INET6) {
    inet_ntop (AF_INET6, &self->v6.sin6_addr, text, sizeof text);
  } else {
    write_ipv4 ((const guint8 *) &self->v4.sin_addr, text);
  }
  return g_strdup (text);
}

/* "127.0.0.1:10000" or "[::1]:10000"; NULL for none. */
char *
ahoy_gst_address_to_string (const AhoyGstAddress *self)
{
  gboolean is_v6 = self->any.sa_family == AF_INET6;
  g_autofree char *host = NULL;
  char port[8];

  if (!ahoy_gst_address_is_set (self)) {
    return NULL;
  }
  host = ahoy_gst_address_get_host (self);
  *write_number (port, ahoy_gst_address_get_port (self)) = '\0';
  return g_strconcat (is_v6 ? "[" : "", host, is_v6 ? "]:" : ":", port, NULL);
}
