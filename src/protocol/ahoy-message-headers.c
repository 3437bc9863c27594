/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-message-private.h"

/* Headers by name: one way for those that Sofia parses and those that it does not know. */

typedef struct {
  const char *name;  /* as it was asked for */
  msg_hclass_t *hc;  /* NULL: not known to Sofia */
  msg_header_t **at; /* head of the list in sip_t */
} Place;

/* These make a message what it is; the stack writes them. */
static const char *const structural[] = { "via", "v", "call-id", "i", "cseq", "content-length",
                                          "l", NULL };

static gboolean
find_place (AhoyMessage *message, const char *name, Place *place)
{
  msg_t *msg = ahoy_message_peek_msg (message);
  msg_href_t const *href;
  isize_t start;

  place->name = name;
  place->hc = NULL;
  place->at = (msg_header_t **) &ahoy_message_peek_sip (message)->sip_unknown;

  href = msg_find_hclass (msg_mclass (msg), name, &start);
  if (href == NULL || href->hr_class->hc_hash == msg_unknown_hash) {
    return TRUE;
  }
  place->hc = href->hr_class;
  place->at = msg_hclass_offset (msg_mclass (msg), (msg_pub_t *) ahoy_message_peek_sip (message),
                                 href->hr_class);
  return place->at != NULL;
}

static gboolean
matches (const Place *place, msg_header_t *header)
{
  const char *name;

  if (place->hc != NULL) {
    return TRUE;
  }
  name = ((msg_unknown_t *) header)->un_name;
  return name != NULL && g_ascii_strcasecmp (name, place->name) == 0;
}

static msg_header_t *
next_match (const Place *place, msg_header_t *header)
{
  while (header != NULL && !matches (place, header)) {
    header = header->sh_next;
  }
  return header;
}

/* The value as it would be written: without name, folding undone by Sofia's parser. */
static GBytes *
header_value (msg_header_t *header)
{
  char buffer[256];
  char *longer;
  issize_t length;

  if (header->sh_class->hc_hash == msg_unknown_hash) {
    const char *value = ((msg_unknown_t *) header)->un_value;

    return g_bytes_new (value != NULL ? value : "", value != NULL ? strlen (value) : 0);
  }
  length = msg_header_field_e (buffer, sizeof buffer, header, 0);
  if (length < 0) {
    return g_bytes_new_static ("", 0);
  }
  /* Sofia leaves out a last word that would only just fit. */
  if ((size_t) length + 1 < sizeof buffer) {
    return g_bytes_new (buffer, (gsize) length);
  }
  longer = g_malloc (length + 2);
  msg_header_field_e (longer, length + 2, header, 0);
  return g_bytes_new_take (longer, (gsize) length);
}

static char *
bytes_to_utf8 (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return data != NULL ? ahoy_dup_utf8 (data, (gssize) length) : g_strdup ("");
}

/* RFC 3261 §22.1: an ACK has the credentials of its INVITE. */
void
ahoy_message_copy_credentials (AhoyMessage *self, AhoyMessage *from)
{
  const sip_t *sip = ahoy_message_peek_sip (from);

  for (const sip_authorization_t *at = sip->sip_authorization; at != NULL; at = at->au_next) {
    ahoy_message_add_tags (self, SIPTAG_AUTHORIZATION (at), TAG_END ());
  }
  for (const sip_proxy_authorization_t *at = sip->sip_proxy_authorization; at != NULL;
       at = at->au_next) {
    ahoy_message_add_tags (self, SIPTAG_PROXY_AUTHORIZATION (at), TAG_END ());
  }
}

/**
 * ahoy_message_get_header_bytes:
 * @self: a message
 * @name: a header name, in any case, long or compact
 *
 * Returns: (transfer full) (nullable): the first value of the header as it came, possibly no UTF-8;
 *   %NULL when the message has no such header
 *
 * Since: 0.1
 */
