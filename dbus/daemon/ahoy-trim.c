/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-trim.h"

#include <malloc.h>

/*
 * Memory that many calls needed to begin or end goes back to the system when they have: the C
 * library keeps what was freed in between. That takes milliseconds, so it waits until no call
 * begins or ends any more, and until the last transactions are gone, 64 times T1 after (RFC 3261
 * section 17.2), and the last objects.
 */
struct _AhoyTrim {
  AhoyCore *core;
  guint64 timer;
  guint changes;      /* sessions that began or ended since the last time */
  gint64 last_change; /* on the scheduler's clock, µs */
};

/* A few calls are not worth it. */
#define WORTH 50

static gint64
quiet_time (AhoyTrim *self)
{
  AhoyConfigObject *settings = ahoy_core_get_settings (self->core);

  return 64 * ahoy_config_object_get_duration (settings, "t1") +
         ahoy_config_object_get_duration (settings, "session-linger") + G_USEC_PER_SEC;
}

static void on_time (gpointer user_data);

static void
wait_for_quiet (AhoyTrim *self, gint64 span)
{
  self->timer = ahoy_scheduler_add (ahoy_core_get_scheduler (self->core), "give memory back", span,
                                    on_time, self, NULL);
}

static void
on_time (gpointer user_data)
{
  AhoyTrim *self = user_data;
  gint64 now = ahoy_scheduler_get_now (ahoy_core_get_scheduler (self->core));
  gint64 left = self->last_change + quiet_time (self) - now;

  self->timer = 0;
  if (left > 0) {
    wait_for_quiet (self, left);
  } else {
    self->changes = 0;
    malloc_trim (0);
  }
}

static void
on_change (AhoySessionService *service, AhoySession *session, AhoyTrim *self)
{
  self->last_change = ahoy_scheduler_get_now (ahoy_core_get_scheduler (self->core));
  if (++self->changes >= WORTH && self->timer == 0) {
    wait_for_quiet (self, quiet_time (self));
  }
}

AhoyTrim *
ahoy_trim_new (AhoyCore *core)
{
  AhoyTrim *self = g_new0 (AhoyTrim, 1);

  self->core = core;
  g_signal_connect (ahoy_core_get_sessions (core), "session-added", G_CALLBACK (on_change), self);
  g_signal_connect (ahoy_core_get_sessions (core), "session-removed", G_CALLBACK (on_change), self);
  return self;
}

/* Before the core it was made with. */
void
ahoy_trim_free (AhoyTrim *self)
{
  g_signal_handlers_disconnect_by_data (ahoy_core_get_sessions (self->core), self);
  if (self->timer != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self->core), self->timer);
  }
  g_free (self);
}
