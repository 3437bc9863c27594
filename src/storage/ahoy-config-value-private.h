/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-config-key.h"

G_BEGIN_DECLS

/* What the schema knows of a key beyond its GParamSpec; lives as long as the pspec. */
typedef struct {
  const char *name;
  AhoyConfigKind kind;
  const char *unit;
  AhoyConfigReload reload;
  gboolean secret;
  gboolean planned;
  const char *reference;
  AhoyConfigCheckFunc check;
  GValue default_value;
} AhoyConfigKeyInfo;

AhoyConfigKeyInfo *ahoy_config_key_attach (GParamSpec *key, AhoyConfigKind kind);
const AhoyConfigKeyInfo *ahoy_config_key_peek (GParamSpec *key);
const GValue *ahoy_config_key_peek_default (GParamSpec *key);

char *ahoy_config_text_unescape (const char *text, GError **error);
char *ahoy_config_text_escape (const char *text);
char **ahoy_config_text_split (const char *text, GError **error);
char *ahoy_config_text_join (const char *const *elements);
char *ahoy_config_suggest (const char *word, const char *const *candidates);

gboolean ahoy_config_parse_milliseconds (const char *text, guint64 *milliseconds);
char *ahoy_config_milliseconds_to_text (guint64 milliseconds);

/* @value is initialised by the callee, and only when TRUE is returned. */
gboolean ahoy_config_value_parse (GParamSpec *key, const char *text, GValue *value, GError **error);
char *ahoy_config_value_to_text (GParamSpec *key, const GValue *value);

G_END_DECLS
