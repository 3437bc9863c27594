/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

#include "ahoy-config-problem.h"

G_BEGIN_DECLS

/* A line `key=value`; the value as it stands there, without white space around it. */
typedef struct {
  char *key;
  char *text;
  guint line;
} AhoyConfigEntry;

/* A group, as it stands in a file. */
typedef struct {
  char *type;
  char *name; /* "" where there is none */
  gboolean is_template;
  gboolean is_defaults;
  char **templates;
  const char *file; /* interned */
  guint line;
  GPtrArray *entries;
  gboolean broken;   /* a problem was reported of it */
  gboolean unusable; /* its head fits no object */
  gboolean visiting; /* while templates are followed */
} AhoyConfigSection;

/* One file. */
typedef struct {
  GPtrArray *sections; /* AhoyConfigSection */
  GPtrArray *includes; /* AhoyConfigEntry */
  GPtrArray *problems; /* AhoyConfigProblem */
} AhoyConfigDocument;

#define AHOY_CONFIG_MAX_PROBLEMS 1000

AhoyConfigDocument *ahoy_config_document_parse (const char *file, const char *text, gsize length);
void ahoy_config_document_free (AhoyConfigDocument *self);
void ahoy_config_section_free (AhoyConfigSection *section);
char *ahoy_config_section_dup_label (AhoyConfigSection *section);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyConfigDocument, ahoy_config_document_free)

G_END_DECLS
