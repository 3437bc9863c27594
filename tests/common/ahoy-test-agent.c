/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-test-agent"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <unistd.h>

#include "ahoy.h"
#include "loop-probe.h"
#include "test-audio-handler.h"
#include "test-endpoint.h"
#include "test-interception.h"
#include "test-supplement.h"
#include "test-trace-commands.h"

/*
 * A user agent made with libahoy, driven by JSON lines on standard input; it prints a JSON line
 * per event.
 */
typedef struct {
  GMainLoop *loop;
  AhoyStack *stack;
  AhoySessionService *sessions;
  TestAudioHandler *handlers[2];
  TestSupplement *supplements[2];
  int trace;
  AhoyTrace *wire; /* with --wire-trace */
  int intercept;
  TestInterception *chain; /* with --intercept */
  int nobody;
  AhoyEndpoint *endpoint; /* with --endpoint: whom everybody is */
  GDataInputStream *input;
} Agent;

static void
emit (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  puts (text);
  fflush (stdout);
}

static JsonBuilder *
begin_event (const char *name)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, name);
  return builder;
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL) {
    json_builder_add_string_value (builder, value);
  } else {
    json_builder_add_null_value (builder);
  }
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
end_event (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  emit (builder);
  g_object_unref (builder);
}

static void
fail (const char *format, const char *detail)
{
  JsonBuilder *builder = begin_event ("error");
  g_autofree char *text = g_strdup_printf ("%s: %s", format, detail);

  add_string (builder, "message", text);
  end_event (builder);
}

/* "udp:127.0.0.1:0", "tcp:[::1]:5060" */
static gboolean
listen_on (Agent *agent, const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *protocol = NULL;
  g_autofree char *host = NULL;
  const char *colon = strchr (text, ':');
  const char *port = strrchr (text, ':');
  AhoyTransportProtocol code;
  JsonBuilder *builder;

  if (colon == NULL || port == colon) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS, "“%s” is no listener", text);
    return FALSE;
  }
  protocol = g_strndup (text, (gsize) (colon - text));
  host = g_strndup (colon + 1, (gsize) (port - colon - 1));
  if (host[0] == '[') {
    host[strlen (host) - 1] = '\0';
    memmove (host, host + 1, strlen (host));
  }
  code = ahoy_transport_protocol_from_string (protocol);
  if (!ahoy_stack_listen (agent->stack, text, code, host, (guint16) atoi (port + 1), NULL, error)) {
    return FALSE;
  }
  builder = begin_event ("listening");
  add_string (builder, "name", text);
  add_string (builder, "transport", protocol);
  add_string (builder, "address", host);
  add_int (builder, "port", ahoy_stack_get_listener_port (agent->stack, text));
  end_event (builder);
  return TRUE;
}

static void
add_extensions (Agent *agent, JsonBuilder *builder)
{
  static const char *const names[] = { "handle-offer", "create-stream", "negotiate", "apply",
                                       "end" };

  for (guint i = 0; i < 2; i++) {
    const guint *counts = test_audio_handler_get_counts (agent->handlers[i]);
    g_autofree char *seen = test_supplement_steal_seen (agent->supplements[i]);
    g_autofree char *prefix = g_strdup_printf ("supplement-%u", i);

    for (guint j = 0; j < G_N_ELEMENTS (names); j++) {
      g_autofree char *name = g_strdup_printf ("handler-%u-%s", i, names[j]);

      add_int (builder, name, counts[j]);
    }
    add_string (builder, prefix, seen);
    add_int (builder, i == 0 ? "begun" : "begun-1",
             test_supplement_get_begun (agent->supplements[i]));
    add_int (builder, i == 0 ? "kept" : "kept-1",
             test_supplement_get_kept (agent->supplements[i]));
    add_int (builder, i == 0 ? "over" : "over-1",
             test_supplement_get_ended (agent->supplements[i]));
  }
}

