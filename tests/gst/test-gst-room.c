/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-g711.h"
#include "ahoy-gst-stream-private.h"
#include "goertzel.h"
#include "rtp-phone.h"
#include "watchdog.h"

/*
 * Streams that hear each other by a mixer. Each party is a phone with a socket and a tone of its
 * own, and speaks a frame for each one it hears: the streams are the clock.
 */
#define FRAME 160
#define WINDOW 2000 /* samples that are looked at: a quarter of a second */
#define LOUD 3000   /* an amplitude that is heard; all speak with 8000 */
#define QUIET 150   /* one that is not */
#define MAX_PARTIES 30

typedef struct {
  AhoyGstStream *stream;
  RtpPhone phone;
  guint8 payload_type;
  guint ptime;
  double frequency; /* 0: says nothing */
  gboolean content; /* heard all others and not itself, since everything was forgotten */
} Party;

typedef struct {
  AhoyGstEngine *engine;
  AhoyMediaMixer *mixer;
  guint n_parties;
  Party parties[MAX_PARTIES];
} Room;

static void
room_init (Room *self, guint n_workers)
{
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  self->engine = ahoy_gst_engine_new (n_workers);
  ahoy_gst_engine_set_port_range (self->engine, 0, 0);
  self->mixer = ahoy_media_engine_create_mixer (AHOY_MEDIA_ENGINE (self->engine), &error);
  g_assert_no_error (error);
}

static void
configure (Party *party, const char *codec)
{
  gboolean opus = g_str_equal (codec, "opus");
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = party->ptime,
                                 .n_receive = 1, .dtmf_send = -1, .dtmf_receive = -1 };
  g_autoptr (GError) error = NULL;

  config.rtp = party->phone.address;
  config.rtcp = party->phone.address;
  config.mux = TRUE;
  config.receive[0] = (AhoyGstFormat){ ahoy_gst_codec_find (codec, opus ? 48000 : 8000,
                                                            opus ? 2 : 1),
                                       party->payload_type };
  config.send = config.receive[0];
  g_assert_true (ahoy_gst_stream_configure (party->stream, &config, &error));
  g_assert_no_error (error);
}

static Party *
call_in (Room *self, const char *codec, guint payload_type, guint ptime, double frequency)
{
  Party *party = &self->parties[self->n_parties++];
  g_autoptr (GError) error = NULL;

  party->stream = ahoy_gst_engine_create_stream (self->engine, "127.0.0.1", TRUE, &error);
  g_assert_no_error (error);
  party->payload_type = (guint8) payload_type;
  party->ptime = ptime;
  party->frequency = frequency;
  rtp_phone_init (&party->phone, "127.0.0.1");
  g_assert_true (ahoy_gst_address_parse (&party->phone.peer, "127.0.0.1",
                                         ahoy_gst_stream_get_port (party->stream)));
  configure (party, codec);
  return party;
}

static void
join (Room *self, Party *party)
{
  g_autoptr (GError) error = NULL;

  ahoy_media_mixer_add (self->mixer, AHOY_MEDIA_STREAM (party->stream), &error);
  g_assert_no_error (error);
}

static void
room_clear (Room *self)
{
  ahoy_media_mixer_close (self->mixer);
  g_object_unref (self->mixer);
  g_object_unref (self->engine);
  for (guint i = 0; i < self->n_parties; i++) {
    rtp_phone_clear (&self->parties[i].phone);
  }
  g_assert_cmpuint (ahoy_census_count ("AhoyGstStream"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstRoom"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstEngine"), ==, 0);
}

static void
speak (Party *party)
{
  guint n = FRAME * party->ptime / 20;
  gint16 samples[FRAME * 3];
  guint8 payload[FRAME * 3];

  for (guint i = 0; i < n; i++) {
    guint at = party->phone.timestamp + i;

    samples[i] = (gint16) (8000 * sin (2 * G_PI * party->frequency * at / 8000));
  }
  ahoy_gst_g711_encode (party->payload_type == 8 ? AHOY_GST_G711_ALAW : AHOY_GST_G711_ULAW,
                        samples, payload, n);
  rtp_phone_send (&party->phone, party->payload_type, payload, n, n);
}

