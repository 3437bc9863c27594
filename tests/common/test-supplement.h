/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy.h"

G_BEGIN_DECLS

#define TEST_TYPE_SUPPLEMENT (test_supplement_get_type ())
G_DECLARE_FINAL_TYPE (TestSupplement, test_supplement, TEST, SUPPLEMENT, GObject)

/*
 * A supplement that signs each message (`X-Signed: <name>`), and does what an INVITE asks of it:
 * `X-Refuse: 480`,
 * `X-Fail: yes`, `X-Lie: yes` (says that it answered), `X-Defer: first 300` (the supplement of that
 * name lets it wait for at most 300 ms; then `forget`: it loses the deferral, `ignore`: it goes on
 * all the same, `now`: it resolves before it returns, `lie`: it never asked for a deferral,
 * `ring`: it sends 180 first), `X-Slow: first` (the supplement of that name takes long). It lets
 * nobody call an address with “forbidden”, “silent” (no reason) or “foreign” (another domain's
 * error) in it.
 */
TestSupplement *test_supplement_new (const char *name);
guint test_supplement_get_begun (TestSupplement *self);
guint test_supplement_get_ended (TestSupplement *self);
guint test_supplement_get_kept (TestSupplement *self);
gboolean test_supplement_resolve (TestSupplement *self, AhoySessionService *sessions, int index,
                                  AhoySupplementVerdict verdict, guint status);
/* The methods and statuses that came since the last call, such as "INVITE 200 BYE". */
char *test_supplement_steal_seen (TestSupplement *self);

G_END_DECLS
