/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-qualifier.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-qualify-pacer-private.h"

#define ON_DEMAND G_MAXINT32               /* s: the interval of who is asked once */
#define SOON (1 * G_TIME_SPAN_SECOND)      /* within which who has just come is asked */
#define LATE (10 * G_TIME_SPAN_SECOND)     /* what is no pace any more */
#define LATE_AGAIN (600 * G_TIME_SPAN_SECOND) /* between two warnings of it */

/**
 * AhoyQualifier:
 *
 * Finds out whether contacts can be reached, by asking each with OPTIONS (RFC 3261 section 11):
 * those of addresses of record with a `qualify-frequency`, registered and static ones. An answer
 * means that it can, whatever it says, unless `qualify-2xx-only`; none within `qualify-timeout`
 * that it cannot. What was found out stands in the contacts, see ahoy_location_set_status().
 *
 * Questions are spread over the interval, each contact keeps its place in it, and there are never
 * more at once than ahoy_qualifier_set_pace() allows; one that has just registered is asked within
 * a second.
 *
 * Since: 0.1
 */
struct _AhoyQualifier {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyLocation *location;
  AhoyEndpointRegistry *endpoints;
  AhoyScheduler *scheduler;
  AhoyQualifyPacer *pacer;
  GHashTable *items;  /* Item, by its address of record and URI */
  GPtrArray *gone;    /* Job: those of contacts that are gone */
  GHashTable *owners; /* address of record → name of the endpoint whose key aors has it */
  gboolean stale;     /* owners are those of an older configuration */
  gboolean running;
  gint64 warned_at;

  AhoyQualifierRequestFunc func;
  gpointer func_data;
  GDestroyNotify func_destroy;

  guint64 asked;
  guint64 answered;
  guint64 silent;
};

/* A contact that is asked, again and again or once. */
typedef struct {
  AhoyQualifyItem pace; /* first: the pacer hands it back */
  AhoyQualifier *qualifier;
  char *aor;
  char *uri;
  gboolean once;
  gint64 asked_at;
  GCancellable *cancellable; /* of the question on its way */
  GPtrArray *jobs;           /* Job that wait for its answer; NULL: none */
} Item;

/* Somebody who wants to know now. */
typedef struct {
  int references;
  GTask *task;
  guint waiting; /* for so many contacts */
  guint status;  /* the best of the answers */
  char *reason;
  gint64 round_trip;
} Job;

G_DEFINE_FINAL_TYPE (AhoyQualifier, ahoy_qualifier, G_TYPE_OBJECT)

/* -- jobs ----------------------------------------------------------------------------------- */

static void
job_unref (gpointer data)
{
  Job *job = data;

  if (--job->references == 0) {
    g_clear_object (&job->task);
    g_free (job->reason);
    g_free (job);
  }
}

static gboolean
is_better (guint status, guint than)
{
  return than == 0 || status / 100 < than / 100;
}

static void
job_note (Job *job, guint status, const char *reason, gint64 round_trip)
{
  if (is_better (status, job->status)) {
    job->status = status;
    job->round_trip = round_trip;
    g_free (job->reason);
    job->reason = g_strdup (reason);
  }
  if (--job->waiting == 0) {
    g_autoptr (GTask) task = g_steal_pointer (&job->task); /* which holds the job */

    g_task_return_boolean (task, TRUE);
  }
}

/* -- items ---------------------------------------------------------------------------------- */

static guint
item_hash (gconstpointer data)
{
  const Item *item = data;

  return g_str_hash (item->aor) * 31 + g_str_hash (item->uri);
}

static gboolean
item_equal (gconstpointer one, gconstpointer other)
{
  const Item *a = one;
  const Item *b = other;

  return g_str_equal (a->aor, b->aor) && g_str_equal (a->uri, b->uri);
}

/* Whoever waits learns what became of it. They may do whatever they like then, so that this comes
 * last. */
static void
answer_jobs (GPtrArray *jobs, guint status, const char *reason, gint64 round_trip)
{
  for (guint i = 0; jobs != NULL && i < jobs->len; i++) {
    job_note (jobs->pdata[i], status, reason, round_trip);
  }
}

