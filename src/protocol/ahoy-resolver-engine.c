/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver-engine.h"

#include <arpa/inet.h>
#include <string.h>

#include "ahoy-error.h"

/*
 * Drives the walk of RFC 3263: asks for what it misses, waits until all of that is there, walks
 * again. Equal lookups share one walk, equal questions of different lookups share one query.
 *
 * Nothing is told to a caller before the engine's own tables are in order (`results`): a callback
 * may start the next lookup, run a main loop or drop the resolver.
 */

#define MAX_WAITERS 4096
#define MAX_PENDING 2048
#define MAX_ROUNDS 24
#define FAILED_TTL 5

typedef struct {
  GTask *task;
  gulong cancelled_id;
} Waiter;

typedef struct {
  AhoyResolverEngine *engine;
  char *key;
  AhoyRoutingData routing;
  GHashTable *sets;   /* key -> AhoyDnsRecordSet: what this lookup has learnt, whatever its TTL */
  GHashTable *wanted; /* keys that are asked for */
  GPtrArray *waiters; /* (element-type Waiter) */
  gint64 deadline;
  guint rounds;
  gboolean final; /* what is not known now is taken as failed */
} Lookup;

typedef struct {
  char *key;
  char *name;
  AhoyDnsType type;
  gint64 deadline;
  GPtrArray *lookups; /* borrowed */
  gboolean finished;  /* nobody waits any more; an answer still goes into the cache */
} Question;

typedef struct {
  GTask *task;
  GPtrArray *hops;
  GError *error;
} Result;

static void
waiter_free (Waiter *waiter)
{
  GCancellable *cancellable = g_task_get_cancellable (waiter->task);

  /* Not g_cancellable_disconnect(), which waits for handlers and so must not be called in one. */
  if (waiter->cancelled_id != 0)
    g_signal_handler_disconnect (cancellable, waiter->cancelled_id);
  g_object_unref (waiter->task);
  g_free (waiter);
}

static void
lookup_free (Lookup *lookup)
{
  ahoy_routing_data_clear (&lookup->routing);
  g_hash_table_unref (lookup->sets);
  g_hash_table_unref (lookup->wanted);
  g_ptr_array_unref (lookup->waiters);
  g_free (lookup->key);
  g_free (lookup);
}

static void
question_free (Question *question)
{
  g_ptr_array_unref (question->lookups);
  g_free (question->key);
  g_free (question->name);
  g_free (question);
}

static void
result_free (Result *result)
{
  g_clear_pointer (&result->hops, g_ptr_array_unref);
  g_clear_error (&result->error);
  g_object_unref (result->task);
  g_free (result);
}

static void
push_result (AhoyResolverEngine *self, GTask *task, GPtrArray *hops, GError *error)
{
  Result *result = g_new0 (Result, 1);

  result->task = g_object_ref (task);
  result->hops = hops;
  result->error = error;
  g_queue_push_tail (&self->results, result);
}

static void
deliver_results (AhoyResolverEngine *self)
{
  Result *result;

  while ((result = g_queue_pop_head (&self->results)) != NULL) {
    if (result->error != NULL)
      g_task_return_error (result->task, g_steal_pointer (&result->error));
    else
      g_task_return_pointer (result->task, g_steal_pointer (&result->hops),
                             (GDestroyNotify) g_ptr_array_unref);
    result_free (result);
  }
}

static void
stamp_set (AhoyResolverEngine *self, AhoyDnsRecordSet *set)
{
  guint ttl;

  if (set->status == AHOY_DNS_STATUS_FAILED)
    ttl = FAILED_TTL;
  else if (set->records->len == 0 && set->alias == NULL)
    ttl = CLAMP (set->ttl, self->min_ttl, MAX (self->min_ttl, self->max_negative_ttl));
  else
    ttl = CLAMP (set->ttl, self->min_ttl, MAX (self->min_ttl, self->max_ttl));

  set->expires = ahoy_resolver_engine_get_time (self) + ttl * G_USEC_PER_SEC;
}

static AhoyDnsRecordSet *
fetch_cached (gpointer data, const char *name, AhoyDnsType type)
{
  AhoyResolverEngine *self = data;
  char key[AHOY_DNS_KEY_SIZE];

  ahoy_dns_key_write (key, name, type);

  return ahoy_dns_cache_lookup (self->cache, key, ahoy_resolver_engine_get_time (self));
}

