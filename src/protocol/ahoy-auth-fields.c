/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auth-fields-private.h"

#include <string.h>

#include "ahoy-error.h"

/* The grammar that WWW-Authenticate, Authorization and their proxy twins share: schemes with
 * parameters, and commas between everything. */

#define MAX_TEXT 8192
#define MAX_SCHEMES 16
#define MAX_FIELDS 32

typedef struct {
  char *name;
  char *value;
} Field;

struct _AhoyAuthFields {
  char *scheme;
  GArray *fields; /* Field */
};

typedef struct {
  const char *text;
  const char *p;
  GPtrArray *list; /* AhoyAuthFields */
  GError **error;
} Parser;

static void
field_clear (Field *field)
{
  g_free (field->name);
  g_free (field->value);
}

static AhoyAuthFields *
fields_new (const char *scheme, gsize length)
{
  AhoyAuthFields *self = g_new0 (AhoyAuthFields, 1);

  self->scheme = g_strndup (scheme, length);
  self->fields = g_array_sized_new (FALSE, FALSE, sizeof (Field), 12);
  g_array_set_clear_func (self->fields, (GDestroyNotify) field_clear);
  return self;
}

void
ahoy_auth_fields_free (AhoyAuthFields *self)
{
  g_free (self->scheme);
  g_array_unref (self->fields);
  g_free (self);
}

static gboolean
refuse (Parser *parser, const char *at, const char *reason)
{
  g_set_error (parser->error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The authentication header cannot be used: at position %u: %s",
               (guint) (at - parser->text) + 1, reason);
  return FALSE;
}

static gboolean
is_token_char (char c)
{
  switch (c) {
  case '-':
  case '.':
  case '!':
  case '%':
  case '*':
  case '_':
  case '+':
  case '`':
  case '\'':
  case '~':
    return TRUE;
  default:
    return g_ascii_isalnum (c);
  }
}

static gboolean
is_control (char c)
{
  return ((guchar) c < ' ' && c != '\t') || c == 0x7f;
}

static const char *
skip_space (const char *p)
{
  while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
    p++;
  }
  return p;
}

static const char *
skip_token (const char *p)
{
  while (is_token_char (*p)) {
    p++;
  }
  return p;
}

/* The text until @end without its escapes; what is no UTF-8 is replaced. */
static char *
dup_plain (const char *text, const char *end)
{
  g_autofree char *plain = g_malloc ((gsize) (end - text) + 1);
  gboolean ascii = TRUE;
  char *out = plain;

  for (const char *p = text; p < end; p++) {
    p += *p == '\\' && p + 1 < end ? 1 : 0;
    ascii = ascii && (guchar) *p < 0x80;
    *out++ = *p;
  }
  *out = '\0';
  return ascii ? g_steal_pointer (&plain) : g_utf8_make_valid (plain, out - plain);
}

static gboolean
parse_quoted (Parser *parser, char **plain)
{
  const char *start = parser->p + 1;
  const char *p = start;

  for (; *p != '\0' && *p != '"'; p++) {
    if (*p == '\\' && p[1] != '\0') {
      p++;
    }
    if (is_control (*p)) {
      return refuse (parser, p, "a control character stands in the quoted text");
    }
  }
  if (*p == '\0') {
    return refuse (parser, parser->p, "the quoted text does not end");
  }
  *plain = dup_plain (start, p);
  parser->p = p + 1;
  return TRUE;
}

/* More than a token may hold: phones leave out quotes around a realm or a URI. */
static gboolean
parse_bare (Parser *parser, char **plain)
{
  const char *start = parser->p;
  const char *p = start;

  while (*p != '\0' && *p != ',' && *p != '"' && *p != ' ' && !is_control (*p)) {
    p++;
  }
  if (p == start) {
    return refuse (parser, p, "a value is missing");
  }
  *plain = g_utf8_make_valid (start, p - start);
  parser->p = p;
  return TRUE;
}

/* name=value, of which the parser stands behind the equals sign. */
static gboolean
parse_field (Parser *parser, const char *name, gsize length)
{
  AhoyAuthFields *fields = parser->list->pdata[parser->list->len - 1];
  g_autofree char *plain = NULL;
  Field field = { 0 };

  parser->p = skip_space (parser->p);
  if (!(*parser->p == '"' ? parse_quoted (parser, &plain) : parse_bare (parser, &plain))) {
    return FALSE;
  }
  parser->p = skip_space (parser->p);
  if (*parser->p != ',' && *parser->p != '\0') {
    return refuse (parser, parser->p, "a comma is missing");
  }
  if (fields->fields->len >= MAX_FIELDS) {
    return refuse (parser, name, "there are too many parameters");
  }
  field.name = g_ascii_strdown (name, (gssize) length);
  if (ahoy_auth_fields_get (fields, field.name) != NULL) {
    field_clear (&field);
    return refuse (parser, name, "this parameter stands there twice");
  }
  field.value = g_steal_pointer (&plain);
  g_array_append_val (fields->fields, field);
  return TRUE;
}

