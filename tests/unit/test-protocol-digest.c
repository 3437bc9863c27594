/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy.h"

/* RFC 7616 section 3.9.1, and section 3.9.2 with its erratum 4897; RFC 2617 section 3.5. */
static const struct {
  AhoyDigestAlgorithm algorithm;
  const char *username;
  const char *realm;
  const char *password;
  const char *nonce;
  const char *cnonce;
  const char *uri;
  const char *response;
} vectors[] = {
  { AHOY_DIGEST_MD5, "Mufasa", "http-auth@example.org", "Circle of Life",
    "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "/dir/index.html",
    "8ca523f5e9506fed4657c9700eebdbec" },
  { AHOY_DIGEST_SHA_256, "Mufasa", "http-auth@example.org", "Circle of Life",
    "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "/dir/index.html",
    "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
  { AHOY_DIGEST_SHA_512_256, "J\xc3\xa4s\xc3\xb8n Doe", "api@example.org", "Secret, or not?",
    "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
    "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", "/doe.json",
    "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5" },
  { AHOY_DIGEST_MD5, "Mufasa", "testrealm@host.com", "Circle Of Life",
    "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b", "/dir/index.html",
    "6629fae49393a05397450978507c4ef1" },
};

static void
test_vector (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *ha1 = ahoy_digest_hash_account (vectors[i].algorithm, vectors[i].username,
                                                   vectors[i].realm, vectors[i].password);
  g_autofree char *response =
      ahoy_digest_respond (vectors[i].algorithm, ha1, vectors[i].nonce, AHOY_DIGEST_QOP_AUTH, 1,
                           vectors[i].cnonce, "GET", vectors[i].uri, NULL);

  g_assert_cmpstr (response, ==, vectors[i].response);
}

/* INVITE sip:600@example.org with the body "v=0\r\n", of bob:ahoy:secret, nonce n0nce, cnonce c,
 * the tenth request; computed by Python's hashlib (tests/common/sip_digest.py). */
static const struct {
  AhoyDigestAlgorithm algorithm;
  AhoyDigestQop qop;
  const char *response;
} table[] = {
  { AHOY_DIGEST_MD5, AHOY_DIGEST_QOP_NONE,
    "47a1ecdf627106dbca3db4cbccb820c7" },
  { AHOY_DIGEST_MD5, AHOY_DIGEST_QOP_AUTH,
    "6be710f39d43aeb9c42a07e9f7e252e4" },
  { AHOY_DIGEST_MD5, AHOY_DIGEST_QOP_AUTH_INT,
    "dda1962d22cc44467bbd045d5ef92761" },
  { AHOY_DIGEST_MD5_SESS, AHOY_DIGEST_QOP_NONE,
    "0be0654ccb3ef9b1280b107b9957f38a" },
  { AHOY_DIGEST_MD5_SESS, AHOY_DIGEST_QOP_AUTH,
    "06b21fdc6a50c0dd924d7f0691a95051" },
  { AHOY_DIGEST_MD5_SESS, AHOY_DIGEST_QOP_AUTH_INT,
    "b22d8e4a9f12bbc54b6eb729e294b6cb" },
  { AHOY_DIGEST_SHA_256, AHOY_DIGEST_QOP_NONE,
    "02a06d7793e83841a72101bc5d2ce46db0415b99610a05dc425da3bebbf4ac62" },
  { AHOY_DIGEST_SHA_256, AHOY_DIGEST_QOP_AUTH,
    "342bd7ab850088df6d44a58b310729c5c881464d36d65f72230249c45de72944" },
  { AHOY_DIGEST_SHA_256, AHOY_DIGEST_QOP_AUTH_INT,
    "27875a0ca5e7ba9c139a48d4d74ba2a805d79e2611cb9913a2b5b11b71ca728b" },
  { AHOY_DIGEST_SHA_256_SESS, AHOY_DIGEST_QOP_NONE,
    "4ff370cc425ec98ffc58d09237096d61a4851545936c592c7b8bb5c24ed6fc95" },
  { AHOY_DIGEST_SHA_256_SESS, AHOY_DIGEST_QOP_AUTH,
    "4d7be1ea6c1e4f20faa18d1374db153a7092a5800bf220c620d56017006816c5" },
  { AHOY_DIGEST_SHA_256_SESS, AHOY_DIGEST_QOP_AUTH_INT,
    "20565274230286da11fe244532c36de47da10ac9c6daef3a2c8f343b0cd48031" },
  { AHOY_DIGEST_SHA_512_256, AHOY_DIGEST_QOP_NONE,
    "2b7b5755fc22f1f0c5e9eb72d7d23f1a344397247c3d85168fe24f1a3c3e5764" },
  { AHOY_DIGEST_SHA_512_256, AHOY_DIGEST_QOP_AUTH,
    "21e5458d72f428eb7c5bff996f773c6f8fe608bce805f1f0f567dafffb787bad" },
  { AHOY_DIGEST_SHA_512_256, AHOY_DIGEST_QOP_AUTH_INT,
    "cb9524c470c2fe0106b33c9a29dc49d1666547e8f893dce75e50523cced26a6e" },
  { AHOY_DIGEST_SHA_512_256_SESS, AHOY_DIGEST_QOP_NONE,
    "95e1bd9cc2fa93fa6ea1bf228bb054fbf7b633ad387e5d44756a0824561972b8" },
  { AHOY_DIGEST_SHA_512_256_SESS, AHOY_DIGEST_QOP_AUTH,
    "b36e89d69f799c9b842218e2b971cc1f1401b7288c66a2d2115c9303bce19228" },
  { AHOY_DIGEST_SHA_512_256_SESS, AHOY_DIGEST_QOP_AUTH_INT,
    "5936deaa7e85d2327b0d4568e145f153c7454c97c56eff8a738d21f6453e0e3f" },
};

static void
test_table (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("v=0\r\n", 5);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    AhoyDigestAlgorithm algorithm = table[i].algorithm;
    AhoyDigestAlgorithm base = ahoy_digest_algorithm_get_base (algorithm);
    g_autofree char *ha1 = ahoy_digest_hash_account (algorithm, "bob", "ahoy", "secret");
    g_autofree char *plain = ahoy_digest_hash_account (base, "bob", "ahoy", "secret");
    g_autofree char *response =
        ahoy_digest_respond (algorithm, ha1, "n0nce", table[i].qop, 10, "c", "INVITE",
                             "sip:600@example.org", body);

    g_assert_cmpstr (response, ==, table[i].response);
    g_assert_cmpstr (ha1, ==, plain);
    g_assert_cmpuint (strlen (response), ==, ahoy_digest_algorithm_get_length (algorithm));
    g_assert_true (ahoy_digest_algorithm_is_available (algorithm));
    g_assert_true (ahoy_digest_algorithm_is_session (algorithm) == (base != algorithm));
    g_assert_cmpint (ahoy_digest_algorithm_from_string (
                         ahoy_digest_algorithm_to_string (algorithm)),
                     ==, algorithm);
  }
}

