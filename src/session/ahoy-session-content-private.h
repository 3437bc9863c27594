/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-body-part.h"
#include "ahoy-session-private.h"

G_BEGIN_DECLS

/* How a body that nobody understands is answered. */
typedef struct {
  guint status;
  const char *header;
  char *value;
} AhoyContentRefusal;

gboolean ahoy_content_type_is (const char *given, const char *type);
gboolean ahoy_content_is_session (AhoyBodyPart *part);
gboolean ahoy_content_check (AhoySessionService *service, AhoyMessage *request,
                             AhoyContentRefusal *refusal);
AhoyMessage *ahoy_content_create_refusal (AhoyServerTransaction *transaction,
                                          AhoyContentRefusal *refusal);
char *ahoy_content_quote (const char *text);
char *ahoy_content_dup_accept (AhoySessionService *service, const char *method);

G_END_DECLS