static void
answer_gone (AhoyQualifier *self)
{
  g_autoptr (GPtrArray) gone = self->gone;

  self->gone = g_ptr_array_new_with_free_func (job_unref);
  answer_jobs (gone, 480, "Contact Is Gone", -1);
}

static void
forget_question (Item *item)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&item->cancellable);

  if (cancellable != NULL) {
    g_cancellable_cancel (cancellable);
  }
}

static void
item_free (gpointer data)
{
  Item *item = data;

  ahoy_qualify_pacer_remove (item->qualifier->pacer, &item->pace);
  forget_question (item);
  if (item->jobs != NULL) {
    g_ptr_array_extend_and_steal (item->qualifier->gone, item->jobs);
  }
  g_free (item->aor);
  g_free (item->uri);
  g_free (item);
}

static Item *
find_item (AhoyQualifier *self, const char *aor, const char *uri)
{
  const Item key = { .aor = (char *) aor, .uri = (char *) uri };

  return g_hash_table_lookup (self->items, &key);
}

static void
remove_item (AhoyQualifier *self, const char *aor, const char *uri)
{
  Item *item = find_item (self, aor, uri);

  if (item != NULL) {
    g_hash_table_remove (self->items, item);
    answer_gone (self);
  }
}

static gint64
frequency_of (AhoyConfigObject *config)
{
  return config != NULL ? ahoy_config_object_get_duration (config, "qualify-frequency") : 0;
}

static Item *
add_item (AhoyQualifier *self, const char *aor, const char *uri, gint64 interval, gint64 patience,
          gint64 within)
{
  Item *item = g_new0 (Item, 1);

  item->qualifier = self;
  item->aor = g_strdup (aor);
  item->uri = g_strdup (uri);
  item->pace.interval = interval;
  item->pace.patience = patience;
  g_hash_table_add (self->items, item);
  ahoy_qualify_pacer_add (self->pacer, &item->pace, within);
  return item;
}

/* Whether and how often a contact is asked, by the configuration of its address of record. */
static void
follow_contact (AhoyQualifier *self, const char *aor, AhoyContact *contact, gint64 within)
{
  AhoyConfigObject *config = ahoy_location_get_aor_config (self->location, aor);
  const char *uri = ahoy_contact_get_uri (contact);
  gboolean known = ahoy_contact_get_status (contact) != AHOY_CONTACT_STATUS_NON_QUALIFIED;
  Item *item = find_item (self, aor, uri);
  gint64 interval = frequency_of (config);
  gint64 patience;

  if (interval == 0 && item != NULL && !item->once) {
    remove_item (self, aor, uri);
  }
  if ((interval > 0) != known) {
    ahoy_location_set_status (self->location, aor, uri,
                              interval > 0 ? AHOY_CONTACT_STATUS_CREATED
                                           : AHOY_CONTACT_STATUS_NON_QUALIFIED,
                              -1);
  }
  if (interval == 0) {
    return;
  }
  patience = ahoy_config_object_get_duration (config, "qualify-timeout");
  if (item == NULL) {
    add_item (self, aor, uri, interval, patience, MIN (within, interval));
    return;
  }
  item->once = FALSE;
  if (item->pace.interval != interval || item->pace.patience != patience) {
    ahoy_qualify_pacer_change (self->pacer, &item->pace, interval, patience);
  }
}

/* -- questions ------------------------------------------------------------------------------ */

/* Which endpoint asks for an address of record that is not named like it. */
static void
find_owners (AhoyQualifier *self)
{
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (self->endpoints);

  self->stale = FALSE;
  g_hash_table_remove_all (self->owners);
  for (guint i = 0; i < endpoints->len; i++) {
    AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoints->pdata[i]));
    const char *const *aors = ahoy_config_object_get_list (config, "aors");

    for (gsize n = 0; aors != NULL && aors[n] != NULL; n++) {
      if (!g_hash_table_contains (self->owners, aors[n])) {
        g_hash_table_insert (self->owners, g_strdup (aors[n]),
                             g_strdup (ahoy_endpoint_get_name (endpoints->pdata[i])));
      }
    }
  }
}

static AhoyEndpoint *
find_endpoint (AhoyQualifier *self, const char *aor)
{
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, aor);
  const char *owner;

  if (endpoint != NULL) {
    return endpoint;
  }
  if (self->stale) {
    find_owners (self);
  }
  owner = g_hash_table_lookup (self->owners, aor);
  return owner != NULL ? ahoy_endpoint_registry_lookup (self->endpoints, owner) : NULL;
}