/* One look at all phones. */
static void
look (Room *self)
{
  for (guint i = 0; i < self->n_parties; i++) {
    Party *party = &self->parties[i];

    for (guint n = rtp_phone_receive (&party->phone); n > 0 && party->frequency != 0; n--) {
      speak (party);
    }
  }
}

static gboolean
talk_on (Room *self)
{
  look (self);
  return TRUE;
}

static double
measure (Party *party, double frequency)
{
  GArray *pcm = party->phone.pcm;

  return pcm->len < WINDOW ? -1
                           : goertzel_amplitude ((gint16 *) pcm->data + (pcm->len - WINDOW),
                                                 WINDOW, 8000, frequency);
}

static gboolean
hears (Party *party, double frequency)
{
  return measure (party, frequency) > LOUD;
}

static gboolean
hears_not (Party *party, double frequency)
{
  double found = measure (party, frequency);

  return found >= 0 && found < QUIET;
}

static gboolean
hears_the_others (Party *self, Party *const *parties, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (parties[i] == self ? !hears_not (self, self->frequency)
                           : !hears (self, parties[i]->frequency)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Each has heard all others and not itself, clearly at some time: a machine that has much to do may
 * make one of them stammer at any time. */
static gboolean
all_hear_the_others (Party *const *parties, guint n)
{
  gboolean all = TRUE;

  for (guint i = 0; i < n; i++) {
    parties[i]->content = parties[i]->content || hears_the_others (parties[i], parties, n);
    all = all && parties[i]->content;
  }
  return all;
}

static void
forget (Room *self)
{
  for (guint i = 0; i < self->n_parties; i++) {
    g_array_set_size (self->parties[i].phone.pcm, 0);
    self->parties[i].content = FALSE;
  }
}

static void
test_three (void)
{
  Room room;
  Party *parties[3];
  gboolean was_in;

  room_init (&room, 2);
  parties[0] = call_in (&room, "PCMU", 0, 20, 500);
  parties[1] = call_in (&room, "PCMA", 8, 20, 900);
  parties[2] = call_in (&room, "PCMU", 0, 20, 1300);
  for (guint i = 0; i < 3; i++) {
    join (&room, parties[i]);
  }
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 3));
  g_assert_cmpuint (ahoy_gst_stream_get_worker (parties[0]->stream), ==,
                    ahoy_gst_stream_get_worker (parties[1]->stream));

  /* One leaves: nobody hears him, nor he anybody. */
  was_in = ahoy_media_mixer_remove (room.mixer, AHOY_MEDIA_STREAM (parties[2]->stream));
  g_assert_true (was_in);
  g_assert_false (ahoy_media_mixer_remove (room.mixer, AHOY_MEDIA_STREAM (parties[2]->stream)));
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 2) &&
              hears_not (parties[0], 1300) && hears_not (parties[1], 1300) &&
              hears_not (parties[2], 500) && hears_not (parties[2], 900));

  /* And comes back. */
  join (&room, parties[2]);
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 3));

  /* One hangs up. */
  ahoy_gst_stream_close (parties[0]->stream);
  parties[0]->frequency = 0;
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties + 1, 2) &&
              hears_not (parties[1], 500) && hears_not (parties[2], 500));
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (parties[i]->phone.sources, ==, 1);
    g_assert_cmpuint (parties[i]->phone.gaps, ==, 0);
  }
  room_clear (&room);
}

