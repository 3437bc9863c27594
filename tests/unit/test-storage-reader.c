/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ahoy.h"

typedef struct {
  char *folder;
  AhoyConfigSchema *schema;
  AhoyConfigReader *reader;
  AhoyConfigSet *set;
  GPtrArray *problems;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("ahoy-reader-XXXXXX", NULL);
  fixture->schema = ahoy_configuration_make_schema ();
  fixture->reader = ahoy_config_reader_new (fixture->schema);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      remove_folder (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_clear_object (&fixture->schema);
  g_clear_object (&fixture->reader);
  g_clear_object (&fixture->set);
  g_clear_pointer (&fixture->problems, g_ptr_array_unref);
}

static char *
put_file (Fixture *fixture, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_mkdir_with_parents (parent, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
finish (Fixture *fixture)
{
  fixture->set = ahoy_config_reader_read (fixture->reader);
  fixture->problems = ahoy_config_reader_list_problems (fixture->reader);
}

static void
read_text_length (Fixture *fixture, const char *text, gssize length)
{
  ahoy_config_reader_add_text (fixture->reader, "test.conf", text, length);
  finish (fixture);
}

static void
read_text (Fixture *fixture, const char *text)
{
  read_text_length (fixture, text, -1);
}

static void
assert_no_problem (Fixture *fixture)
{
  for (guint i = 0; i < fixture->problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (fixture->problems->pdata[i]);

    g_test_message ("unexpected: %s", text);
  }
  g_assert_cmpuint (fixture->problems->len, ==, 0);
}

/* One of the problems is at @line and says @expected. */
static void
assert_problem (Fixture *fixture, guint line, const char *expected)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < fixture->problems->len; i++) {
    g_autofree char *text = ahoy_config_problem_to_string (fixture->problems->pdata[i]);

    if (ahoy_config_problem_get_line (fixture->problems->pdata[i]) == line
        && strstr (text, expected) != NULL)
      return;
    g_string_append_printf (all, "\n%s", text);
  }
  g_test_message ("no problem in line %u says “%s”:%s", line, expected, all->str);
  g_test_fail ();
}

static void
assert_text (Fixture *fixture, const char *type, const char *name, const char *key,
             const char *expected)
{
  AhoyConfigObject *object = ahoy_config_set_lookup (fixture->set, type, name);
  g_autofree char *text = NULL;

  g_assert_nonnull (object);
  text = ahoy_config_object_dup_text (object, key);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_objects (Fixture *fixture, gconstpointer data)
{
  AhoyConfigObject *bob;
  const char *file;
  guint line;

  read_text (fixture, "# a comment\n"
                      "\n"
                      "  [core]  \r\n"
                      "realm = example.com \r\n"
                      "[ endpoint   bob ]\n"
                      "# another one\n"
                      "\tcodecs = pcmu ; pcma\n"
                      "variables=A=1\\;2; B=\\s\n"
                      "caller-id=\"Bob \\\\ B\" <100>");
  assert_no_problem (fixture);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 2);
  assert_text (fixture, "core", "", "realm", "example.com");
  assert_text (fixture, "endpoint", "bob", "codecs", "pcmu;pcma");
  assert_text (fixture, "endpoint", "bob", "variables", "A=1\\;2;B=\\s");
  assert_text (fixture, "endpoint", "bob", "caller-id", "\"Bob \\\\ B\" <100>");

  bob = ahoy_config_set_lookup (fixture->set, "endpoint", "bob");
  g_assert_true (AHOY_IS_ENDPOINT_CONFIG (bob));
  g_assert_true (ahoy_config_object_is_sealed (bob));
  g_assert_cmpstr (ahoy_config_object_get_file (bob), ==, "test.conf");
  g_assert_cmpuint (ahoy_config_object_get_line (bob), ==, 5);
  g_assert_true (ahoy_config_object_get_key_origin (bob, "codecs", &file, &line));
  g_assert_cmpuint (line, ==, 7);
  g_assert_null (ahoy_config_set_lookup (fixture->set, "endpoint", "carol"));
}

static void
test_templates_and_defaults (Fixture *fixture, gconstpointer data)
{
  const char *file;
  guint line;

  read_text (fixture, "[endpoint bob](office, nat)\n"
                      "call-limit=3\n"
                      "[endpoint carol]\n"
                      "[endpoint office](!, phone)\n"
                      "context=office\n"
                      "[endpoint phone](!)\n"
                      "context=phone\n"
                      "call-limit=1\n"
                      "dtmf-mode=info\n"
                      "[endpoint nat](!)\n"
                      "direct-media=no\n"
                      "ptime=40\n"
                      "[defaults endpoint]\n"
                      "ptime=30\n"
                      "codecs=pcmu\n"
                      "[aor x]\n");
  assert_no_problem (fixture);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 3);
  assert_text (fixture, "endpoint", "bob", "context", "office");
  assert_text (fixture, "endpoint", "bob", "call-limit", "3");
  assert_text (fixture, "endpoint", "bob", "dtmf-mode", "info");
  assert_text (fixture, "endpoint", "bob", "ptime", "40");
  assert_text (fixture, "endpoint", "bob", "codecs", "pcmu");
  assert_text (fixture, "endpoint", "carol", "ptime", "30");
  assert_text (fixture, "endpoint", "carol", "context", "default");
  g_assert_true (ahoy_config_object_get_key_origin (
      ahoy_config_set_lookup (fixture->set, "endpoint", "bob"), "dtmf-mode", &file, &line));
  g_assert_cmpuint (line, ==, 9);
}

