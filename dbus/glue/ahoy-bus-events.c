/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-events.h"

#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* The states of the event bus of the core on the bus. Each goes to those who watch, and to nobody
 * else. */

#define MAX_WATCHES 64
#define MAX_PUBLISHED 10000
#define MAX_STATE 8192 /* bytes */

typedef struct {
  AhoyBusEvents *events; /* not a reference */
  guint64 id;
  char *owner; /* the unique name of who watches */
  char *topic; /* empty for all */
  sd_bus_track *track;
} Watch;

struct _AhoyBusEvents {
  GObject parent_instance;

  AhoyCore *core;
  AhoyBusLink *link;
  GPtrArray *watches;    /* Watch */
  GHashTable *published; /* topic, a line feed, key: of programs */
};

G_DEFINE_FINAL_TYPE (AhoyBusEvents, ahoy_bus_events, G_TYPE_OBJECT)

static AhoyEventBus *
bus_of (AhoyBusEvents *self)
{
  return ahoy_core_get_event_bus (self->core);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  sd_bus_track_unref (watch->track);
  ahoy_event_bus_unsubscribe (bus_of (watch->events), watch->id);
  g_free (watch->owner);
  g_free (watch->topic);
  g_free (watch);
}

/* -- publishing ----------------------------------------------------------------------------- */

static gboolean
check_state (GVariant *state, GError **error)
{
  if (g_variant_get_size (state) > MAX_STATE) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "A state has at most %d bytes; publish where more can be found", MAX_STATE);
    return FALSE;
  }
  if (strchr (g_variant_get_type_string (state), 'h') != NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                         "A descriptor is no state");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_place (AhoyBusEvents *self, const char *topic, const char *key, const char *place,
             GError **error)
{
  if (g_str_equal (topic, "device-state") &&
      ahoy_endpoint_registry_lookup (ahoy_core_get_endpoints (self->core), key) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "How the endpoint “%s” is says the daemon; publish under another key", key);
    return FALSE;
  }
  if (g_hash_table_size (self->published) >= MAX_PUBLISHED &&
      !g_hash_table_contains (self->published, place)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "Programs published %d states already; withdraw some", MAX_PUBLISHED);
    return FALSE;
  }
  return TRUE;
}

static void
handle_publish (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusEvents *self = target;
  g_autoptr (GVariant) state = NULL;
  g_autofree char *place = NULL;
  GError *error = NULL;
  const char *topic;
  const char *key;

  g_variant_get (arguments, "(&s&sv)", &topic, &key, &state);
  place = g_strconcat (topic, "\n", key, NULL);
  if (!check_state (state, &error) || !check_place (self, topic, key, place, &error) ||
      !ahoy_event_bus_publish (bus_of (self), topic, key, state, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  g_hash_table_add (self->published, g_steal_pointer (&place));
  ahoy_bus_call_return (call, NULL);
}

static void
handle_withdraw (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusEvents *self = target;
  g_autofree char *place = NULL;
  const char *topic;
  const char *key;

  g_variant_get (arguments, "(&s&s)", &topic, &key);
  place = g_strconcat (topic, "\n", key, NULL);
  if (!g_hash_table_remove (self->published, place)) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "No program published a state of “%s” in the topic “%s”", key,
                               topic);
    return;
  }
  ahoy_event_bus_publish (bus_of (self), topic, key, NULL, NULL);
  ahoy_bus_call_return (call, NULL);
}

/* -- reading -------------------------------------------------------------------------------- */

static void
handle_get (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_autoptr (GVariant) state = NULL;
  const char *topic;
  const char *key;

  g_variant_get (arguments, "(&s&s)", &topic, &key);
  state = ahoy_event_bus_get_state (bus_of (target), topic, key);
  if (state == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND,
                               "There is no state of “%s” in the topic “%s”", key, topic);
    return;
  }
  ahoy_bus_call_return (call, g_variant_new ("(v)", state));
}

static void
handle_list (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyEventBus *bus = bus_of (target);
  g_auto (GStrv) keys = NULL;
  GVariantBuilder builder;
  const char *topic;

  g_variant_get (arguments, "(&s)", &topic);
  keys = ahoy_event_bus_list_keys (bus, topic);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; keys[i] != NULL; i++) {
    g_autoptr (GVariant) state = ahoy_event_bus_get_state (bus, topic, keys[i]);

    g_variant_builder_add (&builder, "{sv}", keys[i], state);
  }
  ahoy_bus_call_return (call, g_variant_new ("(a{sv})", &builder));
}

static void
handle_list_topics (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  g_auto (GStrv) topics = ahoy_event_bus_list_topics (bus_of (target));

  ahoy_bus_call_return (call, g_variant_new ("(^as)", topics));
}

/* -- watching ------------------------------------------------------------------------------- */

