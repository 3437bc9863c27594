/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-event-bus.h"

/**
 * AhoyEventBus:
 *
 * How parts tell one another of states without knowing each other: a device is in use, a mailbox
 * has messages, somebody is away. A state belongs to a topic, such as `device-state`, and to a key
 * in it, such as the name of an endpoint. The last state of each key is kept.
 *
 * All happens in one thread, within ahoy_event_bus_publish(). A callback may publish, subscribe and
 * unsubscribe; each subscriber hears of the states of a key in their order.
 *
 * Since: 0.1
 */
struct _AhoyEventBus {
  GObject parent_instance;

  GHashTable *states;        /* topic → (key → GVariant) */
  GHashTable *topics;        /* topic → GPtrArray of Subscription, in their order */
  GHashTable *subscriptions; /* id → Subscription */
  GQueue events;             /* Event: published, and not told of yet */
  gboolean telling;
  guint64 next_id;
};

typedef struct {
  guint64 id;
  char *topic;
  char *key; /* NULL: all */
  AhoyEventFunc callback;
  gpointer user_data;
  GDestroyNotify destroy;
  gboolean gone;
} Subscription;

typedef struct {
  char *topic;
  char *key;
  GVariant *state;
  guint64 newest; /* who subscribes later heard of it, or did not want to */
} Event;

#define MAX_NAME 255

/* What no topic can be called. */
#define ALL_TOPICS ""

G_DEFINE_FINAL_TYPE (AhoyEventBus, ahoy_event_bus, G_TYPE_OBJECT)

static void
subscription_clear (Subscription *subscription)
{
  if (subscription->destroy != NULL) {
    subscription->destroy (subscription->user_data);
  }
  g_free (subscription->topic);
  g_free (subscription->key);
}

static void
subscription_release (Subscription *subscription)
{
  g_rc_box_release_full (subscription, (GDestroyNotify) subscription_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Subscription, subscription_release)

static void
event_free (Event *event)
{
  g_free (event->topic);
  g_free (event->key);
  g_clear_pointer (&event->state, g_variant_unref);
  g_free (event);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_free)

static void
ahoy_event_bus_dispose (GObject *object)
{
  AhoyEventBus *self = AHOY_EVENT_BUS (object);
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (self->subscriptions, NULL);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_queue_clear_full (&self->events, (GDestroyNotify) event_free);
  for (gsize i = 0; ids[i] != NULL; i++) {
    g_array_append_vals (numbers, ids[i], 1);
  }
  for (guint i = 0; i < numbers->len; i++) {
    ahoy_event_bus_unsubscribe (self, g_array_index (numbers, guint64, i));
  }
  g_hash_table_remove_all (self->states);
  G_OBJECT_CLASS (ahoy_event_bus_parent_class)->dispose (object);
}

static void
ahoy_event_bus_finalize (GObject *object)
{
  AhoyEventBus *self = AHOY_EVENT_BUS (object);

  g_hash_table_unref (self->topics);
  g_hash_table_unref (self->subscriptions);
  g_hash_table_unref (self->states);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_event_bus_parent_class)->finalize (object);
}

static void
ahoy_event_bus_class_init (AhoyEventBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_event_bus_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_event_bus_finalize;
}

static void
ahoy_event_bus_init (AhoyEventBus *self)
{
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_hash_table_unref);
  self->topics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
  self->subscriptions = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                               (GDestroyNotify) subscription_release);
  g_queue_init (&self->events);
  self->next_id = 1;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_event_bus_new:
 *
 * Returns: (transfer full): a bus that nothing was published on
 *
 * Since: 0.1
 */
AhoyEventBus *
ahoy_event_bus_new (void)
{
  return g_object_new (AHOY_TYPE_EVENT_BUS, NULL);
}

/* -- names ---------------------------------------------------------------------------------- */

/* Topics are words of ours; keys name things of the world, and are called as those are. */
static gboolean
check_topic (const char *topic, GError **error)
{
  gsize length = strspn (topic, "abcdefghijklmnopqrstuvwxyz0123456789-");

  if (length > 0 && length <= MAX_NAME && topic[length] == '\0') {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” cannot be a topic of the event bus; a topic has up to %d letters a to z, "
               "digits and hyphens",
               topic, MAX_NAME);
  return FALSE;
}

static gboolean
check_key (const char *key, GError **error)
{
  gsize length = strlen (key);

  for (gsize i = 0; i < length; i++) {
    if (g_ascii_iscntrl (key[i])) {
      length = 0;
    }
  }
  if (length > 0 && length <= MAX_NAME && g_utf8_validate (key, -1, NULL)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "A key of the event bus has 1 to %d bytes of UTF-8 without control characters; this "
               "one has not",
               MAX_NAME);
  return FALSE;
}

/* -- telling -------------------------------------------------------------------------------- */