static void
test_what_is_wrong_is_said (Fixture *fixture, gconstpointer data)
{
  read_text (fixture, "realm=x\n"                 /* 1 */
                      "[core]\n"                  /* 2 */
                      "relam=x\n"                 /* 3 */
                      "[endpiont bob]\n"          /* 4 */
                      "ptime=20\n"                /* 5 */
                      "[endpoint]\n"              /* 6 */
                      "[core main]\n"             /* 7 */
                      "[endpoint bad name]\n"     /* 8 */
                      "this is skipped\n"         /* 9 */
                      "[endpoint carol]\n"        /* 10 */
                      "ptime=20\n"                /* 11 */
                      "ptime=30\n"                /* 12 */
                      "dtmf-mode=infoo\n"         /* 13 */
                      "no equals sign\n"          /* 14 */
                      "Ptime=1\n"                 /* 15 */
                      "include=other.conf\n"      /* 16 */
                      "[endpoint dave]\n"         /* 17 */
                      "[endpoint dave]\n"         /* 18 */
                      "[endpoint erin](nobody)\n" /* 19 */
                      "[defaults core]\n"         /* 20 */
                      "[endpoint dave](!\n"       /* 21 */
                      "[transport t]\n"           /* 22 */
                      "protocol=tls\n"            /* 23 */
                      "[endpoint frank]\n"        /* 24 */
                      "transport=t\n"             /* 25 */
                      "password=a\n"              /* 26 */
                      "password-file=b\n"         /* 27 */
                      "[endpoint grace]\n"        /* 28 */
                      "transport=t\n"             /* 29 */
                      "aors=dave;henry\n");       /* 30 */
  assert_problem (fixture, 1, "test.conf:1: realm: a key stands before the first group");
  assert_problem (fixture, 3, "core: relam: ");
  assert_problem (fixture, 3, "did you mean “realm”?");
  assert_problem (fixture, 4, "did you mean “endpoint”?");
  assert_problem (fixture, 6, "needs a name; write [endpoint NAME]");
  assert_problem (fixture, 7, "it has no name; write [core]");
  assert_problem (fixture, 8, "the head of a group cannot be read");
  assert_problem (fixture, 12, "endpoint carol: ptime: the key stands twice, first in line 11");
  assert_problem (fixture, 13, "did you mean “info”?");
  assert_problem (fixture, 14, "neither a group, a key=value nor a # comment");
  assert_problem (fixture, 15, "no key; write small letters");
  assert_problem (fixture, 16, "stands at the top of a file");
  assert_problem (fixture, 18, "it stands twice, first at test.conf:17");
  assert_problem (fixture, 19, "there is no template “nobody”");
  assert_problem (fixture, 20, "neither templates nor defaults");
  assert_problem (fixture, 21, "the head of a group cannot be read");
  assert_problem (fixture, 22, "needs certificate and private-key");
  assert_problem (fixture, 27, "the same secret stands in line 26 as password");
  assert_problem (fixture, 29, "warning: endpoint grace: transport: there is no transport “t”");
  assert_problem (fixture, 30, "there is no aor “henry”");

  for (guint i = 1; i < fixture->problems->len; i++)
    g_assert_cmpuint (ahoy_config_problem_get_line (fixture->problems->pdata[i - 1]), <=,
                      ahoy_config_problem_get_line (fixture->problems->pdata[i]));

  /* What is not hurt is there. */
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 2);
  g_assert_nonnull (ahoy_config_set_lookup (fixture->set, "endpoint", "dave"));
  g_assert_nonnull (ahoy_config_set_lookup (fixture->set, "endpoint", "grace"));
  for (guint i = 0; i < fixture->problems->len; i++) {
    g_assert_cmpuint (ahoy_config_problem_get_line (fixture->problems->pdata[i]), !=, 5);
    g_assert_cmpuint (ahoy_config_problem_get_line (fixture->problems->pdata[i]), !=, 9);
  }
}

