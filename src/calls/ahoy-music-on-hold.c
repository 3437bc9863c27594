/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-music-on-hold.h"

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyMusicOnHold:
 *
 * Classes of music for those who wait: on hold, parked, alone. A class is a list of files or a
 * tone. There is always one of the name `default`, which plays a few notes until somebody sets
 * another.
 *
 * Since: 0.1
 */
struct _AhoyMusicOnHold {
  GObject parent_instance;

  GHashTable *classes; /* name → MusicClass */
};

#define DEFAULT_CLASS "default"
#define PLAYER_KEY "ahoy-music-on-hold"
/* A broken chord that goes up and comes back, in quarters, with a rest: nobody's work but ours. */
#define OWN_NOTES                                                                                  \
  "262=-20@400/50,330=-20@400/50,392=-20@400/50,523=-20@700/150,392=-20@400/50,330=-20@400/50," \
  "294=-20@700/1200"

typedef struct {
  gatomicrefcount count;
  char **files; /* NULL when it is a tone */
  gboolean random;
  char *tone;
} MusicClass;

/* What plays to one listener. */
typedef struct {
  MusicClass *music;
  AhoyMediaStream *media; /* not a reference: it holds the player */
  gulong handler;
  guint *order;
  guint next;
} Player;

G_DEFINE_FINAL_TYPE (AhoyMusicOnHold, ahoy_music_on_hold, G_TYPE_OBJECT)

static void
class_unref (gpointer data)
{
  MusicClass *self = data;

  if (g_atomic_ref_count_dec (&self->count)) {
    g_strfreev (self->files);
    g_free (self->tone);
    g_free (self);
  }
}

static MusicClass *
class_new (void)
{
  MusicClass *self = g_new0 (MusicClass, 1);

  g_atomic_ref_count_init (&self->count);
  return self;
}

static void
player_free (gpointer data)
{
  Player *self = data;

  if (self->handler != 0 && g_signal_handler_is_connected (self->media, self->handler)) {
    g_signal_handler_disconnect (self->media, self->handler);
  }
  class_unref (self->music);
  g_free (self->order);
  g_free (self);
}

static void
shuffle (guint *order, guint n)
{
  for (guint i = n; i > 1; i--) {
    guint other = (guint) g_random_int_range (0, (gint32) i);
    guint kept = order[i - 1];

    order[i - 1] = order[other];
    order[other] = kept;
  }
}

/* The next piece; one that cannot be played is passed over, until none can. */
static gboolean
play_next (Player *self, GError **error)
{
  guint n = self->music->files != NULL ? g_strv_length (self->music->files) : 0;

  if (n == 0) {
    return ahoy_media_stream_play_tone (self->media, self->music->tone, error);
  }
  for (guint tried = 0; tried < n; tried++) {
    const char *file = self->music->files[self->order[self->next]];
    g_autoptr (GError) reason = NULL;

    self->next = (self->next + 1) % n;
    if (ahoy_media_stream_play_file (self->media, file, n == 1, &reason)) {
      return TRUE;
    }
    if (tried + 1 == n) {
      g_propagate_error (error, g_steal_pointer (&reason));
    } else {
      g_warning ("Music is left out: %s", reason->message);
    }
  }
  return FALSE;
}

/* A piece ended, or an announcement that had interrupted it: the music goes on. What was stopped
 * was replaced by something else. */
static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (complete && !play_next (user_data, &error)) {
    g_warning ("There is no music any more: %s", error->message);
  }
}

static void
ahoy_music_on_hold_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_MUSIC_ON_HOLD (object)->classes);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_music_on_hold_parent_class)->finalize (object);
}

static void
ahoy_music_on_hold_class_init (AhoyMusicOnHoldClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_music_on_hold_finalize;
}

static void
ahoy_music_on_hold_init (AhoyMusicOnHold *self)
{
  self->classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, class_unref);
  ahoy_music_on_hold_set_tone (self, DEFAULT_CLASS, NULL);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_music_on_hold_new:
 *
 * Returns: (transfer full): music with the class `default`
 *
 * Since: 0.1
 */
AhoyMusicOnHold *
ahoy_music_on_hold_new (void)
{
  return g_object_new (AHOY_TYPE_MUSIC_ON_HOLD, NULL);
}

/**
 * ahoy_music_on_hold_set_files:
 * @self: music
 * @name: of the class
 * @files: (array zero-terminated=1): paths of WAV files; at least one
 * @random: whether each listener hears them in an order of its own
 *
 * Makes or changes a class. Who listens already hears what it was to the end.
 *
 * Since: 0.1
 */
