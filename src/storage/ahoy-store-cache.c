/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-store-cache.h"

#include <string.h>

#include "ahoy-store-table-private.h"

/**
 * AhoyStoreCache:
 *
 * Keeps objects of a slow backend in memory. It is a backend itself, and whoever asks it does not
 * notice, but for the time.
 *
 * Objects are kept one by one, as they are asked for by name; other queries go to the backend. With
 * #AhoyStoreCache:full-backend-cache all objects of a type are, and every query is answered from
 * memory. Changes that go through the cache, or that the backend tells of, are in it at once.
 *
 * Since: 0.1
 */
struct _AhoyStoreCache {
  GObject parent_instance;
  AhoyStoreBackend *backend;
  AhoyScheduler *scheduler;
  gulong handler;
  guint maximum_objects;
  gint64 lifetime_maximum;
  gint64 lifetime_stale;
  gboolean expire_on_reload;
  gboolean full;

  GHashTable *entries; /* label to Entry */
  GQueue order;        /* Entry, the oldest first */
  GHashTable *fetches; /* label to Fetch: what the backend is being asked for */
  guint64 n_hits, n_misses, n_stale, n_refreshed, n_expired;
};

/* What is known of a label: “endpoint bob” one by one, “endpoint” when all of a type is kept. */
typedef struct {
  char *label;
  AhoyConfigSet *objects;
  gint64 time;
  gboolean stale; /* somebody said so */
  GList *link;
} Entry;

/* One question to the backend, for all who wait for it. */
typedef struct {
  AhoyStoreCache *self;
  char *label;
  char *type_name;
  char *name;         /* NULL for all of the type */
  GPtrArray *waiting; /* GTask of a query */
  GPtrArray *changes; /* AhoyStoreChange that came meanwhile */
  gboolean dropped;   /* the answer is for those who wait alone */
  gboolean behind;    /* began while the old answer was given */
} Fetch;

enum {
  PROP_0,
  PROP_MAXIMUM_OBJECTS,
  PROP_LIFETIME_MAXIMUM,
  PROP_LIFETIME_STALE,
  PROP_EXPIRE_ON_RELOAD,
  PROP_FULL_BACKEND_CACHE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void backend_init (AhoyStoreBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyStoreCache, ahoy_store_cache, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_STORE_BACKEND, backend_init))

/* -- the object ----------------------------------------------------------------------------- */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->label);
  g_object_unref (entry->objects);
  g_free (entry);
}

static void
ahoy_store_cache_finalize (GObject *object)
{
  AhoyStoreCache *self = AHOY_STORE_CACHE (object);

  g_signal_handler_disconnect (self->backend, self->handler);
  g_clear_object (&self->backend);
  g_clear_object (&self->scheduler);
  g_queue_clear (&self->order);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->fetches); /* empty: each holds us */
  G_OBJECT_CLASS (ahoy_store_cache_parent_class)->finalize (object);
}

