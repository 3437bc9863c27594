/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-store.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-record-store-private.h"
#include "ahoy-stored-message-private.h"

/**
 * AhoyMessageStore:
 *
 * Keeps messages for endpoints that cannot be reached, and delivers them, one after the other in
 * the order in which they came, when somebody registers, is found to be there again, or after a
 * while. Who is told that a message is kept can rely on it: it was written before.
 *
 * A message is removed when it was taken, refused for good, or too old. When the program dies
 * between the answer of a receiver and the removal, that receiver gets it once more.
 *
 * Since: 0.1
 */
struct _AhoyMessageStore {
  GObject parent_instance;

  AhoyMessageRouter *router;
  AhoyEndpointRegistry *endpoints;
  AhoyLocation *location;
  AhoyScheduler *scheduler;
  AhoyMessagingConfig *config;
  AhoyRecordStore *records; /* NULL: they are kept in memory alone */
  GHashTable *users;        /* name → Queue */
  guint total;
  guint serial;
  guint64 timer;
  guint64 first_timer; /* soon after the start */
  gboolean running;
};

#define RECORD_TYPE "message"

/* Until the transports are bound, in µs. */
#define START_DELAY G_USEC_PER_SEC

/* What waits for one user. */
typedef struct {
  char *user;
  GQueue messages; /* AhoyStoredMessage, the oldest first */
  gboolean busy;   /* the first one is on its way */
  gboolean again;  /* somebody came meanwhile */
} Queue;

G_DEFINE_FINAL_TYPE (AhoyMessageStore, ahoy_message_store, G_TYPE_OBJECT)

static void deliver_next (AhoyMessageStore *self, Queue *queue);

static void
queue_free (gpointer data)
{
  Queue *queue = data;

  g_queue_clear_full (&queue->messages, ahoy_stored_message_free);
  g_free (queue->user);
  g_free (queue);
}

static Queue *
ensure_queue (AhoyMessageStore *self, const char *user)
{
  Queue *queue = g_hash_table_lookup (self->users, user);

  if (queue == NULL) {
    queue = g_new0 (Queue, 1);
    queue->user = g_strdup (user);
    g_queue_init (&queue->messages);
    g_hash_table_insert (self->users, queue->user, queue);
  }
  return queue;
}

static void
tidy (AhoyMessageStore *self, Queue *queue)
{
  if (!queue->busy && g_queue_is_empty (&queue->messages)) {
    g_hash_table_remove (self->users, queue->user);
  }
}

/* -- records -------------------------------------------------------------------------------- */