GBytes *
ahoy_message_get_header_bytes (AhoyMessage *self, const char *name)
{
  Place place;
  msg_header_t *header;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL && *name != '\0', NULL);

  if (!find_place (self, name, &place)) {
    return NULL;
  }
  header = next_match (&place, *place.at);
  return header != NULL ? header_value (header) : NULL;
}

/**
 * ahoy_message_get_header:
 * @self: a message
 * @name: a header name, in any case, long or compact
 *
 * Returns: (transfer full) (nullable): the first value of the header; %NULL when the message has no
 *   such header
 *
 * Since: 0.1
 */
char *
ahoy_message_get_header (AhoyMessage *self, const char *name)
{
  g_autoptr (GBytes) bytes = ahoy_message_get_header_bytes (self, name);

  return bytes != NULL ? bytes_to_utf8 (bytes) : NULL;
}

/**
 * ahoy_message_get_headers:
 * @self: a message
 * @name: a header name, in any case, long or compact
 *
 * Returns: (transfer full) (array zero-terminated=1): every value of the header in the order of the
 *   message; empty when there is none
 *
 * Since: 0.1
 */
char **
ahoy_message_get_headers (AhoyMessage *self, const char *name)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  Place place;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL && *name != '\0', NULL);

  builder = g_strv_builder_new ();
  if (find_place (self, name, &place)) {
    for (msg_header_t *header = next_match (&place, *place.at); header != NULL;
         header = next_match (&place, header->sh_next)) {
      g_autoptr (GBytes) bytes = header_value (header);
      g_autofree char *value = bytes_to_utf8 (bytes);

      g_strv_builder_add (builder, value);
    }
  }
  return g_strv_builder_end (builder);
}

/**
 * ahoy_message_has_header:
 * @self: a message
 * @name: a header name, in any case, long or compact
 *
 * Returns: whether the message has such a header
 *
 * Since: 0.1
 */
gboolean
ahoy_message_has_header (AhoyMessage *self, const char *name)
{
  Place place;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (name != NULL && *name != '\0', FALSE);

  return find_place (self, name, &place) && next_match (&place, *place.at) != NULL;
}

/**
 * ahoy_message_list_headers:
 * @self: a message
 *
 * Returns: (transfer full) (array zero-terminated=1): the name of each header, once for each time
 *   it appears
 *
 * Since: 0.1
 */
char **
ahoy_message_list_headers (AhoyMessage *self)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  msg_t *msg;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  builder = g_strv_builder_new ();
  msg = ahoy_message_peek_msg (self);
  if ((ahoy_message_peek_sip (self)->sip_request != NULL ||
       ahoy_message_peek_sip (self)->sip_status != NULL) &&
      msg_serialize (msg, (msg_pub_t *) ahoy_message_peek_sip (self)) < 0) {
    return g_strv_builder_end (builder);
  }
  for (msg_header_t *header = *msg_chain_head (msg); header != NULL; header = header->sh_succ) {
    g_autofree char *name = NULL;

    if (header->sh_class->hc_hash == msg_unknown_hash) {
      name = ahoy_dup_utf8 (((msg_unknown_t *) header)->un_name, -1);
    } else if (header->sh_class->hc_name != NULL && *header->sh_class->hc_name != '\0') {
      name = g_strdup (header->sh_class->hc_name);
    }
    if (name != NULL) {
      g_strv_builder_add (builder, name);
    }
  }
  return g_strv_builder_end (builder);
}

