/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "test-trace-commands.h"

/* What the subscription got since it was asked last. */
static GPtrArray *caught;

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
add_message (JsonBuilder *builder, AhoyTraceMessage *message)
{
  g_autofree char *source = ahoy_trace_message_dup_source (message);
  g_autofree char *destination = ahoy_trace_message_dup_destination (message);
  gsize length;
  const guchar *data = g_bytes_get_data (ahoy_trace_message_get_bytes (message), &length);
  g_autofree char *bytes = g_base64_encode (data, length);
  g_autoptr (GEnumClass) kinds = g_type_class_ref (AHOY_TYPE_TRACE_KIND);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "time");
  json_builder_add_int_value (builder, ahoy_trace_message_get_time (message));
  add_string (builder, "direction", ahoy_trace_message_is_incoming (message) ? "in" : "out");
  add_string (builder, "kind",
              g_enum_get_value (kinds, (int) ahoy_trace_message_get_kind (message))->value_nick);
  add_string (builder, "transport",
              ahoy_transport_protocol_to_string (ahoy_trace_message_get_transport (message)));
  add_string (builder, "source", source);
  add_string (builder, "destination", destination);
  add_string (builder, "method", ahoy_trace_message_get_method (message));
  add_string (builder, "summary", ahoy_trace_message_get_summary (message));
  add_string (builder, "call-id", ahoy_trace_message_get_call_id (message));
  add_string (builder, "session-id", ahoy_trace_message_get_session_id (message));
  add_string (builder, "bytes", bytes);
  json_builder_set_member_name (builder, "again");
  json_builder_add_boolean_value (builder, ahoy_trace_message_is_repetition (message));
  json_builder_end_object (builder);
}

static void
add_messages (JsonBuilder *builder, GPtrArray *messages)
{
  json_builder_set_member_name (builder, "messages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < messages->len; i++) {
    add_message (builder, messages->pdata[i]);
  }
  json_builder_end_array (builder);
}

static void
on_caught (AhoyTrace *trace, AhoyTraceMessage *message, gpointer user_data)
{
  g_ptr_array_add (caught, g_object_ref (message));
}

static void
subscribe (AhoyTrace *trace, JsonObject *command, JsonBuilder *builder)
{
  const char *text = json_object_get_string_member_with_default (command, "filter", "{}");
  const char *path = json_object_get_string_member_with_default (command, "path", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) filter = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_autoptr (AhoyPcapWriter) writer = NULL;
  guint64 id = 0;

  if (filter != NULL && path != NULL) {
    writer = ahoy_pcap_writer_new_for_path (path, &error);
    id = writer != NULL ? ahoy_trace_subscribe_pcap (trace, filter, writer, &error) : 0;
  } else if (filter != NULL) {
    id = ahoy_trace_subscribe (trace, filter, on_caught, NULL, NULL, &error);
  }
  json_builder_set_member_name (builder, "id");
  json_builder_add_int_value (builder, (gint64) id);
  add_string (builder, "error", error != NULL ? error->message : NULL);
}

static void
show_call (AhoyTrace *trace, const char *call_id, JsonBuilder *builder)
{
  g_autofree char *ladder = ahoy_trace_get_ladder (trace, call_id);
  g_autoptr (GVariant) history = ahoy_trace_get_history (trace, call_id);
  g_autofree char *printed = g_variant_print (history, FALSE);
  g_autoptr (GPtrArray) messages = ahoy_trace_get_messages (trace, call_id);

  add_string (builder, "ladder", ladder);
  add_string (builder, "history", printed);
  add_messages (builder, messages);
}

static void
show_all (AhoyTrace *trace, JsonBuilder *builder)
{
  g_auto (GStrv) calls = ahoy_trace_list_calls (trace);
  g_autoptr (GVariant) statistics = ahoy_trace_get_statistics (trace);
  g_autofree char *printed = g_variant_print (statistics, FALSE);

  json_builder_set_member_name (builder, "calls");
  json_builder_begin_array (builder);
  for (gsize i = 0; calls[i] != NULL; i++) {
    json_builder_add_string_value (builder, calls[i]);
  }
  json_builder_end_array (builder);
  add_string (builder, "statistics", printed);
}

JsonBuilder *
test_trace_command (AhoyTrace *trace, const char *name, JsonObject *command)
{
  const char *call_id = json_object_get_string_member_with_default (command, "call", "");
  gint64 id = json_object_get_int_member_with_default (command, "id", 0);
  JsonBuilder *builder = json_builder_new ();

  if (caught == NULL) {
    caught = g_ptr_array_new_with_free_func (g_object_unref);
  }
  json_builder_begin_object (builder);
  add_string (builder, "event", name);
  if (g_str_equal (name, "trace-call")) {
    show_call (trace, call_id, builder);
  } else if (g_str_equal (name, "trace-subscribe")) {
    subscribe (trace, command, builder);
  } else if (g_str_equal (name, "trace-unsubscribe")) {
    ahoy_trace_unsubscribe (trace, (guint64) id);
  } else if (g_str_equal (name, "trace-caught")) {
    add_messages (builder, caught);
    g_ptr_array_set_size (caught, 0);
  } else if (g_str_equal (name, "trace-session")) {
    ahoy_trace_set_session_id (trace, call_id,
                               json_object_get_string_member_with_default (command, "session", ""));
  } else if (g_str_equal (name, "trace-save")) {
    g_autoptr (GError) error = NULL;

    ahoy_trace_save_pcap (trace, call_id,
                          json_object_get_string_member_with_default (command, "path", ""), &error);
    add_string (builder, "error", error != NULL ? error->message : NULL);
  } else {
    show_all (trace, builder);
  }
  json_builder_end_object (builder);
  return builder;
}

void
test_trace_forget (void)
{
  g_clear_pointer (&caught, g_ptr_array_unref);
}
