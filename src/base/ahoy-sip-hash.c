/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sip-hash-private.h"

#include <string.h>

/*
 * SipHash-2-4 (Aumasson, Bernstein 2012; nothing to do with SIP): what nobody can guess without the
 * key, for a hundredth of the price of an HMAC.
 */
typedef struct {
  guint64 a;
  guint64 b;
  guint64 c;
  guint64 d;
} State;

static guint64
rotate (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

static void
turn (State *state, guint rounds)
{
  for (; rounds > 0; rounds--) {
    state->a += state->b;
    state->c += state->d;
    state->b = rotate (state->b, 13) ^ state->a;
    state->d = rotate (state->d, 16) ^ state->c;
    state->a = rotate (state->a, 32);
    state->c += state->b;
    state->a += state->d;
    state->b = rotate (state->b, 17) ^ state->c;
    state->d = rotate (state->d, 21) ^ state->a;
    state->c = rotate (state->c, 32);
  }
}

static void
absorb (State *state, guint64 word)
{
  state->d ^= word;
  turn (state, 2);
  state->a ^= word;
}

static guint64
read_word (const guint8 *data, gsize size)
{
  guint64 word = 0;

  memcpy (&word, data, MIN (size, sizeof word));
  return GUINT64_FROM_LE (word);
}

guint64
ahoy_sip_hash (const guint64 key[2], gconstpointer data, gsize size)
{
  State state = { key[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                  key[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
                  key[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                  key[1] ^ G_GUINT64_CONSTANT (0x7465646279746573) };
  const guint8 *at = data;
  gsize left = size;

  for (; left >= sizeof (guint64); left -= sizeof (guint64), at += sizeof (guint64)) {
    absorb (&state, read_word (at, left));
  }
  absorb (&state, (left > 0 ? read_word (at, left) : 0) | (guint64) size << 56);
  state.c ^= 0xff;
  turn (&state, 4);
  return state.a ^ state.b ^ state.c ^ state.d;
}
