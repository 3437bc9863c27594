/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-text-message.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-name-addr.h"
#include "ahoy-uri.h"

/**
 * AhoyTextMessage:
 *
 * A message from one person or program to another, whatever carries it: who wrote it, whom it is
 * for, and a body with its type. How it came and by which way it goes on is the affair of an
 * #AhoyMessageChannel; what becomes of it decides an #AhoyMessageRouter.
 *
 * Since: 0.1
 */
struct _AhoyTextMessage {
  GObject parent_instance;

  char *id;
  char *from;
  char *from_name;
  char *to;
  char *content_type;
  GBytes *body;
  char *channel;
  char *endpoint;
  char *context;
  gint64 created_at;
  guint hops;
  guint lifetime;
  GPtrArray *headers; /* char *: name and value by turns */
};

#define MOST_HOPS 70

G_DEFINE_FINAL_TYPE (AhoyTextMessage, ahoy_text_message, G_TYPE_OBJECT)

static void
ahoy_text_message_finalize (GObject *object)
{
  AhoyTextMessage *self = AHOY_TEXT_MESSAGE (object);

  g_free (self->id);
  g_free (self->from);
  g_free (self->from_name);
  g_free (self->to);
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->channel);
  g_free (self->endpoint);
  g_free (self->context);
  g_ptr_array_unref (self->headers);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_text_message_parent_class)->finalize (object);
}

static void
ahoy_text_message_class_init (AhoyTextMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_text_message_finalize;
}

static void
ahoy_text_message_init (AhoyTextMessage *self)
{
  self->id = g_uuid_string_random ();
  self->created_at = g_get_real_time ();
  self->hops = MOST_HOPS;
  self->headers = g_ptr_array_new_with_free_func (g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_text_message_new:
 * @from: who wrote it, as a URI; empty when nobody is named
 * @to: whom it is for: a URI, or a name that a channel knows
 * @content_type: the type of @body, such as `text/plain;charset=utf-8`
 * @body: (transfer none): what it says
 *
 * Returns: (transfer full): a new message with an id of its own, written now
 *
 * Since: 0.1
 */
AhoyTextMessage *
ahoy_text_message_new (const char *from, const char *to, const char *content_type, GBytes *body)
{
  AhoyTextMessage *self;

  g_return_val_if_fail (from != NULL && to != NULL && content_type != NULL && body != NULL, NULL);

  self = g_object_new (AHOY_TYPE_TEXT_MESSAGE, NULL);
  self->from = g_strdup (from);
  self->to = g_strdup (to);
  self->content_type = g_strdup (content_type);
  self->body = g_bytes_ref (body);
  return self;
}

/**
 * ahoy_text_message_get_id:
 * @self: a message
 *
 * Returns: what the message is called when its fate is told; no other message has it
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_id (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->id;
}

/**
 * ahoy_text_message_set_id:
 * @self: a message
 * @id: what it is called from now on
 *
 * Gives it another name.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_id (AhoyTextMessage *self, const char *id)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));
  g_return_if_fail (id != NULL && *id != '\0');

  g_free (self->id);
  self->id = g_strdup (id);
}

/**
 * ahoy_text_message_get_from:
 * @self: a message
 *
 * Returns: the URI of who wrote it; empty when nobody is named
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_from (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->from;
}

/**
 * ahoy_text_message_get_from_name:
 * @self: a message
 *
 * Returns: (nullable): the name that is shown of who wrote it
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_from_name (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->from_name;
}

/**
 * ahoy_text_message_set_from_name:
 * @self: a message
 * @name: (nullable): the name that is shown of who wrote it
 *
 * Says what people call who wrote it.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_from_name (AhoyTextMessage *self, const char *name)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  g_free (self->from_name);
  self->from_name = g_strdup (name);
}

/**
 * ahoy_text_message_get_to:
 * @self: a message
 *
 * Returns: whom it is for: a URI, or a name that a channel knows
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_to (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->to;
}

/**
 * ahoy_text_message_dup_to_user:
 * @self: a message
 *
 * Returns: (transfer full): the user part of whom it is for, or the number of a tel URI; without
 *   escapes. What is no such URI stays as it is
 *
 * Since: 0.1
 */
char *
ahoy_text_message_dup_to_user (AhoyTextMessage *self)
{
  g_autoptr (AhoyUri) uri = NULL;
  const char *user = NULL;

  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  uri = ahoy_uri_parse (self->to, NULL);
  if (uri == NULL || ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_OTHER) {
    return g_strdup (self->to);
  }
  user = ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL ? ahoy_uri_get_number (uri)
                                                          : ahoy_uri_get_user_without_options (uri);
  return g_strdup (user != NULL ? user : "");
}

/**
 * ahoy_text_message_get_content_type:
 * @self: a message
 *
 * Returns: the type of its body, with parameters
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_content_type (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->content_type;
}

/**
 * ahoy_text_message_has_content_type:
 * @self: a message
 * @content_type: a type without parameters, such as `text/plain`; a subtype may be `*`
 *
 * Returns: whether the body is of that type (RFC 2045 section 5.1: case does not matter)
 *
 * Since: 0.1
 */
gboolean
ahoy_text_message_has_content_type (AhoyTextMessage *self, const char *content_type)
{
  gsize length;
  gsize wanted;

  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), FALSE);
  g_return_val_if_fail (content_type != NULL, FALSE);

  length = strcspn (self->content_type, "; \t");
  wanted = strlen (content_type);
  if (g_str_has_suffix (content_type, "/*")) {
    return length >= wanted &&
           g_ascii_strncasecmp (self->content_type, content_type, wanted - 1) == 0;
  }
  return length == wanted && g_ascii_strncasecmp (self->content_type, content_type, wanted) == 0;
}

