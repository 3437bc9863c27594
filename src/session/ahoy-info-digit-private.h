/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define AHOY_INFO_DIGIT_PLAIN_TYPE "application/dtmf"
#define AHOY_INFO_DIGIT_FLASH_TYPE "application/hook-flash"
#define AHOY_INFO_DIGIT_FLASH '!'
#define AHOY_INFO_DIGIT_RELAY_TYPE "application/dtmf-relay"
#define AHOY_INFO_DIGIT_DIGITS "0123456789*#ABCDabcd"
#define AHOY_INFO_DIGIT_DURATION 100 /* ms, where none is given */
#define AHOY_INFO_DIGIT_MAX_DURATION 10000

/* A digit as an INFO request carries it. */
typedef struct {
  char digit;
  guint duration_ms;
} AhoyInfoDigit;

gboolean ahoy_info_digit_read (AhoyInfoDigit *digit, const char *content_type, GBytes *body);

G_END_DECLS
