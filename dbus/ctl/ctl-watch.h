/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

gboolean ctl_watch (Ctl *ctl, const char *title, GError **error);
void ctl_print_json_line (GVariantDict *dict);

G_END_DECLS
