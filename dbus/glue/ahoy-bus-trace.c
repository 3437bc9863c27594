/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-trace.h"

#include <glib-unix.h>
#include <unistd.h>

#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* The trace on the bus. Each message goes to the one who asked for it, and to nobody else. */

#define MAX_TRACES 16

typedef struct {
  AhoyBusTrace *trace; /* not a reference */
  guint64 id;
  char *owner; /* the unique name of who asked */
  sd_bus_track *track;
} Client;

struct _AhoyBusTrace {
  GObject parent_instance;

  AhoyCore *core;
  AhoyBusLink *link;
  gboolean may_write;
  GPtrArray *clients; /* Client */
};

G_DEFINE_FINAL_TYPE (AhoyBusTrace, ahoy_bus_trace, G_TYPE_OBJECT)

static void
client_free (gpointer data)
{
  Client *client = data;

  sd_bus_track_unref (client->track);
  ahoy_trace_unsubscribe (ahoy_core_get_trace (client->trace->core), client->id);
  g_free (client->owner);
  g_free (client);
}

static int
on_owner_left (sd_bus_track *track, void *user_data)
{
  Client *client = user_data;

  g_ptr_array_remove_fast (client->trace->clients, client);
  return 0;
}

static gboolean
watch_owner (Client *client, GError **error)
{
  sd_bus *bus = ahoy_bus_link_get_bus (client->trace->link);
  int result = sd_bus_track_new (bus, &client->track, on_owner_left, client);

  if (result >= 0) {
    result = sd_bus_track_add_name (client->track, client->owner);
  }
  if (result < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "%s cannot be watched: %s", client->owner,
                 g_strerror (-result));
  }
  return result >= 0;
}

static void
on_message (AhoyTrace *trace, AhoyTraceMessage *message, gpointer user_data)
{
  Client *client = user_data;
  g_autofree char *source = ahoy_trace_message_dup_source (message);
  g_autofree char *destination = ahoy_trace_message_dup_destination (message);
  GBytes *bytes = ahoy_trace_message_get_bytes (message);
  const char *session = ahoy_trace_message_get_session_id (message);
  gsize size = 0;
  const void *data = g_bytes_get_data (bytes, &size);

  ahoy_bus_link_emit (
      client->trace->link, client->owner, AHOY_BUS_ROOT, org_ahoy_ahoy1_trace_interface.name,
      "Message",
      g_variant_new ("(ttssss@ays)", client->id, (guint64) ahoy_trace_message_get_time (message),
                     ahoy_trace_message_is_incoming (message) ? "in" : "out",
                     ahoy_transport_protocol_to_string (ahoy_trace_message_get_transport (message)),
                     source, destination,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1),
                     session != NULL ? session : ""));
}

static void
handle_start (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusTrace *self = target;
  g_autoptr (GVariant) filter = g_variant_get_child_value (arguments, 0);
  GError *error = NULL;
  Client *client;

  if (self->clients->len >= MAX_TRACES) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_LIMIT_EXCEEDED,
                               "There are %d traces already; stop one", MAX_TRACES);
    return;
  }
  client = g_new0 (Client, 1);
  client->id = ahoy_trace_subscribe (ahoy_core_get_trace (self->core), filter, on_message, client,
                                     NULL, &error);
  if (client->id == 0) {
    g_free (client);
    ahoy_bus_return_error (call, error);
    return;
  }
  client->trace = self;
  client->owner = g_strdup (ahoy_bus_call_get_sender (call));
  if (!watch_owner (client, &error)) {
    client_free (client);
    ahoy_bus_return_error (call, error);
    return;
  }
  g_ptr_array_add (self->clients, client);
  ahoy_bus_call_return (call, g_variant_new ("(t)", client->id));
}

