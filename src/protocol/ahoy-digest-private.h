/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-digest.h"

G_BEGIN_DECLS

/* Room for the longest hash in hexadecimal digits, and a NUL. */
#define AHOY_DIGEST_ROOM 65

/* The same without memory of their own; FALSE: the algorithm is not known or forbidden. */
gboolean ahoy_digest_write_account (AhoyDigestAlgorithm algorithm, const char *username,
                                    const char *realm, const char *password,
                                    char room[AHOY_DIGEST_ROOM]);
gboolean ahoy_digest_write_response (AhoyDigestAlgorithm algorithm, const char *ha1,
                                     const char *nonce, AhoyDigestQop qop, const char *nc,
                                     const char *cnonce, const char *method, const char *uri,
                                     GBytes *body, char room[AHOY_DIGEST_ROOM]);

G_END_DECLS
