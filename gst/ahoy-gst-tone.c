/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-gst-tone.h"

#define DEFAULT_ZONE "etsi"
#define DEFAULT_LEVEL (-13) /* dBm0 of each frequency (ITU-T E.180) */
#define FULL_SCALE 3.14     /* dBm0 of the largest sine (ITU-T G.711) */
#define MIN_FREQUENCY 20
#define MAX_FREQUENCY 3900 /* what 8000 samples a second can carry */
#define MIN_DURATION 10
#define MAX_DURATION 600000

/* After ITU-T E.180 Supplement 2, ETSI TS 101 041 and GR-506. */
static const struct {
  const char *zone;
  const char *name;
  const char *tone;
} tones[] = {
  { "etsi", "dial", "425" },
  { "etsi", "busy", "425@500/500" },
  { "etsi", "ringing", "425@1000/4000" },
  { "etsi", "congestion", "425@250/250" },
  { "etsi", "call-waiting", "425@200/600,425@200/3000" },
  { "etsi", "information", "950@330,1400@330,1800@330/1000" },
  { "etsi", "confirm", "425@100/100,425@100/100,425@100" },
  { "etsi", "beep", "1000@300" },
  { "us", "dial", "350+440" },
  { "us", "busy", "480+620@500/500" },
  { "us", "ringing", "440+480@2000/4000" },
  { "us", "congestion", "480+620@250/250" },
  { "us", "call-waiting", "440@300/9700" },
  { "us", "confirm", "350+440@100/100,350+440@100/100,350+440@100" },
  { "uk", "dial", "350+440" },
  { "uk", "busy", "400@375/375" },
  { "uk", "ringing", "400+450@400/200,400+450@400/2000" },
  { "uk", "congestion", "400@400/350,400@225/525" },
  { "de", "busy", "425@480/480" },
  { "de", "congestion", "425@240/240" },
  { "fr", "dial", "440" },
  { "fr", "busy", "440@500/500" },
  { "fr", "ringing", "440@1500/3500" },
  { "fr", "congestion", "440@250/250" },
};

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

static const char *
find_named (const char *zone, gsize zone_length, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tones); i++) {
    if (strlen (tones[i].zone) == zone_length && strncmp (tones[i].zone, zone, zone_length) == 0
        && strcmp (tones[i].name, name) == 0) {
      return tones[i].tone;
    }
  }
  return NULL;
}

static gboolean
is_zone (const char *zone, gsize zone_length)
{
  for (guint i = 0; i < G_N_ELEMENTS (tones); i++) {
    if (strlen (tones[i].zone) == zone_length && strncmp (tones[i].zone, zone, zone_length) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* What a known zone does not say is as in ETSI. */
static const char *
look_up (const char *description)
{
  const char *colon = strchr (description, ':');
  const char *found;

  if (colon == NULL) {
    return find_named (DEFAULT_ZONE, strlen (DEFAULT_ZONE), description);
  }
  if (!is_zone (description, (gsize)(colon - description))) {
    return NULL;
  }
  found = find_named (description, (gsize)(colon - description), colon + 1);
  return found != NULL ? found : find_named (DEFAULT_ZONE, strlen (DEFAULT_ZONE), colon + 1);
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
