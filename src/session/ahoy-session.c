/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-session-private.h"
#include "ahoy-transfer.h"

/**
 * AhoySession:
 *
 * A call as one of its ends sees it: who calls whom, how far it is, its media, and how it ended.
 *
 * An incoming session comes with #AhoySessionService::incoming, an outgoing one from
 * ahoy_session_service_dial(). The service holds a session until it is over.
 *
 * Since: 0.1
 */
enum {
  PROP_0,
  PROP_ID,
  PROP_DIRECTION,
  PROP_STATE,
  PROP_EARLY_MEDIA,
  PROP_HOLD,
  PROP_REMOTE_URI,
  PROP_REMOTE_NAME,
  PROP_ENDPOINT,
  PROP_CONNECTED_IDENTITY,
  PROP_LOCAL_IDENTITY,
  PROP_SESSION_ID,
  N_PROPS
};

enum {
  SIGNAL_STATE_CHANGED,
  SIGNAL_MEDIA_CHANGED,
  SIGNAL_REQUEST_RECEIVED,
  SIGNAL_EXPIRED,
  SIGNAL_REDIRECTED,
  SIGNAL_ENDED,
  SIGNAL_TRANSFER_REQUESTED,
  SIGNAL_TRANSFER_PROGRESS,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void bridge_member_iface_init (AhoyBridgeMemberInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoySession, ahoy_session, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_BRIDGE_MEMBER,
                                                      bridge_member_iface_init))

static AhoyMediaStream *
ahoy_session_get_member_media (AhoyBridgeMember *member, const char *media_type)
{
  return ahoy_session_find_media (AHOY_SESSION (member), media_type);
}

static char *
ahoy_session_dup_member_label (AhoyBridgeMember *member)
{
  return g_strdup_printf ("session %" G_GUINT64_FORMAT, AHOY_SESSION (member)->id);
}

static void
bridge_member_iface_init (AhoyBridgeMemberInterface *iface)
{
  iface->get_media = ahoy_session_get_member_media;
  iface->dup_label = ahoy_session_dup_member_label;
}

