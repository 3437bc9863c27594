/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
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
  AhoySessionNumberFunc number_func; /* NULL: numbers are as peers write them */
  gpointer number_data;
  GDestroyNotify number_destroy;
};

enum { SIGNAL_INCOMING, SIGNAL_ASKED, SIGNAL_SESSION_ADDED, SIGNAL_SESSION_REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoySessionService, ahoy_session_service, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

/* What sessions can do inside their dialogs, for Allow; only INVITE and REFER are taken outside,
 * and OPTIONS where a call would be refused. */
static const char *const methods[] = { "INVITE", "ACK",  "CANCEL",  "BYE",    "OPTIONS", "INFO",
                                       "PRACK",  "UPDATE", "MESSAGE", "NOTIFY", "REFER", NULL };

/* RFC 3262, RFC 4028, RFC 4488, RFC 7614, RFC 3891, RFC 4538 */
static const char *const option_tags[] = { "100rel",   "timer",   "norefersub", "nosub",
                                           "replaces", "tdialog", NULL };

/* Whether OPTIONS is about somebody who would be called, and not about us. */
static gboolean
names_somebody (AhoyMessage *request)
{
  g_autofree char *text = ahoy_message_dup_request_uri (request);
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (text, NULL);
  const char *user = uri != NULL ? ahoy_uri_get_user (uri) : NULL;

  return user != NULL && *user != '\0';
}

/* RFC 3261 §11.2: the answer is what an INVITE would get; where nobody refuses it is that of the
 * service which says what we can do. */
static AhoyServiceVerdict
take_options (AhoySessionService *self, AhoyServerTransaction *transaction)
{
  gboolean handled = FALSE;

  if (!names_somebody (ahoy_server_transaction_get_request (transaction))) {
    return AHOY_SERVICE_NOT_MINE;
  }
  g_signal_emit (self, signals[SIGNAL_ASKED], 0, transaction, &handled);
  return ahoy_server_transaction_get_status (transaction) >= 200 ? AHOY_SERVICE_TAKEN
                                                                 : AHOY_SERVICE_NOT_MINE;
}

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
  if (g_str_equal (ahoy_message_get_method (request), "OPTIONS")) {
    return take_options (self, transaction);
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

  ahoy_session_service_set_number_func (self, NULL, NULL, NULL);
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
   * AhoySessionService::asked:
   * @self: the service
   * @transaction: an OPTIONS outside of a call, whose Request-URI has a user
   *
   * Somebody asks what would become of a call (RFC 3261 section 11.2). Whoever handles
   * AhoySessionService::incoming answers here what the INVITE would get, without beginning
   * anything: it refuses @transaction, with ahoy_server_transaction_reject() or
   * ahoy_server_transaction_respond(), or leaves it as it is when the call would be taken, or when
   * nobody can tell. What is left is answered with 200, and with what a call could have.
   *
   * Returns: whether the handler takes care of such calls; no other one is asked then
   *
   * Since: 0.1
   */
  signals[SIGNAL_ASKED] = g_signal_new ("asked", type, G_SIGNAL_RUN_LAST, 0,
                                        g_signal_accumulator_true_handled, NULL, NULL,
                                        G_TYPE_BOOLEAN, 1, AHOY_TYPE_SERVER_TRANSACTION);
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
 * Begins to take INVITE requests, and is asked about OPTIONS before the service named `options`.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when sessions are taken care of already
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_register (AhoySessionService *self, GError **error)
{
  static const char *const before[] = { "options", NULL };

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);

  if (!ahoy_stack_add_service (self->stack, AHOY_SERVICE (self), "session", before, NULL, methods,
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

/**
 * ahoy_session_service_set_number_func:
 * @self: a service
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): is asked how the number
 *   of a peer is written here; %NULL for as the peer writes it
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func is not needed any more
 *
 * Sets who knows how numbers of callers, and of those who answer, are written on this host; see
 * ahoy_session_rewrite_identity(). What was read already stays.
 *
 * Since: 0.1
 */
void
ahoy_session_service_set_number_func (AhoySessionService *self, AhoySessionNumberFunc func,
                                      gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_SESSION_SERVICE (self));

  if (self->number_destroy != NULL) {
    self->number_destroy (self->number_data);
  }
  self->number_func = func;
  self->number_data = user_data;
  self->number_destroy = destroy;
}

/* NULL: as it is. */
char *
ahoy_session_service_rewrite_number (AhoySessionService *self, AhoySession *session,
                                     const char *number)
{
  return self->number_func != NULL ? self->number_func (session, number, self->number_data) : NULL;
}

const char *const *
ahoy_session_service_get_offered_media (AhoySessionService *self)
{
  return (const char *const *) self->offered_media;
}

/* By name. */
GHashTable *
ahoy_session_service_get_info_packages (AhoySessionService *self)
{
  return self->info_packages;
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
