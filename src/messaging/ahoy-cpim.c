/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-cpim.h"

#include <string.h>

#include "ahoy-error.h"

#define IMDN_NAMESPACE "urn:ietf:params:imdn"
#define MOST_HEADERS 64

struct _AhoyCpim {
  GPtrArray *headers; /* char *: name in small letters and value by turns */
  char *imdn;         /* the prefix of headers of IMDN, with its dot */
  char *content_type;
  GBytes *body;
};

G_DEFINE_BOXED_TYPE (AhoyCpim, ahoy_cpim, ahoy_cpim_ref, ahoy_cpim_unref)

static void
cpim_clear (gpointer data)
{
  AhoyCpim *self = data;

  g_ptr_array_unref (self->headers);
  g_free (self->imdn);
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
}

/**
 * ahoy_cpim_ref:
 * @self: an envelope
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyCpim *
ahoy_cpim_ref (AhoyCpim *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

/**
 * ahoy_cpim_unref:
 * @self: (transfer full): an envelope
 *
 * Gives back a reference.
 *
 * Since: 0.1
 */
void
ahoy_cpim_unref (AhoyCpim *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, cpim_clear);
}

/* One line behind the other; @at moves behind the line break. NULL at the end. */
static char *
take_line (const char **at, const char *end)
{
  const char *start = *at;
  const char *feed = start < end ? memchr (start, '\n', (gsize) (end - start)) : NULL;
  gsize length;

  if (start >= end) {
    return NULL;
  }
  length = (gsize) ((feed != NULL ? feed : end) - start);
  *at = feed != NULL ? feed + 1 : end;
  if (length > 0 && start[length - 1] == '\r') {
    length--;
  }
  return g_utf8_make_valid (start, (gssize) length);
}

/* FALSE: the line is no header, or there are too many. */
static gboolean
add_header (GPtrArray *headers, const char *line)
{
  const char *colon = strchr (line, ':');
  char *name;

  if (colon == NULL || colon == line || headers->len >= 2 * MOST_HEADERS) {
    return FALSE;
  }
  name = g_ascii_strdown (line, colon - line);
  g_ptr_array_add (headers, g_strstrip (name));
  g_ptr_array_add (headers, g_strstrip (g_strdup (colon + 1)));
  return TRUE;
}

/* Headers up to an empty line. */
static gboolean
read_headers (GPtrArray *headers, const char **at, const char *end)
{
  while (*at < end) {
    g_autofree char *line = take_line (at, end);

    if (*line == '\0') {
      return TRUE;
    }
    if (!add_header (headers, line)) {
      return FALSE;
    }
  }
  return FALSE;
}

static const char *
look_up (GPtrArray *headers, const char *name)
{
  for (guint i = 0; i + 1 < headers->len; i += 2) {
    if (g_ascii_strcasecmp (headers->pdata[i], name) == 0) {
      return headers->pdata[i + 1];
    }
  }
  return NULL;
}

/* RFC 3862 §2.5: “NS: imdn <urn:ietf:params:imdn>” gives a prefix to the headers of RFC 5438. */
static char *
find_prefix (GPtrArray *headers)
{
  for (guint i = 0; i + 1 < headers->len; i += 2) {
    const char *value = headers->pdata[i + 1];
    const char *open = strchr (value, '<');
    g_autofree char *prefix = NULL;

    if (!g_str_equal (headers->pdata[i], "ns") || open == NULL ||
        !g_str_has_prefix (open + 1, IMDN_NAMESPACE ">")) {
      continue;
    }
    prefix = g_ascii_strdown (value, open - value);
    return g_strconcat (g_strstrip (prefix), ".", NULL);
  }
  return g_strdup ("imdn.");
}

static AhoyCpim *
fail (AhoyCpim *self, const char *reason, GError **error)
{
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The message is no message/cpim (RFC 3862): %s", reason);
  ahoy_cpim_unref (self);
  return NULL;
}

/**
 * ahoy_cpim_parse:
 * @bytes: the body of a message of the type `message/cpim`
 * @error: return location for an error of %AHOY_ERROR_INVALID_ARGUMENTS
 *
 * Opens an envelope.
 *
 * Returns: (transfer full): what is in it; %NULL when it cannot be read
 *
 * Since: 0.1
 */
AhoyCpim *
ahoy_cpim_parse (GBytes *bytes, GError **error)
{
  g_autoptr (GPtrArray) inner = g_ptr_array_new_with_free_func (g_free);
  AhoyCpim *self;
  const char *data;
  const char *at;
  const char *end;
  const char *type;
  gsize size = 0;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = g_rc_box_new0 (AhoyCpim);
  self->headers = g_ptr_array_new_with_free_func (g_free);
  data = g_bytes_get_data (bytes, &size);
  at = data;
  end = data + size;
  if (size == 0 || memchr (data, '\0', size) != NULL) {
    return fail (self, "it is empty, or has a NUL", error);
  }
  if (!read_headers (self->headers, &at, end)) {
    return fail (self, "its headers do not end with an empty line", error);
  }
  if (!read_headers (inner, &at, end)) {
    return fail (self, "the headers of its content do not end with an empty line", error);
  }
  type = look_up (inner, "content-type");
  self->content_type = g_strdup (type != NULL && *type != '\0' ? type : "text/plain");
  self->body = g_bytes_new_from_bytes (bytes, (gsize) (at - data), (gsize) (end - at));
  self->imdn = find_prefix (self->headers);
  return self;
}