static void
test_names (void)
{
  g_autofree char *none = ahoy_digest_hash_account (AHOY_DIGEST_UNKNOWN, "a", "b", "c");

  g_assert_null (none);
  g_assert_cmpint (ahoy_digest_algorithm_from_string (NULL), ==, AHOY_DIGEST_MD5);
  g_assert_cmpint (ahoy_digest_algorithm_from_string ("sha-256"), ==, AHOY_DIGEST_SHA_256);
  g_assert_cmpint (ahoy_digest_algorithm_from_string ("MD5-SESS"), ==, AHOY_DIGEST_MD5_SESS);
  g_assert_cmpint (ahoy_digest_algorithm_from_string ("AKAv1-MD5"), ==, AHOY_DIGEST_UNKNOWN);
  g_assert_null (ahoy_digest_algorithm_to_string (AHOY_DIGEST_UNKNOWN));
  g_assert_null (ahoy_digest_algorithm_to_string ((AhoyDigestAlgorithm) 99));
  g_assert_false (ahoy_digest_algorithm_is_available ((AhoyDigestAlgorithm) 99));
}

static void
test_comparison (void)
{
  g_autofree char *one = ahoy_digest_make_random (16);
  g_autofree char *other = ahoy_digest_make_random (16);

  g_assert_cmpuint (strlen (one), ==, 32);
  g_assert_cmpstr (one, !=, other);
  g_assert_false (ahoy_digest_equal (one, other));
  g_assert_true (ahoy_digest_equal (one, one));
  g_assert_true (ahoy_digest_equal ("00ff", "00FF"));
  g_assert_false (ahoy_digest_equal ("00ff", "00f"));
  g_assert_false (ahoy_digest_equal ("00ff", "00fe"));
  g_assert_false (ahoy_digest_equal ("10ff", "00ff"));
}

/* -- challenges ----------------------------------------------------------------------------- */

