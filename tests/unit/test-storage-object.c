/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <sys/stat.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ahoy.h"

static void
assert_refused (gpointer object, const char *key, const char *text, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = ahoy_config_object_dup_text (object, key);
  g_autofree char *after = NULL;

  g_assert_false (ahoy_config_object_set_text (object, key, text, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == AHOY_ERROR);
  if (strstr (error->message, says) == NULL)
    g_test_message ("“%s” does not say “%s”", error->message, says), g_test_fail ();
  after = ahoy_config_object_dup_text (object, key);
  g_assert_cmpstr (before, ==, after);
}

static void
assert_becomes (gpointer object, const char *key, const char *text, const char *canonical)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  ahoy_config_object_set_text (object, key, text, &error);
  g_assert_no_error (error);
  g_assert_true (ahoy_config_object_is_set (object, key));
  after = ahoy_config_object_dup_text (object, key);
  g_assert_cmpstr (after, ==, canonical);
}

static void
test_defaults (void)
{
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (bob);
  g_autofree char *label = ahoy_config_object_dup_label (object);
  g_autofree char *context = NULL;

  g_assert_cmpstr (ahoy_config_object_get_type_name (object), ==, "endpoint");
  g_assert_cmpstr (ahoy_config_object_get_name (object), ==, "bob");
  g_assert_cmpstr (label, ==, "endpoint bob");
  g_assert_null (ahoy_config_object_get_file (object));
  g_assert_cmpuint (ahoy_config_object_get_line (object), ==, 0);

  g_assert_cmpstr (ahoy_config_object_get_string (object, "context"), ==, "default");
  g_assert_null (ahoy_config_object_get_string (object, "username"));
  g_assert_true (ahoy_config_object_get_boolean (object, "rtp-symmetric"));
  g_assert_cmpuint (ahoy_config_object_get_number (object, "ptime"), ==, 20);
  g_assert_cmpint (ahoy_config_object_get_duration (object, "default-expiration"), ==,
                   G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
  g_assert_cmpint (ahoy_config_object_get_duration (object, "qualify-timeout"), ==,
                   3 * G_USEC_PER_SEC);
  g_assert_cmpint (ahoy_config_object_get_choice (object, "100rel"), ==,
                   AHOY_RELIABLE_PROVISIONALS_YES);
  g_assert_cmpuint (ahoy_config_object_get_choices (object, "allow"), ==, AHOY_ENDPOINT_ALLOW_ALL);
  g_assert_cmpstr (ahoy_config_object_get_list (object, "codecs")[1], ==, "g722");
  g_assert_true (ahoy_config_object_list_contains (object, "identify", "ip"));
  g_assert_null (ahoy_config_object_get_list (object, "match")[0]);

  g_assert_false (ahoy_config_object_is_set (object, "context"));
  g_object_get (bob, "context", &context, NULL);
  g_assert_cmpstr (context, ==, "default");
}

static void
test_every_kind_reads_and_writes (void)
{
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyCoreSettings) core = ahoy_core_settings_new ();

  assert_becomes (bob, "username", "  bob  ", "bob");
  assert_becomes (bob, "username", "\\sbob\\\\x\\s", "\\sbob\\\\x\\s");
  g_assert_cmpstr (ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (bob), "username"), ==,
                   " bob\\x ");
  assert_becomes (bob, "context", "", "");
  g_assert_null (ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (bob), "context"));
  assert_becomes (bob, "ice", "True", "yes");
  assert_becomes (bob, "ice", "0", "no");
  assert_becomes (bob, "ptime", "30", "30");
  assert_becomes (bob, "session-expires", "90", "90s");
  assert_becomes (bob, "session-expires", "300s", "5min");
  assert_becomes (bob, "session-expires", "1.5h", "90min");
  assert_becomes (bob, "session-expires", "1d", "1d");
  assert_becomes (bob, "qualify-timeout", "1.5", "1500ms");
  assert_becomes (bob, "qualify-frequency", "0", "0s");
  assert_becomes (bob, "dtmf-mode", "info", "info");
  assert_becomes (bob, "allow", "publish; call", "call;publish");
  assert_becomes (bob, "allow", "", "");
  assert_becomes (bob, "codecs", " pcmu ; pcma;; ", "pcmu;pcma");
  assert_becomes (bob, "variables", "A=1\\;2;B= x", "A=1\\;2;B= x");
  g_assert_cmpstr (ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (bob), "variables")[0], ==,
                   "A=1;2");
  assert_becomes (bob, "match", "10.0.0.0/8;::1", "10.0.0.0/8;::1");
  assert_becomes (bob, "contact", "<sip:a@h;transport=tcp>, \"B, b\" <sip:b@h>",
                  "<sip:a@h;transport=tcp>, \"B, b\" <sip:b@h>");
  assert_becomes (bob, "100rel", "required", "required");
  assert_becomes (core, "t1", "250ms", "250ms");
  assert_becomes (core, "unknown-source", "403", "403");
  assert_becomes (core, "nameservers", "127.0.0.1:5353;[::1]", "127.0.0.1:5353;[::1]");
}