static void
report_stats (Agent *agent)
{
  g_autoptr (GVariant) census = ahoy_census_snapshot ();
  g_autoptr (GVariant) statistics = ahoy_stack_get_statistics (agent->stack);
  JsonBuilder *builder = begin_event ("stats");
  GVariantIter iter;
  const char *name;
  guint64 value;
  guint alive;

  g_variant_iter_init (&iter, statistics);
  while (g_variant_iter_next (&iter, "{&st}", &name, &value)) {
    add_int (builder, name, (gint64) value);
  }
  add_int (builder, "longest-turn", loop_probe_take_longest ());
  add_extensions (agent, builder);
  json_builder_set_member_name (builder, "census");
  json_builder_begin_object (builder);
  g_variant_iter_init (&iter, census);
  while (g_variant_iter_next (&iter, "{&su}", &name, &alive)) {
    add_int (builder, name, alive);
  }
  json_builder_end_object (builder);
  end_event (builder);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_stack_send_request_finish (AHOY_STACK (source), result, &error);
  JsonBuilder *builder;

  if (response == NULL) {
    fail ("send", error->message);
    return;
  }
  builder = begin_event ("answered");
  add_string (builder, "method", ahoy_message_get_method (response));
  add_int (builder, "status", ahoy_message_get_status (response));
  json_builder_set_member_name (builder, "local");
  json_builder_add_boolean_value (builder, ahoy_message_is_local (response));
  end_event (builder);
}

static void
send_request (Agent *agent, JsonObject *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) request = ahoy_stack_create_request (
      agent->stack, json_object_get_string_member_with_default (command, "method", "OPTIONS"),
      json_object_get_string_member_with_default (command, "target", ""),
      json_object_get_string_member_with_default (command, "from", "<sip:agent@ahoy.invalid>"),
      NULL, &error);
  const char *body = json_object_get_string_member_with_default (command, "body", NULL);

  if (request != NULL && body != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    ahoy_message_set_body (request, "text/plain", bytes, &error);
  }
  if (error != NULL) {
    fail ("send", error->message);
    return;
  }
  ahoy_stack_send_request_async (
      agent->stack, request,
      json_object_get_string_member_with_default (command, "listener", NULL), NULL, on_answered,
      agent);
}

static void
on_state (AhoySession *session, AhoySessionState old, AhoySessionState new, guint status,
          const char *reason, gpointer user_data)
{
  JsonBuilder *builder = begin_event ("state");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_string (builder, "old", ahoy_session_state_to_string (old));
  add_string (builder, "new", ahoy_session_state_to_string (new));
  add_int (builder, "status", status);
  end_event (builder);
}

static void
on_media (AhoySession *session, gpointer user_data)
{
  JsonBuilder *builder = begin_event ("media");
  GPtrArray *streams = ahoy_session_get_streams (session);

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_string (builder, "hold", ahoy_session_hold_to_string (ahoy_session_get_hold (session)));
  add_int (builder, "streams", streams->len);
  add_string (builder, "handler",
              streams->len > 0 ? ahoy_session_stream_get_handler_name (streams->pdata[0]) : NULL);
  json_builder_set_member_name (builder, "early");
  json_builder_add_boolean_value (builder, ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE);
  end_event (builder);
}

static void
on_request (AhoySession *session, AhoyMessage *request, gpointer user_data)
{
  g_autoptr (GBytes) body = ahoy_message_get_body (request);
  g_autofree char *text =
      body != NULL ? g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body)) : NULL;
  JsonBuilder *builder = begin_event ("request");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_string (builder, "method", ahoy_message_get_method (request));
  add_string (builder, "body", text);
  end_event (builder);
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  JsonBuilder *builder = begin_event ("ended");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_int (builder, "status", ahoy_session_get_end_status (session));
  add_string (builder, "reason", ahoy_session_get_end_reason (session));
  add_int (builder, "cause", ahoy_session_get_end_cause (session));
  add_string (builder, "said", ahoy_session_get_variable (session, "reason"));
  add_string (builder, "by", ahoy_session_party_to_string (ahoy_session_get_ended_by (session)));
  end_event (builder);
}

static void
on_expired (AhoySession *session, gpointer user_data)
{
  JsonBuilder *builder = begin_event ("expired");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  end_event (builder);
}

static void
on_added (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  g_signal_connect (session, "state-changed", G_CALLBACK (on_state), user_data);
  g_signal_connect (session, "media-changed", G_CALLBACK (on_media), user_data);
  g_signal_connect (session, "request-received", G_CALLBACK (on_request), user_data);
  g_signal_connect (session, "expired", G_CALLBACK (on_expired), user_data);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), user_data);
}

