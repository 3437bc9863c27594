/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-nonce-book.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#include "ahoy-hmac-private.h"

/*
 * Nonces that need no memory until somebody has proved himself with one (RFC 7616 section 3.3 and
 * 5.9): time, chance, and the HMAC of both and of where the challenge goes, in hexadecimal digits.
 * Who knows the secret can judge one: also another node, and the same one after a restart.
 *
 * Only nonces that were used well are remembered, with the counts that were seen. What has to be
 * forgotten for want of room takes all that are as old with it: they count as stale from then on,
 * so nothing is accepted twice.
 */

#define TIME_BYTES 6 /* milliseconds since 1970 */
#define CHANCE_BYTES 8
#define N_CHANCES 64 /* of which so many are asked for at a time */
#define MAC_BYTES 16
#define HEAD_BYTES (TIME_BYTES + CHANCE_BYTES)
#define NONCE_BYTES (HEAD_BYTES + MAC_BYTES)
#define SECRET_BYTES 32
#define WINDOW 64

G_STATIC_ASSERT (AHOY_NONCE_ROOM == NONCE_BYTES * 2 + 1);

typedef struct {
  guint64 chance; /* the key */
  guint64 time;   /* milliseconds */
  guint highest;  /* the highest count that was seen */
  guint64 seen;   /* bit n: highest - n was seen */
  GList link;     /* in self->order */
} Used;

struct _AhoyNonceBook {
  guchar chances[N_CHANCES * CHANCE_BYTES];
  guint n_chances; /* of them, those that are still good */
  EVP_MAC_CTX *mac;
  GHashTable *used; /* &Used.chance → Used */
  GQueue order;     /* Used, the first that was used first */
  guint64 lifetime; /* milliseconds */
  guint64 forgotten; /* no nonce this old or older that is not remembered can be taken */
  guint capacity;
  gboolean bound;
  char opaque[17];
};

/* -- the code that only we can write -------------------------------------------------------- */

/* As much of the address as stays the same for somebody behind a NAT that has several. */
static gsize
write_source (GSocketAddress *source, guchar bytes[8])
{
  GInetAddress *address = G_IS_INET_SOCKET_ADDRESS (source)
                              ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source))
                              : NULL;
  gsize length;

  if (address == NULL) {
    return 0;
  }
  length = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? 3 : 8;
  memcpy (bytes, g_inet_address_to_bytes (address), length);
  return length;
}

static gboolean
compute_mac (AhoyNonceBook *self, gconstpointer data, gsize length, GSocketAddress *source,
             guchar out[MAC_BYTES])
{
  guchar whole[EVP_MAX_MD_SIZE];
  guchar where[8];
  gsize where_length = self->bound ? write_source (source, where) : 0;
  gsize size = 0;

  if (self->mac == NULL || EVP_MAC_init (self->mac, NULL, 0, NULL) != 1 ||
      EVP_MAC_update (self->mac, data, length) != 1 ||
      (where_length > 0 && EVP_MAC_update (self->mac, where, where_length) != 1) ||
      EVP_MAC_final (self->mac, whole, &size, sizeof whole) != 1 || size < MAC_BYTES) {
    return FALSE;
  }
  memcpy (out, whole, MAC_BYTES);
  return TRUE;
}

static void
write_digits (const guchar *bytes, gsize length, char *text)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < length; i++) {
    text[i * 2] = digits[bytes[i] >> 4];
    text[i * 2 + 1] = digits[bytes[i] & 15];
  }
  text[length * 2] = '\0';
}

static gboolean
read_digits (const char *text, guchar bytes[NONCE_BYTES])
{
  if (strnlen (text, AHOY_NONCE_ROOM) != NONCE_BYTES * 2) {
    return FALSE;
  }
  for (gsize i = 0; i < NONCE_BYTES; i++) {
    int high = g_ascii_xdigit_value (text[i * 2]);
    int low = g_ascii_xdigit_value (text[i * 2 + 1]);

    if (high < 0 || low < 0) {
      return FALSE;
    }
    bytes[i] = (guchar) (high << 4 | low);
  }
  return TRUE;
}

static guint64
read_time (const guchar *bytes)
{
  guint64 time = 0;

  for (gsize i = 0; i < TIME_BYTES; i++) {
    time = time << 8 | bytes[i];
  }
  return time;
}

static guint64
to_time (gint64 now)
{
  return (guint64) MAX (now, 0) / 1000;
}

/* -- the book ------------------------------------------------------------------------------- */

/* @capacity: how many nonces are remembered at most */
AhoyNonceBook *
ahoy_nonce_book_new (guint capacity)
{
  AhoyNonceBook *self = g_new0 (AhoyNonceBook, 1);
  guchar secret[SECRET_BYTES];

  self->capacity = capacity;
  self->lifetime = 60000;
  self->bound = TRUE;
  self->used = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_queue_init (&self->order);
  if (RAND_bytes (secret, sizeof secret) == 1 || getentropy (secret, sizeof secret) == 0) {
    ahoy_nonce_book_set_secret (self, secret, sizeof secret);
  }
  OPENSSL_cleanse (secret, sizeof secret);
  return self;
}

void
ahoy_nonce_book_free (AhoyNonceBook *self)
{
  EVP_MAC_CTX_free (self->mac);
  g_hash_table_unref (self->used);
  g_free (self);
}

