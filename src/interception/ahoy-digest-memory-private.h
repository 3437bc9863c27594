/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-challenge.h"
#include "ahoy-message.h"
#include "ahoy-scheduler.h"

G_BEGIN_DECLS

/* How one realm was answered in requests of one Call-ID; in it stands what a password is worth. */
typedef struct {
  gboolean proxy; /* Proxy-Authorization, else Authorization */
  AhoyChallenge *challenge;
  char *username;
  char *ha1;
  char *cnonce;
  guint nc;     /* how often the nonce was used */
  guint stales; /* how often in a row the realm called a nonce too old */
} AhoyDigestProof;

/*
 * What was proved, by the Call-ID and our tag (RFC 3261 §22.2 and §22.3: credentials are not for
 * other dialogs). Holds so many dialogs and no more, and nothing for longer than an hour unused.
 */
typedef struct _AhoyDigestMemory AhoyDigestMemory;

AhoyDigestMemory *ahoy_digest_memory_new (AhoyScheduler *scheduler);
void ahoy_digest_memory_free (AhoyDigestMemory *self);
GPtrArray *ahoy_digest_memory_lookup (AhoyDigestMemory *self, AhoyMessage *request);
AhoyDigestProof *ahoy_digest_memory_find (AhoyDigestMemory *self, AhoyMessage *request,
                                          gboolean proxy, const char *realm);
AhoyDigestProof *ahoy_digest_memory_put (AhoyDigestMemory *self, AhoyMessage *request,
                                         gboolean proxy, AhoyChallenge *challenge,
                                         const char *username, const char *ha1);
void ahoy_digest_memory_remove (AhoyDigestMemory *self, AhoyMessage *request, gboolean proxy,
                                const char *realm);
guint ahoy_digest_memory_get_size (AhoyDigestMemory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDigestMemory, ahoy_digest_memory_free)

G_END_DECLS