static void
ahoy_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoySession *self = AHOY_SESSION (object);

  switch (id) {
  case PROP_ID:
    g_value_set_uint64 (value, self->id);
    break;
  case PROP_DIRECTION:
    g_value_set_enum (value, (int) self->direction);
    break;
  case PROP_STATE:
    g_value_set_enum (value, (int) self->state);
    break;
  case PROP_EARLY_MEDIA:
    g_value_set_boolean (value, self->early_media);
    break;
  case PROP_HOLD:
    g_value_set_enum (value, (int) ahoy_session_get_hold (self));
    break;
  case PROP_REMOTE_URI:
    g_value_set_string (value, self->remote_uri);
    break;
  case PROP_ENDPOINT:
    g_value_set_object (value, self->endpoint);
    break;
  case PROP_CONNECTED_IDENTITY:
    g_value_set_object (value, ahoy_session_get_connected_identity (self));
    break;
  case PROP_SESSION_ID:
    g_value_take_string (value, ahoy_session_dup_session_id (self));
    break;
  case PROP_LOCAL_IDENTITY:
    g_value_set_object (value, ahoy_session_get_local_identity (self));
    break;
  case PROP_REMOTE_NAME:
    g_value_set_string (value, self->remote_name);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
cancel_timer (AhoySession *self, guint64 *timer)
{
  if (*timer != 0) {
    ahoy_scheduler_cancel (ahoy_stack_get_scheduler (self->stack), *timer);
    *timer = 0;
  }
}

void
ahoy_session_cancel_silence_timer (AhoySession *self)
{
  cancel_timer (self, &self->silence_timer);
}

/* Lets go of everything that could call back. */
static void
release (AhoySession *self)
{
  cancel_timer (self, &self->answer_timer);
  cancel_timer (self, &self->silence_timer);
  cancel_timer (self, &self->cancel_timer);
  cancel_timer (self, &self->auto_answer_timer);
  ahoy_session_drop_identities (self);
  ahoy_session_timers_stop (self);
  ahoy_session_quiet_stop (self);
  if (self->invite_transaction != NULL) {
    ahoy_server_transaction_set_handler (self->invite_transaction, NULL, NULL);
    g_clear_object (&self->invite_transaction);
  }
  g_queue_clear_full (&self->provisionals, g_object_unref);
  for (guint i = 0; i < self->sent->len; i++) {
    ahoy_client_transaction_set_handler (self->sent->pdata[i], NULL, NULL);
  }
  g_ptr_array_set_size (self->sent, 0);
  if (self->branches->len > 0) {
    g_clear_pointer (&self->last_branches, g_variant_unref);
    self->last_branches = ahoy_session_list_branches (self);
  }
  ahoy_session_drop_branches (self);
  if (self->dialog != NULL) {
    ahoy_dialog_set_handler (self->dialog, NULL, NULL);
  }
  ahoy_session_drop_modifications (self);
}

static void
ahoy_session_dispose (GObject *object)
{
  AhoySession *self = AHOY_SESSION (object);

  ahoy_session_drop_pending (self);
  release (self);
  ahoy_session_leave_endpoint (self);
  g_clear_object (&self->endpoint);
  g_clear_object (&self->dialog);
  g_clear_object (&self->last_dialog);
  g_clear_object (&self->replaced);
  G_OBJECT_CLASS (ahoy_session_parent_class)->dispose (object);
}

static void
ahoy_session_finalize (GObject *object)
{
  AhoySession *self = AHOY_SESSION (object);

  ahoy_session_drop_digits (self);
  ahoy_session_free_identities (self);
  g_ptr_array_unref (self->begun);
  g_ptr_array_unref (self->branches);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->diverted);
  g_ptr_array_unref (self->added);
  g_free (self->answer_reason);
  g_free (self->early_tag);
  g_free (self->remote_allow);
  g_free (self->remote_supported);
  g_free (self->remote_recv_info);
  g_free (self->peer_address);
  g_free (self->listener);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_strfreev (self->route);
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->sent);
  g_hash_table_unref (self->variables);
  g_clear_pointer (&self->last_branches, g_variant_unref);
  g_object_unref (self->datastore);
  g_clear_object (&self->invite);
  g_clear_object (&self->refer);
  g_ptr_array_unref (self->transfers);
  g_clear_object (&self->local_sdp);
  g_clear_object (&self->remote_sdp);
  g_clear_object (&self->pending_local);
  g_clear_object (&self->pending_remote);
  g_clear_object (&self->stack);
  g_free (self->call_id);
  g_free (self->from);
  g_free (self->local_uri);
  g_free (self->remote_uri);
  g_free (self->remote_name);
  g_free (self->target);
  g_free (self->end_reason);
  g_free (self->best_reason);
  g_clear_pointer (&self->redirected, g_ptr_array_unref);
  g_free (self->hangup_reason);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_session_parent_class)->finalize (object);
}

