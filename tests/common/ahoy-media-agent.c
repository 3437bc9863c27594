/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-media-agent"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

#include "ahoy-gst-audio-handler.h"
#include "ahoy.h"

/*
 * A user agent with sound: it answers each call and does with it what the command line says. A line
 * of standard output tells of each event. What it reads from its standard input are digits to send,
 * and it ends when that does.
 */
typedef struct {
  GMainLoop *loop;
  AhoyStack *stack;
  AhoySessionService *sessions;
  AhoyGstEngine *engine;
  AhoyGstAudioHandler *audio;
  AhoyMediaStream *media; /* weak: that of the last call */
  char *host;
  char *tone;
  char *file;
  char *record;
  char *digits;
  char **codecs;
  gboolean echo;
  char typed[2];
} Agent;

static void
say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
  fflush (stdout);
}

static AhoyMediaStream *
media_of (AhoySession *session)
{
  GPtrArray *streams = ahoy_session_get_streams (session);

  return streams->len > 0 ? ahoy_session_stream_get_media (streams->pdata[0]) : NULL;
}

static void
check (gboolean done, GError **error)
{
  if (!done) {
    say ("error %s", (*error)->message);
    g_clear_error (error);
  }
}

static void
on_digit (AhoyMediaStream *media, const char *digit, guint duration, gpointer user_data)
{
  say ("digit %s %u", digit, duration);
}

static void
on_recorded (AhoyMediaStream *media, const char *path, const GError *error, gpointer user_data)
{
  if (error != NULL) {
    say ("error %s", error->message);
  } else {
    say ("recorded");
  }
}

static void
on_played (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  say ("played %d", complete);
}

static void
on_ended (AhoySession *session, Agent *agent)
{
  AhoyMediaStream *media = media_of (session);
  g_autoptr (AhoyMediaStatistics) s =
      media != NULL ? ahoy_media_stream_get_statistics (media) : ahoy_media_statistics_new ();

  say ("ended codec=%s sent=%" G_GUINT64_FORMAT " received=%" G_GUINT64_FORMAT
       " lost=%" G_GINT64_FORMAT " jitter=%u mos=%.2f remote=%s", s->codec, s->packets_sent,
       s->packets_received, s->packets_lost, s->jitter, s->mos, s->remote_address);
}

static void
begin (Agent *agent, AhoyMediaStream *media)
{
  GError *error = NULL;

  g_set_weak_pointer (&agent->media, media);
  g_signal_connect (media, "dtmf-received", G_CALLBACK (on_digit), NULL);
  g_signal_connect (media, "recording-ended", G_CALLBACK (on_recorded), NULL);
  g_signal_connect (media, "playing-ended", G_CALLBACK (on_played), NULL);
  ahoy_media_stream_set_echo (media, agent->echo);
  if (agent->tone != NULL) {
    check (ahoy_media_stream_play_tone (media, agent->tone, &error), &error);
  }
  if (agent->file != NULL) {
    check (ahoy_media_stream_play_file (media, agent->file, FALSE, &error), &error);
  }
  if (agent->record != NULL) {
    check (ahoy_media_stream_record (media, agent->record, &error), &error);
  }
  if (agent->digits != NULL) {
    check (ahoy_media_stream_send_dtmf (media, agent->digits, 0, &error), &error);
  }
}

static gboolean
on_incoming (AhoySessionService *service, AhoySession *session, Agent *agent)
{
  GError *error = NULL;

  g_signal_connect (session, "ended", G_CALLBACK (on_ended), agent);
  if (!ahoy_session_answer (session, &error)) {
    check (FALSE, &error);
    return TRUE;
  }
  say ("answered");
  if (media_of (session) != NULL) {
    begin (agent, media_of (session));
  }
  return TRUE;
}

static gboolean
start (Agent *agent, GError **error)
{
  agent->host = agent->host != NULL ? agent->host : g_strdup ("127.0.0.1");
  agent->stack = ahoy_stack_new (NULL, NULL);
  if (!ahoy_stack_start (agent->stack, error) ||
      !ahoy_stack_listen (agent->stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, agent->host, 0, NULL,
                          error)) {
    return FALSE;
  }
  agent->sessions = ahoy_session_service_new (agent->stack);
  agent->engine = ahoy_gst_engine_new (0);
  ahoy_gst_engine_set_port_range (agent->engine, 0, 0);
  agent->audio = ahoy_gst_audio_handler_new (agent->engine);
  if (agent->codecs != NULL &&
      !ahoy_gst_audio_handler_set_codecs (agent->audio, (const char *const *) agent->codecs,
                                          error)) {
    return FALSE;
  }
  g_signal_connect (agent->sessions, "incoming", G_CALLBACK (on_incoming), agent);
  return ahoy_session_service_add_sdp_handler (agent->sessions, AHOY_SDP_HANDLER (agent->audio),
                                               "audio", "audio", NULL, NULL, error) &&
         ahoy_session_service_register (agent->sessions, error);
}

static void
on_input (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Agent *agent = user_data;
  GError *error = NULL;

  if (g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL) < 1) {
    g_main_loop_quit (agent->loop);
    return;
  }
  if (agent->media != NULL) {
    check (ahoy_media_stream_send_dtmf (agent->media, agent->typed, 0, &error), &error);
  }
  g_input_stream_read_async (G_INPUT_STREAM (source), agent->typed, 1, G_PRIORITY_DEFAULT, NULL,
                             on_input, agent);
}

int
main (int argc, char **argv)
{
  Agent agent = { 0 };
  const GOptionEntry entries[] = {
    { "host", 'H', 0, G_OPTION_ARG_STRING, &agent.host, "an address", "ADDRESS" },
    { "tone", 0, 0, G_OPTION_ARG_STRING, &agent.tone, "what to play", "TONE" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &agent.file, "what to play", "FILE" },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &agent.record, "where to record", "FILE" },
    { "digits", 0, 0, G_OPTION_ARG_STRING, &agent.digits, "what to send", "DIGITS" },
    { "codec", 0, 0, G_OPTION_ARG_STRING_ARRAY, &agent.codecs, "what to take", "NAME" },
    { "echo", 0, 0, G_OPTION_ARG_NONE, &agent.echo, "send back what comes", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || !start (&agent, &error)) {
    say ("error %s", error->message);
    return 1;
  }
  say ("ready %u", ahoy_stack_get_listener_port (agent.stack, "udp"));
  agent.loop = g_main_loop_new (NULL, FALSE);
  g_input_stream_read_async (input, agent.typed, 1, G_PRIORITY_DEFAULT, NULL, on_input, &agent);
  g_main_loop_run (agent.loop);
  g_clear_weak_pointer (&agent.media);

  ahoy_session_service_unregister (agent.sessions);
  g_object_run_dispose (G_OBJECT (agent.sessions));
  g_object_unref (agent.sessions);
  g_object_unref (agent.audio);
  g_object_unref (agent.engine);
  ahoy_stack_stop (agent.stack);
  g_object_unref (agent.stack);
  g_main_loop_unref (agent.loop);
  g_strfreev (agent.codecs);
  g_free (agent.host);
  g_free (agent.tone);
  g_free (agent.file);
  g_free (agent.record);
  g_free (agent.digits);
  return 0;
}
