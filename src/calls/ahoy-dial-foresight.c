/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-query-private.h"
#include "ahoy-dial-private.h"
#include "ahoy-dial-status-private.h"

/* What a dial step would do, as far as it is known without calling anybody: nobody is there, or
 * nobody of those may be called. */

static gboolean
may_wake (AhoyDialApplication *application, AhoyDialTarget *target)
{
  AhoyWaker *waker = ahoy_dial_application_get_waker (application);

  for (gsize i = 0; waker != NULL && target->aors != NULL && target->aors[i] != NULL; i++) {
    if (ahoy_waker_may_wake (waker, target->endpoint, target->aors[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Why nobody of a target is called; 0 when somebody is, or may be. */
static guint
find_status (AhoyDialApplication *application, const char *text)
{
  g_autofree char *resolved = ahoy_dial_application_resolve (application, text);
  g_autoptr (AhoyDialTarget) target =
      ahoy_dial_target_new (ahoy_dial_application_get_endpoints (application),
                            ahoy_dial_application_get_location (application), resolved);

  return target->status == 480 && may_wake (application, target) ? 0 : target->status;
}

gboolean
ahoy_dial_foresee (AhoyDialApplication *application, AhoyCallQuery *query)
{
  const char *const *targets =
      ahoy_route_step_get_texts (ahoy_call_query_get_step (query), "target");
  guint best = 0;

  for (gsize i = 0; targets[i] != NULL; i++) {
    guint status = find_status (application, targets[i]);

    if (status == 0) {
      return FALSE;
    }
    best = ahoy_dial_status_is_better (status, best) ? status : best;
  }
  if (!ahoy_call_query_has_next (query)) {
    ahoy_call_query_refuse (query, ahoy_dial_status_for_caller (best), NULL, NULL);
  }
  return ahoy_call_query_has_next (query);
}