static void
on_message (TestSupplement *supplement, AhoyMessage *message, gboolean sent, gpointer user_data)
{
  JsonBuilder *builder = begin_event ("message");
  g_autofree char *text = ahoy_message_to_string (message);
  g_autofree char *line = g_strndup (text, strcspn (text, "\r\n"));

  add_string (builder, "direction", sent ? "sent" : "received");
  add_string (builder, "line", line);
  json_builder_set_member_name (builder, "time");
  json_builder_add_double_value (builder, (double) g_get_monotonic_time () / 1000.0);
  end_event (builder);
}

static void
on_deferred (TestSupplement *supplement, AhoyMessage *request, gpointer user_data)
{
  JsonBuilder *builder = begin_event ("deferred");

  add_string (builder, "method", ahoy_message_get_method (request));
  end_event (builder);
}

static void
on_deferral_over (TestSupplement *supplement, AhoyDeferralState state, gpointer user_data)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_DEFERRAL_STATE);
  JsonBuilder *builder = begin_event ("deferral-over");

  add_string (builder, "state", g_enum_get_value (states, (int) state)->value_nick);
  end_event (builder);
}

static void
resolve (Agent *agent, gint64 index, JsonObject *command)
{
  gboolean worked = test_supplement_resolve (
      agent->supplements[index], agent->sessions,
      (int) json_object_get_int_member_with_default (command, "which", 0),
      (AhoySupplementVerdict) json_object_get_int_member_with_default (
          command, "verdict", AHOY_SUPPLEMENT_CONTINUE),
      (guint) json_object_get_int_member_with_default (command, "status", 0));
  JsonBuilder *builder = begin_event ("resolved");

  json_builder_set_member_name (builder, "worked");
  json_builder_add_boolean_value (builder, worked);
  end_event (builder);
}

static gboolean
check (gboolean worked, GError **error)
{
  if (!worked) {
    fail ("refused", *error != NULL ? (*error)->message : "no reason");
  }
  g_clear_error (error);
  return worked;
}

static void
add_identity (JsonBuilder *builder, AhoySession *session, gboolean trusted)
{
  g_autoptr (AhoyIdentity) identity = ahoy_session_get_identity (session, trusted, NULL);
  const char *number = identity != NULL ? ahoy_identity_get_number (identity) : NULL;
  const char *header = identity != NULL ? ahoy_identity_get_header (identity) : NULL;

  add_string (builder, trusted ? "asserted" : "said", number);
  add_string (builder, trusted ? "asserted-by" : "said-by", header);
}

/* The user part of the Request-URI says what happens to a call; without a known word the test
 * decides itself. */
static gboolean
on_incoming (AhoySessionService *service, AhoySession *session, gpointer user_data)
{
  Agent *agent = user_data;
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (ahoy_session_get_target (session), NULL);
  const char *user = uri != NULL ? ahoy_uri_get_user (uri) : NULL;
  JsonBuilder *builder = begin_event ("incoming");
  GError *error = NULL;

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_string (builder, "from", ahoy_session_get_remote_uri (session));
  add_string (builder, "name", ahoy_session_get_remote_name (session));
  add_string (builder, "target", ahoy_session_get_target (session));
  add_identity (builder, session, TRUE);
  add_identity (builder, session, FALSE);
  add_string (builder, "caller-uri", ahoy_session_get_variable (session, "caller-uri"));
  add_string (builder, "caller-name", ahoy_session_get_variable (session, "caller-name"));
  end_event (builder);

  if (agent->nobody || g_strcmp0 (user, "nobody") == 0) {
    return FALSE;
  }
  if (g_strcmp0 (user, "answer") == 0) {
    check (ahoy_session_answer (session, &error), &error);
  } else if (g_strcmp0 (user, "ring-answer") == 0) {
    check (ahoy_session_ring (session, &error) && ahoy_session_answer (session, &error), &error);
  } else if (g_strcmp0 (user, "progress-answer") == 0) {
    check (ahoy_session_progress (session, &error) && ahoy_session_answer (session, &error),
           &error);
  } else if (g_strcmp0 (user, "ring") == 0) {
    check (ahoy_session_ring (session, &error), &error);
  } else if (g_strcmp0 (user, "busy") == 0) {
    check (ahoy_session_reject (session, 486, NULL, &error), &error);
  }
  return TRUE;
}

