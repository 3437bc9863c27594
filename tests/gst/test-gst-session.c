/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy-gst-audio-handler.h"
#include "ahoy.h"
#include "watchdog.h"

/* Two user agents of this process call each other by SIP over UDP on loopback; one media engine
 * carries both. */
typedef struct {
  AhoyStack *stack;
  AhoySessionService *sessions;
  AhoyGstAudioHandler *audio;
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
  return TRUE;
}

static void
start_party (Party *party, AhoyGstEngine *engine, const char *host)
{
  g_autoptr (GError) error = NULL;

  party->stack = ahoy_stack_new (NULL, NULL);
  g_object_set (party->stack, "t1", 30u, NULL);
  ahoy_stack_start (party->stack, &error);
  g_assert_no_error (error);
  ahoy_stack_listen (party->stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, host, 0, NULL, &error);
  g_assert_no_error (error);
  party->sessions = ahoy_session_service_new (party->stack);
  party->audio = ahoy_gst_audio_handler_new (engine);
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
  session = ahoy_session_service_dial (fixture->caller.sessions, "sip:alice@ahoy.invalid", target,
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
  g_assert_cmpfloat (statistics->mos, >, 4);
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

int
main (int argc, char **argv)
{
#define ADD(name, host, func) \
  g_test_add ("/gst/session/" name, Fixture, host, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("call", "127.0.0.1", test_call);
  ADD ("call by IPv6", "::1", test_call);
  ADD ("early media", "127.0.0.1", test_early_media);
  ADD ("no common codec", "127.0.0.1", test_no_common_codec);
  ADD ("change codec", "127.0.0.1", test_change_codec);
  ADD ("hold", "127.0.0.1", test_hold);
  ADD ("settings", "127.0.0.1", test_settings);
  ADD ("digits", "127.0.0.1", test_digits);
  return g_test_run ();
}
