/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <unistd.h>

#include "ahoy-gst-audio-handler.h"
#include "ahoy.h"
#include "goertzel.h"
#include "slow-machine.h"
#include "watchdog.h"

/* Two user agents of this process call each other by SIP over UDP on loopback; one media engine
 * carries both. */
typedef struct {
  AhoyStack *stack;
  AhoySessionService *sessions;
  AhoyGstAudioHandler *audio;
  AhoyEndpoint *endpoint; /* that calls are from or for; NULL for none */
  AhoySession *session;
  guint ended;
} Party;

typedef struct {
  AhoyGstEngine *engine;
  Party caller;
  Party callee;
  const char *host;
} Fixture;

static void
on_ended (AhoySession *session, Party *party)
{
  party->ended++;
}

static void
on_added (AhoySessionService *sessions, AhoySession *session, Party *party)
{
  g_set_object (&party->session, session);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), party);
}

static gboolean
on_incoming (AhoySessionService *sessions, AhoySession *session, Party *party)
{
  ahoy_session_set_endpoint (session, party->endpoint); /* as identification does */
  return TRUE;
}

static void
start_party (Party *party, AhoyGstEngine *engine, const char *host)
{
  static const char *const narrow[] = { "PCMU", "PCMA", NULL };
  g_autoptr (GError) error = NULL;

  party->stack = ahoy_stack_new (NULL, NULL);
  g_object_set (party->stack, "t1", 30u, NULL);
  ahoy_stack_start (party->stack, &error);
  g_assert_no_error (error);
  ahoy_stack_listen (party->stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, host, 0, NULL, &error);
  g_assert_no_error (error);
  party->sessions = ahoy_session_service_new (party->stack);
  party->audio = ahoy_gst_audio_handler_new (engine);
  ahoy_gst_audio_handler_set_codecs (party->audio, narrow, &error);
  g_assert_no_error (error);
  ahoy_session_service_add_sdp_handler (party->sessions, AHOY_SDP_HANDLER (party->audio), "audio",
                                        "audio", NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (party->sessions, "session-added", G_CALLBACK (on_added), party);
  g_signal_connect (party->sessions, "incoming", G_CALLBACK (on_incoming), party);
  ahoy_session_service_register (party->sessions, &error);
  g_assert_no_error (error);
}

static void
stop_party (Party *party)
{
  g_clear_object (&party->session);
  g_clear_object (&party->endpoint);
  ahoy_session_service_unregister (party->sessions);
  g_object_run_dispose (G_OBJECT (party->sessions));
  g_object_unref (party->sessions);
  g_object_unref (party->audio);
  ahoy_stack_stop (party->stack);
  g_object_unref (party->stack);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->host = data;
  fixture->engine = ahoy_gst_engine_new (2);
  ahoy_gst_engine_set_port_range (fixture->engine, 0, 0);
  start_party (&fixture->caller, fixture->engine, fixture->host);
  start_party (&fixture->callee, fixture->engine, fixture->host);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  stop_party (&fixture->caller);
  stop_party (&fixture->callee);
  g_object_unref (fixture->engine);
  wait_until (ahoy_census_count ("AhoySession") == 0 && ahoy_census_count ("AhoyStack") == 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstStream"), ==, 0);
  g_assert_cmpuint (ahoy_census_count ("AhoyGstAudioHandler"), ==, 0);
}

static AhoyMediaStream *
media_of (Party *party)
{
  GPtrArray *streams;

  if (party->session == NULL) {
    return NULL;
  }
  streams = ahoy_session_get_streams (party->session);
  return streams->len > 0 ? ahoy_session_stream_get_media (streams->pdata[0]) : NULL;
}

static AhoySdpMedia *
local_of (Party *party)
{
  GPtrArray *streams = ahoy_session_get_streams (party->session);

  return ahoy_session_stream_get_local (streams->pdata[0]);
}

static guint64
count_received (Party *party)
{
  AhoyMediaStream *media = media_of (party);
  g_autoptr (AhoyMediaStatistics) statistics =
      media != NULL ? ahoy_media_stream_get_statistics (media) : NULL;

  return statistics != NULL ? statistics->packets_received : 0;
}

static guint64
count_sent (Party *party)
{
  g_autoptr (AhoyMediaStatistics) statistics =
      ahoy_media_stream_get_statistics (media_of (party));

  return statistics->packets_sent;
}

static void
call (Fixture *fixture, const char *codecs)
{
  gboolean is_ipv6 = strchr (fixture->host, ':') != NULL;
  g_autofree char *target = g_strdup_printf (
      is_ipv6 ? "sip:bob@[%s]:%u" : "sip:bob@%s:%u", fixture->host,
      ahoy_stack_get_listener_port (fixture->callee.stack, "udp"));
  g_autoptr (GError) error = NULL;
  GVariantBuilder variables;
  g_autoptr (AhoySession) session = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_builder_init (&variables, G_VARIANT_TYPE ("a{ss}"));
  if (codecs != NULL) {
    g_variant_builder_add (&variables, "{ss}", "codecs", codecs);
  }
  g_variant_dict_insert_value (&options, "variables", g_variant_builder_end (&variables));
  session = ahoy_session_service_dial_as (fixture->caller.sessions, fixture->caller.endpoint,
                                          "sip:alice@ahoy.invalid", target,
                                          g_variant_dict_end (&options), &error);
  g_assert_no_error (error);
  g_assert_nonnull (session);
}

static void
dial (Fixture *fixture, const char *codecs)
{
  call (fixture, codecs);
  wait_until (fixture->callee.session != NULL &&
              ahoy_session_get_state (fixture->callee.session) == AHOY_SESSION_TRYING);
}

static void
answer (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  ahoy_session_answer (fixture->callee.session, &error);
  g_assert_no_error (error);
  wait_until (ahoy_session_get_state (fixture->caller.session) == AHOY_SESSION_ACTIVE);
}

static void
hang_up (Fixture *fixture)
{
  ahoy_session_hangup (fixture->caller.session);
  wait_until (fixture->caller.ended == 1 && fixture->callee.ended == 1);
}

/* Both hear each other from the answer on; what was counted can be read after the call. */
static void
test_call (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyMediaStatistics) statistics = NULL;

  dial (fixture, NULL);
  answer (fixture);
  wait_until (count_received (&fixture->caller) > 10 && count_received (&fixture->callee) > 10);
  hang_up (fixture);
  statistics = ahoy_media_stream_get_statistics (media_of (&fixture->callee));
  g_test_message ("%s %s to %s, MOS %.2f", statistics->codec, statistics->local_address,
                  statistics->remote_address, statistics->mos);
  g_assert_cmpstr (statistics->codec, ==, "PCMU");
  g_assert_cmpint (statistics->packets_lost, ==, 0);
  g_assert_cmpfloat (statistics->mos, >, 3); /* what jitter a loaded machine has counts */
  g_assert_true (g_str_has_prefix (statistics->local_address,
                                   strchr (fixture->host, ':') != NULL ? "[::1]:" : "127.0.0.1:"));
  g_assert_true (ahoy_sdp_media_has_rtcp_mux (local_of (&fixture->callee)));
  wait_until (ahoy_census_count ("AhoyGstStream") == 2); /* only the sessions hold them */
}

/* Media flows both ways before the call is answered. */
static void
test_early_media (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  dial (fixture, NULL);
  ahoy_session_progress (fixture->callee.session, &error);
  g_assert_no_error (error);
  wait_until (count_received (&fixture->caller) > 5 && count_received (&fixture->callee) > 5);
  g_assert_cmpint ((int) ahoy_session_get_state (fixture->callee.session), <, AHOY_SESSION_ACTIVE);
  answer (fixture);
  hang_up (fixture);
}

static void
test_no_common_codec (Fixture *fixture, gconstpointer data)
{
  static const char *const only_alaw[] = { "PCMA", NULL };
  static const char *const unknown[] = { "PCMA", "G729", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (ahoy_gst_audio_handler_set_codecs (fixture->callee.audio, unknown, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_true (ahoy_gst_audio_handler_set_codecs (fixture->callee.audio, only_alaw, &error));
  g_assert_no_error (error);
  call (fixture, "PCMU");
  wait_until (fixture->caller.ended == 1);
  g_assert_cmpuint (ahoy_session_get_end_status (fixture->caller.session), ==, 488);
}

typedef struct {
  guint done;
  guint status;
} Modified;

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Modified *modified = user_data;
  g_autoptr (AhoyMessage) response =
      ahoy_session_refresh_finish (AHOY_SESSION (source), result, NULL);

  modified->done++;
  modified->status = response != NULL ? ahoy_message_get_status (response) : 0;
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Modified *modified = user_data;
  g_autoptr (AhoyMessage) response =
      ahoy_session_set_hold_finish (AHOY_SESSION (source), result, NULL);

  modified->done++;
  modified->status = response != NULL ? ahoy_message_get_status (response) : 0;
}

/* A re-INVITE takes another codec into use, and nothing of what was sent is lost. */
static void
test_change_codec (Fixture *fixture, gconstpointer data)
{
  static const char *const only_alaw[] = { "PCMA", NULL };
  g_autoptr (AhoyMediaStatistics) statistics = NULL;
  Modified modified = { 0 };
  guint64 before;

  dial (fixture, NULL);
  answer (fixture);
  wait_until (count_received (&fixture->callee) > 5);
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->callee)), ==, "PCMU");
  ahoy_gst_audio_handler_set_codecs (fixture->callee.audio, only_alaw, NULL);
  ahoy_session_refresh_async (fixture->caller.session, "INVITE", NULL, on_refreshed, &modified);
  wait_until (modified.done == 1);
  g_assert_cmpuint (modified.status, ==, 200);
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->caller)), ==, "PCMA");
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->callee)), ==, "PCMA");
  before = count_received (&fixture->callee);
  wait_until (count_received (&fixture->callee) > before + 10);
  statistics = ahoy_media_stream_get_statistics (media_of (&fixture->callee));
  g_assert_cmpint (statistics->packets_lost, ==, 0);
  hang_up (fixture);
}

