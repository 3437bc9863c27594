/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */

/* The real ahoyd, with one more supplement in it (tests/common/test-supplement.h). */
#include "ahoy-daemon.h"
#include "test-supplement.h"

static AhoyDaemon *
daemon_with_supplement_new (void)
{
  AhoyDaemon *daemon = ahoy_daemon_new ();
  g_autoptr (TestSupplement) supplement = test_supplement_new ("first");
  g_autoptr (GError) error = NULL;

  if (!ahoy_session_service_add_supplement (
          ahoy_core_get_sessions (ahoy_daemon_get_core (daemon)),
          AHOY_SESSION_SUPPLEMENT (supplement), "first", NULL, NULL, NULL, &error)) {
    g_critical ("%s", error->message);
  }
  return daemon;
}

#undef G_LOG_DOMAIN
#define ahoy_daemon_new daemon_with_supplement_new
#include "main.c"
