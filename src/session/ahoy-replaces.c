/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-replaces-private.h"

#include <string.h>

#include "ahoy-error.h"

#define MAX_LENGTH 1024 /* of a whole value; nobody makes Call-IDs like that */
#define TOKEN_CHARS "-.!%*_+`'~"
#define WORD_CHARS TOKEN_CHARS "()<>:\\\"/[]?{}@" /* RFC 3261 §25.1, word */

struct _AhoyReplaces {
  char *call_id;
  char *to_tag;
  char *from_tag;
  gboolean early_only;
};

G_DEFINE_BOXED_TYPE (AhoyReplaces, ahoy_replaces, ahoy_replaces_ref, ahoy_replaces_unref)

static gboolean
consists_of (const char *text, const char *marks)
{
  if (text == NULL || *text == '\0') {
    return FALSE;
  }
  for (; *text != '\0'; text++) {
    if (!g_ascii_isalnum (*text) && strchr (marks, *text) == NULL) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Sets one of the tags, once; whatever else stands there may be anything. */
static gboolean
read_parameter (AhoyReplaces *self, char *parameter, const char *to_tag, const char *from_tag)
{
  char *value = strchr (parameter, '=');
  char **tag = NULL;

  if (value != NULL) {
    *value++ = '\0';
    g_strstrip (value);
  }
  g_strstrip (parameter);
  if (g_ascii_strcasecmp (parameter, "early-only") == 0) {
    self->early_only = TRUE;
    return value == NULL;
  }
  if (g_ascii_strcasecmp (parameter, to_tag) == 0) {
    tag = &self->to_tag;
  } else if (g_ascii_strcasecmp (parameter, from_tag) == 0) {
    tag = &self->from_tag;
  } else {
    return consists_of (parameter, TOKEN_CHARS);
  }
  if (*tag != NULL || !consists_of (value, TOKEN_CHARS)) {
    return FALSE;
  }
  *tag = g_strdup (value);
  return TRUE;
}

/* Both tags have to be there. */
static AhoyReplaces *
parse (const char *text, const char *to_tag, const char *from_tag)
{
  g_auto (GStrv) parts = g_strsplit (strlen (text) <= MAX_LENGTH ? text : "", ";", 16);
  g_autoptr (AhoyReplaces) self = g_rc_box_new0 (AhoyReplaces);
  gboolean good = parts[0] != NULL && consists_of (g_strstrip (parts[0]), WORD_CHARS);

  for (gsize i = 1; good && parts[i] != NULL; i++) {
    good = read_parameter (self, parts[i], to_tag, from_tag);
  }
  if (!good || self->to_tag == NULL || self->from_tag == NULL) {
    return NULL;
  }
  self->call_id = g_strdup (parts[0]);
  return g_steal_pointer (&self);
}

/* What a Target-Dialog header names (RFC 4538 §7), with its local tag, or (@turned) its remote one,
 * as ours; NULL when it cannot be read. */
AhoyReplaces *
ahoy_replaces_parse_target (const char *text, gboolean turned)
{
  return parse (text, turned ? "remote-tag" : "local-tag", turned ? "local-tag" : "remote-tag");
}

/**
 * ahoy_replaces_parse:
 * @text: the value of a Replaces header, such as `12@host;to-tag=a;from-tag=b`
 * @error: return location for an error
 *
 * Reads what a Replaces header says (RFC 3891 section 6.1). Both tags have to be there.
 *
 * Returns: (transfer full): what it names, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS
 *
 * Since: 0.1
 */
AhoyReplaces *
ahoy_replaces_parse (const char *text, GError **error)
{
  AhoyReplaces *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = parse (text, "to-tag", "from-tag");
  if (self == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%.200s” is no Replaces; write the Call-ID and both tags, as in "
                 "12@host;to-tag=a;from-tag=b",
                 text);
  }
  return self;
}

/**
 * ahoy_replaces_new:
 * @call_id: the Call-ID of the dialog
 * @to_tag: the tag of the one who is asked to replace it
 * @from_tag: the tag of its peer
 * @early_only: whether it is to be replaced only as long as nobody answered
 *
 * Returns: (transfer full): what names the dialog
 *
 * Since: 0.1
 */
AhoyReplaces *
ahoy_replaces_new (const char *call_id, const char *to_tag, const char *from_tag,
                   gboolean early_only)
{
  AhoyReplaces *self;

  g_return_val_if_fail (call_id != NULL && to_tag != NULL && from_tag != NULL, NULL);

  self = g_rc_box_new0 (AhoyReplaces);
  self->call_id = g_strdup (call_id);
  self->to_tag = g_strdup (to_tag);
  self->from_tag = g_strdup (from_tag);
  self->early_only = early_only;
  return self;
}

/**
 * ahoy_replaces_ref:
 * @self: what names a dialog
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyReplaces *
ahoy_replaces_ref (AhoyReplaces *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

static void
replaces_clear (gpointer data)
{
  AhoyReplaces *self = data;

  g_free (self->call_id);
  g_free (self->to_tag);
  g_free (self->from_tag);
}

/**
 * ahoy_replaces_unref:
 * @self: (transfer full): what names a dialog
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
ahoy_replaces_unref (AhoyReplaces *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, replaces_clear);
}

/**
 * ahoy_replaces_get_call_id:
 * @self: what names a dialog
 *
 * Returns: (transfer none): its Call-ID
 *
 * Since: 0.1
 */
const char *
ahoy_replaces_get_call_id (AhoyReplaces *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->call_id;
}

/**
 * ahoy_replaces_get_to_tag:
 * @self: what names a dialog
 *
 * Returns: (transfer none): the tag of the one who is asked to replace it
 *
 * Since: 0.1
 */
const char *
ahoy_replaces_get_to_tag (AhoyReplaces *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->to_tag;
}

/**
 * ahoy_replaces_get_from_tag:
 * @self: what names a dialog
 *
 * Returns: (transfer none): the tag of its peer
 *
 * Since: 0.1
 */
const char *
ahoy_replaces_get_from_tag (AhoyReplaces *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->from_tag;
}

/**
 * ahoy_replaces_is_early_only:
 * @self: what names a dialog
 *
 * Returns: whether it is to be replaced only as long as nobody answered (RFC 3891 section 4)
 *
 * Since: 0.1
 */
gboolean
ahoy_replaces_is_early_only (AhoyReplaces *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->early_only;
}

/**
 * ahoy_replaces_to_string:
 * @self: what names a dialog
 *
 * Returns: (transfer full): the value of a Replaces header; in a URI it has to be escaped
 *
 * Since: 0.1
 */
char *
ahoy_replaces_to_string (AhoyReplaces *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf ("%s;to-tag=%s;from-tag=%s%s", self->call_id, self->to_tag,
                          self->from_tag, self->early_only ? ";early-only" : "");
}
