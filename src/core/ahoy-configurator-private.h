/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-configurator.h"
#include "ahoy-work-queue.h"

G_BEGIN_DECLS

struct _AhoyConfigurator {
  GObject parent_instance;

  AhoyCore *core;
  AhoyConfigSchema *schema;
  AhoyWorkQueue *queue;
  char *folder;
  char *state_folder;
  AhoyConfigSet *files;  /* what the files say, with what is kept of before */
  AhoyConfigSet *stored; /* what was put at run time */
};

/* The objects that are to hold: those of the files, and what was put beside them. */
AhoyConfigSet *ahoy_configurator_merge (AhoyConfigurator *self, GPtrArray *problems);
/* Whether an object stands in a file that somebody wrote. */
gboolean ahoy_configurator_is_written (AhoyConfigObject *object);

void ahoy_configurator_watch_store (AhoyConfigurator *self);

G_END_DECLS
