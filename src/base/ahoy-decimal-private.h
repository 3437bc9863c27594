/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_DECIMAL_SIZE 21 /* of the longest number of 64 bits, and its end */

/* A number as text, in @buffer. For what is written in each call: printf() costs ten times as much,
 * and more where a library has hooked itself in, as libquadmath does. */
static inline const char *
ahoy_decimal (guint64 number, char buffer[AHOY_DECIMAL_SIZE])
{
  char *at = buffer + AHOY_DECIMAL_SIZE - 1;

  *at = '\0';
  do {
    *--at = (char) ('0' + number % 10);
    number /= 10;
  } while (number > 0);
  return at;
}

G_END_DECLS
