/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <string.h>

#include "ahoy-nonce-book.h"

#define SECOND G_USEC_PER_SEC
#define TODAY (G_GINT64_CONSTANT (1800000000) * SECOND)

static AhoyNonceBook *
make (guint capacity, const char *secret)
{
  AhoyNonceBook *book = ahoy_nonce_book_new (capacity);

  ahoy_nonce_book_set_secret (book, secret, strlen (secret));
  return book;
}

static AhoyNonceState
check_from (AhoyNonceBook *book, const char *nonce, const char *host, gint64 now)
{
  g_autoptr (GSocketAddress) source = g_inet_socket_address_new_from_string (host, 5060);

  return ahoy_nonce_book_check (book, nonce, source, now);
}

static void
write_to (AhoyNonceBook *book, const char *host, gint64 now, char room[AHOY_NONCE_ROOM])
{
  g_autoptr (GSocketAddress) source = g_inet_socket_address_new_from_string (host, 5060);

  g_assert_true (ahoy_nonce_book_write (book, source, now, room));
}

static void
test_time (void)
{
  g_autoptr (AhoyNonceBook) book = make (8, "one secret of many");
  char nonce[AHOY_NONCE_ROOM];

  ahoy_nonce_book_set_lifetime (book, 30);
  write_to (book, "192.0.2.1", TODAY, nonce);
  g_assert_cmpuint (strlen (nonce), ==, AHOY_NONCE_ROOM - 1);
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY), ==, AHOY_NONCE_FRESH);
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY + 30 * SECOND), ==,
                   AHOY_NONCE_FRESH);
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY + 31 * SECOND), ==,
                   AHOY_NONCE_STALE);
  /* from a node whose clock is ahead, but not for ever */
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY - 30 * SECOND), ==,
                   AHOY_NONCE_FRESH);
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY - 31 * SECOND), ==,
                   AHOY_NONCE_STALE);
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", -1), ==, AHOY_NONCE_STALE);
}

static void
test_secret (void)
{
  g_autoptr (AhoyNonceBook) one = make (8, "one secret of many");
  g_autoptr (AhoyNonceBook) twin = make (8, "one secret of many");
  g_autoptr (AhoyNonceBook) other = ahoy_nonce_book_new (8);
  char nonce[AHOY_NONCE_ROOM];

  write_to (one, "192.0.2.1", TODAY, nonce);
  g_assert_cmpint (check_from (twin, nonce, "192.0.2.1", TODAY), ==, AHOY_NONCE_FRESH);
  g_assert_cmpstr (ahoy_nonce_book_get_opaque (one), ==, ahoy_nonce_book_get_opaque (twin));
  g_assert_cmpint (check_from (other, nonce, "192.0.2.1", TODAY), ==, AHOY_NONCE_FOREIGN);
  g_assert_cmpstr (ahoy_nonce_book_get_opaque (one), !=, ahoy_nonce_book_get_opaque (other));
}

/* Each digit counts. */
static void
test_forged (void)
{
  g_autoptr (AhoyNonceBook) book = make (8, "one secret of many");
  char nonce[AHOY_NONCE_ROOM];

  write_to (book, "192.0.2.1", TODAY, nonce);
  for (gsize i = 0; i < AHOY_NONCE_ROOM - 1; i++) {
    char before = nonce[i];

    nonce[i] = before == '0' ? '1' : '0';
    g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY), ==, AHOY_NONCE_FOREIGN);
    nonce[i] = 'g';
    g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY), ==, AHOY_NONCE_FOREIGN);
    g_assert_false (ahoy_nonce_book_take (book, nonce, 1, TODAY));
    nonce[i] = before;
  }
  nonce[AHOY_NONCE_ROOM - 2] = '\0';
  g_assert_cmpint (check_from (book, nonce, "192.0.2.1", TODAY), ==, AHOY_NONCE_FOREIGN);
  g_assert_cmpint (check_from (book, "", "192.0.2.1", TODAY), ==, AHOY_NONCE_FOREIGN);
}

