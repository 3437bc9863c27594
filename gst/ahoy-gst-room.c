/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-room-private.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-gain-private.h"
#include "ahoy-gst-stream-private.h"
#include "ahoy-gst-table-private.h"
#include "ahoy-gst-tone-source.h"
#include "ahoy-gst-wav-source.h"
#include "ahoy-gst-wav-writer-private.h"

/*
 * The mixer of an engine: streams that hear each other. All of them go to one worker, that of the
 * room, where a table sums what they say. A room stays with its engine until its table came back.
 */
struct _AhoyGstRoom {
  GObject parent_instance;

  AhoyGstEngine *engine; /* not a reference; NULL when the table came back */
  AhoyGstTable *table;
  guint worker;
  gboolean closing;
  guint rate; /* of the mix */
  GPtrArray *places; /* Place */
  AhoyGstWavWriter *recorder; /* of the recording that is not to stop; not a reference */
};

#define PATH_KEY "ahoy-gst-path" /* of a writer: as it was asked for */
#define NARROW_RATE 8000
#define WIDE_RATE 16000

typedef struct {
  AhoyGstStream *stream; /* not a reference: a stream that is closed leaves */
  AhoyGstSeat *seat;     /* its channel's; NULL as long as that is elsewhere */
  double gain;
  gboolean muted;
  gboolean deaf;
} Place;

static void media_mixer_iface_init (AhoyMediaMixerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyGstRoom, ahoy_gst_room, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MEDIA_MIXER,
                                                      media_mixer_iface_init))

static Place *
find_place (AhoyGstRoom *self, gpointer stream)
{
  for (guint i = 0; i < self->places->len; i++) {
    Place *place = self->places->pdata[i];

    if (place->stream == stream) {
      return place;
    }
  }
  return NULL;
}

static void
run (AhoyGstRoom *self, AhoyGstTableFunc func, gpointer data)
{
  ahoy_gst_table_run (self->table, ahoy_gst_engine_get_worker (self->engine, self->worker), func,
                      data);
}

static gboolean
check_open (AhoyGstRoom *self, GError **error)
{
  if (self->closing) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The mixer is closed; make another one");
    return FALSE;
  }
  return TRUE;
}

/* The mix is as good as the best of them can hear. */
static void
update_rate (AhoyGstRoom *self)
{
  guint rate = NARROW_RATE;

  for (guint i = 0; i < self->places->len; i++) {
    Place *place = self->places->pdata[i];
    const AhoyGstStreamConfig *config = ahoy_gst_stream_get_config (place->stream);

    if (config != NULL) {
      rate = MAX (rate, config->send.codec->sample_rate);
    }
  }
  if (rate != self->rate) {
    self->rate = rate;
    run (self, ahoy_gst_table_set_rate, GUINT_TO_POINTER (rate));
  }
}

static void
update_state (AhoyGstRoom *self, Place *place)
{
  AhoyGstSeatState *state;

  if (place->seat == NULL) {
    return;
  }
  state = g_new (AhoyGstSeatState, 1);
  *state = (AhoyGstSeatState){ place->seat, (guint) ahoy_gst_gain_from_volume (place->gain),
                               place->muted, place->deaf };
  run (self, ahoy_gst_table_set_state, state);
}

static AhoyGstListener *
make_listener (AhoyGstStream *stream)
{
  const AhoyGstStreamConfig *config = ahoy_gst_stream_get_config (stream);

  return config != NULL ? ahoy_gst_listener_new (config->receive, config->n_receive) : NULL;
}

static void
take_seat (AhoyGstRoom *self, Place *place)
{
  place->seat = ahoy_gst_seat_new (self->table, make_listener (place->stream));
  ahoy_gst_stream_run (place->stream, ahoy_gst_channel_sit, place->seat);
  update_state (self, place);
}

/* A stream that is in no other place of the engine comes to the room's worker, and sits down. */
void
ahoy_gst_room_arrived (AhoyGstRoom *self, AhoyGstStream *stream)
{
  Place *place = find_place (self, stream);

  if (place == NULL || place->seat != NULL || ahoy_gst_stream_is_migrating (stream)) {
    return;
  }
  if (ahoy_gst_stream_get_worker (stream) != self->worker) {
    ahoy_gst_stream_move (stream, self->worker);
  } else {
    take_seat (self, place);
  }
}

/* Something new was agreed on with the peer of a stream. */
void
ahoy_gst_room_configured (AhoyGstRoom *self, AhoyGstStream *stream)
{
  Place *place = find_place (self, stream);

  update_rate (self);
  if (place != NULL && place->seat != NULL) {
    ahoy_gst_stream_run (stream, ahoy_gst_channel_set_seat_listener, make_listener (stream));
  }
}

