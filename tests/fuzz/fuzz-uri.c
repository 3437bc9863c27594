/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

static void
assert_text (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
assert_one_line (const char *text)
{
  assert_text (text);
  g_assert_null (strpbrk (text, "\r\n"));
}

/* Writes @uri, reads it again, and wants to find the same. */
static void
assert_parses_again (AhoyUri *uri)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ahoy_uri_to_string (uri);
  g_autoptr (AhoyUri) again = ahoy_uri_parse (text, &error);
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  assert_one_line (text);
  text_again = ahoy_uri_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_true (ahoy_uri_equal (uri, again));
  g_assert_true (ahoy_uri_equal (again, uri));
  g_assert_cmpuint (ahoy_uri_hash (uri), ==, ahoy_uri_hash (again));
}

static void
change_uri (AhoyUri *uri)
{
  g_autoptr (AhoyUri) plain = ahoy_uri_without_params (uri);
  g_autoptr (AhoyUri) other = NULL;
  g_autoptr (AhoyUri) user = NULL;

  assert_parses_again (plain);
  if (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_OTHER)
    return;

  other = ahoy_uri_with_param (plain, "phone-context", "+1;2 \xc3\xa4");
  g_assert_cmpstr (ahoy_uri_get_param (other, "Phone-Context"), ==, "+1;2 \xc3\xa4");
  assert_parses_again (other);

  if (ahoy_uri_get_host (uri) != NULL && ahoy_uri_get_user (uri) != NULL) {
    user = ahoy_uri_with_user (uri, ahoy_uri_get_user (uri));
    g_assert_null (ahoy_uri_get_password (user));
    assert_parses_again (user);
  }
}

static void
check_uri (AhoyUri *uri)
{
  g_auto (GStrv) params = ahoy_uri_list_params (uri);
  g_auto (GStrv) headers = ahoy_uri_list_headers (uri);

  assert_parses_again (uri);
  assert_text (ahoy_uri_get_user (uri));
  assert_text (ahoy_uri_get_user_without_options (uri));
  assert_text (ahoy_uri_get_password (uri));
  assert_text (ahoy_uri_get_host (uri));
  assert_text (ahoy_uri_get_number (uri));
  g_assert_true (ahoy_uri_get_number (uri) == NULL || *ahoy_uri_get_number (uri) != '\0');
  g_assert_cmpuint (ahoy_uri_get_port (uri), <=, G_MAXUINT16);
  for (gsize i = 0; params[i] != NULL; i++)
    assert_text (ahoy_uri_get_param (uri, params[i]));
  for (gsize i = 0; headers[i] != NULL; i++)
    assert_text (ahoy_uri_get_header (uri, headers[i]));

  change_uri (uri);
}

static void
check_name_addr (AhoyNameAddr *address)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ahoy_name_addr_to_string (address);
  g_autoptr (AhoyNameAddr) again = ahoy_name_addr_parse (text, &error);
  g_autofree char *text_again = NULL;
  g_auto (GStrv) params = ahoy_name_addr_list_params (address);

  g_assert_no_error (error);
  assert_one_line (text);
  text_again = ahoy_name_addr_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpstr (ahoy_name_addr_get_display_name (address), ==,
                   ahoy_name_addr_get_display_name (again));
  g_assert_true (
      ahoy_uri_equal (ahoy_name_addr_get_uri (address), ahoy_name_addr_get_uri (again)));
  for (gsize i = 0; params[i] != NULL; i++)
    g_assert_cmpstr (ahoy_name_addr_get_param (address, params[i]), ==,
                     ahoy_name_addr_get_param (again, params[i]));
}

static void
check_list (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ahoy_name_addr_parse_list (text, &error);
  g_autoptr (AhoyNameAddr) one = ahoy_name_addr_parse (text, NULL);

  g_assert_true ((list != NULL) == (error == NULL));
  g_assert_true (one == NULL || (list != NULL && list->len == 1));
  if (list == NULL) {
    assert_text (error->message);
    return;
  }

  for (guint i = 0; i < list->len; i++) {
    check_name_addr (list->pdata[i]);
    for (guint n = 0; n < MIN (i, 8); n++) {
      AhoyUri *a = ahoy_name_addr_get_uri (list->pdata[i]);
      AhoyUri *b = ahoy_name_addr_get_uri (list->pdata[n]);

      g_assert_cmpint (ahoy_uri_equal (a, b), ==, ahoy_uri_equal (b, a));
      g_assert_true (!ahoy_uri_equal (a, b) || ahoy_uri_hash (a) == ahoy_uri_hash (b));
    }
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autofree char *text = g_strndup (data != NULL ? (const char *) data : "", size);

  uri = ahoy_uri_parse_length (data != NULL ? (const char *) data : "", size, &error);
  g_assert_true ((uri != NULL) == (error == NULL));
  if (uri != NULL)
    check_uri (uri);
  else
    assert_text (error->message);

  check_list (text);

  return 0;
}
