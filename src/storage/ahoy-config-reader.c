/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-reader-private.h"

#include <stdlib.h>
#include <string.h>

#include "ahoy-config-file-private.h"
#include "ahoy-config-value-private.h"

/**
 * AhoyConfigReader:
 *
 * Reads files of the configuration and makes objects of them. It reads all of it before it says
 * what is wrong, each with file, line, object, key and a remedy; an object with an error is left
 * out, and the others are not hurt.
 *
 * A file has the lexical rules of a #GKeyFile. A group `[type name]` is an object. `[type name](!)`
 * is a template; `[type name](one, two)` takes their keys first, and a template may use others.
 * `[defaults type]` holds for all objects of a type. `include=FILE` at the top reads another file
 * first; relative names begin in the folder of the file.
 *
 * Since: 0.1
 */

#define MAX_FILE_SIZE (4 * 1024 * 1024)
#define MAX_TOTAL_SIZE (64 * 1024 * 1024)
#define MAX_FILES 1000
#define MAX_DEPTH 16
#define MAIN_FILE "ahoy.conf"
#define FOLDER "conf.d"
#define SUFFIX ".conf"

G_DEFINE_FINAL_TYPE (AhoyConfigReader, ahoy_config_reader, G_TYPE_OBJECT)

static void
ahoy_config_reader_finalize (GObject *object)
{
  AhoyConfigReader *self = AHOY_CONFIG_READER (object);

  g_clear_object (&self->schema);
  g_hash_table_unref (self->templates);
  g_hash_table_unref (self->defaults);
  g_ptr_array_unref (self->sections);
  g_ptr_array_unref (self->problems);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->open_files);
  g_hash_table_unref (self->seen);
  G_OBJECT_CLASS (ahoy_config_reader_parent_class)->finalize (object);
}

static void
ahoy_config_reader_class_init (AhoyConfigReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_config_reader_finalize;
}

static void
ahoy_config_reader_init (AhoyConfigReader *self)
{
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_section_free);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  self->files = g_ptr_array_new_with_free_func (g_free);
  self->open_files = g_ptr_array_new_with_free_func (g_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->templates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->defaults = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * ahoy_config_reader_new:
 * @schema: (transfer none): the types of objects that there are
 *
 * Returns: (transfer full): a reader, for one reading
 *
 * Since: 0.1
 */
AhoyConfigReader *
ahoy_config_reader_new (AhoyConfigSchema *schema)
{
  AhoyConfigReader *self;

  g_return_val_if_fail (AHOY_IS_CONFIG_SCHEMA (schema), NULL);

  self = g_object_new (AHOY_TYPE_CONFIG_READER, NULL);
  self->schema = g_object_ref (schema);
  return self;
}

void
ahoy_config_reader_take_problem (AhoyConfigReader *self, AhoyConfigProblem *problem)
{
  if (ahoy_config_problem_get_severity (problem) == AHOY_CONFIG_SEVERITY_ERROR)
    self->n_errors++;
  if (self->problems->len < AHOY_CONFIG_MAX_PROBLEMS)
    g_ptr_array_add (self->problems, problem);
  else
    ahoy_config_problem_unref (problem);
}

void
ahoy_config_reader_complain (AhoyConfigReader *self, AhoyConfigSeverity severity, const char *file,
                             guint line, const char *object, const char *key, const char *message)
{
  ahoy_config_reader_take_problem (
      self, ahoy_config_problem_new (severity, file, line, object, key, message));
}

void
ahoy_config_reader_complain_of (AhoyConfigReader *self, AhoyConfigSection *section, guint line,
                                const char *key, const char *message)
{
  g_autofree char *label = ahoy_config_section_dup_label (section);

  section->broken = TRUE;
  ahoy_config_reader_complain (self, AHOY_CONFIG_SEVERITY_ERROR, section->file, line, label, key,
                               message);
}

/* -- files ---------------------------------------------------------------------------------- */

static void
take_document (AhoyConfigReader *self, AhoyConfigDocument *document)
{
  for (guint i = 0; i < document->problems->len; i++)
    ahoy_config_reader_take_problem (self, ahoy_config_problem_ref (document->problems->pdata[i]));
  g_ptr_array_extend_and_steal (self->sections, g_steal_pointer (&document->sections));
}

/* Where an include was, for messages about the file that it names. */
typedef struct {
  const char *file;
  guint line;
} Place;

static gboolean
refuse_file (AhoyConfigReader *self, const Place *place, const char *message)
{
  ahoy_config_reader_complain (self, AHOY_CONFIG_SEVERITY_ERROR, place->file, place->line, NULL,
                               place->line > 0 ? "include" : NULL, message);
  return FALSE;
}

static gboolean
may_open (AhoyConfigReader *self, const char *path, const char *real_path, const Place *place)
{
  g_autofree char *message = NULL;

  if (g_ptr_array_find_with_equal_func (self->open_files, real_path, g_str_equal, NULL))
    message = g_strdup_printf ("the file “%s” includes itself; remove one include=", path);
  else if (g_hash_table_contains (self->seen, real_path))
    message = g_strdup_printf ("the file “%s” was read already; remove this include=", path);
  else if (self->open_files->len >= MAX_DEPTH)
    message = g_strdup_printf ("more than %d files include each other; put them into conf.d",
                               MAX_DEPTH);
  else if (self->files->len >= MAX_FILES)
    message = g_strdup_printf ("there are more than %d files; join some", MAX_FILES);
  return message == NULL || refuse_file (self, place, message);
}

static gboolean read_file (AhoyConfigReader *self, const char *path, const Place *place);

static void
read_include (AhoyConfigReader *self, const char *path, AhoyConfigEntry *include)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = ahoy_config_text_unescape (include->text, &error);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *full = NULL;
  Place place = { g_intern_string (path), include->line };

  if (name == NULL || *name == '\0') {
    refuse_file (self, &place, error != NULL ? error->message : "the name of a file is missing");
    return;
  }
  full = g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
  read_file (self, full, &place);
}

