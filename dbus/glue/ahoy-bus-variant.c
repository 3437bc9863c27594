/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-variant.h"

#include <errno.h>

/* Arrays of these are the same bytes in both. */
#define PLAIN_NUMBERS "ynqiuxtd"

static gboolean
is_plain_number (const char *type)
{
  return type[1] == '\0' && strchr (PLAIN_NUMBERS, type[0]) != NULL;
}

static int
append_container (sd_bus_message *message, char type, const char *contents, GVariant *value)
{
  int result = sd_bus_message_open_container (message, type, contents);

  if (result >= 0) {
    result = ahoy_bus_variant_append_children (message, value);
  }
  return result >= 0 ? sd_bus_message_close_container (message) : result;
}

static int
append_array (sd_bus_message *message, GVariant *value)
{
  const char *element = g_variant_get_type_string (value) + 1;

  if (is_plain_number (element)) {
    return sd_bus_message_append_array (message, *element, g_variant_get_data (value),
                                        g_variant_get_size (value));
  }
  return append_container (message, SD_BUS_TYPE_ARRAY, element, value);
}

/* A tuple or an entry of a dictionary: its contents stand between two brackets. */
static int
append_fields (sd_bus_message *message, char type, GVariant *value)
{
  const char *all = g_variant_get_type_string (value);
  g_autofree char *contents = g_strndup (all + 1, strlen (all) - 2);

  return append_container (message, type, contents, value);
}

/* Descriptors are no values of GLib; whoever sends one appends it himself. */
int
ahoy_bus_variant_append (sd_bus_message *message, GVariant *value)
{
  GVariantClass kind = g_variant_classify (value);

  switch (kind) {
  case G_VARIANT_CLASS_STRING:
  case G_VARIANT_CLASS_OBJECT_PATH:
  case G_VARIANT_CLASS_SIGNATURE:
    return sd_bus_message_append_basic (message, (char) kind, g_variant_get_string (value, NULL));
  case G_VARIANT_CLASS_BOOLEAN: {
    const int boolean = g_variant_get_boolean (value);

    return sd_bus_message_append_basic (message, SD_BUS_TYPE_BOOLEAN, &boolean);
  }
  case G_VARIANT_CLASS_VARIANT: {
    g_autoptr (GVariant) inner = g_variant_get_variant (value);

    return ahoy_bus_variant_append_in_variant (message, inner);
  }
  case G_VARIANT_CLASS_ARRAY:
    return append_array (message, value);
  case G_VARIANT_CLASS_TUPLE:
    return append_fields (message, SD_BUS_TYPE_STRUCT, value);
  case G_VARIANT_CLASS_DICT_ENTRY:
    return append_fields (message, SD_BUS_TYPE_DICT_ENTRY, value);
  case G_VARIANT_CLASS_HANDLE:
  case G_VARIANT_CLASS_MAYBE:
    return -EINVAL;
  default:
    /* The other ones are numbers, as the machine has them. */
    return sd_bus_message_append_basic (message, (char) kind, g_variant_get_data (value));
  }
}

/* @value where a variant is due, as in `a{sv}`. */
int
ahoy_bus_variant_append_in_variant (sd_bus_message *message, GVariant *value)
{
  int result = sd_bus_message_open_container (message, SD_BUS_TYPE_VARIANT,
                                              g_variant_get_type_string (value));

  if (result >= 0) {
    result = ahoy_bus_variant_append (message, value);
  }
  return result >= 0 ? sd_bus_message_close_container (message) : result;
}

/* One behind the other, as the arguments of a message. */
int
ahoy_bus_variant_append_children (sd_bus_message *message, GVariant *tuple)
{
  gsize n = g_variant_n_children (tuple);
  int result = 0;

  for (gsize i = 0; result >= 0 && i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (tuple, i);

    result = ahoy_bus_variant_append (message, child);
  }
  return result;
}

static int read_value (sd_bus_message *message, GArray *descriptors, GVariant **value);

static int
read_children (sd_bus_message *message, GArray *descriptors, GVariantBuilder *builder)
{
  int result;

  while ((result = sd_bus_message_at_end (message, 0)) == 0) {
    GVariant *child = NULL;

    result = read_value (message, descriptors, &child);
    if (result < 0) {
      return result;
    }
    g_variant_builder_add_value (builder, child);
  }
  return result;
}

