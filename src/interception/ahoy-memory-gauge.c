/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-memory-gauge.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * How much memory there is left. Measured is what this process has, against a limit of the
 * configuration, against RLIMIT_AS, and against memory.high and memory.max of its control groups.
 * Of a control group only anonymous memory counts: its page cache grows to the limit with every
 * recording, and is given back whenever somebody needs it.
 */

#define PAUSE (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_LEVELS 8

/* Near enough to a limit that the next ones would meet it. */
#define NEARLY(limit) ((limit) - (limit) / 20)

typedef struct {
  char *statistics; /* the file of the group */
  guint64 limit;
} Group;

struct _AhoyMemoryGauge {
  GArray *groups; /* Group: those with a limit */
  gint64 measured;
  guint64 page;
  guint64 resident;
  guint64 mapped;
  const char *shortage; /* of what there is too little; static */
};

static void
group_clear (gpointer data)
{
  g_free (((Group *) data)->statistics);
}

/* G_MAXUINT64 for no limit. */
guint64
ahoy_memory_gauge_parse_limit (const char *text)
{
  guint64 limit = 0;
  g_autofree char *line = g_strstrip (g_strdup (text));

  return g_ascii_string_to_unsigned (line, 10, 1, G_MAXUINT64, &limit, NULL) ? limit
                                                                             : G_MAXUINT64;
}

guint64
ahoy_memory_gauge_parse_anonymous (const char *statistics)
{
  const char *line = g_str_has_prefix (statistics, "anon ") ? statistics
                                                            : strstr (statistics, "\nanon ");

  return line != NULL ? g_ascii_strtoull (strchr (line, ' ') + 1, NULL, 10) : 0;
}

static guint64
read_limit (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? ahoy_memory_gauge_parse_limit (text)
                                                       : G_MAXUINT64;
}

static void
add_group (AhoyMemoryGauge *self, const char *folder)
{
  Group group = {
    .limit = MIN (read_limit (folder, "memory.high"), read_limit (folder, "memory.max")),
  };

  if (group.limit != G_MAXUINT64) {
    group.statistics = g_build_filename (folder, "memory.stat", NULL);
    g_array_append_val (self->groups, group);
  }
}

/* The control group (version 2) of this process, and those around it. */
static void
find_groups (AhoyMemoryGauge *self)
{
  g_autofree char *text = NULL;
  g_autofree char *folder = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL)) {
    return;
  }
  line = g_str_has_prefix (text, "0::/") ? text : strstr (text, "\n0::/");
  if (line == NULL) {
    return;
  }
  line = strstr (line, "0::") + 3;
  folder = g_strndup (line, strcspn (line, "\n"));
  for (guint level = 0; level < MAX_LEVELS; level++) {
    g_autofree char *path = g_build_filename ("/sys/fs/cgroup", folder, NULL);
    char *parent;

    add_group (self, path);
    if (g_str_equal (folder, "/") || g_str_equal (folder, ".")) {
      return;
    }
    parent = g_path_get_dirname (folder);
    g_free (folder);
    folder = parent;
  }
}

AhoyMemoryGauge *
ahoy_memory_gauge_new (void)
{
  AhoyMemoryGauge *self = g_new0 (AhoyMemoryGauge, 1);

  self->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_array_set_clear_func (self->groups, group_clear);
  self->page = (guint64) sysconf (_SC_PAGESIZE);
  self->measured = -PAUSE;
  find_groups (self);
  return self;
}

void
ahoy_memory_gauge_free (AhoyMemoryGauge *self)
{
  g_array_unref (self->groups);
  g_free (self);
}

static void
measure_process (AhoyMemoryGauge *self)
{
  g_autofree char *text = NULL;
  char *end = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)) {
    return;
  }
  self->mapped = g_ascii_strtoull (text, &end, 10) * self->page;
  self->resident = g_ascii_strtoull (end, NULL, 10) * self->page;
}

static const char *
find_shortage (AhoyMemoryGauge *self, guint64 max_resident)
{
  struct rlimit limit = { 0 };

  if (max_resident > 0 && self->resident >= max_resident) {
    return "max-memory";
  }
  if (getrlimit (RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      self->mapped >= NEARLY ((guint64) limit.rlim_cur)) {
    return "RLIMIT_AS";
  }
  for (guint i = 0; i < self->groups->len; i++) {
    Group *group = &g_array_index (self->groups, Group, i);
    g_autofree char *text = NULL;

    if (g_file_get_contents (group->statistics, &text, NULL, NULL) &&
        ahoy_memory_gauge_parse_anonymous (text) >= NEARLY (group->limit)) {
      return "control group";
    }
  }
  return NULL;
}

/* Whether a limit is met or nearly so, and which one. @max_resident in bytes, 0 for none; @now in
 * µs: it is measured ten times a second at most. */
gboolean
ahoy_memory_gauge_is_short (AhoyMemoryGauge *self, guint64 max_resident, gint64 now,
                            const char **reason)
{
  if (now - self->measured >= PAUSE) {
    self->measured = now;
    measure_process (self);
    self->shortage = find_shortage (self, max_resident);
  }
  *reason = self->shortage;
  return self->shortage != NULL;
}

guint64
ahoy_memory_gauge_get_resident (AhoyMemoryGauge *self)
{
  return self->resident;
}
