/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-register-request-private.h"
#include "ahoy-server-transaction.h"

G_BEGIN_DECLS

gboolean ahoy_register_answer_accept (AhoyServerTransaction *transaction,
                                      const AhoyRegisterRequest *request, GPtrArray *bindings,
                                      const char *service_route, gint64 now);
void ahoy_register_answer_refuse (AhoyServerTransaction *transaction,
                                  const AhoyRegisterRefusal *refusal);

G_END_DECLS
