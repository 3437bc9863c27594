/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-parser-private.h"
#include "ahoy-config-reader.h"

G_BEGIN_DECLS

/* ahoy-config-reader.c finds and parses the files; ahoy-config-reader-objects.c makes the objects.
 */
typedef void (*AhoyConfigReaderExtend) (AhoyConfigSet *set, gpointer user_data);

struct _AhoyConfigReader {
  GObject parent_instance;
  AhoyConfigSchema *schema;
  GPtrArray *sections; /* AhoyConfigSection, of all files, in order */
  GPtrArray *problems; /* AhoyConfigProblem */
  guint n_errors;

  GPtrArray *files;      /* the names of those read, in order */
  GHashTable *seen;      /* their names without links */
  GPtrArray *open_files; /* those whose includes are being read */
  gsize total;           /* bytes read */

  AhoyConfigReaderExtend extend;
  gpointer extend_data;

  GHashTable *templates; /* “type name” to AhoyConfigSection */
  GHashTable *defaults;  /* type to AhoyConfigSection */
};

/* Takes over @problem. */
void ahoy_config_reader_take_problem (AhoyConfigReader *self, AhoyConfigProblem *problem);
void ahoy_config_reader_complain (AhoyConfigReader *self, AhoyConfigSeverity severity,
                                  const char *file, guint line, const char *object, const char *key,
                                  const char *message);
void ahoy_config_reader_complain_of (AhoyConfigReader *self, AhoyConfigSection *section, guint line,
                                     const char *key, const char *message);
void ahoy_config_reader_make_objects (AhoyConfigReader *self, AhoyConfigSet *set);

/* @extend adds objects to those of the files, before it is looked at whether each object that is
 * named is there. */
void ahoy_config_reader_set_extend (AhoyConfigReader *self, AhoyConfigReaderExtend extend,
                                    gpointer user_data);

G_END_DECLS
