/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include "ctl-table.h"

#include <json-glib/json-glib.h>

#include "ctl.h"

struct _CtlTable {
  char **columns;
  guint n_columns;
  GPtrArray *rows; /* char ** */
};

CtlTable *
ctl_table_new (const char *const *columns)
{
  CtlTable *self = g_new0 (CtlTable, 1);

  self->columns = g_strdupv ((char **) columns);
  self->n_columns = g_strv_length (self->columns);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return self;
}

void
ctl_table_free (CtlTable *self)
{
  g_strfreev (self->columns);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/* Takes @cells: one for each column. */
void
ctl_table_add (CtlTable *self, char **cells)
{
  g_ptr_array_add (self->rows, cells);
}

static void
print_row (char **cells, const gsize *widths, guint n_columns)
{
  GString *line = g_string_new ("  ");

  for (guint i = 0; i < n_columns; i++) {
    gsize width = (gsize) g_utf8_strlen (cells[i], -1);

    g_string_append (line, cells[i]);
    for (; i + 1 < n_columns && width < widths[i] + 2; width++) {
      g_string_append_c (line, ' ');
    }
  }
  while (line->len > 0 && line->str[line->len - 1] == ' ') {
    g_string_truncate (line, line->len - 1);
  }
  g_print ("%s\n", line->str);
  g_string_free (line, TRUE);
}

void
ctl_table_print (CtlTable *self)
{
  g_autofree gsize *widths = g_new0 (gsize, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++) {
    widths[i] = (gsize) g_utf8_strlen (self->columns[i], -1);
    for (guint k = 0; k < self->rows->len; k++) {
      char **cells = self->rows->pdata[k];

      widths[i] = MAX (widths[i], (gsize) g_utf8_strlen (cells[i], -1));
    }
  }
  g_print ("\n");
  print_row (self->columns, widths, self->n_columns);
  for (guint k = 0; k < self->rows->len; k++) {
    print_row (self->rows->pdata[k], widths, self->n_columns);
  }
  g_print ("\n");
}

void
ctl_print_json (GVariant *value)
{
  g_autoptr (JsonNode) node = json_gvariant_serialize (value);
  g_autofree char *text = json_to_string (node, TRUE);

  g_print ("%s\n", text);
}

/* @objects: an `a(oa{sv})` of ctl_list(). */
void
ctl_print_list (GVariant *objects, const char *const *columns, gboolean json, const char *nothing)
{
  g_autoptr (CtlTable) table = NULL;
  GVariantIter iter;
  GVariant *properties;

  if (json) {
    GVariantBuilder builder;

    g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
    g_variant_iter_init (&iter, objects);
    while (g_variant_iter_next (&iter, "(&o@a{sv})", NULL, &properties)) {
      g_variant_builder_add_value (&builder, properties);
      g_variant_unref (properties);
    }
    objects = g_variant_ref_sink (g_variant_builder_end (&builder));
    ctl_print_json (objects);
    g_variant_unref (objects);
    return;
  }
  if (g_variant_n_children (objects) == 0) {
    g_print ("\n  %s\n\n", nothing);
    return;
  }
  table = ctl_table_new (columns);
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "(&o@a{sv})", NULL, &properties)) {
    char **cells = g_new0 (char *, g_strv_length ((char **) columns) + 1);

    for (guint i = 0; columns[i] != NULL; i++) {
      cells[i] = ctl_dup_text (properties, columns[i]);
    }
    ctl_table_add (table, cells);
    g_variant_unref (properties);
  }
  ctl_table_print (table);
}

/* All objects of an interface. */
gboolean
ctl_show_list (Ctl *ctl, const char *interface, const char *const *columns, const char *nothing,
               GError **error)
{
  g_autoptr (GVariant) objects = ctl_list (ctl, interface, error);

  if (objects != NULL) {
    ctl_print_list (objects, columns, ctl->json, nothing);
  }
  return objects != NULL;
}

static char *
dup_time (const char *name, GVariant *value)
{
  g_autoptr (GDateTime) time = NULL;
  guint64 us;

  if (!g_str_has_suffix (name, "At") || !g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64)) {
    return NULL;
  }
  us = g_variant_get_uint64 (value);
  if (us == 0) {
    return g_strdup ("");
  }
  time = g_date_time_new_from_unix_local ((gint64) (us / G_USEC_PER_SEC));
  return g_date_time_format (time, "%F %T");
}

/* One property a line; empty ones are left out. */
void
ctl_print_properties (const char *title, GVariant *properties)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_print ("\n  %s\n", title);
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    g_autofree char *text = dup_time (name, value);

    if (text == NULL) {
      text = ctl_dup_value (value);
    }
    if (*text != '\0' && !g_str_equal (text, "/")) {
      g_print ("    %-16s %s\n", name, text);
    }
    g_variant_unref (value);
  }
}
