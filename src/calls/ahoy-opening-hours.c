/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-opening-hours-private.h"

#include <string.h>

#include "ahoy-error.h"

#define N_DAYS 7
#define ALL_DAYS ((1u << N_DAYS) - 1)

static gboolean
read_day (const char *text, guint *day)
{
  static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

  for (*day = 0; *day < N_DAYS; (*day)++) {
    if (g_ascii_strcasecmp (text, names[*day]) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* One day, or two with a dash, also over the end of the week. */
static gboolean
read_span (const char *text, guint *days)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);
  guint first, last;

  if (ends[0] == NULL || !read_day (ends[0], &first)) {
    return FALSE;
  }
  last = first;
  if (ends[1] != NULL && !read_day (ends[1], &last)) {
    return FALSE;
  }
  for (guint day = first;; day = (day + 1) % N_DAYS) {
    *days |= 1u << day;
    if (day == last) {
      return TRUE;
    }
  }
}

static gboolean
read_days (const char *text, guint *days)
{
  g_auto (GStrv) spans = g_strsplit (text, ",", N_DAYS);

  *days = 0;
  for (gsize i = 0; spans[i] != NULL; i++) {
    if (!read_span (spans[i], days)) {
      return FALSE;
    }
  }
  return *days != 0;
}

static gboolean
read_minutes (const char *text, guint *minutes)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint64 hour, minute;

  if (parts[0] == NULL || parts[1] == NULL || strlen (parts[1]) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, 24, &hour, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minute, NULL) ||
      hour * 60 + minute > 24 * 60) {
    return FALSE;
  }
  *minutes = (guint) (hour * 60 + minute);
  return TRUE;
}

static gboolean
read_hours (const char *text, AhoyOpeningHours *hours)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);

  return ends[0] != NULL && ends[1] != NULL && read_minutes (ends[0], &hours->begin) &&
         read_minutes (ends[1], &hours->end);
}

gboolean
ahoy_opening_hours_parse (const char *text, AhoyOpeningHours *hours, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  gboolean good = FALSE;

  *hours = (AhoyOpeningHours){ .days = ALL_DAYS };
  if (words[0] != NULL && words[1] == NULL) {
    good = strchr (words[0], ':') != NULL ? read_hours (words[0], hours)
                                          : read_days (words[0], &hours->days);
  } else if (words[0] != NULL) {
    good = read_days (words[0], &hours->days) && read_hours (g_strstrip (words[1]), hours);
  }
  if (!good) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no time of the week; write one such as mon-fri 08:00-18:00, sat,sun or "
                 "22:00-06:00",
                 text);
  }
  return good;
}

/* Hours that end the next day belong to the day on which they begin. */
gboolean
ahoy_opening_hours_contain (const AhoyOpeningHours *hours, GDateTime *when)
{
  guint today = (guint) g_date_time_get_day_of_week (when) - 1;
  guint yesterday = (today + N_DAYS - 1) % N_DAYS;
  guint minute =
      (guint) (g_date_time_get_hour (when) * 60 + g_date_time_get_minute (when));
  gboolean on_today = (hours->days & (1u << today)) != 0;

  if (hours->begin == hours->end) {
    return on_today;
  }
  if (hours->begin < hours->end) {
    return on_today && minute >= hours->begin && minute < hours->end;
  }
  return (on_today && minute >= hours->begin) ||
         ((hours->days & (1u << yesterday)) != 0 && minute < hours->end);
}