/* Held by the caller, the callee is silent; afterwards it goes on. */
static void
test_hold (Fixture *fixture, gconstpointer data)
{
  Modified modified = { 0 };
  guint64 callee_heard;
  guint64 caller_heard;
  g_autoptr (AhoyMediaStatistics) statistics = NULL;

  dial (fixture, NULL);
  answer (fixture);
  wait_until (count_received (&fixture->caller) > 5);
  ahoy_session_set_hold_async (fixture->caller.session, TRUE, NULL, on_held, &modified);
  wait_until (modified.done == 1);
  callee_heard = count_received (&fixture->callee);
  wait_until (count_received (&fixture->callee) > callee_heard + 5); /* what is under way came */
  caller_heard = count_received (&fixture->caller);
  wait_until (count_received (&fixture->callee) > callee_heard + 20);
  g_assert_cmpuint (count_received (&fixture->caller), ==, caller_heard);
  ahoy_session_set_hold_async (fixture->caller.session, FALSE, NULL, on_held, &modified);
  wait_until (modified.done == 2);
  wait_until (count_received (&fixture->caller) > caller_heard + 5);
  statistics = ahoy_media_stream_get_statistics (media_of (&fixture->caller));
  g_assert_cmpint (statistics->packets_lost, ==, 0);
  hang_up (fixture);
}

