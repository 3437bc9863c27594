/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-session-private.h"

/*
 * A peer that sends no media any more, as a phone whose battery is empty: the keys rtp-timeout and
 * rtp-hold-timeout of its endpoint say after how long its call ends. What came is counted now and
 * then, so that it ends up to a quarter of that time later.
 */

#define SHORTEST (250 * G_TIME_SPAN_MILLISECOND)
#define LONGEST (5 * G_TIME_SPAN_SECOND)

static gint64
get_limit (AhoySession *self, const char *key)
{
  return self->endpoint != NULL
             ? ahoy_config_object_get_duration (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint)), key)
             : 0;
}

/* How many packets came, and whether any have to come: none do while the peer is held. FALSE when
 * that cannot be said: media go past this host, or nobody here takes them. */
static gboolean
count (AhoySession *self, guint64 *packets, gboolean *expected)
{
  gboolean any = FALSE;

  *packets = 0;
  *expected = FALSE;
  for (guint i = 0; i < self->streams->len; i++) {
    AhoySessionStream *stream = self->streams->pdata[i];
    AhoyMediaStream *media = ahoy_session_stream_get_media (stream);
    AhoySdpMedia *local = ahoy_session_stream_get_local (stream);
    g_autoptr (AhoyMediaStatistics) statistics = NULL;

    if (media == NULL || local == NULL || !ahoy_session_stream_is_active (stream)) {
      continue;
    }
    if (ahoy_session_stream_is_direct (stream)) {
      return FALSE;
    }
    statistics = ahoy_media_stream_get_statistics (media);
    if (statistics != NULL) {
      AhoySdpDirection direction = ahoy_sdp_media_get_direction (local);

      any = TRUE;
      *packets += statistics->packets_received;
      *expected = *expected || direction == AHOY_SDP_DIRECTION_SENDRECV ||
                  direction == AHOY_SDP_DIRECTION_RECVONLY;
    }
  }
  *expected = *expected && ahoy_session_get_hold (self) == AHOY_SESSION_HOLD_NONE;
  return any;
}

static void
end (AhoySession *self, gint64 silence)
{
  g_message ("Session %" G_GUINT64_FORMAT " with %s ends: no media came for %.1f s", self->id,
             self->remote_uri, (double) silence / G_TIME_SPAN_SECOND);
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_NETWORK, 408, "RTP timeout");
  ahoy_session_emit_expired (self);
  ahoy_session_hangup_with_reason (self, "SIP;cause=408;text=\"RTP timeout\"");
}

static void look_later (AhoySession *self);

static void
look (gpointer user_data)
{
  g_autoptr (AhoySession) self = g_object_ref (AHOY_SESSION (user_data));
  gint64 now = ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack));
  guint64 packets;
  gboolean expected;
  gint64 limit;

  self->quiet.job = 0;
  if (self->state != AHOY_SESSION_ACTIVE) {
    return;
  }
  if (!count (self, &packets, &expected) || packets != self->quiet.packets ||
      expected != self->quiet.expected) {
    self->quiet.since = now;
  }
  self->quiet.packets = packets;
  self->quiet.expected = expected;
  limit = get_limit (self, expected ? "rtp-timeout" : "rtp-hold-timeout");
  if (limit > 0 && now - self->quiet.since >= limit) {
    end (self, now - self->quiet.since);
    return;
  }
  look_later (self);
}

static void
look_later (AhoySession *self)
{
  gint64 one = get_limit (self, "rtp-timeout");
  gint64 other = get_limit (self, "rtp-hold-timeout");
  gint64 shorter = one > 0 && other > 0 ? MIN (one, other) : MAX (one, other);

  if (shorter > 0) {
    self->quiet.job =
        ahoy_scheduler_add (ahoy_stack_get_scheduler (self->stack), "media of a session",
                            CLAMP (shorter / 4, SHORTEST, LONGEST), look, self, NULL);
  }
}

/* The call is answered: from now on media have to come. */
void
ahoy_session_quiet_start (AhoySession *self)
{
  ahoy_session_quiet_stop (self);
  self->quiet.since = ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack));
  self->quiet.expected = TRUE;
  look_later (self);
}

void
ahoy_session_quiet_stop (AhoySession *self)
{
  if (self->quiet.job != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), self->quiet.job);
    self->quiet.job = 0;
  }
}
