/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-wire.h"

#include <string.h>

/* D-Bus specification, “Message Format”. */
#define TYPE_SIGNAL 4
#define FLAG_NO_REPLY 1
#define VERSION 1
#define FIELD_PATH 1
#define FIELD_INTERFACE 2
#define FIELD_MEMBER 3
#define FIELD_SIGNATURE 8
#define BODY_LENGTH_AT 4

/* GDBus counts its messages from 1; nobody answers a signal, but nobody takes one for another. */
#define FIRST_SERIAL 0x80000000u

static guint8 *
make_room (AhoyBusWire *self, guint size)
{
  guint at = self->bytes->len;

  g_byte_array_set_size (self->bytes, at + size);
  return self->bytes->data + at;
}

/* Positions count from the beginning of the message. */
void
ahoy_bus_wire_align (AhoyBusWire *self, guint alignment)
{
  guint over = (self->bytes->len - self->message) % alignment;

  if (over != 0) {
    memset (make_room (self, alignment - over), 0, alignment - over);
  }
}

static void
add_number (AhoyBusWire *self, gconstpointer number, guint size)
{
  ahoy_bus_wire_align (self, size);
  memcpy (make_room (self, size), number, size);
}

static void
add_text (AhoyBusWire *self, const char *text, gsize size)
{
  guint32 length = (guint32) size;

  add_number (self, &length, sizeof length);
  memcpy (make_room (self, length + 1), text, length + 1);
}

/* A string or an object path. */
void
ahoy_bus_wire_add_string (AhoyBusWire *self, const char *text)
{
  add_text (self, text, strlen (text));
}

static void
add_signature (AhoyBusWire *self, const char *signature, gsize size)
{
  guint8 *at = make_room (self, (guint) size + 2);

  at[0] = (guint8) size;
  memcpy (at + 1, signature, size);
  at[size + 1] = 0;
}

static guint
alignment_of (const GVariantType *type)
{
  switch (*g_variant_type_peek_string (type)) {
  case 'n':
  case 'q':
    return 2;
  case 'b':
  case 'i':
  case 'u':
  case 'h':
  case 's':
  case 'o':
  case 'a':
    return 4;
  case 'x':
  case 't':
  case 'd':
  case '(':
  case '{':
    return 8;
  default:
    return 1;
  }
}

/* Returns the place of the length, for ahoy_bus_wire_end_array(). */
guint
ahoy_bus_wire_begin_array (AhoyBusWire *self, guint alignment)
{
  const guint32 none = 0;
  guint at;

  add_number (self, &none, sizeof none);
  at = self->bytes->len - (guint) sizeof none;
  ahoy_bus_wire_align (self, alignment);
  return at;
}

void
ahoy_bus_wire_end_array (AhoyBusWire *self, guint array, guint alignment)
{
  guint begin = array + (guint) sizeof (guint32);
  guint over = (begin - self->message) % alignment;
  guint32 length;

  /* The padding in front of the first element does not count. */
  begin += over != 0 ? alignment - over : 0;
  length = self->bytes->len - begin;
  memcpy (self->bytes->data + array, &length, sizeof length);
}

static void
add_children (AhoyBusWire *self, GVariant *value)
{
  gsize n = g_variant_n_children (value);

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

    ahoy_bus_wire_add_value (self, child);
  }
}

static void
add_container (AhoyBusWire *self, GVariant *value)
{
  if (g_variant_classify (value) == G_VARIANT_CLASS_ARRAY) {
    guint alignment = alignment_of (g_variant_type_element (g_variant_get_type (value)));
    guint array = ahoy_bus_wire_begin_array (self, alignment);

    add_children (self, value);
    ahoy_bus_wire_end_array (self, array, alignment);
    return;
  }
  ahoy_bus_wire_align (self, 8);
  add_children (self, value);
}

/* Any value that D-Bus has. */
void
ahoy_bus_wire_add_value (AhoyBusWire *self, GVariant *value)
{
  GVariantClass kind = g_variant_classify (value);
  guint32 boolean;
  gsize size;
  const char *text;

  switch (kind) {
  case G_VARIANT_CLASS_STRING:
  case G_VARIANT_CLASS_OBJECT_PATH:
    text = g_variant_get_string (value, &size);
    add_text (self, text, size);
    return;
  case G_VARIANT_CLASS_SIGNATURE:
    text = g_variant_get_string (value, &size);
    add_signature (self, text, size);
    return;
  case G_VARIANT_CLASS_BOOLEAN:
    boolean = g_variant_get_boolean (value);
    add_number (self, &boolean, sizeof boolean);
    return;
  case G_VARIANT_CLASS_VARIANT: {
    g_autoptr (GVariant) inner = g_variant_get_variant (value);

    ahoy_bus_wire_add_variant (self, inner);
    return;
  }
  case G_VARIANT_CLASS_ARRAY:
  case G_VARIANT_CLASS_TUPLE:
  case G_VARIANT_CLASS_DICT_ENTRY:
    add_container (self, value);
    return;
  default:
    /* Numbers: of fixed size, aligned to it, in the order of this machine. */
    add_number (self, g_variant_get_data (value), (guint) g_variant_get_size (value));
    return;
  }
}

/* @value in a variant. */
void
ahoy_bus_wire_add_variant (AhoyBusWire *self, GVariant *value)
{
  const char *signature = g_variant_get_type_string (value);

  add_signature (self, signature, strlen (signature));
  ahoy_bus_wire_add_value (self, value);
}

static void
add_field (AhoyBusWire *self, guint8 code, char type, const char *value)
{
  ahoy_bus_wire_align (self, 8);
  *make_room (self, 1) = code;
  add_signature (self, &type, 1);
  if (type == 'g') {
    add_signature (self, value, strlen (value));
  } else {
    ahoy_bus_wire_add_string (self, value);
  }
}

/* Its arguments are added next, in the order of @signature; ahoy_bus_wire_end_signal() ends it. */
void
ahoy_bus_wire_begin_signal (AhoyBusWire *self, const char *path, const char *interface,
                            const char *member, const char *signature)
{
  const guint8 head[4] = { G_BYTE_ORDER == G_LITTLE_ENDIAN ? 'l' : 'B', TYPE_SIGNAL, FLAG_NO_REPLY,
                           VERSION };
  const guint32 none = 0;
  guint fields;

  if (self->bytes == NULL) {
    self->bytes = g_byte_array_sized_new (4096);
  }
  self->message = self->bytes->len;
  self->serial = MAX (self->serial + 1, FIRST_SERIAL);
  memcpy (make_room (self, sizeof head), head, sizeof head);
  add_number (self, &none, sizeof none);
  add_number (self, &self->serial, sizeof self->serial);
  fields = ahoy_bus_wire_begin_array (self, 8);
  add_field (self, FIELD_PATH, 'o', path);
  add_field (self, FIELD_INTERFACE, 's', interface);
  add_field (self, FIELD_MEMBER, 's', member);
  if (*signature != '\0') {
    add_field (self, FIELD_SIGNATURE, 'g', signature);
  }
  ahoy_bus_wire_end_array (self, fields, 8);
  ahoy_bus_wire_align (self, 8);
  self->body = self->bytes->len;
}

void
ahoy_bus_wire_end_signal (AhoyBusWire *self)
{
  guint32 length = self->bytes->len - self->body;

  memcpy (self->bytes->data + self->message + BODY_LENGTH_AT, &length, sizeof length);
}

void
ahoy_bus_wire_clear (AhoyBusWire *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}