/* RTCP on a port of its own, ptime of 30 ms, and a fixed address. */
static void
test_settings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ahoy_gst_audio_handler_set_rtcp_mux (fixture->callee.audio, FALSE);
  ahoy_gst_audio_handler_set_ptime (fixture->callee.audio, 30);
  g_assert_false (ahoy_gst_audio_handler_set_media_address (fixture->callee.audio, "localhost",
                                                            &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_true (ahoy_gst_audio_handler_set_media_address (fixture->callee.audio, "127.0.0.3",
                                                           &error));
  dial (fixture, "PCMA");
  answer (fixture);
  g_assert_false (ahoy_sdp_media_has_rtcp_mux (local_of (&fixture->callee)));
  g_assert_cmpuint (ahoy_sdp_media_get_ptime (local_of (&fixture->callee)), ==, 30);
  g_assert_cmpstr (ahoy_sdp_media_get_address (local_of (&fixture->callee)), ==, "127.0.0.3");
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->callee)), ==, "PCMA");
  wait_until (count_received (&fixture->callee) > 10);
  {
    g_autoptr (AhoyMediaStatistics) statistics =
        ahoy_media_stream_get_statistics (media_of (&fixture->callee));

    g_assert_cmpuint (statistics->octets_received, ==, statistics->packets_received * 240);
  }
  hang_up (fixture);
}

