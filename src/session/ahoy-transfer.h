/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-message.h"
#include "ahoy-replaces.h"
#include "ahoy-session.h"
#include "ahoy-uri.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyTransferState:
 * @AHOY_TRANSFER_NONE: nobody asked for a transfer
 * @AHOY_TRANSFER_ASKED: a REFER waits for its answer
 * @AHOY_TRANSFER_ACCEPTED: it was accepted; how it ends is not known yet
 * @AHOY_TRANSFER_REFUSED: it was refused
 * @AHOY_TRANSFER_DONE: the call is with the other one
 * @AHOY_TRANSFER_FAILED: the other one cannot be reached, or does not want the call
 *
 * How far a transfer is.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_TRANSFER_NONE,
  AHOY_TRANSFER_ASKED,
  AHOY_TRANSFER_ACCEPTED,
  AHOY_TRANSFER_REFUSED,
  AHOY_TRANSFER_DONE,
  AHOY_TRANSFER_FAILED,
} AhoyTransferState;

#define AHOY_TYPE_TRANSFER_STATE (ahoy_transfer_state_get_type ())
AHOY_API
GType ahoy_transfer_state_get_type (void);
AHOY_API
const char *ahoy_transfer_state_to_string (AhoyTransferState self);

#define AHOY_TYPE_TRANSFER (ahoy_transfer_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyTransfer, ahoy_transfer, AHOY, TRANSFER, GObject)

AHOY_API
AhoySession *ahoy_transfer_get_session (AhoyTransfer *self);
AHOY_API
AhoySessionDirection ahoy_transfer_get_direction (AhoyTransfer *self);
AHOY_API
AhoyUri *ahoy_transfer_get_target (AhoyTransfer *self);
AHOY_API
const char *ahoy_transfer_get_refer_to (AhoyTransfer *self);
AHOY_API
AhoyReplaces *ahoy_transfer_get_replaces (AhoyTransfer *self);
AHOY_API
const char *ahoy_transfer_get_referred_by (AhoyTransfer *self);
AHOY_API
char *ahoy_transfer_dup_header (AhoyTransfer *self, const char *name);
AHOY_API
AhoyTransferState ahoy_transfer_get_state (AhoyTransfer *self);
AHOY_API
guint ahoy_transfer_get_status (AhoyTransfer *self);
AHOY_API
const char *ahoy_transfer_get_reason (AhoyTransfer *self);
AHOY_API
gboolean ahoy_transfer_accept (AhoyTransfer *self, GError **error);
AHOY_API
gboolean ahoy_transfer_refuse (AhoyTransfer *self, guint status, const char *reason,
                               GError **error);
AHOY_API
void ahoy_transfer_report (AhoyTransfer *self, guint status, const char *reason);

G_END_DECLS
