/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sipconf-parser-private.h"

#include <string.h>

#include "ahoy-config-file-private.h"
#include "ahoy-config-parser-private.h"

/* Takes a sip.conf apart, as chan_sip reads it: sections with templates, that are copied where they
 * are named, comments, blocks of comments, and other files in the place where they are included. A
 * line that cannot be read breaks its section, so that nothing is made of half a section. */

#define MAX_SIZE (4 * 1024 * 1024)
#define MAX_TOTAL (16 * 1024 * 1024)
#define MAX_LINE 8192
#define MAX_NAME 128
#define MAX_DEPTH 10
#define MAX_FILES 200
#define MAX_ENTRIES 2000       /* of a section, with those of its templates */
#define MAX_ALL_ENTRIES 400000 /* of all sections */
#define MAX_SECTIONS 100000

typedef struct {
  AhoySipconfDocument *document;
  GHashTable *names;           /* of sections, to the section */
  AhoySipconfSection *section; /* where keys go; NULL before the first one, and after a bad one */
  gboolean skipping;           /* the head of the section was bad; its keys say nothing more */
  const char *file;            /* interned */
  guint line;
  guint comment_depth; /* of blocks of comments */
  guint depth;         /* of files */
  guint n_files;
  gsize total;
  gsize n_entries;
  gboolean full; /* a limit was reached; nothing more is read */
} Parser;

static void
entry_clear (gpointer data)
{
  AhoySipconfEntry *entry = data;

  explicit_bzero (entry->text, strlen (entry->text)); /* it may be a secret */
  g_free (entry->key);
  g_free (entry->text);
}

static void
entry_unref (gpointer data)
{
  g_rc_box_release_full (data, entry_clear);
}

static void
section_free (gpointer data)
{
  AhoySipconfSection *section = data;

  g_ptr_array_unref (section->entries);
  g_free (section->name);
  g_free (section);
}