static void
test_errors_in_templates_are_said_once (Fixture *fixture, gconstpointer data)
{
  read_text (fixture, "[endpoint phone](!)\n"     /* 1 */
                      "ptime=x\n"                 /* 2 */
                      "[endpoint bob](phone)\n"   /* 3 */
                      "[endpoint carol](phone)\n" /* 4 */
                      "[endpoint dave]\n"         /* 5 */
                      "[endpoint a](!, b)\n"      /* 6 */
                      "[endpoint b](!, a)\n"      /* 7 */
                      "[endpoint erin](a)\n"      /* 8 */
                      "[defaults route]\n"        /* 9 */
                      "context=\\x\n"             /* 10 */
                      "[route r]\n"               /* 11 */
                      "match=1\n"                 /* 12 */
                      "do=echo\n"                 /* 13 */
                      "[route r2]\n");            /* 14 */
  assert_problem (fixture, 2, "template endpoint phone: ptime: “x” is no number");
  assert_problem (fixture, 3, "left out, for template endpoint phone");
  assert_problem (fixture, 4, "left out, for template endpoint phone");
  assert_problem (fixture, 7, "comes to use itself");
  assert_problem (fixture, 8, "left out, for template endpoint a");
  assert_problem (fixture, 10, "defaults route: context: ");
  assert_problem (fixture, 11, "left out, for defaults route");
  assert_problem (fixture, 14, "left out, for defaults route");
  g_assert_cmpuint (fixture->problems->len, ==, 9);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 1);
  g_assert_nonnull (ahoy_config_set_lookup (fixture->set, "endpoint", "dave"));
}

static void
test_bytes_that_are_no_text (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "\xef\xbb\xbf[endpoint bob]\n"
                             "username=a\0b\n"
                             "[endpoint carol]\n"
                             "username=\xff\n"
                             "[endpoint dave]\n"
                             "username=a\x1b[31m\n"
                             "[endpoint erin]\n"
                             "username=\xc3\xa4\n";

  read_text_length (fixture, text, sizeof text - 1);
  assert_problem (fixture, 2, "NUL byte");
  assert_problem (fixture, 4, "not valid UTF-8");
  assert_problem (fixture, 6, "control character");
  g_assert_cmpuint (fixture->problems->len, ==, 3);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 1);
  assert_text (fixture, "endpoint", "erin", "username", "\xc3\xa4");
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("[endpoint bob]\nusername=");
  g_autofree char *filler = g_strnfill (70000, 'x');

  g_string_append_printf (text, "%s\n[endpoint carol]\nptime=%.60000s\n", filler, filler);
  g_string_append (text, "[endpoint t0](!)\n");
  for (guint i = 1; i <= 40; i++)
    g_string_append_printf (text, "[endpoint t%u](!, t%u, t%u)\n", i, i - 1, i - 1);
  g_string_append (text, "[endpoint deep](t12)\n[endpoint deeper](t40)\n[endpoint ok](t4)\n");
  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "junk\n");
  g_string_append (text, "[endpoint last]\n");
  for (guint i = 40; i > 0; i--)
    g_string_append_printf (text, "[endpoint d%u](!, d%u)\n", i, i - 1);
  g_string_append (text, "[endpoint d0](!)\n[endpoint shallow](d10)\n");
  read_text (fixture, text->str);

  assert_problem (fixture, 2, "longer than 65536 bytes");
  assert_problem (fixture, 4, "…");
  assert_problem (fixture, 11, "template endpoint t6: it uses more than 64 templates");
  assert_problem (fixture, 46, "it is left out, for template endpoint t12");
  assert_problem (fixture, 1050,
                  "template endpoint d40: its templates use each other more than 16");
  assert_problem (fixture, 47, "it is left out, for template endpoint t");
  assert_problem (fixture, 69, "the rest of it is not looked at");
  g_assert_cmpuint (fixture->problems->len, <, 120);
  g_assert_null (ahoy_config_set_lookup (fixture->set, "endpoint", "deep"));
  g_assert_null (ahoy_config_set_lookup (fixture->set, "endpoint", "deeper"));
  g_assert_nonnull (ahoy_config_set_lookup (fixture->set, "endpoint", "last"));
  g_assert_nonnull (ahoy_config_set_lookup (fixture->set, "endpoint", "shallow"));
  for (guint i = 0; i < fixture->problems->len; i++) {
    const char *message = ahoy_config_problem_get_message (fixture->problems->pdata[i]);

    g_assert_cmpuint (strlen (message), <, 700);
    g_assert_true (g_utf8_validate (message, -1, NULL));
  }
}

