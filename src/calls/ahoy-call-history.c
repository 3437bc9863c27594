/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-history.h"

#include "ahoy-call-archive-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-identity.h"
#include "ahoy-uri.h"

/**
 * AhoyCallHistory:
 *
 * Keeps a record of each session that is over, in a database: who called whom and when, how it
 * ended, and how it sounded. Sessions that were one call to people have the same linked id: those
 * that were made on behalf of another one, and those that were in a bridge together; so it goes
 * along with transfers, pickup and parking. They have it while they go on, too, and whether records
 * are kept or not.
 *
 * Since: 0.1
 */
struct _AhoyCallHistory {
  GObject parent_instance;

  AhoyCallRouter *router;
  AhoySessionService *sessions;
  AhoyWorkPool *pool;
  AhoyCallArchive *archive; /* NULL: nothing is kept */
  GHashTable *calls;        /* AhoySession → Call, those that are over and still known, too */
  gboolean enabled;
  guint keep;
  guint max_records;
};

/* What sessions share that are one call to people. */
typedef struct {
  char *id;
  gint64 since;      /* of its first session */
  GPtrArray *calls;  /* Call */
  gboolean archived; /* some of its sessions are over, and stored */
} Link;

typedef struct {
  AhoyCallHistory *history; /* not a reference */
  AhoySession *session;     /* not a reference: it is watched; NULL when it is gone */
  Link *link;
  gboolean kept; /* a record will be made of it */
  guint64 bridge;
  char *application;
  AhoyCallRecord *record; /* what has to be read before the end */
} Call;

#define DAY (24 * 3600 * (gint64) G_USEC_PER_SEC)
#define DEFAULT_KEEP 90
#define DEFAULT_RECORDS 100000

enum { SIGNAL_ADDED, SIGNAL_LINKED_ID_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyCallHistory, ahoy_call_history, G_TYPE_OBJECT)

/* -- who belongs together ------------------------------------------------------------------- */

static Link *
link_new (AhoySession *session)
{
  Link *link = g_new0 (Link, 1);

  link->since = ahoy_session_get_created_at (session);
  link->id = g_strdup_printf ("%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x", link->since,
                              ahoy_session_get_id (session));
  link->calls = g_ptr_array_new ();
  return link;
}

static void
link_free (Link *link)
{
  g_ptr_array_unref (link->calls);
  g_free (link->id);
  g_free (link);
}

static void
call_enter_link (Call *call, Link *link)
{
  call->link = link;
  g_ptr_array_add (link->calls, call);
}

static void
call_leave_link (Call *call)
{
  Link *link = g_steal_pointer (&call->link);

  g_ptr_array_remove_fast (link->calls, call);
  if (link->calls->len == 0) {
    link_free (link);
  }
}

/* The older one stays, as does what was stored with it. */
static void
merge (AhoyCallHistory *self, Call *one, Call *other)
{
  Link *stays = one->link->since <= other->link->since ? one->link : other->link;
  Link *goes = stays == one->link ? other->link : one->link;
  g_autoptr (GPtrArray) moved = g_ptr_array_new_with_free_func (g_object_unref);

  if (stays == goes) {
    return;
  }
  if (goes->archived && self->archive != NULL) {
    ahoy_call_archive_link (self->archive, goes->id, stays->id);
    stays->archived = TRUE;
  }
  for (guint i = 0; i < goes->calls->len; i++) {
    Call *call = goes->calls->pdata[i];

    call_enter_link (call, stays);
    g_ptr_array_add (moved, g_object_ref (call->session));
  }
  link_free (goes);
  for (guint i = 0; i < moved->len; i++) {
    g_signal_emit (self, signals[SIGNAL_LINKED_ID_CHANGED], 0, moved->pdata[i]);
  }
}

/* -- what is kept --------------------------------------------------------------------------- */

static char *
find_user (const char *text)
{
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *number = uri != NULL ? ahoy_uri_get_number (uri) : NULL;

  if (uri != NULL && number == NULL) {
    number = ahoy_uri_get_user_without_options (uri);
  }
  return ahoy_call_record_clean (number);
}

/* Who called, by what its endpoint is trusted to say, unless that is not to be shown; else From. */
static char *
find_caller (AhoySession *session)
{
  AhoyIdentity *identity = ahoy_session_get_remote_identity (session);

  if (identity != NULL &&
      ((ahoy_identity_get_privacy (identity) & AHOY_IDENTITY_PRIVACY_NUMBER) == 0 ||
       g_str_equal (ahoy_identity_get_header (identity), "From"))) {
    return ahoy_call_record_clean (ahoy_identity_get_number (identity));
  }
  return find_user (ahoy_session_get_remote_uri (session));
}