void
ahoy_music_on_hold_set_files (AhoyMusicOnHold *self, const char *name, const char *const *files,
                              gboolean random)
{
  MusicClass *music;

  g_return_if_fail (AHOY_IS_MUSIC_ON_HOLD (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (files != NULL && files[0] != NULL);

  music = class_new ();
  music->files = g_strdupv ((char **) files);
  music->random = random;
  g_hash_table_insert (self->classes, g_strdup (name), music);
}

/**
 * ahoy_music_on_hold_set_tone:
 * @self: music
 * @name: of the class
 * @tone: (nullable): a tone as ahoy_media_stream_play_tone() takes it; %NULL for a few notes of
 *   our own
 *
 * Makes or changes a class that needs no file.
 *
 * Since: 0.1
 */
void
ahoy_music_on_hold_set_tone (AhoyMusicOnHold *self, const char *name, const char *tone)
{
  MusicClass *music;

  g_return_if_fail (AHOY_IS_MUSIC_ON_HOLD (self));
  g_return_if_fail (name != NULL);

  music = class_new ();
  music->tone = g_strdup (tone != NULL ? tone : OWN_NOTES);
  g_hash_table_insert (self->classes, g_strdup (name), music);
}

/**
 * ahoy_music_on_hold_remove:
 * @self: music
 * @name: of a class
 *
 * Removes a class; `default` becomes what it was at first.
 *
 * Since: 0.1
 */
void
ahoy_music_on_hold_remove (AhoyMusicOnHold *self, const char *name)
{
  g_return_if_fail (AHOY_IS_MUSIC_ON_HOLD (self));
  g_return_if_fail (name != NULL);

  if (g_str_equal (name, DEFAULT_CLASS)) {
    ahoy_music_on_hold_set_tone (self, name, NULL);
  } else {
    g_hash_table_remove (self->classes, name);
  }
}

/**
 * ahoy_music_on_hold_play:
 * @self: music
 * @name: of a class
 * @media: whose peer is to hear it
 * @error: return location for an error
 *
 * Plays music until ahoy_music_on_hold_stop() is called. A sound that is played meanwhile
 * interrupts it; it goes on afterwards, files with the next piece.
 *
 * Returns: %TRUE when it plays; %FALSE with %AHOY_ERROR_NOT_FOUND when there is no such class, or
 *   with the reason why nothing of it can be played
 *
 * Since: 0.1
 */
gboolean
ahoy_music_on_hold_play (AhoyMusicOnHold *self, const char *name, AhoyMediaStream *media,
                         GError **error)
{
  MusicClass *music;
  Player *player;
  guint n;

  g_return_val_if_fail (AHOY_IS_MUSIC_ON_HOLD (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (media), FALSE);

  music = g_hash_table_lookup (self->classes, name);
  if (music == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                 "There is no music “%s”; add a group [moh %s], or write default", name, name);
    return FALSE;
  }
  g_object_set_data (G_OBJECT (media), PLAYER_KEY, NULL);
  player = g_new0 (Player, 1);
  g_atomic_ref_count_inc (&music->count);
  player->music = music;
  player->media = media;
  g_object_set_data_full (G_OBJECT (media), PLAYER_KEY, player, player_free);
  n = music->files != NULL ? g_strv_length (music->files) : 0;
  player->order = g_new (guint, n);
  for (guint i = 0; i < n; i++) {
    player->order[i] = i;
  }
  if (music->random) {
    shuffle (player->order, n);
  }
  player->handler =
      g_signal_connect (media, "playing-ended", G_CALLBACK (on_playing_ended), player);
  return play_next (player, error);
}

/**
 * ahoy_music_on_hold_stop:
 * @self: music
 * @media: whose peer hears it
 *
 * Ends the music of one listener.
 *
 * Returns: whether there was some
 *
 * Since: 0.1
 */
gboolean
ahoy_music_on_hold_stop (AhoyMusicOnHold *self, AhoyMediaStream *media)
{
  g_return_val_if_fail (AHOY_IS_MUSIC_ON_HOLD (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MEDIA_STREAM (media), FALSE);

  if (g_object_get_data (G_OBJECT (media), PLAYER_KEY) == NULL) {
    return FALSE;
  }
  g_object_set_data (G_OBJECT (media), PLAYER_KEY, NULL);
  ahoy_media_stream_stop_playing (media);
  return TRUE;
}
