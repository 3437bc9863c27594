/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-wav-writer.h"

G_BEGIN_DECLS

/* Who records, as those are told who want the same file: “session 7”. */
void ahoy_gst_wav_writer_set_owner (AhoyGstWavWriter *self, const char *owner);
/* The recording is to end: what a worker still says is in it, and the next one of the same name may
 * begin. Its file will be whole before that of the next. */
void ahoy_gst_wav_writer_end (AhoyGstWavWriter *self);

G_END_DECLS
