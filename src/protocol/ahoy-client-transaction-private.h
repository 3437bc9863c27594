/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-client-transaction.h"
#include "ahoy-dialog.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

/*
 * What the user of a client transaction wants to hear. The transaction keeps itself alive while the
 * stack knows it; a user that goes away clears its handler, and a late 2xx to an INVITE then gets
 * ACK and BYE.
 */
typedef struct {
  /* The request is about to leave: next hop, listener and Contact are known. Once per attempt. */
  void (*prepare) (AhoyClientTransaction *self, AhoyMessage *request, gpointer user_data);
  /* A 401 or 407 that is answered: the request is sent again, and prepare comes once more. */
  void (*challenged) (AhoyClientTransaction *self, AhoyMessage *response, gpointer user_data);
  /* A response, provisional or final; repeated for each 2xx of another fork. */
  void (*response) (AhoyClientTransaction *self, AhoyMessage *response, gpointer user_data);
} AhoyClientTransactionHandler;

AhoyClientTransaction *ahoy_client_transaction_new (AhoyStack *stack, AhoyMessage *request,
                                                    const AhoyClientTransactionHandler *handler,
                                                    gpointer user_data);
void ahoy_client_transaction_set_handler (AhoyClientTransaction *self,
                                          const AhoyClientTransactionHandler *handler,
                                          gpointer user_data);
void ahoy_client_transaction_set_listener (AhoyClientTransaction *self, const char *name);
void ahoy_client_transaction_set_next_hop (AhoyClientTransaction *self, const char *uri);
void ahoy_client_transaction_set_connection (AhoyClientTransaction *self, AhoyMessage *received);
void ahoy_client_transaction_set_dialog (AhoyClientTransaction *self, AhoyDialog *dialog);
void ahoy_client_transaction_want_contact (AhoyClientTransaction *self, const char *user);
void ahoy_client_transaction_set_ack_branch (AhoyClientTransaction *self, const char *branch);
void ahoy_client_transaction_start (AhoyClientTransaction *self);
char *ahoy_client_transaction_watch_flow (AhoyClientTransaction *self, guint keep_alive);
gboolean ahoy_client_transaction_skip_hop (AhoyClientTransaction *self);
void ahoy_client_transaction_finish (AhoyClientTransaction *self);
const char *ahoy_client_transaction_get_listener (AhoyClientTransaction *self);
gboolean ahoy_client_transaction_is_canceled (AhoyClientTransaction *self);

G_END_DECLS
