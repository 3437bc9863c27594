/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy.h"

G_BEGIN_DECLS

#define TEST_TYPE_AUDIO_HANDLER (test_audio_handler_get_type ())
G_DECLARE_FINAL_TYPE (TestAudioHandler, test_audio_handler, TEST, AUDIO_HANDLER, GObject)

/* An SDP handler that negotiates G.711 and sends nothing. */
TestAudioHandler *test_audio_handler_new (const char *label);
/* From now on: "take", "decline" or "fail". */
void test_audio_handler_set_mood (TestAudioHandler *self, const char *mood);
/* How often each of the callbacks ran: handle_offer, create_stream, negotiate, apply, end. */
const guint *test_audio_handler_get_counts (TestAudioHandler *self);

G_END_DECLS
