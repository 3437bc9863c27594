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

/*
 * A user agent made with libahoy, driven by JSON lines on standard input; it prints a JSON line per event.
 */
typedef struct {
  GMainLoop *loop;
  AhoyStack *stack;
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
run_command (Agent *agent, JsonObject *command)
{
  const char *name = json_object_get_string_member_with_default (command, "cmd", "");

  if (g_str_equal (name, "quit")) {
    g_main_loop_quit (agent->loop);
  } else if (g_str_equal (name, "stats")) {
    report_stats (agent);
  } else if (g_str_equal (name, "send")) {
    send_request (agent, command);
  } else {
    fail ("unknown command", name);
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
start (Agent *agent, char **listeners, int t1, GError **error)
{
  static const char *const options_methods[] = { "OPTIONS", NULL };
  g_autoptr (AhoyOptionsService) options = NULL;

  agent->stack = ahoy_stack_new (NULL, NULL);
  g_object_set (agent->stack, "t1", (guint) t1, NULL);
  if (!ahoy_stack_start (agent->stack, error)) {
    return FALSE;
  }
  options = ahoy_options_service_new (agent->stack);
  if (!ahoy_stack_add_service (agent->stack, AHOY_SERVICE (options), "options", NULL, NULL,
                               options_methods, error)) {
    return FALSE;
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
  int t1 = 500;
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &listeners, "an address", "udp:ADDRESS:PORT" },
    { "t1", 0, 0, G_OPTION_ARG_INT, &t1, "T1", "MS" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GInputStream) standard_input = NULL;
  g_autoptr (GError) error = NULL;
  Agent agent = { 0 };

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) ||
      !start (&agent, listeners, t1, &error)) {
    fail ("start", error->message);
    return 1;
  }
  end_event (begin_event ("ready"));

  agent.loop = g_main_loop_new (NULL, FALSE);
  standard_input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  agent.input = g_data_input_stream_new (standard_input);
  g_data_input_stream_read_line_async (agent.input, G_PRIORITY_DEFAULT, NULL, on_line, &agent);
  g_main_loop_run (agent.loop);

  ahoy_stack_stop (agent.stack);
  g_object_unref (agent.stack);
  g_object_unref (agent.input);
  g_main_loop_unref (agent.loop);
  end_event (begin_event ("bye"));
  return 0;
}
