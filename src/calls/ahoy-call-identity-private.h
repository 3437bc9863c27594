/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session.h"

G_BEGIN_DECLS

/* Who one leg of a call is to the other one. */
AhoyIdentity *ahoy_call_identity_make (AhoySession *who, const char *domain);
char *ahoy_call_identity_make_from (AhoyIdentity *identity, AhoyEndpoint *callee,
                                    const char *domain, GError **error);
GVariant *ahoy_call_identity_pass_headers (AhoySession *caller, AhoyEndpoint *callee);
void ahoy_call_identity_tell (AhoySession *session, AhoySession *partner);

G_END_DECLS