static char *
dup_container_type (char type, const char *contents)
{
  switch (type) {
  case SD_BUS_TYPE_ARRAY:
    return g_strconcat ("a", contents, NULL);
  case SD_BUS_TYPE_STRUCT:
    return g_strconcat ("(", contents, ")", NULL);
  case SD_BUS_TYPE_DICT_ENTRY:
    return g_strconcat ("{", contents, "}", NULL);
  default:
    return g_strdup ("v");
  }
}

static int
read_container (sd_bus_message *message, GArray *descriptors, char type, const char *contents,
                GVariant **value)
{
  g_autofree char *own = dup_container_type (type, contents);
  GVariantBuilder builder;
  int result = sd_bus_message_enter_container (message, type, contents);

  if (result < 0) {
    return result;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE (own));
  result = read_children (message, descriptors, &builder);
  if (result < 0) {
    g_variant_builder_clear (&builder);
    return result;
  }
  *value = g_variant_builder_end (&builder);
  return sd_bus_message_exit_container (message);
}

static int
read_numbers (sd_bus_message *message, const char *element, GVariant **value)
{
  gconstpointer data = NULL;
  gsize size = 0;
  int result = sd_bus_message_read_array (message, *element, &data, &size);
  gsize each = *element == 'y'                   ? 1
               : strchr ("nq", *element) != NULL ? 2
               : strchr ("iu", *element) != NULL ? 4
                                                 : 8;

  if (result >= 0) {
    *value = g_variant_new_fixed_array (G_VARIANT_TYPE (element), data, size / each, each);
  }
  return result;
}

static int
read_basic (sd_bus_message *message, GArray *descriptors, char type, GVariant **value)
{
  union {
    guint8 y;
    gint16 n;
    guint16 q;
    int b;
    gint32 i;
    guint32 u;
    gint64 x;
    guint64 t;
    double d;
    int h;
    const char *s;
  } is = { 0 };
  int result = sd_bus_message_read_basic (message, type, &is);

  if (result < 0) {
    return result;
  }
  switch (type) {
  case 'y':
    *value = g_variant_new_byte (is.y);
    break;
  case 'n':
    *value = g_variant_new_int16 (is.n);
    break;
  case 'q':
    *value = g_variant_new_uint16 (is.q);
    break;
  case 'b':
    *value = g_variant_new_boolean (is.b);
    break;
  case 'i':
    *value = g_variant_new_int32 (is.i);
    break;
  case 'u':
    *value = g_variant_new_uint32 (is.u);
    break;
  case 'x':
    *value = g_variant_new_int64 (is.x);
    break;
  case 't':
    *value = g_variant_new_uint64 (is.t);
    break;
  case 'd':
    *value = g_variant_new_double (is.d);
    break;
  case 'h':
    *value = g_variant_new_handle ((gint32) descriptors->len);
    g_array_append_val (descriptors, is.h);
    break;
  case 'o':
    *value = g_variant_new_object_path (is.s);
    break;
  case 'g':
    *value = g_variant_new_signature (is.s);
    break;
  default:
    *value = g_variant_new_string (is.s);
    break;
  }
  return 0;
}

static int
read_value (sd_bus_message *message, GArray *descriptors, GVariant **value)
{
  const char *contents = NULL;
  char type = 0;
  int result = sd_bus_message_peek_type (message, &type, &contents);

  if (result <= 0) {
    return result < 0 ? result : -EBADMSG;
  }
  if (type == SD_BUS_TYPE_ARRAY && is_plain_number (contents)) {
    return read_numbers (message, contents, value);
  }
  return contents != NULL ? read_container (message, descriptors, type, contents, value)
                          : read_basic (message, descriptors, type, value);
}

/*
 * Reads all arguments of @message into a tuple. Descriptors in it are places in @descriptors; they
 * stay the message's.
 */
int
ahoy_bus_variant_read (sd_bus_message *message, GArray *descriptors, GVariant **arguments)
{
  GVariantBuilder builder;
  int result;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
  result = read_children (message, descriptors, &builder);
  if (result < 0) {
    g_variant_builder_clear (&builder);
    return result;
  }
  *arguments = g_variant_ref_sink (g_variant_builder_end (&builder));
  return 0;
}
