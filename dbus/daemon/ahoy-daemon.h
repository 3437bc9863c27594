/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-bus-link.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DAEMON (ahoy_daemon_get_type ())
G_DECLARE_FINAL_TYPE (AhoyDaemon, ahoy_daemon, AHOY, DAEMON, GObject)

typedef enum {
  AHOY_DAEMON_REPLACE = 1 << 0, /* take the name from a daemon that runs */
  AHOY_DAEMON_SYSTEM = 1 << 1,  /* on the system bus: callers are other users */
} AhoyDaemonFlags;

AhoyDaemon *ahoy_daemon_new (void);
AhoyCore *ahoy_daemon_get_core (AhoyDaemon *self);
gboolean ahoy_daemon_clear_name (AhoyDaemon *self, AhoyBusLink *link, gboolean replace,
                                 GError **error);
void ahoy_daemon_configure (AhoyDaemon *self, const char *folder, const char *state);
gboolean ahoy_daemon_start (AhoyDaemon *self, AhoyBusLink *link, AhoyDaemonFlags flags,
                            GError **error);
void ahoy_daemon_reload (AhoyDaemon *self);
void ahoy_daemon_stop (AhoyDaemon *self);
gboolean ahoy_daemon_check (AhoyDaemon *self, GError **error);

G_END_DECLS
