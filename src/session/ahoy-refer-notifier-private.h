/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-private.h"

G_BEGIN_DECLS

/*
 * The subscription that a REFER makes (RFC 3515 §2.4.4): tells the one who sent it how far it is.
 * It may outlive the session (RFC 5057 §4).
 */
typedef struct _AhoyReferNotifier AhoyReferNotifier;

/* The subscription is over: everything was said, nobody wants to hear it, or its time is up. */
typedef void (*AhoyReferNotifierDone) (gpointer user_data);

AhoyReferNotifier *ahoy_refer_notifier_new (AhoySession *session, AhoyDialog *dialog,
                                            const char *event, AhoyReferNotifierDone done,
                                            gpointer user_data);
void ahoy_refer_notifier_free (AhoyReferNotifier *self);
void ahoy_refer_notifier_tell (AhoyReferNotifier *self, guint status, const char *reason);
void ahoy_refer_notifier_take_subscribe (AhoyReferNotifier *self,
                                         AhoyServerTransaction *transaction);
gboolean ahoy_refer_notifier_matches (AhoyReferNotifier *self, AhoyMessage *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyReferNotifier, ahoy_refer_notifier_free)

G_END_DECLS