static void
install_identities (GParamFlags flags)
{
  /**
   * AhoySession:connected-identity:
   *
   * Who the session is with now, by what a trusted peer tells.
   *
   * Since: 0.1
   */
  props[PROP_CONNECTED_IDENTITY] = g_param_spec_object ("connected-identity", NULL, NULL,
                                                        AHOY_TYPE_IDENTITY, flags);
  /**
   * AhoySession:local-identity:
   *
   * Who the peer is told that it talks with.
   *
   * Since: 0.1
   */
  props[PROP_LOCAL_IDENTITY] = g_param_spec_object ("local-identity", NULL, NULL,
                                                    AHOY_TYPE_IDENTITY, flags);
  /**
   * AhoySession:session-id:
   *
   * The identifier of the whole call (RFC 7989), as ahoy_session_dup_session_id() tells it.
   *
   * Since: 0.1
   */
  props[PROP_SESSION_ID] = g_param_spec_string ("session-id", NULL, NULL, NULL, flags);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * AhoySession:id:
   *
   * A number that no other session of the service has or had.
   *
   * Since: 0.1
   */
  props[PROP_ID] = g_param_spec_uint64 ("id", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * AhoySession:direction:
   *
   * Who began the session.
   *
   * Since: 0.1
   */
  props[PROP_DIRECTION] = g_param_spec_enum ("direction", NULL, NULL, AHOY_TYPE_SESSION_DIRECTION,
                                             AHOY_SESSION_INCOMING, flags);
  /**
   * AhoySession:state:
   *
   * How far the session is.
   *
   * Since: 0.1
   */
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, AHOY_TYPE_SESSION_STATE,
                                         AHOY_SESSION_NEW, flags);
  /**
   * AhoySession:early-media:
   *
   * Whether media was agreed on before the answer.
   *
   * Since: 0.1
   */
  props[PROP_EARLY_MEDIA] = g_param_spec_boolean ("early-media", NULL, NULL, FALSE, flags);
  /**
   * AhoySession:hold:
   *
   * Who holds whom.
   *
   * Since: 0.1
   */
  props[PROP_HOLD] = g_param_spec_enum ("hold", NULL, NULL, AHOY_TYPE_SESSION_HOLD,
                                        AHOY_SESSION_HOLD_NONE, flags);
  /**
   * AhoySession:remote-uri:
   *
   * The peer's address.
   *
   * Since: 0.1
   */
  props[PROP_REMOTE_URI] = g_param_spec_string ("remote-uri", NULL, NULL, NULL, flags);
  /**
   * AhoySession:remote-name:
   *
   * The peer's display name.
   *
   * Since: 0.1
   */
  props[PROP_REMOTE_NAME] = g_param_spec_string ("remote-name", NULL, NULL, NULL, flags);
  /**
   * AhoySession:endpoint:
   *
   * The endpoint that the session is with, %NULL when none was identified or chosen.
   *
   * Since: 0.1
   */
  props[PROP_ENDPOINT] = g_param_spec_object ("endpoint", NULL, NULL, AHOY_TYPE_ENDPOINT, flags);
  install_identities (flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
install_transfer_signals (GType type)
{
  /**
   * AhoySession::transfer-requested:
   * @self: the session
   * @transfer: what the peer wishes
   *
   * The peer wants the call to go on with somebody else (REFER, RFC 3515). A handler that takes
   * care of it returns %TRUE, and accepts or refuses it now or within 20 s; when nobody does, it is
   * refused with 603.
   *
   * Returns: whether the handler takes care of the transfer
   *
   * Since: 0.1
   */
  signals[SIGNAL_TRANSFER_REQUESTED] =
      g_signal_new ("transfer-requested", type, G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                    AHOY_TYPE_TRANSFER);
  /**
   * AhoySession::transfer-progress:
   * @self: the session
   * @status: how the call with the other one goes: 100, 180, 200, 486; or the status with which the
   *   REFER was refused, which ahoy_session_get_transfer_state() tells
   * @reason: what was said with it
   *
   * A transfer of the session went on, whoever asked for it. From 200 on it is over.
   *
   * Since: 0.1
   */
  signals[SIGNAL_TRANSFER_PROGRESS] =
      g_signal_new ("transfer-progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
ahoy_session_class_init (AhoySessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = ahoy_session_get_property;
  object_class->dispose = ahoy_session_dispose;
  object_class->finalize = ahoy_session_finalize;
  install_properties (object_class);
  install_transfer_signals (type);

  /**
   * AhoySession::state-changed:
   * @self: the session
   * @old_state: what it was
   * @new_state: what it is
   * @status: the SIP status that made the change, 0 for none
   * @reason: (nullable): what was said with it
   *
   * The session went on.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STATE_CHANGED] =
      g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                    AHOY_TYPE_SESSION_STATE, AHOY_TYPE_SESSION_STATE, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * AhoySession::media-changed:
   * @self: the session
   *
   * Both sides agreed on something new: streams, directions, codecs.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MEDIA_CHANGED] = g_signal_new ("media-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
  /**
   * AhoySession::request-received:
   * @self: the session
   * @request: an INFO, MESSAGE, NOTIFY or OPTIONS inside the dialog, answered already
   *
   * The peer said something that does not change the session.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REQUEST_RECEIVED] =
      g_signal_new ("request-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, AHOY_TYPE_MESSAGE);
  /**
   * AhoySession::expired:
   * @self: the session
   *
   * The peer was not heard for as long as the session timer allows (RFC 4028), or sent no media for
   * as long as the key `rtp-timeout` or `rtp-hold-timeout` of its endpoint says; the session ends.
   * ahoy_session_get_end_reason() is `Session expired` or `RTP timeout`.
   *
   * Since: 0.1
   */
  signals[SIGNAL_EXPIRED] =
      g_signal_new ("expired", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * AhoySession::redirected:
   * @self: the session, an outgoing one
   * @users: the user parts that the callee named, the best first
   *
   * The callee wants the call elsewhere (3xx), and its endpoint has `redirect=core`: whoever routes
   * calls may call these instead. The session ends.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REDIRECTED] =
      g_signal_new ("redirected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    G_TYPE_STRV);
  /**
   * AhoySession::ended:
   * @self: the session
   *
   * The session is over; nothing follows.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENDED] =
      g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  ahoy_session_install_info_signals (type);
}

static void
ahoy_session_init (AhoySession *self)
{
  self->begun = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_extension_unref);
  self->branches = g_ptr_array_new ();
  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->diverted = g_ptr_array_new_with_free_func (g_free);
  self->added = g_ptr_array_new_with_free_func (g_free);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->requests = g_ptr_array_new_with_free_func (g_object_unref);
  self->transfers = g_ptr_array_new ();
  self->sent = g_ptr_array_new_with_free_func (g_object_unref);
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->datastore = ahoy_datastore_new ();
  g_queue_init (&self->provisionals);
  g_queue_init (&self->pending);
  g_queue_init (&self->modifications);
  g_queue_init (&self->digits);
  ahoy_census_enter (G_OBJECT (self));
}

/* Nobody sees it before ahoy_session_join_service(). */
AhoySession *
ahoy_session_new (AhoySessionService *service, AhoySessionDirection direction)
{
  AhoySession *self = g_object_new (AHOY_TYPE_SESSION, NULL);

  self->stack = g_object_ref (ahoy_session_service_get_stack (service));
  self->direction = direction;
  self->created_at = g_get_real_time ();
  self->max_forwards = -1;
  self->id = ahoy_session_service_take_id (service);
  return self;
}

void
ahoy_session_join_service (AhoySession *self, AhoySessionService *service)
{
  self->service = service;
  ahoy_session_service_add (service, self);
}

/* Never backwards: what comes too late is passed over. */
void
ahoy_session_set_state (AhoySession *self, AhoySessionState state, guint status, const char *reason)
{
  AhoySessionState old = self->state;

  if (state <= old) {
    return;
  }
  self->state = state;
  if (state == AHOY_SESSION_ACTIVE) {
    self->answered_at = g_get_real_time ();
    ahoy_session_quiet_start (self);
  } else if (state == AHOY_SESSION_ENDED) {
    self->ended_at = g_get_real_time ();
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0, old, state, status, reason);
}

void
ahoy_session_set_early_media (AhoySession *self)
{
  if (!self->early_media) {
    self->early_media = TRUE;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EARLY_MEDIA]);
  }
}

/* The first reason stands: what happens on the way out is a consequence. */
void
ahoy_session_set_end (AhoySession *self, AhoySessionParty by, guint status, const char *reason)
{
  if (self->ended_by != AHOY_SESSION_PARTY_NONE) {
    return;
  }
  self->ended_by = by;
  self->end_status = status;
  self->end_reason = g_strdup (reason);
}

/* The session is over: nothing of it is left on the wire. */
void
ahoy_session_end (AhoySession *self)
{
  g_autoptr (AhoySession) hold = g_object_ref (self);
  AhoySessionService *service = g_steal_pointer (&self->service);

  if (service == NULL) {
    return;
  }
  ahoy_session_drop_pending (self);
  ahoy_session_drop_offer (self);
  ahoy_bridge_member_emit_left (AHOY_BRIDGE_MEMBER (self));
  ahoy_session_end_streams (self);
  ahoy_session_end_supplements (self);
  ahoy_session_leave_endpoint (self);
  ahoy_session_set_state (self, AHOY_SESSION_ENDED, self->end_status, self->end_reason);
  release (self);
  ahoy_session_leave_dialog (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
  ahoy_session_service_remove (service, self);
  ahoy_datastore_clear (self->datastore);
}

/* The session must not be; nobody saw it but the supplements that were asked. */
void
ahoy_session_give_up (AhoySession *self, const char *reason)
{
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 403, reason);
  ahoy_session_leave_endpoint (self);
  ahoy_session_set_state (self, AHOY_SESSION_ENDED, self->end_status, self->end_reason);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
  ahoy_datastore_clear (self->datastore);
}

void
ahoy_session_set_remote (AhoySession *self, AhoyMessage *message)
{
  g_free (self->remote_uri);
  self->remote_uri = ahoy_message_dup_from_uri (message);
  g_free (self->remote_name);
  self->remote_name = ahoy_message_dup_from_display (message);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_URI]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_NAME]);
}

void
ahoy_session_media_changed (AhoySession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HOLD]);
  g_signal_emit (self, signals[SIGNAL_MEDIA_CHANGED], 0);
  ahoy_bridge_member_emit_changed (AHOY_BRIDGE_MEMBER (self));
}