static gboolean
check_stream (AhoyGstRoom *self, AhoyMediaStream *stream, GError **error)
{
  if (!AHOY_GST_IS_STREAM (stream) ||
      (!ahoy_gst_stream_is_closed (AHOY_GST_STREAM (stream)) &&
       ahoy_gst_stream_get_engine (AHOY_GST_STREAM (stream)) != self->engine)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "A mixer takes streams of its own engine only");
    return FALSE;
  }
  if (ahoy_gst_stream_is_closed (AHOY_GST_STREAM (stream))) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The stream on port %u is closed; its session is over",
                 ahoy_gst_stream_get_port (AHOY_GST_STREAM (stream)));
    return FALSE;
  }
  return TRUE;
}

static gboolean
ahoy_gst_room_add (AhoyMediaMixer *mixer, AhoyMediaStream *stream, GError **error)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);
  Place *place;

  if (!check_open (self, error) || !check_stream (self, stream, error)) {
    return FALSE;
  }
  if (find_place (self, stream) != NULL) {
    return TRUE;
  }
  if (self->places->len >= AHOY_GST_TABLE_MAX_SEATS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "The mixer has %u streams, and takes no more; one has to leave before",
                 self->places->len);
    return FALSE;
  }
  ahoy_media_stream_part (stream);
  place = g_new0 (Place, 1);
  place->stream = AHOY_GST_STREAM (stream);
  place->gain = 1;
  g_ptr_array_add (self->places, place);
  ahoy_gst_stream_set_room (place->stream, self);
  update_rate (self);
  ahoy_gst_room_arrived (self, place->stream);
  return TRUE;
}

static gboolean
ahoy_gst_room_remove (AhoyMediaMixer *mixer, AhoyMediaStream *stream)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);
  Place *place = find_place (self, stream);

  if (place == NULL) {
    return FALSE;
  }
  ahoy_gst_stream_set_room (place->stream, NULL);
  if (place->seat != NULL) {
    ahoy_gst_stream_run (place->stream, ahoy_gst_channel_stand_up, NULL);
  }
  g_ptr_array_remove (self->places, place);
  update_rate (self);
  return TRUE;
}

static void
ahoy_gst_room_set_gain (AhoyMediaMixer *mixer, AhoyMediaStream *stream, double gain)
{
  Place *place = find_place (AHOY_GST_ROOM (mixer), stream);

  if (place != NULL) {
    place->gain = gain;
    update_state (AHOY_GST_ROOM (mixer), place);
  }
}

static void
ahoy_gst_room_set_muted (AhoyMediaMixer *mixer, AhoyMediaStream *stream, gboolean muted)
{
  Place *place = find_place (AHOY_GST_ROOM (mixer), stream);

  if (place != NULL) {
    place->muted = muted;
    update_state (AHOY_GST_ROOM (mixer), place);
  }
}

static void
ahoy_gst_room_set_deaf (AhoyMediaMixer *mixer, AhoyMediaStream *stream, gboolean deaf)
{
  Place *place = find_place (AHOY_GST_ROOM (mixer), stream);

  if (place != NULL) {
    place->deaf = deaf;
    update_state (AHOY_GST_ROOM (mixer), place);
  }
}

static gboolean
play (AhoyGstRoom *self, gpointer source)
{
  if (source != NULL) {
    run (self, ahoy_gst_table_play, source);
  }
  return source != NULL;
}

static gboolean
ahoy_gst_room_play_file (AhoyMediaMixer *mixer, const char *path, gboolean repeat, GError **error)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);

  return check_open (self, error) && play (self, ahoy_gst_wav_source_new (path, repeat, error));
}

static gboolean
ahoy_gst_room_play_tone (AhoyMediaMixer *mixer, const char *tone, GError **error)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);

  return check_open (self, error) && play (self, ahoy_gst_tone_source_new (tone, error));
}

static void
ahoy_gst_room_stop_playing (AhoyMediaMixer *mixer)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);

  if (!self->closing) {
    run (self, ahoy_gst_table_stop_playing, NULL);
  }
}

static gboolean
ahoy_gst_room_record (AhoyMediaMixer *mixer, const char *path, GError **error)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);
  guint rate = self->rate > NARROW_RATE ? WIDE_RATE : NARROW_RATE;
  AhoyGstTableRecording *recording;
  AhoyGstWavWriter *writer;

  if (!check_open (self, error)) {
    return FALSE;
  }
  if (self->recorder != NULL) {
    g_autofree char *name =
        g_filename_display_name (g_object_get_data (G_OBJECT (self->recorder), PATH_KEY));

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "The mixer is recorded to %s already; stop that recording first", name);
    return FALSE;
  }
  writer = ahoy_gst_wav_writer_new (path, AHOY_GST_WAV_WRITER_PCM, rate, 1, error);
  if (writer == NULL) {
    return FALSE;
  }
  g_object_set_data_full (G_OBJECT (writer), PATH_KEY, g_strdup (path), g_free);
  ahoy_gst_wav_writer_set_owner (writer, ahoy_media_mixer_get_name (mixer));
  self->recorder = writer;
  recording = g_new (AhoyGstTableRecording, 1);
  *recording = (AhoyGstTableRecording){ writer, rate };
  run (self, ahoy_gst_table_record, recording);
  return TRUE;
}