static gboolean
is_token (const char *text)
{
  if (*text == '\0') {
    return FALSE;
  }
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && strchr ("-.!%*_+`'~", *c) == NULL) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_change (AhoyMessage *self, const char *name, const char *value, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (ahoy_message_is_sealed (self)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The header “%s” of a message that was received or sent cannot be changed", lower);
    return FALSE;
  }
  if (!is_token (name)) {
    g_autofree char *shown = g_strescape (name, NULL);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” cannot be a header name; a name is made of letters, digits and -.!%%*_+`'~",
                 shown);
    return FALSE;
  }
  if (g_strv_contains (structural, lower)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The header “%s” is written by the stack and cannot be changed", name);
    return FALSE;
  }
  if (value != NULL && strpbrk (value, "\r\n") != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The value of header “%s” has a line break in it; a header is one line", name);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_message_add_header:
 * @self: a message that was not sent yet
 * @name: a header name; Via, Call-ID, CSeq and Content-Length are the stack's and refused
 * @value: the value, one line without its line end
 * @error: return location for an error
 *
 * Adds a header. A header that may stand only once in a message (RFC 3261 §20) is replaced.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for a message that was received,
 *   or with %AHOY_ERROR_INVALID_ARGUMENTS for a name or a value that cannot stand in a message
 *
 * Since: 0.1
 */
gboolean
ahoy_message_add_header (AhoyMessage *self, const char *name, const char *value, GError **error)
{
  Place place;
  msg_t *msg;
  msg_header_t *header;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (!check_change (self, name, value, error)) {
    return FALSE;
  }
  msg = ahoy_message_peek_msg (self);
  if (!find_place (self, name, &place)) {
    place.hc = NULL;
  }
  if (place.hc != NULL) {
    header = msg_header_make (msg_home (msg), place.hc, value);
  } else {
    g_autofree char *line = g_strconcat (name, ": ", value, NULL);

    header = msg_header_make (msg_home (msg), sip_unknown_class, line);
  }
  if (header == NULL ||
      msg_header_insert (msg, (msg_pub_t *) ahoy_message_peek_sip (self), header) < 0) {
    g_autofree char *shown = g_strescape (value, NULL);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” cannot be the value of header “%s”; write one that follows its "
                 "syntax", shown, name);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_message_remove_header:
 * @self: a message that was not sent yet
 * @name: a header name
 * @error: return location for an error
 *
 * Removes every header of that name; it is no error when there is none.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE or %AHOY_ERROR_INVALID_ARGUMENTS
 *   as for ahoy_message_add_header()
 *
 * Since: 0.1
 */
gboolean
ahoy_message_remove_header (AhoyMessage *self, const char *name, GError **error)
{
  Place place;
  msg_header_t *header;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!check_change (self, name, NULL, error)) {
    return FALSE;
  }
  if (!find_place (self, name, &place)) {
    return TRUE;
  }
  while ((header = next_match (&place, *place.at)) != NULL) {
    msg_header_remove (ahoy_message_peek_msg (self), (msg_pub_t *) ahoy_message_peek_sip (self),
                       header);
  }
  return TRUE;
}

/**
 * ahoy_message_set_header:
 * @self: a message that was not sent yet
 * @name: a header name
 * @value: the value, one line without its line end
 * @error: return location for an error
 *
 * Replaces every header of that name by one.
 *
 * Returns: %TRUE on success; %FALSE with an error as for ahoy_message_add_header()
 *
 * Since: 0.1
 */
gboolean
ahoy_message_set_header (AhoyMessage *self, const char *name, const char *value, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  return check_change (self, name, value, error) &&
         ahoy_message_remove_header (self, name, error) &&
         ahoy_message_add_header (self, name, value, error);
}

/**
 * ahoy_message_has_option_tag:
 * @self: a message
 * @name: a header that lists option tags: `Require`, `Supported`, `Unsupported`, `Proxy-Require`
 * @tag: an option tag, such as `100rel`
 *
 * Looks for an option tag (RFC 3261 §19.2), in any case and in any of the headers of that name.
 *
 * Returns: whether the tag is listed
 *
 * Since: 0.1
 */
gboolean
ahoy_message_has_option_tag (AhoyMessage *self, const char *name, const char *tag)
{
  Place place;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (name != NULL && tag != NULL, FALSE);

  if (!find_place (self, name, &place) || place.hc == NULL || place.hc->hc_kind != msg_kind_list) {
    return FALSE;
  }
  for (msg_header_t *header = *place.at; header != NULL; header = header->sh_next) {
    msg_param_t const *items = ((msg_list_t *) header)->k_items;

    for (; items != NULL && *items != NULL; items++) {
      if (g_ascii_strcasecmp (*items, tag) == 0) {
        return TRUE;
      }
    }
  }
  return FALSE;
}
