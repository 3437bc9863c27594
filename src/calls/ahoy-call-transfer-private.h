/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-call-transfer.h"

G_BEGIN_DECLS

/* One transfer that is under way. */
typedef struct {
  AhoyCallTransfer *owner; /* not a reference */
  AhoyTransfer *transfer;
  AhoySession *transferor;
  AhoySession *transferee;
  char *recall_target; /* where the transferor is called back; NULL: nowhere */
  gboolean recalling;
  gboolean reunited; /* it failed, and both have each other again */
  gint64 began;      /* µs, monotonic */
  guint status; /* why the transferor is called back */
  guint64 timer;
} AhoyTransferJob;

struct _AhoyCallTransfer {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: its owner is ours */
  AhoySessionService *sessions;
  AhoyEndpointRegistry *endpoints;
  AhoyLocation *location;
  GPtrArray *jobs; /* AhoyTransferJob */
};

/* Both calls of a bridge that goes through steps, or that is somebody's; NULL: none. */
AhoySession *ahoy_call_transfer_find_partner (AhoySession *session);
/* Takes a call and its partner from whatever joined them: the bridge with both. */
AhoyBridge *ahoy_call_transfer_take_apart (AhoySession *session);
/* A partner who was held hears again. */
void ahoy_call_transfer_resume (AhoySession *session);
/* The transferor has nothing more to say. */
void ahoy_call_transfer_farewell (AhoyCallTransfer *self, AhoySession *session);

AhoyTransferJob *ahoy_call_transfer_add_job (AhoyCallTransfer *self, AhoyTransfer *transfer,
                                             AhoySession *transferee);
void ahoy_call_transfer_fail_job (AhoyTransferJob *job, guint status, const char *reason);
void ahoy_call_transfer_finish_job (AhoyTransferJob *job);
/* What the REFER says to the one who is called, into an a(ss). */
void ahoy_call_transfer_add_headers (AhoyTransfer *transfer, GVariantBuilder *headers);
void ahoy_call_transfer_run_to (AhoyTransferJob *job, const char *target);

/* attended */
void ahoy_call_transfer_attend (AhoyCallTransfer *self, AhoyTransfer *transfer,
                                AhoySession *transferee);

G_END_DECLS
