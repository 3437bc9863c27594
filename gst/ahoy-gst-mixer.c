/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <math.h>
#include <string.h>

#include "ahoy-gst-mixer.h"

#define SILENT_LEVEL (-127) /* dBov */
#define SPEECH_LEVEL (-45)  /* dBov: below that nobody speaks */
#define TAKE_OVER 2.0       /* who speaks must be this much stronger than who spoke, in power */
#define KEEP 25             /* ticks that who spoke is taken to go on in a pause */
#define ATTACK 0.5          /* share of the new power in the smoothed one, when it rises */
#define DECAY 0.1           /* and when it falls */
#define LOUDEST 32000.0     /* what a sum that is too loud is turned down to */
#define RELEASE 0.02        /* how fast the limiter lets go, per tick */

typedef struct {
  gboolean used;
  gboolean muted;
  gboolean deaf;
  gboolean present; /* has put something this tick */
  int gain;
  double power; /* smoothed mean square */
  gint16 samples[AHOY_GST_MIXER_MAX_BLOCK];
} Member;

struct _AhoyGstMixer {
  Member *members;
  guint max_members;
  guint n_members;
  guint n_places; /* those after it were never used */

  guint n_samples;
  gboolean closed; /* the sum of this tick is complete */
  gint32 sum[AHOY_GST_MIXER_MAX_BLOCK];
  double limit_before, limit; /* factor at the beginning and at the end of the tick */

  int speaker; /* -1: nobody yet */
  guint n_quiet;
};

/**
 * ahoy_gst_mixer_new:
 * @max_members: how many members there can be
 *
 * Returns: (transfer full): a mixer without members
 */
AhoyGstMixer *
ahoy_gst_mixer_new (guint max_members)
{
  AhoyGstMixer *self;

  g_return_val_if_fail (max_members > 0 && max_members <= 4096, NULL);

  self = g_new0 (AhoyGstMixer, 1);
  self->members = g_new0 (Member, max_members);
  self->max_members = max_members;
  self->limit_before = self->limit = 1;
  self->speaker = -1;
  return self;
}

/**
 * ahoy_gst_mixer_free:
 * @self: (transfer full): a mixer
 */
void
ahoy_gst_mixer_free (AhoyGstMixer *self)
{
  if (self == NULL) {
    return;
  }
  g_free (self->members);
  g_free (self);
}

static Member *
get_member (AhoyGstMixer *self, int member)
{
  g_return_val_if_fail (self != NULL && member >= 0, NULL);
  g_return_val_if_fail ((guint)member < self->max_members && self->members[member].used, NULL);

  return &self->members[member];
}

/**
 * ahoy_gst_mixer_add:
 * @self: a mixer
 *
 * Returns: the number of the new member; -1 if there is no room
 */
int
ahoy_gst_mixer_add (AhoyGstMixer *self)
{
  g_return_val_if_fail (self != NULL, -1);

  for (guint i = 0; i < self->max_members; i++) {
    if (!self->members[i].used) {
      memset (&self->members[i], 0, sizeof self->members[i]);
      self->members[i].used = TRUE;
      self->members[i].gain = AHOY_GST_MIXER_UNITY;
      self->n_members++;
      self->n_places = MAX (self->n_places, i + 1);
      return (int)i;
    }
  }
  return -1;
}

static void
subtract (AhoyGstMixer *self, Member *member)
{
  for (guint i = 0; i < self->n_samples; i++) {
    self->sum[i] -= member->samples[i];
  }
  member->present = FALSE;
}

/**
 * ahoy_gst_mixer_remove:
 * @self: a mixer
 * @member: the number of a member; it may be given to another one from now on
 */
void
ahoy_gst_mixer_remove (AhoyGstMixer *self, int member)
{
  Member *gone = get_member (self, member);

  g_return_if_fail (gone != NULL);

  if (gone->present) {
    subtract (self, gone);
  }
  gone->used = FALSE;
  self->n_members--;
  if (self->speaker == member) {
    self->speaker = -1;
  }
}

/**
 * ahoy_gst_mixer_get_n_members:
 * @self: a mixer
 *
 * Returns: how many members there are
 */
