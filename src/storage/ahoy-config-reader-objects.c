/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-config-object-private.h"
#include "ahoy-config-problem-private.h"
#include "ahoy-config-reader-private.h"
#include "ahoy-config-value-private.h"

/* Makes objects of groups: first what [defaults type] says, then the templates in their order, then
 * the group itself; what comes later wins. */

#define MAX_LAYERS 64
#define MAX_DEPTH 16

static char *
template_label (const char *type, const char *name)
{
  return g_strconcat (type, " ", name, NULL);
}

static gboolean
complain_of_head (AhoyConfigReader *self, AhoyConfigSection *section, const char *message)
{
  ahoy_config_reader_complain_of (self, section, section->line, NULL, message);
  return FALSE;
}

/* -- the index of templates and defaults ---------------------------------------------------- */

static gboolean
complain_of_twin (AhoyConfigReader *self, AhoyConfigSection *section, const char *file, guint line)
{
  g_autofree char *message
      = g_strdup_printf ("it stands twice, first at %s:%u; remove or rename one", file, line);

  return complain_of_head (self, section, message);
}

static void
index_section (AhoyConfigReader *self, GHashTable *table, char *label, AhoyConfigSection *section)
{
  AhoyConfigSection *twin = g_hash_table_lookup (table, label);

  if (twin != NULL) {
    complain_of_twin (self, section, twin->file, twin->line);
    if (table == self->templates)
      g_free (label);
    return;
  }
  g_hash_table_insert (table, label, section);
}

/* The type is known, and its objects may have what the head says. */
static gboolean
check_head (AhoyConfigReader *self, AhoyConfigSection *section)
{
  AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (self->schema, section->type);
  g_autoptr (AhoyConfigObject) object = NULL;
  g_autoptr (GError) error = NULL;

  if (klass != NULL && klass->singleton
      && (section->is_template || section->is_defaults
          || (section->templates != NULL && section->templates[0] != NULL)))
    return complain_of_head (self, section,
                             "there is only one object of this type, so it has neither templates "
                             "nor defaults; write the keys into the object");
  if (klass != NULL && section->is_defaults)
    return TRUE;

  object = ahoy_config_schema_make_object (self->schema, section->type, section->name, &error);
  return object != NULL || complain_of_head (self, section, error->message);
}

static void
index_sections (AhoyConfigReader *self)
{
  for (guint i = 0; i < self->sections->len; i++) {
    AhoyConfigSection *section = self->sections->pdata[i];

    section->unusable = !check_head (self, section);
    if (section->unusable)
      continue;
    if (section->is_defaults)
      index_section (self, self->defaults, section->type, section);
    else if (section->is_template)
      index_section (self, self->templates, template_label (section->type, section->name), section);
  }
}

/* -- keys ----------------------------------------------------------------------------------- */

static const char *
remedy_for_key (AhoyConfigEntry *entry)
{
  return strcmp (entry->key, "include") == 0
             ? "include= stands at the top of a file, before the first group; move it there"
             : NULL;
}

/* A secret that stands in a group in two ways would hold in the one that comes last. */
static AhoyConfigEntry *
find_rival (AhoyConfigObjectClass *klass, AhoyConfigSection *section, guint index)
{
  AhoyConfigEntry *entry = section->entries->pdata[index];
  GParamSpec *key = ahoy_config_object_class_resolve_key (klass, entry->key);

  if (key == NULL || !ahoy_config_key_is_secret (key))
    return NULL;
  for (guint i = 0; i < index; i++) {
    AhoyConfigEntry *other = section->entries->pdata[i];

    if (ahoy_config_object_class_resolve_key (klass, other->key) == key)
      return other;
  }
  return NULL;
}

