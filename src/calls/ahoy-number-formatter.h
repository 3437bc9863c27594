/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_NUMBER_FORMATTER (ahoy_number_formatter_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyNumberFormatter, ahoy_number_formatter, AHOY, NUMBER_FORMATTER, GObject)

/**
 * AhoyNumberFormatterInterface:
 * @format: write a number as people of a country do
 *
 * Since: 0.1
 */
struct _AhoyNumberFormatterInterface {
  GTypeInterface parent_iface;

  char *(*format) (AhoyNumberFormatter *self, const char *number, const char *country,
                   GError **error);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
char *ahoy_number_formatter_format (AhoyNumberFormatter *self, const char *number,
                                    const char *country, GError **error);

G_END_DECLS
