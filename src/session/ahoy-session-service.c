/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-session-content-private.h"
#include "ahoy-session-direct-private.h"
#include "ahoy-session-private.h"
#include "ahoy-transfer-private.h"

/**
 * AhoySessionService:
 *
 * Takes INVITE requests and makes sessions of them, and makes outgoing ones. Supplements and SDP
 * handlers are added here.
 *
 * Since: 0.1
 */
struct _AhoySessionService {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyAclRegistry *acls; /* NULL: whoever may call may be seen */
  GHashTable *sessions; /* id → AhoySession */
  guint64 next_id;
  char **offered_media;
  GHashTable *info_packages; /* name → AhoyInfoPackage */
  GPtrArray *content_types; /* “METHOD type”: what is understood besides SDP */
  GPtrArray *transfers; /* AhoyTransfer, of which something is on the wire */
};

enum { SIGNAL_INCOMING, SIGNAL_SESSION_ADDED, SIGNAL_SESSION_REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoySessionService, ahoy_session_service, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

/* What sessions can do inside their dialogs, for Allow; only INVITE and REFER are taken outside. */
static const char *const methods[] = { "INVITE", "ACK",  "CANCEL",  "BYE",    "OPTIONS", "INFO",
                                       "PRACK",  "UPDATE", "MESSAGE", "NOTIFY", "REFER", NULL };

/* RFC 3262, RFC 4028, RFC 4488, RFC 7614, RFC 3891, RFC 4538 */
static const char *const option_tags[] = { "100rel",   "timer",   "norefersub", "nosub",
                                           "replaces", "tdialog", NULL };

static AhoyServiceVerdict
ahoy_session_service_handle_request (AhoyService *service, AhoyServerTransaction *transaction)
{
  AhoySessionService *self = AHOY_SESSION_SERVICE (service);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyContentRefusal refusal = { 0 };
  g_autoptr (AhoySession) session = NULL;

  if (g_str_equal (ahoy_message_get_method (request), "REFER")) {
    ahoy_session_service_take_refer (self, transaction);
    return AHOY_SERVICE_TAKEN;
  }
  if (!g_str_equal (ahoy_message_get_method (request), "INVITE")) {
    return AHOY_SERVICE_NOT_MINE;
  }
  if (!ahoy_content_check (self, request, &refusal)) {
    g_autoptr (AhoyMessage) response = ahoy_content_create_refusal (transaction, &refusal);

    ahoy_server_transaction_respond (transaction, response, NULL);
    return AHOY_SERVICE_TAKEN;
  }
  session = ahoy_session_new (self, AHOY_SESSION_INCOMING);
  ahoy_session_join_service (session, self);
  ahoy_session_receive_invite (session, transaction);
  return AHOY_SERVICE_TAKEN;
}

/* Tells the application of a call that no supplement refused. */
void
ahoy_session_service_announce (AhoySessionService *self, AhoySession *session)
{
  gboolean handled = FALSE;

  g_signal_emit (self, signals[SIGNAL_INCOMING], 0, session, &handled);
  if (!handled && ahoy_session_get_state (session) < AHOY_SESSION_ACTIVE) {
    ahoy_session_reject (session, 404, NULL, NULL);
  }
  ahoy_session_read_offer (session, NULL);
}

static void
service_iface_init (AhoyServiceInterface *iface)
{
  iface->handle_request = ahoy_session_service_handle_request;
}

static void
ahoy_session_service_dispose (GObject *object)
{
  AhoySessionService *self = AHOY_SESSION_SERVICE (object);
  g_autolist (AhoySession) sessions = g_hash_table_get_values (self->sessions);

  g_list_foreach (sessions, (GFunc) (void (*) (void)) g_object_ref, NULL);
  for (GList *at = sessions; at != NULL; at = at->next) {
    ahoy_session_set_end (at->data, AHOY_SESSION_PARTY_LOCAL, 503, "The service stopped");
    ahoy_session_end (at->data);
  }
  while (self->transfers->len > 0) {
    ahoy_transfer_drop (self->transfers->pdata[0]);
  }
  g_clear_object (&self->stack);
  G_OBJECT_CLASS (ahoy_session_service_parent_class)->dispose (object);
}

static void
ahoy_session_service_finalize (GObject *object)
{
  AhoySessionService *self = AHOY_SESSION_SERVICE (object);

  g_clear_object (&self->acls);
  g_hash_table_unref (self->sessions);
  g_ptr_array_unref (self->transfers);
  g_strfreev (self->offered_media);
  g_ptr_array_unref (self->content_types);
  g_hash_table_unref (self->info_packages);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_session_service_parent_class)->finalize (object);
}

