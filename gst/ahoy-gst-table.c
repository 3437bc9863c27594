/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-table-private.h"

#include <string.h>

#include "ahoy-gst-channel-private.h"
#include "ahoy-gst-mixer.h"
#include "ahoy-gst-outlet-private.h"
#include "ahoy-gst-rtp-inbox-private.h"

/*
 * The half of a room that lives on a worker. In each tick of 20 ms all seats are listened to and
 * summed once. A channel takes what it hears when it sends its next frame: straight from the mixer
 * when that frame has the rate and length of the tick, which nearly all have, or by an outlet.
 *
 * The tick runs while somebody sits there.
 */

#define NARROW_RATE 8000
#define TICKS 50 /* a second */

struct _AhoyGstTable {
  AhoyGstHandOver *home;
  AhoyGstTableEventFunc func;
  gpointer owner;

  AhoyGstWorker *worker;
  AhoyGstWatch *tick;
  AhoyGstMixer *mixer;
  GPtrArray *seats; /* AhoyGstSeat, not owned: they are their channels' */
  guint rate;       /* of the next ticks */
  guint mixed_rate; /* of the last one */
  guint n_mixed;    /* samples of the last one, 0 before the first */
  int speaker;

  AhoyGstAudioSource *source; /* what plays to all; a reference on the way to and fro */
  int source_number;
  AhoyGstWavWriter *recorder; /* as the source */
  guint record_rate;
  AhoyGstOutlet *recorded; /* on the way to another rate */
};

struct _AhoyGstSeat {
  AhoyGstTable *table;
  AhoyGstChannel *channel;
  int number; /* -1: nobody sits there */
  gboolean muted;
  AhoyGstListener *listener; /* NULL before anything is agreed on */
  AhoyGstOutlet *outlet;
  gboolean indirect; /* hears by the outlet */
};

typedef struct {
  AhoyGstTable *table;
  AhoyGstTableFunc func;
  gpointer data;
} Call;

typedef struct {
  AhoyGstTableEventFunc func;
  AhoyGstTableEvent event;
} Message;

AhoyGstTable *
ahoy_gst_table_new (AhoyGstHandOver *home, AhoyGstTableEventFunc func, gpointer owner)
{
  AhoyGstTable *self = g_new0 (AhoyGstTable, 1);

  self->home = home;
  self->func = func;
  self->owner = owner;
  self->rate = NARROW_RATE;
  self->speaker = -1;
  self->mixer = ahoy_gst_mixer_new (AHOY_GST_TABLE_MAX_SEATS + 1);
  self->source_number = ahoy_gst_mixer_add (self->mixer);
  self->seats = g_ptr_array_new ();
  self->recorded = ahoy_gst_outlet_new ();
  return self;
}

/* Not begun, or ended. */
void
ahoy_gst_table_free (AhoyGstTable *self)
{
  ahoy_gst_mixer_free (self->mixer);
  ahoy_gst_outlet_free (self->recorded);
  g_ptr_array_unref (self->seats);
  g_free (self);
}

static void
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->table, call->data);
  g_free (call);
}

/* Runs a function in the thread of @worker, where the table is. */
void
ahoy_gst_table_run (AhoyGstTable *self, AhoyGstWorker *worker, AhoyGstTableFunc func,
                    gpointer data)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ self, func, data };
  ahoy_gst_worker_push (worker, run_call, call);
}

static void
deliver (gpointer data)
{
  Message *message = data;

  message->func (&message->event);
  g_free (message);
}

static void
tell (AhoyGstTable *self, AhoyGstTableEventKind kind, gpointer object)
{
  Message *message = g_new (Message, 1);

  *message = (Message){ self->func, { kind, self->owner, object } };
  ahoy_gst_hand_over_push (self->home, deliver, message);
}

/* Takes a listener, which may be NULL. */
AhoyGstSeat *
ahoy_gst_seat_new (AhoyGstTable *table, AhoyGstListener *listener)
{
  AhoyGstSeat *self = g_new0 (AhoyGstSeat, 1);

  self->table = table;
  self->number = -1;
  self->listener = listener;
  self->outlet = ahoy_gst_outlet_new ();
  return self;
}