static void
test_what_cannot_be_is_refused (void)
{
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyCoreSettings) core = ahoy_core_settings_new ();
  g_autoptr (AhoyTransportConfig) udp = ahoy_transport_config_new ("udp");

  assert_refused (bob, "usernam", "x", "endpoint bob: usernam: ");
  assert_refused (bob, "usernam", "x", "did you mean “username”?");
  assert_refused (bob, "name", "x", "no such key");
  assert_refused (bob, "reliable-provisionals", "yes", "no such key");
  assert_refused (bob, "ice", "maybe", "neither yes nor no");
  assert_refused (bob, "ptime", "5", "write 10 to 200");
  assert_refused (bob, "ptime", "20ms", "write 10 to 200");
  assert_refused (bob, "ptime", "-1", "write 10 to 200");
  assert_refused (bob, "ptime", "99999999999999999999", "write 10 to 200");
  assert_refused (bob, "ptime", "", "write 10 to 200");
  assert_refused (bob, "session-expires", "soon", "no duration");
  assert_refused (bob, "session-expires", "90 sec", "no duration");
  assert_refused (bob, "session-expires", "-90", "no duration");
  assert_refused (bob, "session-expires", "90.0001", "no duration");
  assert_refused (bob, "session-expires", "99999999999d", "no duration");
  assert_refused (bob, "session-expires", "100.5", "no whole number of seconds");
  assert_refused (bob, "session-expires", "1min", "90s to 1d");
  assert_refused (bob, "dtmf-mode", "rfc2833", "did you mean “rfc4733”?");
  assert_refused (bob, "dtmf-mode", "", "rfc4733, info, inband, auto");
  assert_refused (bob, "allow", "call;regsiter", "did you mean “register”?");
  assert_refused (bob, "username", "a\\qb", "“\\q” is no escape sequence");
  assert_refused (bob, "username", "a\\", "“\\” is no escape sequence");
  assert_refused (bob, "username", "a\\nb", "control character");
  assert_refused (bob, "username", "a\nb", "more than one line");
  assert_refused (bob, "username",
                  "a\xff"
                  "b",
                  "not valid UTF-8");
  assert_refused (bob, "codecs", "pcmu;\\r", "control character");
  assert_refused (bob, "match", "10.0.0.1/8", "neither a network");
  assert_refused (bob, "match", "127.0.0.1;a b", "“a b” is neither a network");
  assert_refused (bob, "variables", "A", "NAME=value");
  assert_refused (bob, "contact", "<sip:a@h>, <tel:+49>", "not sip: or sips:");
  assert_refused (bob, "contact", "<sip:a@h", "no list such as");
  assert_refused (bob, "media-address", "example.com", "no address");
  assert_refused (bob, "media-address", "0.0.0.0", "no address that a peer can send to");
  assert_refused (bob, "media-address", "::", "no address that a peer can send to");
  assert_refused (bob, "media-address", "224.0.0.1", "no address that a peer can send to");
  assert_refused (bob, "media-address", "fe80::1%lo", "no address that a peer can send to");
  assert_refused (core, "t1", "500", "10ms to 8s");
  assert_refused (core, "unknown-source", "404", "401, 403");
  assert_refused (udp, "protocol", "unknown", "udp, tcp, tls, ws or wss");
  assert_refused (udp, "protocol", "upd", "did you mean “udp”?");
  assert_refused (udp, "bind", "localhost:5060", "no numeric address");
  assert_refused (udp, "bind", "::1:5060", "no numeric address");
  assert_refused (udp, "bind", "[::1:5060", "no numeric address");
  assert_refused (udp, "bind", "127.0.0.1:65536", "no numeric address");
}