void
ahoy_session_emit_expired (AhoySession *self)
{
  g_signal_emit (self, signals[SIGNAL_EXPIRED], 0);
}

void
ahoy_session_emit_request (AhoySession *self, AhoyMessage *request)
{
  g_signal_emit (self, signals[SIGNAL_REQUEST_RECEIVED], 0, request);
}

gboolean
ahoy_session_emit_transfer_requested (AhoySession *self, gpointer transfer)
{
  gboolean taken = FALSE;

  g_signal_emit (self, signals[SIGNAL_TRANSFER_REQUESTED], 0, transfer, &taken);
  return taken;
}

void
ahoy_session_emit_transfer_progress (AhoySession *self, guint status, const char *reason)
{
  g_signal_emit (self, signals[SIGNAL_TRANSFER_PROGRESS], 0, status, reason);
}

void
ahoy_session_emit_redirected (AhoySession *self, char **users)
{
  g_signal_emit (self, signals[SIGNAL_REDIRECTED], 0, users);
}

static void
on_cancel_patience (gpointer user_data)
{
  AhoySession *self = user_data;

  self->cancel_timer = 0;
  ahoy_session_end (self);
}

static void
hang_up_outgoing (AhoySession *self)
{
  guint t1x64;

  self->hanging_up = TRUE;
  ahoy_session_set_state (self, AHOY_SESSION_ENDING, self->end_status, self->end_reason);
  ahoy_session_cancel_branches (self, self->hangup_reason);
  if (self->service == NULL || self->cancel_timer != 0) {
    return;
  }
  /* RFC 3261 §9.1: the INVITE is given up when no final response follows the CANCEL. */
  g_object_get (self->stack, "t1x64", &t1x64, NULL);
  self->cancel_timer = ahoy_scheduler_add (
      ahoy_stack_get_scheduler (self->stack), "no answer to CANCEL",
      (gint64) (t1x64 != 0 ? t1x64 : 32000) * 1000, on_cancel_patience, self, NULL);
}

