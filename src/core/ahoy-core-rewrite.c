/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"

/* [rewrite NAME]: how numbers are rewritten before they are called. Their order counts, so all are
 * made anew as a whole. */

static void
finish_rewrite (AhoyCoreChange *change, gboolean touched)
{
  g_autoptr (AhoyNumberRewriter) rewriter = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (!touched && !change->first) {
    return;
  }
  rewriter = ahoy_number_rewriter_new ();
  list = ahoy_config_set_list (change->to, "rewrite");
  for (guint i = 0; i < list->len; i++) {
    g_autoptr (GError) error = NULL;

    if (!ahoy_number_rewriter_add (rewriter, AHOY_REWRITE_CONFIG (list->pdata[i]), &error)) {
      ahoy_core_change_fail (change, list->pdata[i], NULL, error);
    }
  }
  g_set_object (&change->core->rewriter, rewriter);
}

const AhoyCorePart ahoy_core_rewrite_part = {
  .type = "rewrite",
  .finish = finish_rewrite,
};

/**
 * ahoy_core_rewrite_number:
 * @self: a core
 * @endpoint: (nullable): the name of the endpoint that is to call; %NULL or empty for the one
 *   that ahoy_core_choose_endpoint() names
 * @number: a number as somebody wrote it, or as a directory has it
 * @applied: (out) (optional) (transfer full) (array zero-terminated=1): the names of the groups
 *   `[rewrite]` that were applied, in their order
 * @error: return location for an error
 *
 * What would be called for a number: ahoy_core_dial() does the same with a target that is no SIP
 * URI. What shows or keeps numbers of directories makes them equal with it.
 *
 * Returns: (transfer full): the number, or %NULL with %AHOY_ERROR_NOT_FOUND when there is no such
 *   endpoint
 *
 * Since: 0.1
 */
char *
ahoy_core_rewrite_number (AhoyCore *self, const char *endpoint, const char *number, char ***applied,
                          GError **error)
{
  g_autofree char *chosen = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  if (endpoint == NULL || *endpoint == '\0') {
    chosen = ahoy_core_choose_endpoint (self, number, NULL, NULL);
    endpoint = chosen;
  }
  if (endpoint != NULL && *endpoint != '\0' &&
      ahoy_endpoint_registry_lookup (self->endpoints, endpoint) == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "There is no endpoint “%s”", endpoint);
    return NULL;
  }
  return ahoy_number_rewriter_rewrite (self->rewriter, endpoint, number, applied);
}
