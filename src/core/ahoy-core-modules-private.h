/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-core.h"

G_BEGIN_DECLS

/*
 * An application that can be there or not. start() is called when the stack runs and the
 * configuration is known, before the transports are bound, or later while all of it works; when it
 * fails it leaves nothing behind. stop() undoes it, at any time.
 */
typedef struct {
  const char *name;
  const char *summary; /* what it is for, in a few words */
  gboolean (*start) (AhoyCore *self, GError **error);
  void (*stop) (AhoyCore *self);
} AhoyCoreModule;

/* Each in a file of its own; the table is in ahoy-core-modules.c. */
extern const AhoyCoreModule ahoy_core_qualify_module;
extern const AhoyCoreModule ahoy_core_sessions_module;
extern const AhoyCoreModule ahoy_core_messaging_module;
extern const AhoyCoreModule ahoy_core_registrar_module;
extern const AhoyCoreModule ahoy_core_registration_module;

gboolean ahoy_core_start_modules (AhoyCore *self, GError **error);
void ahoy_core_stop_modules (AhoyCore *self);

G_END_DECLS
