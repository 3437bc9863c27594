/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-message-receipt-private.h"

/**
 * AhoyMessageReceipt:
 *
 * A message that came, while it is decided what becomes of it. It is settled once: with a status of
 * SIP (RFC 3428), of which 200 says that the message was delivered, 202 that somebody keeps it, and
 * anything from 300 on that it was not taken.
 *
 * Since: 0.1
 */
struct _AhoyMessageReceipt {
  GObject parent_instance;

  AhoyTextMessage *message;
  guint status; /* 0: not settled */
  char *reason;
  char *target;
  void (*pass) (AhoyMessageReceipt *self, gpointer user_data);
  gpointer user_data;
};

enum { SIGNAL_SETTLED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyMessageReceipt, ahoy_message_receipt, G_TYPE_OBJECT)

static void
ahoy_message_receipt_finalize (GObject *object)
{
  AhoyMessageReceipt *self = AHOY_MESSAGE_RECEIPT (object);

  g_clear_object (&self->message);
  g_free (self->reason);
  g_free (self->target);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_message_receipt_parent_class)->finalize (object);
}

static void
ahoy_message_receipt_class_init (AhoyMessageReceiptClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_message_receipt_finalize;

  /**
   * AhoyMessageReceipt::settled:
   * @self: the receipt
   *
   * It was decided what becomes of the message. Emitted once.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ahoy_message_receipt_init (AhoyMessageReceipt *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

AhoyMessageReceipt *
ahoy_message_receipt_new (AhoyTextMessage *message,
                          void (*pass) (AhoyMessageReceipt *self, gpointer user_data),
                          gpointer user_data)
{
  AhoyMessageReceipt *self = g_object_new (AHOY_TYPE_MESSAGE_RECEIPT, NULL);

  self->message = g_object_ref (message);
  self->pass = pass;
  self->user_data = user_data;
  return self;
}

/**
 * ahoy_message_receipt_get_message:
 * @self: a receipt
 *
 * Returns: (transfer none): the message
 *
 * Since: 0.1
 */
AhoyTextMessage *
ahoy_message_receipt_get_message (AhoyMessageReceipt *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), NULL);

  return self->message;
}

/**
 * ahoy_message_receipt_is_settled:
 * @self: a receipt
 *
 * Returns: whether it was decided what becomes of the message
 *
 * Since: 0.1
 */
gboolean
ahoy_message_receipt_is_settled (AhoyMessageReceipt *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), TRUE);

  return self->status != 0;
}

/**
 * ahoy_message_receipt_settle:
 * @self: a receipt
 * @status: a final status of SIP, 200 to 699
 * @reason: (nullable): its reason phrase; %NULL for the usual one
 *
 * Says what became of the message. Only the first time counts.
 *
 * Returns: whether it was the first time
 *
 * Since: 0.1
 */
gboolean
ahoy_message_receipt_settle (AhoyMessageReceipt *self, guint status, const char *reason)
{
  g_autoptr (AhoyMessageReceipt) hold = NULL;

  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), FALSE);
  g_return_val_if_fail (status >= 200 && status <= 699, FALSE);

  if (self->status != 0) {
    return FALSE;
  }
  hold = g_object_ref (self);
  self->status = status;
  self->reason = g_strdup (reason);
  self->pass = NULL;
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
  return TRUE;
}

/**
 * ahoy_message_receipt_redirect:
 * @self: a receipt
 * @target: a SIP URI
 *
 * Tells the sender to try somewhere else (302).
 *
 * Returns: whether the receipt was not settled before
 *
 * Since: 0.1
 */
gboolean
ahoy_message_receipt_redirect (AhoyMessageReceipt *self, const char *target)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  if (self->status != 0) {
    return FALSE;
  }
  self->target = g_strdup (target);
  return ahoy_message_receipt_settle (self, 302, NULL);
}

/**
 * ahoy_message_receipt_pass:
 * @self: a receipt
 *
 * Leaves the message to the next handler, for one that took it and found that it does not want it.
 *
 * Since: 0.1
 */
void
ahoy_message_receipt_pass (AhoyMessageReceipt *self)
{
  g_return_if_fail (AHOY_IS_MESSAGE_RECEIPT (self));

  if (self->pass != NULL) {
    self->pass (self, self->user_data);
  }
}

/**
 * ahoy_message_receipt_get_status:
 * @self: a receipt
 *
 * Returns: the status that it was settled with; 0 before
 *
 * Since: 0.1
 */
guint
ahoy_message_receipt_get_status (AhoyMessageReceipt *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), 0);

  return self->status;
}

/**
 * ahoy_message_receipt_get_reason:
 * @self: a receipt
 *
 * Returns: (nullable): the reason phrase, %NULL for that of the status
 *
 * Since: 0.1
 */
const char *
ahoy_message_receipt_get_reason (AhoyMessageReceipt *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), NULL);

  return self->reason;
}

/**
 * ahoy_message_receipt_get_target:
 * @self: a receipt
 *
 * Returns: (nullable): where the sender is to try, of one that was redirected
 *
 * Since: 0.1
 */
const char *
ahoy_message_receipt_get_target (AhoyMessageReceipt *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_RECEIPT (self), NULL);

  return self->target;
}
