/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"

/* [rewrite NAME]: how numbers are rewritten before they are called, and those of callers when they
 * come. Their order counts, so all are made anew as a whole. */

/* Who calls, or answers: how its number is written here. */
static char *
rewrite_peer (AhoySession *session, const char *number, gpointer user_data)
{
  AhoyCore *self = user_data;
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  g_auto (GStrv) applied = NULL;
  g_autofree char *result = ahoy_number_rewriter_rewrite_caller (
      self->rewriter, endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL, number,
      &applied);

  return applied[0] != NULL ? g_steal_pointer (&result) : NULL;
}

void
ahoy_core_init_rewrite (AhoyCore *self)
{
  self->rewriter = ahoy_number_rewriter_new ();
  ahoy_session_service_set_number_func (self->sessions, rewrite_peer, self, NULL);
}

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

static gboolean
check_endpoint (AhoyCore *self, const char *name, GError **error)
{
  if (name == NULL || *name == '\0' ||
      ahoy_endpoint_registry_lookup (self->endpoints, name) != NULL) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "There is no endpoint “%s”", name);
  return FALSE;
}

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
  return check_endpoint (self, endpoint, error)
             ? ahoy_number_rewriter_rewrite (self->rewriter, endpoint, number, applied)
             : NULL;
}

/**
 * ahoy_core_rewrite_caller:
 * @self: a core
 * @endpoint: (nullable): the name of the endpoint that brings the number; %NULL or empty for none
 * @number: the number of who calls or answers, as that endpoint writes it
 * @applied: (out) (optional) (transfer full) (array zero-terminated=1): the names of the groups
 *   `[rewrite]` that were applied, in their order
 * @error: return location for an error
 *
 * How the number of a caller is shown, kept and passed on: the identities of sessions are written
 * in the same way. What has letters is a name, and stays.
 *
 * Returns: (transfer full): the number, or %NULL with %AHOY_ERROR_NOT_FOUND when there is no such
 *   endpoint
 *
 * Since: 0.1
 */
char *
ahoy_core_rewrite_caller (AhoyCore *self, const char *endpoint, const char *number, char ***applied,
                          GError **error)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (number != NULL, NULL);

  return check_endpoint (self, endpoint, error)
             ? ahoy_number_rewriter_rewrite_caller (self->rewriter, endpoint, number, applied)
             : NULL;
}