guint
ahoy_gst_mixer_get_n_members (AhoyGstMixer *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_members;
}

/**
 * ahoy_gst_mixer_set_gain:
 * @self: a mixer
 * @member: a member
 * @gain: how loud the others hear it, in 4096ths; at most 16 times as loud
 */
void
ahoy_gst_mixer_set_gain (AhoyGstMixer *self, int member, guint gain)
{
  Member *found = get_member (self, member);

  g_return_if_fail (found != NULL);

  found->gain = (int)MIN (gain, 16 * AHOY_GST_MIXER_UNITY);
}

/**
 * ahoy_gst_mixer_set_muted:
 * @self: a mixer
 * @member: a member
 * @muted: whether nobody hears it
 */
void
ahoy_gst_mixer_set_muted (AhoyGstMixer *self, int member, gboolean muted)
{
  Member *found = get_member (self, member);

  g_return_if_fail (found != NULL);

  found->muted = muted;
}

/**
 * ahoy_gst_mixer_set_deaf:
 * @self: a mixer
 * @member: a member
 * @deaf: whether it hears nobody
 */
void
ahoy_gst_mixer_set_deaf (AhoyGstMixer *self, int member, gboolean deaf)
{
  Member *found = get_member (self, member);

  g_return_if_fail (found != NULL);

  found->deaf = deaf;
}

/**
 * ahoy_gst_mixer_begin:
 * @self: a mixer
 * @n_samples: how many samples each puts and takes in this tick, at most 960
 *
 * Begins a tick.
 */
void
ahoy_gst_mixer_begin (AhoyGstMixer *self, guint n_samples)
{
  g_return_if_fail (self != NULL && n_samples <= AHOY_GST_MIXER_MAX_BLOCK);

  self->n_samples = n_samples;
  self->closed = FALSE;
  memset (self->sum, 0, n_samples * sizeof *self->sum);
  for (guint i = 0; i < self->n_places; i++) {
    self->members[i].present = FALSE;
  }
}

/**
 * ahoy_gst_mixer_put:
 * @self: a mixer, in a tick of which nothing was taken yet
 * @member: a member
 * @samples: what it says: as many samples as the tick has
 */
void
ahoy_gst_mixer_put (AhoyGstMixer *self, int member, const gint16 *samples)
{
  Member *found = get_member (self, member);

  g_return_if_fail (found != NULL && samples != NULL);
  g_return_if_fail (!self->closed && !found->present);

  if (found->muted) {
    return;
  }
  found->present = TRUE;
  if (found->gain == AHOY_GST_MIXER_UNITY) {
    memcpy (found->samples, samples, self->n_samples * sizeof *samples);
  } else {
    for (guint i = 0; i < self->n_samples; i++) {
      int sample = samples[i] * found->gain / AHOY_GST_MIXER_UNITY;

      found->samples[i] = (gint16)CLAMP (sample, G_MININT16, G_MAXINT16);
    }
  }
  for (guint i = 0; i < self->n_samples; i++) {
    self->sum[i] += found->samples[i];
  }
}

static double
measure (AhoyGstMixer *self, Member *member)
{
  gint64 sum = 0;

  if (!member->present || self->n_samples == 0) {
    return 0;
  }
  for (guint i = 0; i < self->n_samples; i++) {
    sum += member->samples[i] * member->samples[i];
  }
  return (double)sum / self->n_samples;
}

static int
to_level (double power)
{
  double level = 10 * log10 (MAX (power, 1e-9) / (32768.0 * 32768.0));

  return (int)MAX (level, SILENT_LEVEL);
}

/* Who speaks goes on speaking through short pauses, and until somebody is clearly louder. */
static void
choose_speaker (AhoyGstMixer *self, int loudest)
{
  double own = self->speaker >= 0 ? self->members[self->speaker].power : 0;
  double best = loudest >= 0 ? self->members[loudest].power : 0;

  self->n_quiet = to_level (own) >= SPEECH_LEVEL ? 0 : self->n_quiet + 1;
  if (loudest < 0 || to_level (best) < SPEECH_LEVEL || loudest == self->speaker) {
    return;
  }
  if (self->speaker < 0 || self->n_quiet >= KEEP || best > own * TAKE_OVER) {
    self->speaker = loudest;
    self->n_quiet = 0;
  }
}