static void
test_secrets_are_not_shown (void)
{
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (bob);
  g_autoptr (GVariant) all = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ahoy_config_object_set_text (object, "password", "geheim\\;", NULL));
  g_assert_null (ahoy_config_object_dup_text (object, "password"));
  g_assert_cmpstr (ahoy_config_object_get_string (object, "password"), ==, "geheim;");
  all = ahoy_config_object_to_variant (object);
  text = g_variant_print (all, FALSE);
  g_assert_null (strstr (text, "geheim"));
  g_assert_null (strstr (text, "password'"));
  g_assert_nonnull (strstr (text, "'context': 'default'"));

  g_assert_false (ahoy_config_object_set_text (object, "password-md5", "geheim", &error));
  g_assert_nonnull (error);
  g_assert_null (strstr (error->message, "geheim"));
}

static void
write_secret (const char *path, const char *content, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, length, &error);
  g_assert_no_error (error);
}

static void
test_secrets_come_from_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("ahoy-secret-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "bob", NULL);
  g_autofree char *nothing = g_build_filename (folder, "nobody", NULL);
  g_autofree char *big = g_strnfill (5000, 'x');
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (bob);

  g_assert_no_error (error);
  write_secret (path, "ge\\heim; \n", -1);
  g_assert_true (ahoy_config_object_set_text (object, "password-file", path, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (ahoy_config_object_get_string (object, "password"), ==, "ge\\heim; ");

  g_assert_cmpint (chmod (path, 0640), ==, 0);
  g_assert_true (ahoy_config_object_set_text (object, "password-file", path, &error));
  g_assert_cmpint (chmod (path, 0644), ==, 0);
  assert_refused (bob, "password-file", path, "everybody may read or change it; take that from");
  g_assert_cmpint (chmod (path, 0602), ==, 0);
  assert_refused (bob, "password-file", path, "everybody may read or change it; take that from");
  g_assert_cmpint (chmod (path, 0660), ==, 0);
  assert_refused (bob, "password-file", path, "its group may change it; take that from");
  g_assert_cmpint (chmod (path, 0600), ==, 0);

  assert_refused (bob, "password-file", nothing, "No such file");
  assert_refused (bob, "password-file", folder, "no plain file");
  assert_refused (bob, "password-file", "/dev/zero", "no plain file");
  write_secret (path, "a\nb\n", -1);
  assert_refused (bob, "password-file", path, "more than one line");
  write_secret (path, "", 0);
  assert_refused (bob, "password-file", path, "empty");
  write_secret (path, "a\0b", 3);
  assert_refused (bob, "password-file", path, "no text");
  write_secret (path, big, -1);
  assert_refused (bob, "password-file", path, "longer than 4096");
  assert_refused (bob, "context-file", path, "no such key");

  g_unsetenv ("CREDENTIALS_DIRECTORY");
  assert_refused (bob, "password-credential", "bob", "LoadCredential=bob:PATH");
  g_setenv ("CREDENTIALS_DIRECTORY", folder, TRUE);
  assert_refused (bob, "password-credential", "../bob", "no name of a credential");
  write_secret (path, "from systemd", -1);
  g_assert_true (ahoy_config_object_set_text (object, "password-credential", "bob", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (ahoy_config_object_get_string (object, "password"), ==, "from systemd");
  g_unsetenv ("CREDENTIALS_DIRECTORY");

  g_unlink (path);
  g_rmdir (folder);
}

static void
test_copies_and_changes (void)
{
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyEndpointConfig) carol = ahoy_endpoint_config_new ("carol");
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (bob);
  g_autoptr (AhoyConfigObject) copy = NULL;
  g_auto (GStrv) changes = NULL;
  const char *file;
  guint line;

  ahoy_config_object_set_origin (object, "/etc/ahoy/ahoy.conf", 7);
  g_assert_true (ahoy_config_object_set_text (object, "password", "one", NULL));
  ahoy_config_object_set_key_origin (object, "password", "/etc/ahoy/ahoy.conf", 9);
  ahoy_config_object_seal (object);
  g_assert_true (ahoy_config_object_is_sealed (object));
  assert_refused (bob, "context", "x", "cannot change any more");

  copy = ahoy_config_object_copy (object);
  g_assert_false (ahoy_config_object_is_sealed (copy));
  g_assert_true (ahoy_config_object_equal (object, copy));
  g_assert_false (ahoy_config_object_equal (object, AHOY_CONFIG_OBJECT (carol)));
  g_assert_cmpuint (ahoy_config_object_get_line (copy), ==, 7);
  g_assert_true (ahoy_config_object_get_key_origin (copy, "password", &file, &line));
  g_assert_cmpstr (file, ==, "/etc/ahoy/ahoy.conf");
  g_assert_cmpuint (line, ==, 9);
  g_assert_false (ahoy_config_object_get_key_origin (copy, "context", NULL, NULL));

  assert_becomes (copy, "context", "default", "default");
  g_assert_true (ahoy_config_object_equal (object, copy));
  assert_becomes (copy, "context", "work", "work");
  g_assert_true (ahoy_config_object_set_text (copy, "password", "two", NULL));
  g_assert_false (ahoy_config_object_equal (object, copy));
  changes = ahoy_config_object_list_changes (object, copy);
  g_assert_cmpuint (g_strv_length (changes), ==, 2);
  g_assert_cmpstr (changes[0], ==, "password");
  g_assert_cmpstr (changes[1], ==, "context");

  ahoy_config_object_unset (copy, "context");
  g_assert_false (ahoy_config_object_is_set (copy, "context"));
  g_assert_cmpstr (ahoy_config_object_get_string (copy, "context"), ==, "default");
}

static void
test_objects_are_judged_as_a_whole (void)
{
  g_autoptr (AhoyCoreSettings) core = ahoy_core_settings_new ();
  g_autoptr (AhoyTransportConfig) tls = ahoy_transport_config_new ("tls");
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyRouteConfig) route = ahoy_route_config_new ("600");
  g_autoptr (GError) error = NULL;

  g_assert_true (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (core), NULL));
  g_object_set (core, "rtp-port-min", 40000, NULL);
  g_assert_false (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (core), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID);
  g_clear_error (&error);

  g_assert_true (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (tls), NULL));
  g_object_set (tls, "protocol", AHOY_TRANSPORT_PROTOCOL_TLS, NULL);
  g_assert_false (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (tls), &error));
  g_assert_nonnull (strstr (error->message, "certificate"));
  g_object_set (tls, "certificate", "/c.pem", "private-key", "/k.pem", NULL);
  g_assert_true (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (tls), NULL));

  g_object_set (bob, "default-expiration", 10, NULL);
  g_assert_false (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (bob), NULL));
  g_object_set (bob, "minimum-expiration", 10, "outbound-password", "x", NULL);
  g_assert_false (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (bob), NULL));
  g_object_set (bob, "outbound-username", "bob", NULL);
  g_assert_true (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (bob), NULL));

  g_assert_false (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (route), NULL));
  g_object_set (route, "match", "600", "do", "echo", NULL);
  g_assert_true (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (route), NULL));
}

