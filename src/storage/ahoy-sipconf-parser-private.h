/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

#include "ahoy-config-problem.h"

G_BEGIN_DECLS

/* A line `key = value` of a sip.conf; reference counted, as sections share those of templates. */
typedef struct {
  char *key;  /* in small letters */
  char *text; /* without white space around it */
  const char *file; /* interned */
  guint line;
} AhoySipconfEntry;

typedef struct {
  char *name;
  const char *file; /* interned */
  guint line;
  gboolean is_template;
  gboolean broken;    /* a line of it could not be read */
  GPtrArray *entries; /* AhoySipconfEntry; first those of templates */
} AhoySipconfSection;

/* A file and all that it includes. */
typedef struct {
  GPtrArray *sections; /* AhoySipconfSection */
  GPtrArray *problems; /* AhoyConfigProblem */
} AhoySipconfDocument;

AhoySipconfDocument *ahoy_sipconf_document_read (const char *path);
void ahoy_sipconf_document_free (AhoySipconfDocument *self);
/* How often it is said, too, so that a file that is no configuration fills no disk. */
void ahoy_sipconf_complain (GPtrArray *problems, AhoyConfigSeverity severity, const char *file,
                            guint line, const char *object, const char *key, const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoySipconfDocument, ahoy_sipconf_document_free)

G_END_DECLS