static void
ahoy_session_service_class_init (AhoySessionServiceClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ahoy_session_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_session_service_finalize;

  /**
   * AhoySessionService::incoming:
   * @self: the service
   * @session: a call that waits for somebody
   *
   * Somebody calls. A handler that takes care of the session returns %TRUE; when nobody does, the
   * caller gets 404.
   *
   * Returns: whether the handler takes care of the session
   *
   * Since: 0.1
   */
  signals[SIGNAL_INCOMING] = g_signal_new ("incoming", type, G_SIGNAL_RUN_LAST, 0,
                                           g_signal_accumulator_true_handled, NULL, NULL,
                                           G_TYPE_BOOLEAN, 1, AHOY_TYPE_SESSION);
  /**
   * AhoySessionService::session-added:
   * @self: the service
   * @session: a new session
   *
   * There is a new session, incoming or outgoing.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SESSION_ADDED] =
      g_signal_new ("session-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    AHOY_TYPE_SESSION);
  /**
   * AhoySessionService::session-removed:
   * @self: the service
   * @session: a session that is over
   *
   * A session is over, and the service lets go of it.
   *
   * Since: 0.1
   */
  signals[SIGNAL_SESSION_REMOVED] =
      g_signal_new ("session-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, AHOY_TYPE_SESSION);
}

static void
ahoy_session_service_init (AhoySessionService *self)
{
  static const char *const audio[] = { "audio", NULL };

  self->sessions = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_object_unref);
  self->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  self->next_id = 1;
  self->offered_media = g_strdupv ((char **) audio);
  self->content_types = g_ptr_array_new_with_free_func (g_free);
  self->info_packages = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_session_service_new:
 * @stack: the stack that sessions run on
 *
 * Returns: (transfer full): a service that takes nothing before ahoy_session_service_register()
 *
 * Since: 0.1
 */
AhoySessionService *
ahoy_session_service_new (AhoyStack *stack)
{
  AhoySessionService *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);

  self = g_object_new (AHOY_TYPE_SESSION_SERVICE, NULL);
  self->stack = g_object_ref (stack);
  return self;
}

/**
 * ahoy_session_service_register:
 * @self: a service
 * @error: return location for an error
 *
 * Begins to take INVITE requests.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when sessions are taken care of already
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_register (AhoySessionService *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);

  if (!ahoy_stack_add_service (self->stack, AHOY_SERVICE (self), "session", NULL, NULL, methods,
                               error)) {
    return FALSE;
  }
  for (gsize i = 0; option_tags[i] != NULL; i++) {
    ahoy_stack_add_option_tag (self->stack, option_tags[i]);
  }
  return TRUE;
}

/**
 * ahoy_session_service_unregister:
 * @self: a service
 *
 * Takes no more INVITE requests. Sessions that are there go on.
 *
 * Since: 0.1
 */
void
ahoy_session_service_unregister (AhoySessionService *self)
{
  g_return_if_fail (AHOY_IS_SESSION_SERVICE (self));

  ahoy_stack_remove_service (self->stack, AHOY_SERVICE (self));
  for (gsize i = 0; option_tags[i] != NULL; i++) {
    ahoy_stack_remove_option_tag (self->stack, option_tags[i]);
  }
}

/**
 * ahoy_session_service_get_stack:
 * @self: a service
 *
 * Returns: (transfer none): the stack that sessions run on
 *
 * Since: 0.1
 */
AhoyStack *
ahoy_session_service_get_stack (AhoySessionService *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);

  return self->stack;
}