void
ahoy_sipconf_document_free (AhoySipconfDocument *self)
{
  g_ptr_array_unref (self->sections);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

void
ahoy_sipconf_complain (GPtrArray *problems, AhoyConfigSeverity severity, const char *file,
                       guint line, const char *object, const char *key, const char *message)
{
  g_autoptr (AhoyConfigProblem) problem = NULL;

  if (problems->len > AHOY_CONFIG_MAX_PROBLEMS)
    return;
  if (problems->len == AHOY_CONFIG_MAX_PROBLEMS) {
    severity = AHOY_CONFIG_SEVERITY_WARNING;
    object = key = NULL;
    message = "there is more to say; correct what was said first";
  }
  problem = ahoy_config_problem_new (severity, file, line, object, key, message);
  g_ptr_array_add (problems, g_steal_pointer (&problem));
}

static void
complain (Parser *parser, const char *message)
{
  g_autofree char *label = NULL;

  if (parser->section != NULL) {
    parser->section->broken = TRUE;
    if (strcmp (parser->section->name, "general") != 0)
      label = g_strdup_printf ("endpoint %s", parser->section->name);
  }
  ahoy_sipconf_complain (parser->document->problems, AHOY_CONFIG_SEVERITY_ERROR, parser->file,
                         parser->line, label, NULL, message);
}

static void
reach_limit (Parser *parser, const char *message)
{
  parser->section = NULL; /* what was read of it holds no more than that of the others */
  parser->full = TRUE;
  complain (parser, message);
}

/* -- comments ------------------------------------------------------------------------------- */

/* Copies @line without its comments; \; is a semicolon. */
static char *
strip_comments (Parser *parser, const char *line)
{
  GString *text = g_string_new (NULL);

  for (const char *at = line; *at != '\0'; at++) {
    if (parser->comment_depth > 0 && g_str_has_prefix (at, "--;")) {
      parser->comment_depth--;
      at += 2;
    } else if (g_str_has_prefix (at, ";--") && at[3] != '-') {
      parser->comment_depth++;
      at += 2;
    } else if (parser->comment_depth > 0) {
      continue;
    } else if (at[0] == '\\' && at[1] == ';') {
      g_string_append_c (text, *++at);
    } else if (at[0] == ';') {
      break;
    } else {
      g_string_append_c (text, *at);
    }
  }
  return g_strstrip (g_string_free (text, FALSE));
}

/* -- heads of sections ---------------------------------------------------------------------- */

static gboolean
is_name (const char *text)
{
  return *text != '\0' && strlen (text) <= MAX_NAME && strpbrk (text, " \t[](),;=#!\"\\") == NULL;
}

static gboolean
add_entry (Parser *parser, AhoySipconfSection *section, AhoySipconfEntry *entry)
{
  if (section->entries->len >= MAX_ENTRIES) {
    complain (parser, "the section has more than 2000 keys; it is left out");
    return FALSE;
  }
  if (parser->n_entries >= MAX_ALL_ENTRIES) {
    reach_limit (parser, "there are more than 400000 keys; the rest is not read");
    return FALSE;
  }
  parser->n_entries++;
  g_ptr_array_add (section->entries, g_rc_box_acquire (entry));
  return TRUE;
}

static void
copy_template (Parser *parser, AhoySipconfSection *section, const char *name)
{
  AhoySipconfSection *source = g_hash_table_lookup (parser->names, name);
  g_autofree char *message = NULL;

  if (source == NULL) {
    message = g_strdup_printf ("there is no section [%.128s] above it to copy; write it there, or "
                               "take the name out of the brackets",
                               name);
    complain (parser, message);
    return;
  }
  section->broken = section->broken || source->broken;
  for (guint i = 0; i < source->entries->len; i++) {
    if (!add_entry (parser, section, source->entries->pdata[i]))
      return;
  }
}

static AhoySipconfSection *
begin_section (Parser *parser, const char *name)
{
  AhoySipconfSection *section = g_new0 (AhoySipconfSection, 1);

  section->name = g_strdup (name);
  section->file = parser->file;
  section->line = parser->line;
  section->entries = g_ptr_array_new_with_free_func (entry_unref);
  g_ptr_array_add (parser->document->sections, section);
  g_hash_table_insert (parser->names, section->name, section);
  return section;
}

/* Finds the section that a head names, or makes it. */
static AhoySipconfSection *
enter_section (Parser *parser, const char *name, gboolean is_addition)
{
  AhoySipconfSection *section = g_hash_table_lookup (parser->names, name);
  g_autofree char *message = NULL;

  if (!is_name (name)) {
    complain (parser, "the name in the brackets cannot be that of a section; use at most 128 "
                      "bytes, and no blank and none of [](),;=#!\"\\");
    return NULL;
  }
  if (is_addition && section == NULL) {
    complain (parser, "there is no section of this name above it to add to; remove the (+)");
    return NULL;
  }
  if (!is_addition && section != NULL) {
    message = g_strdup_printf ("the section stands twice, first at %s:%u; write (+) behind the "
                               "second one to add to it, or rename one",
                               section->file, section->line);
    parser->section = section; /* nobody knows which is meant */
    complain (parser, message);
    return NULL;
  }
  if (parser->document->sections->len >= MAX_SECTIONS) {
    reach_limit (parser, "there are more than 100000 sections; the rest is not read");
    return NULL;
  }
  return section != NULL ? section : begin_section (parser, name);
}

/* “[name]”, or “[name](!,template,+)”. */
static void
parse_head (Parser *parser, char *text)
{
  char *end = strchr (text, ']');
  char *inner = end != NULL ? g_strchug (end + 1) : NULL;
  gsize length = inner != NULL ? strlen (inner) : 0;
  g_auto (GStrv) words = NULL;

  parser->section = NULL;
  parser->skipping = TRUE;
  if (end == NULL || (length > 0 && (*inner != '(' || inner[length - 1] != ')'))) {
    complain (parser, "the head of the section cannot be read; write [name], [name](!) or "
                      "[name](template)");
    return;
  }
  *end = '\0';
  if (length > 0)
    inner[length - 1] = '\0';
  words = g_strsplit (length > 0 ? inner + 1 : "", ",", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    g_strstrip (words[i]);
  parser->section = enter_section (parser, g_strstrip (text + 1),
                                   g_strv_contains ((const char *const *)words, "+"));
  parser->skipping = parser->section == NULL;
  for (gsize i = 0; parser->section != NULL && words[i] != NULL; i++) {
    if (strcmp (words[i], "!") == 0)
      parser->section->is_template = TRUE;
    else if (strcmp (words[i], "+") != 0)
      copy_template (parser, parser->section, words[i]);
  }
}

/* -- keys and files ------------------------------------------------------------------------- */

static void
parse_key (Parser *parser, char *text)
{
  char *equals = strchr (text, '=');
  AhoySipconfEntry *entry;

  if (parser->skipping)
    return;
  if (equals == NULL || equals == text) {
    complain (parser, "the line is neither a section nor a key with a value; write key=value, or "
                      "put a ; before it");
    return;
  }
  if (parser->section == NULL) {
    complain (parser, "the key stands before the first section; write [general] above it");
    return;
  }
  *equals = '\0';
  entry = g_rc_box_new0 (AhoySipconfEntry);
  entry->key = g_ascii_strdown (g_strchomp (text), -1);
  entry->text = g_strdup (g_strchug (equals[1] == '>' ? equals + 2 : equals + 1));
  entry->file = parser->file;
  entry->line = parser->line;
  add_entry (parser, parser->section, entry);
  entry_unref (entry);
}

static void read_file (Parser *parser, const char *path);

/* “#include "file"”, “#include <file>” or “#tryinclude file”. */
static void
parse_directive (Parser *parser, char *text)
{
  gboolean is_optional = g_str_has_prefix (text, "#tryinclude");
  gsize length = strcspn (text, " \t\"<");
  g_autofree char *folder = g_path_get_dirname (parser->file);
  g_autofree char *path = NULL;
  char *name = g_strchug (text + length);

  if (g_str_has_prefix (text, "#exec")) {
    complain (parser, "#exec runs a program, which Ahoy does not do; write what the program prints "
                      "to a file, and #include that");
    return;
  }
  if (length != strlen (is_optional ? "#tryinclude" : "#include")
      || (!is_optional && !g_str_has_prefix (text, "#include"))) {
    complain (parser, "the directive is not known; write #include \"file\"");
    return;
  }
  length = strlen (name);
  if (length >= 2 && ((*name == '"' && name[length - 1] == '"')
                      || (*name == '<' && name[length - 1] == '>'))) {
    name[length - 1] = '\0';
    name++;
  }
  if (*name == '\0' || strpbrk (name, "*?[") != NULL) {
    complain (parser, "a pattern or nothing is no file; write an #include for each file");
    return;
  }
  path = g_canonicalize_filename (name, folder);
  if (!is_optional || g_file_test (path, G_FILE_TEST_EXISTS))
    read_file (parser, path);
}

/* What is in a line that belongs into no configuration; NULL for nothing. */
static const char *
find_fault (const char *line, gsize length)
{
  if (length > MAX_LINE)
    return "the line is longer than 8192 bytes; cut it";
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_iscntrl (line[i]) && line[i] != '\t')
      return "the line has a control character in it; take it out";
  }
  if (!g_utf8_validate (line, length, NULL))
    return "the line is not valid UTF-8; save the file as UTF-8";
  return NULL;
}

