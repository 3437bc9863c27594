/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <string.h>

#include "ctl-table.h"
#include "ctl.h"

/* The command “cache”: what is kept in memory in front of stores. */

static gboolean
list (Ctl *ctl, GError **error)
{
  static const char *const columns[] = { "Store", "Type", "Name", "Age", "Stale", NULL };
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "CacheList", NULL, error);
  g_autoptr (GVariant) entries = NULL;
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  const char *store;
  const char *type;
  const char *name;
  gint64 age;
  gboolean stale;

  if (result == NULL) {
    return FALSE;
  }
  entries = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (entries);
    return TRUE;
  }
  if (g_variant_n_children (entries) == 0) {
    g_print ("\n  No cache keeps an object\n\n");
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_next (&iter, "(&s&s&sxb)", &store, &type, &name, &age, &stale)) {
    char **cells = g_new0 (char *, G_N_ELEMENTS (columns));

    cells[0] = g_strdup (store);
    cells[1] = g_strdup (type);
    cells[2] = g_strdup (name);
    cells[3] = g_strdup_printf ("%" G_GINT64_FORMAT " s", age / G_USEC_PER_SEC);
    cells[4] = g_strdup (stale ? "yes" : "no");
    ctl_table_add (table, cells);
  }
  ctl_table_print (table);
  return TRUE;
}

static gboolean
show_statistics (Ctl *ctl, GError **error)
{
  g_autoptr (GVariant) result =
      ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "CacheStatistics", NULL, error);
  g_autoptr (GVariant) stores = NULL;
  GVariantIter iter;
  const char *store;
  GVariantIter *counters;

  if (result == NULL) {
    return FALSE;
  }
  stores = g_variant_get_child_value (result, 0);
  if (ctl->json) {
    ctl_print_json (stores);
    return TRUE;
  }
  if (g_variant_n_children (stores) == 0) {
    g_print ("\n  No store has a cache; write cache=yes to a [store NAME]\n\n");
    return TRUE;
  }
  g_variant_iter_init (&iter, stores);
  while (g_variant_iter_next (&iter, "{&sa{st}}", &store, &counters)) {
    const char *name;
    guint64 count;

    g_print ("\n  %s\n", store);
    while (g_variant_iter_next (counters, "{&st}", &name, &count)) {
      g_print ("    %-10s %" G_GUINT64_FORMAT "\n", name, count);
    }
    g_variant_iter_free (counters);
  }
  g_print ("\n");
  return TRUE;
}

/* How many objects it was about. */
static gboolean
act (Ctl *ctl, const char *method, const char *said, const char *type, const char *name,
     GError **error)
{
  g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_CONFIG, method,
                                          g_variant_new ("(ss)", type, name), error);
  guint count;

  if (result == NULL) {
    return FALSE;
  }
  g_variant_get (result, "(u)", &count);
  if (ctl->json) {
    g_autoptr (GVariant) number = g_variant_get_child_value (result, 0);

    ctl_print_json (number);
  } else {
    g_print ("%u %s %s\n", count, count == 1 ? "object" : "objects", said);
  }
  return TRUE;
}

static gboolean
run_cache (Ctl *ctl, int argc, char **argv, GError **error)
{
  const char *what = argc > 0 ? argv[0] : "list";
  const char *type = argc > 1 && !g_str_equal (argv[1], "all") ? argv[1] : "";
  const char *name = argc > 2 ? argv[2] : "";

  if (g_str_equal (what, "list") && argc <= 1) {
    return list (ctl, error);
  }
  if (g_str_equal (what, "statistics") && argc == 1) {
    return show_statistics (ctl, error);
  }
  if (g_str_equal (what, "prune") && argc > 1) {
    return act (ctl, "Expire", "forgotten", type, name, error);
  }
  if (g_str_equal (what, "stale") && argc > 1) {
    return act (ctl, "CacheStale", "stale", type, name, error);
  }
  if (g_str_equal (what, "populate") && argc == 2) {
    g_autoptr (GVariant) result = ctl_call (ctl, CTL_ROOT, CTL_CONFIG, "CachePopulate",
                                            g_variant_new ("(s)", argv[1]), error);

    return result != NULL;
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Write: ahoyctl cache [list], cache statistics, cache prune all|TYPE "
                       "[NAME], cache stale all|TYPE [NAME], or cache populate TYPE");
  return FALSE;
}

const CtlCommand ctl_cache_commands[] = {
  { "cache", "[list|statistics|prune|stale|populate …]", "look at caches of stores, and empty them",
    0, 3, run_cache },
  { NULL, NULL, NULL, 0, 0, NULL, FALSE },
};