static void
on_event (AhoyEventBus *bus, const char *topic, const char *key, GVariant *state,
          gpointer user_data)
{
  Watch *watch = user_data;

  ahoy_bus_link_emit (watch->events->link, watch->owner, AHOY_BUS_ROOT,
                      org_ahoy_ahoy1_events_interface.name,
                      state != NULL ? "Changed" : "Withdrawn",
                      state != NULL ? g_variant_new ("(ssv)", topic, key, state)
                                    : g_variant_new ("(ss)", topic, key));
}

static int
on_owner_left (sd_bus_track *track, void *user_data)
{
  Watch *watch = user_data;

  g_ptr_array_remove_fast (watch->events->watches, watch);
  return 0;
}

static gboolean
begin_watch (Watch *watch, GError **error)
{
  AhoyBusEvents *self = watch->events;
  int result = sd_bus_track_new (ahoy_bus_link_get_bus (self->link), &watch->track, on_owner_left,
                                 watch);

  if (result >= 0) {
    result = sd_bus_track_add_name (watch->track, watch->owner);
  }
  if (result < 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "%s cannot be watched: %s", watch->owner,
                 g_strerror (-result));
    return FALSE;
  }
  watch->id = ahoy_event_bus_subscribe (bus_of (self), *watch->topic != '\0' ? watch->topic : NULL,
                                        NULL, TRUE, on_event, watch, NULL, error);
  return watch->id != 0;
}

static Watch *
find_watch (AhoyBusEvents *self, const char *owner, const char *topic)
{
  for (guint i = 0; i < self->watches->len; i++) {
    Watch *watch = self->watches->pdata[i];

    if (g_str_equal (watch->owner, owner) && g_str_equal (watch->topic, topic)) {
      return watch;
    }
  }
  return NULL;
}

static void
handle_watch (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusEvents *self = target;
  const char *sender = ahoy_bus_call_get_sender (call);
  GError *error = NULL;
  const char *topic;
  Watch *watch;

  g_variant_get (arguments, "(&s)", &topic);
  if (self->watches->len >= MAX_WATCHES) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_LIMIT_EXCEEDED,
                               "%d topics are watched already; unwatch one", MAX_WATCHES);
    return;
  }
  if (find_watch (self, sender, topic) != NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_EXISTS, "The caller watches “%s” already", topic);
    return;
  }
  watch = g_new0 (Watch, 1);
  watch->events = self;
  watch->owner = g_strdup (sender);
  watch->topic = g_strdup (topic);
  if (!begin_watch (watch, &error)) {
    watch_free (watch);
    ahoy_bus_return_error (call, error);
    return;
  }
  g_ptr_array_add (self->watches, watch);
  ahoy_bus_call_return (call, NULL);
}

static void
handle_unwatch (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusEvents *self = target;
  const char *topic;
  Watch *watch;

  g_variant_get (arguments, "(&s)", &topic);
  watch = find_watch (self, ahoy_bus_call_get_sender (call), topic);
  if (watch == NULL) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND, "The caller does not watch “%s”",
                               topic);
    return;
  }
  g_ptr_array_remove_fast (self->watches, watch);
  ahoy_bus_call_return (call, NULL);
}

static const AhoyBusProperty properties[] = { { NULL, NULL } };

static const AhoyBusMethod methods[] = {
  { "Publish", handle_publish },
  { "Withdraw", handle_withdraw },
  { "Get", handle_get },
  { "List", handle_list },
  { "ListTopics", handle_list_topics },
  { "Watch", handle_watch },
  { "Unwatch", handle_unwatch },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_events_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_events_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_events_dispose (GObject *object)
{
  AhoyBusEvents *self = AHOY_BUS_EVENTS (object);

  ahoy_bus_events_close (self);
  g_clear_object (&self->link);
  g_clear_object (&self->core);
  G_OBJECT_CLASS (ahoy_bus_events_parent_class)->dispose (object);
}

static void
ahoy_bus_events_finalize (GObject *object)
{
  g_ptr_array_unref (AHOY_BUS_EVENTS (object)->watches);
  g_hash_table_unref (AHOY_BUS_EVENTS (object)->published);
  G_OBJECT_CLASS (ahoy_bus_events_parent_class)->finalize (object);
}

static void
ahoy_bus_events_class_init (AhoyBusEventsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_events_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_events_finalize;
}

static void
ahoy_bus_events_init (AhoyBusEvents *self)
{
  self->watches = g_ptr_array_new_with_free_func (watch_free);
  self->published = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

AhoyBusEvents *
ahoy_bus_events_new (AhoyCore *core, AhoyBusLink *link)
{
  AhoyBusEvents *self = g_object_new (AHOY_BUS_TYPE_EVENTS, NULL);

  self->core = g_object_ref (core);
  self->link = g_object_ref (link);
  return self;
}

/* Nobody watches any more. */
void
ahoy_bus_events_close (AhoyBusEvents *self)
{
  g_ptr_array_set_size (self->watches, 0);
}
