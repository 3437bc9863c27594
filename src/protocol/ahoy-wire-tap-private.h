/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-transport-protocol.h"

G_BEGIN_DECLS

typedef struct _AhoyStack AhoyStack;

typedef enum {
  AHOY_WIRE_REQUEST,
  AHOY_WIRE_RESPONSE,
  AHOY_WIRE_KEEP_ALIVE, /* nothing but line ends (RFC 5626 §3.5.1) */
  AHOY_WIRE_MALFORMED,  /* no SIP message */
} AhoyWireKind;

/* An address that was seen, in both forms. */
typedef struct {
  guint8 native[28]; /* room for a sockaddr_in6 */
  gsize size;
  GSocketAddress *address;
} AhoyWireAddress;

/* What crossed the network: one message, as its bytes were. */
typedef struct {
  gint64 time; /* µs since 1970, UTC */
  gboolean incoming;
  AhoyTransportProtocol protocol;
  AhoyWireKind kind;
  GSocketAddress *source;
  GSocketAddress *destination;
  GBytes *bytes;
} AhoyWireMessage;

/* Called from inside of Sofia: may look and remember, and must not call into the stack. */
typedef void (*AhoyWireTapFunc) (AhoyStack *stack, const AhoyWireMessage *message,
                                 gpointer user_data);

guint ahoy_stack_add_wire_tap (AhoyStack *self, AhoyWireTapFunc func, gpointer user_data);
void ahoy_stack_remove_wire_tap (AhoyStack *self, guint id);
gboolean ahoy_stack_has_wire_tap (AhoyStack *self);
AhoyWireKind ahoy_wire_kind_of (const char *data, gsize length);

G_END_DECLS
