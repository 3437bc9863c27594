/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <stdlib.h>
#include <string.h>

#include "ctl-table.h"
#include "ctl.h"

/* Commands about the configuration. */

/*
 * What is asked without a daemon is answered by the program that would be the daemon: it alone
 * knows what can be configured.
 */
static gboolean
run_daemon (GPtrArray *arguments, GError **error)
{
  const char *daemon = g_getenv ("AHOY_DAEMON");
  g_autoptr (GSubprocess) process = NULL;

  g_ptr_array_insert (arguments, 0, (char *) (daemon != NULL ? daemon : AHOY_DAEMON));
  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_newv ((const char *const *) arguments->pdata, G_SUBPROCESS_FLAGS_NONE,
                               error);
  if (process == NULL || !g_subprocess_wait (process, NULL, error)) {
    return FALSE;
  }
  if (!g_subprocess_get_successful (process)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "The configuration is not as it should be; see above");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check (Ctl *ctl, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (char *) "--check");
  if (ctl->json) {
    g_ptr_array_add (arguments, (char *) "--json");
  }
  if (ctl->system) {
    g_ptr_array_add (arguments, (char *) "--system");
  }
  if (folder != NULL) {
    g_ptr_array_add (arguments, (char *) "--config");
    g_ptr_array_add (arguments, (char *) folder);
  }
  return run_daemon (arguments, error);
}

static gboolean
show_schema (Ctl *ctl, const char *type, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (char *) "--schema");
  if (ctl->json) {
    g_ptr_array_add (arguments, (char *) "--json");
  }
  if (type != NULL) {
    g_ptr_array_add (arguments, (char *) type);
  }
  return run_daemon (arguments, error);
}

static GVariant *
list_names (Ctl *ctl, const char *type, GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "List",
                                          g_variant_new ("(s)", type), error);

  return result != NULL ? g_variant_get_child_value (result, 0) : NULL;
}

static gboolean
show_object (Ctl *ctl, const char *type, const char *name, GError **error)
{
  static const char *const columns[] = { "Key", "Value", NULL };
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "Get",
                                          g_variant_new ("(ss)", type, name), error);
  g_autoptr (GVariantIter) keys = NULL;
  g_autoptr (CtlTable) table = NULL;
  const char *key;
  const char *value;

  if (result == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    g_autoptr (GVariant) dictionary = g_variant_get_child_value (result, 0);

    ctl_print_json (dictionary);
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_get (result, "(a{ss})", &keys);
  while (g_variant_iter_next (keys, "{&s&s}", &key, &value)) {
    char **cells = g_new0 (char *, 3);

    cells[0] = g_strdup (key);
    cells[1] = g_strdup (value);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
show (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) names = NULL;
  g_autofree const char **list = NULL;

  if (!ctl_connect (ctl, error)) {
    return FALSE;
  }
  if (argc == 2 || (argc == 1 && g_str_equal (argv[0], "core"))) {
    return show_object (ctl, argv[0], argc == 2 ? argv[1] : "", error);
  }
  names = list_names (ctl, argc > 0 ? argv[0] : "", error);
  if (names == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (names);
    return TRUE;
  }
  list = g_variant_get_strv (names, NULL);
  g_print ("\n");
  for (gsize i = 0; list[i] != NULL; i++) {
    g_print ("  %s\n", list[i]);
  }
  g_print ("\n");
  return TRUE;
}

static gboolean
run_config (Ctl *ctl, int argc, char **argv, GError **error)
{
  const char *what = argv[0];

  if (g_str_equal (what, "check") && argc <= 2) {
    return check (ctl, argc > 1 ? argv[1] : NULL, error);
  }
  if (g_str_equal (what, "schema") && argc <= 2) {
    return show_schema (ctl, argc > 1 ? argv[1] : NULL, error);
  }
  if (g_str_equal (what, "show")) {
    return show (ctl, argc - 1, argv + 1, error);
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Write: ahoyctl config check [FOLDER], config schema [TYPE], or config show "
                       "[TYPE [NAME]]");
  return FALSE;
}

const CtlCommand ctl_config_commands[] = {
  { "config", "check|schema|show […]", "check, explain or show the configuration", 1, 3,
    run_config, TRUE },
  { "help", "", "show this help", 0, 0, NULL, TRUE },
  { NULL, NULL, NULL, 0, 0, NULL, FALSE },
};
