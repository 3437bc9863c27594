/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times of the week such as `mon-fri 08:00-18:00`, `sat,sun` or `22:00-06:00`. */
typedef struct {
  guint days;  /* bit 0 is Monday */
  guint begin; /* minutes of the day */
  guint end;   /* the same as begin: all day; less: until the next day */
} AhoyOpeningHours;

gboolean ahoy_opening_hours_parse (const char *text, AhoyOpeningHours *hours, GError **error);
gboolean ahoy_opening_hours_contain (const AhoyOpeningHours *hours, GDateTime *when);

G_END_DECLS