static void
on_written (gpointer user_data, const GError *error)
{
  g_autoptr (GTask) task = user_data;

  if (error != NULL) {
    g_task_return_error (task, g_error_copy (error));
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/* Without a file there is nothing to wait for, but the answer comes later all the same. */
static void
write_record (AhoyMessageStore *self, AhoyStoredMessage *stored, gboolean remove, GTask *task)
{
  g_autoptr (GBytes) bytes = remove ? NULL : ahoy_stored_message_write (stored);
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (self->records != NULL) {
    ahoy_record_store_put (self->records, RECORD_TYPE, stored->name, data, size,
                           task != NULL ? on_written : NULL,
                           task != NULL ? g_object_ref (task) : NULL);
  } else if (task != NULL) {
    g_task_return_boolean (task, TRUE);
  }
}

/* Takes a message out of its queue and of the file. */
static void
drop (AhoyMessageStore *self, Queue *queue, AhoyStoredMessage *stored, GTask *task)
{
  g_queue_remove (&queue->messages, stored);
  self->total--;
  write_record (self, stored, TRUE, task);
  ahoy_stored_message_free (stored);
}

static void
drop_expired (AhoyMessageStore *self, Queue *queue)
{
  gint64 now = g_get_real_time ();

  for (GList *at = queue->messages.head; at != NULL;) {
    AhoyStoredMessage *stored = at->data;

    at = at->next;
    /* The first one may be on its way. */
    if (stored->expires <= now && !(queue->busy && stored == queue->messages.head->data)) {
      ahoy_message_router_tell_status (self->router, ahoy_text_message_get_id (stored->message),
                                       480, "Nobody came in time");
      drop (self, queue, stored, NULL);
    }
  }
}

/* -- delivery ------------------------------------------------------------------------------- */

typedef struct {
  AhoyMessageStore *self;
  char *user;
  char *name;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->self);
  g_free (attempt->user);
  g_free (attempt->name);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

/* Whether the receiver will never take that message. */
static gboolean
is_final (guint status)
{
  static const guint later[] = { 401, 403, 404, 407, 408, 480, 486, 487, 491 };

  for (gsize i = 0; i < G_N_ELEMENTS (later); i++) {
    if (later[i] == status) {
      return FALSE;
    }
  }
  return status / 100 == 4 || status / 100 == 6;
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  AhoyMessageStore *self = attempt->self;
  Queue *queue = g_hash_table_lookup (self->users, attempt->user);
  guint status =
      ahoy_message_router_deliver_finish (AHOY_MESSAGE_ROUTER (source), result, NULL, NULL);
  AhoyStoredMessage *first;
  gboolean over = status / 100 == 2 || is_final (status);

  if (queue == NULL) {
    return; /* it was closed meanwhile */
  }
  queue->busy = FALSE;
  first = g_queue_peek_head (&queue->messages);
  /* Somebody may have dropped it meanwhile. */
  if (over && first != NULL && g_str_equal (first->name, attempt->name)) {
    drop (self, queue, first, NULL);
  }
  if (over || queue->again) {
    deliver_next (self, queue);
  } else {
    tidy (self, queue);
  }
}

/* RFC 5322 §3.3: when the sender wrote it, not when it is delivered. */
static void
add_date (AhoyTextMessage *message)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL;

  if (ahoy_text_message_get_header (message, "Date") != NULL) {
    return;
  }
  time = g_date_time_new_from_unix_utc (ahoy_text_message_get_created_at (message) /
                                        G_USEC_PER_SEC);
  if (time == NULL) {
    return;
  }
  text = g_strdup_printf ("%s, %02d %s %d %02d:%02d:%02d GMT",
                          days[g_date_time_get_day_of_week (time) - 1],
                          g_date_time_get_day_of_month (time),
                          months[g_date_time_get_month (time) - 1], g_date_time_get_year (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time));
  ahoy_text_message_add_header (message, "Date", text);
}

static void
deliver_next (AhoyMessageStore *self, Queue *queue)
{
  AhoyStoredMessage *first;
  Attempt *attempt;

  if (queue->busy) {
    queue->again = TRUE;
    return;
  }
  queue->again = FALSE;
  drop_expired (self, queue);
  first = g_queue_peek_head (&queue->messages);
  if (first == NULL || !first->durable || !self->running ||
      ahoy_endpoint_registry_lookup (self->endpoints, queue->user) == NULL) {
    tidy (self, queue);
    return;
  }
  queue->busy = TRUE;
  attempt = g_new0 (Attempt, 1);
  attempt->self = g_object_ref (self);
  attempt->user = g_strdup (queue->user);
  attempt->name = g_strdup (first->name);
  ahoy_message_router_deliver_async (self->router, first->message, queue->user, NULL, on_delivered,
                                     attempt);
}

static void
deliver_all (AhoyMessageStore *self)
{
  g_autoptr (GList) queues = g_hash_table_get_values (self->users);

  for (GList *at = queues; at != NULL; at = at->next) {
    deliver_next (self, at->data);
  }
}

/* Whose messages the contacts of an address of record get. */
static void
deliver_to_aor (AhoyMessageStore *self, const char *aor)
{
  Queue *own = g_hash_table_lookup (self->users, aor);
  g_autoptr (GList) queues = NULL;

  if (own != NULL) {
    deliver_next (self, own);
    return;
  }
  if (ahoy_endpoint_registry_lookup (self->endpoints, aor) != NULL) {
    return;
  }
  queues = g_hash_table_get_values (self->users);
  for (GList *at = queues; at != NULL; at = at->next) {
    AhoyEndpoint *endpoint =
        ahoy_endpoint_registry_lookup (self->endpoints, ((Queue *) at->data)->user);
    g_auto (GStrv) aors =
        endpoint != NULL ? ahoy_location_list_aors_for (self->location, endpoint) : NULL;

    if (aors != NULL && g_strv_contains ((const char *const *) aors, aor)) {
      deliver_next (self, at->data);
    }
  }
}

static void
on_contact (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  deliver_to_aor (user_data, aor);
}

static void
on_contact_status (AhoyLocation *location, const char *aor, AhoyContact *contact,
                   gpointer user_data)
{
  if (ahoy_contact_get_status (contact) == AHOY_CONTACT_STATUS_AVAILABLE) {
    deliver_to_aor (user_data, aor);
  }
}

static void
on_retry (gpointer user_data)
{
  deliver_all (user_data);
}

static void
on_started (gpointer user_data)
{
  AhoyMessageStore *self = user_data;

  self->first_timer = 0;
  deliver_all (self);
}

/* -- keeping -------------------------------------------------------------------------------- */

typedef struct {
  char *user;
  char *name;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_free (kept->user);
  g_free (kept->name);
  g_free (kept);
}

static AhoyStoredMessage *
find (AhoyMessageStore *self, const char *user, const char *name)
{
  Queue *queue = g_hash_table_lookup (self->users, user);

  for (GList *at = queue != NULL ? queue->messages.tail : NULL; at != NULL; at = at->prev) {
    if (g_str_equal (((AhoyStoredMessage *) at->data)->name, name)) {
      return at->data;
    }
  }
  return NULL;
}

static gboolean
has_room (AhoyMessageStore *self, const char *user, GError **error)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (self->config);
  Queue *queue = g_hash_table_lookup (self->users, user);
  guint limit = ahoy_config_object_get_number (config, "store-limit");

  if (queue != NULL) {
    drop_expired (self, queue);
  }
  if (queue != NULL && queue->messages.length >= limit) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%u messages wait for “%s” already, and no more are kept (store-limit)", limit,
                 user);
    return FALSE;
  }
  if (self->total >= ahoy_config_object_get_number (config, "store-total")) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%u messages are kept already, and no more (store-total)", self->total);
    return FALSE;
  }
  return TRUE;
}

