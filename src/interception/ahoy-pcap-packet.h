/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-trace-message.h"

G_BEGIN_DECLS

void ahoy_pcap_append_file_header (GByteArray *file);
void ahoy_pcap_append_message (GByteArray *file, AhoyTraceMessage *message, GHashTable *sequences);

G_END_DECLS
