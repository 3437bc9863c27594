/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-scheduler.h"

#define WATCHDOG_SECONDS 30

/* Turns the default main context until a condition holds; after 30 s the test has failed. The
 * scheduler only bounds how long a condition that no event announces goes unseen. */
#define wait_until(condition)                                                                     \
  G_STMT_START                                                                                    \
  {                                                                                               \
    g_autoptr (AhoyScheduler) wait_scheduler = ahoy_scheduler_new (NULL);                         \
    gint64 wait_end = g_get_monotonic_time () + WATCHDOG_SECONDS * G_USEC_PER_SEC;                \
                                                                                                  \
    ahoy_scheduler_add_repeating (wait_scheduler, "watchdog", 5000, watchdog_look, NULL, NULL);   \
    while (!(condition)) {                                                                        \
      g_main_context_iteration (NULL, TRUE);                                                      \
      if (g_get_monotonic_time () > wait_end) {                                                   \
        g_assertion_message (NULL, __FILE__, __LINE__, G_STRFUNC,                                 \
                             "the watchdog rang, and still not: " #condition);                    \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  G_STMT_END

static inline void
watchdog_look (gpointer data)
{
}