/* Two streams of audio in one session, each with ports and counters of its own. */
static void
test_two_streams (Fixture *fixture, gconstpointer data)
{
  static const char *const types[] = { "audio", "audio", NULL };
  GPtrArray *streams;
  AhoyMediaStream *media[2];

  ahoy_session_service_set_offered_media (fixture->caller.sessions, types);
  dial (fixture, NULL);
  answer (fixture);
  streams = ahoy_session_get_streams (fixture->callee.session);
  g_assert_cmpuint (streams->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (AhoyMediaStatistics) statistics = NULL;

    media[i] = ahoy_session_stream_get_media (streams->pdata[i]);
    g_assert_nonnull (media[i]);
    do {
      g_clear_pointer (&statistics, ahoy_media_statistics_free);
      g_main_context_iteration (NULL, FALSE);
      statistics = ahoy_media_stream_get_statistics (media[i]);
    } while (statistics->packets_received < 5);
  }
  g_assert_true (media[0] != media[1]);
  hang_up (fixture);
}

static void
on_digit (AhoyMediaStream *stream, const char *digit, guint duration_ms, GString *heard)
{
  g_string_append (heard, digit);
}

static void
test_digits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  dial (fixture, NULL);
  answer (fixture);
  g_signal_connect (media_of (&fixture->callee), "dtmf-received", G_CALLBACK (on_digit), heard);
  ahoy_media_stream_send_dtmf (media_of (&fixture->caller), "42#", 60, &error);
  g_assert_no_error (error);
  wait_until (heard->len == 3);
  g_assert_cmpstr (heard->str, ==, "42#");
  hang_up (fixture);
}

/* An endpoint with keys and values. */
static void
set_endpoint (Party *party, ...)
{
  g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new ("bob");
  g_autoptr (GError) error = NULL;
  const char *key;
  va_list arguments;

  va_start (arguments, party);
  while ((key = va_arg (arguments, const char *)) != NULL) {
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), key,
                                 va_arg (arguments, const char *), &error);
    g_assert_no_error (error);
  }
  va_end (arguments);
  g_clear_object (&party->endpoint);
  party->endpoint = ahoy_endpoint_new (config);
}

/* The endpoint's codecs in its order, though the handler has others in another order; the callee's
 * endpoint takes what it may. */
static void
test_endpoint_codecs (Fixture *fixture, gconstpointer data)
{
  const char *const *formats;

  set_endpoint (&fixture->caller, "codecs", "pcma;pcmu", NULL);
  dial (fixture, NULL);
  answer (fixture);
  formats = ahoy_sdp_media_get_formats (local_of (&fixture->caller));
  g_assert_cmpstr (formats[0], ==, "8");
  g_assert_cmpstr (formats[1], ==, "0");
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->callee)), ==, "PCMA");
  hang_up (fixture);
  fixture->caller.ended = fixture->callee.ended = 0;
  g_clear_object (&fixture->callee.session);
  set_endpoint (&fixture->callee, "codecs", "pcmu", NULL);
  dial (fixture, NULL);
  answer (fixture);
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->caller)), ==, "PCMU");
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->callee)), ==, "PCMU");
  hang_up (fixture);
}

static void
test_endpoint_ptime (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyMediaStatistics) statistics = NULL;

  set_endpoint (&fixture->callee, "ptime", "40", NULL);
  dial (fixture, NULL);
  answer (fixture);
  g_assert_cmpuint (ahoy_sdp_media_get_ptime (local_of (&fixture->callee)), ==, 40);
  g_assert_cmpuint (ahoy_sdp_media_get_ptime (local_of (&fixture->caller)), ==, 20);
  wait_until (count_received (&fixture->callee) > 5);
  statistics = ahoy_media_stream_get_statistics (media_of (&fixture->callee));
  g_assert_cmpuint (statistics->octets_received, ==, statistics->packets_received * 320);
  hang_up (fixture);
}

