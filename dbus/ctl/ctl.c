/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl.h"

#include <stdlib.h>
#include <string.h>

/* What all commands need of the daemon. */

gboolean
ctl_connect (Ctl *ctl, GError **error)
{
  g_autoptr (GError) failure = NULL;

  ctl->connection =
      g_bus_get_sync (ctl->system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL, &failure);
  if (ctl->connection == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                 "The %s bus cannot be reached: %s; write %s for the daemon on the other one",
                 ctl->system ? "system" : "session", failure->message,
                 ctl->system ? "no --system" : "--system");
  }
  return ctl->connection != NULL;
}

/* The daemon's sentence, without the name of the D-Bus error. */
static void
tidy (GError **error)
{
  if (error == NULL || *error == NULL) {
    return;
  }
  if (g_error_matches (*error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
      g_error_matches (*error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)) {
    g_clear_error (error);
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                         "No daemon is on this bus; start ahoyd, or write --system for the one on "
                         "the system bus");
    return;
  }
  g_dbus_error_strip_remote_error (*error);
}

GVariant *
ctl_call (Ctl *ctl, const char *path, const char *interface, const char *method,
          GVariant *arguments, GError **error)
{
  return ctl_call_with_files (ctl, path, interface, method, arguments, NULL, error);
}

/* @files: (nullable): what the values `h` of @arguments are places in */
GVariant *
ctl_call_with_files (Ctl *ctl, const char *path, const char *interface, const char *method,
                     GVariant *arguments, GUnixFDList *files, GError **error)
{
  GVariant *result = g_dbus_connection_call_with_unix_fd_list_sync (
      ctl->connection, CTL_NAME, path, interface, method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE,
      25000, files, NULL, NULL, error);

  if (result == NULL) {
    tidy (error);
  }
  return result;
}

/* Returns: (transfer full): an `a{sv}` */
GVariant *
ctl_get_all (Ctl *ctl, const char *path, const char *interface, GError **error)
{
  g_autoptr (GVariant) result =
      ctl_call (ctl, path, "org.freedesktop.DBus.Properties", "GetAll",
                g_variant_new ("(s)", interface), error);

  return result != NULL ? g_variant_get_child_value (result, 0) : NULL;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  const char *left;
  const char *right;
  long difference;

  g_variant_get_child (*(GVariant *const *) a, 0, "&o", &left);
  g_variant_get_child (*(GVariant *const *) b, 0, "&o", &right);
  difference = strtol (ctl_last_part (left), NULL, 10) - strtol (ctl_last_part (right), NULL, 10);
  if (difference != 0) {
    return difference < 0 ? -1 : 1;
  }
  return strcmp (left, right);
}

/* Returns: (transfer full): an `a(oa{sv})` of the objects that have @interface, sorted */
GVariant *
ctl_list (Ctl *ctl, const char *interface, GError **error)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree char *after = g_strdup ("");

  do {
    g_autoptr (GVariant) result =
        ctl_call (ctl, CTL_ROOT, CTL_MANAGER, "ListManagedObjects",
                  g_variant_new ("(ssu)", interface, after, 0), error);
    g_autoptr (GVariant) page = NULL;

    if (result == NULL) {
      return NULL;
    }
    page = g_variant_get_child_value (result, 0);
    for (gsize i = 0; i < g_variant_n_children (page); i++) {
      g_ptr_array_add (found, g_variant_get_child_value (page, i));
    }
    g_free (after);
    g_variant_get_child (result, 1, "s", &after);
  } while (*after != '\0');
  g_ptr_array_sort (found, compare_paths);
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(oa{sv})"),
                                                  (GVariant *const *) found->pdata, found->len));
}

/* Returns: (transfer full): the path of what the daemon has under a name, as it makes it */
char *
ctl_make_path (const char *kind, const char *name)
{
  GString *path = g_string_new (CTL_ROOT "/");

  g_string_append_printf (path, "%s/", kind);
  for (const char *at = name; *at != '\0'; at++) {
    if (g_ascii_isalpha (*at) || (g_ascii_isdigit (*at) && at != name)) {
      g_string_append_c (path, *at);
    } else {
      g_string_append_printf (path, "_%02x", (guchar) *at);
    }
  }
  return g_string_free (path, FALSE);
}

