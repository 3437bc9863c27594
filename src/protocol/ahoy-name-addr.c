/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-name-addr.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-uri-private.h"

#define MAX_LIST 256

typedef struct {
  char *name;
  char *value; /* NULL without equals sign */
} Param;

struct _AhoyNameAddr {
  char *display_name;
  AhoyUri *uri;
  GArray *params; /* Param */
};

G_DEFINE_BOXED_TYPE (AhoyNameAddr, ahoy_name_addr, ahoy_name_addr_ref, ahoy_name_addr_unref)

typedef struct {
  const char *text;
  const char *p;
  const char *end;
  GError **error;
} Parser;

static void
param_clear (Param *param)
{
  g_free (param->name);
  g_free (param->value);
}

static void
name_addr_clear (AhoyNameAddr *self)
{
  g_free (self->display_name);
  g_clear_pointer (&self->uri, ahoy_uri_unref);
  g_array_unref (self->params);
}

static AhoyNameAddr *
name_addr_new_empty (void)
{
  AhoyNameAddr *self = g_atomic_rc_box_new0 (AhoyNameAddr);

  self->params = g_array_new (FALSE, TRUE, sizeof (Param));
  g_array_set_clear_func (self->params, (GDestroyNotify) param_clear);

  return self;
}

static const Param *
find_param (const AhoyNameAddr *self, const char *name)
{
  for (guint i = 0; i < self->params->len; i++) {
    const Param *param = &g_array_index (self->params, Param, i);

    if (g_ascii_strcasecmp (param->name, name) == 0)
      return param;
  }

  return NULL;
}

static void
add_param (AhoyNameAddr *self, const char *name, const char *value)
{
  Param param = { g_strdup (name), g_strdup (value) };

  g_array_append_val (self->params, param);
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("-.!%*_+`'~", c) != NULL);
}

/* Beside those of a token, what a host may hold. */
static gboolean
is_value_char (char c)
{
  return is_token_char (c) || c == '[' || c == ']' || c == ':';
}

static gboolean
is_control (char c)
{
  return ((guchar) c < ' ' && c != '\t') || c == 0x7f;
}

static gboolean
refuse (Parser *parser, const char *at, const char *reason)
{
  g_autofree char *quoted = NULL;

  quoted = ahoy_uri_quote_for_message (parser->text, parser->end - parser->text);
  g_set_error (parser->error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The address %s cannot be used: at position %u: %s", quoted,
               (guint) (at - parser->text) + 1, reason);

  return FALSE;
}

static void
skip_space (Parser *parser)
{
  while (parser->p < parser->end && (*parser->p == ' ' || *parser->p == '\t'))
    parser->p++;
}

static gboolean
is_at (const Parser *parser, char c)
{
  return parser->p < parser->end && *parser->p == c;
}

/* A quoted string (RFC 3261 section 25.1); the parser is at its first quote. */
static gboolean
parse_quoted (Parser *parser, char **value)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  const char *p = parser->p + 1;

  for (; p < parser->end && *p != '"'; p++) {
    gboolean escaped = *p == '\\' && p + 1 < parser->end;

    if (escaped)
      p++;
    if (*p == '\0' || *p == '\r' || *p == '\n' || (!escaped && is_control (*p)))
      return refuse (parser, p, "a control character stands in the quoted text");
    if (!escaped && *p == '\\')
      return refuse (parser, p, "nothing follows the backslash");
    g_string_append_c (plain, *p);
  }
  if (p == parser->end)
    return refuse (parser, parser->p, "the quoted text does not end");

  *value = g_utf8_make_valid (plain->str, plain->len);
  parser->p = p + 1;
  return TRUE;
}

static gboolean
parse_uri (Parser *parser, AhoyNameAddr *self, const char *end)
{
  g_autoptr (GError) uri_error = NULL;

  self->uri = ahoy_uri_parse_length (parser->p, end - parser->p, &uri_error);
  if (self->uri == NULL)
    return refuse (parser, parser->p, uri_error->message);

  parser->p = end;
  return TRUE;
}

