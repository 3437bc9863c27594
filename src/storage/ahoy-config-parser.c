/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-config-parser-private.h"

#include <string.h>

/* Takes a file of the configuration apart: groups, keys and values, without knowing any of them.
 * The lexical rules are those of a GKeyFile, but that white space at the end of a line counts as
 * little as at its begin, that a group's head may name templates, and that control characters are
 * refused. A line that cannot be used breaks its group, so that nothing is made of half a group. */

#define MAX_LINE 65536
#define MAX_NAME 128
#define MAX_ENTRIES 500
#define MAX_FAULTS                                                                                 \
  20 /* in one group; whoever gave us something that is no configuration knows then */

typedef struct {
  const char *file;
  guint line;
  AhoyConfigDocument *document;
  AhoyConfigSection *section; /* where keys go; NULL before the first group */
  gboolean skipping;          /* the rest of the group is of no use */
  guint n_faults;             /* in the group */
} Parser;

static void
entry_free (gpointer data)
{
  AhoyConfigEntry *entry = data;

  if (entry->text != NULL)
    explicit_bzero (entry->text, strlen (entry->text));
  g_free (entry->key);
  g_free (entry->text);
  g_free (entry);
}

void
ahoy_config_section_free (AhoyConfigSection *section)
{
  g_free (section->type);
  g_free (section->name);
  g_strfreev (section->templates);
  g_ptr_array_unref (section->entries);
  g_free (section);
}

void
ahoy_config_document_free (AhoyConfigDocument *self)
{
  g_clear_pointer (&self->sections, g_ptr_array_unref);
  g_ptr_array_unref (self->includes);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

/* What people call the group in messages. */
char *
ahoy_config_section_dup_label (AhoyConfigSection *section)
{
  if (section->is_defaults)
    return g_strdup_printf ("defaults %s", section->type);
  if (section->is_template)
    return g_strdup_printf ("template %s %s", section->type, section->name);
  if (*section->name == '\0')
    return g_strdup (section->type);
  return g_strdup_printf ("%s %s", section->type, section->name);
}

static void
complain (Parser *parser, const char *key, const char *message)
{
  g_autofree char *label = NULL;

  if (parser->section != NULL) {
    label = ahoy_config_section_dup_label (parser->section);
    parser->section->broken = TRUE;
  }
  if (++parser->n_faults > MAX_FAULTS) {
    message = "the group has many faults; the rest of it is not looked at";
    key = NULL;
    parser->skipping = TRUE;
  }
  if (parser->document->problems->len < AHOY_CONFIG_MAX_PROBLEMS)
    g_ptr_array_add (parser->document->problems,
                     ahoy_config_problem_new (AHOY_CONFIG_SEVERITY_ERROR, parser->file,
                                              parser->line, label, key, message));
}

/* -- heads of groups ------------------------------------------------------------------------ */

static gboolean
is_word (const char *text)
{
  return *text != '\0' && text[strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static gboolean
is_name (const char *text)
{
  return *text != '\0' && strlen (text) <= MAX_NAME && strpbrk (text, " \t[](),;=#!\"\\") == NULL;
}

/* Reads “(!)”, “(one, two)” or “(!, one)” behind a head. */
static gboolean
parse_templates (AhoyConfigSection *section, const char *text)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *inner = NULL;
  g_auto (GStrv) parts = NULL;
  gsize length = strlen (text);

  if (length < 2 || *text != '(' || text[length - 1] != ')')
    return FALSE;

  inner = g_strndup (text + 1, length - 2);
  parts = g_strsplit (inner, ",", -1);
  for (gsize i = 0; parts[i] != NULL; i++) {
    g_strstrip (parts[i]);
    if (strcmp (parts[i], "!") == 0 && i == 0)
      section->is_template = TRUE;
    else if (is_name (parts[i]))
      g_strv_builder_add (names, parts[i]);
    else
      return FALSE;
  }
  section->templates = g_strv_builder_end (names);
  return parts[0] != NULL;
}

static gboolean
parse_type_and_name (AhoyConfigSection *section, char *inner)
{
  g_auto (GStrv) words = NULL;

  g_strstrip (inner);
  words = g_strsplit_set (inner, " \t", 2);
  if (words[0] == NULL || !is_word (words[0]))
    return FALSE;
  if (words[1] != NULL)
    g_strstrip (words[1]);
  if (words[1] != NULL && !is_name (words[1]))
    return FALSE;

  section->is_defaults = strcmp (words[0], "defaults") == 0;
  if (section->is_defaults) {
    section->type = g_strdup (words[1] != NULL ? words[1] : "");
    section->name = g_strdup ("");
    return words[1] != NULL && is_word (words[1]);
  }
  section->type = g_strdup (words[0]);
  section->name = g_strdup (words[1] != NULL ? words[1] : "");
  return TRUE;
}

static AhoyConfigSection *
section_new (Parser *parser)
{
  AhoyConfigSection *section = g_new0 (AhoyConfigSection, 1);

  section->file = parser->file;
  section->line = parser->line;
  section->entries = g_ptr_array_new_with_free_func (entry_free);
  return section;
}

static gboolean
fill_section (AhoyConfigSection *section, const char *line)
{
  const char *end = strchr (line, ']');
  g_autofree char *inner = NULL;
  g_autofree char *rest = NULL;

  if (end == NULL)
    return FALSE;
  inner = g_strndup (line + 1, end - line - 1);
  rest = g_strstrip (g_strdup (end + 1));
  if (!parse_type_and_name (section, inner))
    return FALSE;
  return *rest == '\0' || (!section->is_defaults && parse_templates (section, rest));
}

static void
parse_head (Parser *parser, const char *line)
{
  AhoyConfigSection *section = section_new (parser);

  parser->section = NULL;
  parser->n_faults = 0;
  parser->skipping = !fill_section (section, line);
  if (parser->skipping) {
    ahoy_config_section_free (section);
    complain (parser, NULL,
              "the head of a group cannot be read; write [type name], [type name](!), "
              "[type name](template) or [defaults type], with no space or bracket in the name");
    return;
  }
  g_ptr_array_add (parser->document->sections, section);
  parser->section = section;
}

/* -- keys ----------------------------------------------------------------------------------- */

static AhoyConfigEntry *
find_entry (AhoyConfigSection *section, const char *key)
{
  for (guint i = 0; i < section->entries->len; i++) {
    AhoyConfigEntry *entry = section->entries->pdata[i];

    if (strcmp (entry->key, key) == 0)
      return entry;
  }
  return NULL;
}

static AhoyConfigEntry *
entry_new (Parser *parser, const char *key, const char *text)
{
  AhoyConfigEntry *entry = g_new0 (AhoyConfigEntry, 1);

  entry->key = g_strdup (key);
  entry->text = g_strdup (text);
  entry->line = parser->line;
  return entry;
}

static void
add_entry (Parser *parser, const char *key, const char *text)
{
  AhoyConfigEntry *twin = find_entry (parser->section, key);
  g_autofree char *message = NULL;

  if (twin != NULL) {
    message = g_strdup_printf ("the key stands twice, first in line %u; remove one", twin->line);
    complain (parser, key, message);
  } else if (parser->section->entries->len >= MAX_ENTRIES) {
    complain (parser, key, "the group has more than 500 keys; split it");
  } else {
    g_ptr_array_add (parser->section->entries, entry_new (parser, key, text));
  }
}

static void
add_top_entry (Parser *parser, const char *key, const char *text)
{
  if (strcmp (key, "include") == 0)
    g_ptr_array_add (parser->document->includes, entry_new (parser, key, text));
  else
    complain (parser, key,
              "a key stands before the first group; only include= may; write a head such as "
              "[core] above it");
}

static void
parse_entry (Parser *parser, char *line)
{
  char *equals = strchr (line, '=');
  g_autofree char *key = NULL;
  g_autofree char *text = NULL;

  if (equals == NULL) {
    complain (parser, NULL, "the line is neither a group, a key=value nor a # comment; remove it");
    return;
  }
  key = g_strstrip (g_strndup (line, equals - line));
  text = g_strstrip (g_strdup (equals + 1));
  if (!is_word (key) || strlen (key) > MAX_NAME)
    complain (parser, NULL,
              "what stands before = is no key; write small letters, digits and - only");
  else if (parser->section != NULL)
    add_entry (parser, key, text);
  else
    add_top_entry (parser, key, text);
  explicit_bzero (text, strlen (text));
}

/* -- lines ---------------------------------------------------------------------------------- */

static const char *
find_fault (const char *line, gsize length)
{
  if (length > MAX_LINE)
    return "the line is longer than 65536 bytes; shorten it";
  if (memchr (line, '\0', length) != NULL)
    return "the line has a NUL byte; remove it";
  if (!g_utf8_validate (line, length, NULL))
    return "the line is not valid UTF-8; save the file as UTF-8";
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_iscntrl (line[i]) && line[i] != '\t')
      return "the line has a control character; remove it";
  }
  return NULL;
}

