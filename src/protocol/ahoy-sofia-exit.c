/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <sofia-sip/su_uniqueid.h>

/*
 * When a process ends, Sofia deletes the thread-specific key of its random numbers, also when it
 * never made one: then it deletes key 0, which is somebody else's, such as GLib's, and a thread of
 * GLib that still runs aborts. So it has to have one of its own in each process that loads this
 * library.
 */
__attribute__ ((constructor)) static void
make_key_of_sofia (void)
{
  su_random64 ();
}
