/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* Which accounts an endpoint has, at the start and after reloads. */

static AhoyConfigSet *
read_text (const char *text)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  AhoyConfigSet *set;

  ahoy_config_reader_add_text (reader, "test", text, -1);
  set = ahoy_config_reader_read (reader);
  g_assert_cmpuint (ahoy_config_reader_get_n_errors (reader), ==, 0);
  return set;
}

static void
reload (AhoyCore *core, const char *text)
{
  g_autoptr (AhoyConfigSet) set = read_text (text);

  g_assert_true (ahoy_core_reload (core, set, NULL, NULL));
}

/* name/username/password, and a space after each account */
static char *
describe (AhoyCore *core, const char *name, gboolean outbound)
{
  AhoyAuthRegistry *auths = ahoy_core_get_auths (core);
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (ahoy_core_get_endpoints (core), name);
  g_autoptr (GPtrArray) list = outbound ? ahoy_auth_registry_list_outbound_for (auths, endpoint)
                                        : ahoy_auth_registry_list_for (auths, endpoint);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    AhoyConfigObject *auth = list->pdata[i];

    g_string_append_printf (text, "%s/%s/%s ", ahoy_config_object_get_name (auth),
                            ahoy_config_object_get_string (auth, "username"),
                            ahoy_config_object_get_string (auth, "password"));
  }
  return g_string_free (text, FALSE);
}

static void
assert_accounts (AhoyCore *core, const char *name, gboolean outbound, const char *expected)
{
  g_autofree char *got = describe (core, name, outbound);

  g_assert_cmpstr (got, ==, expected);
}

#define FIRST                                                                                      \
  "[auth desk]\nusername=d\npassword=1\n"                                                          \
  "[auth carol]\nusername=c\npassword=2\n"                                                         \
  "[endpoint bob]\npassword=b\nauths=desk;carol;desk\n"                                            \
  "[endpoint carol]\npassword=ignored\n"                                                           \
  "[endpoint dan]\nauth=none\nmatch=192.0.2.1\n"                                                   \
  "[endpoint trunk]\noutbound-username=t\noutbound-password=3\noutbound-auths=desk\n"

static void
test_lists (void)
{
  g_autoptr (AhoyCore) core = ahoy_core_new (NULL);
  g_autoptr (AhoyConfigSet) set = read_text (FIRST);

  g_assert_true (ahoy_core_configure (core, set, NULL));
  assert_accounts (core, "bob", FALSE, "bob/bob/b desk/d/1 carol/c/2 ");
  assert_accounts (core, "bob", TRUE, "");
  assert_accounts (core, "carol", FALSE, "carol/c/2 ");
  assert_accounts (core, "dan", FALSE, "");
  assert_accounts (core, "trunk", TRUE, "trunk/t/3 desk/d/1 ");

  /* Another password of an account, an account less, another password of an endpoint. */
  reload (core, "[auth desk]\nusername=d\npassword=new\n"
                "[endpoint bob]\npassword=b2\nauths=desk\n"
                "[endpoint carol]\npassword=hers\n"
                "[endpoint trunk]\noutbound-auths=desk\n");
  assert_accounts (core, "bob", FALSE, "bob/bob/b2 desk/d/new ");
  assert_accounts (core, "carol", FALSE, "carol/carol/hers ");
  assert_accounts (core, "trunk", TRUE, "desk/d/new ");
}

static void
test_registry (void)
{
  g_autoptr (AhoyAuthRegistry) registry = ahoy_auth_registry_new ();
  g_autoptr (AhoyAuthConfig) one = ahoy_auth_config_new ("one");
  g_autoptr (AhoyAuthConfig) again = ahoy_auth_config_new ("one");
  g_autoptr (AhoyAuthConfig) another = ahoy_auth_config_new ("another");
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ahoy_auth_registry_add (registry, one, NULL));
  g_assert_false (ahoy_auth_registry_add (registry, again, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
  g_assert_true (ahoy_auth_registry_lookup (registry, "one") == one);
  g_assert_true (ahoy_auth_registry_add (registry, another, NULL));
  list = ahoy_auth_registry_list (registry);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (list->pdata[0] == (gpointer) another);
  g_assert_true (ahoy_auth_registry_remove (registry, "one"));
  g_assert_false (ahoy_auth_registry_remove (registry, "one"));
  g_assert_null (ahoy_auth_registry_lookup (registry, "one"));
}

/* An account of hashes only is an account too. */
static void
test_hashes (void)
{
  static const char *const keys[] = { "password-md5", "password-sha256", "password-sha512-256" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new ("bob");
    g_autofree char *digits = g_strnfill (i == 0 ? 32 : 64, 'a');
    g_autoptr (AhoyAuthConfig) auth = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_null (ahoy_endpoint_config_make_auth (config));
    g_assert_true (
        ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), keys[i], digits, &error));
    g_assert_no_error (error);
    auth = ahoy_endpoint_config_make_auth (config);
    g_assert_cmpstr (ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (auth), keys[i]), ==,
                     digits);
    digits[3] = 'x';
    g_assert_false (
        ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), keys[i], digits, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/accounts/lists", test_lists);
  g_test_add_func ("/accounts/registry", test_registry);
  g_test_add_func ("/accounts/hashes", test_hashes);

  return g_test_run ();
}
