/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-stored-message-private.h"

/* The version, then user, id, from, name, to, type, channel, endpoint; when it was written, until
 * when it is kept, hops; headers, body. */
#define VERSION 1u

AhoyStoredMessage *
ahoy_stored_message_new (const char *name, const char *user, gint64 expires,
                         AhoyTextMessage *message)
{
  AhoyStoredMessage *self = g_new0 (AhoyStoredMessage, 1);

  self->name = g_strdup (name);
  self->user = g_strdup (user);
  self->expires = expires;
  self->message = g_object_ref (message);
  return self;
}

void
ahoy_stored_message_free (gpointer data)
{
  AhoyStoredMessage *self = data;

  g_free (self->name);
  g_free (self->user);
  g_object_unref (self->message);
  g_free (self);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

GBytes *
ahoy_stored_message_write (AhoyStoredMessage *self)
{
  AhoyTextMessage *message = self->message;
  g_autoptr (GVariant) headers = ahoy_text_message_list_headers (message);
  g_autoptr (GVariant) value = NULL;
  gsize size = 0;
  const void *data = g_bytes_get_data (ahoy_text_message_get_body (message), &size);

  value = g_variant_ref_sink (g_variant_new (
      "(ussssssssxxu@a(ss)@ay)", VERSION, self->user, ahoy_text_message_get_id (message),
      ahoy_text_message_get_from (message), or_empty (ahoy_text_message_get_from_name (message)),
      ahoy_text_message_get_to (message), ahoy_text_message_get_content_type (message),
      or_empty (ahoy_text_message_get_channel (message)),
      or_empty (ahoy_text_message_get_endpoint (message)),
      ahoy_text_message_get_created_at (message), self->expires,
      ahoy_text_message_get_hops (message), headers,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1)));
  return g_variant_get_data_as_bytes (value);
}

static const char *
or_null (const char *text)
{
  return *text != '\0' ? text : NULL;
}

/* NULL: the bytes are none of ours. */
AhoyStoredMessage *
ahoy_stored_message_read (const char *name, const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE ("(ussssssssxxua(ss)ay)"), bytes, FALSE));
  g_autoptr (GVariantIter) headers = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (AhoyTextMessage) message = NULL;
  const char *user, *id, *from, *from_name, *to, *type, *channel, *endpoint;
  const char *header;
  const char *header_value;
  const void *content;
  gsize length = 0;
  gint64 created;
  gint64 expires;
  guint version;
  guint hops;

  if (!g_variant_is_normal_form (value)) {
    return NULL;
  }
  g_variant_get (value, "(u&s&s&s&s&s&s&s&sxxua(ss)@ay)", &version, &user, &id, &from, &from_name,
                 &to, &type, &channel, &endpoint, &created, &expires, &hops, &headers, &body);
  if (version != VERSION || *user == '\0' || *id == '\0') {
    return NULL;
  }
  content = g_variant_get_fixed_array (body, &length, 1);
  text = g_bytes_new (content, length);
  message = ahoy_text_message_new (from, to, type, text);
  ahoy_text_message_set_id (message, id);
  ahoy_text_message_set_from_name (message, or_null (from_name));
  ahoy_text_message_set_channel (message, or_null (channel));
  ahoy_text_message_set_endpoint (message, or_null (endpoint));
  ahoy_text_message_set_created_at (message, created);
  ahoy_text_message_set_hops (message, hops);
  while (g_variant_iter_next (headers, "(&s&s)", &header, &header_value)) {
    ahoy_text_message_add_header (message, header, header_value);
  }
  return ahoy_stored_message_new (name, user, expires, message);
}
