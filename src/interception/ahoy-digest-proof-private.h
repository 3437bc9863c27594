/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-config.h"
#include "ahoy-credentials.h"
#include "ahoy-message.h"
#include "ahoy-nonce-book.h"

G_BEGIN_DECLS

#define AHOY_DIGEST_MAX_ALGORITHMS 3

/* What an authenticator wants. */
typedef struct {
  AhoyDigestAlgorithm algorithms[AHOY_DIGEST_MAX_ALGORITHMS]; /* the best first */
  guint n_algorithms;
  AhoyDigestQop qop;
  gboolean allow_without_qop;
  const char *realm; /* of accounts that name none */
  const char *domain; /* NULL: none */
  AhoyNonceBook *nonces;
} AhoyDigestPolicy;

/* How a request proves itself. */
typedef enum {
  AHOY_DIGEST_PROOF_NONE,    /* it does not try */
  AHOY_DIGEST_PROOF_METHOD,  /* in a way that is not taken */
  AHOY_DIGEST_PROOF_REALM,   /* for another realm */
  AHOY_DIGEST_PROOF_ACCOUNT, /* as somebody else */
  AHOY_DIGEST_PROOF_WRONG,   /* with another password */
  AHOY_DIGEST_PROOF_STALE,   /* rightly, with a nonce that is too old or not ours */
  AHOY_DIGEST_PROOF_REPEATED, /* rightly, with a count that was used before */
  AHOY_DIGEST_PROOF_GOOD,
} AhoyDigestProof;

void ahoy_digest_policy_suit (AhoyDigestPolicy *policy, GPtrArray *accounts);
AhoyDigestProof ahoy_digest_proof_judge (const AhoyDigestPolicy *policy, AhoyMessage *request,
                                         GPtrArray *credentials, GPtrArray *accounts,
                                         GSocketAddress *source, gint64 now,
                                         AhoyCredentials **judged);
GPtrArray *ahoy_digest_proof_list_challenges (const AhoyDigestPolicy *policy, GPtrArray *accounts,
                                              GSocketAddress *source, gint64 now, gboolean stale);

G_END_DECLS
