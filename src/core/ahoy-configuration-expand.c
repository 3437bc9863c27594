/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-aor-config.h"
#include "ahoy-auth-config.h"
#include "ahoy-config-object-private.h"
#include "ahoy-config-problem.h"
#include "ahoy-configuration.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-identify-config.h"
#include "ahoy-registration-config.h"

/* [phone NAME] and [trunk NAME]: what one group says, as the objects that it stands for. */

/* A key of the group, and the key that it becomes; a text where there is no such key. */
typedef struct {
  const char *from;
  const char *to;
  const char *text;
} Rule;

typedef struct {
  const char *type; /* of the group */
  const char *made; /* of the object that is made */
  const char *when; /* only where this key says something */
  Rule rules[10];
} Recipe;

#define NAME "\x01" /* the name of the group */

static const Recipe recipes[] = {
  { "phone",
    "endpoint",
    NULL,
    { { NULL, "auth", "digest" },
      { "username", "username", NULL },
      { "caller-id", "caller-id", NULL },
      { "context", "context", NULL },
      { "codecs", "codecs", NULL },
      { "description", "description", NULL },
      { "language", "language", NULL } } },
  { "phone", "aor", NULL, { { "max-contacts", "max-contacts", NULL } } },
  { "phone",
    "auth",
    NULL,
    { { NULL, "username", NAME },
      { "username", "username", NULL },
      { "password", "password", NULL } } },
  { "trunk",
    "endpoint",
    NULL,
    { { NULL, "auth", "none" },
      { NULL, "identify", "ip" },
      { "server", "contact", NULL },
      { "username", "from-user", NULL },
      { "domain", "from-domain", NULL },
      { "context", "context", NULL },
      { "codecs", "codecs", NULL },
      { "call-limit", "call-limit", NULL },
      { "description", "description", NULL } } },
  { "trunk", "endpoint", "password", { { NULL, "outbound-auths", NAME } } },
  { "trunk", "endpoint", "register", { { NULL, "identify", "ip;line" } } },
  { "trunk",
    "auth",
    "password",
    { { "username", "username", NULL }, { "password", "password", NULL } } },
  { "trunk",
    "identify",
    "match",
    { { NULL, "endpoint", NAME }, { "match", "match", NULL } } },
  { "trunk",
    "registration",
    "register",
    { { NULL, "endpoint", NAME }, { "server", "server", NULL }, { NULL, "line", "yes" } } },
};

static AhoyConfigObject *
make (const char *type, const char *name)
{
  if (g_str_equal (type, "endpoint")) {
    return AHOY_CONFIG_OBJECT (ahoy_endpoint_config_new (name));
  }
  if (g_str_equal (type, "aor")) {
    return AHOY_CONFIG_OBJECT (ahoy_aor_config_new (name));
  }
  if (g_str_equal (type, "auth")) {
    return AHOY_CONFIG_OBJECT (ahoy_auth_config_new (name));
  }
  if (g_str_equal (type, "registration")) {
    return AHOY_CONFIG_OBJECT (ahoy_registration_config_new (name));
  }
  return AHOY_CONFIG_OBJECT (ahoy_identify_config_new (name));
}

/* Copies a key as it was written: a secret stays in its file, which is not read again. */
static gboolean
copy_key (AhoyConfigObject *group, AhoyConfigObject *object, const Rule *rule, GError **error)
{
  GParamSpec *key =
      ahoy_config_object_class_find_key (AHOY_CONFIG_OBJECT_GET_CLASS (group), rule->from);
  const char *file = ahoy_config_object_get_file (group);
  g_autofree char *folder = file != NULL ? g_path_get_dirname (file) : NULL;
  g_autofree char *stored = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = ahoy_config_object_dup_stored_text (group, key, &stored);
  guint line = 0;

  if (text == NULL || ahoy_config_object_copy_secret (group, rule->from, object, rule->to)) {
    return TRUE;
  }
  name = g_strconcat (rule->to, stored + strlen (rule->from), NULL);
  if (!ahoy_config_object_take_text (object, name, text, folder, error)) {
    return FALSE;
  }
  if (ahoy_config_object_get_key_origin (group, rule->from, &file, &line)) {
    ahoy_config_object_set_key_origin (object, rule->to, file, line);
  }
  return TRUE;
}

