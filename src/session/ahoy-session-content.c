/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-content-private.h"

#include <string.h>

#include "ahoy-body-part.h"
#include "ahoy-error.h"
#include "ahoy-info-digit-private.h"
#include "ahoy-media-control-private.h"

/* Which bodies the requests of sessions may have, and what becomes of one that nobody here
 * understands (RFC 3261 §8.2.3, RFC 5621). */

#define SDP_TYPE "application/sdp"
#define MAX_CONTENT_TYPES 64

typedef enum {
  PART_TAKEN,   /* somebody understands it */
  PART_SPARE,   /* nobody does, and its sender did not say that somebody has to */
  PART_IGNORED, /* its sender says that it may be ignored */
  PART_REFUSED,
} PartFate;

/* Dispositions that harm nobody who does not obey them (RFC 3261 §20.11, RFC 5621 §6). */
static const char *const harmless[] = { "render", "icon", "alert", "by-reference", NULL };

/* Whether a Content-Type is this media type, whatever its parameters. */
gboolean
ahoy_content_type_is (const char *given, const char *type)
{
  gsize length = strlen (type);

  return g_ascii_strncasecmp (given, type, length) == 0 && strchr ("; \t", given[length]) != NULL;
}

/* The end of a parameter that begins at @at; a semicolon in quotes is none. */
static const char *
parameter_end (const char *at)
{
  gboolean quoted = FALSE;

  for (; *at != '\0' && (quoted || *at != ';'); at++) {
    if (*at == '"') {
      quoted = !quoted;
    } else if (quoted && *at == '\\' && at[1] != '\0') {
      at++;
    }
  }
  return at;
}

/* Reads Content-Disposition: its type in lower case, %NULL where there is none, and what it says of
 * handling, %NULL where it says nothing. */
static char *
read_disposition (AhoyBodyPart *part, char **handling)
{
  g_autofree char *value = ahoy_body_part_get_header (part, "Content-Disposition");
  const char *end;
  char *type;

  *handling = NULL;
  if (value == NULL) {
    return NULL;
  }
  end = parameter_end (value);
  type = g_strstrip (g_ascii_strdown (value, end - value));
  while (*end == ';') {
    const char *begin = end + 1;
    g_autofree char *parameter = NULL;
    char *equals;

    end = parameter_end (begin);
    parameter = g_ascii_strdown (begin, end - begin);
    equals = strchr (parameter, '=');
    if (equals != NULL && *handling == NULL) {
      *equals = '\0';
      if (g_str_equal (g_strstrip (parameter), "handling")) {
        *handling = g_strdup (g_strstrip (equals + 1));
      }
    }
  }
  return type;
}

static gboolean
is_encoded (AhoyBodyPart *part)
{
  g_autofree char *encoding = ahoy_body_part_get_header (part, "Content-Encoding");

  return encoding != NULL && g_ascii_strcasecmp (g_strstrip (encoding), "identity") != 0;
}

/* Whether a part is the offer or answer of the session: an SDP of any other disposition, such as
 * early-session (RFC 3959), describes something else. */
gboolean
ahoy_content_is_session (AhoyBodyPart *part)
{
  g_autofree char *handling = NULL;
  g_autofree char *disposition = read_disposition (part, &handling);

  return ahoy_content_type_is (ahoy_body_part_get_content_type (part), SDP_TYPE) &&
         (disposition == NULL || g_str_equal (disposition, "session")) && !is_encoded (part);
}

/* -- what is understood --------------------------------------------------------------------- */

static const char *const of_offers[] = { SDP_TYPE, NULL };
static const char *const of_info[] = { AHOY_INFO_DIGIT_PLAIN_TYPE, AHOY_INFO_DIGIT_RELAY_TYPE,
                                       AHOY_INFO_DIGIT_FLASH_TYPE, AHOY_MEDIA_CONTROL_TYPE, NULL };
static const char *const of_nothing[] = { NULL };

/* UPDATE and PRACK are about the same as INVITE. */
static const char *
kind_of (const char *method)
{
  return g_str_equal (method, "UPDATE") || g_str_equal (method, "PRACK") ? "INVITE" : method;
}