static void
test_flood_of_problems (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (text, "[endpoint e%u]\njunk\n", i);
  g_string_append (text, "[endpoint last]\n");
  read_text (fixture, text->str);
  g_assert_cmpuint (fixture->problems->len, ==, 1000);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 1);
  g_assert_nonnull (ahoy_config_set_lookup (fixture->set, "endpoint", "last"));
}

static void
test_files_in_their_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *main_file
      = put_file (fixture, "ahoy.conf", "include=more/a.conf\n[endpoint main]\n");
  g_autofree char *included
      = put_file (fixture, "more/a.conf", "include = b.conf\n[endpoint a]\npassword-file=secret\n");
  g_autofree char *inner = put_file (fixture, "more/b.conf", "[endpoint b]\n");
  g_autofree char *secret = put_file (fixture, "more/secret", "geheim\n");
  g_autofree char *second = put_file (fixture, "conf.d/20.conf", "[endpoint twenty](t)\n");
  g_autofree char *first = put_file (fixture, "conf.d/10.conf", "[endpoint t](!)\nptime=40\n");
  g_autofree char *backup = put_file (fixture, "conf.d/10.conf~", "[endpoint backup]\n");
  g_autofree char *hidden = put_file (fixture, "conf.d/.10.conf", "[endpoint hidden]\n");
  g_auto (GStrv) files = NULL;
  g_autoptr (GPtrArray) objects = NULL;

  g_assert_cmpuint (ahoy_config_reader_add_folder (fixture->reader, fixture->folder), ==, 3);
  finish (fixture);
  assert_no_problem (fixture);
  objects = ahoy_config_set_list (fixture->set, "endpoint");
  g_assert_cmpuint (objects->len, ==, 4);
  g_assert_cmpstr (ahoy_config_object_get_name (objects->pdata[0]), ==, "b");
  g_assert_cmpstr (ahoy_config_object_get_name (objects->pdata[1]), ==, "a");
  g_assert_cmpstr (ahoy_config_object_get_string (objects->pdata[1], "password"), ==, "geheim");
  g_assert_cmpstr (ahoy_config_object_get_name (objects->pdata[2]), ==, "main");
  g_assert_cmpstr (ahoy_config_object_get_name (objects->pdata[3]), ==, "twenty");
  g_assert_cmpuint (ahoy_config_object_get_number (objects->pdata[3], "ptime"), ==, 40);
  g_assert_cmpstr (ahoy_config_object_get_file (objects->pdata[0]), ==, inner);

  files = ahoy_config_reader_list_files (fixture->reader);
  g_assert_cmpuint (g_strv_length (files), ==, 5);
  g_assert_cmpstr (files[0], ==, main_file);
}

static void
test_includes_that_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autofree char *main_file = put_file (fixture, "ahoy.conf",
                                         "include=a.conf\n"
                                         "include=b.conf\n"
                                         "include=missing.conf\n"
                                         "include=pipe\n"
                                         "include=.\n"
                                         "include=\n"
                                         "include=\\x\n"
                                         "[endpoint main]\n");
  g_autofree char *a = put_file (fixture, "a.conf", "include=link.conf\n[endpoint a]\n");
  g_autofree char *b = put_file (fixture, "b.conf", "include=ahoy.conf\n[endpoint b]\n");
  g_autofree char *link = g_build_filename (fixture->folder, "link.conf", NULL);
  g_autofree char *pipe_path = g_build_filename (fixture->folder, "pipe", NULL);

  g_assert_cmpint (symlink ("a.conf", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  ahoy_config_reader_add_folder (fixture->reader, fixture->folder);
  finish (fixture);
  assert_problem (fixture, 1, "link.conf” includes itself");
  assert_problem (fixture, 1, "ahoy.conf” includes itself");
  assert_problem (fixture, 3, "No such file");
  assert_problem (fixture, 4, "no plain file");
  assert_problem (fixture, 5, "no plain file");
  assert_problem (fixture, 6, "name of a file is missing");
  assert_problem (fixture, 7, "no escape sequence");
  g_assert_cmpuint (fixture->problems->len, ==, 7);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 3);
}

