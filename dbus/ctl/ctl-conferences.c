/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"
#include "ctl.h"

#define CTL_BRIDGE CTL_NAME ".Bridge"

/* Commands about conferences: bridges that have a name. */

/* The bridges that have a name; only that of a name if there is one. */
static GVariant *
list_conferences (Ctl *ctl, const char *wanted, GError **error)
{
  g_autoptr (GVariant) list = ctl_list (ctl, CTL_BRIDGE, error);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *path;
  GVariant *properties;

  if (list == NULL) {
    return NULL;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(oa{sv})"));
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &path, &properties)) {
    g_autofree char *name = ctl_dup_text (properties, "Name");

    if (name != NULL && *name != '\0' && (wanted == NULL || g_str_equal (name, wanted))) {
      g_variant_builder_add (&builder, "(o@a{sv})", path, properties);
    }
    g_variant_unref (properties);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
print_conferences (GVariant *list)
{
  static const char *const columns[] = { "Name", "Bridge", "Members", NULL };
  g_autoptr (CtlTable) table = ctl_table_new (columns);
  GVariantIter iter;
  const char *path;
  GVariant *properties;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &path, &properties)) {
    g_autoptr (GVariant) members =
        g_variant_lookup_value (properties, "Members", G_VARIANT_TYPE ("ao"));
    g_autofree char *name = ctl_dup_text (properties, "Name");
    g_autofree char *count =
        g_strdup_printf ("%" G_GSIZE_FORMAT, members != NULL ? g_variant_n_children (members) : 0);
    char *cells[] = { name, (char *) ctl_last_part (path), count, NULL };

    ctl_table_add (table, g_strdupv (cells)); /* none is NULL: the name is what was looked for */
    g_variant_unref (properties);
  }
  ctl_table_print (table);
}

static gboolean
run_conferences (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) list = list_conferences (ctl, NULL, error);

  if (list == NULL) {
    return FALSE;
  }
  if (ctl->json) {
    ctl_print_json (list);
  } else if (g_variant_n_children (list) == 0) {
    g_print ("\n  There is no conference\n\n");
  } else {
    print_conferences (list);
  }
  return TRUE;
}

/* A row for each member: who it is, and how. */
static gboolean
show_members (Ctl *ctl, GVariant *properties, GError **error)
{
  static const char *const columns[] = { "Session", "RemoteUri", "RemoteName", "Hold", NULL };
  g_autoptr (CtlTable) table = ctl_table_new (columns);
  g_autoptr (GVariant) members =
      g_variant_lookup_value (properties, "Members", G_VARIANT_TYPE ("ao"));
  GVariantIter iter;
  const char *path;

  if (ctl->json) {
    ctl_print_json (properties);
    return TRUE;
  }
  g_variant_iter_init (&iter, members);
  while (g_variant_iter_next (&iter, "&o", &path)) {
    g_autoptr (GVariant) session = ctl_get_all (ctl, path, CTL_SESSION, error);
    g_autofree char *uri = NULL;
    g_autofree char *name = NULL;
    g_autofree char *hold = NULL;
    char *cells[5] = { NULL };

    if (session == NULL) {
      return FALSE;
    }
    uri = ctl_dup_text (session, "RemoteUri");
    name = ctl_dup_text (session, "RemoteName");
    hold = ctl_dup_text (session, "Hold");
    cells[0] = (char *) ctl_last_part (path);
    cells[1] = uri != NULL ? uri : (char *) "";
    cells[2] = name != NULL ? name : (char *) "";
    cells[3] = hold != NULL ? hold : (char *) "";
    ctl_table_add (table, g_strdupv (cells));
  }
  ctl_table_print (table);
  return TRUE;
}

/* What is done with one of those who are in it. */
static gboolean
act (Ctl *ctl, const char *bridge, const char *what, const char *number, GError **error)
{
  g_autofree char *session = ctl_session_path (ctl, number, NULL, error);
  g_autoptr (GVariant) result = NULL;

  if (session == NULL) {
    return FALSE;
  }
  if (g_str_equal (what, "kick")) {
    result = ctl_call (ctl, bridge, CTL_BRIDGE, "Remove", g_variant_new ("(o)", session), error);
  } else if (g_str_equal (what, "mute") || g_str_equal (what, "unmute")) {
    result = ctl_call (ctl, bridge, CTL_BRIDGE, "SetMuted",
                       g_variant_new ("(ob)", session, g_str_equal (what, "mute")), error);
  } else {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "A conference cannot “%s” anybody; write kick, mute or unmute", what);
  }
  if (result != NULL && ctl->json) {
    g_print ("{}\n");
  }
  return result != NULL;
}

static gboolean
run_conference (Ctl *ctl, int argc, char **argv, GError **error)
{
  g_autoptr (GVariant) list = list_conferences (ctl, argv[0], error);
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) result = NULL;
  const char *path;

  if (list == NULL) {
    return FALSE;
  }
  if (g_variant_n_children (list) == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no conference “%s”; see ahoyctl conferences", argv[0]);
    return FALSE;
  }
  g_variant_get_child (list, 0, "(&o@a{sv})", &path, &properties);
  if (argc == 1) {
    return show_members (ctl, properties, error);
  }
  if (argc == 2 && g_str_equal (argv[1], "end")) {
    result = ctl_call (ctl, path, CTL_BRIDGE, "Destroy", NULL, error);
    return result != NULL;
  }
  if (argc == 2) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "Write end, or kick, mute or unmute and the number of a session");
    return FALSE;
  }
  return act (ctl, path, argv[1], argv[2], error);
}

const CtlCommand ctl_conference_commands[] = {
  { "conferences", "", "the conferences", 0, 0, run_conferences },
  { "conference", "NAME [end | kick|mute|unmute N]", "who is in a conference; send one away", 1, 3,
    run_conference },
  { NULL, NULL, NULL, 0, 0, NULL },
};
