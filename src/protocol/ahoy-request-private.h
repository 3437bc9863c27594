/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-stack.h"

G_BEGIN_DECLS

/* What who sends the same request again and again needs: a registration. */
void ahoy_request_set_number (AhoyMessage *request, const char *call_id, guint32 cseq);
char *ahoy_stack_make_contact (AhoyStack *self, const char *listener, const char *user,
                               gboolean secure);

G_END_DECLS