/**
 * ahoy_text_message_get_body:
 * @self: a message
 *
 * Returns: (transfer none): what it says, as it came
 *
 * Since: 0.1
 */
GBytes *
ahoy_text_message_get_body (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->body;
}

/**
 * ahoy_text_message_dup_text:
 * @self: a message
 *
 * Returns: (transfer full): what it says as UTF-8, to be shown; bytes that are none are replaced
 *
 * Since: 0.1
 */
char *
ahoy_text_message_dup_text (AhoyTextMessage *self)
{
  gsize size = 0;
  const char *data;

  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  data = g_bytes_get_data (self->body, &size);
  return g_utf8_make_valid (data != NULL ? data : "", (gssize) size);
}

/**
 * ahoy_text_message_get_channel:
 * @self: a message
 *
 * Returns: (nullable): the name of the channel that it came by, such as `sip`; %NULL when it was
 *   written here
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_channel (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->channel;
}

/**
 * ahoy_text_message_set_channel:
 * @self: a message
 * @channel: (nullable): the name of the channel that it came by
 *
 * Says by which way it came.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_channel (AhoyTextMessage *self, const char *channel)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  g_free (self->channel);
  self->channel = g_strdup (channel);
}

/**
 * ahoy_text_message_get_endpoint:
 * @self: a message
 *
 * Returns: (nullable): the name of the endpoint that sent it; %NULL when none did
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_endpoint (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->endpoint;
}

/**
 * ahoy_text_message_set_endpoint:
 * @self: a message
 * @endpoint: (nullable): the name of the endpoint that sent it
 *
 * Says who sent it.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_endpoint (AhoyTextMessage *self, const char *endpoint)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  g_free (self->endpoint);
  self->endpoint = g_strdup (endpoint);
}

/**
 * ahoy_text_message_get_context:
 * @self: a message
 *
 * Returns: (nullable): the context whose routes are asked for it
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_context (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  return self->context;
}

/**
 * ahoy_text_message_set_context:
 * @self: a message
 * @context: (nullable): the context whose routes are asked for it
 *
 * Says whose routes decide about it.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_context (AhoyTextMessage *self, const char *context)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  g_free (self->context);
  self->context = g_strdup (context);
}

/**
 * ahoy_text_message_get_created_at:
 * @self: a message
 *
 * Returns: when it was written, in µs since 1970; when it came where nobody said so
 *
 * Since: 0.1
 */
gint64
ahoy_text_message_get_created_at (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), 0);

  return self->created_at;
}

/**
 * ahoy_text_message_set_created_at:
 * @self: a message
 * @created_at: when it was written, in µs since 1970
 *
 * Says when it was written.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_created_at (AhoyTextMessage *self, gint64 created_at)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  self->created_at = created_at;
}

/**
 * ahoy_text_message_get_hops:
 * @self: a message
 *
 * Returns: how many hops it may still go; 0 when it has to stay where it is
 *
 * Since: 0.1
 */
guint
ahoy_text_message_get_hops (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), 0);

  return self->hops;
}

/**
 * ahoy_text_message_set_hops:
 * @self: a message
 * @hops: how many hops it may still go
 *
 * Limits how far it goes; what is more than 70 counts as 70.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_hops (AhoyTextMessage *self, guint hops)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  self->hops = MIN (hops, MOST_HOPS);
}

/**
 * ahoy_text_message_get_lifetime:
 * @self: a message
 *
 * Returns: how many seconds after it was written it is of use; 0 when it always is
 *
 * Since: 0.1
 */
guint
ahoy_text_message_get_lifetime (AhoyTextMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), 0);

  return self->lifetime;
}

/**
 * ahoy_text_message_set_lifetime:
 * @self: a message
 * @seconds: how many seconds after it was written it is of use; 0 for always
 *
 * Limits how long it is of use.
 *
 * Since: 0.1
 */
void
ahoy_text_message_set_lifetime (AhoyTextMessage *self, guint seconds)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));

  self->lifetime = seconds;
}

/**
 * ahoy_text_message_add_header:
 * @self: a message
 * @name: the name of a header
 * @value: its value, one line
 *
 * Adds something that goes with the message, such as its Subject. A channel that knows no headers
 * leaves it out.
 *
 * Since: 0.1
 */
void
ahoy_text_message_add_header (AhoyTextMessage *self, const char *name, const char *value)
{
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (self));
  g_return_if_fail (name != NULL && value != NULL);

  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

/**
 * ahoy_text_message_get_header:
 * @self: a message
 * @name: the name of a header; case does not matter
 *
 * Returns: (nullable): the value of the first header of that name
 *
 * Since: 0.1
 */
const char *
ahoy_text_message_get_header (AhoyTextMessage *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i + 1 < self->headers->len; i += 2) {
    if (g_ascii_strcasecmp (self->headers->pdata[i], name) == 0) {
      return self->headers->pdata[i + 1];
    }
  }
  return NULL;
}

/**
 * ahoy_text_message_list_headers:
 * @self: a message
 *
 * Returns: (transfer full): an `a(ss)` of names and values, in order
 *
 * Since: 0.1
 */
GVariant *
ahoy_text_message_list_headers (AhoyTextMessage *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_TEXT_MESSAGE (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i + 1 < self->headers->len; i += 2) {
    g_variant_builder_add (&builder, "(ss)", self->headers->pdata[i], self->headers->pdata[i + 1]);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
