/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <gio/gio.h>

#include "ahoy-bus-wire.h"

/* Signals as they cross the wire, read back by GDBus, which knows nothing of who wrote them. */

/* The message at @at; moves @at behind it. */
static GDBusMessage *
read_message (const AhoyBusWire *wire, gsize *at)
{
  g_autoptr (GError) error = NULL;
  guint8 *data = wire->bytes->data + *at;
  gssize size = g_dbus_message_bytes_needed (data, wire->bytes->len - *at, &error);
  GDBusMessage *message;

  g_assert_no_error (error);
  g_assert_cmpint (size, <=, wire->bytes->len - *at);
  message = g_dbus_message_new_from_blob (data, (gsize) size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
  g_assert_no_error (error);
  *at += (gsize) size;
  return message;
}

static void
write_signal (AhoyBusWire *wire, const char *member, GVariant *arguments)
{
  const char *type = g_variant_get_type_string (arguments);
  g_autofree char *signature = g_strndup (type + 1, strlen (type) - 2);

  ahoy_bus_wire_begin_signal (wire, "/org/ahoy/Ahoy1/session/1", "org.ahoy.Ahoy1.Session", member,
                              signature);
  for (gsize i = 0; i < g_variant_n_children (arguments); i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (arguments, i);

    ahoy_bus_wire_add_value (wire, child);
  }
  ahoy_bus_wire_end_signal (wire);
}

/* Every type, every alignment, one message behind the other. */
static void
test_values (void)
{
  static const char *const texts[] = {
    "('a',)", "('',)", "('größer', 'b')", "(byte 7, true, false, int16 -2, uint16 65535)",
    "(byte 1, int32 -3, uint32 4)", "(byte 1, int64 -5, uint64 6)", "(byte 1, 2.5)",
    "(objectpath '/org/ahoy', signature 'a{sv}')", "(@as [],)", "(['a', 'bc', ''],)",
    "(byte 1, @ax [])", "(byte 1, [int64 1, 2])", "(@a{sv} {},)",
    "({'State': <'active'>, 'N': <uint64 3>, 'Flag': <true>, 'List': <['x', 'y']>},)",
    "('a', @a{sv} {'x': <byte 1>}, @as [])", "([(1, 'a'), (2, 'b')],)", "(<<'deep'>>, byte 9)",
    "(objectpath '/a', {'org.ahoy': {'P': <@a(ss) [('n', 'v')]>}, 'org.b': {}})",
    "([byte 1, 2, 3], 'after')",
  };
  AhoyBusWire wire = { 0 };
  gsize at = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (texts[i]));

    write_signal (&wire, "Changed", value);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (texts[i]));
    g_autoptr (GDBusMessage) message = read_message (&wire, &at);

    g_assert_cmpvariant (g_dbus_message_get_body (message), value);
    g_assert_cmpint (g_dbus_message_get_message_type (message), ==, G_DBUS_MESSAGE_TYPE_SIGNAL);
    g_assert_cmpuint (g_dbus_message_get_serial (message), ==, 0x80000000u + i);
  }
  g_assert_cmpuint (at, ==, wire.bytes->len);
  ahoy_bus_wire_clear (&wire);
}

static void
test_headers (void)
{
  AhoyBusWire wire = { 0 };
  g_autoptr (GDBusMessage) message = NULL;
  gsize at = 0;

  ahoy_bus_wire_begin_signal (&wire, "/o/p", "org.ahoy.Test", "Ended", "");
  ahoy_bus_wire_end_signal (&wire);
  message = read_message (&wire, &at);
  g_assert_cmpstr (g_dbus_message_get_path (message), ==, "/o/p");
  g_assert_cmpstr (g_dbus_message_get_interface (message), ==, "org.ahoy.Test");
  g_assert_cmpstr (g_dbus_message_get_member (message), ==, "Ended");
  g_assert_cmpint (g_dbus_message_get_flags (message), ==,
                   G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_assert_null (g_dbus_message_get_body (message));
  ahoy_bus_wire_clear (&wire);
}

/* Serial numbers begin again before they would meet those of GDBus, or 0. */
static void
test_serials (void)
{
  AhoyBusWire wire = { .serial = G_MAXUINT32 };
  g_autoptr (GDBusMessage) message = NULL;
  gsize at = 0;

  ahoy_bus_wire_begin_signal (&wire, "/o", "org.ahoy.Test", "M", "");
  ahoy_bus_wire_end_signal (&wire);
  message = read_message (&wire, &at);
  g_assert_cmphex (g_dbus_message_get_serial (message), ==, 0x80000000u);
  ahoy_bus_wire_clear (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bus/wire/values", test_values);
  g_test_add_func ("/bus/wire/headers", test_headers);
  g_test_add_func ("/bus/wire/serials", test_serials);
  return g_test_run ();
}
