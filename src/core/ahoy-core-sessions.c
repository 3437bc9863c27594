/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-caller-id-supplement.h"
#include "ahoy-core-private.h"
#include "ahoy-reason-supplement.h"

/* The module “sessions”: calls, with their routes. Their sound is what a program adds when it is
 * loaded. */

static gboolean
add_supplement (AhoyCore *self, gpointer object, const char *name, GError **error)
{
  g_autoptr (AhoySessionSupplement) supplement = AHOY_SESSION_SUPPLEMENT (object);

  if (!ahoy_session_service_add_supplement (self->sessions, supplement, name, NULL, NULL, NULL,
                                            error)) {
    return FALSE;
  }
  g_ptr_array_add (self->supplements, g_steal_pointer (&supplement));
  return TRUE;
}

static void
remove_supplements (AhoyCore *self)
{
  for (guint i = 0; i < self->supplements->len; i++) {
    ahoy_session_service_remove_supplement (self->sessions, self->supplements->pdata[i]);
  }
  g_ptr_array_set_size (self->supplements, 0);
}

static void
stop (AhoyCore *self)
{
  ahoy_session_service_unregister (self->sessions);
  remove_supplements (self);
}

static gboolean
start (AhoyCore *self, GError **error)
{
  if (!ahoy_session_service_register (self->sessions, error)) {
    return FALSE;
  }
  if (!add_supplement (self, ahoy_reason_supplement_new (), "reason", error) ||
      !add_supplement (self, ahoy_caller_id_supplement_new (), "caller-id", error)) {
    stop (self);
    return FALSE;
  }
  return TRUE;
}

const AhoyCoreModule ahoy_core_sessions_module = {
  .name = "sessions",
  .summary = "calls, their routes and their sound",
  .start = start,
  .stop = stop,
};