/* Until this is called the secret is random. What was written with the one before is foreign. */
void
ahoy_nonce_book_set_secret (AhoyNonceBook *self, gconstpointer secret, gsize length)
{
  guchar bytes[MAC_BYTES] = { 0 };
  gboolean bound = self->bound;

  EVP_MAC_CTX_free (self->mac);
  self->mac = ahoy_hmac_new (secret, length);
  self->bound = FALSE;
  compute_mac (self, "opaque", 6, NULL, bytes);
  self->bound = bound;
  write_digits (bytes, 8, self->opaque);
}

void
ahoy_nonce_book_set_lifetime (AhoyNonceBook *self, guint seconds)
{
  self->lifetime = (guint64) seconds * 1000;
}

/* Whether a nonce is good only for the network that it was sent to. */
void
ahoy_nonce_book_set_bound (AhoyNonceBook *self, gboolean bound)
{
  self->bound = bound;
}

const char *
ahoy_nonce_book_get_opaque (AhoyNonceBook *self)
{
  return self->opaque;
}

/* Asking for a little costs as much as asking for a lot. None of it is used twice. */
static gboolean
take_chance (AhoyNonceBook *self, guchar out[CHANCE_BYTES])
{
  if (self->n_chances == 0) {
    if (RAND_bytes (self->chances, sizeof self->chances) != 1) {
      return FALSE;
    }
    self->n_chances = N_CHANCES;
  }
  self->n_chances--;
  memcpy (out, self->chances + self->n_chances * CHANCE_BYTES, CHANCE_BYTES);
  return TRUE;
}

/* @now: microseconds since 1970. FALSE: the system has no chance, or no HMAC. */
gboolean
ahoy_nonce_book_write (AhoyNonceBook *self, GSocketAddress *source, gint64 now,
                       char room[AHOY_NONCE_ROOM])
{
  guchar bytes[NONCE_BYTES];
  guint64 time = to_time (now);

  for (gsize i = 0; i < TIME_BYTES; i++) {
    bytes[i] = (guchar) (time >> (8 * (TIME_BYTES - 1 - i)));
  }
  if (!take_chance (self, bytes + TIME_BYTES) ||
      !compute_mac (self, bytes, HEAD_BYTES, source, bytes + HEAD_BYTES)) {
    return FALSE;
  }
  write_digits (bytes, NONCE_BYTES, room);
  return TRUE;
}

AhoyNonceState
ahoy_nonce_book_check (AhoyNonceBook *self, const char *nonce, GSocketAddress *source, gint64 now)
{
  guchar bytes[NONCE_BYTES];
  guchar mac[MAC_BYTES];
  guint64 today = to_time (now);
  guint64 time;

  if (!read_digits (nonce, bytes) || !compute_mac (self, bytes, HEAD_BYTES, source, mac) ||
      CRYPTO_memcmp (mac, bytes + HEAD_BYTES, MAC_BYTES) != 0) {
    return AHOY_NONCE_FOREIGN;
  }
  time = read_time (bytes);
  /* Clocks of nodes that share a secret differ a little. */
  if (time > today + self->lifetime || today > time + self->lifetime) {
    return AHOY_NONCE_STALE;
  }
  return AHOY_NONCE_FRESH;
}

static void
forget (AhoyNonceBook *self, Used *used)
{
  self->forgotten = MAX (self->forgotten, used->time);
  g_queue_unlink (&self->order, &used->link);
  g_hash_table_remove (self->used, &used->chance);
}

/* Those that are stale anyway, and as many more as there is no room for. */
static void
make_room (AhoyNonceBook *self, guint64 today)
{
  Used *oldest;

  while ((oldest = g_queue_peek_head (&self->order)) != NULL &&
         (today > oldest->time + self->lifetime || self->order.length >= self->capacity)) {
    forget (self, oldest);
  }
}

/* Whether the count is new; it is not from now on. */
static gboolean
count_once (Used *used, guint count)
{
  guint behind;

  if (count > used->highest) {
    guint ahead = count - used->highest;

    used->seen = ahead >= WINDOW ? 1 : used->seen << ahead | 1;
    used->highest = count;
    return TRUE;
  }
  behind = used->highest - count;
  if (behind >= WINDOW || (used->seen >> behind & 1) != 0) {
    return FALSE;
  }
  used->seen |= G_GUINT64_CONSTANT (1) << behind;
  return TRUE;
}

/*
 * Uses a nonce that was checked, and with which somebody has proved himself. @count: nc, or 0 where
 * there is none: then it is good for this one time only. FALSE: it was used before in this way, or
 * nobody can tell any more.
 */
gboolean
ahoy_nonce_book_take (AhoyNonceBook *self, const char *nonce, guint count, gint64 now)
{
  guchar bytes[NONCE_BYTES];
  guint64 chance;
  guint64 time;
  Used *used;

  if (!read_digits (nonce, bytes)) {
    return FALSE;
  }
  memcpy (&chance, bytes + TIME_BYTES, sizeof chance);
  time = read_time (bytes);
  used = g_hash_table_lookup (self->used, &chance);
  if (used != NULL) {
    return used->time == time && count > 0 && used->highest > 0 && count_once (used, count);
  }
  make_room (self, to_time (now));
  if (time <= self->forgotten) {
    return FALSE;
  }
  used = g_new0 (Used, 1);
  used->chance = chance;
  used->time = time;
  used->highest = count;
  used->seen = 1;
  used->link.data = used;
  g_hash_table_insert (self->used, &used->chance, used);
  g_queue_push_tail_link (&self->order, &used->link);
  return TRUE;
}

guint
ahoy_nonce_book_get_size (AhoyNonceBook *self)
{
  return g_hash_table_size (self->used);
}