/* What the includes at the top of a file hold stands before what the file holds. */
static gboolean
read_file (AhoyConfigReader *self, const char *path, const Place *place)
{
  g_autofree char *resolved = realpath (path, NULL);
  const char *real_path = resolved != NULL ? resolved : path;
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyConfigDocument) document = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GString) reason = NULL;
  gsize length = 0;

  if (!may_open (self, path, real_path, place))
    return FALSE;
  content = ahoy_config_file_read (path, MAX_FILE_SIZE, &length, &error);
  reason = g_string_new (error != NULL ? error->message : "");
  if (content == NULL) {
    if (place->line > 0)
      g_string_append (reason, "; correct the name, or remove this include=");
    return refuse_file (self, place, reason->str);
  }
  self->total += length;
  if (self->total > MAX_TOTAL_SIZE)
    return refuse_file (self, place, "the configuration is larger than 64 MiB; make it smaller");

  g_ptr_array_add (self->files, g_strdup (path));
  g_hash_table_add (self->seen, g_strdup (real_path));
  g_ptr_array_add (self->open_files, g_strdup (real_path));
  document = ahoy_config_document_parse (path, content, length);
  explicit_bzero (content, length);
  for (guint i = 0; i < document->includes->len; i++)
    read_include (self, path, document->includes->pdata[i]);
  take_document (self, document);
  g_ptr_array_remove_index (self->open_files, self->open_files->len - 1);
  return TRUE;
}

/**
 * ahoy_config_reader_add_file:
 * @self: a reader that has not read yet
 * @path: the name of a file
 *
 * Adds a file and what it includes. If it cannot be read, that is one of the problems.
 *
 * Returns: %TRUE when the file could be opened
 *
 * Since: 0.1
 */
gboolean
ahoy_config_reader_add_file (AhoyConfigReader *self, const char *path)
{
  Place place = { path, 0 };

  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  return read_file (self, path, &place);
}

/**
 * ahoy_config_reader_add_text:
 * @self: a reader that has not read yet
 * @name: what messages call the text, in the place of a file
 * @text: (array length=length) (element-type guint8): the text of a configuration
 * @length: its length in bytes; -1 when it ends with a NUL
 *
 * Adds a text that is in no file. It cannot include files.
 *
 * Since: 0.1
 */