/* Frames of other lengths come through the mixer, and codecs of other rates. */
static void
test_mixed (void)
{
  Room room;
  Party *parties[4];

  room_init (&room, 1);
  parties[0] = call_in (&room, "PCMU", 0, 20, 500);
  parties[1] = call_in (&room, "PCMA", 8, 10, 900);
  parties[2] = call_in (&room, "PCMU", 0, 40, 1300);
  parties[3] = call_in (&room, "PCMU", 0, 30, 1700);
  for (guint i = 0; i < 4; i++) {
    join (&room, parties[i]);
  }
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 4));

  /* Who has a wide codec raises the rate of all, and leaves it when he leaves. */
  for (guint i = 0; i < 2; i++) {
    Party *wide = i == 0 ? call_in (&room, "G722", 9, 20, 0) : call_in (&room, "opus", 111, 20, 0);

    join (&room, wide);
    forget (&room);
    wait_until (talk_on (&room) && all_hear_the_others (parties, 4));
    wait_until (talk_on (&room) && wide->phone.received > 10);
    g_assert_true (ahoy_media_mixer_remove (room.mixer, AHOY_MEDIA_STREAM (wide->stream)));
    forget (&room);
    wait_until (talk_on (&room) && all_hear_the_others (parties, 4));
  }
  room_clear (&room);
}

/* A party in a wide codec is heard by one in a narrow one, and hears it. */
static void
test_wide_codec (void)
{
  Room room;
  Party *narrow;
  AhoyGstStream *wide;
  AhoyGstStream *far;
  AhoyGstStreamConfig config = { .sends = TRUE, .receives = TRUE, .ptime = 20, .n_receive = 1,
                                 .dtmf_send = -1, .dtmf_receive = -1 };
  g_autoptr (GError) error = NULL;

  room_init (&room, 2);
  narrow = call_in (&room, "PCMU", 0, 20, 700);
  wide = ahoy_gst_engine_create_stream (room.engine, "127.0.0.1", TRUE, NULL);
  far = ahoy_gst_engine_create_stream (room.engine, "127.0.0.1", TRUE, NULL);
  config.send = config.receive[0] = (AhoyGstFormat){ ahoy_gst_codec_find ("opus", 48000, 2), 111 };
  ahoy_gst_address_parse (&config.rtp, "127.0.0.1", ahoy_gst_stream_get_port (far));
  config.rtcp = config.rtp;
  g_assert_true (ahoy_gst_stream_configure (wide, &config, &error));
  ahoy_gst_address_parse (&config.rtp, "127.0.0.1", ahoy_gst_stream_get_port (wide));
  config.rtcp = config.rtp;
  g_assert_true (ahoy_gst_stream_configure (far, &config, &error));
  /* The far one sends back what it hears: that is not his own tone, but what the room said. */
  ahoy_media_stream_set_echo (AHOY_MEDIA_STREAM (far), TRUE);
  g_assert_true (ahoy_media_mixer_add (room.mixer, AHOY_MEDIA_STREAM (wide), &error));
  join (&room, narrow);
  wait_until (talk_on (&room) && hears (narrow, 700));
  room_clear (&room);
}

static void
test_states (void)
{
  Room room;
  Party *parties[3];
  AhoyMediaStream *first;

  room_init (&room, 2);
  for (guint i = 0; i < 3; i++) {
    parties[i] = call_in (&room, "PCMU", 0, 20, 500 + 400 * i);
    join (&room, parties[i]);
  }
  first = AHOY_MEDIA_STREAM (parties[0]->stream);
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 3));

  ahoy_media_mixer_set_muted (room.mixer, first, TRUE);
  wait_until (talk_on (&room) && hears_not (parties[1], 500) && hears_not (parties[2], 500) &&
              hears (parties[0], 900) && hears (parties[1], 1300));
  ahoy_media_mixer_set_muted (room.mixer, first, FALSE);
  ahoy_media_mixer_set_deaf (room.mixer, first, TRUE);
  wait_until (talk_on (&room) && hears_not (parties[0], 900) && hears_not (parties[0], 1300) &&
              hears (parties[1], 500));
  ahoy_media_mixer_set_deaf (room.mixer, first, FALSE);
  ahoy_media_mixer_set_gain (room.mixer, first, 0.5);
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 3) &&
              measure (parties[1], 500) < 4500 && measure (parties[1], 1300) > 7000);
  room_clear (&room);
}

