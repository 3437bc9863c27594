/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-tone.h"
#include "ahoy-tone-zone.h"

#define DEFAULT_ZONE "etsi"
#define DEFAULT_LEVEL (-13) /* dBm0 of each frequency (ITU-T E.180) */
#define FULL_SCALE 3.14     /* dBm0 of the largest sine (ITU-T G.711) */
#define MIN_FREQUENCY 20
#define MAX_FREQUENCY 3900 /* what 8000 samples a second can carry */
#define MIN_DURATION 10
#define MAX_DURATION 600000

typedef struct {
  const char *text; /* all of it, for messages */
  const char *at;
  GError **error;
} Reader;

static gboolean
refuse (Reader *reader, const char *remedy)
{
  g_autofree char *shown = g_utf8_make_valid (reader->text, MIN (strlen (reader->text), 80));

  g_set_error (reader->error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The tone “%s” cannot be read at character %u: %s", shown,
               (guint)(reader->at - reader->text) + 1, remedy);
  return FALSE;
}

static gboolean
accept (Reader *reader, char c)
{
  if (*reader->at != c) {
    return FALSE;
  }
  reader->at++;
  return TRUE;
}

static gboolean
read_number (Reader *reader, guint min, guint max, const char *remedy, guint *number)
{
  const char *start = reader->at;
  guint value = 0;

  while (g_ascii_isdigit (*reader->at) && value <= max) {
    value = value * 10 + (guint)(*reader->at++ - '0');
  }
  if (reader->at == start || value < min || value > max) {
    reader->at = start;
    return refuse (reader, remedy);
  }
  *number = value;
  return TRUE;
}

static gboolean
read_frequency (Reader *reader, AhoyGstToneStep *step)
{
  guint n = step->n_frequencies;
  guint level = -DEFAULT_LEVEL;

  if (n == AHOY_GST_TONE_MAX_FREQUENCIES) {
    return refuse (reader, "at most four frequencies sound together");
  }
  if (!read_number (reader, MIN_FREQUENCY, MAX_FREQUENCY, "a frequency is 20 to 3900 Hz",
                    &step->frequencies[n])) {
    return FALSE;
  }
  if (accept (reader, '=') && (!accept (reader, '-') || !read_number (reader, 0, 60, "", &level))) {
    g_clear_error (reader->error);
    return refuse (reader, "a level is -60 to -0 dBm0, as in 440=-10");
  }
  step->amplitudes[n] = pow (10, (-(double)level - FULL_SCALE) / 20);
  step->n_frequencies++;
  return TRUE;
}

static gboolean
read_duration (Reader *reader, guint *duration)
{
  return read_number (reader, MIN_DURATION, MAX_DURATION, "a duration is 10 to 600000 ms",
                      duration);
}

static gboolean
read_step (Reader *reader, AhoyGstTone *tone)
{
  AhoyGstToneStep *step = &tone->steps[tone->n_steps++];

  do {
    if (!read_frequency (reader, step)) {
      return FALSE;
    }
  } while (accept (reader, '+'));
  if (accept (reader, '@') && !read_duration (reader, &step->duration_ms)) {
    return FALSE;
  }
  if (step->duration_ms > 0 && accept (reader, '/')) {
    return read_duration (reader, &tone->steps[tone->n_steps++].duration_ms);
  }
  return TRUE;
}

static gboolean
read_tone (Reader *reader, AhoyGstTone *tone)
{
  do {
    if (tone->n_steps > AHOY_GST_TONE_MAX_STEPS - 2) {
      return refuse (reader, "it has too many parts");
    }
    if (tone->n_steps > 0 && tone->steps[tone->n_steps - 1].duration_ms == 0) {
      return refuse (reader, "the part before it never ends; give it a duration, as in 440@500");
    }
    if (!read_step (reader, tone)) {
      return FALSE;
    }
  } while (accept (reader, ','));
  tone->repeat = tone->steps[tone->n_steps - 1].n_frequencies == 0;
  return *reader->at == '\0' || refuse (reader, "nothing known follows here");
}

/* A name, with its zone before it or without; NULL when it is none. */
static const char *
look_up (const char *description)
{
  const char *colon = strchr (description, ':');
  g_autofree char *zone = NULL;

  if (colon == NULL) {
    return ahoy_tone_zone_find (DEFAULT_ZONE, description);
  }
  zone = g_strndup (description, (gsize)(colon - description));
  return ahoy_tone_zone_find (zone, colon + 1);
}

/**
 * ahoy_gst_tone_parse:
 * @self: (out caller-allocates): what was read
 * @description: a tone as in ahoy_gst_tone_source_new()
 * @error: what was wrong with it
 *
 * Returns: whether it is a tone
 */
gboolean
ahoy_gst_tone_parse (AhoyGstTone *self, const char *description, GError **error)
{
  const char *named = look_up (description);
  Reader reader = { .text = description, .at = description, .error = error };

  memset (self, 0, sizeof *self);
  if (named != NULL) {
    reader.text = reader.at = named;
  } else if (!g_ascii_isdigit (*description)) {
    return refuse (&reader, "there is no tone of that name; dial, ringing, busy, congestion and "
                            "us:ringing are names, 440+480@500/500 is a tone without one");
  }
  return read_tone (&reader, self);
}
