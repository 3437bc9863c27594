/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* A table as the specification wants it: a blank line before and after, two spaces of margin,
 * CamelCase columns with the names of the properties. */
typedef struct _CtlTable CtlTable;

CtlTable *ctl_table_new (const char *const *columns);
void ctl_table_add (CtlTable *self, char **cells);
void ctl_table_print (CtlTable *self);
void ctl_table_free (CtlTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlTable, ctl_table_free)

void ctl_print_list (GVariant *objects, const char *const *columns, gboolean json,
                     const char *nothing);
gboolean ctl_show_list (Ctl *ctl, const char *interface, const char *const *columns,
                        const char *nothing, GError **error);
void ctl_print_properties (const char *title, GVariant *properties);
void ctl_print_json (GVariant *value);

G_END_DECLS