static gboolean
has_events (AhoySdpMedia *media)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    if (g_strcmp0 (ahoy_sdp_format_get_encoding (formats->pdata[i]), "telephone-event") == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* A tone that is cut while the machine stands still is heard twice. */
static gboolean
is_heard (GString *heard, const char *digits, gboolean tones)
{
  g_autoptr (GString) once = g_string_new (NULL);

  for (gsize i = 0; i < heard->len; i++) {
    if (!tones || i == 0 || heard->str[i] != heard->str[i - 1]) {
      g_string_append_c (once, heard->str[i]);
    }
  }
  return g_str_equal (once->str, digits);
}

/* Digits both ways, in the ways that the endpoints say. */
static void
run_digits (Fixture *fixture, const char *caller, const char *callee, gboolean events)
{
  GString *heard[2] = { g_string_new (NULL), g_string_new (NULL) };
  Party *parties[2] = { &fixture->caller, &fixture->callee };
  gboolean tones = g_str_equal (callee, "inband");
  g_autoptr (GError) error = NULL;

  set_endpoint (&fixture->caller, "dtmf-mode", caller, NULL);
  set_endpoint (&fixture->callee, "dtmf-mode", callee, NULL);
  dial (fixture, NULL);
  answer (fixture);
  g_assert_true (has_events (local_of (&fixture->callee)) == events);
  for (guint i = 0; i < 2; i++) {
    g_signal_connect (media_of (parties[i]), "dtmf-received", G_CALLBACK (on_digit), heard[i]);
  }
  wait_until (count_received (&fixture->caller) > 5 && count_received (&fixture->callee) > 5);
  for (guint i = 0; i < 2; i++) {
    ahoy_session_send_dtmf (parties[i]->session, i == 0 ? "42#" : "7A*", tones ? 240 : 100,
                            &error);
    g_assert_no_error (error);
  }
  wait_until (is_heard (heard[0], "7A*", tones) && is_heard (heard[1], "42#", tones));
  hang_up (fixture);
  for (guint i = 0; i < 2; i++) {
    g_signal_handlers_disconnect_by_data (media_of (parties[i]), heard[i]);
    g_string_free (heard[i], TRUE);
  }
  fixture->caller.ended = fixture->callee.ended = 0;
  g_clear_object (&fixture->callee.session);
}

static void
test_endpoint_dtmf (Fixture *fixture, gconstpointer data)
{
  run_digits (fixture, "rfc4733", "rfc4733", TRUE);
  run_digits (fixture, "auto", "auto", TRUE);
  run_digits (fixture, "info", "info", FALSE);
  run_digits (fixture, "inband", "inband", FALSE);
  run_digits (fixture, "auto", "inband", FALSE); /* no events: tones */
}

/* A router's address is told; only symmetric RTP finds the way to who is behind it. */
static void
test_endpoint_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyMediaStatistics) statistics = NULL;
  g_autoptr (GError) error = NULL;

  ahoy_gst_audio_handler_set_media_address (fixture->callee.audio, "127.0.0.3", &error);
  g_assert_no_error (error);
  set_endpoint (&fixture->caller, "media-address", "192.0.2.77", NULL);
  dial (fixture, NULL);
  answer (fixture);
  g_assert_cmpstr (ahoy_sdp_media_get_address (local_of (&fixture->caller)), ==, "192.0.2.77");
  wait_until (count_received (&fixture->caller) > 5 && count_received (&fixture->callee) > 5);
  statistics = ahoy_media_stream_get_statistics (media_of (&fixture->callee));
  g_assert_true (statistics->latched);
  hang_up (fixture);
  fixture->caller.ended = fixture->callee.ended = 0;
  g_clear_object (&fixture->callee.session);

  set_endpoint (&fixture->callee, "rtp-symmetric", "no", NULL);
  dial (fixture, NULL);
  answer (fixture);
  wait_until (count_sent (&fixture->caller) > 20);
  g_assert_cmpuint (count_received (&fixture->caller), ==, 0);
  g_assert_cmpuint (count_received (&fixture->callee), ==, 0); /* a stranger, by its description */
  hang_up (fixture);
}

static void
on_recorded (AhoyMediaStream *stream, const char *path, const GError *error, guint *recorded)
{
  g_assert_no_error (error);
  ++*recorded;
}

