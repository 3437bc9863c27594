/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-object-private.h"

#include <string.h>

#include "ahoy-config-secret-private.h"
#include "ahoy-config-value-private.h"
#include "ahoy-error.h"

/**
 * AhoyConfigObject:
 *
 * One object of the configuration: a transport, an endpoint, a route. Its class is the schema: the
 * properties that the class adds with ahoy_config_object_class_add_text() and its like are the
 * keys, with their description, default and range.
 *
 * An object knows which keys were set, and where. Once it was sealed, as everything that comes
 * out of a reader or a store, it does not change any more, and may be kept.
 *
 * In C, values are read with functions by kind, such as ahoy_config_object_get_string(); elsewhere
 * they are ordinary properties.
 *
 * Since: 0.1
 */

typedef struct {
  GValue value;
  char *source_key; /* `password-file`, where a secret came from there */
  char *source_text;
  const char *file; /* interned */
  guint line;
} Setting;

typedef struct {
  char *name;
  const char *file; /* interned */
  guint line;
  gboolean sealed;
  guint64 revision;
  GHashTable *settings; /* GParamSpec to Setting */
} AhoyConfigObjectPrivate;

enum {
  PROP_0,
  PROP_NAME,
  PROP_FILE,
  PROP_LINE,
  N_PROPS,
  PROP_FIRST_KEY = 100,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AhoyConfigObject, ahoy_config_object, G_TYPE_OBJECT)

static AhoyConfigObjectPrivate *
get_private (AhoyConfigObject *self)
{
  return ahoy_config_object_get_instance_private (self);
}

static void
setting_free (gpointer data)
{
  Setting *setting = data;

  if (G_VALUE_HOLDS_STRING (&setting->value)) {
    char *text = (char *)g_value_get_string (&setting->value);

    if (text != NULL)
      explicit_bzero (text, strlen (text));
  }
  if (G_IS_VALUE (&setting->value))
    g_value_unset (&setting->value);
  g_free (setting->source_key);
  g_free (setting->source_text);
  g_free (setting);
}

/* Makes room for a new value of @key, which keeps its place in the files. */
static Setting *
renew_setting (AhoyConfigObject *self, GParamSpec *key)
{
  AhoyConfigObjectPrivate *priv = get_private (self);
  Setting *old = g_hash_table_lookup (priv->settings, key);
  Setting *setting = g_new0 (Setting, 1);

  if (old != NULL) {
    setting->file = old->file;
    setting->line = old->line;
  }
  g_hash_table_replace (priv->settings, key, setting);
  return setting;
}

static const GValue *
peek_value (AhoyConfigObject *self, GParamSpec *key)
{
  Setting *setting = g_hash_table_lookup (get_private (self)->settings, key);

  return setting != NULL ? &setting->value : ahoy_config_key_peek_default (key);
}

static void
set_key_value (AhoyConfigObject *self, GParamSpec *key, const GValue *value)
{
  Setting *setting = renew_setting (self, key);

  g_value_init (&setting->value, G_PARAM_SPEC_VALUE_TYPE (key));
  g_value_copy (value, &setting->value);
  if (G_VALUE_HOLDS_STRING (value) && g_strcmp0 (g_value_get_string (value), "") == 0)
    g_value_set_string (&setting->value, NULL);
}

/* GObject inherits neither of these two; ahoy_config_object_class_add_text() and its like give them
 * to the subclasses. */
void
ahoy_config_object_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyConfigObject *self = AHOY_CONFIG_OBJECT (object);
  AhoyConfigObjectPrivate *priv = get_private (self);

  if (id == PROP_NAME) {
    priv->name = g_value_dup_string (value);
    if (priv->name == NULL)
      priv->name = g_strdup ("");
    return;
  }
  if (ahoy_config_key_peek (pspec) == NULL) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  g_return_if_fail (!priv->sealed);

  set_key_value (self, pspec, value);
}