static void
take_entry (AhoyConfigReader *self, AhoyConfigSection *section, AhoyConfigEntry *entry,
            AhoyConfigObject *object, gboolean loud)
{
  g_autofree char *folder = g_path_get_dirname (section->file);
  g_autoptr (GError) error = NULL;
  GParamSpec *key;

  if (!ahoy_config_object_take_text (object, entry->key, entry->text, folder, &error)) {
    const char *remedy = remedy_for_key (entry);

    if (loud)
      ahoy_config_reader_complain_of (self, section, entry->line, entry->key,
                                      remedy != NULL ? remedy : error->message);
    return;
  }
  key = ahoy_config_object_class_resolve_key (AHOY_CONFIG_OBJECT_GET_CLASS (object), entry->key);
  ahoy_config_object_set_key_origin (object, ahoy_config_key_get_name (key), section->file,
                                     entry->line);
}

/* Gives @object the keys of @section. Only when @loud, faults are reported; once is enough. */
static void
apply_section (AhoyConfigReader *self, AhoyConfigSection *section, AhoyConfigObject *object,
               gboolean loud)
{
  for (guint i = 0; i < section->entries->len; i++) {
    AhoyConfigEntry *entry = section->entries->pdata[i];
    AhoyConfigEntry *rival = find_rival (AHOY_CONFIG_OBJECT_GET_CLASS (object), section, i);
    g_autofree char *message = NULL;

    if (rival != NULL && loud) {
      message = g_strdup_printf ("the same secret stands in line %u as %s; remove one", rival->line,
                                 rival->key);
      ahoy_config_reader_complain_of (self, section, entry->line, entry->key, message);
    }
    take_entry (self, section, entry, object, loud);
  }
}

/* -- layers --------------------------------------------------------------------------------- */

static gboolean
complain_of_template (AhoyConfigReader *self, AhoyConfigSection *section, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autofree char *suggestion = NULL;
  g_autofree char *message = NULL;
  GHashTableIter iter;
  gpointer template;

  g_hash_table_iter_init (&iter, self->templates);
  while (g_hash_table_iter_next (&iter, NULL, &template)) {
    if (strcmp (((AhoyConfigSection *)template)->type, section->type) == 0)
      g_strv_builder_add (builder, ((AhoyConfigSection *)template)->name);
  }
  names = g_strv_builder_end (builder);
  suggestion = ahoy_config_suggest (name, (const char *const *)names);
  message = g_strdup_printf ("there is no template “%s”%s; a template is [%s %s](!)", name,
                             suggestion, section->type, name);
  return complain_of_head (self, section, message);
}

static gboolean
complain_of_broken (AhoyConfigReader *self, AhoyConfigSection *section, AhoyConfigSection *template)
{
  g_autofree char *label = ahoy_config_section_dup_label (template);
  g_autofree char *message = g_strdup_printf ("it is left out, for %s, which it uses, has an error "
                                              "(%s:%u); correct that one",
                                              label, template->file, template->line);

  return complain_of_head (self, section, message);
}

static gboolean add_layers (AhoyConfigReader *self, AhoyConfigSection *section,
                            AhoyConfigSection *user, guint depth, GPtrArray *layers);

static gboolean
add_template (AhoyConfigReader *self, const char *name, AhoyConfigSection *section,
              AhoyConfigSection *user, guint depth, GPtrArray *layers)
{
  g_autofree char *label = template_label (section->type, name);
  AhoyConfigSection *template = g_hash_table_lookup (self->templates, label);

  if (template == NULL)
    return complain_of_template (self, section, name);
  if (template->visiting)
    return complain_of_head (self, section,
                             "the template comes to use itself; take it from the list");
  if (template->broken)
    return complain_of_broken (self, user, template);
  if (depth >= MAX_DEPTH)
    return complain_of_head (self, user, "its templates use each other more than 16 deep");
  return add_layers (self, template, user, depth + 1, layers);
}