static gboolean
parse_bracketed_uri (Parser *parser, AhoyNameAddr *self)
{
  const char *end = memchr (parser->p, '>', parser->end - parser->p);

  if (end == NULL)
    return refuse (parser, parser->p, "the angle bracket is not closed");

  parser->p++;
  if (!parse_uri (parser, self, end))
    return FALSE;

  parser->p++;
  return TRUE;
}

/* Without brackets: what follows a semicolon are parameters of the address, and neither comma nor
 * question mark may stand in the URI (RFC 3261 section 20). */
static gboolean
parse_bare_uri (Parser *parser, AhoyNameAddr *self)
{
  const char *p = parser->p;

  while (p < parser->end && strchr ("; \t,?<>\"", *p) == NULL)
    p++;
  if (p < parser->end && strchr ("?<>\"", *p) != NULL)
    return refuse (parser, p, "a URI with such a character must stand in angle brackets");

  return parse_uri (parser, self, p);
}

/* A display name without quotes: words, taken as they are. UTF-8 is tolerated there, since people
 * write their names so. */
static gboolean
parse_address (Parser *parser, AhoyNameAddr *self)
{
  const char *start = parser->p;
  g_autofree char *name = NULL;

  if (is_at (parser, '"')) {
    if (!parse_quoted (parser, &self->display_name))
      return FALSE;
    skip_space (parser);
    if (!is_at (parser, '<'))
      return refuse (parser, parser->p, "a URI in angle brackets must follow the display name");
    return parse_bracketed_uri (parser, self);
  }

  while (parser->p < parser->end && (is_token_char (*parser->p) || *parser->p == ' ' ||
                                     *parser->p == '\t' || (guchar) *parser->p >= 0x80))
    parser->p++;
  if (!is_at (parser, '<')) {
    parser->p = start;
    return parse_bare_uri (parser, self);
  }

  name = g_utf8_make_valid (start, parser->p - start);
  if (*g_strstrip (name) != '\0')
    self->display_name = g_steal_pointer (&name);

  return parse_bracketed_uri (parser, self);
}

static gboolean
parse_param (Parser *parser, AhoyNameAddr *self)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  const char *start;

  skip_space (parser);
  for (start = parser->p; parser->p < parser->end && is_token_char (*parser->p);)
    parser->p++;
  if (parser->p == start)
    return refuse (parser, start, "the name of a parameter is missing");
  name = g_strndup (start, parser->p - start);
  if (find_param (self, name) != NULL)
    return refuse (parser, start, "a parameter stands there a second time");
  if (self->params->len == AHOY_URI_MAX_PAIRS)
    return refuse (parser, start, "there are too many parameters");

  skip_space (parser);
  if (is_at (parser, '=')) {
    parser->p++;
    skip_space (parser);
    start = parser->p;
    if (is_at (parser, '"')) {
      if (!parse_quoted (parser, &value))
        return FALSE;
    } else {
      while (parser->p < parser->end && is_value_char (*parser->p))
        parser->p++;
      if (parser->p == start)
        return refuse (parser, start, "the value of a parameter is missing");
      value = g_strndup (start, parser->p - start);
    }
    skip_space (parser);
  }

  add_param (self, name, value);
  return TRUE;
}

/* One address with its parameters, up to the end or a comma. */
static AhoyNameAddr *
parse_one (Parser *parser)
{
  g_autoptr (AhoyNameAddr) self = name_addr_new_empty ();

  skip_space (parser);
  if (!parse_address (parser, self))
    return NULL;

  skip_space (parser);
  while (is_at (parser, ';')) {
    parser->p++;
    if (!parse_param (parser, self))
      return NULL;
  }

  return g_steal_pointer (&self);
}

static gboolean
start_parser (Parser *parser, const char *text, GError **error)
{
  gsize length = strlen (text);

  *parser = (Parser){ .text = text, .p = text, .end = text + length, .error = error };
  if (length <= AHOY_URI_MAX_SIZE)
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
               "The address cannot be used: it is longer than %d bytes", AHOY_URI_MAX_SIZE);
  return FALSE;
}

static void
append_quoted (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  for (const char *p = value; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\' || is_control (*p))
      g_string_append_c (text, '\\');
    g_string_append_c (text, *p);
  }
  g_string_append_c (text, '"');
}