void
ahoy_config_object_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyConfigObject *self = AHOY_CONFIG_OBJECT (object);
  AhoyConfigObjectPrivate *priv = get_private (self);

  if (id == PROP_NAME)
    g_value_set_string (value, priv->name);
  else if (id == PROP_FILE)
    g_value_set_string (value, priv->file);
  else if (id == PROP_LINE)
    g_value_set_uint (value, priv->line);
  else if (ahoy_config_key_peek (pspec) != NULL)
    g_value_copy (peek_value (self, pspec), value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ahoy_config_object_finalize (GObject *object)
{
  AhoyConfigObjectPrivate *priv = get_private (AHOY_CONFIG_OBJECT (object));

  g_free (priv->name);
  g_hash_table_unref (priv->settings);
  G_OBJECT_CLASS (ahoy_config_object_parent_class)->finalize (object);
}

static void
ahoy_config_object_class_init (AhoyConfigObjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = ahoy_config_object_set_property;
  object_class->get_property = ahoy_config_object_get_property;
  object_class->finalize = ahoy_config_object_finalize;

  /**
   * AhoyConfigObject:name:
   *
   * The name of the object; empty where there is only one of the type.
   *
   * Since: 0.1
   */
  props[PROP_NAME] = g_param_spec_string (
      "name", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * AhoyConfigObject:file:
   *
   * The file that the object stands in; %NULL when it came from elsewhere.
   *
   * Since: 0.1
   */
  props[PROP_FILE]
      = g_param_spec_string ("file", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * AhoyConfigObject:line:
   *
   * The line of the object's head in its file, from 1; 0 when it came from elsewhere.
   *
   * Since: 0.1
   */
  props[PROP_LINE] = g_param_spec_uint ("line", NULL, NULL, 0, G_MAXUINT, 0,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_config_object_init (AhoyConfigObject *self)
{
  get_private (self)->settings = g_hash_table_new_full (NULL, NULL, NULL, setting_free);
}

/* -- identity and origin -------------------------------------------------------------------- */

/**
 * ahoy_config_object_get_type_name:
 * @self: an object of the configuration
 *
 * Returns: (transfer none): the type, such as `endpoint`
 *
 * Since: 0.1
 */
const char *
ahoy_config_object_get_type_name (AhoyConfigObject *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  return AHOY_CONFIG_OBJECT_GET_CLASS (self)->type_name;
}

/**
 * ahoy_config_object_get_name:
 * @self: an object of the configuration
 *
 * Returns: (transfer none): the name; empty where there is only one object of the type
 *
 * Since: 0.1
 */
const char *
ahoy_config_object_get_name (AhoyConfigObject *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  return get_private (self)->name;
}

/**
 * ahoy_config_object_dup_label:
 * @self: an object of the configuration
 *
 * Returns: (transfer full): type and name, for messages to people, such as `endpoint bob`
 *
 * Since: 0.1
 */
char *
ahoy_config_object_dup_label (AhoyConfigObject *self)
{
  const char *name = ahoy_config_object_get_name (self);

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  return *name != '\0' ? g_strdup_printf ("%s %s", ahoy_config_object_get_type_name (self), name)
                       : g_strdup (ahoy_config_object_get_type_name (self));
}

/**
 * ahoy_config_object_get_file:
 * @self: an object of the configuration
 *
 * Returns: (transfer none) (nullable): the file that it stands in; %NULL when it came from
 *   elsewhere
 *
 * Since: 0.1
 */
const char *
ahoy_config_object_get_file (AhoyConfigObject *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  return get_private (self)->file;
}

/**
 * ahoy_config_object_get_line:
 * @self: an object of the configuration
 *
 * Returns: the line of its head, from 1; 0 when it came from elsewhere
 *
 * Since: 0.1
 */
guint
ahoy_config_object_get_line (AhoyConfigObject *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), 0);

  return get_private (self)->line;
}

/**
 * ahoy_config_object_set_origin:
 * @self: an object of the configuration that is not sealed
 * @file: (nullable): the file that it stands in
 * @line: the line of its head, from 1
 *
 * Says where the object stands, for messages about it.
 *
 * Since: 0.1
 */
void
ahoy_config_object_set_origin (AhoyConfigObject *self, const char *file, guint line)
{
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (self) && !get_private (self)->sealed);

  get_private (self)->file = g_intern_string (file);
  get_private (self)->line = line;
}

static GParamSpec *
find_key (AhoyConfigObject *self, const char *key)
{
  return ahoy_config_object_class_find_key (AHOY_CONFIG_OBJECT_GET_CLASS (self), key);
}

/**
 * ahoy_config_object_get_key_origin:
 * @self: an object of the configuration
 * @key: the name of a key
 * @file: (out) (transfer none) (nullable): the file that the key stands in, which may be that of a
 *   template
 * @line: (out): its line, from 1
 *
 * Returns: %TRUE when the key was set in a file
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_get_key_origin (AhoyConfigObject *self, const char *key, const char **file,
                                   guint *line)
{
  GParamSpec *pspec;
  Setting *setting;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self) && key != NULL, FALSE);

  pspec = find_key (self, key);
  setting = pspec != NULL ? g_hash_table_lookup (get_private (self)->settings, pspec) : NULL;
  if (file != NULL)
    *file = setting != NULL ? setting->file : NULL;
  if (line != NULL)
    *line = setting != NULL ? setting->line : 0;
  return setting != NULL && setting->file != NULL;
}

/**
 * ahoy_config_object_set_key_origin:
 * @self: an object of the configuration that is not sealed
 * @key: the name of a key that was set
 * @file: (nullable): the file that the key stands in
 * @line: its line, from 1
 *
 * Says where a key stands, for messages about it.
 *
 * Since: 0.1
 */
void
ahoy_config_object_set_key_origin (AhoyConfigObject *self, const char *key, const char *file,
                                   guint line)
{
  GParamSpec *pspec;
  Setting *setting;

  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (self) && !get_private (self)->sealed && key != NULL);

  pspec = find_key (self, key);
  setting = pspec != NULL ? g_hash_table_lookup (get_private (self)->settings, pspec) : NULL;
  g_return_if_fail (setting != NULL);

  setting->file = g_intern_string (file);
  setting->line = line;
}

/* -- text ----------------------------------------------------------------------------------- */

/* What `password-file=`, `-credential=` or `-secret=` names, as the text of `password=`. */
static char *
read_secret (GParamSpec *key, const char *name, const char *text, const char *folder,
             GError **error)
{
  g_autofree char *where = ahoy_config_text_unescape (text, error);
  const char *source = name + strlen (ahoy_config_key_get_name (key));
  char *secret;
  char *escaped;

  if (where == NULL)
    return NULL;
  if (strcmp (source, AHOY_CONFIG_SECRET_FILE) == 0)
    secret = ahoy_config_secret_read_file (where, folder, error);
  else if (strcmp (source, AHOY_CONFIG_SECRET_SERVICE) == 0)
    secret = ahoy_config_secret_read_service (where, error);
  else
    secret = ahoy_config_secret_read_credential (where, error);
  if (secret == NULL)
    return NULL;

  escaped = ahoy_config_text_escape (secret);
  ahoy_config_secret_free (secret);
  return escaped;
}

static gboolean
take_value (AhoyConfigObject *self, GParamSpec *key, const char *name, const char *text,
            const char *secret, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  Setting *setting;

  if (!ahoy_config_value_parse (key, secret != NULL ? secret : text, &value, error))
    return FALSE;

  g_object_set_property (G_OBJECT (self), g_param_spec_get_name (key), &value);
  setting = g_hash_table_lookup (get_private (self)->settings, key);
  if (secret != NULL && setting != NULL) {
    setting->source_key = g_strdup (name);
    setting->source_text = g_strdup (text);
  }
  return TRUE;
}

static gboolean
refuse_key (AhoyConfigObject *self, const char *name, GError **error)
{
  AhoyConfigObjectClass *klass = AHOY_CONFIG_OBJECT_GET_CLASS (self);
  g_auto (GStrv) names = ahoy_config_object_class_list_names (klass);
  g_autofree char *suggestion = ahoy_config_suggest (name, (const char *const *)names);

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "an object of type %s has no such key%s",
               klass->type_name,
               *suggestion != '\0' ? suggestion : "; remove it, or look at the sample");
  return FALSE;
}