void
ahoy_config_reader_add_text (AhoyConfigReader *self, const char *name, const char *text,
                             gssize length)
{
  g_autoptr (AhoyConfigDocument) document = NULL;

  g_return_if_fail (AHOY_IS_CONFIG_READER (self));
  g_return_if_fail (name != NULL && text != NULL);

  document = ahoy_config_document_parse (name, text, length < 0 ? strlen (text) : (gsize)length);
  for (guint i = 0; i < document->includes->len; i++) {
    Place place = { name, ((AhoyConfigEntry *)document->includes->pdata[i])->line };

    refuse_file (self, &place, "a text that is in no file cannot include one; remove it");
  }
  take_document (self, document);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The names in conf.d, in the order of their bytes, as run-parts(8) has it. */
static GPtrArray *
list_folder (AhoyConfigReader *self, const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  if (dir == NULL) {
    if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      ahoy_config_reader_complain (self, AHOY_CONFIG_SEVERITY_ERROR, folder, 0, NULL, NULL,
                                   error->message);
    return names;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (*name != '.' && g_str_has_suffix (name, SUFFIX))
      g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/**
 * ahoy_config_reader_add_folder:
 * @self: a reader that has not read yet
 * @folder: a folder, such as `/etc/ahoy`
 *
 * Adds `ahoy.conf` and then all of `conf.d` that ends with `.conf`, in the order of the names, as
 * far as they are there.
 *
 * Returns: how many files there were, without those that they include; 0 means that nobody
 * configured anything, unless there are problems
 *
 * Since: 0.1
 */
guint
ahoy_config_reader_add_folder (AhoyConfigReader *self, const char *folder)
{
  g_autofree char *path = NULL;
  g_autofree char *inner = NULL;
  g_autoptr (GPtrArray) names = NULL;
  guint n_files = 0;

  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), 0);
  g_return_val_if_fail (folder != NULL, 0);

  path = g_build_filename (folder, MAIN_FILE, NULL);
  inner = g_build_filename (folder, FOLDER, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    ahoy_config_reader_add_file (self, path);
    n_files++;
  }
  names = list_folder (self, inner);
  for (guint i = 0; i < names->len; i++, n_files++)
    ahoy_config_reader_add_file (self, names->pdata[i]);
  return n_files;
}

/**
 * ahoy_config_reader_read:
 * @self: a reader
 *
 * Makes objects of what was added.
 *
 * Returns: (transfer full): the objects without errors; all of them are sealed
 *
 * Since: 0.1
 */
AhoyConfigSet *
ahoy_config_reader_read (AhoyConfigReader *self)
{
  AhoyConfigSet *set;

  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), NULL);

  set = ahoy_config_set_new ();
  ahoy_config_reader_make_objects (self, set);
  return set;
}

void
ahoy_config_reader_set_extend (AhoyConfigReader *self, AhoyConfigReaderExtend extend,
                               gpointer user_data)
{
  self->extend = extend;
  self->extend_data = user_data;
}

static guint
place_of (AhoyConfigReader *self, AhoyConfigProblem *problem)
{
  const char *file = ahoy_config_problem_get_file (problem);
  guint index = G_MAXUINT;

  if (file != NULL)
    g_ptr_array_find_with_equal_func (self->files, file, g_str_equal, &index);
  return index;
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer user_data)
{
  AhoyConfigProblem *problem = *(AhoyConfigProblem *const *)a;
  AhoyConfigProblem *other = *(AhoyConfigProblem *const *)b;
  guint place = place_of (user_data, problem);
  guint other_place = place_of (user_data, other);

  if (place != other_place)
    return place < other_place ? -1 : 1;
  return (ahoy_config_problem_get_line (problem) > ahoy_config_problem_get_line (other))
         - (ahoy_config_problem_get_line (problem) < ahoy_config_problem_get_line (other));
}

/**
 * ahoy_config_reader_list_problems:
 * @self: a reader
 *
 * Returns: (transfer container) (element-type AhoyConfigProblem): what is wrong, in the order of
 *   the files and lines; at most 1000
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_config_reader_list_problems (AhoyConfigReader *self)
{
  GPtrArray *list;

  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  for (guint i = 0; i < self->problems->len; i++)
    g_ptr_array_add (list, ahoy_config_problem_ref (self->problems->pdata[i]));
  g_ptr_array_sort_with_data (list, compare_places, self);
  return list;
}

/**
 * ahoy_config_reader_get_n_errors:
 * @self: a reader
 *
 * Returns: how many problems were errors, beyond those that are listed too
 *
 * Since: 0.1
 */
guint
ahoy_config_reader_get_n_errors (AhoyConfigReader *self)
{
  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), 0);

  return self->n_errors;
}

/**
 * ahoy_config_reader_list_files:
 * @self: a reader
 *
 * Returns: (transfer full): the names of the files that were read, included ones too
 *
 * Since: 0.1
 */
char **
ahoy_config_reader_list_files (AhoyConfigReader *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (AHOY_IS_CONFIG_READER (self), NULL);

  for (guint i = 0; i < self->files->len; i++)
    g_strv_builder_add (names, self->files->pdata[i]);
  return g_strv_builder_end (names);
}
