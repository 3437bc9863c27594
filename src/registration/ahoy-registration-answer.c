/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-answer-private.h"

#include <string.h>

#include "ahoy-name-addr.h"

/* Reads what a server says to REGISTER. It comes from the network: everything is bounded. */

#define MAX_EXPIRES G_MAXINT32
#define MAX_ADDRESSES 100 /* that are looked at in one header of one answer */
#define MAX_ROUTES 20

/* The bare number that a header or parameter is; -1 for anything else. More than a number can be
 * is the most that there is. */
static gint64
read_number (const char *text)
{
  guint64 number = 0;
  g_autofree char *plain = text != NULL ? g_strstrip (g_strdup (text)) : NULL;

  if (plain == NULL || *plain == '\0' || strspn (plain, "0123456789") != strlen (plain)) {
    return -1;
  }
  if (!g_ascii_string_to_unsigned (plain, 10, 0, G_MAXUINT64, &number, NULL)) {
    return MAX_EXPIRES;
  }
  return (gint64) MIN (number, MAX_EXPIRES);
}

static gint64
read_header_number (AhoyMessage *response, const char *name)
{
  g_autofree char *text = ahoy_message_get_header (response, name);

  return read_number (text);
}

/* All values of a header as AhoyNameAddr; one that cannot be read is left out. */
static GPtrArray *
list_addresses (AhoyMessage *response, const char *name)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_name_addr_unref);
  g_auto (GStrv) values = ahoy_message_get_headers (response, name);

  for (gsize i = 0; values[i] != NULL; i++) {
    g_autoptr (GPtrArray) list = ahoy_name_addr_parse_list (values[i], NULL);

    for (guint k = 0; list != NULL && k < list->len && found->len < MAX_ADDRESSES; k++) {
      g_ptr_array_add (found, ahoy_name_addr_ref (list->pdata[k]));
    }
  }
  return found;
}

/* RFC 3261 §10.2.4: ours is the Contact that is equal as a URI; a server that shows another one in
 * its place says the time by Expires, or by the only Contact that there is. */
static gint64
read_granted (AhoyMessage *response, const char *contact)
{
  g_autoptr (GPtrArray) contacts = list_addresses (response, "Contact");
  g_autoptr (AhoyUri) own = contact != NULL ? ahoy_uri_parse (contact, NULL) : NULL;
  gint64 general = read_header_number (response, "Expires");
  gint64 single = -1;

  for (guint i = 0; i < contacts->len; i++) {
    const char *text = ahoy_name_addr_get_param (contacts->pdata[i], "expires");
    gint64 expires = read_number (text);

    if (own != NULL && ahoy_uri_equal (own, ahoy_name_addr_get_uri (contacts->pdata[i]))) {
      return expires >= 0 ? expires : general;
    }
    single = expires;
  }
  return general < 0 && contacts->len == 1 ? single : general;
}

static char **
read_list (AhoyMessage *response, const char *name)
{
  g_autoptr (GPtrArray) list = list_addresses (response, name);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < list->len && i < MAX_ROUTES; i++) {
    g_autofree char *text = ahoy_name_addr_to_string (list->pdata[i]);

    g_strv_builder_add (builder, text);
  }
  return g_strv_builder_end (builder);
}

/* The first URI of Contact that can be asked. */
static char *
read_moved (AhoyMessage *response)
{
  g_autoptr (GPtrArray) contacts = list_addresses (response, "Contact");

  for (guint i = 0; i < contacts->len; i++) {
    AhoyUri *uri = ahoy_name_addr_get_uri (contacts->pdata[i]);

    if (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_SIP && ahoy_uri_get_host (uri) != NULL) {
      return ahoy_uri_to_string (uri);
    }
  }
  return NULL;
}

/* received and rport of our Via (RFC 3581): how the server sees us. */
static void
read_received (AhoyRegistrationAnswer *self, AhoyMessage *response)
{
  g_autofree char *via = ahoy_message_get_header (response, "Via");
  g_auto (GStrv) parts = via != NULL ? g_strsplit (via, ";", 32) : NULL;

  for (gsize i = 1; parts != NULL && parts[0] != NULL && parts[i] != NULL; i++) {
    char *value = strchr (g_strstrip (parts[i]), '=');
    g_autoptr (GInetAddress) address = NULL;

    if (value == NULL) {
      continue;
    }
    *value++ = '\0';
    if (g_ascii_strcasecmp (g_strstrip (parts[i]), "rport") == 0) {
      gint64 port = read_number (value);

      self->received_port = port > 0 && port <= G_MAXUINT16 ? (guint) port : 0;
    } else if (g_ascii_strcasecmp (parts[i], "received") == 0 && self->received == NULL) {
      g_autofree char *host = g_strdup (g_strstrip (value));
      gsize length = strlen (host);

      if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        memmove (host, host + 1, length - 1);
      }
      address = g_inet_address_new_from_string (host);
      self->received = address != NULL ? g_inet_address_to_string (address) : NULL;
    }
  }
}

static AhoyRegistrationVerdict
judge (AhoyRegistrationAnswer *self, AhoyMessage *response)
{
  static const guint temporary[] = { 408, 430, 480, 486, 500, 502, 503, 504, 580, 600, 603, 606 };
  guint status = ahoy_message_get_status (response);

  if (status / 100 == 2) {
    return AHOY_REGISTRATION_VERDICT_DONE;
  }
  if (status / 100 == 3 && self->moved != NULL) {
    return AHOY_REGISTRATION_VERDICT_MOVED;
  }
  if (status == 401 || status == 407) {
    return AHOY_REGISTRATION_VERDICT_UNPROVEN;
  }
  if (status == 403) {
    return AHOY_REGISTRATION_VERDICT_FORBIDDEN;
  }
  if (status == 423 && self->expires > 0) {
    return AHOY_REGISTRATION_VERDICT_TOO_BRIEF;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (temporary); i++) {
    if (status == temporary[i]) {
      return AHOY_REGISTRATION_VERDICT_TEMPORARY;
    }
  }
  /* Whoever says when to come again wants us to (RFC 3261 §20.33). */
  return self->retry_after >= 0 ? AHOY_REGISTRATION_VERDICT_TEMPORARY
                                : AHOY_REGISTRATION_VERDICT_FATAL;
}

/* @contact is the URI that was registered. */
void
ahoy_registration_answer_read (AhoyRegistrationAnswer *self, AhoyMessage *response,
                               const char *contact)
{
  guint status = ahoy_message_get_status (response);
  gint64 flow_timer;

  *self = (AhoyRegistrationAnswer){ .expires = -1, .retry_after = -1 };
  self->retry_after = ahoy_message_get_retry_after (response);
  if (status / 100 == 3) {
    self->moved = read_moved (response);
  } else if (status == 423) {
    self->expires = read_header_number (response, "Min-Expires");
  } else if (status / 100 == 2) {
    self->expires = read_granted (response, contact);
    self->service_route = read_list (response, "Service-Route");
    self->associated = read_list (response, "P-Associated-URI");
    flow_timer = read_header_number (response, "Flow-Timer");
    self->flow_timer = flow_timer > 0 ? (guint) flow_timer : 0;
  }
  if (!ahoy_message_is_local (response)) {
    read_received (self, response);
  }
  self->verdict = judge (self, response);
}

void
ahoy_registration_answer_clear (AhoyRegistrationAnswer *self)
{
  g_clear_pointer (&self->moved, g_free);
  g_clear_pointer (&self->service_route, g_strfreev);
  g_clear_pointer (&self->associated, g_strfreev);
  g_clear_pointer (&self->received, g_free);
}