/* A round trip of 0 is one that was faster than the clock's step. */
static void
conclude (Item *item, gboolean reachable, guint status, const char *reason, gint64 round_trip)
{
  AhoyQualifier *self = item->qualifier;
  gboolean once = item->once;
  g_autoptr (AhoyQualifier) hold = g_object_ref (self);
  g_autoptr (GPtrArray) jobs = g_steal_pointer (&item->jobs);
  g_autofree char *aor = g_strdup (item->aor);
  g_autofree char *uri = g_strdup (item->uri);
  AhoyContactStatus found =
      reachable ? AHOY_CONTACT_STATUS_AVAILABLE : AHOY_CONTACT_STATUS_UNREACHABLE;

  if (once) {
    /* Nobody will correct it when it changes. */
    found = AHOY_CONTACT_STATUS_NON_QUALIFIED;
    g_hash_table_remove (self->items, item);
  }
  ahoy_location_set_status (self->location, aor, uri, found, reachable ? round_trip : -1);
  answer_jobs (jobs, status, reason, round_trip);
}

static gboolean
is_reachable (AhoyQualifier *self, const char *aor, AhoyMessage *response)
{
  AhoyConfigObject *config = ahoy_location_get_aor_config (self->location, aor);
  guint status = ahoy_message_get_status (response);

  if (ahoy_message_is_local (response)) {
    return FALSE;
  }
  return status / 100 == 2 || config == NULL ||
         !ahoy_config_object_get_boolean (config, "qualify-2xx-only");
}

typedef struct {
  AhoyQualifier *qualifier;
  char *aor;
  char *uri;
  GCancellable *cancellable; /* tells a late answer from that to the last question */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->cancellable);
  g_object_unref (question->qualifier);
  g_free (question->aor);
  g_free (question->uri);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (AhoyMessage) response =
      ahoy_stack_send_request_finish (AHOY_STACK (source), result, NULL);
  AhoyQualifier *self = question->qualifier;
  Item *item = find_item (self, question->aor, question->uri);
  g_autofree char *reason = NULL;
  gboolean reachable;

  if (response == NULL || item == NULL || item->cancellable != question->cancellable) {
    return;
  }
  g_clear_object (&item->cancellable);
  ahoy_qualify_pacer_answered (self->pacer, &item->pace);
  reason = ahoy_message_dup_reason (response);
  reachable = is_reachable (self, item->aor, response);
  *(reachable ? &self->answered : &self->silent) += 1;
  conclude (item, reachable, ahoy_message_get_status (response),
            reason != NULL ? reason : "",
            ahoy_message_is_local (response)
                ? -1
                : ahoy_scheduler_get_now (self->scheduler) - item->asked_at);
}

static AhoyMessage *
make_question (Item *item, AhoyContact *contact, char **listener, GError **error)
{
  AhoyQualifier *self = item->qualifier;
  AhoyConfigObject *config = ahoy_location_get_aor_config (self->location, item->aor);
  AhoyEndpoint *endpoint = find_endpoint (self, item->aor);
  g_autoptr (AhoyMessage) request = NULL;

  request = self->func != NULL
                ? self->func (endpoint, contact, listener, self->func_data, error)
                : ahoy_stack_create_request (self->stack, "OPTIONS", item->uri,
                                             "sip:anonymous@anonymous.invalid", NULL, error);
  /* Without an endpoint there is no account, and a challenge is an answer like any other. */
  if (request != NULL && config != NULL) {
    ahoy_message_set_endpoint (request,
                               ahoy_config_object_get_boolean (config, "qualify-authenticate")
                                   ? endpoint
                                   : NULL);
  }
  return g_steal_pointer (&request);
}

static void
warn_of_lag (AhoyQualifier *self)
{
  gint64 lag = ahoy_qualify_pacer_get_lag (self->pacer);
  gint64 now = ahoy_scheduler_get_now (self->scheduler);

  if (lag > LATE && (self->warned_at == 0 || now - self->warned_at > LATE_AGAIN)) {
    self->warned_at = now;
    g_message ("Contacts are asked %" G_GINT64_FORMAT " s late: there are too many for "
               "qualify-peers and qualify-gap of [core]; raise qualify-peers or qualify-frequency",
               lag / G_TIME_SPAN_SECOND);
  }
}

