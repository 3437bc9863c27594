/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-server-transaction.h"

G_BEGIN_DECLS

typedef struct _AhoyStack AhoyStack;

/*
 * Where the interception layer hooks into the stack. The protocol layer does not know what happens
 * there: a request is handed over, and comes back with ahoy_stack_dispatch(), at once or later, or
 * was answered.
 */
typedef struct {
  void (*request) (AhoyStack *stack, AhoyServerTransaction *transaction, gpointer user_data);
  void (*outgoing) (AhoyStack *stack, AhoyMessage *message, gpointer user_data);
} AhoyStackGate;

void ahoy_stack_set_gate (AhoyStack *self, const AhoyStackGate *gate, gpointer user_data);
void ahoy_stack_dispatch (AhoyStack *self, AhoyServerTransaction *transaction);

G_END_DECLS