/* What we understand ourselves. */
static const char *const *
own_types (const char *kind)
{
  return g_str_equal (kind, "INVITE") ? of_offers
         : g_str_equal (kind, "INFO") ? of_info
                                      : of_nothing;
}

/* What an element of the list says of a method: the media type, or NULL. */
static const char *
type_of (const char *element, const char *method)
{
  gsize length = strlen (method);

  return strncmp (element, method, length) == 0 && element[length] == ' ' ? element + length + 1
                                                                          : NULL;
}

static gboolean
was_added (AhoySessionService *service, const char *method, const char *content_type)
{
  GPtrArray *types = ahoy_session_service_get_content_types (service);

  for (guint i = 0; i < types->len; i++) {
    const char *type = type_of (types->pdata[i], method);

    if (type != NULL && ahoy_content_type_is (content_type, type)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* What a message with such bodies may have, for Accept. */
char *
ahoy_content_dup_accept (AhoySessionService *service, const char *method)
{
  GPtrArray *types = ahoy_session_service_get_content_types (service);
  const char *kind = kind_of (method);
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *const *own = own_types (kind); *own != NULL; own++) {
    g_string_append_printf (text, "%s, ", *own);
  }
  for (guint i = 0; i < types->len; i++) {
    const char *type = type_of (types->pdata[i], kind);

    if (type != NULL) {
      g_string_append_printf (text, "%s, ", type);
    }
  }
  g_string_append (text, "multipart/mixed");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* -- what becomes of a body ----------------------------------------------------------------- */

static gboolean
is_understood (AhoySessionService *service, AhoyBodyPart *part, const char *method)
{
  const char *type = ahoy_body_part_get_content_type (part);

  if (is_encoded (part)) {
    return FALSE;
  }
  if (was_added (service, method, type)) {
    return TRUE;
  }
  if (g_str_equal (method, "INVITE")) {
    return ahoy_content_is_session (part);
  }
  for (const char *const *own = own_types (method); *own != NULL; own++) {
    if (ahoy_content_type_is (type, *own)) {
      return TRUE;
    }
  }
  return FALSE;
}

static PartFate
judge (AhoySessionService *service, AhoyBodyPart *part, const char *method)
{
  g_autofree char *handling = NULL;
  g_autofree char *disposition = NULL;

  if (is_understood (service, part, method)) {
    return PART_TAKEN;
  }
  disposition = read_disposition (part, &handling);
  if (handling != NULL && g_str_equal (handling, "optional")) {
    return PART_IGNORED;
  }
  /* handling is “required” where nothing is said (RFC 3261 §20.11), and phones that add a text or a
   * picture to their offer do not say it: the offer decides. */
  return handling == NULL && (disposition == NULL || g_strv_contains (harmless, disposition))
             ? PART_SPARE
             : PART_REFUSED;
}

static gboolean
refuse (AhoyContentRefusal *refusal, guint status, const char *header, char *value)
{
  refusal->status = status;
  refusal->header = header;
  refusal->value = value;
  return FALSE;
}

static gboolean
refuse_part (AhoySessionService *service, AhoyBodyPart *part, const char *method,
             AhoyContentRefusal *refusal)
{
  return is_encoded (part)
             ? refuse (refusal, 415, "Accept-Encoding", g_strdup ("identity"))
             : refuse (refusal, 415, "Accept", ahoy_content_dup_accept (service, method));
}

/* Whether the body of a request is understood, or may be ignored. FALSE: @refusal says how to
 * answer. */
gboolean
ahoy_content_check (AhoySessionService *service, AhoyMessage *request, AhoyContentRefusal *refusal)
{
  const char *method = kind_of (ahoy_message_get_method (request));
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GError) error = NULL;
  AhoyBodyPart *spare = NULL;
  gboolean taken = FALSE;

  parts = ahoy_message_get_parts (request, &error);
  if (parts == NULL) {
    return refuse (refusal, 400, "Warning",
                   g_strdup ("399 ahoy \"The parts of the multipart body cannot be told apart\""));
  }
  for (guint i = 0; i < parts->len; i++) {
    PartFate fate = judge (service, parts->pdata[i], method);

    if (fate == PART_REFUSED) {
      return refuse_part (service, parts->pdata[i], method, refusal);
    }
    taken = taken || fate == PART_TAKEN;
    if (fate == PART_SPARE && g_bytes_get_size (ahoy_body_part_get_body (parts->pdata[i])) > 0) {
      spare = parts->pdata[i];
    }
  }
  return taken || spare == NULL || refuse_part (service, spare, method, refusal);
}

/* A quoted-string (RFC 3261 §25.1), in which UTF-8 may stand. */
char *
ahoy_content_quote (const char *text)
{
  g_autoptr (GString) quoted = g_string_new ("\"");

  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\') {
      g_string_append_c (quoted, '\\');
    }
    g_string_append_c (quoted, (guchar) *at < ' ' || *at == '\177' ? ' ' : *at);
  }
  g_string_append_c (quoted, '"');
  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

/* Answers a request as a refusal says, and clears it. */
AhoyMessage *
ahoy_content_create_refusal (AhoyServerTransaction *transaction, AhoyContentRefusal *refusal)
{
  AhoyMessage *response =
      ahoy_server_transaction_create_response (transaction, refusal->status, NULL);

  ahoy_message_set_header (response, refusal->header, refusal->value, NULL);
  g_clear_pointer (&refusal->value, g_free);
  return response;
}

/* -- for programs --------------------------------------------------------------------------- */

static char *
make_element (const char *method, const char *content_type, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (content_type, -1);
  const char *slash = strchr (lower, '/');

  if (!g_str_equal (method, "INVITE") && !g_str_equal (method, "INFO")) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "Content types are added to INVITE, for UPDATE and PRACK too, or to INFO; “%s” is "
                 "neither",
                 method);
    return NULL;
  }
  if (slash == NULL || slash == lower || slash[1] == '\0' || strchr (slash + 1, '/') != NULL ||
      lower[strspn (lower, "abcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~/")] != '\0') {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no content type; write one without parameters, such as text/plain",
                 content_type);
    return NULL;
  }
  return g_strconcat (method, " ", lower, NULL);
}

