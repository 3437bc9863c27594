/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include <gmodule.h>
#include <string.h>

/* Numbers as people write them: what any formatter may be given and may say, and, where the plugin
 * was built, what libphonenumber makes of them. */

typedef struct {
  GObject parent_instance;
  const char *says; /* NULL: nothing */
  GError *fails;
  char *asked; /* number and country of the last question */
} Parrot;

typedef struct {
  GObjectClass parent_class;
} ParrotClass;

static GType parrot_get_type (void);
static void parrot_iface_init (AhoyNumberFormatterInterface *iface);

G_DEFINE_TYPE_WITH_CODE (Parrot, parrot, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (AHOY_TYPE_NUMBER_FORMATTER, parrot_iface_init))

static char *
parrot_format (AhoyNumberFormatter *formatter, const char *number, const char *country,
               GError **error)
{
  Parrot *self = (Parrot *) formatter;

  g_free (self->asked);
  self->asked = g_strdup_printf ("%s in %s", number, country != NULL ? country : "none");
  if (self->fails != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->fails));
  }
  return g_strdup (self->says);
}

static void
parrot_iface_init (AhoyNumberFormatterInterface *iface)
{
  iface->format = parrot_format;
}

static void
parrot_finalize (GObject *object)
{
  g_free (((Parrot *) object)->asked);
  G_OBJECT_CLASS (parrot_parent_class)->finalize (object);
}

static void
parrot_class_init (ParrotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = parrot_finalize;
}

static void
parrot_init (Parrot *self)
{
}

static void
check_refused (gpointer formatter, const char *number, const char *country, AhoyError code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ahoy_number_formatter_format (formatter, number, country, &error);

  g_assert_null (text);
  g_assert_error (error, AHOY_ERROR, (int) code);
}

/* No formatter sees what is no number. */
static void
test_garbage (void)
{
  g_autoptr (GObject) object = g_object_new (parrot_get_type (), NULL);
  Parrot *parrot = (Parrot *) object;
  g_autofree char *huge = g_strnfill (257, '1');
  const char *const numbers[] = { "", "+", "anna", "030\xff", "030\n1", "0301234 ext. 5", "()",
                                  "\xd9\xa1\xd9\xa2\xd9\xa3", huge };
  const char *const countries[] = { "", "D", "DEU", "D1", "\xc3\xa4", "49" };

  parrot->says = "hello";
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    check_refused (parrot, numbers[i], "DE", AHOY_ERROR_INVALID_ARGUMENTS);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (countries); i++) {
    check_refused (parrot, "030123456", countries[i], AHOY_ERROR_INVALID_ARGUMENTS);
  }
  g_assert_null (parrot->asked);
}

/* Nobody sees what is no text. */
static void
test_answers (void)
{
  g_autoptr (GObject) object = g_object_new (parrot_get_type (), NULL);
  Parrot *parrot = (Parrot *) object;
  g_autofree char *huge = g_strnfill (257, '1');
  g_autofree char *text = NULL;
  const char *const answers[] = { NULL, "", "03\xff", "030\n123", "\xc2\x85", huge };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    parrot->says = answers[i];
    check_refused (parrot, "030123456", NULL, AHOY_ERROR_NOT_SUPPORTED);
  }
  g_assert_cmpstr (parrot->asked, ==, "030123456 in none");
  parrot->says = "0 30\xe2\x80\x93" "12";
  text = ahoy_number_formatter_format (AHOY_NUMBER_FORMATTER (parrot), "03012", "de", NULL);
  g_assert_cmpstr (text, ==, parrot->says);
  g_assert_cmpstr (parrot->asked, ==, "03012 in DE");
  parrot->fails = g_error_new_literal (AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED, "full");
  check_refused (parrot, "03012", "DE", AHOY_ERROR_LIMIT_EXCEEDED);
}