void
ahoy_gst_seat_free (AhoyGstSeat *self)
{
  g_clear_pointer (&self->listener, ahoy_gst_listener_free);
  ahoy_gst_outlet_free (self->outlet);
  g_free (self);
}

static void
end_playing (AhoyGstTable *self)
{
  if (self->source != NULL) {
    tell (self, AHOY_GST_TABLE_PLAYED, g_steal_pointer (&self->source));
  }
}

static void
end_recording (AhoyGstTable *self)
{
  if (self->recorder != NULL) {
    tell (self, AHOY_GST_TABLE_RECORDED, g_steal_pointer (&self->recorder));
  }
}

static void
hear_seat (AhoyGstTable *self, AhoyGstSeat *seat, guint n, gint64 now)
{
  gint16 samples[AHOY_GST_MIXER_MAX_BLOCK];

  if (seat->listener == NULL) {
    return;
  }
  ahoy_gst_listener_pull (seat->listener, samples, n, self->rate, now);
  if (!seat->muted && !ahoy_gst_listener_is_silent (seat->listener)) {
    ahoy_gst_channel_shape_heard (seat->channel, samples, n);
    ahoy_gst_mixer_put (self->mixer, seat->number, samples);
  }
}

static void
hear_source (AhoyGstTable *self, guint n)
{
  gint16 samples[AHOY_GST_MIXER_MAX_BLOCK];

  if (self->source == NULL) {
    return;
  }
  if (ahoy_gst_audio_source_pull (self->source, samples, n, self->rate)) {
    ahoy_gst_mixer_put (self->mixer, self->source_number, samples);
  } else {
    end_playing (self);
  }
}

static void
record (AhoyGstTable *self, guint n)
{
  guint n_recorded = self->record_rate / TICKS;
  gint16 samples[AHOY_GST_MIXER_MAX_BLOCK];

  ahoy_gst_mixer_take_all (self->mixer, samples);
  if (self->record_rate != self->rate) {
    ahoy_gst_outlet_put (self->recorded, samples, n, self->rate);
    ahoy_gst_outlet_take (self->recorded, samples, n_recorded, self->record_rate);
  }
  ahoy_gst_wav_writer_push (self->recorder, samples, n_recorded);
  if (ahoy_gst_wav_writer_has_failed (self->recorder)) {
    end_recording (self);
  }
}

static AhoyGstSeat *
find_seat (AhoyGstTable *self, int number)
{
  for (guint i = 0; i < self->seats->len; i++) {
    AhoyGstSeat *seat = self->seats->pdata[i];

    if (seat->number == number) {
      return seat;
    }
  }
  return NULL;
}

/* What plays is nobody who speaks. */
static void
update_speaker (AhoyGstTable *self)
{
  int speaker = ahoy_gst_mixer_get_speaker (self->mixer);

  if (speaker != self->speaker && speaker != self->source_number) {
    self->speaker = speaker;
    tell (self, AHOY_GST_TABLE_SPEAKER, find_seat (self, speaker));
  }
}

static void
put_outlets (AhoyGstTable *self, guint n)
{
  gint16 samples[AHOY_GST_MIXER_MAX_BLOCK];

  for (guint i = 0; i < self->seats->len; i++) {
    AhoyGstSeat *seat = self->seats->pdata[i];

    if (seat->indirect) {
      ahoy_gst_mixer_take (self->mixer, seat->number, samples);
      ahoy_gst_outlet_put (seat->outlet, samples, n, self->rate);
    }
  }
}

static void
on_tick (gpointer data, gint64 now)
{
  AhoyGstTable *self = data;
  guint n = self->rate / TICKS;
  gint64 offset = ahoy_gst_rtp_inbox_get_offset (now);

  for (guint i = 0; i < self->seats->len; i++) {
    ahoy_gst_channel_read_waiting (((AhoyGstSeat *) self->seats->pdata[i])->channel, offset, now);
  }
  ahoy_gst_mixer_begin (self->mixer, n);
  for (guint i = 0; i < self->seats->len; i++) {
    hear_seat (self, self->seats->pdata[i], n, now);
  }
  hear_source (self, n);
  ahoy_gst_mixer_close (self->mixer);
  self->mixed_rate = self->rate;
  self->n_mixed = n;
  put_outlets (self, n);
  if (self->recorder != NULL) {
    record (self, n);
  }
  update_speaker (self);
}