static void
dial (Agent *agent, JsonObject *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoySession) session = NULL;
  GVariantDict options;
  GVariantBuilder headers;
  JsonBuilder *builder;
  const char *header = json_object_get_string_member_with_default (command, "header", NULL);

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "late-offer", "b",
                         json_object_get_boolean_member_with_default (command, "late_offer",
                                                                      FALSE));
  g_variant_dict_insert (&options, "timeout", "u",
                         (guint) json_object_get_int_member_with_default (command, "timeout", 0));
  if (json_object_has_member (command, "caller")) {
    g_variant_builder_init (&headers, G_VARIANT_TYPE ("a{ss}"));
    g_variant_builder_add (&headers, "{ss}", "caller-uri",
                           json_object_get_string_member (command, "caller"));
    g_variant_builder_add (&headers, "{ss}", "caller-name", "A \"B\"");
    g_variant_dict_insert_value (&options, "variables", g_variant_builder_end (&headers));
  }
  if (header != NULL) {
    g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
    g_variant_builder_add (&headers, "(ss)", "X-Test", header);
    g_variant_dict_insert_value (&options, "headers", g_variant_builder_end (&headers));
  }
  session = ahoy_session_service_dial_as (
      agent->sessions, agent->endpoint, "\"Agent\" <sip:agent@ahoy.invalid>",
      json_object_get_string_member_with_default (command, "target", ""),
      g_variant_dict_end (&options), &error);
  if (session == NULL) {
    fail ("dial", error->message);
    return;
  }
  builder = begin_event ("dialing");
  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  end_event (builder);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *session = AHOY_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_refresh_finish (session, result, &error);
  JsonBuilder *builder = begin_event ("refreshed");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_int (builder, "status", response != NULL ? ahoy_message_get_status (response) : 0);
  add_string (builder, "error", error != NULL ? error->message : NULL);
  end_event (builder);
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *session = AHOY_SESSION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response = ahoy_session_update_finish (session, result, &error);
  JsonBuilder *builder = begin_event ("updated");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_int (builder, "status", response != NULL ? ahoy_message_get_status (response) : 0);
  add_string (builder, "error", error != NULL ? error->message : NULL);
  end_event (builder);
}

static void
update (AhoySession *session, JsonObject *command)
{
  const char *value = json_object_get_string_member_with_default (command, "header", NULL);
  GVariantBuilder headers;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  if (value != NULL) {
    g_variant_builder_add (&headers, "(ss)", "X-Test", value);
  }
  ahoy_session_update_async (session, g_variant_builder_end (&headers), NULL, on_updated, NULL);
}

static void
on_request_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoySession *session = AHOY_SESSION (source);
  g_autoptr (AhoyMessage) response = ahoy_session_send_request_finish (session, result, NULL);
  JsonBuilder *builder = begin_event ("sent");

  add_int (builder, "id", (gint64) ahoy_session_get_id (session));
  add_int (builder, "status", response != NULL ? ahoy_message_get_status (response) : 0);
  end_event (builder);
}

static void
send_info (AhoySession *session, const char *body)
{
  GError *error = NULL;
  g_autoptr (AhoyMessage) request = ahoy_session_create_request (session, "INFO", &error);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  if (check (request != NULL && ahoy_message_set_body (request, "text/plain", bytes, &error),
             &error)) {
    ahoy_session_send_request_async (session, request, NULL, on_request_sent, NULL);
  }
}

static void
run_session_command (Agent *agent, AhoySession *session, const char *name, JsonObject *command)
{
  const char *method = json_object_get_string_member_with_default (command, "method", "INVITE");
  GError *error = NULL;

  if (g_str_equal (name, "ring")) {
    check (ahoy_session_ring (session, &error), &error);
  } else if (g_str_equal (name, "progress")) {
    check (ahoy_session_progress (session, &error), &error);
  } else if (g_str_equal (name, "answer")) {
    check (ahoy_session_answer (session, &error), &error);
  } else if (g_str_equal (name, "reject")) {
    check (ahoy_session_reject (
               session, (guint) json_object_get_int_member_with_default (command, "status", 486),
               NULL, &error),
           &error);
  } else if (g_str_equal (name, "redirect")) {
    check (ahoy_session_redirect (
               session, json_object_get_string_member_with_default (command, "target", ""), &error),
           &error);
  } else if (g_str_equal (name, "hangup")) {
    ahoy_session_hangup (session);
  } else if (g_str_equal (name, "refresh")) {
    ahoy_session_refresh_async (session, method, NULL, on_refreshed, NULL);
  } else if (g_str_equal (name, "hold") || g_str_equal (name, "resume")) {
    ahoy_session_set_hold_async (session, g_str_equal (name, "hold"), NULL, on_refreshed, NULL);
  } else if (g_str_equal (name, "update")) {
    update (session, command);
  } else if (g_str_equal (name, "info")) {
    send_info (session, json_object_get_string_member_with_default (command, "body", "hello"));
  } else {
    fail ("unknown command", name);
  }
}