static void
copy_setting (Setting *from, Setting *to, const char *source_key)
{
  g_value_init (&to->value, G_VALUE_TYPE (&from->value));
  g_value_copy (&from->value, &to->value);
  to->source_key = g_strdup (source_key);
  to->source_text = g_strdup (from->source_text);
  to->file = from->file;
  to->line = from->line;
}

/* Gives @key to another object as @to_key, with its source, which is not read again. FALSE where
 * @key is no secret or was not set. */
gboolean
ahoy_config_object_copy_secret (AhoyConfigObject *self, const char *key, AhoyConfigObject *to,
                                const char *to_key)
{
  GParamSpec *from = find_key (self, key);
  GParamSpec *into = find_key (to, to_key);
  Setting *setting = from != NULL ? g_hash_table_lookup (get_private (self)->settings, from) : NULL;
  g_autofree char *source = NULL;

  if (setting == NULL || into == NULL || !ahoy_config_key_is_secret (from)
      || !ahoy_config_key_is_secret (into))
    return FALSE;
  if (setting->source_key != NULL)
    source = g_strconcat (to_key, setting->source_key + strlen (key), NULL);
  copy_setting (setting, renew_setting (to, into), source);
  return TRUE;
}

gboolean
ahoy_config_object_take_text (AhoyConfigObject *self, const char *key, const char *text,
                              const char *folder, GError **error)
{
  GParamSpec *pspec
      = ahoy_config_object_class_resolve_key (AHOY_CONFIG_OBJECT_GET_CLASS (self), key);
  char *secret = NULL;
  gboolean done;

  if (pspec == NULL)
    return refuse_key (self, key, error);
  if (strcmp (ahoy_config_key_get_name (pspec), key) == 0)
    return take_value (self, pspec, key, text, NULL, error);

  secret = read_secret (pspec, key, text, folder, error);
  done = secret != NULL && take_value (self, pspec, key, text, secret, error);
  ahoy_config_secret_free (secret);
  return done;
}