static void
ask (AhoyQualifyItem *pace, gpointer user_data)
{
  AhoyQualifier *self = user_data;
  Item *item = (Item *) pace;
  g_autoptr (AhoyContact) contact =
      ahoy_location_lookup_contact (self->location, item->aor, item->uri);
  g_autoptr (AhoyMessage) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *listener = NULL;
  Question *question;

  warn_of_lag (self);
  if (contact == NULL) {
    g_hash_table_remove (self->items, item);
    answer_gone (self);
    return;
  }
  self->asked++;
  request = make_question (item, contact, &listener, &error);
  if (request == NULL) {
    g_info ("The contact %s of “%s” cannot be asked: %s", item->uri, item->aor, error->message);
    self->silent++;
    ahoy_qualify_pacer_answered (self->pacer, &item->pace);
    conclude (item, FALSE, 503, "Cannot Be Asked", -1);
    return;
  }
  item->asked_at = ahoy_scheduler_get_now (self->scheduler);
  item->cancellable = g_cancellable_new ();
  question = g_new0 (Question, 1);
  question->qualifier = g_object_ref (self);
  question->aor = g_strdup (item->aor);
  question->uri = g_strdup (item->uri);
  question->cancellable = g_object_ref (item->cancellable);
  ahoy_stack_send_request_async (self->stack, request, listener, item->cancellable, on_answer,
                                 question);
}

static void
give_up (AhoyQualifyItem *pace, gpointer user_data)
{
  AhoyQualifier *self = user_data;
  Item *item = (Item *) pace;

  self->silent++;
  forget_question (item);
  conclude (item, FALSE, 408, "Request Timeout", -1);
}

static const AhoyQualifyPacerFuncs pacer_funcs = { .ask = ask, .give_up = give_up };

/* -- contacts ------------------------------------------------------------------------------- */

static void
on_contact_added (AhoyLocation *location, const char *aor, AhoyContact *contact,
                  gpointer user_data)
{
  follow_contact (user_data, aor, contact, SOON);
}

static void
on_contact_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
                    AhoyContactRemoval reason, gpointer user_data)
{
  remove_item (user_data, aor, ahoy_contact_get_uri (contact));
}

/* -- object --------------------------------------------------------------------------------- */

static void
ahoy_qualifier_dispose (GObject *object)
{
  AhoyQualifier *self = AHOY_QUALIFIER (object);

  ahoy_qualifier_stop (self);
  ahoy_qualifier_set_request_func (self, NULL, NULL, NULL);
  G_OBJECT_CLASS (ahoy_qualifier_parent_class)->dispose (object);
}

static void
ahoy_qualifier_finalize (GObject *object)
{
  AhoyQualifier *self = AHOY_QUALIFIER (object);

  g_hash_table_unref (self->items);
  g_ptr_array_unref (self->gone);
  g_hash_table_unref (self->owners);
  g_clear_pointer (&self->pacer, ahoy_qualify_pacer_free);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->location);
  g_clear_object (&self->stack);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_qualifier_parent_class)->finalize (object);
}

static void
ahoy_qualifier_class_init (AhoyQualifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_qualifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_qualifier_finalize;
}

