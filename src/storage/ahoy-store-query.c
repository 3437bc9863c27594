/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-query.h"

#include <string.h>

#include "ahoy-error.h"

/**
 * AhoyStoreQuery:
 *
 * Which objects of a store are looked for: those of a type that fit all conditions. A condition is
 * for the value of a key, as it may stand in a file, for any element of a list, or for `name`.
 *
 * Since: 0.1
 */
struct _AhoyStoreQuery {
  GObject parent_instance;
  char *type_name;
  GArray *conditions; /* Condition */
  guint limit;
};

typedef struct {
  char *field;
  AhoyStoreCondition kind;
  char *text;
  GPatternSpec *pattern;
  GRegex *regex;
} Condition;

#define NAME_FIELD "name"
#define MAX_CONDITIONS 32

G_DEFINE_FINAL_TYPE (AhoyStoreQuery, ahoy_store_query, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyStoreCondition, ahoy_store_condition,
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_CONDITION_EQUAL, "equal"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_CONDITION_LIKE, "like"),
                    G_DEFINE_ENUM_VALUE (AHOY_STORE_CONDITION_MATCHES, "matches"))

static void
condition_clear (gpointer data)
{
  Condition *condition = data;

  g_clear_pointer (&condition->field, g_free);
  g_clear_pointer (&condition->text, g_free);
  g_clear_pointer (&condition->pattern, g_pattern_spec_free);
  g_clear_pointer (&condition->regex, g_regex_unref);
}

static void
ahoy_store_query_finalize (GObject *object)
{
  AhoyStoreQuery *self = AHOY_STORE_QUERY (object);

  g_free (self->type_name);
  g_array_unref (self->conditions);
  G_OBJECT_CLASS (ahoy_store_query_parent_class)->finalize (object);
}

static void
ahoy_store_query_class_init (AhoyStoreQueryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_store_query_finalize;
}

static void
ahoy_store_query_init (AhoyStoreQuery *self)
{
  self->conditions = g_array_new (FALSE, TRUE, sizeof (Condition));
  g_array_set_clear_func (self->conditions, condition_clear);
}

/**
 * ahoy_store_query_new:
 * @type_name: the type of objects, such as `endpoint`
 *
 * Returns: (transfer full): a query for all objects of the type
 *
 * Since: 0.1
 */
AhoyStoreQuery *
ahoy_store_query_new (const char *type_name)
{
  AhoyStoreQuery *self;

  g_return_val_if_fail (type_name != NULL, NULL);

  self = g_object_new (AHOY_TYPE_STORE_QUERY, NULL);
  self->type_name = g_strdup (type_name);
  return self;
}

/**
 * ahoy_store_query_new_for_name:
 * @type_name: the type of an object, such as `endpoint`
 * @name: its name; empty where there is only one of the type
 *
 * Returns: (transfer full): a query for one object
 *
 * Since: 0.1
 */
AhoyStoreQuery *
ahoy_store_query_new_for_name (const char *type_name, const char *name)
{
  AhoyStoreQuery *self;

  g_return_val_if_fail (type_name != NULL && name != NULL, NULL);

  self = ahoy_store_query_new (type_name);
  ahoy_store_query_add (self, NAME_FIELD, AHOY_STORE_CONDITION_EQUAL, name, NULL);
  return self;
}

/**
 * ahoy_store_query_add:
 * @self: a query
 * @field: the name of a key, or `name`
 * @condition: how its value is compared
 * @text: what it is compared with
 * @error: return location for an error: %AHOY_ERROR_INVALID_ARGUMENTS when @text is no regular
 *   expression, %AHOY_ERROR_LIMIT_EXCEEDED when there are too many conditions
 *
 * Adds a condition. Secrets fit none.
 *
 * Returns: %TRUE when the condition was added
 *
 * Since: 0.1
 */
gboolean
ahoy_store_query_add (AhoyStoreQuery *self, const char *field, AhoyStoreCondition condition,
                      const char *text, GError **error)
{
  Condition added = { NULL };
  g_autoptr (GError) reason = NULL;

  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), FALSE);
  g_return_val_if_fail (field != NULL && text != NULL, FALSE);

  if (self->conditions->len >= MAX_CONDITIONS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "a query cannot have more than %d conditions", MAX_CONDITIONS);
    return FALSE;
  }
  if (condition == AHOY_STORE_CONDITION_MATCHES) {
    added.regex = g_regex_new (text, 0, 0, &reason);
    if (added.regex == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” is no regular expression: %s", text, reason->message);
      return FALSE;
    }
  }
  if (condition == AHOY_STORE_CONDITION_LIKE)
    added.pattern = g_pattern_spec_new (text);
  added.field = g_strdup (field);
  added.text = g_strdup (text);
  added.kind = condition;
  g_array_append_val (self->conditions, added);
  return TRUE;
}