/**
 * ahoy_cpim_get_header:
 * @self: an envelope
 * @name: the name of a header; one of IMDN (RFC 5438) begins with `imdn.`, whatever prefix it has
 *   in the message
 *
 * Returns: (nullable): the value of the first header of that name
 *
 * Since: 0.1
 */
const char *
ahoy_cpim_get_header (AhoyCpim *self, const char *name)
{
  g_autofree char *prefixed = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (g_ascii_strncasecmp (name, "imdn.", strlen ("imdn.")) == 0) {
    prefixed = g_strconcat (self->imdn, name + strlen ("imdn."), NULL);
    return look_up (self->headers, prefixed);
  }
  return look_up (self->headers, name);
}

/**
 * ahoy_cpim_get_content_type:
 * @self: an envelope
 *
 * Returns: the type of what is in it; `text/plain` when it does not say
 *
 * Since: 0.1
 */
const char *
ahoy_cpim_get_content_type (AhoyCpim *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->content_type;
}

/**
 * ahoy_cpim_get_body:
 * @self: an envelope
 *
 * Returns: (transfer none): what is in it
 *
 * Since: 0.1
 */
GBytes *
ahoy_cpim_get_body (AhoyCpim *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->body;
}

/**
 * ahoy_cpim_wants:
 * @self: an envelope
 * @disposition: a word such as `positive-delivery`
 *
 * Returns: whether the sender wants to be told that (RFC 5438 section 6.2), and can be: the message
 *   has an id
 *
 * Since: 0.1
 */
gboolean
ahoy_cpim_wants (AhoyCpim *self, const char *disposition)
{
  const char *id;
  const char *wanted;
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (disposition != NULL, FALSE);

  id = ahoy_cpim_get_header (self, "imdn.Message-ID");
  wanted = ahoy_cpim_get_header (self, "imdn.Disposition-Notification");
  if (id == NULL || *id == '\0' || wanted == NULL) {
    return FALSE;
  }
  words = g_strsplit (wanted, ",", -1);
  for (gsize i = 0; words[i] != NULL; i++) {
    if (g_str_equal (g_strstrip (words[i]), disposition)) {
      return TRUE;
    }
  }
  return FALSE;
}

static const char *
or_nobody (const char *address)
{
  return address != NULL && *address != '\0' ? address : "<im:anonymous@anonymous.invalid>";
}

/* What stands between < and > of an address. */
static char *
uri_of (const char *address)
{
  const char *open = strchr (or_nobody (address), '<');
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  return close != NULL ? g_strndup (open + 1, (gsize) (close - open - 1))
                       : g_strdup (or_nobody (address));
}

/**
 * ahoy_cpim_make_notification:
 * @self: an envelope with an id (ahoy_cpim_wants())
 * @status: what became of it: `delivered`, `failed`, `forbidden` or `error`
 *
 * Writes the delivery notification to the sender (RFC 5438 section 7.2.1): a `message/imdn+xml` in
 * an envelope of its own, which asks for no notification.
 *
 * Returns: (transfer full): the body of a message of the type `message/cpim`
 *
 * Since: 0.1
 */
GBytes *
ahoy_cpim_make_notification (AhoyCpim *self, const char *status)
{
  const char *from;
  const char *to;
  const char *written;
  g_autofree char *recipient = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *now = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GDateTime) time = NULL;
  char *text;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (status != NULL, NULL);

  from = ahoy_cpim_get_header (self, "From");
  to = ahoy_cpim_get_header (self, "To");
  written = ahoy_cpim_get_header (self, "DateTime");
  time = g_date_time_new_now_utc ();
  now = g_date_time_format_iso8601 (time);
  recipient = uri_of (to);
  id = g_uuid_string_random ();
  xml = g_markup_printf_escaped (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
      "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>%s</message-id>"
      "<datetime>%s</datetime><recipient-uri>%s</recipient-uri>"
      "<delivery-notification><status><%s/></status></delivery-notification></imdn>\r\n",
      ahoy_cpim_get_header (self, "imdn.Message-ID"), written != NULL ? written : now, recipient,
      status);
  text = g_strdup_printf ("From: %s\r\nTo: %s\r\nNS: imdn <" IMDN_NAMESPACE ">\r\n"
                          "imdn.Message-ID: %s\r\nDateTime: %s\r\n\r\n"
                          "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          or_nobody (to), or_nobody (from), id, now, strlen (xml), xml);
  return g_bytes_new_take (text, strlen (text));
}