static void
on_speaker (AhoyMediaMixer *mixer, AhoyMediaStream *stream, AhoyMediaStream **speaker)
{
  *speaker = stream;
}

static void
test_speaker (void)
{
  Room room;
  Party *parties[3];
  AhoyMediaStream *speaker = NULL;

  room_init (&room, 2);
  g_signal_connect (room.mixer, "active-speaker", G_CALLBACK (on_speaker), &speaker);
  for (guint i = 0; i < 3; i++) {
    parties[i] = call_in (&room, "PCMU", 0, 20, 0);
    join (&room, parties[i]);
  }
  for (guint i = 0; i < 3; i++) {
    parties[i]->frequency = 700;
    wait_until (talk_on (&room) && speaker == AHOY_MEDIA_STREAM (parties[i]->stream));
    parties[i]->frequency = 0;
  }
  ahoy_media_mixer_remove (room.mixer, speaker);
  /* One who spoke shortly before takes over, or nobody. */
  wait_until (speaker != AHOY_MEDIA_STREAM (parties[2]->stream));
  room_clear (&room);
}

static void
on_recorded (AhoyMediaMixer *mixer, const char *path, const GError *error, char **recorded)
{
  g_assert_no_error ((GError *) error);
  *recorded = g_strdup (path);
}

/* What plays is heard by all, and all of it and of them is in the recording. */
static void
test_sound_and_recording (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ahoy-room-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "room.wav", NULL);
  g_autofree char *recorded = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  Room room;
  Party *parties[2];

  room_init (&room, 1);
  g_signal_connect (room.mixer, "recording-ended", G_CALLBACK (on_recorded), &recorded);
  for (guint i = 0; i < 2; i++) {
    parties[i] = call_in (&room, "PCMU", 0, 20, 500 + 400 * i);
    join (&room, parties[i]);
  }
  ahoy_media_mixer_play_tone (room.mixer, "1700", &error);
  g_assert_no_error (error);
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 2) &&
              measure (parties[0], 1700) > 500 && measure (parties[1], 1700) > 500);
  ahoy_media_mixer_record (room.mixer, path, &error);
  g_assert_no_error (error);
  g_assert_false (ahoy_media_mixer_record (room.mixer, path, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS);
  forget (&room);
  wait_until (talk_on (&room) && parties[0]->phone.pcm->len > 8000);
  ahoy_media_mixer_stop_playing (room.mixer);
  ahoy_media_mixer_stop_recording (room.mixer);
  wait_until (talk_on (&room) && recorded != NULL);
  g_assert_cmpstr (recorded, ==, path);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_cmpuint (size, >, 2 * 6000);
  g_assert_cmpfloat (goertzel_amplitude ((gint16 *) (content + 1000), WINDOW, 8000, 500), >, LOUD);
  g_assert_cmpfloat (goertzel_amplitude ((gint16 *) (content + 1000), WINDOW, 8000, 900), >, LOUD);
  g_assert_cmpfloat (goertzel_amplitude ((gint16 *) (content + 1000), WINDOW, 8000, 1700), >, 500);
  wait_until (talk_on (&room) && hears_not (parties[0], 1700));
  room_clear (&room);
  g_remove (path);
  g_rmdir (folder);
}

static guint
count_stalls (Room *room)
{
  guint stalls = 0;
  AhoyGstWorker *worker;

  for (guint i = 0; (worker = ahoy_gst_engine_get_worker (room->engine, i)) != NULL; i++) {
    stalls += ahoy_gst_worker_get_stalls (worker);
  }
  return stalls;
}

