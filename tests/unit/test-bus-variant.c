/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-bus-variant.h"

#include <sys/socket.h>
#include <unistd.h>

/* Values go into a message of sd-bus and come back as they were. */

typedef struct {
  int ends[2];
  sd_bus *bus;
} Fixture;

/* A connection that nobody answers: messages can be made, none is sent. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fixture->ends), ==, 0);
  g_assert_cmpint (sd_bus_new (&fixture->bus), >=, 0);
  g_assert_cmpint (sd_bus_set_fd (fixture->bus, fixture->ends[0], fixture->ends[0]), >=, 0);
  g_assert_cmpint (sd_bus_start (fixture->bus), >=, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sd_bus_close (fixture->bus);
  sd_bus_unref (fixture->bus);
  close (fixture->ends[1]);
}

static sd_bus_message *
new_message (Fixture *fixture)
{
  sd_bus_message *message = NULL;

  g_assert_cmpint (sd_bus_message_new_signal (fixture->bus, &message, "/org/ahoy/Ahoy1",
                                              "org.ahoy.Ahoy1.Session", "Ended"),
                   >=, 0);
  return message;
}

/* Every type, every alignment. */
static void
test_values (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "()",
    "('a',)",
    "('',)",
    "('größer', 'b')",
    "(byte 7, true, false, int16 -2, uint16 65535)",
    "(byte 1, int32 -3, uint32 4)",
    "(byte 1, int64 -5, uint64 6)",
    "(byte 1, 2.5)",
    "(objectpath '/org/ahoy', signature 'a{sv}')",
    "(@as [],)",
    "(['a', 'bc', ''],)",
    "(byte 1, @ax [])",
    "(byte 1, [int64 1, 2])",
    "([uint16 1, 2, 3], [true, false], [2.5, -1.0])",
    "(@a{sv} {},)",
    "({'State': <'active'>, 'N': <uint64 3>, 'Flag': <true>, 'List': <['x', 'y']>},)",
    "('a', @a{sv} {'x': <byte 1>}, @as [])",
    "([(1, 'a'), (2, 'b')],)",
    "(<<'deep'>>, byte 9)",
    "(objectpath '/a', {'org.ahoy': {'P': <@a(ss) [('n', 'v')]>}, 'org.b': {}})",
    "([byte 1, 2, 3], 'after')",
    "(@aas [['a'], @as [], ['b', 'c']], @a{uas} {7: ['x']})",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) value = g_variant_parse (NULL, texts[i], NULL, NULL, &error);
    g_autoptr (GVariant) back = NULL;
    g_autoptr (GArray) descriptors = g_array_new (FALSE, FALSE, sizeof (int));
    sd_bus_message *message = new_message (fixture);

    g_assert_no_error (error);
    g_assert_cmpint (ahoy_bus_variant_append_children (message, value), >=, 0);
    g_assert_cmpint (sd_bus_message_seal (message, 1, 0), >=, 0);
    g_assert_cmpint (ahoy_bus_variant_read (message, descriptors, &back), >=, 0);
    g_assert_cmpvariant (back, value);
    sd_bus_message_unref (message);
  }
}

/* A descriptor is a place in the list, the first one 0. */
static void
test_descriptors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) descriptors = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GVariant) back = NULL;
  g_autoptr (GVariant) inner = NULL;
  sd_bus_message *message = new_message (fixture);

  g_assert_cmpint (sd_bus_message_append (message, "hsv", STDIN_FILENO, "a", "h", STDOUT_FILENO),
                   >=, 0);
  g_assert_cmpint (sd_bus_message_seal (message, 1, 0), >=, 0);
  g_assert_cmpint (ahoy_bus_variant_read (message, descriptors, &back), >=, 0);
  g_assert_cmpstr (g_variant_get_type_string (back), ==, "(hsv)");
  g_variant_get_child (back, 2, "v", &inner);
  g_assert_cmpint (g_variant_get_handle (inner), ==, 1);
  g_assert_cmpuint (descriptors->len, ==, 2);
  g_assert_cmpint (g_array_index (descriptors, int, 1), >, STDERR_FILENO);
  sd_bus_message_unref (message);
}

/* What D-Bus does not have is refused, not sent as something else. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "(@ms 'a',)", "(handle 0,)", "([just 1, nothing],)" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GVariant) value = g_variant_parse (NULL, texts[i], NULL, NULL, NULL);
    sd_bus_message *message = new_message (fixture);

    g_assert_nonnull (value);
    g_assert_cmpint (ahoy_bus_variant_append_children (message, value), <, 0);
    sd_bus_message_unref (message);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bus/variant/values", Fixture, NULL, set_up, test_values, tear_down);
  g_test_add ("/bus/variant/descriptors", Fixture, NULL, set_up, test_descriptors, tear_down);
  g_test_add ("/bus/variant/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
