/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyStoreCondition:
 * @AHOY_STORE_CONDITION_EQUAL: the value is this text
 * @AHOY_STORE_CONDITION_LIKE: the value fits this pattern, in which `?` is one character and `*`
 * any number of them
 * @AHOY_STORE_CONDITION_MATCHES: some part of the value fits this regular expression
 *
 * How a value is compared.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_STORE_CONDITION_EQUAL,
  AHOY_STORE_CONDITION_LIKE,
  AHOY_STORE_CONDITION_MATCHES,
} AhoyStoreCondition;

#define AHOY_TYPE_STORE_CONDITION (ahoy_store_condition_get_type ())
AHOY_API
GType ahoy_store_condition_get_type (void);

#define AHOY_TYPE_STORE_QUERY (ahoy_store_query_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyStoreQuery, ahoy_store_query, AHOY, STORE_QUERY, GObject)

AHOY_API
AhoyStoreQuery *ahoy_store_query_new (const char *type_name);
AHOY_API
AhoyStoreQuery *ahoy_store_query_new_for_name (const char *type_name, const char *name);
AHOY_API
gboolean ahoy_store_query_add (AhoyStoreQuery *self, const char *field,
                               AhoyStoreCondition condition, const char *text, GError **error);
AHOY_API
void ahoy_store_query_set_limit (AhoyStoreQuery *self, guint limit);
AHOY_API
guint ahoy_store_query_get_limit (AhoyStoreQuery *self);
AHOY_API
const char *ahoy_store_query_get_type_name (AhoyStoreQuery *self);
AHOY_API
const char *ahoy_store_query_get_name (AhoyStoreQuery *self);
AHOY_API
guint ahoy_store_query_get_n_conditions (AhoyStoreQuery *self);
AHOY_API
gboolean ahoy_store_query_get_condition (AhoyStoreQuery *self, guint index, const char **field,
                                         AhoyStoreCondition *condition, const char **text);
AHOY_API
gboolean ahoy_store_query_matches (AhoyStoreQuery *self, AhoyConfigObject *object);

G_END_DECLS
