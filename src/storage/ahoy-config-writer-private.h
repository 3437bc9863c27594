/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"

G_BEGIN_DECLS

/* Appends @object as a group. Keys are left out that have the same value in @base, which is what
 * the group would be without any key; NULL for none. */
void ahoy_config_writer_append (GString *into, AhoyConfigObject *object, AhoyConfigObject *base);

G_END_DECLS
