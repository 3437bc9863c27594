/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-error.h"
#include "ahoy-message-private.h"

/**
 * ahoy_message_dup_content_type:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the Content-Type with its parameters; %NULL when there is
 *   none
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_content_type (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return ahoy_message_get_header (self, "Content-Type");
}

/**
 * ahoy_message_get_body:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the body as it came; %NULL when there is none
 *
 * Since: 0.1
 */
GBytes *
ahoy_message_get_body (AhoyMessage *self)
{
  const sip_payload_t *payload;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  payload = ahoy_message_peek_sip (self)->sip_payload;
  if (payload == NULL || payload->pl_len == 0) {
    return NULL;
  }
  return g_bytes_new (payload->pl_data, payload->pl_len);
}

static gboolean
replace_payload (AhoyMessage *self, const char *data, gsize length, GError **error)
{
  msg_t *msg = ahoy_message_peek_msg (self);
  sip_t *sip = ahoy_message_peek_sip (self);
  sip_payload_t *payload = NULL;

  if (sip->sip_payload != NULL) {
    msg_header_remove (msg, (msg_pub_t *) sip, (msg_header_t *) sip->sip_payload);
  }
  if (sip->sip_content_length != NULL) {
    msg_header_remove (msg, (msg_pub_t *) sip, (msg_header_t *) sip->sip_content_length);
  }
  if (length == 0) {
    return TRUE;
  }
  payload = sip_payload_create (msg_home (msg), data, (isize_t) length);
  if (payload == NULL ||
      msg_header_insert (msg, (msg_pub_t *) sip, (msg_header_t *) payload) < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "The body could not be put into the message");
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_message_set_body:
 * @self: a message that was not sent yet
 * @content_type: (nullable): the media type, such as `application/sdp`; %NULL with an empty @body
 * @body: (nullable): the body; %NULL or empty for none
 * @error: return location for an error
 *
 * Gives the message a body. Set twice, the last one stands.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for a message that was received,
 *   or with %AHOY_ERROR_INVALID_ARGUMENTS for a media type that is none
 *
 * Since: 0.1
 */
gboolean
ahoy_message_set_body (AhoyMessage *self, const char *content_type, GBytes *body, GError **error)
{
  gsize length = 0;
  const char *data = NULL;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);

  if (body != NULL) {
    data = g_bytes_get_data (body, &length);
  }
  if (length > 0 && content_type == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A body needs a Content-Type, such as text/plain");
    return FALSE;
  }
  if (!ahoy_message_remove_header (self, "Content-Type", error)) {
    return FALSE;
  }
  if (length > 0 && !ahoy_message_add_header (self, "Content-Type", content_type, error)) {
    return FALSE;
  }
  return replace_payload (self, data, length, error);
}

/**
 * ahoy_message_append_body:
 * @self: a message that was not sent yet and has a body
 * @body: what to add at the end of the body
 * @error: return location for an error
 *
 * Adds to the body; the media type stays what it is.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for a message that was received
 *   or has no body yet
 *
 * Since: 0.1
 */
gboolean
ahoy_message_append_body (AhoyMessage *self, GBytes *body, GError **error)
{
  g_autoptr (GByteArray) joined = NULL;
  const sip_payload_t *payload;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (body != NULL, FALSE);

  payload = ahoy_message_peek_sip (self)->sip_payload;
  if (ahoy_message_is_sealed (self) || payload == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Only the body of a message that was not sent yet, and has one, can be added to");
    return FALSE;
  }
  joined = g_byte_array_sized_new ((guint) (payload->pl_len + g_bytes_get_size (body)));
  g_byte_array_append (joined, (const guint8 *) payload->pl_data, (guint) payload->pl_len);
  g_byte_array_append (joined, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  return replace_payload (self, (const char *) joined->data, joined->len, error);
}
