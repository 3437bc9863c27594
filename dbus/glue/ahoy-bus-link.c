/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-link.h"

#include "ahoy-bus-variant.h"
#include "ahoy.h"

/*
 * The connection to the bus, by sd-bus, on the main loop. What changed is gathered for a moment, so
 * that a call says it in few messages (docs/decisions/046).
 */
struct _AhoyBusLink {
  GObject parent_instance;

  sd_bus *bus;
  sd_bus_slot *name_lost;
  GSource *source;
  gint64 gather_at; /* monotonic time in µs, -1 for never */
  void (*gather) (gpointer user_data);
  gpointer gather_data;
};

/* How long what changed is gathered, in µs: nobody notices, and a busy daemon says less. */
#define GATHER_TIME 2000
/* How many are answered of those that came before the name was let go. */
#define MAX_LAST_MESSAGES 1000
/* A bus that answers nothing holds up calls for no longer, in µs. */
#define PATIENCE (2 * G_USEC_PER_SEC)

enum { SIGNAL_CLOSED, SIGNAL_NAME_LOST, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyBusLink, ahoy_bus_link, G_TYPE_OBJECT)

typedef struct {
  GSource source;
  AhoyBusLink *link; /* not owned: it destroys the source */
  gpointer descriptor;
  GIOCondition events;
  gboolean busy;
} LinkSource;

/* In ms from now, as poll() takes it; -1 for never. */
static int
span_until (gint64 at, gint64 now)
{
  if (at < 0) {
    return -1;
  }
  return at <= now ? 0 : (int) MIN ((at - now + 999) / 1000, G_MAXINT);
}

/* When sd-bus wants to be called without anything being read, -1 for never. */
static gint64
bus_wants_at (AhoyBusLink *self)
{
  guint64 at = 0;

  return sd_bus_get_timeout (self->bus, &at) > 0 && at <= G_MAXINT64 ? (gint64) at : -1;
}

/* The times are given to poll() here: g_source_set_ready_time() would wake the loop each time. */
static gboolean
link_source_prepare (GSource *source, int *timeout)
{
  LinkSource *self = (LinkSource *) source;
  gint64 now = g_source_get_time (source);
  int events = sd_bus_get_events (self->link->bus);
  int gather = span_until (self->link->gather_at, now);
  int bus = span_until (bus_wants_at (self->link), now);

  events = events > 0 ? events : 0;
  if ((GIOCondition) events != self->events) {
    self->events = (GIOCondition) events;
    g_source_modify_unix_fd (source, self->descriptor, self->events);
  }
  *timeout = gather < 0 || (bus >= 0 && bus < gather) ? bus : gather;
  return *timeout == 0;
}

static gboolean
link_source_check (GSource *source)
{
  LinkSource *self = (LinkSource *) source;
  gint64 now = g_source_get_time (source);

  return g_source_query_unix_fd (source, self->descriptor) != 0 ||
         span_until (self->link->gather_at, now) == 0 ||
         span_until (bus_wants_at (self->link), now) == 0;
}

static gboolean
link_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  LinkSource *own = (LinkSource *) source;
  g_autoptr (AhoyBusLink) self = g_object_ref (own->link);
  gint64 now = g_source_get_time (source);

  if (own->busy) {
    return G_SOURCE_CONTINUE;
  }
  if (g_source_query_unix_fd (source, own->descriptor) != 0 ||
      span_until (bus_wants_at (self), now) == 0) {
    /* One message, then others have their turn: some methods take long, and SIP does not wait. */
    own->busy = TRUE;
    sd_bus_process (self->bus, NULL);
    own->busy = FALSE;
  }
  if (self->source == NULL) {
    return G_SOURCE_REMOVE;
  }
  if (sd_bus_is_open (self->bus) <= 0) {
    g_clear_pointer (&self->source, g_source_unref);
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
    return G_SOURCE_REMOVE;
  }
  if (span_until (self->gather_at, now) == 0) {
    ahoy_bus_link_flush (self);
  }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs link_source_funcs = {
  .prepare = link_source_prepare,
  .check = link_source_check,
  .dispatch = link_source_dispatch,
};

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

  sd_bus_slot_unref (self->name_lost);
  sd_bus_unref (self->bus);
  G_OBJECT_CLASS (ahoy_bus_link_parent_class)->finalize (object);
}

