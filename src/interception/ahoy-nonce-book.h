/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _AhoyNonceBook AhoyNonceBook;

/* Room for a nonce and a NUL. */
#define AHOY_NONCE_ROOM 61

typedef enum {
  AHOY_NONCE_FOREIGN, /* not of ours, or made for somebody elsewhere */
  AHOY_NONCE_STALE,   /* of ours, and too old */
  AHOY_NONCE_FRESH,
} AhoyNonceState;

AhoyNonceBook *ahoy_nonce_book_new (guint capacity);
void ahoy_nonce_book_free (AhoyNonceBook *self);
void ahoy_nonce_book_set_secret (AhoyNonceBook *self, gconstpointer secret, gsize length);
void ahoy_nonce_book_set_lifetime (AhoyNonceBook *self, guint seconds);
void ahoy_nonce_book_set_bound (AhoyNonceBook *self, gboolean bound);
const char *ahoy_nonce_book_get_opaque (AhoyNonceBook *self);
gboolean ahoy_nonce_book_write (AhoyNonceBook *self, GSocketAddress *source, gint64 now,
                                char room[AHOY_NONCE_ROOM]);
AhoyNonceState ahoy_nonce_book_check (AhoyNonceBook *self, const char *nonce,
                                      GSocketAddress *source, gint64 now);
gboolean ahoy_nonce_book_take (AhoyNonceBook *self, const char *nonce, guint count, gint64 now);
guint ahoy_nonce_book_get_size (AhoyNonceBook *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyNonceBook, ahoy_nonce_book_free)

G_END_DECLS
