/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-client-transaction.h"

G_BEGIN_DECLS

typedef struct _AhoyStack AhoyStack;

/*
 * Who proves to others that a request of ours is ours (RFC 3261 §22.2 and §22.3). The protocol
 * layer sends a request again when it was challenged; it knows no accounts.
 */
typedef struct {
  /* May a challenge to @request be answered? If not, nothing is kept that would be needed then. */
  gboolean (*is_able) (AhoyStack *stack, AhoyMessage *request, gpointer user_data);
  /* The request leaves with the next step, for the first time or again: what of credentials for
   * it is known is added. */
  void (*authorize) (AhoyStack *stack, AhoyMessage *request, gpointer user_data);
  /* A 401 or 407 to @request. TRUE: it can be answered, so the request shall be sent once more,
   * with a CSeq and a branch of its own. @round is how often that happened before. */
  gboolean (*challenged) (AhoyStack *stack, AhoyMessage *request, AhoyMessage *response,
                          guint round, gpointer user_data);
} AhoyStackProver;

void ahoy_stack_set_prover (AhoyStack *self, const AhoyStackProver *prover, gpointer user_data);

G_END_DECLS