static void
read_parties (AhoyCallRecord *record, AhoySession *session)
{
  gboolean incoming = ahoy_session_get_direction (session) == AHOY_SESSION_INCOMING;
  const char *local = ahoy_session_get_local_uri (session);
  const char *remote = ahoy_session_get_remote_uri (session);
  const char *target = ahoy_session_get_target (session);
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  record->endpoint =
      endpoint != NULL ? ahoy_call_record_clean (ahoy_endpoint_get_name (endpoint)) : NULL;
  record->caller = incoming ? find_caller (session) : find_user (local);
  record->callee = find_user (target != NULL ? target : incoming ? local : remote);
  record->local_uri = ahoy_call_record_clean (local);
  record->remote_uri = ahoy_call_record_clean (remote);
  record->remote_name = ahoy_call_record_clean (ahoy_session_get_remote_name (session));
  record->target = ahoy_call_record_clean (target);
}

static void
read_connected (AhoyCallRecord *record, AhoySession *session)
{
  AhoyIdentity *connected = ahoy_session_get_connected_identity (session);
  AhoyUri *uri = connected != NULL ? ahoy_identity_get_uri (connected) : NULL;
  g_autofree char *text = uri != NULL ? ahoy_uri_to_string (uri) : NULL;

  record->connected = find_user (text);
  record->connected_uri = ahoy_call_record_clean (text);
  record->connected_name = ahoy_call_record_clean (
      connected != NULL ? ahoy_identity_get_name (connected) : NULL);
}

static void
read_redirects (AhoyCallRecord *record, AhoySession *session)
{
  g_autoptr (GVariant) redirects = ahoy_session_list_redirects (session);
  g_autoptr (GString) list = g_string_new (NULL);
  GVariantIter iter;
  const char *uri;

  g_variant_iter_init (&iter, redirects);
  while (g_variant_iter_next (&iter, "(&s&s)", &uri, NULL)) {
    g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", uri);
  }
  record->redirected_from = ahoy_call_record_clean (list->str);
}

/* Before the streams are gone. */
static void
read_sound (AhoyCallRecord *record, AhoySession *session)
{
  AhoyMediaStream *media = ahoy_session_find_media (session, "audio");
  g_autoptr (AhoyMediaStatistics) statistics =
      media != NULL ? ahoy_media_stream_get_statistics (media) : NULL;

  if (statistics == NULL) {
    return;
  }
  record->codec = ahoy_call_record_clean (ahoy_media_stream_get_codec (media));
  record->packets_sent = statistics->packets_sent;
  record->packets_received = statistics->packets_received;
  record->packets_lost = statistics->packets_lost;
  record->jitter = statistics->jitter;
  record->mos = statistics->mos;
}

static void
read_end (AhoyCallRecord *record, AhoySession *session)
{
  g_autofree char *session_id = ahoy_session_dup_session_id (session);

  record->session = ahoy_session_get_id (session);
  record->direction = ahoy_session_get_direction (session);
  record->created_at = ahoy_session_get_created_at (session);
  record->answered_at = ahoy_session_get_answered_at (session);
  record->ended_at = ahoy_session_get_ended_at (session);
  record->status = ahoy_session_get_end_status (session);
  record->reason = ahoy_call_record_clean (ahoy_session_get_end_reason (session));
  record->cause = ahoy_session_get_end_cause (session);
  record->ended_by = ahoy_session_get_ended_by (session);
  record->call_id = ahoy_call_record_clean (ahoy_session_get_call_id (session));
  record->session_id = g_steal_pointer (&session_id);
  record->transferred_by =
      ahoy_call_record_clean (ahoy_session_get_variable (session, "transferred-by"));
  record->account = ahoy_call_record_clean (ahoy_session_get_variable (session, "account-code"));
  record->recording = ahoy_call_record_clean (ahoy_session_get_variable (session, "recording"));
}

/* -- calls that go on ----------------------------------------------------------------------- */

static void
on_member_left (AhoySession *session, Call *call)
{
  if (call->record == NULL) {
    call->record = ahoy_call_record_new ();
    read_sound (call->record, session);
  }
}