/* Whether a session is one that the command can mean. */
static gboolean
fits (GVariant *properties, const char *wanted)
{
  g_autofree char *state = ctl_dup_text (properties, "State");
  g_autofree char *direction = ctl_dup_text (properties, "Direction");

  if (g_strcmp0 (wanted, "latest") == 0) {
    return TRUE;
  }
  if (g_str_equal (state, "ended") || g_str_equal (state, "ending")) {
    return FALSE;
  }
  if (g_strcmp0 (wanted, "waiting") == 0) {
    return g_str_equal (direction, "incoming") && !g_str_equal (state, "active");
  }
  return wanted == NULL || g_str_equal (state, wanted);
}

/*
 * The path of a session. Without a @number it is the only one that fits: of that @state, "waiting"
 * for an incoming one that was not answered, NULL for any that has not ended; or the "latest".
 */
char *
ctl_session_path (Ctl *ctl, const char *number, const char *state, GError **error)
{
  g_autoptr (GVariant) sessions = NULL;
  g_autofree char *found = NULL;
  GVariantIter iter;
  const char *path;
  GVariant *properties;
  guint count = 0;

  if (number != NULL) {
    if (strspn (number, "0123456789") != strlen (number) || *number == '\0') {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no number of a session; see ahoyctl sessions", number);
      return NULL;
    }
    return g_strconcat (CTL_ROOT "/session/", number, NULL);
  }
  sessions = ctl_list (ctl, CTL_SESSION, error);
  if (sessions == NULL) {
    return NULL;
  }
  g_variant_iter_init (&iter, sessions);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", &path, &properties)) {
    if (fits (properties, state)) {
      count++;
      g_free (found);
      found = g_strdup (path);
    }
    g_variant_unref (properties);
  }
  if (count != 1 && (count == 0 || g_strcmp0 (state, "latest") != 0)) {
    gboolean waiting = g_strcmp0 (state, "waiting") == 0;

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s %s%s",
                 count == 0 ? "No session" : "Several sessions",
                 count == 0 ? (waiting ? "waits for an answer" : "is there")
                            : (waiting ? "wait for an answer" : "are there"),
                 count == 0 ? "" : "; write the number of one");
    return NULL;
  }
  return g_steal_pointer (&found);
}

const char *
ctl_last_part (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

/* The parts of each entry with a space between them, one entry behind the other. */
static char *
dup_list (GVariant *list)
{
  GString *text = g_string_new (NULL);
  gsize n = g_variant_n_children (list);

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);

    g_string_append (text, i > 0 ? ", " : "");
    for (gsize k = 0; k < g_variant_n_children (entry); k++) {
      g_autoptr (GVariant) part = g_variant_get_child_value (entry, k);
      g_autofree char *shown = ctl_dup_value (part);

      g_string_append_printf (text, "%s%s", k > 0 ? " " : "", shown);
    }
  }
  return g_string_free (text, FALSE);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Each name and its value, by the names; what is empty is not told. */
static char *
dup_dictionary (GVariant *dictionary)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < g_variant_n_children (dictionary); i++) {
    g_autoptr (GVariant) entry = g_variant_get_child_value (dictionary, i);
    g_autoptr (GVariant) name = g_variant_get_child_value (entry, 0);
    g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
    g_autofree char *shown = ctl_dup_value (value);

    if (*shown != '\0') {
      g_ptr_array_add (parts, g_strdup_printf ("%s %s", g_variant_get_string (name, NULL), shown));
    }
  }
  g_ptr_array_sort (parts, compare_text);
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

/* Returns: (transfer full): the value as people write it */
char *
ctl_dup_value (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("ar"))) {
    return dup_list (value);
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT)) {
    g_autoptr (GVariant) inner = g_variant_get_variant (value);

    return ctl_dup_value (inner);
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}"))) {
    return dup_dictionary (value);
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ||
      g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)) {
    return g_variant_dup_string (value, NULL);
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)) {
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE)) {
    return g_strdup_printf ("%.2f", g_variant_get_double (value));
  }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY)) {
    g_autofree const char **list = g_variant_get_strv (value, NULL);

    return g_strjoinv (" ", (char **) list);
  }
  return g_variant_print (value, FALSE);
}

/* Returns: (transfer full): the value of that name, empty when there is none */
char *
ctl_dup_text (GVariant *properties, const char *name)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (properties, name, NULL);

  return value != NULL ? ctl_dup_value (value) : g_strdup ("");
}