static void
test_endpoints_imply_aor_and_auth (void)
{
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyAorConfig) aor = NULL;
  g_autoptr (AhoyAuthConfig) auth = NULL;

  g_assert_null (ahoy_endpoint_config_make_auth (bob));
  g_object_set (bob, "max-contacts", 3, "password", "geheim", NULL);
  aor = ahoy_endpoint_config_make_aor (bob);
  g_assert_cmpstr (ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (aor)), ==, "bob");
  g_assert_cmpuint (ahoy_config_object_get_number (AHOY_CONFIG_OBJECT (aor), "max-contacts"), ==,
                    3);
  g_assert_true (ahoy_config_object_is_sealed (AHOY_CONFIG_OBJECT (aor)));
  auth = ahoy_endpoint_config_make_auth (bob);
  g_assert_cmpstr (ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (auth), "username"), ==,
                   "bob");
  g_assert_cmpstr (ahoy_config_object_get_string (AHOY_CONFIG_OBJECT (auth), "password"), ==,
                   "geheim");
}

/* Each key of each class says what it is for, and its default can be written and read again. */
static void
test_schemas_are_whole (void)
{
  GType types[] = { AHOY_TYPE_CORE_SETTINGS, AHOY_TYPE_TRANSPORT_CONFIG, AHOY_TYPE_AOR_CONFIG,
                    AHOY_TYPE_AUTH_CONFIG,   AHOY_TYPE_ENDPOINT_CONFIG,  AHOY_TYPE_ROUTE_CONFIG };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (AhoyConfigObjectClass) klass = g_type_class_ref (types[i]);
    g_autoptr (GPtrArray) keys = ahoy_config_object_class_list_keys (klass);
    g_autoptr (AhoyConfigObject) object = g_object_new (types[i], "name", "x", NULL);

    g_assert_cmpuint (keys->len, >, 3);
    g_assert_nonnull (klass->description);
    for (guint n = 0; n < keys->len; n++) {
      const char *name = ahoy_config_key_get_name (keys->pdata[n]);
      g_autofree char *text = ahoy_config_key_dup_default (keys->pdata[n]);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (strlen (g_param_spec_get_blurb (keys->pdata[n])), >, 10);
      ahoy_config_object_set_text (object, name, text, &error);
      g_assert_no_error (error);
    }
  }
}