static void
run_command (Agent *agent, JsonObject *command)
{
  const char *name = json_object_get_string_member_with_default (command, "cmd", "");
  gint64 id = json_object_get_int_member_with_default (command, "id", 0);
  gint64 index = json_object_get_int_member_with_default (command, "handler", 0) & 1;
  AhoySession *session = ahoy_session_service_lookup (agent->sessions, (guint64) id);

  if (g_str_equal (name, "quit")) {
    g_main_loop_quit (agent->loop);
  } else if (g_str_equal (name, "stats")) {
    report_stats (agent);
  } else if (g_str_equal (name, "send")) {
    send_request (agent, command);
  } else if (g_str_equal (name, "advance")) {
    ahoy_scheduler_advance (
        ahoy_stack_get_scheduler (agent->stack),
        json_object_get_int_member_with_default (command, "seconds", 0) * G_USEC_PER_SEC);
    end_event (begin_event ("advanced"));
  } else if (g_str_equal (name, "call")) {
    dial (agent, command);
  } else if (g_str_equal (name, "resolve")) {
    resolve (agent, index, command);
  } else if (g_str_equal (name, "mood")) {
    test_audio_handler_set_mood (
        agent->handlers[index],
        json_object_get_string_member_with_default (command, "mood", "take"));
  } else if (agent->wire != NULL && g_str_has_prefix (name, "trace-")) {
    g_autoptr (JsonBuilder) answer = test_trace_command (agent->wire, name, command);

    emit (answer);
  } else if (agent->chain != NULL && g_str_has_prefix (name, "chain-")) {
    g_autoptr (JsonBuilder) answer = test_interception_command (agent->chain, name, command);

    emit (answer);
  } else if (session != NULL) {
    g_autoptr (AhoySession) hold = g_object_ref (session);

    run_session_command (agent, hold, name, command);
  } else {
    fail ("no such session or command", name);
  }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Agent *agent = user_data;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *line = NULL;

  line = g_data_input_stream_read_line_finish (agent->input, result, NULL, NULL);
  if (line == NULL) {
    g_main_loop_quit (agent->loop);
    return;
  }
  node = json_from_string (line, NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    run_command (agent, json_node_get_object (node));
  } else if (*line != '\0') {
    fail ("no JSON object", line);
  }
  g_data_input_stream_read_line_async (agent->input, G_PRIORITY_DEFAULT, NULL, on_line, agent);
}

static gboolean
add_reference_supplements (Agent *agent, GError **error)
{
  static const char *const farewells[] = { "BYE", "CANCEL", NULL };
  static const char *const invites[] = { "INVITE", NULL };
  g_autoptr (AhoySessionSupplement) reason = ahoy_reason_supplement_new ();
  g_autoptr (AhoySessionSupplement) caller_id = ahoy_caller_id_supplement_new ();

  return ahoy_session_service_add_supplement (agent->sessions, reason, "reason", NULL, NULL,
                                              farewells, error) &&
         ahoy_session_service_add_supplement (agent->sessions, caller_id, "caller-id", NULL, NULL,
                                              invites, error);
}