/* Basic and its like may carry one value without a name: QWxhZGRpbjpvcGVu== */
static const char *
skip_token68 (const char *p)
{
  const char *start = p;

  while (g_ascii_isalnum (*p) || (*p != '\0' && strchr ("-._~+/", *p) != NULL)) {
    p++;
  }
  if (p == start) {
    return NULL;
  }
  while (*p == '=') {
    p++;
  }
  p = skip_space (p);
  return *p == ',' || *p == '\0' ? p : NULL;
}

static gboolean
parse_scheme (Parser *parser, const char *scheme, gsize length)
{
  const char *behind = skip_token68 (parser->p);

  if (parser->list->len >= MAX_SCHEMES) {
    return refuse (parser, scheme, "there are too many schemes");
  }
  g_ptr_array_add (parser->list, fields_new (scheme, length));
  if (behind != NULL) {
    parser->p = behind;
  }
  return TRUE;
}

/* A scheme, or a parameter of the one before. */
static gboolean
parse_item (Parser *parser)
{
  const char *start = parser->p;
  const char *end = skip_token (start);
  const char *next = skip_space (end);

  if (end == start) {
    return refuse (parser, start, "a name is missing");
  }
  if (*next == '=') {
    if (parser->list->len == 0) {
      return refuse (parser, start, "a parameter stands before any scheme");
    }
    parser->p = next + 1;
    return parse_field (parser, start, (gsize) (end - start));
  }
  if (*next != '\0' && *next != ',' && next == end) {
    return refuse (parser, next, "this character cannot stand in a name");
  }
  parser->p = next;
  return parse_scheme (parser, start, (gsize) (end - start));
}

/* What a header holds, one or several schemes; NULL with an error. */
GPtrArray *
ahoy_auth_fields_parse_list (const char *text, GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_auth_fields_free);
  Parser parser = { .text = text, .p = text, .list = list, .error = error };

  if (strnlen (text, MAX_TEXT + 1) > MAX_TEXT) {
    refuse (&parser, text + MAX_TEXT, "it is too long");
    return NULL;
  }
  for (;;) {
    while (*(parser.p = skip_space (parser.p)) == ',') {
      parser.p++;
    }
    if (*parser.p == '\0') {
      break;
    }
    if (!parse_item (&parser)) {
      return NULL;
    }
  }
  if (list->len == 0) {
    refuse (&parser, text, "it is empty");
    return NULL;
  }
  return g_steal_pointer (&list);
}

gboolean
ahoy_auth_fields_is_digest (AhoyAuthFields *self)
{
  return g_ascii_strcasecmp (self->scheme, "Digest") == 0;
}

/* @name in lower case; NULL when there is none. */
const char *
ahoy_auth_fields_get (AhoyAuthFields *self, const char *name)
{
  for (guint i = 0; i < self->fields->len; i++) {
    Field *field = &g_array_index (self->fields, Field, i);

    if (g_str_equal (field->name, name)) {
      return field->value;
    }
  }
  return NULL;
}

gboolean
ahoy_auth_fields_require (AhoyAuthFields *self, const char *const *names, GError **error)
{
  for (gsize i = 0; names[i] != NULL; i++) {
    if (ahoy_auth_fields_get (self, names[i]) == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "The authentication header has no parameter “%s”, which it needs", names[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static void
append_name (GString *text, const char *name)
{
  g_string_append (text, text->str[text->len - 1] == ' ' ? "" : ", ");
  g_string_append (text, name);
  g_string_append_c (text, '=');
}

/* Behind `Digest `, or behind another one. */
void
ahoy_auth_fields_append (GString *text, const char *name, const char *value)
{
  append_name (text, name);
  g_string_append (text, value);
}

/* What no header can carry is left out. */
void
ahoy_auth_fields_append_quoted (GString *text, const char *name, const char *value)
{
  append_name (text, name);
  g_string_append_c (text, '"');
  for (const char *c = value; *c != '\0'; c++) {
    if (is_control (*c)) {
      continue;
    }
    if (*c == '"' || *c == '\\') {
      g_string_append_c (text, '\\');
    }
    g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
}
