/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-log.h"

#include <stdio.h>

#include "ahoy.h"

/* Which messages of the log are written, by domain. The level of "" is that of all others. */
static GMutex lock;
static GHashTable *levels; /* domain → GLogLevelFlags */

static const struct {
  const char *name;
  GLogLevelFlags level;
} names[] = {
  { "error", G_LOG_LEVEL_ERROR },     { "critical", G_LOG_LEVEL_CRITICAL },
  { "warning", G_LOG_LEVEL_WARNING }, { "message", G_LOG_LEVEL_MESSAGE },
  { "info", G_LOG_LEVEL_INFO },       { "debug", G_LOG_LEVEL_DEBUG },
};

static GLogLevelFlags
level_of (const char *domain)
{
  gpointer level = NULL;

  g_mutex_lock (&lock);
  if (levels != NULL && (domain == NULL ||
                         !g_hash_table_lookup_extended (levels, domain, NULL, &level))) {
    level = g_hash_table_lookup (levels, "");
  }
  g_mutex_unlock (&lock);
  return level != NULL ? (GLogLevelFlags) GPOINTER_TO_INT (level) : G_LOG_LEVEL_MESSAGE;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = NULL;

  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN")) {
      domain = fields[i].value;
    }
  }
  if ((level & G_LOG_LEVEL_MASK) > level_of (domain)) {
    return G_LOG_WRITER_HANDLED;
  }
  if (g_log_writer_is_journald (fileno (stderr)) &&
      g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED) {
    return G_LOG_WRITER_HANDLED;
  }
  return g_log_writer_standard_streams (level, fields, n_fields, NULL);
}

/* Once, before the first message. */
void
ahoy_bus_log_install (void)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_log, NULL, NULL);
}

gboolean
ahoy_bus_log_set_level (const char *domain, const char *level, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (level, names[i].name)) {
      g_mutex_lock (&lock);
      if (levels == NULL) {
        levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      }
      if (g_hash_table_size (levels) < 100 || g_hash_table_contains (levels, domain)) {
        g_hash_table_insert (levels, g_strdup (domain), GINT_TO_POINTER (names[i].level));
      }
      g_mutex_unlock (&lock);
      return TRUE;
    }
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no log level; write error, critical, warning, message, info or debug",
               level);
  return FALSE;
}