static void
on_ended (AhoySession *session, Call *call)
{
  AhoyCallHistory *self = call->history;
  AhoyCallRecord *record;

  g_signal_handlers_disconnect_by_data (session, call);
  if (call->kept && self->enabled && self->archive != NULL) {
    record = call->record != NULL ? g_steal_pointer (&call->record) : ahoy_call_record_new ();
    record->linked_id = g_strdup (call->link->id);
    record->bridge = call->bridge;
    record->application = ahoy_call_record_clean (call->application);
    read_end (record, session);
    read_parties (record, session);
    read_connected (record, session);
    read_redirects (record, session);
    ahoy_call_archive_add (self->archive, record);
    call->link->archived = TRUE;
  }
}

/* As long as somebody knows a session that is over, its linked id is known, and may change. */
static void
on_session_gone (gpointer user_data, GObject *session)
{
  Call *call = user_data;

  call->session = NULL;
  g_hash_table_remove (call->history->calls, session);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  if (call->session != NULL) {
    g_signal_handlers_disconnect_by_data (call->session, call);
    g_object_weak_unref (G_OBJECT (call->session), on_session_gone, call);
  }
  call_leave_link (call);
  g_clear_pointer (&call->record, ahoy_call_record_free);
  g_free (call->application);
  g_free (call);
}

static Call *
find_call (AhoyCallHistory *self, gpointer session)
{
  return g_hash_table_lookup (self->calls, session);
}

static Call *
find_parent (AhoyCallHistory *self, AhoySession *session)
{
  guint64 parent = ahoy_session_get_parent_id (session);
  AhoySession *found = parent != 0 ? ahoy_session_service_lookup (self->sessions, parent) : NULL;

  return found != NULL ? find_call (self, found) : NULL;
}

static void
on_session_added (AhoySessionService *sessions, AhoySession *session, AhoyCallHistory *self)
{
  Call *call;
  Call *parent;

  if (find_call (self, session) != NULL) {
    return;
  }
  call = g_new0 (Call, 1);
  call->history = self;
  call->session = session;
  call->kept = self->enabled && self->archive != NULL;
  parent = find_parent (self, session);
  call_enter_link (call, parent != NULL ? parent->link : link_new (session));
  g_signal_connect (session, "member-left", G_CALLBACK (on_member_left), call);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), call);
  g_object_weak_ref (G_OBJECT (session), on_session_gone, call);
  g_hash_table_insert (self->calls, session, call);
}

static void
on_step_changed (AhoyCallRouter *router, AhoySession *session, const char *step,
                 AhoyCallHistory *self)
{
  Call *call = find_call (self, session);

  if (call != NULL && step != NULL) {
    g_free (call->application);
    call->application = g_strdup (step);
  }
}

static void
on_member_added (AhoyBridge *bridge, AhoyBridgeMember *member, AhoyCallHistory *self)
{
  Call *call = find_call (self, member);
  g_autoptr (GPtrArray) members = call != NULL ? ahoy_bridge_list_members (bridge) : NULL;

  if (call == NULL) {
    return;
  }
  call->bridge = ahoy_bridge_get_id (bridge);
  for (guint i = 0; i < members->len; i++) {
    Call *other = find_call (self, members->pdata[i]);

    if (other != NULL && other != call) {
      merge (self, call, other);
      break; /* the others are together already */
    }
  }
}

/* Who gave the place away, and who rings for it, are part of the call from now on. */
static void
on_call_moved (AhoyCallRouter *router, AhoySession *from, AhoySession *to, AhoyCallHistory *self)
{
  Call *before = find_call (self, from);
  Call *call = find_call (self, to);

  if (before != NULL && call != NULL) {
    merge (self, before, call);
  }
}

static void
on_bridge_added (AhoyCallRouter *router, AhoyBridge *bridge, AhoyCallHistory *self)
{
  g_signal_connect_object (bridge, "member-added", G_CALLBACK (on_member_added), self, 0);
}

/* -- the object ----------------------------------------------------------------------------- */

static void
close_archive (AhoyCallHistory *self)
{
  if (self->archive != NULL) {
    ahoy_call_archive_close (self->archive);
    g_clear_object (&self->archive);
  }
}

static void
ahoy_call_history_dispose (GObject *object)
{
  AhoyCallHistory *self = AHOY_CALL_HISTORY (object);

  if (self->sessions != NULL) {
    g_signal_handlers_disconnect_by_data (self->sessions, self);
    g_signal_handlers_disconnect_by_data (self->router, self);
  }
  g_hash_table_remove_all (self->calls);
  close_archive (self);
  g_clear_object (&self->sessions);
  g_clear_object (&self->router);
  g_clear_object (&self->pool);
  G_OBJECT_CLASS (ahoy_call_history_parent_class)->dispose (object);
}

