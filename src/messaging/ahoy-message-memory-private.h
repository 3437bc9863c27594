/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message-receipt.h"
#include "ahoy-server-transaction.h"

G_BEGIN_DECLS

/* Which messages came lately, and what was answered; and how many each endpoint sent. */
typedef struct _AhoyMessageMemory AhoyMessageMemory;

AhoyMessageMemory *ahoy_message_memory_new (void);
void ahoy_message_memory_free (AhoyMessageMemory *self);
gboolean ahoy_message_memory_take_token (AhoyMessageMemory *self, const char *endpoint, guint rate,
                                         guint burst, gint64 now, guint *wait);
gboolean ahoy_message_memory_begin (AhoyMessageMemory *self, const char *key,
                                    AhoyServerTransaction *transaction, gint64 lifetime,
                                    gint64 now, AhoyMessageReceipt **receipt);
GPtrArray *ahoy_message_memory_settle (AhoyMessageMemory *self, const char *key,
                                       AhoyMessageReceipt *receipt);
void ahoy_message_memory_forget (AhoyMessageMemory *self, const char *key);
guint ahoy_message_memory_get_size (AhoyMessageMemory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyMessageMemory, ahoy_message_memory_free)

G_END_DECLS