static gboolean
follow (const Recipe *recipe, AhoyConfigObject *group, AhoyConfigObject *object, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (recipe->rules) && recipe->rules[i].to != NULL; i++) {
    const Rule *rule = &recipe->rules[i];
    const char *text = g_strcmp0 (rule->text, NAME) == 0 ? ahoy_config_object_get_name (group)
                                                         : rule->text;

    if (rule->from != NULL ? !copy_key (group, object, rule, error)
                           : !ahoy_config_object_take_text (object, rule->to, text, NULL, error)) {
      g_prefix_error (error, "%s: ", rule->to);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
says (AhoyConfigObject *group, const char *key)
{
  GParamSpec *pspec =
      ahoy_config_object_class_find_key (AHOY_CONFIG_OBJECT_GET_CLASS (group), key);
  g_autofree char *text = NULL;

  if (ahoy_config_key_is_secret (pspec)) {
    return ahoy_config_object_get_string (group, key) != NULL;
  }
  if (ahoy_config_key_get_kind (pspec) == AHOY_CONFIG_KIND_BOOLEAN) {
    return ahoy_config_object_get_boolean (group, key);
  }
  text = ahoy_config_object_dup_text (group, key);
  return text != NULL && *text != '\0';
}

static gboolean
is_wanted (const Recipe *recipe, AhoyConfigObject *group, const char *type, const char *made)
{
  return g_str_equal (recipe->type, type) && g_str_equal (recipe->made, made) &&
         (recipe->when == NULL || says (group, recipe->when));
}

/* The object of a type that a group stands for; NULL for none, or with an error. */
static AhoyConfigObject *
make_object (AhoyConfigObject *group, const char *made, GError **error)
{
  const char *type = ahoy_config_object_get_type_name (group);
  g_autoptr (AhoyConfigObject) object = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++) {
    if (!is_wanted (&recipes[i], group, type, made)) {
      continue;
    }
    if (object == NULL) {
      object = make (made, ahoy_config_object_get_name (group));
      ahoy_config_object_set_origin (object, ahoy_config_object_get_file (group),
                                     ahoy_config_object_get_line (group));
    }
    if (!follow (&recipes[i], group, object, error)) {
      return NULL;
    }
  }
  if (object != NULL && !ahoy_config_object_validate (object, error)) {
    return NULL;
  }
  return g_steal_pointer (&object);
}

static void
expand_group (AhoyConfigSet *set, AhoyConfigObject *group, GPtrArray *problems)
{
  static const char *const types[] = { "endpoint", "aor", "auth", "identify", "registration" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (AhoyConfigObject) object = NULL;
    g_autofree char *label = NULL;

    /* What stands there by itself says it better. */
    if (ahoy_config_set_lookup (set, types[i], ahoy_config_object_get_name (group)) != NULL) {
      continue;
    }
    object = make_object (group, types[i], &error);
    if (object != NULL) {
      ahoy_config_set_add (set, object, NULL);
    } else if (error != NULL && problems != NULL) {
      label = ahoy_config_object_dup_label (group);
      g_ptr_array_add (problems,
                       ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_ERROR,
                                                ahoy_config_object_get_file (group),
                                                ahoy_config_object_get_line (group), label, NULL,
                                                error->message));
    }
  }
}

/**
 * ahoy_configuration_expand:
 * @set: objects
 * @problems: (nullable) (element-type AhoyConfigProblem): where to add what could not be made
 *
 * Adds the objects that `[phone NAME]` and `[trunk NAME]` stand for: of a phone an endpoint, an
 * address of record and an account; of a trunk an endpoint, an account for challenges, an identify
 * where it says where its calls come from, and a registration where it says `register=yes`. All
 * have the name of the group. One that is in @set by itself stays.
 *
 * Since: 0.1
 */
void
ahoy_configuration_expand (AhoyConfigSet *set, GPtrArray *problems)
{
  static const char *const types[] = { "phone", "trunk" };

  g_return_if_fail (AHOY_IS_CONFIG_SET (set));

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GPtrArray) groups = ahoy_config_set_list (set, types[i]);

    for (guint k = 0; k < groups->len; k++) {
      expand_group (set, groups->pdata[k], problems);
    }
  }
}

static void
append_key (GString *into, AhoyConfigObject *object, GParamSpec *key)
{
  const char *name = ahoy_config_key_get_name (key);
  g_autofree char *stored = NULL;
  g_autofree char *text = ahoy_config_object_dup_stored_text (object, key, &stored);

  if (text == NULL) {
    return;
  }
  if (ahoy_config_key_is_secret (key) && g_str_equal (stored, name)) {
    g_string_append_printf (into, "# %s is set, and is not shown.\n", name);
  } else {
    g_string_append_printf (into, "%s=%s\n", stored, text);
  }
}

/**
 * ahoy_configuration_dup_text:
 * @set: objects
 *
 * Writes objects as a file would have them, without templates, defaults, `[phone NAME]` and
 * `[trunk NAME]`: what ahoy_configuration_expand() made of these stands there instead. Secrets are
 * left out, but not the names of what they come from.
 *
 * Returns: (transfer full): a text
 *
 * Since: 0.1
 */
char *
ahoy_configuration_dup_text (AhoyConfigSet *set)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GPtrArray) objects = NULL;

  g_return_val_if_fail (AHOY_IS_CONFIG_SET (set), NULL);

  objects = ahoy_config_set_list (set, NULL);
  for (guint i = 0; i < objects->len; i++) {
    AhoyConfigObjectClass *klass = AHOY_CONFIG_OBJECT_GET_CLASS (objects->pdata[i]);
    g_autoptr (GPtrArray) keys = ahoy_config_object_class_list_keys (klass);
    g_autofree char *label = ahoy_config_object_dup_label (objects->pdata[i]);

    if (g_str_equal (klass->type_name, "phone") || g_str_equal (klass->type_name, "trunk")) {
      continue;
    }
    g_string_append_printf (text, text->len > 0 ? "\n[%s]\n" : "[%s]\n", label);
    for (guint k = 0; k < keys->len; k++) {
      append_key (text, objects->pdata[i], keys->pdata[k]);
    }
  }
  return g_string_free (text, FALSE);
}
