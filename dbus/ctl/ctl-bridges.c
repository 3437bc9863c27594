/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"
#include "ctl.h"

/* The command about bridges: which calls hear each other, and how. */

#define CTL_BRIDGE CTL_NAME ".Bridge"

/* The numbers of the sessions that are in it. */
static char *
dup_members (GVariant *properties)
{
  g_autoptr (GVariant) members =
      g_variant_lookup_value (properties, "Members", G_VARIANT_TYPE ("ao"));
  GString *text = g_string_new (NULL);
  GVariantIter iter;
  const char *path;

  g_variant_iter_init (&iter, members);
  while (members != NULL && g_variant_iter_next (&iter, "&o", &path)) {
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", ctl_last_part (path));
  }
  return g_string_free (text, FALSE);
}

static char *
dup_holds (GVariant *properties)
{
  g_autofree const char **reasons = NULL;

  return g_variant_lookup (properties, "MediaHolds", "^a&s", &reasons)
             ? g_strjoinv (", ", (char **) reasons)
             : g_strdup ("");
}

static void
add_row (CtlTable *table, const char *path, GVariant *properties)
{
  g_autofree char *mode = ctl_dup_text (properties, "Mode");
  g_autofree char *members = dup_members (properties);
  g_autofree char *holds = dup_holds (properties);
  char *cells[] = { (char *) ctl_last_part (path), mode != NULL ? mode : (char *) "", members,
                    holds, NULL };

  ctl_table_add (table, g_strdupv (cells));
}

static gboolean
run_bridges (Ctl *ctl, int argc, char **argv, GError **error)
{
  static const char *const columns[] = { "Bridge", "Mode", "Sessions", "MediaHolds", NULL };
  g_autoptr (GVariant) list = ctl_list (ctl, CTL_BRIDGE, error);
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  const char *path;
  GVariant *properties;

  if (list == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (list);
    return TRUE;
  }
  if (g_variant_n_children (list) == 0) {
    g_print ("\n  There is no bridge\n\n");
    return TRUE;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &path, &properties)) {
    add_row (table, path, properties);
    g_variant_unref (properties);
  }
  ctl_table_print (table);
  return TRUE;
}

const CtlCommand ctl_bridge_commands[] = {
  { "bridges", "", "which calls hear each other, and how", 0, 0, run_bridges },
  { NULL, NULL, NULL, 0, 0, NULL },
};