/**
 * ahoy_session_service_list_sessions:
 * @self: a service
 *
 * Returns: (transfer container) (element-type AhoySession): the sessions that are not over
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_session_service_list_sessions (AhoySessionService *self)
{
  GPtrArray *list;
  GHashTableIter iter;
  gpointer session;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session)) {
    g_ptr_array_add (list, g_object_ref (session));
  }
  return list;
}

/**
 * ahoy_session_service_lookup:
 * @self: a service
 * @id: the number of a session
 *
 * Returns: (transfer none) (nullable): the session, %NULL when it is over or never was
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_lookup (AhoySessionService *self, guint64 id)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);

  return g_hash_table_lookup (self->sessions, &id);
}

/**
 * ahoy_session_service_find_by_replaces:
 * @self: a service
 * @replaces: what names a dialog, as its peer sees it (RFC 3891 section 3): the To tag is ours
 *
 * Returns: (transfer none) (nullable): the session that has the dialog; %NULL when none has
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_find_by_replaces (AhoySessionService *self, AhoyReplaces *replaces)
{
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (replaces != NULL, NULL);

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (ahoy_session_has_dialog (value, replaces)) {
      return value;
    }
  }
  return NULL;
}

void
ahoy_session_service_hold_transfer (AhoySessionService *self, gpointer transfer)
{
  g_ptr_array_add (self->transfers, g_object_ref (transfer));
}

void
ahoy_session_service_drop_transfer (AhoySessionService *self, gpointer transfer)
{
  g_ptr_array_remove (self->transfers, transfer);
}

guint64
ahoy_session_service_take_id (AhoySessionService *self)
{
  return self->next_id++;
}

void
ahoy_session_service_add (AhoySessionService *self, AhoySession *session)
{
  g_hash_table_insert (self->sessions, &session->id, g_object_ref (session));
  g_signal_emit (self, signals[SIGNAL_SESSION_ADDED], 0, session);
}

void
ahoy_session_service_remove (AhoySessionService *self, AhoySession *session)
{
  g_autoptr (AhoySession) hold = g_object_ref (session);

  g_hash_table_remove (self->sessions, &session->id);
  g_signal_emit (self, signals[SIGNAL_SESSION_REMOVED], 0, session);
}

AhoyExtensionSnapshot *
ahoy_session_service_get_sdp_handlers (AhoySessionService *self)
{
  return ahoy_extension_registry_snapshot (ahoy_stack_get_extensions (self->stack),
                                           AHOY_TYPE_SDP_HANDLER);
}

AhoyExtensionSnapshot *
ahoy_session_service_get_supplements (AhoySessionService *self)
{
  return ahoy_extension_registry_snapshot (ahoy_stack_get_extensions (self->stack),
                                           AHOY_TYPE_SESSION_SUPPLEMENT);
}

/* Which addresses endpoints may send media to, past this host. */
void
ahoy_session_service_set_acls (AhoySessionService *self, AhoyAclRegistry *acls)
{
  g_set_object (&self->acls, acls);
}

AhoyAclRegistry *
ahoy_session_service_get_acls (AhoySessionService *self)
{
  return self->acls;
}

const char *const *
ahoy_session_service_get_offered_media (AhoySessionService *self)
{
  return (const char *const *) self->offered_media;
}