static void
measure_all (AhoyGstMixer *self)
{
  int loudest = -1;

  for (guint i = 0; i < self->n_places; i++) {
    Member *member = &self->members[i];
    double power;

    if (!member->used) {
      continue;
    }
    power = measure (self, member);
    member->power += (power - member->power) * (power > member->power ? ATTACK : DECAY);
    if (loudest < 0 || member->power > self->members[loudest].power) {
      loudest = (int)i;
    }
  }
  choose_speaker (self, loudest);
}

/* The sum of many can be too loud. It is turned down over the tick and up again slowly, rather than
 * cut off. */
static void
set_limit (AhoyGstMixer *self)
{
  gint32 peak = 0;
  double needed;

  for (guint i = 0; i < self->n_samples; i++) {
    peak = MAX (peak, ABS (self->sum[i]));
  }
  needed = peak > G_MAXINT16 ? LOUDEST / peak : 1;
  self->limit_before = self->limit;
  self->limit = needed < self->limit ? needed : MIN (self->limit + RELEASE, needed);
}

/**
 * ahoy_gst_mixer_close:
 * @self: a mixer
 *
 * Says that everybody who has something to put has done so in this tick. The first take says so
 * too.
 */
void
ahoy_gst_mixer_close (AhoyGstMixer *self)
{
  g_return_if_fail (self != NULL);

  if (self->closed) {
    return;
  }
  self->closed = TRUE;
  measure_all (self);
  set_limit (self);
}

static void
write_out (AhoyGstMixer *self, const gint16 *own, gint16 *samples)
{
  double factor = self->limit_before;
  double step = (self->limit - self->limit_before) / MAX (self->n_samples, 1);
  gboolean limited = self->limit_before < 1 || self->limit < 1;

  for (guint i = 0; i < self->n_samples; i++) {
    gint32 sample = self->sum[i] - (own != NULL ? own[i] : 0);

    if (limited) {
      sample = (gint32)lrint (sample * factor);
      factor += step;
    }
    samples[i] = (gint16)CLAMP (sample, G_MININT16, G_MAXINT16);
  }
}

/**
 * ahoy_gst_mixer_take:
 * @self: a mixer
 * @member: a member
 * @samples: (out caller-allocates): what it hears: everybody but itself
 */
void
ahoy_gst_mixer_take (AhoyGstMixer *self, int member, gint16 *samples)
{
  Member *found = get_member (self, member);

  g_return_if_fail (found != NULL && samples != NULL);

  ahoy_gst_mixer_close (self);
  if (found->deaf) {
    memset (samples, 0, self->n_samples * sizeof *samples);
    return;
  }
  write_out (self, found->present ? found->samples : NULL, samples);
}

/**
 * ahoy_gst_mixer_take_all:
 * @self: a mixer
 * @samples: (out caller-allocates): everybody, as a recording has it
 */
void
ahoy_gst_mixer_take_all (AhoyGstMixer *self, gint16 *samples)
{
  g_return_if_fail (self != NULL && samples != NULL);

  ahoy_gst_mixer_close (self);
  write_out (self, NULL, samples);
}

/**
 * ahoy_gst_mixer_get_level:
 * @self: a mixer
 * @member: a member
 *
 * Returns: how loud it has been in the last ticks, -127 to 0 dBov
 */
int
ahoy_gst_mixer_get_level (AhoyGstMixer *self, int member)
{
  Member *found = get_member (self, member);

  g_return_val_if_fail (found != NULL, SILENT_LEVEL);

  return to_level (found->power);
}

/**
 * ahoy_gst_mixer_get_speaker:
 * @self: a mixer
 *
 * Returns: the member who speaks, or did last; -1 if nobody has
 */
int
ahoy_gst_mixer_get_speaker (AhoyGstMixer *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->speaker;
}