static void
parse_line (Parser *parser, const char *line, gsize length)
{
  const char *fault;
  g_autofree char *copy = NULL;
  g_autofree char *text = NULL;

  if (length > 0 && line[length - 1] == '\r')
    length--;
  fault = find_fault (line, length);
  if (fault != NULL && parser->comment_depth > 0)
    return;
  if (fault != NULL) {
    complain (parser, fault);
    return;
  }
  copy = g_strndup (line, length);
  text = strip_comments (parser, copy);
  if (*text == '[')
    parse_head (parser, text);
  else if (*text == '#')
    parse_directive (parser, text);
  else if (*text != '\0')
    parse_key (parser, text);
  explicit_bzero (copy, length);
}

static void
parse_text (Parser *parser, const char *text, gsize length)
{
  const char *end = text + length;

  for (const char *at = text; at < end && !parser->full;) {
    const char *stop = memchr (at, '\n', end - at);

    stop = stop != NULL ? stop : end;
    parser->line++;
    parse_line (parser, at, stop - at);
    at = stop + 1;
  }
}

/* A file that cannot be read is nobody's: whoever stood there before stays as he was. */
static void
complain_of_file (Parser *parser, const char *message)
{
  if (parser->section != NULL)
    parser->section->broken = TRUE;
  ahoy_sipconf_complain (parser->document->problems, AHOY_CONFIG_SEVERITY_ERROR, parser->file,
                         parser->line, NULL, NULL, message);
}

static void
read_file (Parser *parser, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char *outer_file = parser->file;
  guint outer_line = parser->line;
  guint outer_comment = parser->comment_depth;
  gsize length = 0;

  if (parser->depth >= MAX_DEPTH || parser->n_files >= MAX_FILES) {
    complain_of_file (parser, "files include each other without end, or there are more than 200; "
                              "take an #include out");
    return;
  }
  text = ahoy_config_file_read (path, MAX_SIZE, &length, &error);
  if (text == NULL) {
    complain_of_file (parser, error->message);
    return;
  }
  if (parser->total + length > MAX_TOTAL) {
    complain_of_file (parser, "the files are longer than 16 MiB together; the rest is not read");
    return;
  }
  parser->total += length;
  parser->n_files++;
  parser->depth++;
  parser->file = g_intern_string (path);
  parser->line = 0;
  parser->comment_depth = 0;
  parse_text (parser, text, length);
  if (parser->comment_depth > 0 && !parser->full)
    complain_of_file (parser, "a comment that begins with ;-- has no end; write --; behind it");
  explicit_bzero (text, length);
  parser->depth--;
  parser->file = outer_file;
  parser->line = outer_line;
  parser->comment_depth = outer_comment;
}

AhoySipconfDocument *
ahoy_sipconf_document_read (const char *path)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  AhoySipconfDocument *document = g_new0 (AhoySipconfDocument, 1);
  Parser parser = { document, names, .file = g_intern_string (path) };

  document->sections = g_ptr_array_new_with_free_func (section_free);
  document->problems
      = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  read_file (&parser, path);
  return document;
}