static gboolean
wants (const Subscription *subscription, const Event *event)
{
  return !subscription->gone && subscription->id < event->newest &&
         (subscription->key == NULL || g_str_equal (subscription->key, event->key));
}

static void
append_subscribers (AhoyEventBus *self, const char *topic, GPtrArray *subscribers)
{
  GPtrArray *list = g_hash_table_lookup (self->topics, topic);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    g_ptr_array_add (subscribers, g_rc_box_acquire (list->pdata[i]));
  }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const Subscription *first = *(Subscription *const *) a;
  const Subscription *second = *(Subscription *const *) b;

  return first->id < second->id ? -1 : 1;
}

static void
tell_of (AhoyEventBus *self, const Event *event)
{
  g_autoptr (GPtrArray) subscribers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) subscription_release);

  append_subscribers (self, event->topic, subscribers);
  append_subscribers (self, ALL_TOPICS, subscribers);
  g_ptr_array_sort (subscribers, compare_ids);
  for (guint i = 0; i < subscribers->len; i++) {
    Subscription *subscription = subscribers->pdata[i];

    if (wants (subscription, event)) {
      subscription->callback (self, event->topic, event->key, event->state,
                              subscription->user_data);
    }
  }
}

/* What a callback publishes is told of after what it was told of itself. */
static void
tell_all (AhoyEventBus *self)
{
  g_autoptr (AhoyEventBus) hold = g_object_ref (self);

  if (self->telling) {
    return;
  }
  self->telling = TRUE;
  while (!g_queue_is_empty (&self->events)) {
    g_autoptr (Event) event = g_queue_pop_head (&self->events);

    tell_of (self, event);
  }
  self->telling = FALSE;
}

static void
keep (AhoyEventBus *self, const char *topic, const char *key, GVariant *state)
{
  GHashTable *keys = g_hash_table_lookup (self->states, topic);

  if (state == NULL) {
    if (keys != NULL && g_hash_table_remove (keys, key) && g_hash_table_size (keys) == 0) {
      g_hash_table_remove (self->states, topic);
    }
    return;
  }
  if (keys == NULL) {
    keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                  (GDestroyNotify) g_variant_unref);
    g_hash_table_insert (self->states, g_strdup (topic), keys);
  }
  g_hash_table_insert (keys, g_strdup (key), g_variant_ref (state));
}

/**
 * ahoy_event_bus_publish:
 * @self: a bus
 * @topic: the topic: letters a to z, digits and hyphens
 * @key: what the state is of
 * @state: (nullable): the state; %NULL: there is none any more. A floating reference is taken
 * @error: return location for an error
 *
 * Tells of a new state, also when it is as it was. Within a callback of the bus it is told of when
 * the callback returned.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when a name cannot be used
 *
 * Since: 0.1
 */
gboolean
ahoy_event_bus_publish (AhoyEventBus *self, const char *topic, const char *key, GVariant *state,
                        GError **error)
{
  g_autoptr (GVariant) owned = NULL;
  Event *event;

  g_return_val_if_fail (AHOY_IS_EVENT_BUS (self), FALSE);
  g_return_val_if_fail (topic != NULL && key != NULL, FALSE);

  owned = state != NULL ? g_variant_ref_sink (state) : NULL;
  if (!check_topic (topic, error) || !check_key (key, error)) {
    return FALSE;
  }
  keep (self, topic, key, owned);
  event = g_new0 (Event, 1);
  event->topic = g_strdup (topic);
  event->key = g_strdup (key);
  event->state = g_steal_pointer (&owned);
  event->newest = self->next_id;
  g_queue_push_tail (&self->events, event);
  tell_all (self);
  return TRUE;
}

static void
tell_states_of (AhoyEventBus *self, Subscription *subscription, const char *topic)
{
  g_auto (GStrv) keys = ahoy_event_bus_list_keys (self, topic);

  for (gsize i = 0; keys[i] != NULL; i++) {
    g_autoptr (GVariant) state = ahoy_event_bus_get_state (self, topic, keys[i]);

    if (state != NULL && !subscription->gone &&
        (subscription->key == NULL || g_str_equal (subscription->key, keys[i]))) {
      subscription->callback (self, topic, keys[i], state, subscription->user_data);
    }
  }
}

static void
tell_current_states (AhoyEventBus *self, Subscription *subscription)
{
  g_auto (GStrv) topics = NULL;

  if (*subscription->topic != '\0') {
    tell_states_of (self, subscription, subscription->topic);
    return;
  }
  topics = ahoy_event_bus_list_topics (self);
  for (gsize i = 0; topics[i] != NULL; i++) {
    tell_states_of (self, subscription, topics[i]);
  }
}