static void
ask (AhoyResolverEngine *self, Lookup *lookup, const char *key, const char *name, AhoyDnsType type)
{
  Question *question = g_hash_table_lookup (self->questions, key);

  g_hash_table_add (lookup->wanted, g_strdup (key));
  if (question != NULL) {
    g_ptr_array_add (question->lookups, lookup);
    return;
  }

  question = g_new0 (Question, 1);
  question->key = g_strdup (key);
  question->name = g_strdup (name);
  question->type = type;
  question->deadline = g_get_monotonic_time () + self->timeout_ms * 1000 / 2;
  question->lookups = g_ptr_array_new ();
  g_ptr_array_add (question->lookups, lookup);
  g_hash_table_insert (self->questions, question->key, question);
  g_hash_table_add (self->asked, question);
  ahoy_dns_channel_query (self->channel, name, type, question);
}

static AhoyDnsRecordSet *
remember (Lookup *lookup, const char *key, AhoyDnsRecordSet *set)
{
  g_hash_table_insert (lookup->sets, g_strdup (key), ahoy_dns_record_set_ref (set));

  return set;
}

static AhoyDnsRecordSet *
fetch_for_lookup (gpointer data, const char *name, AhoyDnsType type)
{
  Lookup *lookup = data;
  AhoyResolverEngine *self = lookup->engine;
  g_autoptr (AhoyDnsRecordSet) failed = NULL;
  AhoyDnsRecordSet *set;
  char key[AHOY_DNS_KEY_SIZE];

  ahoy_dns_key_write (key, name, type);
  set = g_hash_table_lookup (lookup->sets, key);
  if (set != NULL)
    return set;

  set = ahoy_dns_cache_lookup (self->cache, key, ahoy_resolver_engine_get_time (self));
  if (set != NULL)
    return remember (lookup, key, set);

  if (lookup->final) {
    failed = ahoy_dns_record_set_new_failed ("no answer came in time");
    return remember (lookup, key, failed);
  }

  if (ahoy_dns_channel_get_pending (self->channel) >= MAX_PENDING) {
    failed = ahoy_dns_record_set_new_failed ("too many DNS questions are under way");
    return remember (lookup, key, failed);
  }

  if (!g_hash_table_contains (lookup->wanted, key))
    ask (self, lookup, key, name, type);

  return NULL;
}

static void
init_walk (AhoyResolverEngine *self, AhoyDnsWalk *walk, AhoyDnsFetchFunc fetch, gpointer data)
{
  memset (walk, 0, sizeof *walk);
  walk->fetch = fetch;
  walk->fetch_data = data;
  walk->hosts = self->hosts;
  walk->random = self->random;
  walk->families = self->families;
  walk->transports = self->transports;
}

static GError *
make_error (AhoyResolverEngine *self, Lookup *lookup)
{
  g_auto (AhoyDnsWalk) walk = { 0 };
  g_autoptr (GString) asked = g_string_new (NULL);

  init_walk (self, &walk, fetch_for_lookup, lookup);
  walk.asked = asked;
  ahoy_dns_walk_run (&walk, &lookup->routing);

  return g_error_new (AHOY_ERROR, AHOY_ERROR_UNREACHABLE,
                      "“%s” cannot be reached by %s: %s (DNS was asked for %s); check the name "
                      "and the name servers",
                      lookup->routing.host, lookup->routing.secure ? "sips" : "sip",
                      walk.refused ? "its domain says that it has no such service"
                                   : "no address was found",
                      asked->len > 0 ? asked->str : "nothing");
}

static void
detach_lookup (AhoyResolverEngine *self, Lookup *lookup)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, lookup->wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    Question *question = g_hash_table_lookup (self->questions, key);

    if (question != NULL)
      g_ptr_array_remove (question->lookups, lookup);
  }

  g_hash_table_steal (self->lookups, lookup->key);
  self->n_waiters -= lookup->waiters->len;
}

