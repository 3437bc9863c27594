/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-trace-message.h"

G_BEGIN_DECLS

#define AHOY_TYPE_PCAP_WRITER (ahoy_pcap_writer_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyPcapWriter, ahoy_pcap_writer, AHOY, PCAP_WRITER, GObject)

AHOY_API
AhoyPcapWriter *ahoy_pcap_writer_new_for_path (const char *path, GError **error);
AHOY_API
AhoyPcapWriter *ahoy_pcap_writer_new_for_fd (int fd, GMainContext *context, GError **error);
AHOY_API
gboolean ahoy_pcap_writer_write (AhoyPcapWriter *self, AhoyTraceMessage *message, GError **error);
AHOY_API
const GError *ahoy_pcap_writer_get_error (AhoyPcapWriter *self);
AHOY_API
guint64 ahoy_pcap_writer_get_n_written (AhoyPcapWriter *self);
AHOY_API
guint64 ahoy_pcap_writer_get_n_lost (AhoyPcapWriter *self);

G_END_DECLS