/* Everybody hears for two seconds who speaks; how often frames were missing. */
static guint
listen_to_thirty (Room *room)
{
  guint missing = 0;

  for (guint i = 0; i < MAX_PARTIES; i++) {
    rtp_phone_receive (&room->parties[i].phone);
    room->parties[i].phone.gaps = room->parties[i].phone.skips = 0;
  }
  forget (room);
  wait_until (talk_on (room) && room->parties[0].phone.pcm->len > 8000 * 2);
  for (guint i = 0; i < MAX_PARTIES; i++) {
    Party *party = &room->parties[i];

    wait_until (talk_on (room) && (i == 7 || hears (party, 500)) && (i == 8 || hears (party, 900)));
    missing += party->phone.gaps + party->phone.skips;
  }
  return missing;
}

/* Nobody misses a frame, and the beat of each is that of its codec. On a machine that let a worker
 * wait meanwhile it is tried again. */
static void
test_thirty (void)
{
  guint missing;
  guint stalls;
  Room room;

  room_init (&room, 2);
  for (guint i = 0; i < MAX_PARTIES; i++) {
    join (&room, call_in (&room, i % 2 == 0 ? "PCMU" : "PCMA", i % 2 == 0 ? 0 : 8, 20, 0));
  }
  room.parties[7].frequency = 500;
  room.parties[8].frequency = 900;
  wait_until (talk_on (&room) && hears (&room.parties[7], 900) && hears (&room.parties[8], 500));
  do {
    stalls = count_stalls (&room);
    missing = listen_to_thirty (&room);
  } while (missing > 0 && count_stalls (&room) > stalls);
  g_assert_cmpuint (missing, ==, 0);
  for (guint i = 0; i < MAX_PARTIES; i++) {
    g_assert_cmpuint (room.parties[i].phone.sources, ==, 1);
  }
  room_clear (&room);
}

/* Streams and rooms come and go in any order, also while they are on their way. */
static void
test_coming_and_going (void)
{
  g_autoptr (GError) error = NULL;
  AhoyMediaMixer *other;
  Room room;
  Party *parties[6];

  room_init (&room, 4);
  other = ahoy_media_engine_create_mixer (AHOY_MEDIA_ENGINE (room.engine), &error);
  for (guint i = 0; i < 6; i++) {
    parties[i] = call_in (&room, "PCMU", 0, 20, 500 + 200 * i);
  }
  for (guint i = 0; i < 300; i++) {
    AhoyMediaStream *stream = AHOY_MEDIA_STREAM (parties[i % 5]->stream);

    switch (i % 7) {
    case 0:
    case 1:
    case 2:
      g_assert_true (ahoy_media_mixer_add (i % 2 == 0 ? other : room.mixer, stream, &error));
      break;
    case 3:
      g_assert_true (ahoy_media_stream_join (
          stream, AHOY_MEDIA_STREAM (parties[5]->stream), &error));
      break;
    case 4:
      ahoy_media_stream_part (stream);
      break;
    case 5:
      ahoy_gst_stream_migrate (parties[i % 5]->stream, i % 4);
      break;
    default:
      look (&room);
      g_main_context_iteration (NULL, FALSE);
    }
  }
  ahoy_media_mixer_close (other);
  g_assert_false (ahoy_media_mixer_add (other, AHOY_MEDIA_STREAM (parties[0]->stream), &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE);
  g_object_unref (other);
  for (guint i = 0; i < 3; i++) {
    join (&room, parties[i]);
  }
  forget (&room);
  wait_until (talk_on (&room) && all_hear_the_others (parties, 3));
  room_clear (&room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/room/three-hear-each-other", test_three);
  g_test_add_func ("/gst/room/frames-of-any-length", test_mixed);
  g_test_add_func ("/gst/room/wide-codec", test_wide_codec);
  g_test_add_func ("/gst/room/muted-deaf-and-softer", test_states);
  g_test_add_func ("/gst/room/active-speaker", test_speaker);
  g_test_add_func ("/gst/room/sound-and-recording", test_sound_and_recording);
  g_test_add_func ("/gst/room/thirty-parties", test_thirty);
  g_test_add_func ("/gst/room/coming-and-going", test_coming_and_going);
  return g_test_run ();
}
