/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-config-value-private.h"

G_BEGIN_DECLS

/* For the reader and the writers of this folder. */

void ahoy_config_object_set_property (GObject *object, guint id, const GValue *value,
                                      GParamSpec *pspec);
void ahoy_config_object_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec);

/* As ahoy_config_object_set_text(), but the error names neither the object nor the key. @folder is
 * where relative names of secrets' files begin. */
gboolean ahoy_config_object_take_text (AhoyConfigObject *self, const char *key, const char *text,
                                       const char *folder, GError **error);

/* Copies a secret with its source and its place in the files; FALSE where it was not set. */
gboolean ahoy_config_object_copy_secret (AhoyConfigObject *self, const char *key,
                                         AhoyConfigObject *to, const char *to_key);

/* The key and the text with which the value of @key is to be written to a file: for a secret from
 * elsewhere, its source. NULL where the key was not set. */
char *ahoy_config_object_dup_stored_text (AhoyConfigObject *self, GParamSpec *key,
                                          char **stored_key);

/* @info: what is known of the key, which is there as long as the value is. */
const GValue *ahoy_config_object_peek_known (AhoyConfigObject *self, const char *key,
                                             const AhoyConfigKeyInfo **info);
const GValue *ahoy_config_object_peek_value (AhoyConfigObject *self, const char *key,
                                             AhoyConfigKind kind);

/* The key that @name sets: itself, or the secret that `NAME-file`, `NAME-credential` and
 * `NAME-secret` set. */
GParamSpec *ahoy_config_object_class_resolve_key (AhoyConfigObjectClass *klass, const char *name);
char **ahoy_config_object_class_list_names (AhoyConfigObjectClass *klass);

G_END_DECLS
