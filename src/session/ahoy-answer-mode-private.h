/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session.h"

G_BEGIN_DECLS

/* How the caller wants to be answered. */
typedef struct {
  gboolean asked;    /* without a hand */
  gboolean manual;   /* by hand */
  gboolean required; /* or not at all (RFC 5373 §4.2) */
  guint delay;       /* ms */
} AhoyAnswerMode;

void ahoy_answer_mode_read (AhoyMessage *invite, AhoyAnswerMode *mode);
gboolean ahoy_session_is_auto_answered (AhoySession *self, guint *delay);

G_END_DECLS
