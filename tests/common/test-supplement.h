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
 * `X-Fail: yes`, `X-Lie: yes` (says that it answered).
 */
TestSupplement *test_supplement_new (const char *name);
guint test_supplement_get_begun (TestSupplement *self);
guint test_supplement_get_ended (TestSupplement *self);
/* The methods and statuses that came since the last call, such as "INVITE 200 BYE". */
char *test_supplement_steal_seen (TestSupplement *self);

G_END_DECLS
