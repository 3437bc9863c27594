/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-link.h"

#include "ahoy-bus-relay.h"

#include <fcntl.h>
#include <gio/gunixconnection.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ahoy.h"

/*
 * The connection to the bus. Methods are GDBus's; signals, of which a call has a dozen, are written
 * here, straight from the tables, and those of one turn of the main loop leave together
 * (docs/decisions/037).
 */
struct _AhoyBusLink {
  GObject parent_instance;

  GDBusConnection *connection;
  AhoyBusRelay *relay;
  GSource *source;
  gboolean wanted; /* the source has a time to flush at */
  AhoyBusWire wire;
  void (*gather) (gpointer user_data);
  gpointer gather_data;
};

/* How long what is said is gathered, in µs: nobody notices, and a busy daemon writes less often. */
#define GATHER_TIME 2000
/* This much does not wait, in bytes. */
#define ENOUGH (32 * 1024)

G_DEFINE_FINAL_TYPE (AhoyBusLink, ahoy_bus_link, G_TYPE_OBJECT)

typedef struct {
  GSource source;
  AhoyBusLink *link; /* not owned: it destroys the source */
} FlushSource;

static gboolean
flush_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ahoy_bus_link_flush (((FlushSource *) source)->link);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs flush_source_funcs = { .dispatch = flush_source_dispatch };

static void
ahoy_bus_link_dispose (GObject *object)
{
  ahoy_bus_link_close (AHOY_BUS_LINK (object));
  G_OBJECT_CLASS (ahoy_bus_link_parent_class)->dispose (object);
}

static void
ahoy_bus_link_finalize (GObject *object)
{
  AhoyBusLink *self = AHOY_BUS_LINK (object);

  g_clear_object (&self->connection);
  ahoy_bus_wire_clear (&self->wire);
  G_OBJECT_CLASS (ahoy_bus_link_parent_class)->finalize (object);
}

static void
ahoy_bus_link_class_init (AhoyBusLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_link_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_link_finalize;
}

static void
ahoy_bus_link_init (AhoyBusLink *self)
{
  self->source = g_source_new (&flush_source_funcs, sizeof (FlushSource));
  ((FlushSource *) self->source)->link = self;
  g_source_set_name (self->source, "ahoy-bus");
  g_source_set_ready_time (self->source, -1);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static int
dup_descriptor (GIOStream *stream, const char *address, GError **error)
{
  int copy;

  if (!G_IS_SOCKET_CONNECTION (stream)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The bus at %s is not reached through a socket; name one that is", address);
    return -1;
  }
  copy = fcntl (g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream))),
                F_DUPFD_CLOEXEC, 0);
  if (copy < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "There is no descriptor left for the bus at %s: %s", address, g_strerror (errno));
  }
  return copy;
}

/* The other end of the relay, as GDBus wants it. */
static GIOStream *
make_local_stream (int *local, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "There is no descriptor left for the connection to the bus: %s",
                 g_strerror (errno));
    return NULL;
  }
  g_type_ensure (G_TYPE_UNIX_CONNECTION);
  socket = g_socket_new_from_fd (pair[1], error);
  if (socket == NULL) {
    close (pair[0]);
    close (pair[1]);
    return NULL;
  }
  *local = pair[0];
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

/* Connects to the bus at @address. */
AhoyBusLink *
ahoy_bus_link_open (const char *address, GError **error)
{
  g_autoptr (AhoyBusLink) self = g_object_new (AHOY_BUS_TYPE_LINK, NULL);
  g_autoptr (GIOStream) stream = g_dbus_address_get_stream_sync (address, NULL, NULL, error);
  g_autoptr (GIOStream) local_stream = NULL;
  int local = -1;
  int bus = stream != NULL ? dup_descriptor (stream, address, error) : -1;

  if (bus < 0) {
    return NULL;
  }
  local_stream = make_local_stream (&local, error);
  if (local_stream == NULL) {
    close (bus);
    return NULL;
  }
  self->relay = ahoy_bus_relay_new (bus, local);
  self->connection = g_dbus_connection_new_sync (
      local_stream, NULL,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, error);
  if (self->connection == NULL) {
    g_io_stream_close (local_stream, NULL, NULL);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/* For methods and for what goes to one receiver only. */
GDBusConnection *
ahoy_bus_link_get_connection (AhoyBusLink *self)
{
  return self->connection;
}

static void
send_written (AhoyBusLink *self)
{
  GByteArray *bytes = self->wire.bytes;

  if (bytes == NULL || bytes->len == 0) {
    return;
  }
  if (self->relay != NULL) {
    ahoy_bus_relay_send (self->relay, bytes->data, bytes->len);
  }
  g_byte_array_set_size (bytes, 0);
}

/*
 * Returns: where the arguments are written, in the order of @signature; ahoy_bus_link_end_signal()
 *   ends it
 */
AhoyBusWire *
ahoy_bus_link_begin_signal (AhoyBusLink *self, const char *path, const char *interface,
                            const char *member, const char *signature)
{
  ahoy_bus_wire_begin_signal (&self->wire, path, interface, member, signature);
  return &self->wire;
}

void
ahoy_bus_link_end_signal (AhoyBusLink *self)
{
  ahoy_bus_wire_end_signal (&self->wire);
  if (self->wire.bytes->len >= ENOUGH) {
    send_written (self);
  }
  ahoy_bus_link_want_flush (self);
}

/* Who has something to say later calls ahoy_bus_link_want_flush(), and says it when @gather is
 * called. */
void
ahoy_bus_link_set_gather (AhoyBusLink *self, void (*gather) (gpointer user_data),
                          gpointer user_data)
{
  self->gather = gather;
  self->gather_data = user_data;
}

/* ahoy_bus_link_flush() is called soon. */
void
ahoy_bus_link_want_flush (AhoyBusLink *self)
{
  if (!self->wanted && self->source != NULL) {
    self->wanted = TRUE;
    g_source_set_ready_time (self->source, g_get_monotonic_time () + GATHER_TIME);
  }
}

/* @arguments is a tuple, or NULL. */
void
ahoy_bus_link_emit (AhoyBusLink *self, const char *path, const char *interface,
                    const char *member, GVariant *arguments)
{
  g_autofree char *signature = NULL;
  gsize n = 0;

  if (arguments != NULL) {
    const char *type = g_variant_get_type_string (arguments);

    signature = g_strndup (type + 1, strlen (type) - 2);
    n = g_variant_n_children (arguments);
  }
  ahoy_bus_wire_begin_signal (&self->wire, path, interface, member,
                              signature != NULL ? signature : "");
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (arguments, i);

    ahoy_bus_wire_add_value (&self->wire, child);
  }
  ahoy_bus_link_end_signal (self);
}

/* Sends what is to be said; else that happens soon. */
void
ahoy_bus_link_flush (AhoyBusLink *self)
{
  if (self->wanted && self->source != NULL) {
    g_source_set_ready_time (self->source, -1);
  }
  self->wanted = FALSE;
  if (self->gather != NULL) {
    self->gather (self->gather_data);
  }
  send_written (self);
}

/* Everything that was said leaves first. */
void
ahoy_bus_link_close (AhoyBusLink *self)
{
  if (self->source == NULL) {
    return;
  }
  ahoy_bus_link_flush (self);
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->connection != NULL) {
    g_dbus_connection_close_sync (self->connection, NULL, NULL);
  }
  g_clear_pointer (&self->relay, ahoy_bus_relay_free);
}
