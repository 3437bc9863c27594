/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-uri.h"

G_BEGIN_DECLS

#define AHOY_URI_MAX_SIZE (64 * 1024)
#define AHOY_URI_MAX_PAIRS 64

/* What may stand unescaped beside the unreserved characters (RFC 3261 section 25.1). */
#define AHOY_URI_USER_CHARS "&=+$,;?/"
#define AHOY_URI_PASSWORD_CHARS "&=+$,"
#define AHOY_URI_PARAM_CHARS "[]/:&+$"
#define AHOY_URI_HEADER_CHARS "[]/?:+$"
#define AHOY_URI_OPAQUE_CHARS "[];/?:@&=+$,#"

/* A parameter or a header. */
typedef struct {
  char *raw_name;
  char *raw_value; /* NULL without equals sign */
  char *name;      /* unescaped */
  char *value;     /* unescaped, "" without equals sign */
} AhoyUriPair;

struct _AhoyUri {
  AhoyUriScheme scheme;
  char *scheme_name; /* in small letters */
  char *raw_user;    /* the number of a tel URI */
  char *user;
  char *plain_user;
  char *raw_password;
  char *password;
  char *host; /* IPv6 without brackets; NULL if neither sip nor sips */
  guint port;
  char *opaque;
  GArray *params;  /* AhoyUriPair */
  GArray *headers; /* AhoyUriPair */
  char *number;
  char *text;
};

AhoyUri *ahoy_uri_new_empty (void);
void ahoy_uri_complete (AhoyUri *self);
void ahoy_uri_add_pair (GArray *pairs, const char *raw_name, const char *raw_value);
const AhoyUriPair *ahoy_uri_find_pair (GArray *pairs, const char *name);

gboolean ahoy_uri_is_unreserved (char c);
const char *ahoy_uri_span (const char *p, const char *end, const char *extra);
char *ahoy_uri_unescape (const char *raw);
char *ahoy_uri_escape (const char *text, const char *extra);
char *ahoy_uri_normalize (const char *raw);
gboolean ahoy_uri_is_host (const char *host);
gboolean ahoy_uri_is_phone_digits (const char *text, gboolean *is_global);
char *ahoy_uri_strip_separators (const char *number);
char *ahoy_uri_quote_for_message (const char *text, gsize length);

G_END_DECLS