static void
ahoy_store_cache_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyStoreCache *self = AHOY_STORE_CACHE (object);

  switch (id) {
  case PROP_MAXIMUM_OBJECTS:
    self->maximum_objects = g_value_get_uint (value);
    break;
  case PROP_LIFETIME_MAXIMUM:
    self->lifetime_maximum = g_value_get_int64 (value);
    break;
  case PROP_LIFETIME_STALE:
    self->lifetime_stale = g_value_get_int64 (value);
    break;
  case PROP_EXPIRE_ON_RELOAD:
    self->expire_on_reload = g_value_get_boolean (value);
    break;
  case PROP_FULL_BACKEND_CACHE:
    if (self->full != g_value_get_boolean (value))
      ahoy_store_cache_expire (self, NULL, NULL);
    self->full = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_store_cache_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyStoreCache *self = AHOY_STORE_CACHE (object);

  switch (id) {
  case PROP_MAXIMUM_OBJECTS:
    g_value_set_uint (value, self->maximum_objects);
    break;
  case PROP_LIFETIME_MAXIMUM:
    g_value_set_int64 (value, self->lifetime_maximum);
    break;
  case PROP_LIFETIME_STALE:
    g_value_set_int64 (value, self->lifetime_stale);
    break;
  case PROP_EXPIRE_ON_RELOAD:
    g_value_set_boolean (value, self->expire_on_reload);
    break;
  case PROP_FULL_BACKEND_CACHE:
    g_value_set_boolean (value, self->full);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_store_cache_class_init (AhoyStoreCacheClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ahoy_store_cache_finalize;
  object_class->set_property = ahoy_store_cache_set_property;
  object_class->get_property = ahoy_store_cache_get_property;

  /**
   * AhoyStoreCache:maximum-objects:
   *
   * How many objects are kept at most; the oldest has to go for another one. 0 for no limit. It
   * does not hold with #AhoyStoreCache:full-backend-cache.
   *
   * Since: 0.1
   */
  props[PROP_MAXIMUM_OBJECTS]
      = g_param_spec_uint ("maximum-objects", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * AhoyStoreCache:lifetime-maximum:
   *
   * For how long an object is kept since the backend gave it, in µs; 0 for ever.
   *
   * Since: 0.1
   */
  props[PROP_LIFETIME_MAXIMUM]
      = g_param_spec_int64 ("lifetime-maximum", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * AhoyStoreCache:lifetime-stale:
   *
   * From which age on the backend is asked again behind an answer, in µs: who asks is given what is
   * kept, and the next one what the backend says now. 0 for never.
   *
   * Since: 0.1
   */
  props[PROP_LIFETIME_STALE]
      = g_param_spec_int64 ("lifetime-stale", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * AhoyStoreCache:expire-on-reload:
   *
   * Whether a reload of the configuration empties the cache.
   *
   * Since: 0.1
   */
  props[PROP_EXPIRE_ON_RELOAD]
      = g_param_spec_boolean ("expire-on-reload", NULL, NULL, FALSE, flags);
  /**
   * AhoyStoreCache:full-backend-cache:
   *
   * Whether all objects of a type are kept, from the first query for it on.
   *
   * Since: 0.1
   */
  props[PROP_FULL_BACKEND_CACHE]
      = g_param_spec_boolean ("full-backend-cache", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_store_cache_init (AhoyStoreCache *self)
{
  g_queue_init (&self->order);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->fetches = g_hash_table_new (g_str_hash, g_str_equal);
}

/* -- what is kept --------------------------------------------------------------------------- */

static char *
make_label (AhoyStoreCache *self, const char *type_name, const char *name)
{
  return self->full ? g_strdup (type_name) : g_strconcat (type_name, " ", name, NULL);
}

static void
drop_entry (AhoyStoreCache *self, Entry *entry)
{
  g_queue_delete_link (&self->order, entry->link);
  g_hash_table_remove (self->entries, entry->label);
}

/* What is new or was refreshed is the youngest. */
static void
put_entry (AhoyStoreCache *self, const char *label, AhoyConfigSet *objects)
{
  Entry *entry = g_hash_table_lookup (self->entries, label);

  if (entry != NULL)
    drop_entry (self, entry);
  entry = g_new0 (Entry, 1);
  entry->label = g_strdup (label);
  entry->objects = g_object_ref (objects);
  entry->time = ahoy_scheduler_get_now (self->scheduler);
  g_queue_push_tail (&self->order, entry);
  entry->link = self->order.tail;
  g_hash_table_insert (self->entries, entry->label, entry);
  while (!self->full && self->maximum_objects > 0 && self->order.length > self->maximum_objects)
    drop_entry (self, self->order.head->data);
}

static void
put_object (AhoyStoreCache *self, AhoyConfigObject *object)
{
  g_autoptr (AhoyConfigSet) objects = ahoy_config_set_new ();
  g_autofree char *label = make_label (self, ahoy_config_object_get_type_name (object),
                                       ahoy_config_object_get_name (object));

  ahoy_config_set_add (objects, object, NULL);
  put_entry (self, label, objects);
}

/* The oldest ones come first, so that those which are too old do. */
static void
sweep (AhoyStoreCache *self)
{
  gint64 now = ahoy_scheduler_get_now (self->scheduler);

  while (self->lifetime_maximum > 0 && self->order.head != NULL
         && now - ((Entry *)self->order.head->data)->time >= self->lifetime_maximum) {
    self->n_expired
        += ahoy_config_set_get_length (((Entry *)self->order.head->data)->objects);
    drop_entry (self, self->order.head->data);
  }
}

static gboolean
is_stale (AhoyStoreCache *self, Entry *entry)
{
  gint64 age = ahoy_scheduler_get_now (self->scheduler) - entry->time;

  return entry->stale || (self->lifetime_stale > 0 && age >= self->lifetime_stale);
}

/* -- asking the backend --------------------------------------------------------------------- */

static void
fetch_free (Fetch *fetch)
{
  g_free (fetch->label);
  g_free (fetch->type_name);
  g_free (fetch->name);
  g_ptr_array_unref (fetch->waiting);
  g_ptr_array_unref (fetch->changes);
  g_object_unref (fetch->self);
  g_free (fetch);
}

static void
answer (GTask *task, AhoyConfigSet *objects)
{
  g_task_return_pointer (task, ahoy_store_table_find (objects, g_task_get_task_data (task)),
                         (GDestroyNotify)g_ptr_array_unref);
}

/* Wherever among the changes the answer was made: after all of them it is as the backend is now. */
static AhoyConfigSet *
complete (Fetch *fetch, GPtrArray *found)
{
  AhoyConfigSet *objects = ahoy_config_set_new ();

  for (guint i = 0; i < found->len; i++)
    ahoy_config_set_add (objects, found->pdata[i], NULL);
  ahoy_store_table_commit (objects, fetch->changes);
  return objects;
}

static void
keep_each (AhoyStoreCache *self, AhoyConfigSet *objects)
{
  g_autoptr (GPtrArray) list = ahoy_config_set_list (objects, NULL);
  guint n = self->maximum_objects > 0 ? MIN (self->maximum_objects, list->len) : list->len;

  for (guint i = 0; i < n; i++)
    put_object (self, list->pdata[i]);
}

static void
keep (Fetch *fetch, AhoyConfigSet *objects)
{
  AhoyStoreCache *self = fetch->self;
  Entry *entry = g_hash_table_lookup (self->entries, fetch->label);

  self->n_refreshed += fetch->behind ? 1 : 0;
  if (!self->full && fetch->name == NULL)
    keep_each (self, objects);
  else if (self->full || ahoy_config_set_get_length (objects) > 0)
    put_entry (self, fetch->label, objects);
  else if (entry != NULL)
    drop_entry (self, entry);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  AhoyStoreCache *self = fetch->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found
      = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (source), result, &error);
  g_autoptr (AhoyConfigSet) objects = NULL;

  if (g_hash_table_lookup (self->fetches, fetch->label) == fetch)
    g_hash_table_remove (self->fetches, fetch->label);
  if (found != NULL)
    objects = complete (fetch, found);
  else
    g_debug ("The backend did not answer for %s: %s", fetch->label, error->message);
  if (objects != NULL && !fetch->dropped)
    keep (fetch, objects);
  for (guint i = 0; i < fetch->waiting->len; i++) {
    if (objects != NULL)
      answer (fetch->waiting->pdata[i], objects);
    else
      g_task_return_error (fetch->waiting->pdata[i], g_error_copy (error));
  }
  fetch_free (fetch);
}

static Fetch *
start_fetch (AhoyStoreCache *self, const char *label, const char *type_name, const char *name)
{
  g_autoptr (AhoyStoreQuery) query = name == NULL
                                         ? ahoy_store_query_new (type_name)
                                         : ahoy_store_query_new_for_name (type_name, name);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->self = g_object_ref (self);
  fetch->label = g_strdup (label);
  fetch->type_name = g_strdup (type_name);
  fetch->name = g_strdup (name);
  fetch->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  fetch->changes = g_ptr_array_new_with_free_func ((GDestroyNotify)ahoy_store_change_unref);
  g_hash_table_insert (self->fetches, fetch->label, fetch);
  ahoy_store_backend_query_async (self->backend, query, NULL, on_fetched, fetch);
  return fetch;
}

static void
serve (AhoyStoreCache *self, GTask *task, const char *type_name, const char *name)
{
  g_autofree char *label = make_label (self, type_name, name);
  Entry *entry = g_hash_table_lookup (self->entries, label);
  Fetch *fetch = g_hash_table_lookup (self->fetches, label);

  if (entry == NULL) {
    self->n_misses++;
    if (fetch == NULL)
      fetch = start_fetch (self, label, type_name, self->full ? NULL : name);
    g_ptr_array_add (fetch->waiting, g_object_ref (task));
    return;
  }
  self->n_hits++;
  if (is_stale (self, entry)) {
    self->n_stale++;
    if (fetch == NULL)
      start_fetch (self, label, type_name, self->full ? NULL : name)->behind = TRUE;
  }
  answer (task, entry->objects);
}

static void
on_passed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *found
      = ahoy_store_backend_query_finish (AHOY_STORE_BACKEND (source), result, &error);

  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
query_async (AhoyStoreBackend *backend, AhoyStoreQuery *query, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreCache *self = AHOY_STORE_CACHE (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *name = ahoy_store_query_get_name (query);

  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_set_task_data (task, g_object_ref (query), g_object_unref);
  sweep (self);
  if (self->full || name != NULL) {
    serve (self, task, ahoy_store_query_get_type_name (query), name);
    return;
  }
  self->n_misses++;
  ahoy_store_backend_query_async (self->backend, query, cancellable, on_passed,
                                  g_object_ref (task));
}

/* -- changes -------------------------------------------------------------------------------- */

static void
take_change (AhoyStoreCache *self, AhoyStoreChange *change, const char *label)
{
  Entry *entry = g_hash_table_lookup (self->entries, label);
  AhoyConfigObject *object = ahoy_store_change_get_object (change);

  if (self->full && entry != NULL) {
    g_autoptr (GPtrArray) changes = g_ptr_array_new ();

    g_ptr_array_add (changes, change);
    ahoy_store_table_commit (entry->objects, changes);
  } else if (!self->full && object != NULL) {
    put_object (self, object);
  } else if (!self->full && entry != NULL) {
    drop_entry (self, entry);
  }
}

static void
on_changed (AhoyStoreBackend *backend, AhoyStoreChange *change, gpointer user_data)
{
  AhoyStoreCache *self = user_data;
  const char *type_name = ahoy_store_change_get_type_name (change);
  g_autofree char *label = make_label (self, type_name, ahoy_store_change_get_name (change));
  Fetch *fetch = g_hash_table_lookup (self->fetches, label);
  Fetch *all = g_hash_table_lookup (self->fetches, type_name);

  if (fetch != NULL)
    g_ptr_array_add (fetch->changes, ahoy_store_change_ref (change));
  if (all != NULL && all != fetch)
    g_ptr_array_add (all->changes, ahoy_store_change_ref (change));
  take_change (self, change, label);
  ahoy_store_backend_announce (AHOY_STORE_BACKEND (self), change);
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (ahoy_store_backend_apply_finish (AHOY_STORE_BACKEND (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
apply_async (AhoyStoreBackend *backend, AhoyStoreBatch *batch, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  AhoyStoreCache *self = AHOY_STORE_CACHE (backend);

  ahoy_store_backend_apply_async (self->backend, batch, cancellable, on_applied,
                                  g_task_new (self, cancellable, callback, user_data));
}

static gboolean
can_write (AhoyStoreBackend *backend, const char *type_name)
{
  return ahoy_store_backend_can_write (AHOY_STORE_CACHE (backend)->backend, type_name);
}

static AhoyConfigSet *
read_all (AhoyStoreBackend *backend, GPtrArray *problems)
{
  return ahoy_store_backend_read_all (AHOY_STORE_CACHE (backend)->backend, problems);
}

static void
backend_init (AhoyStoreBackendInterface *iface)
{
  iface->can_write = can_write;
  iface->apply_async = apply_async;
  iface->apply_finish = ahoy_store_table_apply_finish;
  iface->query_async = query_async;
  iface->query_finish = ahoy_store_table_query_finish;
  iface->read_all = read_all;
}

/* -- what people do with it ----------------------------------------------------------------- */

/**
 * ahoy_store_cache_new:
 * @backend: (transfer none): where the objects are
 * @scheduler: (transfer none): the clock
 *
 * Returns: (transfer full): an empty cache without limits
 *
 * Since: 0.1
 */
AhoyStoreCache *
ahoy_store_cache_new (AhoyStoreBackend *backend, AhoyScheduler *scheduler)
{
  AhoyStoreCache *self;

  g_return_val_if_fail (AHOY_IS_STORE_BACKEND (backend), NULL);
  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_STORE_CACHE, NULL);
  self->backend = g_object_ref (backend);
  self->scheduler = g_object_ref (scheduler);
  self->handler = g_signal_connect (backend, "changed", G_CALLBACK (on_changed), self);
  return self;
}

/**
 * ahoy_store_cache_get_backend:
 * @self: a cache
 *
 * Returns: (transfer none): where the objects are
 *
 * Since: 0.1
 */
AhoyStoreBackend *
ahoy_store_cache_get_backend (AhoyStoreCache *self)
{
  g_return_val_if_fail (AHOY_IS_STORE_CACHE (self), NULL);

  return self->backend;
}

static gboolean
holds (Entry *entry, const char *type_name, const char *name)
{
  char next;

  if (type_name == NULL)
    return TRUE;
  if (name != NULL)
    return ahoy_config_set_lookup (entry->objects, type_name, name) != NULL;
  if (!g_str_has_prefix (entry->label, type_name))
    return FALSE;
  next = entry->label[strlen (type_name)];
  return next == '\0' || next == ' ';
}

/* The entries that are meant; they live as long as nobody changes the cache. */
static GPtrArray *
choose (AhoyStoreCache *self, const char *type_name, const char *name)
{
  GPtrArray *chosen = g_ptr_array_new ();

  sweep (self);
  for (GList *link = self->order.head; link != NULL; link = link->next) {
    if (holds (link->data, type_name, name))
      g_ptr_array_add (chosen, link->data);
  }
  return chosen;
}

/* What the backend is about to say may be what is to be forgotten. */
static void
drop_fetches (AhoyStoreCache *self, const char *type_name, const char *name)
{
  GHashTableIter iter;
  gpointer label, data;

  g_hash_table_iter_init (&iter, self->fetches);
  while (g_hash_table_iter_next (&iter, &label, &data)) {
    Fetch *fetch = data;

    if ((type_name != NULL && strcmp (type_name, fetch->type_name) != 0)
        || (name != NULL && fetch->name != NULL && strcmp (name, fetch->name) != 0))
      continue;
    fetch->dropped = TRUE;
    g_hash_table_iter_remove (&iter);
  }
}

/**
 * ahoy_store_cache_expire:
 * @self: a cache
 * @type_name: (nullable): a type of objects; %NULL for all
 * @name: (nullable): the name of one object; %NULL for all of the type
 *
 * Forgets objects: who asks for them next waits for the backend. Where all objects of a type are
 * kept, all of them are forgotten with one.
 *
 * Returns: how many objects were forgotten
 *
 * Since: 0.1
 */
guint
ahoy_store_cache_expire (AhoyStoreCache *self, const char *type_name, const char *name)
{
  g_autoptr (GPtrArray) chosen = NULL;
  guint n = 0;

  g_return_val_if_fail (AHOY_IS_STORE_CACHE (self), 0);
  g_return_val_if_fail (type_name != NULL || name == NULL, 0);

  chosen = choose (self, type_name, name);
  for (guint i = 0; i < chosen->len; i++) {
    n += ahoy_config_set_get_length (((Entry *)chosen->pdata[i])->objects);
    drop_entry (self, chosen->pdata[i]);
  }
  self->n_expired += n;
  drop_fetches (self, type_name, name);
  return n;
}

/**
 * ahoy_store_cache_make_stale:
 * @self: a cache
 * @type_name: (nullable): a type of objects; %NULL for all
 * @name: (nullable): the name of one object; %NULL for all of the type
 *
 * Has the backend asked again behind the next answer, whatever the age of an object is.
 *
 * Returns: how many objects are stale now
 *
 * Since: 0.1
 */
guint
ahoy_store_cache_make_stale (AhoyStoreCache *self, const char *type_name, const char *name)
{
  g_autoptr (GPtrArray) chosen = NULL;
  guint n = 0;

  g_return_val_if_fail (AHOY_IS_STORE_CACHE (self), 0);
  g_return_val_if_fail (type_name != NULL || name == NULL, 0);

  chosen = choose (self, type_name, name);
  for (guint i = 0; i < chosen->len; i++) {
    n += ahoy_config_set_get_length (((Entry *)chosen->pdata[i])->objects);
    ((Entry *)chosen->pdata[i])->stale = TRUE;
  }
  return n;
}

/**
 * ahoy_store_cache_populate_async:
 * @self: a cache
 * @type_name: a type of objects
 * @cancellable: (nullable): ends the waiting
 * @callback: (scope async): called when the objects are kept
 * @user_data: data for @callback
 *
 * Asks the backend for all objects of a type, and keeps them, as many as may be.
 *
 * Since: 0.1
 */
void
ahoy_store_cache_populate_async (AhoyStoreCache *self, const char *type_name,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;
  Fetch *fetch;

  g_return_if_fail (AHOY_IS_STORE_CACHE (self));
  g_return_if_fail (type_name != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, ahoy_store_query_new (type_name), g_object_unref);
  fetch = g_hash_table_lookup (self->fetches, type_name);
  if (fetch == NULL)
    fetch = start_fetch (self, type_name, type_name, NULL);
  g_ptr_array_add (fetch->waiting, task);
}

/**
 * ahoy_store_cache_populate_finish:
 * @self: a cache
 * @result: what the callback was given
 * @error: return location for an error of the backend
 *
 * Returns: %TRUE when the objects are kept
 *
 * Since: 0.1
 */
gboolean
ahoy_store_cache_populate_finish (AhoyStoreCache *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);
  return found != NULL;
}

/**
 * ahoy_store_cache_reload:
 * @self: a cache
 *
 * To be called when the configuration is read again; forgets all objects if
 * #AhoyStoreCache:expire-on-reload says so.
 *
 * Since: 0.1
 */
void
ahoy_store_cache_reload (AhoyStoreCache *self)
{
  g_return_if_fail (AHOY_IS_STORE_CACHE (self));

  if (self->expire_on_reload)
    ahoy_store_cache_expire (self, NULL, NULL);
}

/**
 * ahoy_store_cache_list:
 * @self: a cache
 *
 * Returns: (transfer full): the objects that are kept, the oldest first, of type `a(ssxb)`: type,
 *   name, age in µs, and whether it is stale
 *
 * Since: 0.1
 */
GVariant *
ahoy_store_cache_list (AhoyStoreCache *self)
{
  GVariantBuilder builder;
  gint64 now;

  g_return_val_if_fail (AHOY_IS_STORE_CACHE (self), NULL);

  sweep (self);
  now = ahoy_scheduler_get_now (self->scheduler);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssxb)"));
  for (GList *link = self->order.head; link != NULL; link = link->next) {
    Entry *entry = link->data;
    g_autoptr (GPtrArray) objects = ahoy_config_set_list (entry->objects, NULL);

    for (guint i = 0; i < objects->len; i++)
      g_variant_builder_add (&builder, "(ssxb)",
                             ahoy_config_object_get_type_name (objects->pdata[i]),
                             ahoy_config_object_get_name (objects->pdata[i]), now - entry->time,
                             is_stale (self, entry));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * ahoy_store_cache_get_statistics:
 * @self: a cache
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`): `objects` that are kept; `hits`,
 *   queries that were answered from memory, `stale` ones among them, and `misses`; `refreshed`, how
 *   often the backend was asked again behind an answer; `expired` objects
 *
 * Since: 0.1
 */
GVariant *
ahoy_store_cache_get_statistics (AhoyStoreCache *self)
{
  GVariantBuilder builder;
  guint64 n_objects = 0;

  g_return_val_if_fail (AHOY_IS_STORE_CACHE (self), NULL);

  sweep (self);
  for (GList *link = self->order.head; link != NULL; link = link->next)
    n_objects += ahoy_config_set_get_length (((Entry *)link->data)->objects);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "objects", n_objects);
  g_variant_builder_add (&builder, "{st}", "hits", self->n_hits);
  g_variant_builder_add (&builder, "{st}", "misses", self->n_misses);
  g_variant_builder_add (&builder, "{st}", "stale", self->n_stale);
  g_variant_builder_add (&builder, "{st}", "refreshed", self->n_refreshed);
  g_variant_builder_add (&builder, "{st}", "expired", self->n_expired);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