/* What one side hears while some packets come, at a rate. */
static GArray *
listen (Party *party, guint rate)
{
  g_autofree char *folder = g_dir_make_tmp ("ahoy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "heard.wav", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  guint recorded = 0;
  guint n = 800 / MAX (ahoy_sdp_media_get_ptime (local_of (party)), 20);
  guint64 before;
  gsize size;

  g_signal_connect (media_of (party), "recording-ended", G_CALLBACK (on_recorded), &recorded);
  ahoy_media_stream_record (media_of (party), path, &error);
  g_assert_no_error (error);
  before = count_received (party);
  wait_until (count_received (party) > before + n);
  ahoy_media_stream_stop_recording (media_of (party));
  wait_until (recorded == 1);
  g_signal_handlers_disconnect_by_data (media_of (party), &recorded);
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, >=, 44);
  g_assert_cmpuint (*(guint32 *) (data + 24), ==, rate);
  g_array_append_vals (samples, data + 44, (guint) (size - 44) / 2);
  unlink (path);
  rmdir (folder);
  return samples;
}

/* A machine that stands still loses what it does not record: then it is listened to again. */
#define MAX_LISTENS 10

static gboolean
hears (Party *party, guint rate, double frequency)
{
  g_autoptr (GArray) samples = listen (party, rate);
  gsize window = rate / 5;
  const gint16 *best;
  double found;

  if (samples->len < window) {
    return FALSE;
  }
  best = goertzel_find_clearest ((gint16 *) samples->data, samples->len, rate, frequency, window);
  found = goertzel_dominant (best, window, rate, NULL);
  g_test_message ("%s: %.1f Hz", ahoy_media_stream_get_codec (media_of (party)), found);
  return ABS (found - frequency) < 5 &&
         goertzel_amplitude (best, window, rate, frequency) > 1000;
}

static void
assert_hears (Party *party, guint rate, double frequency)
{
  gboolean heard = FALSE;

  for (guint i = 0; i < MAX_LISTENS && !heard; i++) {
    heard = hears (party, rate, frequency);
  }
  g_assert_true (heard);
}

/* 200 ms of G.711 in a packet, there and back, and nothing is lost of the tone. */
static void
test_longest_ptime (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AhoyMediaStatistics) statistics = NULL;

  set_endpoint (&fixture->caller, "ptime", "200", "codecs", "pcmu", NULL);
  set_endpoint (&fixture->callee, "ptime", "200", NULL);
  dial (fixture, NULL);
  answer (fixture);
  ahoy_media_stream_set_echo (media_of (&fixture->callee), TRUE);
  ahoy_media_stream_play_tone (media_of (&fixture->caller), "800", NULL);
  assert_hears (&fixture->caller, 8000, 800);
  g_assert_cmpuint (ahoy_sdp_media_get_ptime (local_of (&fixture->callee)), ==, 200);
  for (guint i = 0; i < 2; i++) {
    Party *party = i == 0 ? &fixture->caller : &fixture->callee;

    g_clear_pointer (&statistics, ahoy_media_statistics_free);
    statistics = ahoy_media_stream_get_statistics (media_of (party));
    g_assert_cmpuint (statistics->octets_received, ==, statistics->packets_received * 1600);
  }
  hang_up (fixture);
}

/* What was on its way comes first. */
static void
assert_hears_nothing (Party *party, guint rate)
{
  double loudness = G_MAXDOUBLE;

  for (guint i = 0; i < MAX_LISTENS && loudness > 50; i++) {
    g_autoptr (GArray) samples = listen (party, rate);
    guint n = samples->len / 2;

    loudness = n > 0 ? goertzel_rms ((gint16 *) samples->data + n, n) : G_MAXDOUBLE;
  }
  g_assert_cmpfloat (loudness, <=, 50);
}

static void
send_both_ways (Fixture *fixture)
{
  Party *parties[2] = { &fixture->caller, &fixture->callee };
  GString *heard[2] = { g_string_new (NULL), g_string_new (NULL) };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_signal_connect (media_of (parties[i]), "dtmf-received", G_CALLBACK (on_digit), heard[i]);
    ahoy_session_send_dtmf (parties[!i]->session, i == 0 ? "1*D" : "90#", 60, &error);
    g_assert_no_error (error);
  }
  wait_until (heard[0]->len >= 3 && heard[1]->len >= 3);
  g_assert_cmpstr (heard[0]->str, ==, "1*D");
  g_assert_cmpstr (heard[1]->str, ==, "90#");
  for (guint i = 0; i < 2; i++) {
    g_signal_handlers_disconnect_by_data (media_of (parties[i]), heard[i]);
    g_string_free (heard[i], TRUE);
  }
}

