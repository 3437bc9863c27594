/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-contact.h"

G_BEGIN_DECLS

typedef enum {
  AHOY_CONTACT_TEXT_URI,
  AHOY_CONTACT_TEXT_CALL_ID,
  AHOY_CONTACT_TEXT_USER_AGENT,
  AHOY_CONTACT_TEXT_RECEIVED,
  AHOY_CONTACT_TEXT_TRANSPORT,
  AHOY_CONTACT_TEXT_INSTANCE,
  AHOY_CONTACT_TEXT_FLOW,
  AHOY_CONTACT_TEXT_NODE,
  AHOY_CONTACT_TEXT_PARAMS,
  AHOY_CONTACT_TEXT_REGISTERED_URI, /* NULL: the same as the URI */
  AHOY_CONTACT_N_TEXTS,
} AhoyContactText;

typedef struct {
  gint64 expires;
  gint64 registered_at;
  gint64 round_trip;
  guint32 cseq;
  guint32 reg_id;
  guint16 q;
  guint8 protocol; /* AhoyTransportProtocol */
  guint8 status;   /* AhoyContactStatus */
  gboolean is_static;
} AhoyContactNumbers;

/* Texts may be NULL, but for the URI; they are copied, each contact into one piece of memory. */
AhoyContact *ahoy_contact_new (const AhoyContactNumbers *numbers,
                               const char *const texts[AHOY_CONTACT_N_TEXTS],
                               const char *const *path);
const AhoyContactNumbers *ahoy_contact_peek_numbers (AhoyContact *self);
const char *ahoy_contact_peek_text (AhoyContact *self, AhoyContactText text);
AhoyContact *ahoy_contact_with_status (AhoyContact *self, AhoyContactStatus status,
                                       gint64 round_trip);
/* The same contact, of which the wall clock says another time: @step µs later. */
AhoyContact *ahoy_contact_with_step (AhoyContact *self, gint64 step);

G_END_DECLS