static void
parse_line (Parser *parser, const char *start, gsize length)
{
  const char *fault = find_fault (start, length);
  g_autofree char *line = NULL;

  if (fault != NULL) {
    if (!parser->skipping)
      complain (parser, NULL, fault);
    return;
  }
  line = g_strstrip (g_strndup (start, length));
  if (*line == '[')
    parse_head (parser, line);
  else if (*line != '\0' && *line != '#' && !parser->skipping)
    parse_entry (parser, line);
  explicit_bzero (line, strlen (line));
}

/* Returns (transfer full): what stands in @text; never NULL. */
AhoyConfigDocument *
ahoy_config_document_parse (const char *file, const char *text, gsize length)
{
  AhoyConfigDocument *document = g_new0 (AhoyConfigDocument, 1);
  Parser parser = { .file = g_intern_string (file), .document = document };
  const char *end = text + length;

  document->sections = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_section_free);
  document->includes = g_ptr_array_new_with_free_func (entry_free);
  document->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_config_problem_unref);
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    text += 3; /* a byte order mark, as some editors write it */

  while (text < end) {
    const char *line_end = memchr (text, '\n', end - text);
    gsize line_length = (line_end != NULL ? line_end : end) - text;

    parser.line++;
    if (line_length > 0 && text[line_length - 1] == '\r')
      parse_line (&parser, text, line_length - 1);
    else
      parse_line (&parser, text, line_length);
    text = line_end != NULL ? line_end + 1 : end;
  }
  return document;
}