static void
ahoy_call_history_finalize (GObject *object)
{
  g_hash_table_unref (AHOY_CALL_HISTORY (object)->calls);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_history_parent_class)->finalize (object);
}

static void
ahoy_call_history_class_init (AhoyCallHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_call_history_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_call_history_finalize;

  /**
   * AhoyCallHistory::added:
   * @self: the history
   * @records: (element-type AhoyCallRecord): the records, each with its number
   *
   * Calls that ended are on the disk.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ADDED] =
      g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  /**
   * AhoyCallHistory::linked-id-changed:
   * @self: the history
   * @session: a session that belongs to an older call from now on; it may be over
   *
   * What ahoy_call_history_dup_linked_id() says of a session is something else.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LINKED_ID_CHANGED] =
      g_signal_new ("linked-id-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_SESSION);
}

static void
ahoy_call_history_init (AhoyCallHistory *self)
{
  self->calls = g_hash_table_new_full (NULL, NULL, NULL, call_free);
  self->enabled = TRUE;
  self->keep = DEFAULT_KEEP;
  self->max_records = DEFAULT_RECORDS;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_call_history_new:
 * @router: the router whose calls and bridges are watched
 * @pool: whose threads use the file
 *
 * Returns: (transfer full): a history that keeps nothing before ahoy_call_history_set_file()
 *
 * Since: 0.1
 */
AhoyCallHistory *
ahoy_call_history_new (AhoyCallRouter *router, AhoyWorkPool *pool)
{
  AhoyCallHistory *self;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (router), NULL);
  g_return_val_if_fail (AHOY_IS_WORK_POOL (pool), NULL);

  self = g_object_new (AHOY_TYPE_CALL_HISTORY, NULL);
  self->router = g_object_ref (router);
  self->sessions = g_object_ref (ahoy_call_router_get_sessions (router));
  self->pool = g_object_ref (pool);
  g_signal_connect (self->sessions, "session-added", G_CALLBACK (on_session_added), self);
  g_signal_connect (router, "step-changed", G_CALLBACK (on_step_changed), self);
  g_signal_connect (router, "bridge-added", G_CALLBACK (on_bridge_added), self);
  g_signal_connect (router, "call-moved", G_CALLBACK (on_call_moved), self);
  return self;
}

static void
on_stored (GPtrArray *records, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_ADDED], 0, records);
}

/**
 * ahoy_call_history_set_file:
 * @self: a history
 * @path: (nullable): the path of a database, which is made when it is not there; %NULL to keep
 *   nothing
 *
 * Says where records are kept. The file is opened by a thread when it is first needed: what is
 * wrong with it is logged, and answers to queries say it.
 *
 * Since: 0.1
 */
void
ahoy_call_history_set_file (AhoyCallHistory *self, const char *path)
{
  AhoyScheduler *scheduler;

  g_return_if_fail (AHOY_IS_CALL_HISTORY (self));

  if (self->archive != NULL &&
      g_strcmp0 (path, ahoy_call_archive_get_path (self->archive)) == 0) {
    return;
  }
  close_archive (self);
  if (path != NULL) {
    scheduler = ahoy_stack_get_scheduler (ahoy_session_service_get_stack (self->sessions));
    self->archive = ahoy_call_archive_new (self->pool, scheduler, path, on_stored, self);
    ahoy_call_archive_set_limits (self->archive, self->keep * DAY, self->max_records);
  }
}

/**
 * ahoy_call_history_set_enabled:
 * @self: a history
 * @enabled: whether calls are recorded, which is the default
 *
 * Says whether records are made of calls that begin from now on. Those that are there stay.
 *
 * Since: 0.1
 */
void
ahoy_call_history_set_enabled (AhoyCallHistory *self, gboolean enabled)
{
  g_return_if_fail (AHOY_IS_CALL_HISTORY (self));

  self->enabled = enabled;
}

/**
 * ahoy_call_history_set_limits:
 * @self: a history
 * @keep: how many days records are kept; 0 for ever
 * @max_records: how many records are kept, about; 0 for no limit
 *
 * Says which records go by themselves: by an hour later than they might, and in steps of a
 * thousand.
 *
 * Since: 0.1
 */
void
ahoy_call_history_set_limits (AhoyCallHistory *self, guint keep, guint max_records)
{
  g_return_if_fail (AHOY_IS_CALL_HISTORY (self));

  self->keep = keep;
  self->max_records = max_records;
  if (self->archive != NULL) {
    ahoy_call_archive_set_limits (self->archive, keep * DAY, max_records);
  }
}