static gboolean
start_sessions (Agent *agent, GError **error)
{
  static const char *const names[] = { "first", "second" };

  agent->sessions = ahoy_session_service_new (agent->stack);
  for (guint i = 0; i < 2; i++) {
    agent->handlers[i] = test_audio_handler_new (names[i]);
    agent->supplements[i] = test_supplement_new (names[i]);
    if (!ahoy_session_service_add_sdp_handler (agent->sessions,
                                               AHOY_SDP_HANDLER (agent->handlers[i]), names[i],
                                               "audio", NULL, NULL, error) ||
        !ahoy_session_service_add_supplement (
            agent->sessions, AHOY_SESSION_SUPPLEMENT (agent->supplements[i]), names[i], NULL, NULL,
            NULL, error)) {
      return FALSE;
    }
    g_signal_connect (agent->supplements[i], "deferred", G_CALLBACK (on_deferred), agent);
    g_signal_connect (agent->supplements[i], "deferral-over", G_CALLBACK (on_deferral_over), agent);
  }
  if (agent->trace) {
    g_signal_connect (agent->supplements[1], "message", G_CALLBACK (on_message), agent);
  }
  if (!add_reference_supplements (agent, error)) {
    return FALSE;
  }
  g_signal_connect (agent->sessions, "session-added", G_CALLBACK (on_added), agent);
  g_signal_connect (agent->sessions, "incoming", G_CALLBACK (on_incoming), agent);
  return ahoy_session_service_register (agent->sessions, error);
}

static gboolean
start (Agent *agent, char **listeners, char **keys, int t1, int wire_trace, GError **error)
{
  static const char *const options_methods[] = { "OPTIONS", NULL };
  g_autoptr (AhoyOptionsService) options = NULL;

  agent->stack = ahoy_stack_new (NULL, NULL);
  g_object_set (agent->stack, "t1", (guint) t1, NULL);
  if (wire_trace >= 0) {
    agent->wire = ahoy_trace_new (agent->stack);
    g_object_set (agent->wire, "history-calls", (guint) wire_trace, NULL);
  }
  if (!ahoy_stack_start (agent->stack, error)) {
    return FALSE;
  }
  if (keys != NULL && !test_endpoint_add (agent->stack, keys, &agent->endpoint, error)) {
    return FALSE;
  }
  options = ahoy_options_service_new (agent->stack);
  if (!ahoy_stack_add_service (agent->stack, AHOY_SERVICE (options), "options", NULL, NULL,
                               options_methods, error)) {
    return FALSE;
  }
  if (!start_sessions (agent, error)) {
    return FALSE;
  }
  if (agent->intercept) {
    agent->chain = test_interception_new (agent->stack, agent->sessions);
  }
  for (gsize i = 0; listeners != NULL && listeners[i] != NULL; i++) {
    if (!listen_on (agent, listeners[i], error)) {
      return FALSE;
    }
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) listeners = NULL;
  g_auto (GStrv) keys = NULL;
  int t1 = 500;
  int wire_trace = -1;
  Agent agent = { 0 };
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &listeners, "an address", "udp:ADDRESS:PORT" },
    { "endpoint", 'e', 0, G_OPTION_ARG_STRING_ARRAY, &keys, "who calls", "KEY=VALUE" },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &agent.trace, "tell of each message", NULL },
    { "wire-trace", 0, 0, G_OPTION_ARG_INT, &wire_trace, "trace, and remember calls", "CALLS" },
    { "intercept", 0, 0, G_OPTION_ARG_NONE, &agent.intercept, "put a chain in front", NULL },
    { "nobody", 0, 0, G_OPTION_ARG_NONE, &agent.nobody, "nobody is there for any call", NULL },
    { "t1", 0, 0, G_OPTION_ARG_INT, &t1, "T1", "MS" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GInputStream) standard_input = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) ||
      !start (&agent, listeners, keys, t1, wire_trace, &error)) {
    fail ("start", error->message);
    return 1;
  }
  end_event (begin_event ("ready"));

  loop_probe_start ();
  agent.loop = g_main_loop_new (NULL, FALSE);
  standard_input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  agent.input = g_data_input_stream_new (standard_input);
  g_data_input_stream_read_line_async (agent.input, G_PRIORITY_DEFAULT, NULL, on_line, &agent);
  g_main_loop_run (agent.loop);

  ahoy_session_service_unregister (agent.sessions);
  g_object_run_dispose (G_OBJECT (agent.sessions));
  g_object_unref (agent.sessions);
  for (guint i = 0; i < 2; i++) {
    g_object_unref (agent.handlers[i]);
    g_object_unref (agent.supplements[i]);
  }
  ahoy_stack_stop (agent.stack);
  g_clear_pointer (&agent.chain, test_interception_free);
  g_clear_object (&agent.wire);
  test_trace_forget ();
  g_clear_object (&agent.endpoint);
  g_object_unref (agent.stack);
  g_object_unref (agent.input);
  g_main_loop_unref (agent.loop);
  end_event (begin_event ("bye"));
  return 0;
}