static AhoyStoredMessage *
add (AhoyMessageStore *self, const char *user, AhoyTextMessage *message)
{
  gint64 lifetime =
      ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), "store-expiry");
  gint64 now = g_get_real_time ();
  g_autofree char *name = g_strdup_printf ("%016" G_GINT64_MODIFIER "x-%08x", now, self->serial++);
  AhoyStoredMessage *stored;

  if (ahoy_text_message_get_lifetime (message) > 0) {
    lifetime = MIN (lifetime, ahoy_text_message_get_lifetime (message) * G_USEC_PER_SEC);
  }
  add_date (message);
  stored = ahoy_stored_message_new (name, user, now + lifetime, message);
  g_queue_push_tail (&ensure_queue (self, user)->messages, stored);
  self->total++;
  return stored;
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AhoyMessageStore *self = AHOY_MESSAGE_STORE (source);
  Kept *kept = g_task_get_task_data (task);
  AhoyStoredMessage *stored = find (self, kept->user, kept->name);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    Queue *queue = g_hash_table_lookup (self->users, kept->user);

    if (stored != NULL && queue != NULL) {
      g_queue_remove (&queue->messages, stored);
      self->total--;
      ahoy_stored_message_free (stored);
      tidy (self, queue);
    }
    g_task_return_error (task, error);
    return;
  }
  if (stored != NULL) {
    stored->durable = TRUE;
  }
  g_task_return_boolean (task, TRUE);
}

