/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-bus-error.h"

#include <string.h>

/* Errors as they go over the bus: their names, and what is left of their messages. */

static void
assert_name (GError *error, const char *name, const char *message)
{
  g_autoptr (GError) own = ahoy_bus_error_normalise (error);
  g_autofree char *shown = g_dbus_error_encode_gerror (own);

  g_assert_cmpstr (shown, ==, name);
  g_assert_cmpstr (own->message, ==, message);
}

/* Each code of AHOY_ERROR has the name of its nick: NOT_FOUND is NotFound. */
static void
test_codes (void)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (AHOY_TYPE_ERROR);

  for (guint i = 0; i < codes->n_values; i++) {
    g_auto (GStrv) words = g_strsplit (codes->values[i].value_nick, "-", -1);
    GString *name = g_string_new ("org.ahoy.Ahoy1.Error.");

    for (guint k = 0; words[k] != NULL; k++) {
      g_string_append_c (name, g_ascii_toupper (words[k][0]));
      g_string_append (name, words[k] + 1);
    }
    assert_name (g_error_new_literal (AHOY_ERROR, codes->values[i].value, "Why"), name->str,
                 "Why");
    g_string_free (name, TRUE);
  }
}

static void
test_other_domains (void)
{
  assert_name (g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "x"),
               "org.ahoy.Ahoy1.Error.Timeout", "x");
  assert_name (g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "x"),
               "org.ahoy.Ahoy1.Error.NotFound", "x");
  assert_name (g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_ACCES, "x"),
               "org.ahoy.Ahoy1.Error.NotAuthorized", "x");
  assert_name (g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "x"),
               "org.ahoy.Ahoy1.Error.Unreachable", "x");
  assert_name (g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "x"),
               "org.ahoy.Ahoy1.Error.Failed", "x");
  assert_name (g_error_new_literal (G_MARKUP_ERROR, 0, "x"), "org.ahoy.Ahoy1.Error.Failed", "x");
  assert_name (g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "x"),
               "org.freedesktop.DBus.Error.InvalidArgs", "x");
}

/* What a caller sent does not come back as lines, escapes or a megabyte; the remedy does. */
static void
test_messages (void)
{
  g_autofree char *many = g_strnfill (1 << 20, 'x');
  GError *long_one = g_error_new (AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                                  "“%s” is not there; write another", many);
  GError *plain = g_error_new_literal (AHOY_ERROR, AHOY_ERROR_FAILED, many);

  assert_name (g_error_new_literal (AHOY_ERROR, AHOY_ERROR_FAILED, "a\r\nb\033[31m\x7f “ä” ü"),
               "org.ahoy.Ahoy1.Error.Failed", "a??b?[31m? “ä” ü");
  assert_name (g_error_new_literal (AHOY_ERROR, AHOY_ERROR_FAILED, "M\xfcller\xe2"),
               "org.ahoy.Ahoy1.Error.Failed", "M\357\277\275ller\357\277\275");
  long_one = ahoy_bus_error_normalise (long_one);
  g_assert_true (g_str_has_prefix (long_one->message, "“xxxxxxxx"));
  g_assert_true (g_str_has_suffix (long_one->message, "…” is not there; write another"));
  g_assert_cmpuint (strlen (long_one->message), <, 150);
  g_error_free (long_one);
  plain = ahoy_bus_error_normalise (plain);
  g_assert_cmpuint (strlen (plain->message), <, 700);
  g_assert_true (g_str_has_suffix (plain->message, "…"));
  g_error_free (plain);
}

/* Wherever a quotation is cut, the text stays UTF-8. */
static void
test_cut_utf8 (void)
{
  for (guint length = 0; length < 200; length++) {
    g_autoptr (GString) text = g_string_new ("x “");
    GError *error;

    for (guint i = 0; i < length; i++) {
      g_string_append (text, i % 3 == 0 ? "a" : i % 3 == 1 ? "ü" : "€");
    }
    g_string_append (text, "” y");
    error = ahoy_bus_error_normalise (
        g_error_new_literal (AHOY_ERROR, AHOY_ERROR_FAILED, text->str));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_true (g_str_has_suffix (error->message, "” y"));
    g_error_free (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ahoy_bus_register_errors ();
  g_test_add_func ("/bus/error/codes", test_codes);
  g_test_add_func ("/bus/error/other-domains", test_other_domains);
  g_test_add_func ("/bus/error/messages", test_messages);
  g_test_add_func ("/bus/error/cut-utf8", test_cut_utf8);
  return g_test_run ();
}