static void
ahoy_qualifier_init (AhoyQualifier *self)
{
  self->items = g_hash_table_new_full (item_hash, item_equal, item_free, NULL);
  self->gone = g_ptr_array_new_with_free_func (job_unref);
  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_qualifier_new:
 * @stack: (transfer none): sends the questions
 * @location: (transfer none): has the contacts, and learns how they are
 * @endpoints: (transfer none): whose contacts they are
 *
 * Returns: (transfer full): a qualifier that asks nobody before ahoy_qualifier_start()
 *
 * Since: 0.1
 */
AhoyQualifier *
ahoy_qualifier_new (AhoyStack *stack, AhoyLocation *location, AhoyEndpointRegistry *endpoints)
{
  AhoyQualifier *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (AHOY_IS_LOCATION (location), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_QUALIFIER, NULL);
  self->stack = g_object_ref (stack);
  self->location = g_object_ref (location);
  self->endpoints = g_object_ref (endpoints);
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->pacer = ahoy_qualify_pacer_new (self->scheduler, &pacer_funcs, self);
  return self;
}

/**
 * ahoy_qualifier_set_request_func:
 * @self: a qualifier
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): makes the questions;
 *   %NULL for questions of nobody that go where the URI of the contact says
 * @user_data: for @func
 * @destroy: for @user_data
 *
 * Says how questions are made.
 *
 * Since: 0.1
 */
void
ahoy_qualifier_set_request_func (AhoyQualifier *self, AhoyQualifierRequestFunc func,
                                 gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_QUALIFIER (self));

  if (self->func_destroy != NULL) {
    self->func_destroy (self->func_data);
  }
  self->func = func;
  self->func_data = user_data;
  self->func_destroy = destroy;
}

/**
 * ahoy_qualifier_set_pace:
 * @self: a qualifier
 * @gap: a time in µs, at least 1000
 * @peers: how many contacts are asked within @gap at most, at least 1
 *
 * Says how fast contacts are asked. Where that is too slow for all of them, each comes later.
 *
 * Since: 0.1
 */
void
ahoy_qualifier_set_pace (AhoyQualifier *self, gint64 gap, guint peers)
{
  g_return_if_fail (AHOY_IS_QUALIFIER (self));

  ahoy_qualify_pacer_set_pace (self->pacer, gap, peers);
}

/**
 * ahoy_qualifier_start:
 * @self: a qualifier
 *
 * Begins to ask the contacts that are there, spread over their intervals, and those that come.
 *
 * Since: 0.1
 */
void
ahoy_qualifier_start (AhoyQualifier *self)
{
  g_return_if_fail (AHOY_IS_QUALIFIER (self));

  if (self->running) {
    return;
  }
  self->running = TRUE;
  g_signal_connect (self->location, "contact-added", G_CALLBACK (on_contact_added), self);
  g_signal_connect (self->location, "contact-removed", G_CALLBACK (on_contact_removed), self);
  ahoy_qualifier_update (self, NULL);
}

/**
 * ahoy_qualifier_stop:
 * @self: a qualifier
 *
 * Asks nobody any more. What is known of contacts stays as it is.
 *
 * Since: 0.1
 */
void
ahoy_qualifier_stop (AhoyQualifier *self)
{
  g_return_if_fail (AHOY_IS_QUALIFIER (self));

  if (!self->running) {
    return;
  }
  self->running = FALSE;
  g_signal_handlers_disconnect_by_data (self->location, self);
  g_hash_table_remove_all (self->items);
  answer_gone (self);
}

static void
follow_aor (AhoyQualifier *self, const char *aor)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (self->location, aor);

  for (guint i = 0; i < contacts->len; i++) {
    follow_contact (self, aor, contacts->pdata[i], G_MAXINT64);
  }
}

/**
 * ahoy_qualifier_update:
 * @self: a qualifier
 * @aor: (nullable): the name of an address of record, or of an endpoint, whose configuration is
 *   another one; %NULL for all
 *
 * To be called when another configuration holds: contacts whose interval changed find a new place
 * in it, static ones come. Those that are gone are found out when they are to be asked.
 *
 * Since: 0.1
 */
void
ahoy_qualifier_update (AhoyQualifier *self, const char *aor)
{
  g_auto (GStrv) names = NULL;

  g_return_if_fail (AHOY_IS_QUALIFIER (self));

  self->stale = TRUE;
  if (self->running && aor != NULL) {
    follow_aor (self, aor);
  } else if (self->running) {
    names = ahoy_location_list_names (self->location);
    for (gsize i = 0; names[i] != NULL; i++) {
      follow_aor (self, names[i]);
    }
  }
}

/* -- on demand ------------------------------------------------------------------------------ */

