/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyNumberFormat:
 * @AHOY_NUMBER_FORMAT_KEEP: as it is
 * @AHOY_NUMBER_FORMAT_E164: with + and the country code, such as +493012345
 * @AHOY_NUMBER_FORMAT_INTERNATIONAL: with the international prefix, such as 00493012345
 * @AHOY_NUMBER_FORMAT_NATIONAL: as it is called from within the country, such as 03012345
 *
 * How a number is written.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_NUMBER_FORMAT_KEEP,
  AHOY_NUMBER_FORMAT_E164,
  AHOY_NUMBER_FORMAT_INTERNATIONAL,
  AHOY_NUMBER_FORMAT_NATIONAL,
} AhoyNumberFormat;

#define AHOY_TYPE_NUMBER_FORMAT (ahoy_number_format_get_type ())
AHOY_API
GType ahoy_number_format_get_type (void);

/**
 * AhoyNumberUse:
 * @AHOY_NUMBER_USE_CALLED: those that are called
 * @AHOY_NUMBER_USE_CALLER: those of who calls, or answers
 * @AHOY_NUMBER_USE_BOTH: both
 *
 * Which numbers are meant.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_NUMBER_USE_CALLED,
  AHOY_NUMBER_USE_CALLER,
  AHOY_NUMBER_USE_BOTH,
} AhoyNumberUse;

#define AHOY_TYPE_NUMBER_USE (ahoy_number_use_get_type ())
AHOY_API
GType ahoy_number_use_get_type (void);

#define AHOY_TYPE_REWRITE_CONFIG (ahoy_rewrite_config_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyRewriteConfig, ahoy_rewrite_config, AHOY, REWRITE_CONFIG,
                      AhoyConfigObject)

AHOY_API
AhoyRewriteConfig *ahoy_rewrite_config_new (const char *name);

G_END_DECLS