static void
end_recording (AhoyGstRoom *self)
{
  if (self->recorder != NULL) {
    ahoy_gst_wav_writer_end (self->recorder);
    self->recorder = NULL;
  }
}

static void
ahoy_gst_room_stop_recording (AhoyMediaMixer *mixer)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);

  if (!self->closing) {
    end_recording (self);
    run (self, ahoy_gst_table_stop_recording, NULL);
  }
}

static void
ahoy_gst_room_close (AhoyMediaMixer *mixer)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (mixer);

  if (self->closing) {
    return;
  }
  while (self->places->len > 0) {
    Place *last = self->places->pdata[self->places->len - 1];

    ahoy_gst_room_remove (mixer, AHOY_MEDIA_STREAM (last->stream));
  }
  self->closing = TRUE;
  end_recording (self);
  run (self, ahoy_gst_table_end, NULL);
}

static void
media_mixer_iface_init (AhoyMediaMixerInterface *iface)
{
  iface->add = ahoy_gst_room_add;
  iface->remove = ahoy_gst_room_remove;
  iface->set_gain = ahoy_gst_room_set_gain;
  iface->set_muted = ahoy_gst_room_set_muted;
  iface->set_deaf = ahoy_gst_room_set_deaf;
  iface->play_file = ahoy_gst_room_play_file;
  iface->play_tone = ahoy_gst_room_play_tone;
  iface->stop_playing = ahoy_gst_room_stop_playing;
  iface->record = ahoy_gst_room_record;
  iface->stop_recording = ahoy_gst_room_stop_recording;
  iface->close = ahoy_gst_room_close;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyMediaMixer) self = user_data;
  const char *path = g_object_get_data (source, PATH_KEY);
  g_autoptr (GError) error = NULL;

  if (!ahoy_gst_wav_writer_close_finish (AHOY_GST_WAV_WRITER (source), result, &error)) {
    g_warning ("The recording of a mixer is not whole: %s", error->message);
  }
  ahoy_media_mixer_emit_recording_ended (self, path, error);
}

static void
on_recorded (AhoyGstRoom *self, AhoyGstWavWriter *writer)
{
  if (self->recorder == writer) {
    self->recorder = NULL;
  }
  ahoy_gst_wav_writer_close_async (writer, on_written, g_object_ref (self));
  g_object_unref (writer);
}

static void
on_speaker (AhoyGstRoom *self, AhoyGstSeat *seat)
{
  Place *found = NULL;

  for (guint i = 0; i < self->places->len; i++) {
    Place *place = self->places->pdata[i];

    if (seat != NULL && place->seat == seat) {
      found = place;
    }
  }
  ahoy_media_mixer_emit_active_speaker (
      AHOY_MEDIA_MIXER (self), found != NULL ? AHOY_MEDIA_STREAM (found->stream) : NULL);
}

static void
on_event (const AhoyGstTableEvent *event)
{
  g_autoptr (AhoyGstRoom) self = g_object_ref (event->owner);

  switch (event->kind) {
  case AHOY_GST_TABLE_SPEAKER:
    on_speaker (self, event->object);
    break;
  case AHOY_GST_TABLE_PLAYED:
    g_object_unref (event->object);
    break;
  case AHOY_GST_TABLE_RECORDED:
    on_recorded (self, event->object);
    break;
  case AHOY_GST_TABLE_ENDED:
    g_clear_pointer (&self->table, ahoy_gst_table_free);
    ahoy_gst_engine_forget_room (g_steal_pointer (&self->engine), self);
    break;
  default:
    break;
  }
}

static void
ahoy_gst_room_finalize (GObject *object)
{
  AhoyGstRoom *self = AHOY_GST_ROOM (object);

  g_ptr_array_unref (self->places);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_gst_room_parent_class)->finalize (object);
}

static void
ahoy_gst_room_class_init (AhoyGstRoomClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_gst_room_finalize;
}

static void
ahoy_gst_room_init (AhoyGstRoom *self)
{
  self->places = g_ptr_array_new_with_free_func (g_free);
  self->rate = NARROW_RATE;
  ahoy_census_enter (G_OBJECT (self));
}

AhoyGstRoom *
ahoy_gst_room_new (AhoyGstEngine *engine, guint worker)
{
  AhoyGstRoom *self = g_object_new (AHOY_GST_TYPE_ROOM, NULL);

  self->engine = engine;
  self->worker = worker;
  self->table = ahoy_gst_table_new (ahoy_gst_engine_get_home (engine), on_event, self);
  run (self, ahoy_gst_table_begin, ahoy_gst_engine_get_worker (engine, worker));
  return self;
}