static void
test_network (void)
{
  static const struct {
    const char *to;
    const char *from;
    AhoyNonceState state;
  } table[] = {
    { "192.0.2.1", "192.0.2.254", AHOY_NONCE_FRESH },
    { "192.0.2.1", "192.0.3.1", AHOY_NONCE_FOREIGN },
    { "2001:db8::1", "2001:db8::ffff:1", AHOY_NONCE_FRESH },
    { "2001:db8::1", "2001:db8:0:1::1", AHOY_NONCE_FOREIGN },
    { "192.0.2.1", "2001:db8::1", AHOY_NONCE_FOREIGN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AhoyNonceBook) book = make (8, "one secret of many");
    char nonce[AHOY_NONCE_ROOM];

    write_to (book, table[i].to, TODAY, nonce);
    g_assert_cmpint (check_from (book, nonce, table[i].from, TODAY), ==, table[i].state);
    ahoy_nonce_book_set_bound (book, FALSE);
    write_to (book, table[i].to, TODAY, nonce);
    g_assert_cmpint (check_from (book, nonce, table[i].from, TODAY), ==, AHOY_NONCE_FRESH);
  }
}

static void
test_counts (void)
{
  g_autoptr (AhoyNonceBook) book = make (8, "one secret of many");
  char nonce[AHOY_NONCE_ROOM];
  static const struct {
    guint count;
    gboolean taken;
  } table[] = {
    { 1, TRUE }, { 1, FALSE }, { 3, TRUE }, { 2, TRUE }, { 2, FALSE }, { 0, FALSE },
    { 70, TRUE }, { 7, TRUE }, { 6, FALSE }, { 7, FALSE }, { 69, TRUE }, { 70, FALSE },
    { 0xffffffff, TRUE }, { 0xffffffff, FALSE }, { 0xfffffffe, TRUE }, { 71, FALSE },
  };

  write_to (book, "192.0.2.1", TODAY, nonce);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    g_assert_cmpint (ahoy_nonce_book_take (book, nonce, table[i].count, TODAY), ==,
                     table[i].taken);
  }
  /* without a count it is good once, whatever comes then */
  write_to (book, "192.0.2.1", TODAY, nonce);
  g_assert_true (ahoy_nonce_book_take (book, nonce, 0, TODAY));
  g_assert_false (ahoy_nonce_book_take (book, nonce, 0, TODAY));
  g_assert_false (ahoy_nonce_book_take (book, nonce, 1, TODAY));
}

/* What has to be forgotten is never taken again, and the memory is bounded. */
static void
test_room (void)
{
  enum { CAPACITY = 16, N = 100 };
  g_autoptr (AhoyNonceBook) book = make (CAPACITY, "one secret of many");
  char nonces[N][AHOY_NONCE_ROOM];
  char late[AHOY_NONCE_ROOM];

  write_to (book, "192.0.2.1", TODAY, late);
  for (guint i = 0; i < N; i++) {
    gint64 now = TODAY + i * 10000;

    write_to (book, "192.0.2.1", now, nonces[i]);
    g_assert_true (ahoy_nonce_book_take (book, nonces[i], 1, now));
    g_assert_cmpuint (ahoy_nonce_book_get_size (book), <=, CAPACITY);
  }
  for (guint i = 0; i < N; i++) {
    g_assert_false (ahoy_nonce_book_take (book, nonces[i], 1, TODAY + SECOND));
  }
  g_assert_true (ahoy_nonce_book_take (book, nonces[N - 1], 2, TODAY + SECOND));
  g_assert_false (ahoy_nonce_book_take (book, late, 1, TODAY + SECOND));
}

/* What is too old to be used makes room by itself. */
static void
test_expiry (void)
{
  g_autoptr (AhoyNonceBook) book = make (1000, "one secret of many");
  char nonce[AHOY_NONCE_ROOM];

  ahoy_nonce_book_set_lifetime (book, 10);
  for (guint i = 0; i < 100; i++) {
    gint64 now = TODAY + i * SECOND;

    write_to (book, "192.0.2.1", now, nonce);
    g_assert_true (ahoy_nonce_book_take (book, nonce, 1, now));
    g_assert_cmpuint (ahoy_nonce_book_get_size (book), <=, 12);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/nonces/time", test_time);
  g_test_add_func ("/nonces/secret", test_secret);
  g_test_add_func ("/nonces/forged", test_forged);
  g_test_add_func ("/nonces/network", test_network);
  g_test_add_func ("/nonces/counts", test_counts);
  g_test_add_func ("/nonces/room", test_room);
  g_test_add_func ("/nonces/expiry", test_expiry);

  return g_test_run ();
}
