/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

typedef struct {
  AhoyStack *stack;
  AhoyMessage *message;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->stack = ahoy_stack_new (NULL, NULL);
  ahoy_stack_start (f->stack, &error);
  g_assert_no_error (error);
  f->message = ahoy_stack_create_request (f->stack, "MESSAGE", "sip:bob@example.org;x=1",
                                          "\"A \\\"B\\\" C\" <sip:alice@example.net>",
                                          "<sip:bob@example.org>", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->message);
  ahoy_stack_stop (f->stack);
  g_object_unref (f->stack);
}

#define assert_text(actual, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *got_ = (actual);                                                              \
    g_assert_cmpstr (got_, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

static void
test_reads (Fixture *f, gconstpointer data)
{
  g_assert_true (ahoy_message_is_request (f->message));
  g_assert_false (ahoy_message_is_incoming (f->message));
  g_assert_cmpstr (ahoy_message_get_method (f->message), ==, "MESSAGE");
  g_assert_cmpuint (ahoy_message_get_status (f->message), ==, 0);
  assert_text (ahoy_message_dup_request_uri (f->message), "sip:bob@example.org;x=1");
  assert_text (ahoy_message_dup_from_uri (f->message), "sip:alice@example.net");
  assert_text (ahoy_message_dup_from_display (f->message), "A \"B\" C");
  assert_text (ahoy_message_dup_to_uri (f->message), "sip:bob@example.org");
  assert_text (ahoy_message_dup_to_tag (f->message), NULL);
  assert_text (ahoy_message_get_header (f->message, "max-forwards"), "70");
  g_assert_true (ahoy_message_has_header (f->message, "i"));
  g_assert_cmpuint (ahoy_message_get_cseq (f->message), >, 0);
}

/* Values of every length come back as they were given, whatever room they are written into. */
static void
test_long_values (Fixture *f, gconstpointer data)
{
  for (guint length = 1; length < 1100; length++) {
    g_autofree char *filling = g_strnfill (length, 'x');
    g_autofree char *digest = g_strdup_printf ("Digest a=\"%s\", qop=auth, nc=00000001", filling);
    g_autofree char *contact = g_strdup_printf ("<sip:%s@h;a=b>;c=d", filling);
    g_autofree char *uri = g_strdup_printf ("sip:%s@h;a=b?c=d", filling);

    g_assert_true (ahoy_message_set_header (f->message, "Authorization", digest, NULL));
    g_assert_true (ahoy_message_set_header (f->message, "Contact", contact, NULL));
    g_assert_true (ahoy_message_set_header (f->message, "Subject", filling, NULL));
    g_assert_true (ahoy_message_set_request_uri (f->message, uri, NULL));
    assert_text (ahoy_message_get_header (f->message, "Authorization"), digest);
    assert_text (ahoy_message_get_header (f->message, "Contact"), contact);
    assert_text (ahoy_message_get_header (f->message, "Subject"), filling);
    assert_text (ahoy_message_dup_request_uri (f->message), uri);
  }
}

static void
test_headers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) values = NULL;
  g_auto (GStrv) names = NULL;

  g_assert_true (ahoy_message_add_header (f->message, "X-Foo", "one", &error));
  g_assert_true (ahoy_message_add_header (f->message, "x-foo", "two; a=\"b\"", &error));
  g_assert_true (ahoy_message_add_header (f->message, "Subject", "first", &error));
  g_assert_true (ahoy_message_add_header (f->message, "s", "second", &error));
  g_assert_no_error (error);
  values = ahoy_message_get_headers (f->message, "X-FOO");
  g_assert_cmpuint (g_strv_length (values), ==, 2);
  g_assert_cmpstr (values[1], ==, "two; a=\"b\"");
  assert_text (ahoy_message_get_header (f->message, "Subject"), "second");
  g_assert_true (ahoy_message_set_header (f->message, "X-Foo", "three", &error));
  g_strfreev (values);
  values = ahoy_message_get_headers (f->message, "X-Foo");
  g_assert_cmpuint (g_strv_length (values), ==, 1);
  names = ahoy_message_list_headers (f->message);
  g_assert_true (g_strv_contains ((const char *const *) names, "Subject"));
  g_assert_true (ahoy_message_remove_header (f->message, "Subject", &error));
  g_assert_false (ahoy_message_has_header (f->message, "Subject"));
  g_assert_true (ahoy_message_add_header (f->message, "Require", "foo, Bar", &error));
  g_assert_true (ahoy_message_has_option_tag (f->message, "Require", "bar"));
  g_assert_false (ahoy_message_has_option_tag (f->message, "Require", "ba"));
}