/**
 * ahoy_message_store_keep_async:
 * @self: a store
 * @user: the name of the endpoint that is to get it
 * @message: (transfer none): a message
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the message cannot be lost any more
 * @user_data: for @callback
 *
 * Keeps a message until @user can be reached, at most for `store-expiry`, or for as long as the
 * message itself is of use.
 *
 * Since: 0.1
 */
void
ahoy_message_store_keep_async (AhoyMessageStore *self, const char *user, AhoyTextMessage *message,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GTask) written = NULL;
  AhoyStoredMessage *stored;
  GError *error = NULL;
  Kept *kept;

  g_return_if_fail (AHOY_IS_MESSAGE_STORE (self));
  g_return_if_fail (AHOY_IS_TEXT_MESSAGE (message));
  g_return_if_fail (user != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_message_store_keep_async);
  if (ahoy_endpoint_registry_lookup (self->endpoints, user) == NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                             "There is no endpoint “%s” for which messages could be kept", user);
    return;
  }
  if (!has_room (self, user, &error)) {
    g_task_return_error (task, error);
    return;
  }
  stored = add (self, user, message);
  kept = g_new0 (Kept, 1);
  kept->user = g_strdup (user);
  kept->name = g_strdup (stored->name);
  g_task_set_task_data (task, kept, kept_free);
  written = g_task_new (self, NULL, on_kept, g_steal_pointer (&task));
  write_record (self, stored, FALSE, written);
}

/**
 * ahoy_message_store_keep_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when the message is kept; %FALSE with %AHOY_ERROR_NOT_FOUND when there is no such
 *   endpoint, %AHOY_ERROR_LIMIT_EXCEEDED when there is no room, or what kept it from being written
 *
 * Since: 0.1
 */
gboolean
ahoy_message_store_keep_finish (AhoyMessageStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_STORE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- what is there -------------------------------------------------------------------------- */

static void
list_queue (Queue *queue, GVariantBuilder *builder)
{
  for (GList *at = queue->messages.head; at != NULL; at = at->next) {
    AhoyStoredMessage *stored = at->data;
    AhoyTextMessage *message = stored->message;

    g_variant_builder_add (builder, "(ssssutt)", ahoy_text_message_get_id (message), queue->user,
                           ahoy_text_message_get_from (message),
                           ahoy_text_message_get_content_type (message),
                           (guint) g_bytes_get_size (ahoy_text_message_get_body (message)),
                           (guint64) ahoy_text_message_get_created_at (message),
                           (guint64) stored->expires);
  }
}

/**
 * ahoy_message_store_list:
 * @self: a store
 * @user: (nullable): the name of an endpoint; %NULL for all
 *
 * Lists what waits, that of each user in its order.
 *
 * Returns: (transfer full): an `a(ssssutt)`: id, user, who wrote it, type, size in bytes, when it
 *   was written and until when it is kept, both in µs since 1970
 *
 * Since: 0.1
 */
GVariant *
ahoy_message_store_list (AhoyMessageStore *self, const char *user)
{
  g_autoptr (GList) names = NULL;
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_MESSAGE_STORE (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssssutt)"));
  names = g_list_sort (g_hash_table_get_keys (self->users), (GCompareFunc) g_strcmp0);
  for (GList *at = names; at != NULL; at = at->next) {
    if (user == NULL || g_str_equal (at->data, user)) {
      list_queue (g_hash_table_lookup (self->users, at->data), &builder);
    }
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
find_id (AhoyMessageStore *self, const char *id, Queue **queue, AhoyStoredMessage **stored)
{
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) queue)) {
    for (GList *at = (*queue)->messages.head; at != NULL; at = at->next) {
      *stored = at->data;
      if (g_str_equal (ahoy_text_message_get_id ((*stored)->message), id)) {
        return TRUE;
      }
    }
  }
  return FALSE;
}

