/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-trace-message.h"

G_BEGIN_DECLS

typedef struct _AhoyTraceFilter AhoyTraceFilter;

AhoyTraceFilter *ahoy_trace_filter_new (GVariant *options, GError **error);
void ahoy_trace_filter_free (AhoyTraceFilter *self);
gboolean ahoy_trace_filter_matches (AhoyTraceFilter *self, AhoyTraceMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyTraceFilter, ahoy_trace_filter_free)

G_END_DECLS