static void
test_challenge_written (void)
{
  g_autoptr (AhoyChallenge) challenge = ahoy_challenge_new (
      "a \"quoted\\\" realm", AHOY_DIGEST_SHA_256, AHOY_DIGEST_QOP_AUTH | AHOY_DIGEST_QOP_AUTH_INT,
      "n", "o", "sip:example.org", TRUE);
  g_autoptr (AhoyChallenge) made =
      ahoy_challenge_new ("r", AHOY_DIGEST_MD5, AHOY_DIGEST_QOP_NONE, NULL, NULL, NULL, FALSE);
  g_autofree char *text = ahoy_challenge_to_string (challenge);
  g_autofree char *short_text = ahoy_challenge_to_string (made);
  g_autofree char *expected =
      g_strdup_printf ("Digest realm=\"r\", nonce=\"%s\", algorithm=MD5",
                       ahoy_challenge_get_nonce (made));
  g_autoptr (GPtrArray) again = NULL;

  g_assert_cmpstr (text, ==,
                   "Digest realm=\"a \\\"quoted\\\\\\\" realm\", domain=\"sip:example.org\", "
                   "nonce=\"n\", opaque=\"o\", stale=true, algorithm=SHA-256, "
                   "qop=\"auth,auth-int\"");
  g_assert_cmpstr (short_text, ==, expected);
  g_assert_cmpuint (strlen (ahoy_challenge_get_nonce (made)), ==, 32);
  again = ahoy_challenge_parse_list (text, NULL);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpstr (ahoy_challenge_get_realm (again->pdata[0]), ==, "a \"quoted\\\" realm");
}

static void
test_challenges_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ahoy_challenge_parse_list (
      " , Digest realm=\"a\", nonce=\"1\", algorithm=SHA-512-256, qop=\"auth-int , auth\" ,"
      "Basic realm=\"b\", Negotiate YWJj==, Digest nonce = \"2\" , realm=b,,stale=TRUE, x=\"\", "
      "digest realm=\"c\", nonce=\"3\", qop=\"future\", "
      "DIGEST realm=\"d\", nonce=\"4\", qop=\"auth-conf,auth\", opaque=\"\", algorithm=new",
      &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpint (ahoy_challenge_get_algorithm (list->pdata[0]), ==, AHOY_DIGEST_SHA_512_256);
  g_assert_cmpint (ahoy_challenge_get_qop (list->pdata[0]), ==,
                   AHOY_DIGEST_QOP_AUTH | AHOY_DIGEST_QOP_AUTH_INT);
  g_assert_null (ahoy_challenge_get_opaque (list->pdata[0]));
  g_assert_false (ahoy_challenge_is_stale (list->pdata[0]));
  g_assert_cmpstr (ahoy_challenge_get_realm (list->pdata[1]), ==, "b");
  g_assert_cmpstr (ahoy_challenge_get_nonce (list->pdata[1]), ==, "2");
  g_assert_cmpint (ahoy_challenge_get_algorithm (list->pdata[1]), ==, AHOY_DIGEST_MD5);
  g_assert_cmpint (ahoy_challenge_get_qop (list->pdata[1]), ==, AHOY_DIGEST_QOP_NONE);
  g_assert_true (ahoy_challenge_is_stale (list->pdata[1]));
  g_assert_cmpint (ahoy_challenge_get_algorithm (list->pdata[2]), ==, AHOY_DIGEST_UNKNOWN);
  g_assert_cmpstr (ahoy_challenge_get_opaque (list->pdata[2]), ==, "");
}

/* Each is refused, and says why in its message. */
static const struct {
  const char *text;
  const char *reason;
} refused[] = {
  { "", "*empty*" },
  { " ,, ", "*empty*" },
  { "realm=\"a\"", "*position 1: a parameter stands before any scheme*" },
  { "Digest realm=\"a\", realm=\"b\", nonce=\"n\"", "*position 19: *twice*" },
  { "Digest realm=\"a\", Realm=\"b\", nonce=\"n\"", "*twice*" },
  { "Digest realm=\"a", "*does not end*" },
  { "Digest realm=\"a\\", "*does not end*" },
  { "Digest realm=\"a\" nonce=\"n\"", "*a comma is missing*" },
  { "Digest realm=\"a\001\", nonce=\"n\"", "*control character*" },
  { "Digest realm=\"a\\\r\", nonce=\"n\"", "*control character*" },
  { "Digest realm=a, nonce=n\"", "*a comma is missing*" },
  { "Digest realm=\"a\", nonce=", "*a value is missing*" },
  { "Digest realm=\"a\", =n", "*a name is missing*" },
  { "Digest/realm", "*cannot stand in a name*" },
  { "Digest realm=\"a\"", "*no parameter “nonce”*" },
  { "Digest nonce=\"a\"", "*no parameter “realm”*" },
  { "Digest YWJj", "*no parameter “realm”*" },
};

