/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-digit-collector-private.h"

#include <string.h>

#define DIGITS "0123456789*#ABCD"

/* Plays sounds, and takes the digits that somebody dials meanwhile and afterwards, as events, tones
 * or INFO. The first digit ends the sounds. */
struct _AhoyDigitCollector {
  AhoyCallRouter *router; /* not a reference: it holds who asks */
  AhoySession *session;
  AhoyMediaStream *media;
  AhoyScheduler *scheduler;
  char **sounds;
  char *text;
  char *voice;
  char *tone;
  char end;
  guint most;
  guint tries;
  gint64 timeout;
  gint64 between;
  AhoyDigitFunc func;
  gpointer user_data;

  guint64 timer;
  gulong digit_handler;
  gulong playing_handler; /* 0 when no sound plays */
  GString *digits;
  guint sound; /* the next one; behind the last one stands the text */
  guint tried;
};

AhoyDigitCollector *
ahoy_digit_collector_new (AhoyCallRouter *router, AhoySession *session, AhoyMediaStream *media,
                          const AhoyDigitWish *wish, AhoyDigitFunc func, gpointer user_data)
{
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (router));
  AhoyDigitCollector *self = g_new0 (AhoyDigitCollector, 1);

  self->router = router;
  self->session = g_object_ref (session);
  self->media = g_object_ref (media);
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->sounds = wish->sounds != NULL ? g_strdupv ((char **) wish->sounds) : g_new0 (char *, 1);
  self->text = g_strdup (wish->text);
  self->voice = g_strdup (wish->voice);
  self->tone = g_strdup (wish->tone);
  self->end = wish->end != NULL && strlen (wish->end) == 1 ? *wish->end : '\0';
  self->most = wish->most;
  self->tries = wish->tries;
  self->timeout = wish->timeout;
  self->between = wish->between;
  self->func = func;
  self->user_data = user_data;
  self->digits = g_string_new (NULL);
  return self;
}

static void
forget_playing (AhoyDigitCollector *self)
{
  if (self->playing_handler != 0) {
    g_signal_handler_disconnect (self->media, self->playing_handler);
    self->playing_handler = 0;
  }
}

static void
forget_time (AhoyDigitCollector *self)
{
  if (self->timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->timer);
    self->timer = 0;
  }
}

static void
forget_digits (AhoyDigitCollector *self)
{
  if (self->digit_handler != 0) {
    g_signal_handler_disconnect (self->media, self->digit_handler);
    self->digit_handler = 0;
  }
}

void
ahoy_digit_collector_silence (AhoyDigitCollector *self)
{
  if (self->playing_handler != 0) {
    forget_playing (self);
    ahoy_media_stream_stop_playing (self->media);
  }
}

void
ahoy_digit_collector_free (AhoyDigitCollector *self)
{
  forget_time (self);
  forget_playing (self);
  forget_digits (self);
  g_strfreev (self->sounds);
  g_free (self->text);
  g_free (self->voice);
  g_free (self->tone);
  g_string_free (self->digits, TRUE);
  g_object_unref (self->scheduler);
  g_object_unref (self->media);
  g_object_unref (self->session);
  g_free (self);
}

/* The last thing that a caller does: @self may be gone. */
static void
end (AhoyDigitCollector *self, const GError *error)
{
  g_autofree char *digits = g_strdup (self->digits->str);

  forget_time (self);
  forget_playing (self);
  forget_digits (self);
  self->func (digits, error, self->user_data);
}

static gboolean begin_try (AhoyDigitCollector *self, GError **error);

static void
end_try (AhoyDigitCollector *self)
{
  g_autoptr (GError) error = NULL;

  ahoy_digit_collector_silence (self);
  if (self->digits->len > 0 || ++self->tried >= self->tries) {
    end (self, NULL);
  } else if (!begin_try (self, &error)) {
    end (self, error);
  }
}

static void
on_time (gpointer user_data)
{
  AhoyDigitCollector *self = user_data;

  self->timer = 0;
  end_try (self);
}

static void
wait_for_digit (AhoyDigitCollector *self, gint64 delay)
{
  forget_time (self);
  self->timer = ahoy_scheduler_add (self->scheduler, "digits for a route", delay, on_time, self,
                                    NULL);
}

static gboolean
has_more_to_play (AhoyDigitCollector *self)
{
  guint sounds = g_strv_length (self->sounds);

  return self->sound < sounds || (self->sound == sounds && self->text != NULL);
}

static gboolean
play_next (AhoyDigitCollector *self, GError **error)
{
  const char *name = self->sounds[self->sound];
  g_autofree char *path = NULL;

  if (name == NULL) {
    self->sound++;
    return ahoy_media_stream_say (self->media, self->text, self->voice, error);
  }
  path = ahoy_call_router_find_sound_for (self->router, self->session, name, error);
  self->sound++;
  return path != NULL && ahoy_media_stream_play_file (self->media, path, FALSE, error);
}

/* What somebody else stopped is over as well. */
static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  AhoyDigitCollector *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->tone != NULL) {
    forget_playing (self);
  } else if (!complete || !has_more_to_play (self)) {
    forget_playing (self);
    wait_for_digit (self, self->timeout);
  } else if (!play_next (self, &error)) {
    end (self, error);
  }
}

static gboolean
begin_try (AhoyDigitCollector *self, GError **error)
{
  self->sound = 0;
  if (self->tone != NULL) {
    wait_for_digit (self, self->timeout);
    self->playing_handler =
        g_signal_connect (self->media, "playing-ended", G_CALLBACK (on_playing_ended), self);
    return ahoy_media_stream_play_tone (self->media, self->tone, error);
  }
  if (!has_more_to_play (self)) {
    wait_for_digit (self, self->timeout);
    return TRUE;
  }
  self->playing_handler =
      g_signal_connect (self->media, "playing-ended", G_CALLBACK (on_playing_ended), self);
  return play_next (self, error);
}

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration_ms, gpointer user_data)
{
  AhoyDigitCollector *self = user_data;

  if (strlen (digit) != 1 || strchr (DIGITS, *digit) == NULL) {
    return;
  }
  ahoy_digit_collector_silence (self);
  forget_time (self);
  if (*digit == self->end) {
    end_try (self);
    return;
  }
  g_string_append (self->digits, digit);
  if (self->digits->len >= self->most) {
    end (self, NULL);
  } else {
    wait_for_digit (self, self->between);
  }
}

gboolean
ahoy_digit_collector_start (AhoyDigitCollector *self, GError **error)
{
  self->digit_handler =
      g_signal_connect (self->media, "dtmf-received", G_CALLBACK (on_digit), self);
  return begin_try (self, error);
}
