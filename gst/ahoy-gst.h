/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-gst-audio-handler.h"
#include "ahoy-gst-audio-source.h"
#include "ahoy-gst-engine.h"
#include "ahoy-gst-port-allocator.h"
#include "ahoy-gst-stream.h"
#include "ahoy-gst-tone-source.h"
#include "ahoy-gst-wav-source.h"
#include "ahoy-gst-wav-writer.h"
