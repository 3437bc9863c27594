/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-server-transaction.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

typedef struct _AhoyDialog AhoyDialog;

/*
 * What the user of a server transaction wants to hear. The transaction keeps itself alive while the
 * stack knows it; a user that goes away clears its handler.
 */
typedef struct {
  /* The ACK to our 2xx; the transaction is over. */
  void (*ack) (AhoyServerTransaction *self, AhoyMessage *ack, gpointer user_data);
  /* A CANCEL; when nobody answers the request in the callback, the transaction sends 487. */
  void (*cancel) (AhoyServerTransaction *self, AhoyMessage *cancel, gpointer user_data);
  /* The PRACK of the reliable response that is outstanding; NULL: it will not come any more. */
  void (*prack) (AhoyServerTransaction *self, AhoyServerTransaction *prack, gpointer user_data);
  /* No ACK or no PRACK came in time, or the response could not be sent; the transaction is over. */
  void (*failed) (AhoyServerTransaction *self, gpointer user_data);
} AhoyServerTransactionHandler;

void ahoy_server_transaction_set_handler (AhoyServerTransaction *self,
                                          const AhoyServerTransactionHandler *handler,
                                          gpointer user_data);
AhoyStack *ahoy_server_transaction_get_stack (AhoyServerTransaction *self);
gboolean ahoy_server_transaction_make_stateful (AhoyServerTransaction *self);
char *ahoy_server_transaction_dup_local_tag (AhoyServerTransaction *self);
gboolean ahoy_server_transaction_respond_reliably (AhoyServerTransaction *self,
                                                   AhoyMessage *response, GError **error);
void ahoy_server_transaction_ignore (AhoyServerTransaction *self);
const char *ahoy_server_transaction_get_listener (AhoyServerTransaction *self);
/* Whether a header of the request that may be there once is there again. */
gboolean ahoy_server_transaction_repeats_header (AhoyServerTransaction *self, const char *name);
/* What is usually said with a status. */
const char *ahoy_server_transaction_usual_reason (guint status);

G_END_DECLS
