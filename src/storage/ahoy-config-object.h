/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-config-key.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CONFIG_OBJECT (ahoy_config_object_get_type ())
AHOY_API
G_DECLARE_DERIVABLE_TYPE (AhoyConfigObject, ahoy_config_object, AHOY, CONFIG_OBJECT, GObject)

/**
 * AhoyConfigObjectClass:
 * @type_name: the type in a group's head, such as `endpoint`
 * @description: one sentence that says what such an object is
 * @singleton: there is one object of the type at most, and it has no name: `[core]`
 * @implies: (nullable) (array zero-terminated=1): types of which each object has one of its own
 * name without anybody writing it
 * @validate: judges the object as a whole, after all of its keys were set
 *
 * The properties of a subclass that ahoy_config_object_class_add_text() and its like installed are
 * the keys of its objects: the schema.
 *
 * Since: 0.1
 */
struct _AhoyConfigObjectClass {
  /*< private >*/
  GObjectClass parent_class;
  guint n_keys;

  /*< public >*/
  const char *type_name;
  const char *description;
  gboolean singleton;
  const char *const *implies;
  gboolean (*validate) (AhoyConfigObject *self, GError **error);

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
GParamSpec *ahoy_config_object_class_add_text (AhoyConfigObjectClass *klass, const char *name,
                                               const char *nick, const char *blurb,
                                               const char *default_text);
AHOY_API
GParamSpec *ahoy_config_object_class_add_boolean (AhoyConfigObjectClass *klass, const char *name,
                                                  const char *nick, const char *blurb,
                                                  gboolean default_value);
AHOY_API
GParamSpec *ahoy_config_object_class_add_number (AhoyConfigObjectClass *klass, const char *name,
                                                 const char *nick, const char *blurb, guint minimum,
                                                 guint maximum, guint default_value);
AHOY_API
GParamSpec *ahoy_config_object_class_add_duration (AhoyConfigObjectClass *klass, const char *name,
                                                   const char *nick, const char *blurb,
                                                   const char *unit, guint minimum, guint maximum,
                                                   guint default_value);
AHOY_API
GParamSpec *ahoy_config_object_class_add_choice (AhoyConfigObjectClass *klass, const char *name,
                                                 const char *nick, const char *blurb,
                                                 GType enum_type, int default_value);
AHOY_API
GParamSpec *ahoy_config_object_class_add_choices (AhoyConfigObjectClass *klass, const char *name,
                                                  const char *nick, const char *blurb,
                                                  GType flags_type, guint default_value);
AHOY_API
GParamSpec *ahoy_config_object_class_add_list (AhoyConfigObjectClass *klass, const char *name,
                                               const char *nick, const char *blurb,
                                               const char *default_text);
AHOY_API
GParamSpec *ahoy_config_object_class_add_uri_list (AhoyConfigObjectClass *klass, const char *name,
                                                   const char *nick, const char *blurb,
                                                   AhoyConfigCheckFunc check);
AHOY_API
GPtrArray *ahoy_config_object_class_list_keys (AhoyConfigObjectClass *klass);
AHOY_API
void ahoy_config_object_class_plan_keys (AhoyConfigObjectClass *klass, const char *const *names);
AHOY_API
GParamSpec *ahoy_config_object_class_find_key (AhoyConfigObjectClass *klass, const char *key);

AHOY_API
const char *ahoy_config_object_get_type_name (AhoyConfigObject *self);
AHOY_API
const char *ahoy_config_object_get_name (AhoyConfigObject *self);
AHOY_API
char *ahoy_config_object_dup_label (AhoyConfigObject *self);
AHOY_API
const char *ahoy_config_object_get_file (AhoyConfigObject *self);
AHOY_API
guint ahoy_config_object_get_line (AhoyConfigObject *self);
AHOY_API
void ahoy_config_object_set_origin (AhoyConfigObject *self, const char *file, guint line);
AHOY_API
gboolean ahoy_config_object_get_key_origin (AhoyConfigObject *self, const char *key,
                                            const char **file, guint *line);
AHOY_API
void ahoy_config_object_set_key_origin (AhoyConfigObject *self, const char *key, const char *file,
                                        guint line);

AHOY_API
gboolean ahoy_config_object_set_text (AhoyConfigObject *self, const char *key, const char *text,
                                      GError **error);
AHOY_API
char *ahoy_config_object_dup_text (AhoyConfigObject *self, const char *key);
AHOY_API
GVariant *ahoy_config_object_to_variant (AhoyConfigObject *self);
AHOY_API
char *ahoy_config_object_to_text (AhoyConfigObject *self);
AHOY_API
gboolean ahoy_config_object_is_set (AhoyConfigObject *self, const char *key);
AHOY_API
void ahoy_config_object_unset (AhoyConfigObject *self, const char *key);
AHOY_API
gboolean ahoy_config_object_validate (AhoyConfigObject *self, GError **error);
AHOY_API
void ahoy_config_object_seal (AhoyConfigObject *self);
AHOY_API
gboolean ahoy_config_object_is_sealed (AhoyConfigObject *self);
AHOY_API
guint64 ahoy_config_object_get_revision (AhoyConfigObject *self);
AHOY_API
void ahoy_config_object_set_revision (AhoyConfigObject *self, guint64 revision);
AHOY_API
AhoyConfigObject *ahoy_config_object_copy (AhoyConfigObject *self);
AHOY_API
gboolean ahoy_config_object_equal (AhoyConfigObject *self, AhoyConfigObject *other);
AHOY_API
char **ahoy_config_object_list_changes (AhoyConfigObject *self, AhoyConfigObject *other);

AHOY_API
const char *ahoy_config_object_get_string (AhoyConfigObject *self, const char *key);
AHOY_API
gboolean ahoy_config_object_get_boolean (AhoyConfigObject *self, const char *key);
AHOY_API
guint ahoy_config_object_get_number (AhoyConfigObject *self, const char *key);
AHOY_API
gint64 ahoy_config_object_get_duration (AhoyConfigObject *self, const char *key);
AHOY_API
int ahoy_config_object_get_choice (AhoyConfigObject *self, const char *key);
AHOY_API
guint ahoy_config_object_get_choices (AhoyConfigObject *self, const char *key);
AHOY_API
const char *const *ahoy_config_object_get_list (AhoyConfigObject *self, const char *key);
AHOY_API
gboolean ahoy_config_object_list_contains (AhoyConfigObject *self, const char *key,
                                           const char *element);

G_END_DECLS