static void
ahoy_bus_link_class_init (AhoyBusLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_link_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_link_finalize;
  /* The bus closed the connection. */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* Another one has the name that was requested. */
  signals[SIGNAL_NAME_LOST] =
      g_signal_new ("name-lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ahoy_bus_link_init (AhoyBusLink *self)
{
  self->gather_at = -1;
}

static gboolean
connect_bus (sd_bus *bus, const char *address, GError **error)
{
  const char *name;
  int result;

  if ((result = sd_bus_set_address (bus, address)) < 0 ||
      (result = sd_bus_set_bus_client (bus, 1)) < 0 ||
      (result = sd_bus_negotiate_fds (bus, 1)) < 0 ||
      (result = sd_bus_set_method_call_timeout (bus, PATIENCE)) < 0 ||
      (result = sd_bus_start (bus)) < 0 || (result = sd_bus_get_unique_name (bus, &name)) < 0) {
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (-result), g_strerror (-result));
    return FALSE;
  }
  return TRUE;
}

/* Connects to the bus at @address, and waits until the bus knows us. */
AhoyBusLink *
ahoy_bus_link_open (const char *address, GError **error)
{
  g_autoptr (AhoyBusLink) self = g_object_new (AHOY_BUS_TYPE_LINK, NULL);
  LinkSource *source;

  if (sd_bus_new (&self->bus) < 0 || !connect_bus (self->bus, address, error)) {
    return NULL;
  }
  self->source = g_source_new (&link_source_funcs, sizeof (LinkSource));
  source = (LinkSource *) self->source;
  source->link = self;
  source->descriptor = g_source_add_unix_fd (self->source, sd_bus_get_fd (self->bus), 0);
  /* Else GLib takes the descriptor out of the loop while it dispatches, and wakes the loop twice.
   */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_name (self->source, "ahoy-bus");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return g_steal_pointer (&self);
}

sd_bus *
ahoy_bus_link_get_bus (AhoyBusLink *self)
{
  return self->bus;
}

gboolean
ahoy_bus_link_is_open (AhoyBusLink *self)
{
  return self->source != NULL && sd_bus_is_open (self->bus) > 0;
}

static int
on_name_lost (sd_bus_message *message, void *user_data, sd_bus_error *error)
{
  const char *name = NULL;

  if (sd_bus_message_read_basic (message, SD_BUS_TYPE_STRING, &name) > 0) {
    g_signal_emit (user_data, signals[SIGNAL_NAME_LOST], 0, name);
  }
  return 0;
}

/* Another one may take the name later: “name-lost” tells. With @replace it is taken from who has it
 * now and lets it go. */
gboolean
ahoy_bus_link_request_name (AhoyBusLink *self, const char *name, gboolean replace, GError **error)
{
  int result = sd_bus_match_signal (self->bus, &self->name_lost, "org.freedesktop.DBus",
                                    "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameLost",
                                    on_name_lost, self);

  if (result >= 0) {
    result = sd_bus_request_name (self->bus, name,
                                  SD_BUS_NAME_ALLOW_REPLACEMENT |
                                      (replace ? SD_BUS_NAME_REPLACE_EXISTING : 0));
  }
  if (result < 0) {
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (-result), g_strerror (-result));
    return FALSE;
  }
  return TRUE;
}

/* Lets the name go. What was sent to it until then is answered: who asks later gets another daemon,
 * or starts one. */
void
ahoy_bus_link_release_name (AhoyBusLink *self, const char *name)
{
  guint left = MAX_LAST_MESSAGES;

  if (!ahoy_bus_link_is_open (self) || sd_bus_release_name (self->bus, name) < 0) {
    return;
  }
  while (left > 0 && sd_bus_process (self->bus, NULL) > 0) {
    left--;
  }
}

gboolean
ahoy_bus_link_has_owner (AhoyBusLink *self, const char *name)
{
  sd_bus_message *reply = NULL;
  int owned = 0;

  if (sd_bus_call_method (self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "NameHasOwner", NULL, &reply, "s", name) < 0 ||
      sd_bus_message_read_basic (reply, SD_BUS_TYPE_BOOLEAN, &owned) < 0) {
    owned = 0;
  }
  sd_bus_message_unref (reply);
  return owned;
}

/* Returns: what its arguments are appended to, for ahoy_bus_link_send(); NULL when the bus is gone
 */
sd_bus_message *
ahoy_bus_link_new_signal (AhoyBusLink *self, const char *path, const char *interface,
                          const char *member)
{
  sd_bus_message *message = NULL;

  if (self->source != NULL) {
    sd_bus_message_new_signal (self->bus, &message, path, interface, member);
  }
  return message;
}

/*
 * Takes @message. @receiver: a name on the bus, or NULL for all; @result: what the last function
 * that appended to it returned.
 */
void
ahoy_bus_link_send (AhoyBusLink *self, sd_bus_message *message, const char *receiver, int result)
{
  if (result >= 0) {
    result = receiver != NULL ? sd_bus_send_to (self->bus, message, receiver, NULL)
                              : sd_bus_send (self->bus, message, NULL);
  }
  /* When the bus is gone “closed” says so. */
  if (result < 0 && result != -ENOTCONN && result != -ECONNRESET && result != -EPIPE) {
    g_warning ("The signal %s of %s is not sent: %s", sd_bus_message_get_member (message),
               sd_bus_message_get_path (message), g_strerror (-result));
  }
  sd_bus_message_unref (message);
}

/* @receiver: a name on the bus, or NULL for all; @arguments: a tuple, or NULL, sunk. */
void
ahoy_bus_link_emit (AhoyBusLink *self, const char *receiver, const char *path,
                    const char *interface, const char *member, GVariant *arguments)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  sd_bus_message *message = ahoy_bus_link_new_signal (self, path, interface, member);

  if (message != NULL) {
    ahoy_bus_link_send (self, message, receiver,
                        owned != NULL ? ahoy_bus_variant_append_children (message, owned) : 0);
  }
}

/* Who has something to say later calls ahoy_bus_link_want_gather(), and says it when @gather is
 * called. */
void
ahoy_bus_link_set_gather (AhoyBusLink *self, void (*gather) (gpointer user_data),
                          gpointer user_data)
{
  self->gather = gather;
  self->gather_data = user_data;
}

void
ahoy_bus_link_want_gather (AhoyBusLink *self)
{
  if (self->gather_at < 0) {
    self->gather_at = g_get_monotonic_time () + GATHER_TIME;
  }
}

/* What is to be said is said now; else that happens soon. */
void
ahoy_bus_link_flush (AhoyBusLink *self)
{
  self->gather_at = -1;
  if (self->gather != NULL) {
    self->gather (self->gather_data);
  }
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
  sd_bus_flush (self->bus);
  sd_bus_close (self->bus);
}
