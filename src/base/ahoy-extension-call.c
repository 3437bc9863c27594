/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-extension-private.h"

/* How long extensions keep everything else waiting: there is one thread for signalling. */

#define SLOW_CALL (50 * G_TIME_SPAN_MILLISECOND)

/* What the extensions that were called from within the one that runs now have used. */
static __thread gint64 used_by_others;

AhoyExtensionCall
ahoy_extension_begin_call (void)
{
  AhoyExtensionCall call = { g_get_monotonic_time (), used_by_others };

  used_by_others = 0;
  return call;
}

/* @what is the name of the function that was called. */
void
ahoy_extension_end_call (AhoyExtension *self, const AhoyExtensionCall *call, const char *what)
{
  gint64 all = g_get_monotonic_time () - call->begin;
  gint64 used = all - used_by_others;

  used_by_others = call->others + all;
  if (used <= SLOW_CALL) {
    return;
  }
  self->slow_calls++;
  self->tally->slow_calls++;
  g_warning ("The extension “%s” kept everything waiting for %d ms in %s; what takes longer than "
             "%d ms belongs into a thread or behind a deferral",
             self->name, (int) (used / G_TIME_SPAN_MILLISECOND), what,
             (int) (SLOW_CALL / G_TIME_SPAN_MILLISECOND));
}

/**
 * ahoy_extension_get_slow_calls:
 * @self: an extension
 *
 * Returns: how many calls into it took longer than 50 ms
 *
 * Since: 0.1
 */
guint64
ahoy_extension_get_slow_calls (AhoyExtension *self)
{
  return self->slow_calls;
}