/**
 * ahoy_session_service_add_content_type:
 * @self: a service
 * @method: `INVITE`, for UPDATE and PRACK too, or `INFO`
 * @content_type: a media type without parameters, such as `application/isup`
 * @error: return location for an error
 *
 * Says that somebody here, such as a supplement, understands bodies of a type. Requests with bodies
 * that nobody understands get 415 (RFC 3261 §8.2.3), unless Content-Disposition says that they may
 * be ignored. The type is announced in Accept.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS for another method or what
 *   is no media type, %AHOY_ERROR_EXISTS when it was added already, %AHOY_ERROR_LIMIT_EXCEEDED when
 *   there are 64
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_content_type (AhoySessionService *self, const char *method,
                                       const char *content_type, GError **error)
{
  GPtrArray *types;
  char *element;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (method != NULL && content_type != NULL, FALSE);

  types = ahoy_session_service_get_content_types (self);
  element = make_element (method, content_type, error);
  if (element == NULL) {
    return FALSE;
  }
  if (types->len >= MAX_CONTENT_TYPES ||
      g_ptr_array_find_with_equal_func (types, element, g_str_equal, NULL)) {
    gboolean full = types->len >= MAX_CONTENT_TYPES;

    g_set_error (error, AHOY_ERROR, full ? AHOY_ERROR_LIMIT_EXCEEDED : AHOY_ERROR_EXISTS,
                 full ? "“%s” is too much: %d content types are there already"
                      : "“%s” was added already",
                 element, MAX_CONTENT_TYPES);
    g_free (element);
    return FALSE;
  }
  g_ptr_array_add (types, element);
  return TRUE;
}

/**
 * ahoy_session_service_remove_content_type:
 * @self: a service
 * @method: the method
 * @content_type: a media type that was added
 *
 * Takes back ahoy_session_service_add_content_type().
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_content_type (AhoySessionService *self, const char *method,
                                          const char *content_type)
{
  g_autofree char *element = NULL;
  GPtrArray *types;
  guint index;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (method != NULL && content_type != NULL, FALSE);

  types = ahoy_session_service_get_content_types (self);
  element = make_element (method, content_type, NULL);
  if (element == NULL || !g_ptr_array_find_with_equal_func (types, element, g_str_equal, &index)) {
    return FALSE;
  }
  g_ptr_array_remove_index (types, index);
  return TRUE;
}