static void
test_bad_headers (Fixture *f, gconstpointer data)
{
  static const char *const bad[][2] = {
    { "X-Foo", "a\r\nEvil: yes" }, { "X-Foo", "a\nb" }, { "X Foo", "a" },     { "", "a" },
    { "X:Foo", "a" },              { "Via", "a" },       { "call-id", "a" },  { "l", "5" },
    { "CSeq", "1 X" },             { "X-Föö", "a" },     { "X-Foo\r\n", "a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (ahoy_message_add_header (f->message, bad[i][0], bad[i][1], &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  }
}

static void
test_body (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) hello = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) more = g_bytes_new_static (" world\0!", 8);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_false (ahoy_message_append_body (f->message, more, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_false (ahoy_message_set_body (f->message, NULL, hello, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_true (ahoy_message_set_body (f->message, "text/html", more, &error));
  g_assert_true (ahoy_message_set_body (f->message, "text/plain;charset=utf-8", hello, &error));
  g_assert_true (ahoy_message_append_body (f->message, more, &error));
  g_assert_no_error (error);
  body = ahoy_message_get_body (f->message);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "hello world\0!", 13);
  assert_text (ahoy_message_dup_content_type (f->message), "text/plain;charset=utf-8");
  g_assert_true (ahoy_message_set_body (f->message, NULL, NULL, &error));
  g_assert_null (ahoy_message_get_body (f->message));
  g_assert_false (ahoy_message_has_header (f->message, "Content-Type"));
}

static void
test_multipart (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) back = NULL;
  g_autoptr (GBytes) sdp = g_bytes_new_static ("v=0\r\n", 5);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (parts, ahoy_body_part_new ("application/sdp", sdp));
  g_ptr_array_add (parts, ahoy_body_part_new ("text/plain", nothing));
  g_assert_true (ahoy_body_part_add_header (parts->pdata[0], "Content-Disposition", "session",
                                            &error));
  g_assert_false (ahoy_body_part_add_header (parts->pdata[0], "X", "a\r\nb", NULL));
  g_assert_true (ahoy_message_set_parts (f->message, "mixed", parts, &error));
  g_assert_no_error (error);
  back = ahoy_message_get_parts (f->message, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 2);
  g_assert_true (g_bytes_equal (ahoy_body_part_get_body (back->pdata[0]), sdp));
  g_assert_cmpstr (ahoy_body_part_get_content_type (back->pdata[0]), ==, "application/sdp");
  assert_text (ahoy_body_part_get_header (back->pdata[0], "content-disposition"), "session");
  g_assert_true (g_bytes_equal (ahoy_body_part_get_body (back->pdata[1]), nothing));
}

static void
test_bad_multipart (Fixture *f, gconstpointer data)
{
  static const char *const types[] = { "multipart/mixed", "multipart/mixed;boundary=b",
                                       "multipart/mixed;boundary=\"\"" };
  static const char *const bodies[] = { "", "--b", "--b\r\n", "--b\r\nx", "--bb--\r\n", "\r\n",
                                        "--b\r\n--b\r\n", "--b--x" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    for (gsize j = 1; j < G_N_ELEMENTS (bodies); j++) {
      g_autoptr (GBytes) body = g_bytes_new_static (bodies[j], strlen (bodies[j]));
      g_autoptr (GError) error = NULL;

      g_assert_true (ahoy_message_set_body (f->message, types[i], body, NULL));
      g_assert_null (ahoy_message_get_parts (f->message, &error));
      g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
    }
  }
}

static void
test_bad_requests (Fixture *f, gconstpointer data)
{
  static const char *const bad[][3] = {
    { "lower", "sip:a@b", "sip:c@d" },    { "INV ITE", "sip:a@b", "sip:c@d" },
    { "", "sip:a@b", "sip:c@d" },         { "INFO", "", "sip:c@d" },
    { "INFO", "sip:a@b\r\n", "sip:c@d" }, { "INFO", "sip:a@b", "sip:c@d\r\nX: y" },
    { "INFO", "nonsense", "sip:c@d" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ahoy_stack_create_request (f->stack, bad[i][0], bad[i][1], bad[i][2], NULL,
                                              &error));
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  }
}

static gpointer
drop_elsewhere (gpointer message)
{
  g_object_unref (message);
  return NULL;
}

static void
test_other_thread (Fixture *f, gconstpointer data)
{
  guint before = ahoy_census_count ("AhoyMessage");
  AhoyMessage *message = ahoy_stack_create_request (f->stack, "INFO", "sip:a@b", "sip:c@d", NULL,
                                                    NULL);

  g_thread_join (g_thread_new ("dropper", drop_elsewhere, message));
  g_assert_cmpuint (ahoy_census_count ("AhoyMessage"), ==, before);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/message/reads", test_reads },
    { "/message/headers", test_headers },
    { "/message/long-values", test_long_values },
    { "/message/bad-headers", test_bad_headers },
    { "/message/body", test_body },
    { "/message/multipart", test_multipart },
    { "/message/bad-multipart", test_bad_multipart },
    { "/message/bad-requests", test_bad_requests },
    { "/message/other-thread", test_other_thread },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