/* Appends what @section is made of to @layers, itself last, on behalf of @user. */
static gboolean
add_layers (AhoyConfigReader *self, AhoyConfigSection *section, AhoyConfigSection *user,
            guint depth, GPtrArray *layers)
{
  gboolean done = TRUE;

  section->visiting = TRUE;
  for (gsize i = 0; done && section->templates != NULL && section->templates[i] != NULL; i++)
    done = add_template (self, section->templates[i], section, user, depth, layers);
  section->visiting = FALSE;
  if (!done)
    return user->broken ? FALSE : complain_of_broken (self, user, section);
  if (layers->len >= MAX_LAYERS)
    return complain_of_head (self, user, "it uses more than 64 templates; use fewer");

  g_ptr_array_add (layers, section);
  return TRUE;
}

static GPtrArray *
list_layers (AhoyConfigReader *self, AhoyConfigSection *section)
{
  g_autoptr (GPtrArray) layers = g_ptr_array_new ();
  AhoyConfigSection *defaults = g_hash_table_lookup (self->defaults, section->type);

  if (defaults != NULL && defaults->broken && !section->is_template) {
    complain_of_broken (self, section, defaults);
    return NULL;
  }
  if (defaults != NULL)
    g_ptr_array_add (layers, defaults);
  if (!add_layers (self, section, section, 0, layers))
    return NULL;
  return g_steal_pointer (&layers);
}

/* Judges templates and defaults by themselves, whether anybody uses them or not. */
static void
check_shared_sections (AhoyConfigReader *self)
{
  for (guint i = 0; i < self->sections->len; i++) {
    AhoyConfigSection *section = self->sections->pdata[i];
    g_autoptr (AhoyConfigObject) object = NULL;

    if (section->unusable || (!section->is_template && !section->is_defaults))
      continue;
    object = g_object_new (ahoy_config_schema_find_type (self->schema, section->type), NULL);
    apply_section (self, section, object, TRUE);
  }
  for (guint i = 0; i < self->sections->len; i++) {
    AhoyConfigSection *section = self->sections->pdata[i];
    g_autoptr (GPtrArray) layers = NULL;

    if (!section->unusable && section->is_template && !section->broken)
      layers = list_layers (self, section);
  }
}

/* -- objects -------------------------------------------------------------------------------- */

static AhoyConfigObject *
make_object (AhoyConfigReader *self, AhoyConfigSection *section)
{
  GType type = ahoy_config_schema_find_type (self->schema, section->type);
  g_autoptr (AhoyConfigObject) object = g_object_new (type, "name", section->name, NULL);
  g_autoptr (GPtrArray) layers = list_layers (self, section);
  g_autoptr (GError) error = NULL;

  if (layers == NULL) {
    apply_section (self, section, object, TRUE);
    return NULL;
  }
  ahoy_config_object_set_origin (object, section->file, section->line);
  for (guint i = 0; i < layers->len; i++)
    apply_section (self, layers->pdata[i], object, layers->pdata[i] == section);
  if (section->broken)
    return NULL;
  if (!ahoy_config_object_validate (object, &error)) {
    complain_of_head (self, section, error->message);
    return NULL;
  }
  return g_steal_pointer (&object);
}

static void
add_object (AhoyConfigReader *self, AhoyConfigSection *section, AhoyConfigSet *set,
            GHashTable *firsts)
{
  g_autofree char *label = template_label (section->type, section->name);
  AhoyConfigSection *first = g_hash_table_lookup (firsts, label);
  g_autoptr (AhoyConfigObject) object = NULL;

  if (first != NULL) {
    complain_of_twin (self, section, first->file, first->line);
    return;
  }
  g_hash_table_insert (firsts, g_steal_pointer (&label), section);
  object = make_object (self, section);
  if (object != NULL)
    ahoy_config_set_add (set, object, NULL);
}

