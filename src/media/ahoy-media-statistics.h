/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

typedef struct _AhoyMediaStatistics AhoyMediaStatistics;

/**
 * AhoyMediaStatistics:
 * @packets_sent: RTP packets sent
 * @packets_received: RTP packets received
 * @octets_sent: octets of payload sent, without headers (RFC 3550 §6.4.1)
 * @octets_received: octets of payload received
 * @packets_lost: packets expected less packets received; below 0 when more came twice than were
 *   lost (RFC 3550 §6.4.1)
 * @packets_late: packets that came too late to be heard, or twice
 * @jitter: interarrival jitter in µs (RFC 3550 §6.4.1)
 * @round_trip: round trip time in µs, from the peer's reports; 0 before it is known
 * @remote_lost: packets of ours that the peer says it lost
 * @remote_jitter: jitter in µs that the peer reports
 * @mos: mean opinion score of what is received, 1 to 4.5 (ITU-T G.107); 0 before anything came
 * @clock_rate: clock rate of the codec in Hz, 0 when there is none
 * @codec: (nullable): name of the codec, such as `PCMU`
 * @local_address: (nullable): own address and port, such as `127.0.0.1:10000` or `[::1]:10000`
 * @remote_address: (nullable): address and port that is sent to
 * @latched: whether @remote_address was learned from what came, not from the description
 *
 * What a stream of media counted until now.
 *
 * Since: 0.1
 */
struct _AhoyMediaStatistics {
  guint64 packets_sent;
  guint64 packets_received;
  guint64 octets_sent;
  guint64 octets_received;
  gint64 packets_lost;
  guint64 packets_late;
  guint jitter;
  guint round_trip;
  gint64 remote_lost;
  guint remote_jitter;
  double mos;
  guint clock_rate;
  char *codec;
  char *local_address;
  char *remote_address;
  gboolean latched;

  /*< private >*/
  gpointer padding[8];
};

#define AHOY_TYPE_MEDIA_STATISTICS (ahoy_media_statistics_get_type ())
AHOY_API
GType ahoy_media_statistics_get_type (void);

AHOY_API
AhoyMediaStatistics *ahoy_media_statistics_new (void);
AHOY_API
AhoyMediaStatistics *ahoy_media_statistics_copy (const AhoyMediaStatistics *self);
AHOY_API
void ahoy_media_statistics_free (AhoyMediaStatistics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyMediaStatistics, ahoy_media_statistics_free)

G_END_DECLS
