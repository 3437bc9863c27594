/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"

G_BEGIN_DECLS

/* What a final answer to REGISTER means for who sent it. */
typedef enum {
  AHOY_REGISTRATION_VERDICT_DONE,
  AHOY_REGISTRATION_VERDICT_TOO_BRIEF, /* 423: ask for longer */
  AHOY_REGISTRATION_VERDICT_MOVED,     /* 3xx with somewhere else to ask */
  AHOY_REGISTRATION_VERDICT_UNPROVEN,  /* the account is refused, or there is none */
  AHOY_REGISTRATION_VERDICT_FORBIDDEN,
  AHOY_REGISTRATION_VERDICT_TEMPORARY, /* another server, or later */
  AHOY_REGISTRATION_VERDICT_FATAL,
} AhoyRegistrationVerdict;

typedef struct {
  AhoyRegistrationVerdict verdict;
  gint64 expires;           /* granted, in s; of 423 the shortest that is; -1: it does not say */
  int retry_after;          /* s; -1: it does not say */
  char *moved;              /* the URI to ask instead */
  char **service_route;     /* name-addrs (RFC 3608) */
  char **associated;        /* URIs that are ours, too (RFC 7315 §4.1) */
  char *received;           /* the address the server saw; NULL: it does not say */
  guint received_port;      /* 0: it does not say */
  guint flow_timer;         /* s (RFC 5626 §10); 0: it does not say */
} AhoyRegistrationAnswer;

void ahoy_registration_answer_read (AhoyRegistrationAnswer *self, AhoyMessage *response,
                                    const char *contact);
void ahoy_registration_answer_clear (AhoyRegistrationAnswer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AhoyRegistrationAnswer, ahoy_registration_answer_clear)

G_END_DECLS