static void
wait_for_contact (AhoyQualifier *self, Job *job, const char *aor, AhoyContact *contact)
{
  const char *uri = ahoy_contact_get_uri (contact);
  Item *item = find_item (self, aor, uri);

  if (item == NULL) {
    AhoyConfigObject *config = ahoy_location_get_aor_config (self->location, aor);

    item = add_item (self, aor, uri, ON_DEMAND * G_TIME_SPAN_SECOND,
                     ahoy_config_object_get_duration (config, "qualify-timeout"), 0);
    item->once = TRUE;
  } else {
    ahoy_qualify_pacer_hurry (self->pacer, &item->pace);
  }
  if (item->jobs == NULL) {
    item->jobs = g_ptr_array_new_with_free_func (job_unref);
  }
  job->references++;
  job->waiting++;
  g_ptr_array_add (item->jobs, job);
}

/**
 * ahoy_qualifier_qualify_async:
 * @self: a qualifier that was started
 * @aor: the name of an address of record
 * @uri: (nullable): the URI of one of its contacts; %NULL for all of them
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when all have answered, or their time is over
 * @user_data: for @callback
 *
 * Asks contacts now, also those that are never asked by themselves.
 *
 * Since: 0.1
 */
void
ahoy_qualifier_qualify_async (AhoyQualifier *self, const char *aor, const char *uri,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) contacts = NULL;
  Job *job;

  g_return_if_fail (AHOY_IS_QUALIFIER (self));
  g_return_if_fail (aor != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_qualifier_qualify_async);
  if (!self->running) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "Nobody is asked: the module “qualify” is not loaded");
    return;
  }
  contacts = ahoy_location_list_contacts (self->location, aor);
  job = g_new0 (Job, 1);
  job->references = 1;
  job->round_trip = -1;
  job->task = g_object_ref (task);
  for (guint i = 0; i < contacts->len; i++) {
    if (uri == NULL || g_str_equal (uri, ahoy_contact_get_uri (contacts->pdata[i]))) {
      wait_for_contact (self, job, aor, contacts->pdata[i]);
    }
  }
  if (job->waiting == 0) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                             uri != NULL ? "“%s” has no contact %s" : "“%s” has no contact", aor,
                             uri);
    job_unref (job);
    return;
  }
  /* The job lives with the contacts that it waits for, and the task with the job's owner. */
  g_task_set_task_data (task, job, job_unref);
}

/**
 * ahoy_qualifier_qualify_finish:
 * @self: a qualifier
 * @result: the result
 * @status: (out) (optional): the status of the best answer; 408 when there was none in time
 * @reason: (out) (optional) (transfer full): its reason phrase
 * @round_trip: (out) (optional): how long that answer took, in µs; -1 without one
 * @error: return location for an error
 *
 * Returns: %TRUE when contacts were asked; %FALSE with %AHOY_ERROR_NOT_FOUND when there is none,
 *   with %AHOY_ERROR_INVALID_STATE when the qualifier was not started, or when it was cancelled
 *
 * Since: 0.1
 */
gboolean
ahoy_qualifier_qualify_finish (AhoyQualifier *self, GAsyncResult *result, guint *status,
                               char **reason, gint64 *round_trip, GError **error)
{
  const Job *job;

  g_return_val_if_fail (AHOY_IS_QUALIFIER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error)) {
    return FALSE;
  }
  job = g_task_get_task_data (G_TASK (result));
  if (status != NULL) {
    *status = job->status;
  }
  if (reason != NULL) {
    *reason = g_strdup (job->reason);
  }
  if (round_trip != NULL) {
    *round_trip = job->round_trip;
  }
  return TRUE;
}

/**
 * ahoy_qualifier_get_statistics:
 * @self: a qualifier
 *
 * Returns: (transfer full): an `a{sv}`: `asked`, `answered` and `silent`, t each; `contacts` u, how
 *   many are asked again and again; `lag` x, how late the last one was asked, in µs
 *
 * Since: 0.1
 */
GVariant *
ahoy_qualifier_get_statistics (AhoyQualifier *self)
{
  GVariantDict dict;

  g_return_val_if_fail (AHOY_IS_QUALIFIER (self), NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "asked", "t", self->asked);
  g_variant_dict_insert (&dict, "answered", "t", self->answered);
  g_variant_dict_insert (&dict, "silent", "t", self->silent);
  g_variant_dict_insert (&dict, "contacts", "u", ahoy_qualify_pacer_get_n_items (self->pacer));
  g_variant_dict_insert (&dict, "lag", "x", ahoy_qualify_pacer_get_lag (self->pacer));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