static void
test_long_chain_of_includes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *main_file = put_file (fixture, "ahoy.conf", "include=0.conf\n");

  for (guint i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("%u.conf", i);
    g_autofree char *text = g_strdup_printf ("include=%u.conf\n[endpoint e%u]\n", i + 1, i);
    g_autofree char *path = put_file (fixture, name, text);
  }
  ahoy_config_reader_add_folder (fixture->reader, fixture->folder);
  finish (fixture);
  assert_problem (fixture, 1, "more than 16 files include each other");
  g_assert_cmpuint (fixture->problems->len, ==, 1);
  g_assert_cmpuint (ahoy_config_set_get_length (fixture->set), ==, 15);
}

static void
test_default_holds_until_there_is_a_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) routes = NULL;
  g_autoptr (AhoyConfigSet) configured = NULL;
  g_autoptr (AhoyConfigSet) unreadable = NULL;
  g_autofree char *path = NULL;

  fixture->set
      = ahoy_configuration_read_folder (fixture->schema, fixture->folder, &fixture->problems);
  assert_no_problem (fixture);
  assert_text (fixture, "endpoint", "anonymous", "match", "127.0.0.0/8;::1");
  assert_text (fixture, "endpoint", "anonymous", "allow", "call");
  assert_text (fixture, "transport", "udp", "bind", "127.0.0.1:5060");
  assert_text (fixture, "transport", "tcp6", "bind", "[::1]:5060");
  assert_text (fixture, "route", "echo", "match", "600");
  routes = ahoy_config_set_list (fixture->set, "route");
  g_assert_cmpuint (routes->len, ==, 3);

  path = put_file (fixture, "conf.d/empty.conf", "# nothing\n");
  configured = ahoy_configuration_read_folder (fixture->schema, fixture->folder, NULL);
  g_assert_cmpuint (ahoy_config_set_get_length (configured), ==, 0);

  g_unlink (path);
  g_mkdir (path, 0700);
  unreadable = ahoy_configuration_read_folder (fixture->schema, fixture->folder, NULL);
  g_assert_cmpuint (ahoy_config_set_get_length (unreadable), ==, 0);
}

/* The values that are read are those that GLib reads, where both may be written. */
static void
test_values_are_those_of_a_key_file (Fixture *fixture, gconstpointer data)
{
  static const char *const values[]
      = { "plain", " x",  "a b",      "\\sx\\s", "a\\\\b", "a=b",  "#x",
          "[x]",   "a;b", "\xc3\xa4", "\"a\"",   "'",      "\\\\s" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *text = g_strdup_printf ("[auth x]\nusername=%s\n", values[i]);
    g_autoptr (GKeyFile) key_file = g_key_file_new ();
    g_autoptr (AhoyConfigReader) reader = ahoy_config_reader_new (fixture->schema);
    g_autoptr (AhoyConfigSet) set = NULL;
    g_autofree char *expected = NULL;
    g_autoptr (GError) error = NULL;

    g_key_file_load_from_data (key_file, text, -1, G_KEY_FILE_NONE, &error);
    g_assert_no_error (error);
    expected = g_key_file_get_string (key_file, "auth x", "username", &error);
    g_assert_no_error (error);
    ahoy_config_reader_add_text (reader, "x", text, -1);
    set = ahoy_config_reader_read (reader);
    g_assert_cmpuint (ahoy_config_set_get_length (set), ==, 1);
    g_assert_cmpstr (
        ahoy_config_object_get_string (ahoy_config_set_lookup (set, "auth", "x"), "username"), ==,
        expected);
  }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/storage/reader/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  umask (0077); /* secrets are read from files */

  ADD ("objects", test_objects);
  ADD ("templates-and-defaults", test_templates_and_defaults);
  ADD ("what-is-wrong-is-said", test_what_is_wrong_is_said);
  ADD ("errors-in-templates-are-said-once", test_errors_in_templates_are_said_once);
  ADD ("bytes-that-are-no-text", test_bytes_that_are_no_text);
  ADD ("limits", test_limits);
  ADD ("flood-of-problems", test_flood_of_problems);
  ADD ("files-in-their-order", test_files_in_their_order);
  ADD ("includes-that-cannot-be", test_includes_that_cannot_be);
  ADD ("long-chain-of-includes", test_long_chain_of_includes);
  ADD ("default-holds-until-there-is-a-file", test_default_holds_until_there_is_a_file);
  ADD ("values-are-those-of-a-key-file", test_values_are_those_of_a_key_file);

  return g_test_run ();
}