/**
 * ahoy_call_history_dup_linked_id:
 * @self: a history
 * @session: a session, also one that is over
 *
 * Says which call to people a session is part of, whether records are kept or not. An older one may
 * take its place when the session is joined with others; AhoyCallHistory::linked-id-changed tells.
 *
 * Returns: (transfer full) (nullable): what it shares with those it belongs to; %NULL for a session
 *   of another router
 *
 * Since: 0.1
 */
char *
ahoy_call_history_dup_linked_id (AhoyCallHistory *self, AhoySession *session)
{
  Call *call;

  g_return_val_if_fail (AHOY_IS_CALL_HISTORY (self), NULL);
  g_return_val_if_fail (AHOY_IS_SESSION (session), NULL);

  call = find_call (self, session);
  return call != NULL ? g_strdup (call->link->id) : NULL;
}

/* The filter of a question that can be asked; NULL: the task has its error. */
static AhoyCallFilter *
read_filter (AhoyCallHistory *self, GVariant *filter, GTask *task)
{
  g_autoptr (GVariant) sunk = filter != NULL ? g_variant_ref_sink (filter) : NULL;
  g_autoptr (AhoyCallFilter) read = NULL;
  GError *error = NULL;

  if (self->archive == NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                             "No history of calls is kept; give the daemon a folder for its state");
    return NULL;
  }
  read = ahoy_call_filter_new (sunk, &error);
  if (read == NULL) {
    g_task_return_error (task, error);
  }
  return g_steal_pointer (&read);
}

/**
 * ahoy_call_history_query_async:
 * @self: a history
 * @filter: (nullable): an `a{sv}`, all of which has to hold: `id` t; `before` t, those that
 *   were stored before the one of this number; `since` t and `until` t, when the call began, in µs
 *   since 1970; `endpoint` s; `number` s, the user part of who called, was
 *   called, or was talked to in the end; `direction` s, `incoming` or `outgoing`; `linked-id` s;
 *   `call-id` s; `session-id` s; `account` s; `missed` b, incoming calls that nobody answered;
 *   and `limit` u, at most 1000, else 100; `offset` u
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the result
 * @user_data: for @callback
 *
 * Reads records. A thread does it.
 *
 * Since: 0.1
 */
void
ahoy_call_history_query_async (AhoyCallHistory *self, GVariant *filter, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AhoyCallFilter *read;

  g_return_if_fail (AHOY_IS_CALL_HISTORY (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_call_history_query_async);
  read = read_filter (self, filter, task);
  if (read != NULL) {
    ahoy_call_archive_query (self->archive, read, task);
  }
}

/**
 * ahoy_call_history_query_finish:
 * @self: a history
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type AhoyCallRecord) (nullable): the records, those
 *   first that ended last; %NULL with %AHOY_ERROR_INVALID_ARGUMENTS for a filter that is not
 *   understood, with %AHOY_ERROR_NOT_SUPPORTED when no history is kept, with
 *   %AHOY_ERROR_LIMIT_EXCEEDED when too many ask at once, or with the error of the database
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_call_history_query_finish (AhoyCallHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_HISTORY (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ahoy_call_history_delete_async:
 * @self: a history
 * @filter: (nullable): which, as for ahoy_call_history_query_async() without `limit` and `offset`;
 *   to delete all there has to be `all` b, which is %TRUE
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the result
 * @user_data: for @callback
 *
 * Deletes records; what they said is overwritten.
 *
 * Since: 0.1
 */
void
ahoy_call_history_delete_async (AhoyCallHistory *self, GVariant *filter, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AhoyCallFilter *read;

  g_return_if_fail (AHOY_IS_CALL_HISTORY (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_call_history_delete_async);
  read = read_filter (self, filter, task);
  if (read == NULL) {
    return;
  }
  if (ahoy_call_filter_is_empty (read) != read->all || read->limit != 0 || read->offset != 0) {
    ahoy_call_filter_free (read);
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                             "Say which calls are to be deleted, or “all”, without a limit");
    return;
  }
  ahoy_call_archive_delete (self->archive, read, task);
}

/**
 * ahoy_call_history_delete_finish:
 * @self: a history
 * @result: the result
 * @error: return location for an error
 *
 * Returns: how many records were deleted; -1 with an error as for ahoy_call_history_query_finish()
 *
 * Since: 0.1
 */
gssize
ahoy_call_history_delete_finish (AhoyCallHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_CALL_HISTORY (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