/* Each waiter gets its own draw of the weights. */
static void
finish_lookup (AhoyResolverEngine *self, Lookup *lookup)
{
  lookup->final = TRUE;
  detach_lookup (self, lookup);

  for (guint i = 0; i < lookup->waiters->len; i++) {
    Waiter *waiter = g_ptr_array_index (lookup->waiters, i);
    g_auto (AhoyDnsWalk) walk = { 0 };

    init_walk (self, &walk, fetch_for_lookup, lookup);
    ahoy_dns_walk_run (&walk, &lookup->routing);
    if (walk.hops->len == 0) {
      push_result (self, waiter->task, NULL, make_error (self, lookup));
      continue;
    }

    ahoy_hop_failures_sort (self->failures, walk.hops, ahoy_resolver_engine_get_time (self));
    push_result (self, waiter->task, g_steal_pointer (&walk.hops), NULL);
  }

  lookup_free (lookup);
}

/* @lookup is gone when this returns %TRUE. */
static gboolean
step_lookup (AhoyResolverEngine *self, Lookup *lookup)
{
  g_auto (AhoyDnsWalk) walk = { 0 };

  if (++lookup->rounds <= MAX_ROUNDS) {
    init_walk (self, &walk, fetch_for_lookup, lookup);
    ahoy_dns_walk_run (&walk, &lookup->routing);
    if (g_hash_table_size (lookup->wanted) > 0)
      return FALSE;
  }

  finish_lookup (self, lookup);

  return TRUE;
}

static void
settle_question (AhoyResolverEngine *self, Question *question, AhoyDnsRecordSet *set)
{
  g_autoptr (GPtrArray) ready = g_ptr_array_new ();

  stamp_set (self, set);
  ahoy_dns_cache_insert (self->cache, question->key, set);
  if (question->finished)
    return;

  question->finished = TRUE;
  g_hash_table_remove (self->questions, question->key);
  for (guint i = 0; i < question->lookups->len; i++) {
    Lookup *lookup = g_ptr_array_index (question->lookups, i);

    remember (lookup, question->key, set);
    g_hash_table_remove (lookup->wanted, question->key);
    if (g_hash_table_size (lookup->wanted) == 0)
      g_ptr_array_add (ready, lookup);
  }
  g_ptr_array_set_size (question->lookups, 0);

  for (guint i = 0; i < ready->len; i++)
    step_lookup (self, g_ptr_array_index (ready, i));
}

static void
take_reply (AhoyResolverEngine *self, AhoyDnsReply *reply)
{
  Question *question = reply->cookie;
  g_autoptr (AhoyDnsRecordSet) set = NULL;

  if (reply->dropped && !question->finished) {
    ahoy_dns_channel_query (self->channel, question->name, question->type, question);
    return;
  }

  if (reply->message != NULL) {
    gsize size;
    const guint8 *data = g_bytes_get_data (reply->message, &size);

    set = ahoy_dns_record_set_parse (question->name, question->type, data, size);
  } else {
    set = ahoy_dns_record_set_new_failed (reply->detail);
  }

  /* A late failure says no more than the time-out did. */
  if (!question->finished || (!reply->dropped && set->status != AHOY_DNS_STATUS_FAILED))
    settle_question (self, question, set);
  g_hash_table_remove (self->asked, question);
}

static void
drop_cancelled (AhoyResolverEngine *self, Lookup *lookup)
{
  for (guint i = lookup->waiters->len; i > 0; i--) {
    Waiter *waiter = g_ptr_array_index (lookup->waiters, i - 1);
    GError *error = NULL;

    if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (waiter->task), &error))
      continue;

    push_result (self, waiter->task, NULL, error);
    g_ptr_array_remove_index (lookup->waiters, i - 1);
    self->n_waiters--;
  }

  if (lookup->waiters->len > 0)
    return;

  detach_lookup (self, lookup);
  lookup_free (lookup);
}

/* A copy, since what is done with the values changes the table. */
static GPtrArray *
hash_values (GHashTable *table)
{
  GPtrArray *values = g_ptr_array_sized_new (g_hash_table_size (table));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (values, value);

  return values;
}

static void
expire_questions (AhoyResolverEngine *self, gint64 now)
{
  g_autoptr (GPtrArray) questions = hash_values (self->questions);

  for (guint i = 0; i < questions->len; i++) {
    Question *question = g_ptr_array_index (questions, i);
    g_autoptr (AhoyDnsRecordSet) set = NULL;

    if (question->deadline > now)
      continue;

    set = ahoy_dns_record_set_new_failed ("no answer came in time");
    settle_question (self, question, set);
  }
}