/**
 * ahoy_config_object_set_text:
 * @self: an object of the configuration
 * @key: the name of a key; for a secret also that of its source, such as `password-file`
 * @text: the value as it would stand in a file, with its escapes
 * @error: return location for an error: %AHOY_ERROR_NOT_FOUND for an unknown key,
 *   %AHOY_ERROR_INVALID_ARGUMENTS for a value that the key cannot have,
 *   %AHOY_ERROR_INVALID_STATE for a sealed object
 *
 * Sets a key. After an error the object is as it was. The source of a secret is read at once, which
 * waits for a disk, or for the Secret Service of the session up to some seconds.
 *
 * Returns: %TRUE when the key was set
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_set_text (AhoyConfigObject *self, const char *key, const char *text,
                             GError **error)
{
  g_autofree char *label = NULL;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self) && key != NULL && text != NULL, FALSE);

  label = ahoy_config_object_dup_label (self);
  if (get_private (self)->sealed) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "%s cannot change any more; change a copy of it", label);
    return FALSE;
  }
  if (ahoy_config_object_take_text (self, key, text, NULL, error))
    return TRUE;

  g_prefix_error (error, "%s: %s: ", label, key);
  return FALSE;
}

/**
 * ahoy_config_object_dup_text:
 * @self: an object of the configuration
 * @key: the name of a key
 *
 * Returns: (transfer full) (nullable): the value as it may stand in a file, in its canonical form;
 *   %NULL for an unknown key and for secrets, which are never shown again
 *
 * Since: 0.1
 */
char *
ahoy_config_object_dup_text (AhoyConfigObject *self, const char *key)
{
  GParamSpec *pspec;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self) && key != NULL, NULL);

  pspec = find_key (self, key);
  if (pspec == NULL || ahoy_config_key_is_secret (pspec))
    return NULL;
  return ahoy_config_value_to_text (pspec, peek_value (self, pspec));
}

/* Each request asks for the same few keys again and again, and always by the same literals; GObject
 * looks in a table of all properties, under locks. Classes of the configuration stay for ever. */
typedef struct {
  const AhoyConfigObjectClass *klass;
  const char *name;
  GParamSpec *key;
  const AhoyConfigKeyInfo *info;
  const GValue *fallback;
} KnownKey;

#define N_KNOWN_KEYS 256

static const KnownKey *
find_known_key (AhoyConfigObject *self, const char *name)
{
  static _Thread_local KnownKey known[N_KNOWN_KEYS];
  AhoyConfigObjectClass *klass = AHOY_CONFIG_OBJECT_GET_CLASS (self);
  gsize hash = (gsize) name ^ ((gsize) klass >> 4);
  KnownKey *slot = &known[(hash ^ (hash >> 8)) % N_KNOWN_KEYS];

  /* The text is compared too: another one may stand at the same place by now. */
  if (slot->klass != klass || slot->name != name || strcmp (slot->info->name, name) != 0) {
    GParamSpec *key = ahoy_config_object_class_find_key (klass, name);

    if (key == NULL)
      return NULL;
    *slot = (KnownKey){ klass, name, key, ahoy_config_key_peek (key),
                        ahoy_config_key_peek_default (key) };
  }
  return slot;
}