/**
 * ahoy_message_store_drop_async:
 * @self: a store
 * @id: the id of a message that waits
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when it cannot come back any more
 * @user_data: for @callback
 *
 * Throws a message away.
 *
 * Since: 0.1
 */
void
ahoy_message_store_drop_async (AhoyMessageStore *self, const char *id, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AhoyStoredMessage *stored;
  Queue *queue;

  g_return_if_fail (AHOY_IS_MESSAGE_STORE (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_message_store_drop_async);
  if (!find_id (self, id, &queue, &stored) || !stored->durable) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                             "No message “%s” waits for anybody; see ahoyctl messages list", id);
    return;
  }
  drop (self, queue, stored, task);
  tidy (self, queue);
}

/**
 * ahoy_message_store_drop_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when the message is gone; %FALSE with %AHOY_ERROR_NOT_FOUND when there was none of
 *   that id, or what kept the removal from being written
 *
 * Since: 0.1
 */
gboolean
ahoy_message_store_drop_finish (AhoyMessageStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_STORE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- the store ------------------------------------------------------------------------------ */

static void
ahoy_message_store_finalize (GObject *object)
{
  AhoyMessageStore *self = AHOY_MESSAGE_STORE (object);

  ahoy_message_store_stop (self);
  if (self->records != NULL) {
    ahoy_record_store_close (self->records);
  }
  g_clear_object (&self->records);
  g_hash_table_unref (self->users);
  g_clear_object (&self->router);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->location);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->config);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_message_store_parent_class)->finalize (object);
}

static void
ahoy_message_store_class_init (AhoyMessageStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_message_store_finalize;
}

static void
ahoy_message_store_init (AhoyMessageStore *self)
{
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, queue_free);
  self->config = ahoy_messaging_config_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_message_store_new:
 * @router: what delivers messages
 * @endpoints: for whom messages can be kept
 * @location: who tells when somebody registers
 * @scheduler: the scheduler of timers
 *
 * Returns: (transfer full): a store that keeps messages in memory until ahoy_message_store_open(),
 *   and delivers none before ahoy_message_store_start()
 *
 * Since: 0.1
 */
AhoyMessageStore *
ahoy_message_store_new (AhoyMessageRouter *router, AhoyEndpointRegistry *endpoints,
                        AhoyLocation *location, AhoyScheduler *scheduler)
{
  AhoyMessageStore *self;

  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (router), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);
  g_return_val_if_fail (AHOY_IS_LOCATION (location), NULL);
  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_MESSAGE_STORE, NULL);
  self->router = g_object_ref (router);
  self->endpoints = g_object_ref (endpoints);
  self->location = g_object_ref (location);
  self->scheduler = g_object_ref (scheduler);
  return self;
}

/**
 * ahoy_message_store_set_config:
 * @self: a store
 * @config: (transfer none): how many messages are kept, and for how long
 *
 * Says what holds for messages that come from now on.
 *
 * Since: 0.1
 */
void
ahoy_message_store_set_config (AhoyMessageStore *self, AhoyMessagingConfig *config)
{
  g_return_if_fail (AHOY_IS_MESSAGE_STORE (self));
  g_return_if_fail (AHOY_IS_MESSAGING_CONFIG (config));

  g_set_object (&self->config, config);
}

typedef struct {
  AhoyMessageStore *self;
  GPtrArray *found; /* AhoyStoredMessage */
  guint n_damaged;
} Loading;

