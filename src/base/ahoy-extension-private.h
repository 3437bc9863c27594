/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-extension-registry.h"

G_BEGIN_DECLS

/* Counts of the extensions of one registry, which outlive the ones that were removed. */
typedef struct {
  guint64 slow_calls;
} AhoyExtensionTally;

struct _AhoyExtension {
  gatomicrefcount ref_count;
  GObject *object;
  char *name;
  char **before;
  char **after;
  char **methods; /* NULL: all */
  guint serial;   /* the order of registration */
  guint64 slow_calls;
  AhoyExtensionTally *tally;
};

/* A call into an extension, timed. What an extension's callback spends in others that are called
 * from within it is counted for those. */
typedef struct {
  gint64 begin;
  gint64 others; /* of the call around this one */
} AhoyExtensionCall;

AhoyExtensionCall ahoy_extension_begin_call (void);
void ahoy_extension_end_call (AhoyExtension *self, const AhoyExtensionCall *call,
                              const char *what);

G_END_DECLS
