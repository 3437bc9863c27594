/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-text-message.h"

G_BEGIN_DECLS

/* A message that waits for somebody, as it is kept. */
typedef struct {
  char *name; /* of its record: those of a user sort by it as they came */
  char *user;
  gint64 expires; /* µs since 1970 */
  AhoyTextMessage *message;
  gboolean durable; /* it was written, so that the sender knows */
  gboolean gone;    /* it is being removed */
} AhoyStoredMessage;

AhoyStoredMessage *ahoy_stored_message_new (const char *name, const char *user, gint64 expires,
                                            AhoyTextMessage *message);
void ahoy_stored_message_free (gpointer self);
GBytes *ahoy_stored_message_write (AhoyStoredMessage *self);
AhoyStoredMessage *ahoy_stored_message_read (const char *name, const guint8 *data, gsize size);

G_END_DECLS