static void
on_record (const char *name, const guint8 *data, gsize size, gpointer user_data)
{
  Loading *loading = user_data;
  AhoyStoredMessage *stored = ahoy_stored_message_read (name, data, size);

  if (stored == NULL) {
    loading->n_damaged++;
    return;
  }
  stored->durable = TRUE;
  g_ptr_array_add (loading->found, stored);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(AhoyStoredMessage *const *) a)->name,
                    (*(AhoyStoredMessage *const *) b)->name);
}

/**
 * ahoy_message_store_open:
 * @self: a store without a file
 * @pool: whose threads write
 * @path: (type filename): the file, such as `/var/lib/ahoy/messages.db`
 * @error: return location for an error
 *
 * Reads in the calling thread what was kept before, and keeps messages there from now on.
 *
 * Returns: %TRUE on success; %FALSE when the file cannot be used, and messages are kept in memory
 *
 * Since: 0.1
 */
gboolean
ahoy_message_store_open (AhoyMessageStore *self, AhoyWorkPool *pool, const char *path,
                         GError **error)
{
  g_autoptr (AhoyRecordStore) records = NULL;
  g_autoptr (GPtrArray) found = NULL;
  Loading loading;
  gboolean anew = FALSE;

  g_return_val_if_fail (AHOY_IS_MESSAGE_STORE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_WORK_POOL (pool), FALSE);
  g_return_val_if_fail (path != NULL && self->records == NULL, FALSE);

  found = g_ptr_array_new ();
  loading = (Loading){ self, found, 0 };
  records = ahoy_record_store_new (pool, self->scheduler, path);
  if (!ahoy_record_store_read (records, RECORD_TYPE, on_record, &loading, &anew, error)) {
    g_ptr_array_foreach (found, (GFunc) (void (*) (void)) ahoy_stored_message_free, NULL);
    return FALSE;
  }
  if (loading.n_damaged > 0) {
    g_warning ("%s: %u messages cannot be read, and are left out", path, loading.n_damaged);
  }
  g_ptr_array_sort (found, compare);
  for (guint i = 0; i < found->len; i++) {
    AhoyStoredMessage *stored = found->pdata[i];

    g_queue_push_tail (&ensure_queue (self, stored->user)->messages, stored);
    self->total++;
  }
  self->records = g_steal_pointer (&records);
  for (guint i = 0; anew && i < found->len; i++) {
    write_record (self, found->pdata[i], FALSE, NULL);
  }
  return TRUE;
}

/**
 * ahoy_message_store_start:
 * @self: a store
 *
 * Begins to deliver what waits, also to those who can be reached already.
 *
 * Since: 0.1
 */
void
ahoy_message_store_start (AhoyMessageStore *self)
{
  gint64 interval;

  g_return_if_fail (AHOY_IS_MESSAGE_STORE (self));

  if (self->running) {
    return;
  }
  self->running = TRUE;
  g_signal_connect (self->location, "contact-added", G_CALLBACK (on_contact), self);
  g_signal_connect (self->location, "contact-refreshed", G_CALLBACK (on_contact), self);
  g_signal_connect (self->location, "contact-status", G_CALLBACK (on_contact_status), self);
  interval = ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), "store-retry");
  self->timer = ahoy_scheduler_add_repeating (self->scheduler, "stored messages", interval,
                                              on_retry, self, NULL);
  self->first_timer = ahoy_scheduler_add (self->scheduler, "stored messages", START_DELAY,
                                          on_started, self, NULL);
}

/**
 * ahoy_message_store_stop:
 * @self: a store
 *
 * Delivers nothing more. What waits stays.
 *
 * Since: 0.1
 */
void
ahoy_message_store_stop (AhoyMessageStore *self)
{
  g_return_if_fail (AHOY_IS_MESSAGE_STORE (self));

  if (!self->running) {
    return;
  }
  self->running = FALSE;
  g_signal_handlers_disconnect_by_data (self->location, self);
  ahoy_scheduler_cancel (self->scheduler, self->timer);
  self->timer = 0;
  if (self->first_timer != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->first_timer);
    self->first_timer = 0;
  }
}