/**
 * ahoy_event_bus_subscribe:
 * @self: a bus
 * @topic: (nullable): the topic: letters a to z, digits and hyphens; %NULL for all topics
 * @key: (nullable): what to hear of; %NULL for everything of the topic
 * @tell_current: whether to hear of the states as they are, before this returns
 * @callback: (scope notified) (closure user_data) (destroy destroy): called with each state
 * @user_data: for @callback
 * @destroy: (nullable): called with @user_data when @callback is not called any more
 * @error: return location for an error
 *
 * Hears of the states that are published from now on.
 *
 * Returns: a number that names the subscription; 0 with %AHOY_ERROR_INVALID_ARGUMENTS when a name
 *   cannot be used, after @destroy was called
 *
 * Since: 0.1
 */
guint64
ahoy_event_bus_subscribe (AhoyEventBus *self, const char *topic, const char *key,
                          gboolean tell_current, AhoyEventFunc callback, gpointer user_data,
                          GDestroyNotify destroy, GError **error)
{
  g_autoptr (Subscription) subscription = NULL;
  GPtrArray *list;

  g_return_val_if_fail (AHOY_IS_EVENT_BUS (self), 0);
  g_return_val_if_fail (callback != NULL, 0);

  subscription = g_rc_box_new0 (Subscription);
  subscription->callback = callback;
  subscription->user_data = user_data;
  subscription->destroy = destroy;
  subscription->topic = g_strdup (topic != NULL ? topic : ALL_TOPICS);
  subscription->key = g_strdup (key);
  if ((topic != NULL && !check_topic (topic, error)) || (key != NULL && !check_key (key, error))) {
    return 0;
  }
  subscription->id = self->next_id++;
  list = g_hash_table_lookup (self->topics, subscription->topic);
  if (list == NULL) {
    list = g_ptr_array_new ();
    g_hash_table_insert (self->topics, g_strdup (subscription->topic), list);
  }
  g_ptr_array_add (list, subscription);
  g_hash_table_insert (self->subscriptions, &subscription->id, g_rc_box_acquire (subscription));
  if (tell_current) {
    tell_current_states (self, subscription);
  }
  return subscription->id;
}

/**
 * ahoy_event_bus_unsubscribe:
 * @self: a bus
 * @id: the number of a subscription
 *
 * Hears of nothing any more, at once, also within a callback.
 *
 * Returns: whether there was such a subscription
 *
 * Since: 0.1
 */
gboolean
ahoy_event_bus_unsubscribe (AhoyEventBus *self, guint64 id)
{
  Subscription *subscription;
  GPtrArray *list;

  g_return_val_if_fail (AHOY_IS_EVENT_BUS (self), FALSE);

  subscription = g_hash_table_lookup (self->subscriptions, &id);
  if (subscription == NULL) {
    return FALSE;
  }
  subscription->gone = TRUE;
  list = g_hash_table_lookup (self->topics, subscription->topic);
  g_ptr_array_remove (list, subscription);
  if (list->len == 0) {
    g_hash_table_remove (self->topics, subscription->topic);
  }
  g_hash_table_steal (self->subscriptions, &id);
  subscription_release (subscription);
  return TRUE;
}

/**
 * ahoy_event_bus_get_state:
 * @self: a bus
 * @topic: the topic
 * @key: what the state is of
 *
 * Returns: (transfer full) (nullable): the last state; %NULL when there is none
 *
 * Since: 0.1
 */
GVariant *
ahoy_event_bus_get_state (AhoyEventBus *self, const char *topic, const char *key)
{
  GHashTable *keys;
  GVariant *state;

  g_return_val_if_fail (AHOY_IS_EVENT_BUS (self), NULL);
  g_return_val_if_fail (topic != NULL && key != NULL, NULL);

  keys = g_hash_table_lookup (self->states, topic);
  state = keys != NULL ? g_hash_table_lookup (keys, key) : NULL;
  return state != NULL ? g_variant_ref (state) : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The keys of @table, sorted; of none none. */
static char **
list_names (GHashTable *table)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  if (table != NULL) {
    g_hash_table_iter_init (&iter, table);
    while (g_hash_table_iter_next (&iter, &key, NULL)) {
      g_ptr_array_add (names, g_strdup (key));
    }
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/**
 * ahoy_event_bus_list_topics:
 * @self: a bus
 *
 * Returns: (transfer full) (array zero-terminated=1): the topics in which something has a state,
 *   sorted
 *
 * Since: 0.1
 */
char **
ahoy_event_bus_list_topics (AhoyEventBus *self)
{
  g_return_val_if_fail (AHOY_IS_EVENT_BUS (self), NULL);

  return list_names (self->states);
}

/**
 * ahoy_event_bus_list_keys:
 * @self: a bus
 * @topic: the topic
 *
 * Returns: (transfer full) (array zero-terminated=1): the keys that have a state, sorted
 *
 * Since: 0.1
 */
char **
ahoy_event_bus_list_keys (AhoyEventBus *self, const char *topic)
{
  g_return_val_if_fail (AHOY_IS_EVENT_BUS (self), NULL);
  g_return_val_if_fail (topic != NULL, NULL);

  return list_names (g_hash_table_lookup (self->states, topic));
}
