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
assert_line (const char *text)
{
  assert_text (text);
  g_assert_null (strpbrk (text, "\r\n"));
}

/* What it says can be written and read again, and answered unless the algorithm is not known. */
static void
check_challenge (AhoyChallenge *challenge)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ahoy_challenge_to_string (challenge);
  g_autofree char *text_again = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (AhoyCredentials) answer =
      ahoy_credentials_new (challenge, "bob", "00", "INVITE", "sip:bob@example.org", NULL, "c", 1,
                            NULL);

  assert_line (text);
  g_assert_true ((answer != NULL) == ahoy_digest_algorithm_is_available (
                                         ahoy_challenge_get_algorithm (challenge)));
  if (strlen (text) > 8192) {
    return; /* escapes made it longer than what is read */
  }
  again = ahoy_challenge_parse_list (text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  text_again = ahoy_challenge_to_string (again->pdata[0]);
  g_assert_cmpstr (ahoy_challenge_get_realm (challenge), ==,
                   ahoy_challenge_get_realm (again->pdata[0]));
  if (ahoy_challenge_get_algorithm (challenge) != AHOY_DIGEST_UNKNOWN) {
    g_assert_cmpstr (text, ==, text_again);
  }
}

static void
check_credentials (AhoyCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ahoy_credentials_to_string (credentials);
  g_autoptr (GPtrArray) again = NULL;

  assert_line (text);
  assert_text (ahoy_credentials_get_opaque (credentials));
  ahoy_credentials_check (credentials, "00112233445566778899aabbccddeeff", "INVITE", NULL);
  if (strlen (text) > 8192) {
    return;
  }
  again = ahoy_credentials_parse_list (text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpstr (ahoy_credentials_get_username (credentials), ==,
                   ahoy_credentials_get_username (again->pdata[0]));
  g_assert_cmpuint (ahoy_credentials_get_nonce_count (credentials), ==,
                    ahoy_credentials_get_nonce_count (again->pdata[0]));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) fault = NULL;
  g_autoptr (GPtrArray) challenges = NULL;
  g_autoptr (GPtrArray) credentials = NULL;
  g_autofree char *text = g_strndup (data != NULL ? (const char *) data : "", size);

  challenges = ahoy_challenge_parse_list (text, &error);
  g_assert_true ((challenges != NULL) == (error == NULL));
  for (guint i = 0; challenges != NULL && i < challenges->len; i++) {
    check_challenge (challenges->pdata[i]);
  }
  credentials = ahoy_credentials_parse_list (text, &fault);
  g_assert_true ((credentials != NULL) == (fault == NULL));
  for (guint i = 0; credentials != NULL && i < credentials->len; i++) {
    check_credentials (credentials->pdata[i]);
  }
  return 0;
}