/* Returns NULL, after a warning to the programmer, for an unknown key. */
const GValue *
ahoy_config_object_peek_known (AhoyConfigObject *self, const char *key,
                               const AhoyConfigKeyInfo **info)
{
  const KnownKey *known;
  Setting *setting;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self) && key != NULL, NULL);

  known = find_known_key (self, key);
  g_return_val_if_fail (known != NULL, NULL);

  *info = known->info;
  setting = g_hash_table_lookup (get_private (self)->settings, known->key);
  return setting != NULL ? &setting->value : known->fallback;
}

/* Returns NULL, after a warning to the programmer, for an unknown key or one of another kind. */
const GValue *
ahoy_config_object_peek_value (AhoyConfigObject *self, const char *key, AhoyConfigKind kind)
{
  const AhoyConfigKeyInfo *info;
  const GValue *value = ahoy_config_object_peek_known (self, key, &info);

  g_return_val_if_fail (value != NULL && info->kind == kind, NULL);

  return value;
}

char *
ahoy_config_object_dup_stored_text (AhoyConfigObject *self, GParamSpec *key, char **stored_key)
{
  Setting *setting = g_hash_table_lookup (get_private (self)->settings, key);

  if (setting == NULL)
    return NULL;
  if (setting->source_key != NULL) {
    *stored_key = g_strdup (setting->source_key);
    return g_strdup (setting->source_text);
  }
  *stored_key = g_strdup (ahoy_config_key_get_name (key));
  return ahoy_config_value_to_text (key, &setting->value);
}

/**
 * ahoy_config_object_to_variant:
 * @self: an object of the configuration
 *
 * Returns: (transfer full): all keys with the texts of their values, of type `a{ss}`; secrets are
 *   left out
 *
 * Since: 0.1
 */
GVariant *
ahoy_config_object_to_variant (AhoyConfigObject *self)
{
  g_autoptr (GPtrArray) keys = NULL;
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  keys = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (self));
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < keys->len; i++) {
    const char *name = ahoy_config_key_get_name (keys->pdata[i]);
    g_autofree char *text = ahoy_config_object_dup_text (self, name);

    if (text != NULL)
      g_variant_builder_add (&builder, "{ss}", name, text);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * ahoy_config_object_is_set:
 * @self: an object of the configuration
 * @key: the name of a key
 *
 * Returns: %TRUE when the key was set, be it to its default; %FALSE when it has its default because
 *   nobody set it
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_is_set (AhoyConfigObject *self, const char *key)
{
  GParamSpec *pspec;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self) && key != NULL, FALSE);

  pspec = find_key (self, key);
  return pspec != NULL && g_hash_table_contains (get_private (self)->settings, pspec);
}

/**
 * ahoy_config_object_unset:
 * @self: an object of the configuration that is not sealed
 * @key: the name of a key
 *
 * Gives the key its default again, as if nobody had set it.
 *
 * Since: 0.1
 */
void
ahoy_config_object_unset (AhoyConfigObject *self, const char *key)
{
  GParamSpec *pspec;

  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (self) && !get_private (self)->sealed && key != NULL);

  pspec = find_key (self, key);
  if (pspec != NULL && g_hash_table_remove (get_private (self)->settings, pspec))
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/**
 * ahoy_config_object_validate:
 * @self: an object of the configuration
 * @error: return location for an error of %AHOY_ERROR_CONFIGURATION_INVALID
 *
 * Judges the object as a whole: keys that need each other or exclude each other.
 *
 * Returns: %TRUE when the object can be used
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_validate (AhoyConfigObject *self, GError **error)
{
  AhoyConfigObjectClass *klass;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), FALSE);

  klass = AHOY_CONFIG_OBJECT_GET_CLASS (self);
  return klass->validate == NULL || klass->validate (self, error);
}

/**
 * ahoy_config_object_seal:
 * @self: an object of the configuration
 *
 * Makes the object immutable; what comes out of a reader or a store is.
 *
 * Since: 0.1
 */
