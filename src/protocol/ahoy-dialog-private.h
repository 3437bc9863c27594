/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-client-transaction-private.h"
#include "ahoy-dialog.h"
#include "ahoy-server-transaction-private.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

/*
 * What the user of a dialog wants to hear. A dialog lives as long as somebody holds it; a user that
 * goes away clears its handler or drops the dialog.
 */
typedef struct {
  /* A request inside the dialog, waiting for an answer; not ACK, CANCEL or PRACK of a reliable
   * response. */
  void (*request) (AhoyDialog *self, AhoyServerTransaction *transaction, gpointer user_data);
} AhoyDialogHandler;

AhoyDialog *ahoy_dialog_new_uas (AhoyServerTransaction *transaction, GError **error);
AhoyDialog *ahoy_dialog_new_uac (AhoyStack *stack, AhoyClientTransaction *transaction,
                                 AhoyMessage *response, GError **error);
AhoyDialog *ahoy_dialog_new_waiting (AhoyStack *stack, AhoyMessage *request, GError **error);
void ahoy_dialog_complete (AhoyDialog *self, AhoyMessage *response);
void ahoy_dialog_set_handler (AhoyDialog *self, const AhoyDialogHandler *handler,
                              gpointer user_data);
void ahoy_dialog_follow_source (AhoyDialog *self);
gboolean ahoy_dialog_confirm (AhoyDialog *self, AhoyMessage *response, GError **error);
void ahoy_dialog_refresh_target (AhoyDialog *self, AhoyMessage *message);
AhoyClientTransaction *ahoy_dialog_send (AhoyDialog *self, AhoyMessage *request,
                                         const AhoyClientTransactionHandler *handler,
                                         gpointer user_data);
void ahoy_dialog_start (AhoyDialog *self, AhoyClientTransaction *transaction);
void ahoy_dialog_start_outside (AhoyDialog *self, AhoyClientTransaction *transaction);
void ahoy_dialog_send_ack (AhoyDialog *self, AhoyMessage *response, AhoyMessage *ack);
AhoyMessage *ahoy_dialog_create_ack (AhoyDialog *self, AhoyMessage *response,
                                     AhoyClientTransaction *invite);
AhoyMessage *ahoy_dialog_create_prack (AhoyDialog *self, AhoyMessage *response, guint *rseq);
const char *ahoy_dialog_get_contact (AhoyDialog *self);
AhoyStack *ahoy_dialog_get_stack (AhoyDialog *self);

G_END_DECLS
