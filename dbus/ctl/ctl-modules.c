/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"
#include "ctl.h"

/* The applications of the daemon: which there are, and which of them are loaded. */

static gboolean
list_modules (Ctl *ctl, GError **error)
{
  static const char *const columns[] = { "Module", "Loaded", "What for", NULL };
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "ListModules", NULL, error);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  const char *name;
  const char *summary;
  gboolean loaded;

  if (result == NULL) {
    return FALSE;
  }
  list = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (list);
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&sb&s)", &name, &loaded, &summary)) {
    char **cells = g_new0 (char *, 4);

    cells[0] = g_strdup (name);
    cells[1] = g_strdup (loaded ? "yes" : "no");
    cells[2] = g_strdup (summary);
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
run_modules (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) result = NULL;
  const char *method = NULL;

  if (argc == 0 || (argc == 1 && g_str_equal (argv[0], "list"))) {
    return list_modules (ctl, error);
  }
  if (argc == 2 && g_str_equal (argv[0], "load")) {
    method = "LoadModule";
  } else if (argc == 2 && g_str_equal (argv[0], "unload")) {
    method = "UnloadModule";
  }
  if (method == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "Write: ahoyctl modules, ahoyctl modules load NAME, or ahoyctl modules "
                         "unload NAME");
    return FALSE;
  }
  result = ctl_call (ctl, CTL_ROOT, CTL_MANAGER, method, g_variant_new ("(s)", argv[1]), error);
  if (result != NULL && ctl->json) {
    g_print ("{}\n");
  }
  return result != NULL;
}

const CtlCommand ctl_module_commands[] = {
  { "modules", "[list|load|unload] [NAME]", "list, load or unload what the daemon does", 0, 2,
    run_modules },
  { NULL, NULL, NULL, 0, 0, NULL },
};
