/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-body-part.h"
#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-message-private.h"

#define MAX_PARTS 32
#define MAX_PART_HEADERS 32
#define MAX_BOUNDARY 70 /* RFC 2046 §5.1.1 */

/**
 * AhoyBodyPart:
 *
 * One part of a multipart body (RFC 2046 §5.1, RFC 5621).
 *
 * Since: 0.1
 */
struct _AhoyBodyPart {
  GObject parent_instance;

  GPtrArray *names;
  GPtrArray *values;
  char *content_type;
  GBytes *body;
};

G_DEFINE_FINAL_TYPE (AhoyBodyPart, ahoy_body_part, G_TYPE_OBJECT)

static void
ahoy_body_part_finalize (GObject *object)
{
  AhoyBodyPart *self = AHOY_BODY_PART (object);

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_body_part_parent_class)->finalize (object);
}

static void
ahoy_body_part_class_init (AhoyBodyPartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_body_part_finalize;
}

static void
ahoy_body_part_init (AhoyBodyPart *self)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_body_part_new:
 * @content_type: the media type, such as `application/sdp`
 * @body: the content, possibly empty
 *
 * Returns: (transfer full): a new part
 *
 * Since: 0.1
 */
AhoyBodyPart *
ahoy_body_part_new (const char *content_type, GBytes *body)
{
  AhoyBodyPart *self;

  g_return_val_if_fail (content_type != NULL, NULL);
  g_return_val_if_fail (body != NULL, NULL);

  self = g_object_new (AHOY_TYPE_BODY_PART, NULL);
  self->content_type = g_strdup (content_type);
  self->body = g_bytes_ref (body);
  return self;
}

/**
 * ahoy_body_part_get_content_type:
 * @self: a part
 *
 * Returns: (transfer none): the media type; `text/plain` when the part does not say (RFC 2046 §5.1)
 *
 * Since: 0.1
 */
const char *
ahoy_body_part_get_content_type (AhoyBodyPart *self)
{
  g_return_val_if_fail (AHOY_IS_BODY_PART (self), NULL);

  return self->content_type;
}

/**
 * ahoy_body_part_get_body:
 * @self: a part
 *
 * Returns: (transfer none): the content
 *
 * Since: 0.1
 */
GBytes *
ahoy_body_part_get_body (AhoyBodyPart *self)
{
  g_return_val_if_fail (AHOY_IS_BODY_PART (self), NULL);

  return self->body;
}

/**
 * ahoy_body_part_get_header:
 * @self: a part
 * @name: a header name other than Content-Type
 *
 * Returns: (transfer full) (nullable): the value of the part's header, such as its Content-ID
 *
 * Since: 0.1
 */
char *
ahoy_body_part_get_header (AhoyBodyPart *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_BODY_PART (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->names->len; i++) {
    if (g_ascii_strcasecmp (self->names->pdata[i], name) == 0) {
      return g_strdup (self->values->pdata[i]);
    }
  }
  return NULL;
}

/**
 * ahoy_body_part_add_header:
 * @self: a part
 * @name: a header name, such as `Content-Disposition`
 * @value: its value
 * @error: return location for an error
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when name or value hold a
 *   line break or the name holds a colon
 *
 * Since: 0.1
 */
