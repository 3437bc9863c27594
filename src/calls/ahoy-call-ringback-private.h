/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-call-router.h"

G_BEGIN_DECLS

/* Tells a caller that somebody is alerted: by 180, or by a tone where inband-progress of its
 * endpoint, or early media that it hears already, asks for one (RFC 3960 §3.2). The tone ends with
 * the answer at the latest. Does nothing when a tone sounds already. */
gboolean ahoy_call_ringback_start (AhoyCallRouter *router, AhoySession *session, GError **error);
/* Another tone of its country in place of that one, for a caller who hears us. */
gboolean ahoy_call_ringback_play (AhoyCallRouter *router, AhoySession *session, const char *name,
                                  GError **error);
/* Ends the tone, if there is one. */
void ahoy_call_ringback_stop (AhoySession *session);

/* The tone of a name in the country of a call. */
char *ahoy_call_router_make_tone (AhoyCallRouter *self, AhoySession *session, const char *tone);

G_END_DECLS