static void
hold (Fixture *fixture, gboolean hold)
{
  Modified modified = { 0 };

  ahoy_session_set_hold_async (fixture->caller.session, hold, NULL, on_held, &modified);
  wait_until (modified.done == 1);
}

/* A whole call: a tone each way, already before the answer, digits each way, hold and resume, and
 * one who is silent for a while. */
static void
run_whole_call (Fixture *fixture, const char *codec, guint rate)
{
  const char *const codecs[] = { "PCMA", codec, NULL };
  g_autoptr (GError) error = NULL;

  ahoy_gst_audio_handler_set_codecs (fixture->caller.audio, codecs, &error);
  ahoy_gst_audio_handler_set_codecs (fixture->callee.audio, codecs, &error);
  g_assert_no_error (error);
  dial (fixture, codec);
  ahoy_session_progress (fixture->callee.session, &error);
  g_assert_no_error (error);
  wait_until (ahoy_session_has_early_media (fixture->caller.session));
  ahoy_media_stream_play_tone (media_of (&fixture->callee), "852", &error);
  g_assert_no_error (error);
  assert_hears (&fixture->caller, rate, 852);
  answer (fixture);
  g_assert_cmpstr (ahoy_media_stream_get_codec (media_of (&fixture->callee)), ==, codec);
  ahoy_media_stream_play_tone (media_of (&fixture->caller), "1209", &error);
  g_assert_no_error (error);
  assert_hears (&fixture->callee, rate, 1209);
  send_both_ways (fixture);
  hold (fixture, TRUE);
  hold (fixture, FALSE);
  assert_hears (&fixture->caller, rate, 852);
  ahoy_media_stream_set_muted (media_of (&fixture->caller), TRUE);
  assert_hears_nothing (&fixture->callee, rate);
  ahoy_media_stream_set_muted (media_of (&fixture->caller), FALSE);
  assert_hears (&fixture->callee, rate, 1209);
  hang_up (fixture);
  fixture->caller.ended = fixture->callee.ended = 0;
  g_clear_object (&fixture->callee.session);
}

static void
test_whole_calls (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *codec;
    guint rate;
  } calls[] = { { "PCMU", 8000 }, { "G722", 16000 }, { "opus", 16000 } };
  const char *const *known = ahoy_media_engine_get_codecs (AHOY_MEDIA_ENGINE (fixture->engine));

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    if (!g_strv_contains (known, calls[i].codec)) {
      g_test_message ("%s is not installed", calls[i].codec);
      continue;
    }
    run_whole_call (fixture, calls[i].codec, calls[i].rate);
  }
}

int
main (int argc, char **argv)
{
#define ADD(name, host, func) \
  g_test_add ("/gst/session/" name, Fixture, host, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  slow_machine_tolerate ();
  ADD ("call", "127.0.0.1", test_call);
  ADD ("call by IPv6", "::1", test_call);
  ADD ("early media", "127.0.0.1", test_early_media);
  ADD ("no common codec", "127.0.0.1", test_no_common_codec);
  ADD ("change codec", "127.0.0.1", test_change_codec);
  ADD ("hold", "127.0.0.1", test_hold);
  ADD ("settings", "127.0.0.1", test_settings);
  ADD ("two streams", "127.0.0.1", test_two_streams);
  ADD ("digits", "127.0.0.1", test_digits);
  ADD ("codecs of endpoints", "127.0.0.1", test_endpoint_codecs);
  ADD ("ptime of an endpoint", "127.0.0.1", test_endpoint_ptime);
  ADD ("longest ptime", "127.0.0.1", test_longest_ptime);
  ADD ("digits of endpoints", "127.0.0.1", test_endpoint_dtmf);
  ADD ("address of an endpoint", "127.0.0.1", test_endpoint_address);
  ADD ("whole calls", "127.0.0.1", test_whole_calls);
  return g_test_run ();
}