static void
test_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;

  g_assert_null (ahoy_challenge_parse_list (refused[i].text, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  if (!g_pattern_match_simple (refused[i].reason, error->message)) {
    g_test_message ("“%s” is not like “%s”", error->message, refused[i].reason);
    g_test_fail ();
  }
}

static void
test_limits (void)
{
  g_autoptr (GString) many = g_string_new ("Digest realm=\"a\", nonce=\"b\"");
  g_autoptr (GString) schemes = g_string_new ("A");
  g_autofree char *filling = g_strnfill (8192, 'x');
  g_autofree char *longer = g_strconcat ("Digest realm=\"", filling, "\", nonce=\"b\"", NULL);
  g_autoptr (GPtrArray) list = NULL;

  for (guint i = 0; i < 30; i++) {
    g_string_append_printf (many, ", p%u=1", i);
  }
  list = ahoy_challenge_parse_list (many->str, NULL);
  g_assert_nonnull (list);
  g_string_append (many, ", last=1");
  g_assert_null (ahoy_challenge_parse_list (many->str, NULL));
  for (guint i = 0; i < 16; i++) {
    g_string_append (schemes, ", A");
  }
  g_assert_null (ahoy_challenge_parse_list (schemes->str, NULL));
  g_assert_null (ahoy_challenge_parse_list (longer, NULL));
}

/* -- credentials ---------------------------------------------------------------------------- */

#define GOOD                                                                                       \
  "Digest username=\"bob\", realm=\"ahoy\", nonce=\"n0nce\", uri=\"sip:600@example.org\", "        \
  "response=\"f01d\", cnonce=\"c\", qop=auth, nc=0000000a"

static void
test_credentials_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ahoy_credentials_parse_list (GOOD ", opaque=\"o\"", &error);
  g_autoptr (GPtrArray) old = NULL;
  AhoyCredentials *credentials;

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  credentials = list->pdata[0];
  g_assert_cmpstr (ahoy_credentials_get_username (credentials), ==, "bob");
  g_assert_cmpstr (ahoy_credentials_get_realm (credentials), ==, "ahoy");
  g_assert_cmpstr (ahoy_credentials_get_nonce (credentials), ==, "n0nce");
  g_assert_cmpstr (ahoy_credentials_get_uri (credentials), ==, "sip:600@example.org");
  g_assert_cmpstr (ahoy_credentials_get_response (credentials), ==, "f01d");
  g_assert_cmpstr (ahoy_credentials_get_cnonce (credentials), ==, "c");
  g_assert_cmpstr (ahoy_credentials_get_opaque (credentials), ==, "o");
  g_assert_cmpint (ahoy_credentials_get_qop (credentials), ==, AHOY_DIGEST_QOP_AUTH);
  g_assert_cmpuint (ahoy_credentials_get_nonce_count (credentials), ==, 10);
  g_assert_cmpint (ahoy_credentials_get_algorithm (credentials), ==, AHOY_DIGEST_MD5);

  old = ahoy_credentials_parse_list ("Bearer abc, Digest username*=UTF-8'de'J%C3%A4n, realm=\"\", "
                                     "nonce=\"\", uri=\"\", response=\"0A\", nc=7, qop=\"\"",
                                     &error);
  g_assert_no_error (error);
  g_assert_cmpuint (old->len, ==, 1);
  g_assert_cmpstr (ahoy_credentials_get_username (old->pdata[0]), ==, "J\xc3\xa4n");
  g_assert_cmpstr (ahoy_credentials_get_response (old->pdata[0]), ==, "0a");
  g_assert_cmpint (ahoy_credentials_get_qop (old->pdata[0]), ==, AHOY_DIGEST_QOP_NONE);
  g_assert_cmpuint (ahoy_credentials_get_nonce_count (old->pdata[0]), ==, 0);
}

#define START "Digest realm=\"r\", nonce=\"n\", uri=\"u\", "

static const char *const refused_credentials[] = {
  "Digest username=\"bob\"",
  GOOD ", username=\"eve\"",
  GOOD ", username*=UTF-8''eve",
  GOOD ", userhash=true",
  START "response=\"0\"",
  START "username=\"bob\", response=\"\"",
  START "username=\"bob\", response=\"0x\"",
  START "username=\"bob\", response=\"0\", qop=auth-conf",
  START "username=\"bob\", response=\"0\", qop=auth, nc=00000001",
  START "username=\"bob\", response=\"0\", qop=auth, cnonce=\"c\"",
  START "username=\"bob\", response=\"0\", qop=auth, cnonce=\"c\", nc=1",
  START "username=\"bob\", response=\"0\", qop=auth, cnonce=\"c\", nc=0000000g",
  START "username=\"bob\", response=\"0\", algorithm=MD5-sess",
  START "username*=ISO-8859-1''J%E4n, response=\"0\"",
  START "username*=UTF-8'J, response=\"0\"",
  START "username*=UTF-8''%00, response=\"0\"",
  START "username*=UTF-8''%ff, response=\"0\"",
  START "username*=UTF-8''a%0Db, response=\"0\"",
};