/* What is shown can be read again, but for the secret, of which nothing is told. */
static void
test_to_text (void)
{
  g_autoptr (AhoyConfigSchema) schema = ahoy_configuration_make_schema ();
  g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (schema);
  g_autoptr (AhoyEndpointConfig) bob = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyCoreSettings) core = ahoy_core_settings_new ();
  g_autoptr (AhoyConfigSet) set = NULL;
  g_autofree char *text = NULL;
  g_autofree char *core_text = ahoy_config_object_to_text (AHOY_CONFIG_OBJECT (core));
  AhoyConfigObject *twin;

  g_object_set (bob, "context", " a;b\\ ", "ptime", 30, NULL);
  assert_becomes (bob, "codecs", "pcmu;pcma", "pcmu;pcma");
  ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (bob), "password", "geheim", NULL);
  text = ahoy_config_object_to_text (AHOY_CONFIG_OBJECT (bob));
  g_assert_true (g_str_has_prefix (text, "[endpoint bob]\n"));
  g_assert_null (strstr (text, "geheim"));
  g_assert_nonnull (strstr (text, "# password is set, and not shown\n"));
  g_assert_cmpstr (core_text, ==, "[core]\n");

  ahoy_config_reader_add_text (reader, "text", text, -1);
  set = ahoy_config_reader_read (reader);
  twin = ahoy_config_set_lookup (set, "endpoint", "bob");
  ahoy_config_object_unset (AHOY_CONFIG_OBJECT (bob), "password");
  g_assert_true (ahoy_config_object_equal (twin, AHOY_CONFIG_OBJECT (bob)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  umask (0077); /* secrets are read from files */

  g_test_add_func ("/storage/object/defaults", test_defaults);
  g_test_add_func ("/storage/object/every-kind-reads-and-writes", test_every_kind_reads_and_writes);
  g_test_add_func ("/storage/object/what-cannot-be-is-refused", test_what_cannot_be_is_refused);
  g_test_add_func ("/storage/object/secrets-are-not-shown", test_secrets_are_not_shown);
  g_test_add_func ("/storage/object/secrets-come-from-files", test_secrets_come_from_files);
  g_test_add_func ("/storage/object/copies-and-changes", test_copies_and_changes);
  g_test_add_func ("/storage/object/to-text", test_to_text);
  g_test_add_func ("/storage/object/judged-as-a-whole", test_objects_are_judged_as_a_whole);
  g_test_add_func ("/storage/object/endpoints-imply", test_endpoints_imply_aor_and_auth);
  g_test_add_func ("/storage/object/schemas-are-whole", test_schemas_are_whole);

  return g_test_run ();
}