static void
handle_stop (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusTrace *self = target;
  const char *sender = ahoy_bus_call_get_sender (call);
  guint64 id;

  g_variant_get (arguments, "(t)", &id);
  for (guint i = 0; i < self->clients->len; i++) {
    Client *client = self->clients->pdata[i];

    if (client->id == id && g_str_equal (client->owner, sender)) {
      g_ptr_array_remove_index_fast (self->clients, i);
      ahoy_bus_call_return (call, NULL);
      return;
    }
  }
  ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                             "The caller has no trace %" G_GUINT64_FORMAT, id);
}

static void
handle_open_pcap (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusTrace *self = target;
  g_autoptr (GVariant) filter = g_variant_get_child_value (arguments, 0);
  g_autoptr (AhoyPcapWriter) writer = NULL;
  GError *error = NULL;
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  writer = ahoy_pcap_writer_new_for_fd (ends[1], NULL, &error);
  if (writer == NULL ||
      ahoy_trace_subscribe_pcap (ahoy_core_get_trace (self->core), filter, writer, &error) == 0) {
    close (ends[0]);
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_call_return_descriptor (call, ends[0]);
}

static AhoySession *
find_session (AhoyBusTrace *self, const char *path)
{
  const char *number = strrchr (path, '/');
  guint64 id;

  if (!g_str_has_prefix (path, AHOY_BUS_ROOT "/session/") ||
      !g_ascii_string_to_unsigned (number + 1, 10, 1, G_MAXUINT64, &id, NULL)) {
    return NULL;
  }
  return ahoy_session_service_lookup (ahoy_core_get_sessions (self->core), id);
}

static void
handle_save_pcap (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusTrace *self = target;
  AhoySession *session;
  GError *error = NULL;
  const char *object;
  const char *path;

  g_variant_get (arguments, "(&o&s)", &object, &path);
  session = find_session (self, object);
  if (!self->may_write) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_AUTHORIZED,
                               "The daemon of the system bus writes no files for callers; use "
                               "OpenPcap");
  } else if (!g_path_is_absolute (path)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_ARGUMENTS, "“%s” is no absolute path",
                               path);
  } else if (session == NULL || ahoy_session_get_call_id (session) == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND, "There is no session %s that goes on",
                               object);
  } else if (!ahoy_trace_save_pcap (ahoy_core_get_trace (self->core),
                                    ahoy_session_get_call_id (session), path, &error)) {
    ahoy_bus_return_error (call, error);
  } else {
    ahoy_bus_call_return (call, NULL);
  }
}

static const AhoyBusProperty properties[] = { { NULL, NULL } };

static const AhoyBusMethod methods[] = {
  { "Start", handle_start },
  { "Stop", handle_stop },
  { "OpenPcap", handle_open_pcap },
  { "SavePcap", handle_save_pcap },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_trace_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_trace_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_trace_dispose (GObject *object)
{
  AhoyBusTrace *self = AHOY_BUS_TRACE (object);

  ahoy_bus_trace_close (self);
  g_clear_object (&self->link);
  g_clear_object (&self->core);
  G_OBJECT_CLASS (ahoy_bus_trace_parent_class)->dispose (object);
}

static void
ahoy_bus_trace_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_BUS_TRACE (object)->clients);
  G_OBJECT_CLASS (ahoy_bus_trace_parent_class)->finalize (object);
}

static void
ahoy_bus_trace_class_init (AhoyBusTraceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_trace_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_trace_finalize;
}

static void
ahoy_bus_trace_init (AhoyBusTrace *self)
{
  self->clients = g_ptr_array_new_with_free_func (client_free);
}

/* @may_write: whether callers are the user that the daemon runs as. */
AhoyBusTrace *
ahoy_bus_trace_new (AhoyCore *core, AhoyBusLink *link, gboolean may_write)
{
  AhoyBusTrace *self = g_object_new (AHOY_BUS_TYPE_TRACE, NULL);

  self->core = g_object_ref (core);
  self->link = g_object_ref (link);
  self->may_write = may_write;
  return self;
}

/* Ends all traces. */
void
ahoy_bus_trace_close (AhoyBusTrace *self)
{
  g_ptr_array_set_size (self->clients, 0);
}