gboolean
ahoy_body_part_add_header (AhoyBodyPart *self, const char *name, const char *value, GError **error)
{
  g_return_val_if_fail (AHOY_IS_BODY_PART (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (*name == '\0' || strpbrk (name, "\r\n: ") != NULL || strpbrk (value, "\r\n") != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A header of a body part is one line, and its name has no colon");
    return FALSE;
  }
  g_ptr_array_add (self->names, g_strdup (name));
  g_ptr_array_add (self->values, g_strdup (value));
  return TRUE;
}

static void
add_part_header (AhoyBodyPart *part, const char *line, gsize length)
{
  const char *colon = memchr (line, ':', length);
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (colon == NULL || part->names->len >= MAX_PART_HEADERS) {
    return;
  }
  name = g_strstrip (ahoy_dup_utf8 (line, colon - line));
  value = g_strstrip (ahoy_dup_utf8 (colon + 1, (gssize) (line + length - colon - 1)));
  if (g_ascii_strcasecmp (name, "Content-Type") == 0 || g_ascii_strcasecmp (name, "c") == 0) {
    g_free (part->content_type);
    part->content_type = g_steal_pointer (&value);
    return;
  }
  g_ptr_array_add (part->names, g_steal_pointer (&name));
  g_ptr_array_add (part->values, g_steal_pointer (&value));
}

/* The end of the line that begins at @from, and where the next one begins. */
static gsize
line_end (const char *data, gsize from, gsize length, gsize *next)
{
  const char *newline = memchr (data + from, '\n', length - from);
  gsize end;

  if (newline == NULL) {
    *next = length;
    return length;
  }
  end = (gsize) (newline - data);
  *next = end + 1;
  return end > from && data[end - 1] == '\r' ? end - 1 : end;
}

static AhoyBodyPart *
parse_part (const char *data, gsize length)
{
  g_autoptr (AhoyBodyPart) part = g_object_new (AHOY_TYPE_BODY_PART, NULL);
  gsize at = 0;

  part->content_type = g_strdup ("text/plain");
  while (at < length) {
    gsize next;
    gsize end = line_end (data, at, length, &next);

    if (end == at) {
      at = next;
      break;
    }
    add_part_header (part, data + at, end - at);
    at = next;
  }
  part->body = g_bytes_new (data + at, length - at);
  return g_steal_pointer (&part);
}

/* Is the line from @at to @end a delimiter? 0 no, 1 yes, 2 the closing one. */
static int
delimiter (const char *data, gsize at, gsize end, const char *boundary)
{
  gsize length = strlen (boundary);

  while (end > at && (data[end - 1] == ' ' || data[end - 1] == '\t')) {
    end--;
  }
  if (end - at < length + 2 || data[at] != '-' || data[at + 1] != '-' ||
      memcmp (data + at + 2, boundary, length) != 0) {
    return 0;
  }
  if (end - at == length + 2) {
    return 1;
  }
  return end - at == length + 4 && data[end - 2] == '-' && data[end - 1] == '-' ? 2 : 0;
}

static gboolean
split_parts (GPtrArray *parts, const char *data, gsize length, const char *boundary,
             GError **error)
{
  gssize begin = -1;
  gsize at = 0;

  while (at < length) {
    gsize next;
    gsize end = line_end (data, at, length, &next);
    int kind = delimiter (data, at, end, boundary);

    if (kind != 0) {
      if (begin >= 0) {
        /* The line break before a delimiter belongs to the delimiter. */
        gsize stop = at;

        stop -= stop > (gsize) begin && data[stop - 1] == '\n' ? 1 : 0;
        stop -= stop > (gsize) begin && data[stop - 1] == '\r' ? 1 : 0;
        g_ptr_array_add (parts, parse_part (data + begin, stop - (gsize) begin));
      }
      if (kind == 2) {
        return TRUE;
      }
      if (parts->len >= MAX_PARTS) {
        g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                     "The multipart body has more than %d parts", MAX_PARTS);
        return FALSE;
      }
      begin = (gssize) next;
    }
    at = next;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The multipart body has no closing delimiter “--%s--”", boundary);
  return FALSE;
}

static char *
find_boundary (const sip_t *sip, GError **error)
{
  const char *quoted = msg_params_find (sip->sip_content_type->c_params, "boundary=");
  g_autofree char *boundary = quoted != NULL ? g_strdup (quoted) : NULL;
  gsize length = boundary != NULL ? strlen (boundary) : 0;

  if (length >= 2 && boundary[0] == '"' && boundary[length - 1] == '"') {
    boundary[length - 1] = '\0';
    memmove (boundary, boundary + 1, length - 1);
    length -= 2;
  }
  if (length == 0 || length > MAX_BOUNDARY) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The Content-Type of the multipart body has no boundary of 1 to %d characters",
                 MAX_BOUNDARY);
    return NULL;
  }
  return g_steal_pointer (&boundary);
}

/* A body that is no multipart: what the message says of it is said of the part. */
static AhoyBodyPart *
make_only_part (AhoyMessage *self, const sip_t *sip, GBytes *body)
{
  static const char *const names[] = { "Content-Disposition", "Content-Encoding" };
  const void *const there[] = { sip->sip_content_disposition, sip->sip_content_encoding };
  g_autofree char *type = ahoy_message_dup_content_type (self);
  AhoyBodyPart *part = ahoy_body_part_new (type != NULL ? type : "text/plain", body);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *value = there[i] != NULL ? ahoy_message_get_header (self, names[i]) : NULL;

    if (value != NULL) {
      ahoy_body_part_add_header (part, names[i], value, NULL);
    }
  }
  return part;
}