/**
 * ahoy_session_hangup:
 * @self: a session
 *
 * Ends the session, whatever state it is in: CANCEL, BYE or, for a call that was not answered, 480.
 * Does nothing when it is ending already.
 *
 * Since: 0.1
 */
void
ahoy_session_hangup (AhoySession *self)
{
  g_autoptr (AhoySession) hold = NULL;

  g_return_if_fail (AHOY_IS_SESSION (self));

  hold = g_object_ref (self);
  if (self->state >= AHOY_SESSION_ENDING || self->service == NULL) {
    return;
  }
  if (self->direction == AHOY_SESSION_INCOMING && self->state < AHOY_SESSION_ACTIVE) {
    if (!ahoy_session_reject (self, 480, NULL, NULL)) {
      self->answer_pending = FALSE;
      ahoy_session_reject (self, 480, NULL, NULL);
    }
    return;
  }
  if (self->state < AHOY_SESSION_ACTIVE) {
    ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 487, NULL);
    hang_up_outgoing (self);
    return;
  }
  ahoy_session_set_end (self, AHOY_SESSION_PARTY_LOCAL, 200, NULL);
  /* RFC 3261 §15: the callee says BYE after the ACK only, or when it never comes. */
  if (self->invite_transaction != NULL) {
    self->wants_bye = TRUE;
    ahoy_session_set_state (self, AHOY_SESSION_ENDING, self->end_status, NULL);
    return;
  }
  ahoy_session_send_bye (self);
}