static void
append_param (GString *text, const Param *param)
{
  gboolean plain = param->value != NULL && *param->value != '\0';

  g_string_append_printf (text, ";%s", param->name);
  if (param->value == NULL)
    return;

  g_string_append_c (text, '=');
  for (const char *p = param->value; *p != '\0'; p++)
    plain = plain && is_value_char (*p);
  if (plain)
    g_string_append (text, param->value);
  else
    append_quoted (text, param->value);
}

/* Text that a quoted string can carry. */
static gboolean
is_quotable (const char *text)
{
  return g_utf8_validate (text, -1, NULL) && strpbrk (text, "\r\n") == NULL;
}

static gboolean
is_token (const char *text)
{
  const char *p = text;

  while (*p != '\0' && is_token_char (*p))
    p++;

  return p > text && *p == '\0';
}

/**
 * ahoy_name_addr_new:
 * @display_name: (nullable): the display name, UTF-8 without line breaks, or %NULL
 * @uri: a URI
 *
 * Makes an address without parameters.
 *
 * Returns: (transfer full): a new address
 *
 * Since: 0.1
 */
AhoyNameAddr *
ahoy_name_addr_new (const char *display_name, AhoyUri *uri)
{
  AhoyNameAddr *self;

  g_return_val_if_fail (display_name == NULL || is_quotable (display_name), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  self = name_addr_new_empty ();
  self->display_name = g_strdup (display_name);
  self->uri = ahoy_uri_ref (uri);

  return self;
}

/**
 * ahoy_name_addr_parse:
 * @text: an address such as `"Bob" <sip:bob@example.com;transport=tcp>;tag=1`
 * @error: return location for an error
 *
 * Makes an address from text that may come from anybody. Without angle brackets, what follows a
 * semicolon belongs to the address and not to the URI (RFC 3261 section 20). Line breaks and NUL
 * are refused, escaped ones too.
 *
 * Returns: (transfer full): a new address, or %NULL with @error set to
 *   %AHOY_ERROR_INVALID_ARGUMENTS or %AHOY_ERROR_LIMIT_EXCEEDED; the message names the text and
 *   the position
 *
 * Since: 0.1
 */
AhoyNameAddr *
ahoy_name_addr_parse (const char *text, GError **error)
{
  g_autoptr (AhoyNameAddr) self = NULL;
  Parser parser;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!start_parser (&parser, text, error))
    return NULL;
  self = parse_one (&parser);
  if (self == NULL)
    return NULL;
  if (parser.p < parser.end) {
    refuse (&parser, parser.p, "this character may not stand here");
    return NULL;
  }

  return g_steal_pointer (&self);
}

/**
 * ahoy_name_addr_parse_list:
 * @text: addresses with commas between them, such as `<sip:a@h;transport=tcp>, <sip:b@h>`
 * @error: return location for an error
 *
 * Makes addresses from a list that may come from anybody. Commas in quotes and in angle brackets do
 * not end an address. A list takes 256 addresses.
 *
 * Returns: (transfer container) (element-type AhoyNameAddr): at least one address, whose references
 *   the array drops when it goes, or %NULL with @error set as by [func@Ahoy.NameAddr.parse]
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_name_addr_parse_list (const char *text, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  Parser parser;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!start_parser (&parser, text, error))
    return NULL;

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_name_addr_unref);
  for (;;) {
    AhoyNameAddr *self = parse_one (&parser);

    if (self == NULL)
      return NULL;
    g_ptr_array_add (list, self);
    if (parser.p == parser.end)
      return g_steal_pointer (&list);
    if (*parser.p != ',' || list->len == MAX_LIST) {
      refuse (&parser, parser.p, list->len == MAX_LIST ? "there are too many addresses"
                                                       : "a comma must stand here");
      return NULL;
    }
    parser.p++;
  }
}

/**
 * ahoy_name_addr_ref:
 * @self: an address
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyNameAddr *
ahoy_name_addr_ref (AhoyNameAddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * ahoy_name_addr_unref:
 * @self: (transfer full): an address
 *
 * Drops a reference; the last one frees @self.
 *
 * Since: 0.1
 */