/**
 * ahoy_message_get_parts:
 * @self: a message
 * @error: return location for an error
 *
 * Splits a multipart body (RFC 2046 §5.1). A body that is no multipart is given as its only part,
 * with the Content-Disposition and Content-Encoding of the message,
 * and a message without a body has no part. Empty parts are kept.
 *
 * Returns: (transfer container) (element-type AhoyBodyPart) (nullable): the parts, or %NULL with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when boundary or closing delimiter are missing,
 *   %AHOY_ERROR_LIMIT_EXCEEDED for more than 32 parts
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_message_get_parts (AhoyMessage *self, GError **error)
{
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *boundary = NULL;
  sip_t *sip;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  parts = g_ptr_array_new_with_free_func (g_object_unref);
  sip = ahoy_message_peek_sip (self);
  body = ahoy_message_get_body (self);
  if (body == NULL) {
    return g_steal_pointer (&parts);
  }
  if (sip->sip_content_type == NULL || sip->sip_content_type->c_type == NULL ||
      g_ascii_strncasecmp (sip->sip_content_type->c_type, "multipart/", 10) != 0) {
    g_ptr_array_add (parts, make_only_part (self, sip, body));
    return g_steal_pointer (&parts);
  }
  boundary = find_boundary (sip, error);
  if (boundary == NULL || !split_parts (parts, g_bytes_get_data (body, NULL),
                                        g_bytes_get_size (body), boundary, error)) {
    return NULL;
  }
  return g_steal_pointer (&parts);
}

static gboolean
contains (GPtrArray *parts, const char *boundary)
{
  for (guint i = 0; i < parts->len; i++) {
    gsize length;
    const char *data = g_bytes_get_data (AHOY_BODY_PART (parts->pdata[i])->body, &length);

    if (data != NULL && memmem (data, length, boundary, strlen (boundary)) != NULL) {
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * ahoy_message_set_parts:
 * @self: a message that was not sent yet
 * @subtype: the kind of multipart, such as `mixed`, `alternative` or `related`
 * @parts: (element-type AhoyBodyPart): the parts in their order, at least one
 * @error: return location for an error
 *
 * Makes the parts the body of the message, as `multipart/<subtype>` (RFC 5621).
 *
 * Returns: %TRUE on success; %FALSE with an error as for ahoy_message_set_body()
 *
 * Since: 0.1
 */
gboolean
ahoy_message_set_parts (AhoyMessage *self, const char *subtype, GPtrArray *parts, GError **error)
{
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *boundary = NULL;
  g_autofree char *type = NULL;
  g_autofree char *end = NULL;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (subtype != NULL && parts != NULL && parts->len > 0, FALSE);

  do {
    g_free (boundary);
    boundary = g_strdup_printf ("ahoy-%08x%08x", g_random_int (), g_random_int ());
  } while (contains (parts, boundary));

  data = g_byte_array_new ();
  for (guint i = 0; i < parts->len; i++) {
    AhoyBodyPart *part = parts->pdata[i];
    g_autoptr (GString) head = g_string_new (NULL);

    g_string_append_printf (head, "%s--%s\r\nContent-Type: %s\r\n", i > 0 ? "\r\n" : "", boundary,
                            part->content_type);
    for (guint j = 0; j < part->names->len; j++) {
      g_string_append_printf (head, "%s: %s\r\n", (char *) part->names->pdata[j],
                              (char *) part->values->pdata[j]);
    }
    g_string_append (head, "\r\n");
    g_byte_array_append (data, (const guint8 *) head->str, (guint) head->len);
    g_byte_array_append (data, g_bytes_get_data (part->body, NULL),
                         (guint) g_bytes_get_size (part->body));
  }
  end = g_strdup_printf ("\r\n--%s--\r\n", boundary);
  g_byte_array_append (data, (const guint8 *) end, (guint) strlen (end));

  type = g_strdup_printf ("multipart/%s;boundary=%s", subtype, boundary);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&data));
  return ahoy_message_set_body (self, type, body, error);
}