/**
 * ahoy_session_hangup_with_reason:
 * @self: a session
 * @reason: (nullable): a value for the Reason header of the CANCEL or BYE (RFC 3326), such as
 *   `SIP;cause=200;text="Call completed elsewhere"`; %NULL for none
 *
 * Ends the session as ahoy_session_hangup() does, and tells the peer why.
 *
 * Since: 0.1
 */
void
ahoy_session_hangup_with_reason (AhoySession *self, const char *reason)
{
  g_return_if_fail (AHOY_IS_SESSION (self));

  if (self->state < AHOY_SESSION_ENDING && reason != NULL && strpbrk (reason, "\r\n") == NULL) {
    g_free (self->hangup_reason);
    self->hangup_reason = g_strdup (reason);
    if (ahoy_session_find_cause (reason) != AHOY_CAUSE_NONE) {
      self->end_cause = ahoy_session_find_cause (reason);
    }
  }
  ahoy_session_hangup (self);
}

/**
 * ahoy_session_set_variable:
 * @self: a session
 * @name: a name
 * @value: (nullable): a value; %NULL takes the variable away
 *
 * Keeps something with the session.
 *
 * Since: 0.1
 */
void
ahoy_session_set_variable (AhoySession *self, const char *name, const char *value)
{
  g_return_if_fail (AHOY_IS_SESSION (self));
  g_return_if_fail (name != NULL);

  if (value != NULL) {
    g_hash_table_insert (self->variables, g_strdup (name), g_strdup (value));
  } else {
    g_hash_table_remove (self->variables, name);
  }
}

/**
 * ahoy_session_get_variable:
 * @self: a session
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the value; %NULL when there is none
 *
 * Since: 0.1
 */
const char *
ahoy_session_get_variable (AhoySession *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->variables, name);
}

/**
 * ahoy_session_get_datastore:
 * @self: a session
 *
 * What extensions keep with the session. It is emptied when the session is over, after
 * #AhoySession::ended.
 *
 * Returns: (transfer none): the session's store
 *
 * Since: 0.1
 */
AhoyDatastore *
ahoy_session_get_datastore (AhoySession *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION (self), NULL);

  return self->datastore;
}