void
ahoy_gst_table_begin (AhoyGstTable *self, gpointer data)
{
  self->worker = data;
}

/* All have left. */
void
ahoy_gst_table_end (AhoyGstTable *self, gpointer data)
{
  end_playing (self);
  end_recording (self);
  tell (self, AHOY_GST_TABLE_ENDED, NULL);
}

void
ahoy_gst_table_set_rate (AhoyGstTable *self, gpointer data)
{
  self->rate = MIN (GPOINTER_TO_UINT (data), AHOY_GST_MIXER_MAX_BLOCK * TICKS);
}

void
ahoy_gst_table_set_state (AhoyGstTable *self, gpointer data)
{
  g_autofree AhoyGstSeatState *state = data;
  int number = state->seat->number;

  state->seat->muted = state->muted;
  if (number >= 0) {
    ahoy_gst_mixer_set_gain (self->mixer, number, state->gain);
    ahoy_gst_mixer_set_deaf (self->mixer, number, state->deaf);
  }
}

void
ahoy_gst_table_play (AhoyGstTable *self, gpointer data)
{
  end_playing (self);
  self->source = data;
}

void
ahoy_gst_table_stop_playing (AhoyGstTable *self, gpointer data)
{
  if (self->source != NULL && self->tick != NULL) {
    ahoy_gst_audio_source_stop (self->source);
  } else {
    end_playing (self); /* nobody asks it for samples */
  }
}

void
ahoy_gst_table_record (AhoyGstTable *self, gpointer data)
{
  g_autofree AhoyGstTableRecording *recording = data;

  end_recording (self);
  ahoy_gst_outlet_clear (self->recorded);
  self->recorder = recording->writer;
  self->record_rate = recording->rate;
}

void
ahoy_gst_table_stop_recording (AhoyGstTable *self, gpointer data)
{
  end_recording (self);
}

void
ahoy_gst_seat_sit (AhoyGstSeat *self, AhoyGstChannel *channel)
{
  AhoyGstTable *table = self->table;

  self->channel = channel;
  self->number = ahoy_gst_mixer_add (table->mixer);
  if (self->number < 0) {
    return; /* the owner counts: does not happen */
  }
  g_ptr_array_add (table->seats, self);
  if (table->tick == NULL) {
    table->tick = ahoy_gst_worker_add_tick (table->worker, 1, on_tick, table);
  }
}

void
ahoy_gst_seat_leave (AhoyGstSeat *self)
{
  AhoyGstTable *table = self->table;

  if (self->number < 0) {
    return;
  }
  g_ptr_array_remove_fast (table->seats, self);
  ahoy_gst_mixer_remove (table->mixer, self->number);
  self->number = -1;
  if (table->seats->len == 0) {
    ahoy_gst_worker_remove_tick (table->worker, g_steal_pointer (&table->tick));
  }
}

/* A packet that came for the channel. */
void
ahoy_gst_seat_take (AhoyGstSeat *self, const AhoyGstRtpPacket *packet, gint64 now)
{
  if (self->listener != NULL) {
    ahoy_gst_listener_take (self->listener, packet, now);
  }
}

/* What the channel hears: all others. */
void
ahoy_gst_seat_pull (AhoyGstSeat *self, gint16 *samples, guint n_samples, guint rate)
{
  AhoyGstTable *table = self->table;

  self->indirect = n_samples != table->n_mixed || rate != table->mixed_rate;
  if (self->number < 0) {
    memset (samples, 0, n_samples * sizeof *samples);
  } else if (self->indirect) {
    ahoy_gst_outlet_take (self->outlet, samples, n_samples, rate);
  } else {
    ahoy_gst_outlet_clear (self->outlet);
    ahoy_gst_mixer_take (table->mixer, self->number, samples);
  }
}

/* Takes a listener, and gives back the one before, to be freed in the owner's thread. */
AhoyGstListener *
ahoy_gst_seat_swap_listener (AhoyGstSeat *self, AhoyGstListener *listener)
{
  AhoyGstListener *before = self->listener;

  self->listener = listener;
  return before;
}
