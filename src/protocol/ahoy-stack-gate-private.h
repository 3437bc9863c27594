/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-server-transaction.h"

G_BEGIN_DECLS

typedef struct _AhoyStack AhoyStack;

typedef struct _AhoyDialog AhoyDialog;

/* A message that was just read, before anything is made of it. */
typedef struct {
  const struct sockaddr *source; /* IPv4 or IPv6 */
  gboolean is_request;
  const char *user_agent; /* NULL without; any bytes */
} AhoyArrival;

/*
 * Where the interception layer hooks into the stack. The protocol layer does not know what happens
 * there: a request is handed over, and comes back with ahoy_stack_dispatch(), at once or later, or
 * was answered.
 */
typedef struct {
  /* FALSE: the message is dropped, nobody hears of it, and its connection is closed. Nothing of the
   * stack may be called from here. */
  gboolean (*admit) (AhoyStack *stack, const AhoyArrival *arrival, gpointer user_data);
  /* What came from there was no correct SIP; told a little later. */
  void (*malformed) (AhoyStack *stack, GSocketAddress *source, const char *transport,
                     const char *reason, gpointer user_data);
  /* The stack refused a request by itself. */
  void (*refused) (AhoyStack *stack, AhoyMessage *request, guint status, const char *reason,
                   gpointer user_data);
  /* A request, in a dialog or not. */
  void (*request) (AhoyStack *stack, AhoyServerTransaction *transaction, gpointer user_data);
  /* ACK, CANCEL and PRACK: they are answers to something of ours, and nothing can stop them. */
  void (*notice) (AhoyStack *stack, AhoyMessage *request, gpointer user_data);
  /* FALSE: a provisional response is not for the application; a final one is always. */
  gboolean (*response) (AhoyStack *stack, AhoyMessage *response, gpointer user_data);
  /* All that we send. */
  void (*outgoing) (AhoyStack *stack, AhoyMessage *message, gpointer user_data);
  /* A response to a request outside of dialogs was made: what its receiver is told besides. */
  void (*response_made) (AhoyStack *stack, AhoyMessage *request, AhoyMessage *response,
                         gpointer user_data);
} AhoyStackGate;

void ahoy_stack_set_gate (AhoyStack *self, const AhoyStackGate *gate, gpointer user_data);
void ahoy_stack_dispatch (AhoyStack *self, AhoyServerTransaction *transaction);
guint ahoy_stack_get_n_transactions (AhoyStack *self);
AhoyDialog *ahoy_server_transaction_peek_dialog (AhoyServerTransaction *self);

/* Headers as a configuration says them, “Name: value” each. */
gboolean ahoy_stack_check_headers (AhoyStack *self, const char *const *headers, GError **error);
void ahoy_message_put_headers (AhoyMessage *self, const char *const *headers);

/* Who a request came from, which the protocol layer does not know: requests of a dialog come from
 * who began it. */
GObject *ahoy_message_peek_party (AhoyMessage *self);
void ahoy_message_set_party (AhoyMessage *self, GObject *party);
void ahoy_dialog_set_party (AhoyDialog *self, GObject *party);

G_END_DECLS