void
ahoy_config_object_seal (AhoyConfigObject *self)
{
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (self));

  get_private (self)->sealed = TRUE;
}

/**
 * ahoy_config_object_is_sealed:
 * @self: an object of the configuration
 *
 * Returns: %TRUE when the object cannot change any more
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_is_sealed (AhoyConfigObject *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), TRUE);

  return get_private (self)->sealed;
}

/**
 * ahoy_config_object_get_revision:
 * @self: an object of the configuration
 *
 * Returns: the revision in the store that it comes from; 0 when it comes from none. A later change
 * of the object has a larger one.
 *
 * Since: 0.1
 */
guint64
ahoy_config_object_get_revision (AhoyConfigObject *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), 0);

  return get_private (self)->revision;
}

/**
 * ahoy_config_object_set_revision:
 * @self: an object of the configuration that is not sealed
 * @revision: the revision
 *
 * For backends of stores.
 *
 * Since: 0.1
 */
void
ahoy_config_object_set_revision (AhoyConfigObject *self, guint64 revision)
{
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (self) && !get_private (self)->sealed);

  get_private (self)->revision = revision;
}

/* -- copies and differences ----------------------------------------------------------------- */

/**
 * ahoy_config_object_copy:
 * @self: an object of the configuration
 *
 * Returns: (transfer full): an object that is equal, knows its origin and can be changed
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_config_object_copy (AhoyConfigObject *self)
{
  AhoyConfigObject *copy;
  GHashTableIter iter;
  gpointer key, value;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);

  copy = g_object_new (G_OBJECT_TYPE (self), "name", get_private (self)->name, NULL);
  get_private (copy)->file = get_private (self)->file;
  get_private (copy)->line = get_private (self)->line;
  get_private (copy)->revision = get_private (self)->revision;
  g_hash_table_iter_init (&iter, get_private (self)->settings);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    Setting *from = value;

    copy_setting (from, renew_setting (copy, key), from->source_key);
  }
  return copy;
}

static gboolean
same_value (AhoyConfigObject *self, AhoyConfigObject *other, GParamSpec *key)
{
  g_autofree char *text = ahoy_config_value_to_text (key, peek_value (self, key));
  g_autofree char *other_text = ahoy_config_value_to_text (key, peek_value (other, key));

  return strcmp (text, other_text) == 0;
}

/**
 * ahoy_config_object_list_changes:
 * @self: an object of the configuration
 * @other: another one of the same type
 *
 * Returns: (transfer full): the names of the keys whose values differ, secrets too, in the order of
 *   the schema
 *
 * Since: 0.1
 */
char **
ahoy_config_object_list_changes (AhoyConfigObject *self, AhoyConfigObject *other)
{
  g_autoptr (GStrvBuilder) changes = g_strv_builder_new ();
  g_autoptr (GPtrArray) keys = NULL;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), NULL);
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (other), NULL);
  g_return_val_if_fail (G_OBJECT_TYPE (self) == G_OBJECT_TYPE (other), NULL);

  keys = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (self));
  for (guint i = 0; i < keys->len; i++) {
    if (!same_value (self, other, keys->pdata[i]))
      g_strv_builder_add (changes, ahoy_config_key_get_name (keys->pdata[i]));
  }
  return g_strv_builder_end (changes);
}

/**
 * ahoy_config_object_equal:
 * @self: an object of the configuration
 * @other: another one
 *
 * Where they stand, and whether a value was set or is the default, makes no difference.
 *
 * Returns: %TRUE when both have the same type, name and values
 *
 * Since: 0.1
 */
gboolean
ahoy_config_object_equal (AhoyConfigObject *self, AhoyConfigObject *other)
{
  g_auto (GStrv) changes = NULL;

  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (self), FALSE);
  g_return_val_if_fail (AHOY_IS_CONFIG_OBJECT (other), FALSE);

  if (G_OBJECT_TYPE (self) != G_OBJECT_TYPE (other)
      || strcmp (get_private (self)->name, get_private (other)->name) != 0)
    return FALSE;

  changes = ahoy_config_object_list_changes (self, other);
  return changes[0] == NULL;
}
