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
run_daemon (GPtrArray *arguments, const char *otherwise, GError **error)
{
  const char *daemon = g_getenv ("AHOY_DAEMON");
  g_autoptr (GSubprocess) process = NULL;

  g_ptr_array_insert (arguments, 0, (char *) (daemon != NULL ? daemon : AHOY_DAEMON));
  g_ptr_array_add (arguments, NULL);
  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_INHERIT, error);
  if (process == NULL || !g_subprocess_wait (process, NULL, error)) {
    return FALSE;
  }
  if (!g_subprocess_get_successful (process)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, otherwise);
    return FALSE;
  }
  return TRUE;
}

/* Nothing of the password stands on a command line, where others see it. */
static gboolean
hash (Ctl *ctl, char *username, char *realm, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (char *) "--hash");
  if (ctl->json) {
    g_ptr_array_add (arguments, (char *) "--json");
  }
  g_ptr_array_add (arguments, (char *) "--");
  g_ptr_array_add (arguments, username);
  g_ptr_array_add (arguments, realm);
  return run_daemon (arguments, "Nothing was hashed; see above", error);
}

/* @what: --check or --expand */
static gboolean
look_at (Ctl *ctl, const char *what, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (char *) what);
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
  return run_daemon (arguments, "The configuration is not as it should be; see above", error);
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
  return run_daemon (arguments, "The configuration is not as it should be; see above", error);
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

/* The one object of a type such as core has no name. */
static gboolean
is_singleton (const char *type)
{
  return g_str_equal (type, "core");
}

static gboolean
put (Ctl *ctl, int argc, char **argv, GError **error)
{
  const char *name = is_singleton (argv[0]) || argc < 2 ? "" : argv[1];
  g_autoptr (GVariant) result = NULL;
  GVariantBuilder keys;

  g_variant_builder_init (&keys, G_VARIANT_TYPE ("a{ss}"));
  for (int i = is_singleton (argv[0]) ? 1 : 2; i < argc; i++) {
    g_auto (GStrv) parts = g_strsplit (argv[i], "=", 2);

    if (parts[0] == NULL || parts[1] == NULL || *parts[0] == '\0') {
      g_variant_builder_clear (&keys);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no key; write KEY=VALUE", argv[i]);
      return FALSE;
    }
    g_variant_builder_add (&keys, "{ss}", parts[0], parts[1]);
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "Put",
                     g_variant_new ("(ssa{ss})", argv[0], name, &keys), error);
  if (ctl->json && result != NULL) {
    g_print ("{}\n");
  }
  return result != NULL;
}

static gboolean
delete (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "Delete",
                g_variant_new ("(ss)", argv[0], argc > 1 ? argv[1] : ""), error);

  if (ctl->json && result != NULL) {
    g_print ("{}\n");
  }
  return result != NULL;
}

static gboolean
list (Ctl *ctl, const char *type, GError **error)
{
  g_autoptr (GVariant) names = list_names (ctl, type, error);
  g_autofree const char **each = NULL;

  if (names == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (names);
    return TRUE;
  }
  each = g_variant_get_strv (names, NULL);
  g_print ("\n");
  for (gsize i = 0; each[i] != NULL; i++) {
    g_print ("  %s\n", each[i]);
  }
  g_print ("\n");
  return TRUE;
}

static gboolean
show (Ctl *ctl, int argc, char **argv, GError **error)
{
  if (!ctl_connect (ctl, error)) {
    return FALSE;
  }
  if (argc == 2 || (argc == 1 && is_singleton (argv[0]))) {
    return show_object (ctl, argv[0], argc == 2 ? argv[1] : "", error);
  }
  return list (ctl, argc > 0 ? argv[0] : "", error);
}

static gboolean
run_config (Ctl *ctl, int argc, char **argv, GError **error)
{
  const char *what = argv[0];

  if (g_str_equal (what, "check") && argc <= 2) {
    return look_at (ctl, "--check", argc > 1 ? argv[1] : NULL, error);
  }
  if (g_str_equal (what, "expand") && argc <= 2 && !ctl->json) {
    return look_at (ctl, "--expand", argc > 1 ? argv[1] : NULL, error);
  }
  if (g_str_equal (what, "schema") && argc <= 2) {
    return show_schema (ctl, argc > 1 ? argv[1] : NULL, error);
  }
  if (g_str_equal (what, "hash") && argc == 3) {
    return hash (ctl, argv[1], argv[2], error);
  }
  if (g_str_equal (what, "show") && argc <= 3) {
    return show (ctl, argc - 1, argv + 1, error);
  }
  if (g_str_equal (what, "list") && argc <= 2) {
    return ctl_connect (ctl, error) && list (ctl, argc > 1 ? argv[1] : "", error);
  }
  if (g_str_equal (what, "get") && (argc == 2 || argc == 3)) {
    return ctl_connect (ctl, error) &&
           show_object (ctl, argv[1], argc > 2 ? argv[2] : "", error);
  }
  if (g_str_equal (what, "put") && argc >= 2) {
    return ctl_connect (ctl, error) && put (ctl, argc - 1, argv + 1, error);
  }
  if (g_str_equal (what, "delete") && (argc == 2 || argc == 3)) {
    return ctl_connect (ctl, error) && delete (ctl, argc - 1, argv + 1, error);
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Write: ahoyctl config check [FOLDER], config expand [FOLDER], config "
                       "schema [TYPE], config show [TYPE [NAME]], config list [TYPE], config get "
                       "TYPE [NAME], config put TYPE [NAME] [KEY=VALUE…], config delete TYPE "
                       "[NAME], or config hash USERNAME REALM");
  return FALSE;
}

const CtlCommand ctl_config_commands[] = {
  { "config", "check|expand|schema|show|list|get|put|delete|hash […]",
    "check, explain, show or change the configuration; hash a password", 1, 1000, run_config,
    TRUE },
  { "help", "", "show this help", 0, 0, NULL, TRUE },
  { NULL, NULL, NULL, 0, 0, NULL, FALSE },
};
