/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

#include "ahoy-sofia-private.h"

G_BEGIN_DECLS

/*
 * A su_root that runs inside a GMainContext. The root is Sofia's own epoll root, and one GSource
 * waits on its epoll descriptor: the price of a turn does not grow with the number of connections,
 * as it does with su_glib_root.
 */
typedef struct {
  su_root_t *root;
  GSource *source;
  gboolean bridged; /* FALSE: the fall-back, su_glib_root, had to be used */
} AhoyRoot;

gboolean ahoy_root_init (AhoyRoot *self, GMainContext *context);
void ahoy_root_clear (AhoyRoot *self);
su_root_t *ahoy_root_get_current (void);

G_END_DECLS
