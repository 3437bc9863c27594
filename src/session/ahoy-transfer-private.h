/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-refer-notifier-private.h"
#include "ahoy-session-private.h"
#include "ahoy-transfer.h"

G_BEGIN_DECLS

struct _AhoyTransfer {
  GObject parent_instance;

  AhoySession *session;
  AhoySessionService *service; /* not a reference: it holds us; NULL: nothing is on the wire */
  AhoySessionDirection direction;
  AhoyMessage *request;
  char *refer_to;
  AhoyUri *target;
  AhoyReplaces *replaces;
  char *referred_by;
  AhoyTransferState state;
  guint status; /* what was said last */
  char *reason;
  gboolean silent; /* no subscription (RFC 4488, RFC 7614) */
  guint64 timer;   /* until it is given up */
  AhoyDialog *dialog; /* of a REFER outside of the session's; NULL: it came, or goes, inside */

  /* received */
  AhoyServerTransaction *transaction; /* that waits for its answer */
  AhoyReferNotifier *notifier;

  /* sent */
  AhoyClientTransaction *refer; /* that has no answer yet */
  GTask *task;
  guint cseq;
  gboolean inside; /* in any case */
};

/* A REFER that came; NULL with the status to answer when it cannot be understood. */
AhoyTransfer *ahoy_transfer_new_received (AhoySession *session, AhoyServerTransaction *transaction,
                                          guint *status, GError **error);
void ahoy_transfer_wait (AhoyTransfer *self);
gboolean ahoy_transfer_take_subscribe (AhoyTransfer *self, AhoyServerTransaction *transaction);
void ahoy_transfer_session_ended (AhoyTransfer *self);
void ahoy_transfer_drop (AhoyTransfer *self);

/* sent */
AhoyTransfer *ahoy_transfer_new_sent (AhoySession *session, const char *refer_to, GTask *task,
                                      GError **error);
void ahoy_transfer_send (AhoyTransfer *self);
gboolean ahoy_transfer_take_notify (AhoyTransfer *self, AhoyServerTransaction *transaction);
void ahoy_transfer_give_up (AhoyTransfer *self, const char *why);

/* sent, outside of the dialog of the session */
gboolean ahoy_transfer_goes_outside (AhoyTransfer *self);
AhoyMessage *ahoy_transfer_create_outside (AhoyTransfer *self, GError **error);
void ahoy_transfer_leave_outside (AhoyTransfer *self);
gboolean ahoy_transfer_is_wrong_way (AhoyTransfer *self, AhoyMessage *response);

/* for both */
gboolean ahoy_transfer_read_target (AhoyTransfer *self, guint *status, GError **error);
void ahoy_transfer_set_state (AhoyTransfer *self, AhoyTransferState state, guint status,
                              const char *reason);
void ahoy_transfer_leave_session (AhoyTransfer *self);
void ahoy_transfer_start_timer (AhoyTransfer *self, guint seconds, AhoySchedulerFunc func);
void ahoy_transfer_cancel_timer (AhoyTransfer *self);

/* session */
void ahoy_session_note_transfer (AhoySession *self, AhoyTransfer *transfer);
void ahoy_session_add_transfer (AhoySession *self, AhoyTransfer *transfer);
void ahoy_session_drop_transfer (AhoySession *self, AhoyTransfer *transfer);

G_END_DECLS