/**
 * ahoy_store_query_set_limit:
 * @self: a query
 * @limit: how many objects are wanted at most; 0 for all
 *
 * Ends the search when enough objects were found.
 *
 * Since: 0.1
 */
void
ahoy_store_query_set_limit (AhoyStoreQuery *self, guint limit)
{
  g_return_if_fail (AHOY_IS_STORE_QUERY (self));

  self->limit = limit;
}

/**
 * ahoy_store_query_get_limit:
 * @self: a query
 *
 * Returns: how many objects are wanted at most; 0 for all
 *
 * Since: 0.1
 */
guint
ahoy_store_query_get_limit (AhoyStoreQuery *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), 0);

  return self->limit;
}

/**
 * ahoy_store_query_get_type_name:
 * @self: a query
 *
 * Returns: (transfer none): the type of objects
 *
 * Since: 0.1
 */
const char *
ahoy_store_query_get_type_name (AhoyStoreQuery *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), NULL);

  return self->type_name;
}

/**
 * ahoy_store_query_get_name:
 * @self: a query
 *
 * Returns: (transfer none) (nullable): the name of the one object that is looked for; %NULL when it
 *   may be any
 *
 * Since: 0.1
 */
const char *
ahoy_store_query_get_name (AhoyStoreQuery *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), NULL);

  for (guint i = 0; i < self->conditions->len; i++) {
    Condition *condition = &g_array_index (self->conditions, Condition, i);

    if (condition->kind == AHOY_STORE_CONDITION_EQUAL && strcmp (condition->field, NAME_FIELD) == 0)
      return condition->text;
  }
  return NULL;
}

/**
 * ahoy_store_query_get_n_conditions:
 * @self: a query
 *
 * Returns: the number of conditions
 *
 * Since: 0.1
 */
guint
ahoy_store_query_get_n_conditions (AhoyStoreQuery *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), 0);

  return self->conditions->len;
}

/**
 * ahoy_store_query_get_condition:
 * @self: a query
 * @index: the place of a condition, from 0
 * @field: (out) (transfer none): the name of a key, or `name`
 * @condition: (out): how its value is compared
 * @text: (out) (transfer none): what it is compared with
 *
 * For backends that let somebody else compare, such as a database.
 *
 * Returns: %TRUE when there is such a condition
 *
 * Since: 0.1
 */
gboolean
ahoy_store_query_get_condition (AhoyStoreQuery *self, guint index, const char **field,
                                AhoyStoreCondition *condition, const char **text)
{
  Condition *found;

  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), FALSE);
  g_return_val_if_fail (field != NULL && condition != NULL && text != NULL, FALSE);

  if (index >= self->conditions->len)
    return FALSE;
  found = &g_array_index (self->conditions, Condition, index);
  *field = found->field;
  *condition = found->kind;
  *text = found->text;
  return TRUE;
}

static gboolean
fits (Condition *condition, const char *text)
{
  if (condition->pattern != NULL)
    return g_pattern_spec_match_string (condition->pattern, text);
  if (condition->regex != NULL)
    return g_regex_match (condition->regex, text, 0, NULL);
  return strcmp (condition->text, text) == 0;
}

static gboolean
fits_element (Condition *condition, AhoyConfigObject *object)
{
  const char *const *list = ahoy_config_object_get_list (object, condition->field);

  for (gsize i = 0; list[i] != NULL; i++) {
    if (fits (condition, list[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
fits_object (Condition *condition, AhoyConfigObject *object)
{
  AhoyConfigObjectClass *klass = AHOY_CONFIG_OBJECT_GET_CLASS (object);
  g_autofree char *text = NULL;
  GParamSpec *key;

  if (strcmp (condition->field, NAME_FIELD) == 0)
    return fits (condition, ahoy_config_object_get_name (object));

  key = ahoy_config_object_class_find_key (klass, condition->field);
  if (key == NULL || ahoy_config_key_is_secret (key))
    return FALSE;
  if (ahoy_config_key_get_kind (key) == AHOY_CONFIG_KIND_LIST && fits_element (condition, object))
    return TRUE;
  text = ahoy_config_object_dup_text (object, condition->field);
  return fits (condition, text);
}

/**
 * ahoy_store_query_matches:
 * @self: a query
 * @object: an object of the configuration
 *
 * For backends that compare themselves.
 *
 * Returns: %TRUE when the object is of the type and fits all conditions
 *
 * Since: 0.1
 */
gboolean
ahoy_store_query_matches (AhoyStoreQuery *self, AhoyConfigObject *object)
{
  g_return_val_if_fail (AHOY_IS_STORE_QUERY (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (object), FALSE);

  if (strcmp (ahoy_config_object_get_type_name (object), self->type_name) != 0)
    return FALSE;
  for (guint i = 0; i < self->conditions->len; i++) {
    if (!fits_object (&g_array_index (self->conditions, Condition, i), object))
      return FALSE;
  }
  return TRUE;
}
