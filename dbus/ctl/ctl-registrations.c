/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"
#include "ctl.h"

/* Commands about our registrations with the servers of others. */

static gboolean
run_registrations (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Name", "State", "Server", "Status", "StatusText", NULL };

  return ctl_show_list (ctl, CTL_REGISTRATION, columns, "There is no registration", error);
}

/* The path of the registration of a name. */
static char *
find_path (Ctl *ctl, const char *wanted, GError **error)
{
  g_autoptr (GVariant) list = ctl_list (ctl, CTL_REGISTRATION, error);
  g_autofree char *found = NULL;
  GVariantIter iter;
  const char *path;
  GVariant *properties;

  if (list == NULL) {
    return NULL;
  }
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &path, &properties)) {
    g_autofree char *name = ctl_dup_text (properties, "Name");

    if (g_str_equal (name, wanted)) {
      g_free (found);
      found = g_strdup (path);
    }
    g_variant_unref (properties);
  }
  if (found == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no registration “%s”; see ahoyctl registrations", wanted);
  }
  return g_steal_pointer (&found);
}

static gboolean
act (Ctl *ctl, const char *name, const char *method, GError **error)
{
  g_autofree char *path = find_path (ctl, name, error);
  g_autoptr (GVariant) result =
      path != NULL ? ctl_call (ctl, path, CTL_REGISTRATION, method, NULL, error) : NULL;
  const char *reason;
  guint16 status;

  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(q&s)", &status, &reason);
  if (ctl->json) {
    ctl_print_json (result);
  } else if (status > 0) {
    g_print ("%u %s\n", status, reason);
  }
  if (status >= 300) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The answer is %u %s", status, reason);
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_register (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argv[0], "Register", error);
}

static gboolean
run_unregister (Ctl *ctl, int argc, char **argv, GError **error)
{
  return act (ctl, argv[0], "Unregister", error);
}

static gboolean
switch_it (Ctl *ctl, const char *name, gboolean enabled, GError **error)
{
  g_autofree char *path = find_path (ctl, name, error);
  g_autoptr (GVariant) result =
      path != NULL ? ctl_call (ctl, path, CTL_REGISTRATION, "SetEnabled",
                               g_variant_new ("(b)", enabled), error)
                   : NULL;

  if (ctl->json && result != NULL) {
    g_print ("{}\n");
  }
  return result != NULL;
}

static gboolean
run_enable (Ctl *ctl, int argc, char **argv, GError **error)
{
  return switch_it (ctl, argv[0], TRUE, error);
}

static gboolean
run_disable (Ctl *ctl, int argc, char **argv, GError **error)
{
  return switch_it (ctl, argv[0], FALSE, error);
}

const CtlCommand ctl_registration_commands[] = {
  { "registrations", "", "our registrations with the servers of others", 0, 0, run_registrations },
  { "register", "NAME", "register now, also again", 1, 1, run_register },
  { "unregister", "NAME", "take the binding back, and register no more", 1, 1, run_unregister },
  { "enable", "NAME", "switch a registration on, also after a restart", 1, 1, run_enable },
  { "disable", "NAME", "switch a registration off, also after a restart", 1, 1, run_disable },
  { NULL, NULL, NULL, 0, 0, NULL },
};