void
ahoy_name_addr_unref (AhoyNameAddr *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) name_addr_clear);
}

/**
 * ahoy_name_addr_to_string:
 * @self: an address
 *
 * Writes the address, with the display name in quotes and the URI in angle brackets.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
ahoy_name_addr_to_string (AhoyNameAddr *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  if (self->display_name != NULL) {
    append_quoted (text, self->display_name);
    g_string_append_c (text, ' ');
  }
  g_string_append_printf (text, "<%s>", self->uri->text);
  for (guint i = 0; i < self->params->len; i++)
    append_param (text, &g_array_index (self->params, Param, i));

  return g_string_free (text, FALSE);
}

/**
 * ahoy_name_addr_get_display_name:
 * @self: an address
 *
 * Gets the display name without quotes and escapes, as valid UTF-8.
 *
 * Returns: (transfer none) (nullable): the display name, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
ahoy_name_addr_get_display_name (AhoyNameAddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->display_name;
}

/**
 * ahoy_name_addr_get_uri:
 * @self: an address
 *
 * Gets the URI.
 *
 * Returns: (transfer none): the URI
 *
 * Since: 0.1
 */
AhoyUri *
ahoy_name_addr_get_uri (AhoyNameAddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri;
}

/**
 * ahoy_name_addr_get_param:
 * @self: an address
 * @name: the name of a parameter behind the URI, such as `tag`, without regard to case
 *
 * Gets the value of a parameter without quotes and escapes.
 *
 * Returns: (transfer none) (nullable): the value, empty if the parameter stands without one, or
 *   %NULL if it is not there
 *
 * Since: 0.1
 */
const char *
ahoy_name_addr_get_param (AhoyNameAddr *self, const char *name)
{
  const Param *param;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  param = find_param (self, name);
  if (param == NULL)
    return NULL;

  return param->value != NULL ? param->value : "";
}

/**
 * ahoy_name_addr_has_param:
 * @self: an address
 * @name: the name of a parameter behind the URI, without regard to case
 *
 * Tells whether a parameter is there, with or without a value.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
ahoy_name_addr_has_param (AhoyNameAddr *self, const char *name)
{
  return ahoy_name_addr_get_param (self, name) != NULL;
}

/**
 * ahoy_name_addr_list_params:
 * @self: an address
 *
 * Gets the names of the parameters behind the URI, in their order.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, empty if there are none
 *
 * Since: 0.1
 */
char **
ahoy_name_addr_list_params (AhoyNameAddr *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->params->len; i++)
    g_strv_builder_add (builder, g_array_index (self->params, Param, i).name);

  return g_strv_builder_end (builder);
}

/**
 * ahoy_name_addr_with_param:
 * @self: an address
 * @name: the name of a parameter, a token
 * @value: (nullable): the value, UTF-8 without line breaks, or %NULL for none
 *
 * Makes an address like @self in which the parameter has that value, at the end of the parameters.
 * The value is written in quotes if it must be.
 *
 * Returns: (transfer full): a new address
 *
 * Since: 0.1
 */
AhoyNameAddr *
ahoy_name_addr_with_param (AhoyNameAddr *self, const char *name, const char *value)
{
  AhoyNameAddr *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL && is_token (name), NULL);
  g_return_val_if_fail (value == NULL || is_quotable (value), NULL);
  g_return_val_if_fail (self->params->len < AHOY_URI_MAX_PAIRS || find_param (self, name) != NULL,
                        NULL);

  copy = ahoy_name_addr_new (self->display_name, self->uri);
  for (guint i = 0; i < self->params->len; i++) {
    const Param *param = &g_array_index (self->params, Param, i);

    if (g_ascii_strcasecmp (param->name, name) != 0)
      add_param (copy, param->name, param->value);
  }
  add_param (copy, name, value);

  return copy;
}

/**
 * ahoy_name_addr_without_params:
 * @self: an address
 *
 * Makes an address like @self without the parameters behind the URI; those in the URI stay.
 *
 * Returns: (transfer full): a new address
 *
 * Since: 0.1
 */
AhoyNameAddr *
ahoy_name_addr_without_params (AhoyNameAddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_name_addr_new (self->display_name, self->uri);
}