/**
 * ahoy_config_reader_make_default:
 * @self: a reader that has read
 * @type_name: the name of a type, such as `endpoint`
 * @name: the name of the object; empty where there is only one of the type
 * @error: return location for an error: %AHOY_ERROR_NOT_FOUND for an unknown type
 *
 * Makes the object that a group without any key would be.
 *
 * Returns: (transfer full): an object with what `[defaults type]` says, which can be changed
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_config_reader_make_default (AhoyConfigReader *self, const char *type_name, const char *name,
                                 GError **error)
{
  AhoyConfigObject *object;
  AhoyConfigSection *defaults;

  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), NULL);
  g_return_val_if_fail (type_name != NULL && name != NULL, NULL);

  object = ahoy_config_schema_make_object (self->schema, type_name, name, error);
  defaults = g_hash_table_lookup (self->defaults, type_name);
  if (object != NULL && defaults != NULL && !defaults->broken)
    apply_section (self, defaults, object, FALSE);
  return object;
}

/* -- references ----------------------------------------------------------------------------- */

gboolean
ahoy_config_set_implies (AhoyConfigSet *set, AhoyConfigSchema *schema, const char *type_name,
                         const char *name)
{
  g_auto (GStrv) types = ahoy_config_schema_list_types (schema);

  if (ahoy_config_set_lookup (set, type_name, name) != NULL)
    return TRUE;
  for (gsize i = 0; types[i] != NULL; i++) {
    AhoyConfigObjectClass *klass = ahoy_config_schema_find_class (schema, types[i]);

    if (klass->implies != NULL && g_strv_contains (klass->implies, type_name)
        && ahoy_config_set_lookup (set, types[i], name) != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
check_reference (AhoyConfigReader *self, AhoyConfigSet *set, AhoyConfigObject *object,
                 GParamSpec *key, const char *name)
{
  const char *type_name = ahoy_config_key_get_reference (key);
  g_autofree char *label = NULL;
  g_autofree char *message = NULL;
  AhoyConfigProblem *problem;
  const char *file = NULL;
  guint line = 0;

  if (ahoy_config_set_implies (set, self->schema, type_name, name))
    return;

  label = ahoy_config_object_dup_label (object);
  message
      = g_strdup_printf ("there is no %s “%s”; add [%s %s], or correct its error if it was left "
                         "out",
                         type_name, name, type_name, name);
  ahoy_config_object_get_key_origin (object, ahoy_config_key_get_name (key), &file, &line);
  problem = ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_WARNING, file, line, label,
                                     ahoy_config_key_get_name (key), message);
  ahoy_config_problem_set_missing (problem, type_name, name);
  ahoy_config_reader_take_problem (self, problem);
}

static void
check_references_of (AhoyConfigReader *self, AhoyConfigSet *set, AhoyConfigObject *object)
{
  g_autoptr (GPtrArray) keys
      = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (object));

  for (guint i = 0; i < keys->len; i++) {
    const char *name = ahoy_config_key_get_name (keys->pdata[i]);

    if (ahoy_config_key_get_reference (keys->pdata[i]) == NULL
        || !ahoy_config_object_is_set (object, name))
      continue;
    if (ahoy_config_key_get_kind (keys->pdata[i]) == AHOY_CONFIG_KIND_LIST) {
      const char *const *names = ahoy_config_object_get_list (object, name);

      for (gsize n = 0; names[n] != NULL; n++)
        check_reference (self, set, object, keys->pdata[i], names[n]);
    } else if (ahoy_config_object_get_string (object, name) != NULL) {
      check_reference (self, set, object, keys->pdata[i],
                       ahoy_config_object_get_string (object, name));
    }
  }
}

void
ahoy_config_reader_make_objects (AhoyConfigReader *self, AhoyConfigSet *set)
{
  g_autoptr (GHashTable) firsts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) objects = NULL;

  index_sections (self);
  check_shared_sections (self);
  for (guint i = 0; i < self->sections->len; i++) {
    AhoyConfigSection *section = self->sections->pdata[i];

    if (!section->unusable && !section->is_template && !section->is_defaults)
      add_object (self, section, set, firsts);
  }
  if (self->extend != NULL)
    self->extend (set, self->extend_data);
  objects = ahoy_config_set_list (set, NULL);
  for (guint i = 0; i < objects->len; i++)
    check_references_of (self, set, objects->pdata[i]);
}
