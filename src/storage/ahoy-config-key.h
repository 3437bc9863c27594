/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyConfigKind:
 * @AHOY_CONFIG_KIND_TEXT: any text; an empty one is the same as none
 * @AHOY_CONFIG_KIND_BOOLEAN: `yes` or `no`
 * @AHOY_CONFIG_KIND_NUMBER: a decimal number in a range
 * @AHOY_CONFIG_KIND_DURATION: a number of seconds, or `500ms`, `90s`, `5min`, `1h`, `2d`
 * @AHOY_CONFIG_KIND_CHOICE: one of some words
 * @AHOY_CONFIG_KIND_CHOICES: some of some words, with `;` between them; order means nothing
 * @AHOY_CONFIG_KIND_LIST: texts with `;` between them, in order
 * @AHOY_CONFIG_KIND_URI_LIST: name-addrs with commas between them (RFC 3261 section 25.1)
 *
 * How the text of a key is read.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CONFIG_KIND_TEXT,
  AHOY_CONFIG_KIND_BOOLEAN,
  AHOY_CONFIG_KIND_NUMBER,
  AHOY_CONFIG_KIND_DURATION,
  AHOY_CONFIG_KIND_CHOICE,
  AHOY_CONFIG_KIND_CHOICES,
  AHOY_CONFIG_KIND_LIST,
  AHOY_CONFIG_KIND_URI_LIST,
} AhoyConfigKind;

#define AHOY_TYPE_CONFIG_KIND (ahoy_config_kind_get_type ())
AHOY_API
GType ahoy_config_kind_get_type (void);

/**
 * AhoyConfigReload:
 * @AHOY_CONFIG_RELOAD_NEW_CALLS: what begins after the change goes by it; running calls do not
 *   notice
 * @AHOY_CONFIG_RELOAD_REMAKE: the object is taken down and made anew
 * @AHOY_CONFIG_RELOAD_RESTART: the daemon has to be restarted
 *
 * What a change of a key does in a running daemon.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CONFIG_RELOAD_NEW_CALLS,
  AHOY_CONFIG_RELOAD_REMAKE,
  AHOY_CONFIG_RELOAD_RESTART,
} AhoyConfigReload;

#define AHOY_TYPE_CONFIG_RELOAD (ahoy_config_reload_get_type ())
AHOY_API
GType ahoy_config_reload_get_type (void);

/**
 * AhoyConfigCheckFunc:
 * @text: the value, without escapes; of a list one element
 * @error: return location for an error of %AHOY_ERROR; a sentence that says what to write instead
 *
 * Judges a value further than its kind does.
 *
 * Returns: %TRUE when @text can be used
 *
 * Since: 0.1
 */
typedef gboolean (*AhoyConfigCheckFunc) (const char *text, GError **error);

AHOY_API
const char *ahoy_config_key_get_name (GParamSpec *key);
AHOY_API
AhoyConfigKind ahoy_config_key_get_kind (GParamSpec *key);
AHOY_API
const char *ahoy_config_key_get_unit (GParamSpec *key);
AHOY_API
AhoyConfigReload ahoy_config_key_get_reload (GParamSpec *key);
AHOY_API
gboolean ahoy_config_key_is_secret (GParamSpec *key);
AHOY_API
gboolean ahoy_config_key_is_planned (GParamSpec *key);
AHOY_API
const char *ahoy_config_key_get_reference (GParamSpec *key);
AHOY_API
char *ahoy_config_key_dup_default (GParamSpec *key);
AHOY_API
char **ahoy_config_key_list_choices (GParamSpec *key);
AHOY_API
char *ahoy_config_key_dup_range (GParamSpec *key);

AHOY_API
GParamSpec *ahoy_config_key_set_name (GParamSpec *key, const char *name);
AHOY_API
GParamSpec *ahoy_config_key_set_unit (GParamSpec *key, const char *unit);
AHOY_API
GParamSpec *ahoy_config_key_set_reload (GParamSpec *key, AhoyConfigReload reload);
AHOY_API
GParamSpec *ahoy_config_key_set_secret (GParamSpec *key);
AHOY_API
GParamSpec *ahoy_config_key_set_planned (GParamSpec *key);
AHOY_API
GParamSpec *ahoy_config_key_set_reference (GParamSpec *key, const char *type_name);
AHOY_API
GParamSpec *ahoy_config_key_set_check (GParamSpec *key, AhoyConfigCheckFunc check);

AHOY_API
gboolean ahoy_config_check_network (const char *text, GError **error);
AHOY_API
gboolean ahoy_config_check_address (const char *text, GError **error);
AHOY_API
gboolean ahoy_config_check_assignment (const char *text, GError **error);
AHOY_API
gboolean ahoy_config_check_header (const char *text, GError **error);
AHOY_API
gboolean ahoy_config_check_algorithm (const char *text, GError **error);

G_END_DECLS