AhoyInfoPackage *
ahoy_session_service_find_info_package (AhoySessionService *self, const char *name)
{
  return g_hash_table_lookup (self->info_packages, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The value of Recv-Info: all packages by name; empty when there is none. */
char *
ahoy_session_service_dup_recv_info (AhoySessionService *self)
{
  guint n_names;
  g_autofree char **names =
      (char **) g_hash_table_get_keys_as_array (self->info_packages, &n_names);

  qsort (names, n_names, sizeof *names, compare_names);
  return g_strjoinv (", ", names);
}

/**
 * ahoy_session_service_add_info_package:
 * @self: a service
 * @package: a package
 * @error: return location for an error
 *
 * Takes INFO requests of a package (RFC 6086). From now on Recv-Info names it; sessions that are
 * there already tell their peers when they are refreshed.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when there is one of that name
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_info_package (AhoySessionService *self, AhoyInfoPackage *package,
                                       GError **error)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_INFO_PACKAGE (package), FALSE);

  name = ahoy_info_package_get_name (package);
  if (g_hash_table_contains (self->info_packages, name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "There is an INFO package “%s” already; remove it first", name);
    return FALSE;
  }
  g_hash_table_insert (self->info_packages, (gpointer) name, g_object_ref (package));
  return TRUE;
}

/**
 * ahoy_session_service_remove_info_package:
 * @self: a service
 * @package: a package that was added
 *
 * Takes no more INFO requests of the package: they get 469.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_info_package (AhoySessionService *self, AhoyInfoPackage *package)
{
  const char *name;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_INFO_PACKAGE (package), FALSE);

  name = ahoy_info_package_get_name (package);
  return g_hash_table_lookup (self->info_packages, name) == package &&
         g_hash_table_remove (self->info_packages, name);
}

GPtrArray *
ahoy_session_service_get_content_types (AhoySessionService *self)
{
  return self->content_types;
}

/**
 * ahoy_session_service_set_offered_media:
 * @self: a service
 * @media_types: (array zero-terminated=1): media types, one for each stream; a type may stand more
 *   than once
 *
 * Says which streams an offer of ours has. At first that is one of `audio`.
 *
 * Since: 0.1
 */
void
ahoy_session_service_set_offered_media (AhoySessionService *self, const char *const *media_types)
{
  g_return_if_fail (AHOY_IS_SESSION_SERVICE (self));
  g_return_if_fail (media_types != NULL);

  g_strfreev (self->offered_media);
  self->offered_media = g_strdupv ((char **) media_types);
}

static void
on_no_answer (gpointer user_data)
{
  AhoySession *session = user_data;

  session->answer_timer = 0;
  if (session->state < AHOY_SESSION_ACTIVE) {
    ahoy_session_set_end (session, AHOY_SESSION_PARTY_LOCAL, 408, "No answer in time");
    ahoy_session_hangup (session);
  }
}

/* Timer B of RFC 3261 §17.1.1.2, where it is to be shorter than 64 times T1. */
static void
on_silence (gpointer user_data)
{
  AhoySession *session = user_data;

  session->silence_timer = 0;
  ahoy_session_set_end (session, AHOY_SESSION_PARTY_NETWORK, 408, "Nobody answers");
  ahoy_session_end (session);
}

static void
add_timers (AhoySession *session, GVariant *options)
{
  AhoyScheduler *scheduler = ahoy_stack_get_scheduler (session->stack);
  guint timeout = 0;
  guint patience = 0;

  if (g_variant_lookup (options, "timeout", "u", &timeout) && timeout > 0) {
    session->answer_timer =
        ahoy_scheduler_add (scheduler, "dial timeout", (gint64) timeout * G_USEC_PER_SEC,
                            on_no_answer, session, NULL);
  }
  if (g_variant_lookup (options, "patience", "u", &patience) && patience > 0) {
    session->silence_timer = ahoy_scheduler_add (scheduler, "timer B", (gint64) patience * 1000,
                                                 on_silence, session, NULL);
  }
}

static void
apply_options (AhoySession *session, GVariant *options)
{
  g_autoptr (GVariantIter) headers = NULL;
  g_autoptr (GVariantIter) variables = NULL;
  const char *name;
  const char *value;
  guint hops;

  if (options == NULL) {
    return;
  }
  if (g_variant_lookup (options, "max-forwards", "u", &hops)) {
    session->max_forwards = (int) MIN (hops, 255);
  }
  g_variant_lookup (options, "parent", "t", &session->parent_id);
  g_variant_lookup (options, "late-offer", "b", &session->late_offer);
  if (g_variant_lookup (options, "headers", "a(ss)", &headers)) {
    while (g_variant_iter_next (headers, "(&s&s)", &name, &value)) {
      g_ptr_array_add (session->headers, g_strdup (name));
      g_ptr_array_add (session->headers, g_strdup (value));
    }
  }
  if (g_variant_lookup (options, "variables", "a{ss}", &variables)) {
    while (g_variant_iter_next (variables, "{&s&s}", &name, &value)) {
      ahoy_session_set_variable (session, name, value);
    }
  }
  g_variant_lookup (options, "transport", "s", &session->listener);
  ahoy_session_read_identity (session, options);
  ahoy_session_read_session_id (session, options);
  g_variant_lookup (options, "route", "^as", &session->route);
}

static AhoySession *
dial (AhoySessionService *self, AhoyEndpoint *endpoint, GPtrArray *contacts, const char *from,
      const char *target, GVariant *options, GError **error)
{
  g_autoptr (AhoySession) session = NULL;
  g_autoptr (AhoyMessage) probe = NULL;
  g_autoptr (GError) veto = NULL;

  /* The same checks that the INVITE will pass, before anybody sees a session. */
  probe = ahoy_stack_create_request (self->stack, "INVITE", target, from, NULL, error);
  if (probe == NULL) {
    return NULL;
  }
  session = ahoy_session_new (self, AHOY_SESSION_OUTGOING);
  ahoy_session_set_endpoint (session, endpoint);
  session->target = g_strdup (target);
  session->contacts = contacts != NULL ? g_ptr_array_ref (contacts) : NULL;
  session->from = g_strdup (from);
  session->local_uri = ahoy_message_dup_from_uri (probe);
  session->remote_uri = g_strdup (target);
  apply_options (session, options);
  if (!ahoy_session_ask_to_create (session, self, &veto)) {
    ahoy_session_give_up (session, veto->message);
    g_propagate_error (error, g_steal_pointer (&veto));
    return NULL;
  }
  ahoy_session_join_service (session, self);
  if (options != NULL) {
    add_timers (session, options);
  }
  ahoy_session_call (session);
  return g_steal_pointer (&session);
}

/**
 * ahoy_session_service_dial:
 * @self: a service
 * @from: a URI or name-addr: who calls
 * @target: a URI: who is called
 * @options: (nullable): a dictionary `a{sv}`: `timeout` u, seconds without an answer until the call
 *   is given up; `patience` u, milliseconds without any response until it is given up, where that
 *   is to be shorter than timer B; `headers` a(ss), what to add to the INVITE; `late-offer` b,
 *   leave the offer to the callee; `variables` a{ss}; `transport` s, the name of the transport to
 *   leave by; `route` as, URIs of the proxies to pass first (RFC 3261 section 8.1.2);
 *   `max-forwards` u, how many hops the INVITE may go; `identity` a{sv}, who the callee is told
 *   that calls where the endpoint's key `send-identity` says how, as of ahoy_identity_to_variant();
 *   `session-id` s, the UUID of who calls (RFC 7989), 32 hexadecimal digits; `parent` t, the number
 *   of the session on whose behalf the call is made
 * @error: return location for an error
 *
 * Calls somebody. The session is held by the service until it is over; what happens is told by its
 * signals. When the INVITE cannot be sent the session is over at once.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial (AhoySessionService *self, const char *from, const char *target,
                           GVariant *options, GError **error)
{
  return ahoy_session_service_dial_as (self, NULL, from, target, options, error);
}

/**
 * ahoy_session_service_dial_as:
 * @self: a service
 * @endpoint: (nullable): the endpoint that the session belongs to
 * @from: a URI or name-addr: who calls
 * @target: a URI: who is called
 * @options: (nullable): as for ahoy_session_service_dial()
 * @error: return location for an error
 *
 * Calls somebody, as ahoy_session_service_dial() does, for an endpoint.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial_as (AhoySessionService *self, AhoyEndpoint *endpoint, const char *from,
                              const char *target, GVariant *options, GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (from != NULL && target != NULL, NULL);

  return dial (self, endpoint, NULL, from, target, options, error);
}

/**
 * ahoy_session_service_dial_contact:
 * @self: a service
 * @endpoint: (nullable): the endpoint that the session belongs to
 * @contact: who is called
 * @from: a URI or name-addr: who calls
 * @options: (nullable): as for ahoy_session_service_dial()
 * @error: return location for an error
 *
 * Calls somebody where he is registered, or where the configuration says that he is. The whole call
 * goes the way that ahoy_contact_route_request() chooses.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial_contact (AhoySessionService *self, AhoyEndpoint *endpoint,
                                   AhoyContact *contact, const char *from, GVariant *options,
                                   GError **error)
{
  g_autoptr (GPtrArray) contacts = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (contact != NULL && from != NULL, NULL);

  contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  g_ptr_array_add (contacts, ahoy_contact_ref (contact));
  return dial (self, endpoint, contacts, from, ahoy_contact_get_uri (contact), options, error);
}

/**
 * ahoy_session_service_dial_contacts:
 * @self: a service
 * @endpoint: (nullable): the endpoint that the session belongs to
 * @contacts: (element-type AhoyContact): where to call it, at most 16 of them
 * @from: a URI or name-addr: who calls
 * @target: a URI: who is called
 * @options: (nullable): as for ahoy_session_service_dial()
 * @error: return location for an error
 *
 * Calls somebody at all places where he is, with a branch of one session to each: the first to
 * answer has the call, and the others are cancelled (RFC 3261 section 16.7). Without any contact
 * the session is over at once, with the status 480.
 *
 * Returns: (transfer full): a new session, or %NULL with %AHOY_ERROR_INVALID_ARGUMENTS when an
 *   address cannot be used, or with what a supplement says that forbids the call in its
 *   `session_create`
 *
 * Since: 0.1
 */
AhoySession *
ahoy_session_service_dial_contacts (AhoySessionService *self, AhoyEndpoint *endpoint,
                                    GPtrArray *contacts, const char *from, const char *target,
                                    GVariant *options, GError **error)
{
  g_autoptr (GPtrArray) copy = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);
  g_return_val_if_fail (contacts != NULL && from != NULL && target != NULL, NULL);

  copy = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  for (guint i = 0; i < contacts->len; i++) {
    g_ptr_array_add (copy, ahoy_contact_ref (contacts->pdata[i]));
  }
  return dial (self, endpoint, copy, from, target, options, error);
}

/**
 * ahoy_session_service_add_supplement:
 * @self: a service
 * @supplement: what looks at the messages of sessions
 * @name: a name, not used yet
 * @before: (nullable) (array zero-terminated=1): names of supplements that look later
 * @after: (nullable) (array zero-terminated=1): names of supplements that look first
 * @methods: (nullable) (array zero-terminated=1): the methods it wants to see; %NULL for all
 * @error: return location for an error
 *
 * Adds a supplement, at any time. It sees the sessions that begin from now on, and nothing of those
 * that are there already.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_supplement (AhoySessionService *self, AhoySessionSupplement *supplement,
                                     const char *name, const char *const *before,
                                     const char *const *after, const char *const *wanted,
                                     GError **error)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION_SUPPLEMENT (supplement), FALSE);

  return ahoy_extension_registry_add (ahoy_stack_get_extensions (self->stack),
                                      AHOY_TYPE_SESSION_SUPPLEMENT, G_OBJECT (supplement), name,
                                      before, after, wanted, error);
}

/**
 * ahoy_session_service_remove_supplement:
 * @self: a service
 * @supplement: a supplement that was added
 *
 * Removes a supplement, at any time. Sessions that began with it show it all their messages and end
 * with it; then the last reference is dropped. New sessions do not see it.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_supplement (AhoySessionService *self,
                                        AhoySessionSupplement *supplement)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION_SUPPLEMENT (supplement), FALSE);

  return ahoy_extension_registry_remove (ahoy_stack_get_extensions (self->stack),
                                         AHOY_TYPE_SESSION_SUPPLEMENT, G_OBJECT (supplement));
}

/**
 * ahoy_session_service_add_sdp_handler:
 * @self: a service
 * @handler: what takes care of streams
 * @name: a name, not used yet
 * @media_type: the media type, such as `audio`
 * @before: (nullable) (array zero-terminated=1): names of handlers that are asked later
 * @after: (nullable) (array zero-terminated=1): names of handlers that are asked first
 * @error: return location for an error
 *
 * Adds an SDP handler for a media type.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_add_sdp_handler (AhoySessionService *self, AhoySdpHandler *handler,
                                      const char *name, const char *media_type,
                                      const char *const *before, const char *const *after,
                                      GError **error)
{
  const char *types[] = { media_type, NULL };

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (handler), FALSE);
  g_return_val_if_fail (media_type != NULL, FALSE);

  return ahoy_extension_registry_add (ahoy_stack_get_extensions (self->stack),
                                      AHOY_TYPE_SDP_HANDLER, G_OBJECT (handler), name, before,
                                      after, types, error);
}

/**
 * ahoy_session_service_remove_sdp_handler:
 * @self: a service
 * @handler: a handler that was added
 *
 * Removes an SDP handler. Streams that it took stay its own.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_remove_sdp_handler (AhoySessionService *self, AhoySdpHandler *handler)
{
  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_HANDLER (handler), FALSE);

  return ahoy_extension_registry_remove (ahoy_stack_get_extensions (self->stack),
                                         AHOY_TYPE_SDP_HANDLER, G_OBJECT (handler));
}