static void
test_refused_credentials (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused_credentials); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) list = ahoy_credentials_parse_list (refused_credentials[i], &error);

    g_assert_null (list);
    g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  }
}

/* What one side writes the other side reads and finds right, and nothing else. */
static void
test_both_sides (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("v=0\r\n", 5);
  static const AhoyDigestQop offers[] = { AHOY_DIGEST_QOP_NONE, AHOY_DIGEST_QOP_AUTH,
                                          AHOY_DIGEST_QOP_AUTH_INT,
                                          AHOY_DIGEST_QOP_AUTH | AHOY_DIGEST_QOP_AUTH_INT };

  for (guint i = AHOY_DIGEST_MD5; i <= AHOY_DIGEST_SHA_512_256_SESS; i++) {
    for (gsize k = 0; k < G_N_ELEMENTS (offers); k++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (AhoyChallenge) challenge =
          ahoy_challenge_new ("a \"b\"", (AhoyDigestAlgorithm) i, offers[k], NULL, "o", NULL,
                              FALSE);
      g_autofree char *ha1 =
          ahoy_digest_hash_account ((AhoyDigestAlgorithm) i, "J\xc3\xa4n \\", "a \"b\"", "pw");
      g_autofree char *wrong =
          ahoy_digest_hash_account ((AhoyDigestAlgorithm) i, "J\xc3\xa4n \\", "a \"b\"", "pW");
      g_autoptr (AhoyCredentials) sent = ahoy_credentials_new (
          challenge, "J\xc3\xa4n \\", ha1, "INVITE", "sip:a@b", body, NULL, 3, &error);
      g_autofree char *text = ahoy_credentials_to_string (sent);
      g_autoptr (GPtrArray) list = ahoy_credentials_parse_list (text, &error);
      AhoyCredentials *read;
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (list->len, ==, 1);
      read = list->pdata[0];
      again = ahoy_credentials_to_string (read);
      g_assert_cmpstr (again, ==, text);
      g_assert_cmpstr (ahoy_credentials_get_username (read), ==, "J\xc3\xa4n \\");
      g_assert_true (ahoy_credentials_check (read, ha1, "INVITE", body));
      g_assert_false (ahoy_credentials_check (read, wrong, "INVITE", body));
      g_assert_false (ahoy_credentials_check (read, ha1, "BYE", body));
      g_assert_true (ahoy_credentials_check (read, ha1, "INVITE", NULL) ==
                     (offers[k] != AHOY_DIGEST_QOP_AUTH_INT));
    }
  }
}

static void
test_unknown_algorithm (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list =
      ahoy_challenge_parse_list ("Digest realm=r, nonce=n, algorithm=AKAv1-MD5", &error);
  g_autoptr (AhoyCredentials) none = NULL;

  g_assert_no_error (error);
  none = ahoy_credentials_new (list->pdata[0], "bob", "00", "BYE", "sip:b", NULL, NULL, 1, &error);
  g_assert_null (none);
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED);
}

static void
add_table (const char *name, gsize length, GTestDataFunc func)
{
  for (gsize i = 0; i < length; i++) {
    g_autofree char *path = g_strdup_printf ("/digest/%s/%" G_GSIZE_FORMAT, name, i);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_table ("vector", G_N_ELEMENTS (vectors), test_vector);
  add_table ("refused", G_N_ELEMENTS (refused), test_refused);
  g_test_add_func ("/digest/table", test_table);
  g_test_add_func ("/digest/names", test_names);
  g_test_add_func ("/digest/comparison", test_comparison);
  g_test_add_func ("/digest/challenge-written", test_challenge_written);
  g_test_add_func ("/digest/challenges-read", test_challenges_read);
  g_test_add_func ("/digest/limits", test_limits);
  g_test_add_func ("/digest/credentials-read", test_credentials_read);
  g_test_add_func ("/digest/refused-credentials", test_refused_credentials);
  g_test_add_func ("/digest/both-sides", test_both_sides);
  g_test_add_func ("/digest/unknown-algorithm", test_unknown_algorithm);

  return g_test_run ();
}