/* The first who knows is believed. */
static void
test_core (void)
{
  g_autoptr (AhoyCore) core = ahoy_core_new (NULL);
  g_autoptr (GObject) silent = g_object_new (parrot_get_type (), NULL);
  g_autoptr (GObject) knowing = g_object_new (parrot_get_type (), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  ((Parrot *) knowing)->says = "030 12";
  g_assert_null (ahoy_core_format_number (core, NULL, "03012", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  ahoy_core_add_extension (core, AHOY_TYPE_NUMBER_FORMATTER, silent, "silent", NULL, NULL, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_null (ahoy_core_format_number (core, NULL, "03012", &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  ahoy_core_add_extension (core, AHOY_TYPE_NUMBER_FORMATTER, knowing, "knowing", NULL, NULL, NULL,
                           &error);
  g_assert_no_error (error);
  text = ahoy_core_format_number (core, NULL, "03012", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "030 12");
  g_assert_cmpstr (((Parrot *) silent)->asked, ==, "03012 in none");
}

static const struct {
  const char *number;
  const char *country;
  const char *text;
} table[] = {
  { "+4930123456", "DE", "030 123456" },
  { "030123456", "DE", "030 123456" },
  { "004930123456", "DE", "030 123456" },
  { "(030) 123-456", "DE", "030 123456" },
  { "+4930123456", "US", "+49 30 123456" },
  { "+4930123456", NULL, "+49 30 123456" },
  { "+442079460958", "DE", "+44 20 7946 0958" },
  { "+442079460958", "GB", "020 7946 0958" },
  { "+12125550100", "US", "(212) 555-0100" },
  { "2125550100", "US", "(212) 555-0100" },
  { "+12125550100", "FR", "+1 212-555-0100" },
  { "+33123456789", "FR", "01 23 45 67 89" },
  { "0123456789", "FR", "01 23 45 67 89" },
  { "+390669821", "DE", "+39 06 69821" },
  /* what stays */
  { "200", "DE", "200" },
  { "110", "DE", "110" },
  { "112", "FR", "112" },
  { "911", "US", "911" },
  { "999", "GB", "999" },
  { "*21#", "DE", "*21#" },
  { "030123456", NULL, "030123456" }, /* whose is it? */
  { "+00", "DE", "+00" },
  { "99999999999999999999999999999999999999999999", "DE",
    "99999999999999999999999999999999999999999999" },
};

static void
test_plugin (void)
{
  const char *path = g_getenv ("AHOY_TEST_PLUGIN");
  GModule *module = path != NULL ? g_module_open (path, G_MODULE_BIND_LOCAL) : NULL;
  GObject *(*func) (void) = NULL;
  g_autoptr (GObject) plugin = NULL;
  g_autofree char *longest = g_strnfill (256, '7');
  g_autofree char *same = NULL;

  if (path == NULL) {
    g_test_skip ("the plugin phonenumber was not built");
    return;
  }
  g_assert_cmpstr (module != NULL ? NULL : g_module_error (), ==, NULL);
  g_assert_true (g_module_symbol (module, "ahoy_plugin_new", (gpointer *) &func));
  g_module_make_resident (module);
  plugin = func ();
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = ahoy_number_formatter_format (
        AHOY_NUMBER_FORMATTER (plugin), table[i].number, table[i].country, &error);

    g_assert_no_error (error);
    g_test_message ("%s -> %s", table[i].number, text);
    g_assert_cmpstr (text, ==, table[i].text);
  }
  same = ahoy_number_formatter_format (AHOY_NUMBER_FORMATTER (plugin), longest, "DE", NULL);
  g_assert_cmpstr (same, ==, longest);
  check_refused (plugin, "030123456", "QQ", AHOY_ERROR_INVALID_ARGUMENTS);
  check_refused (plugin, "anna", "DE", AHOY_ERROR_INVALID_ARGUMENTS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calls/formatter/garbage-is-refused", test_garbage);
  g_test_add_func ("/calls/formatter/answers-that-are-no-text-are-refused", test_answers);
  g_test_add_func ("/calls/formatter/the-first-who-knows-is-believed", test_core);
  g_test_add_func ("/calls/formatter/numbers-as-countries-write-them", test_plugin);
  return g_test_run ();
}