/* Ends what was cancelled or has waited long enough. */
static void
expire (AhoyResolverEngine *self)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GPtrArray) lookups = NULL;

  expire_questions (self, now);

  lookups = hash_values (self->lookups);
  for (guint i = 0; i < lookups->len; i++) {
    Lookup *lookup = g_ptr_array_index (lookups, i);

    if (lookup->deadline <= now)
      finish_lookup (self, lookup);
    else
      drop_cancelled (self, lookup);
  }
}

static gint64
next_deadline (AhoyResolverEngine *self)
{
  gint64 deadline = G_MAXINT64;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->questions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    deadline = MIN (deadline, ((Question *) value)->deadline);

  g_hash_table_iter_init (&iter, self->lookups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    deadline = MIN (deadline, ((Lookup *) value)->deadline);

  return deadline == G_MAXINT64 ? -1 : deadline;
}

static gboolean
on_channel_dispatch (gpointer user_data)
{
  AhoyResolverEngine *self = user_data;
  g_autoptr (GObject) owner = g_object_ref (self->owner);
  AhoyDnsReply *reply;

  ahoy_dns_channel_process (self->channel);
  while ((reply = ahoy_dns_channel_pop_reply (self->channel)) != NULL) {
    take_reply (self, reply);
    ahoy_dns_reply_free (reply);
  }
  expire (self);
  ahoy_dns_channel_arm (self->channel, next_deadline (self));

  deliver_results (self);

  return G_SOURCE_CONTINUE;
}

AhoyResolverEngine *
ahoy_resolver_engine_new (GObject *owner, GMainContext *context)
{
  AhoyResolverEngine *self = g_new0 (AhoyResolverEngine, 1);

  self->owner = owner;
  self->channel = ahoy_dns_channel_new (context, on_channel_dispatch, self);
  self->cache = ahoy_dns_cache_new (4096);
  self->failures = ahoy_hop_failures_new (1024);
  self->random = g_rand_new ();
  self->lookups = g_hash_table_new (g_str_hash, g_str_equal);
  self->questions = g_hash_table_new (g_str_hash, g_str_equal);
  self->asked = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) question_free, NULL);
  g_queue_init (&self->results);

  return self;
}

/* Every task holds its source object, so no lookup is under way here. */
void
ahoy_resolver_engine_free (AhoyResolverEngine *self)
{
  ahoy_dns_channel_free (self->channel);
  g_hash_table_unref (self->lookups);
  g_hash_table_unref (self->questions);
  g_hash_table_unref (self->asked);
  ahoy_dns_cache_free (self->cache);
  ahoy_hop_failures_free (self->failures);
  g_clear_pointer (&self->hosts, ahoy_hosts_file_free);
  g_rand_free (self->random);
  g_free (self);
}

gint64
ahoy_resolver_engine_get_time (AhoyResolverEngine *self)
{
  return self->clock != NULL ? self->clock (self->clock_data) : g_get_monotonic_time ();
}

void
ahoy_resolver_engine_set_timeout (AhoyResolverEngine *self, guint milliseconds)
{
  self->timeout_ms = milliseconds;
  /* A question has half of the time; so two servers are tried, and one of them twice. */
  ahoy_dns_channel_set_timeout (self->channel, milliseconds / 8);
}

/* %NULL when DNS must be asked, or when it is known that there is nothing. */
GPtrArray *
ahoy_resolver_engine_try (AhoyResolverEngine *self, const AhoyRoutingData *routing)
{
  g_auto (AhoyDnsWalk) walk = { 0 };

  init_walk (self, &walk, fetch_cached, self);
  ahoy_dns_walk_run (&walk, routing);
  if (walk.missing || walk.hops->len == 0)
    return NULL;

  ahoy_hop_failures_sort (self->failures, walk.hops, ahoy_resolver_engine_get_time (self));

  return g_steal_pointer (&walk.hops);
}

static Lookup *
lookup_new (AhoyResolverEngine *self, char *key, const AhoyRoutingData *routing)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->engine = self;
  lookup->key = key;
  lookup->routing = *routing;
  lookup->routing.host = g_strdup (routing->host);
  lookup->sets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) ahoy_dns_record_set_unref);
  lookup->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  lookup->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_free);
  lookup->deadline = g_get_monotonic_time () + self->timeout_ms * 1000;
  g_hash_table_insert (self->lookups, lookup->key, lookup);

  return lookup;
}

