/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>
#include <openssl/evp.h>

G_BEGIN_DECLS

/* HMAC-SHA-256 with a secret: EVP_MAC_init() without a key begins the next text. NULL where the
 * system's libraries have none. */
EVP_MAC_CTX *ahoy_hmac_new (gconstpointer secret, gsize length);

G_END_DECLS