/* May run in any thread. */
static void
on_cancelled (GCancellable *cancellable, gpointer source)
{
  ahoy_dns_source_wake (source);
}

static void
add_waiter (AhoyResolverEngine *self, Lookup *lookup, GTask *task)
{
  Waiter *waiter = g_new0 (Waiter, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *source = ahoy_dns_channel_get_source (self->channel);

  waiter->task = g_object_ref (task);
  g_ptr_array_add (lookup->waiters, waiter);
  self->n_waiters++;

  if (cancellable != NULL)
    waiter->cancelled_id =
      g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_source_ref (source),
                             (GDestroyNotify) g_source_unref);
}

void
ahoy_resolver_engine_resolve (AhoyResolverEngine *self,
                              const AhoyRoutingData *routing,
                              GTask *task)
{
  g_autofree char *key = NULL;
  GPtrArray *hops = ahoy_resolver_engine_try (self, routing);
  Lookup *lookup;
  gboolean is_new;

  if (hops != NULL) {
    g_task_return_pointer (task, hops, (GDestroyNotify) g_ptr_array_unref);
    return;
  }

  if (self->n_waiters >= MAX_WAITERS) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                             "“%s” is not looked up: %u callers wait for DNS already; check the "
                             "name servers",
                             routing->host, self->n_waiters);
    return;
  }

  key = g_strdup_printf ("%d/%d/%u/%s", routing->secure, routing->transport, routing->port,
                         routing->host);
  lookup = g_hash_table_lookup (self->lookups, key);
  is_new = lookup == NULL;
  if (is_new)
    lookup = lookup_new (self, g_steal_pointer (&key), routing);

  add_waiter (self, lookup, task);
  if (is_new)
    step_lookup (self, lookup);

  /* There may be results already (a cached "no"), and a new deadline. */
  ahoy_dns_source_wake (ahoy_dns_channel_get_source (self->channel));
}

static gboolean
is_numeric (const char *host)
{
  struct in6_addr scratch;

  return inet_pton (AF_INET, host, &scratch) == 1 || inet_pton (AF_INET6, host, &scratch) == 1;
}

/* A last label of digits only is a mistyped address (RFC 3696, section 2). */
static gboolean
looks_like_address (const char *name)
{
  const char *label = strrchr (name, '.');

  label = label != NULL ? label + 1 : name;

  return strspn (label, "0123456789") == strlen (label);
}

gboolean
ahoy_routing_data_init (AhoyRoutingData *self,
                        const char *host,
                        guint16 port,
                        AhoyTransportProtocol transport,
                        gboolean secure,
                        GError **error)
{
  gsize length = strlen (host);
  g_autofree char *name = NULL;

  memset (self, 0, sizeof *self);
  self->port = port;
  self->secure = secure;
  self->transport = transport;
  if (secure && transport != AHOY_TRANSPORT_PROTOCOL_UNKNOWN) {
    self->transport = ahoy_transport_protocol_get_secure (transport);
    if (self->transport == AHOY_TRANSPORT_PROTOCOL_UNKNOWN) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” cannot be reached by sips over %s; use tls, or no transport parameter",
                   host, ahoy_transport_protocol_to_string (transport));
      return FALSE;
    }
  }

  if (length > 2 && length < 64 && host[0] == '[' && host[length - 1] == ']') {
    name = g_strndup (host + 1, length - 2);
    self->numeric = strchr (name, ':') != NULL && is_numeric (name);
  } else if (is_numeric (host)) {
    name = g_strdup (host);
    self->numeric = TRUE;
  } else {
    name = ahoy_dns_name_normalize (host);
  }

  if (name == NULL || (!self->numeric && (*host == '[' || looks_like_address (name)))) {
    g_autofree char *shown = g_utf8_make_valid (host, (gssize) MIN (length, 80));

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is neither a host name nor a numeric address; correct the host of the URI",
                 shown);
    return FALSE;
  }

  self->host = g_steal_pointer (&name);

  return TRUE;
}

void
ahoy_routing_data_clear (AhoyRoutingData *self)
{
  g_clear_pointer (&self->host, g_free);
}
