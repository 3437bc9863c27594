/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session.h"

#include "ahoy-bus-bridges.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"
#include "ahoy-bus-session-methods.h"
#include "ahoy-bus-stream.h"

/* A session on the bus. */
G_DEFINE_FINAL_TYPE (AhoyBusSession, ahoy_bus_session, G_TYPE_OBJECT)

static const AhoyBusInterface interface;

#define SESSION(target) (((AhoyBusSession *) (target))->session)

static GVariant *
string_or_empty (const char *text)
{
  return g_variant_new_string (text != NULL ? text : "");
}

static GVariant *
get_id (gpointer target)
{
  return g_variant_new_printf ("%" G_GUINT64_FORMAT, ahoy_session_get_id (SESSION (target)));
}

static GVariant *
get_direction (gpointer target)
{
  return g_variant_new_string (
      ahoy_session_direction_to_string (ahoy_session_get_direction (SESSION (target))));
}

static GVariant *
get_state (gpointer target)
{
  return g_variant_new_string (
      ahoy_session_state_to_string (ahoy_session_get_state (SESSION (target))));
}

static GVariant *
get_early_media (gpointer target)
{
  return g_variant_new_boolean (ahoy_session_has_early_media (SESSION (target)));
}

static GVariant *
get_endpoint (gpointer target)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (SESSION (target));
  g_autofree char *path = NULL;

  if (endpoint == NULL) {
    return g_variant_new_object_path ("/");
  }
  path = ahoy_bus_make_path ("endpoint", ahoy_endpoint_get_name (endpoint));
  return g_variant_new_object_path (path);
}

static GVariant *
get_target (gpointer target)
{
  return string_or_empty (ahoy_session_get_target (SESSION (target)));
}

static GVariant *
get_local_uri (gpointer target)
{
  return string_or_empty (ahoy_session_get_local_uri (SESSION (target)));
}

static GVariant *
get_remote_uri (gpointer target)
{
  return string_or_empty (ahoy_session_get_remote_uri (SESSION (target)));
}

static GVariant *
get_remote_name (gpointer target)
{
  return string_or_empty (ahoy_session_get_remote_name (SESSION (target)));
}

static GVariant *
get_call_id (gpointer target)
{
  return string_or_empty (ahoy_session_get_call_id (SESSION (target)));
}

static GVariant *
get_account_code (gpointer target)
{
  return string_or_empty (ahoy_session_get_variable (SESSION (target), "account-code"));
}

static GVariant *
get_tenant (gpointer target)
{
  return string_or_empty (ahoy_session_get_variable (SESSION (target), "tenant"));
}

static GVariant *
get_language (gpointer target)
{
  return string_or_empty (ahoy_session_get_variable (SESSION (target), "language"));
}

static GVariant *
get_branches (gpointer target)
{
  return ahoy_session_list_branches (SESSION (target));
}

static GVariant *
get_hold (gpointer target)
{
  return g_variant_new_string (
      ahoy_session_hold_to_string (ahoy_session_get_hold (SESSION (target))));
}

static GVariant *
get_muted (gpointer target)
{
  return g_variant_new_boolean (((AhoyBusSession *) target)->muted);
}

static GVariant *
get_volume_sent (gpointer target)
{
  return g_variant_new_double (((AhoyBusSession *) target)->volume[AHOY_MEDIA_SOUND_SENT]);
}

static GVariant *
get_volume_received (gpointer target)
{
  return g_variant_new_double (((AhoyBusSession *) target)->volume[AHOY_MEDIA_SOUND_RECEIVED]);
}

static GVariant *
get_recording (gpointer target)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (AHOY_TYPE_MEDIA_RECORDING_STATE);
  AhoyMediaRecordingState state = ((AhoyBusSession *) target)->recorded;

  return g_variant_new_string (g_enum_get_value (states, (int) state)->value_nick);
}

static GVariant *
get_application (gpointer target)
{
  AhoyBusSession *self = target;

  return string_or_empty (
      ahoy_call_router_get_step_name (ahoy_core_get_router (self->core), self->session));
}

static GVariant *
get_bridge (gpointer target)
{
  AhoyBridge *bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (SESSION (target)));
  g_autofree char *path = bridge != NULL ? ahoy_bus_bridges_make_path (bridge) : g_strdup ("/");

  return g_variant_new_object_path (path);
}

static GVariant *
get_linked_id (gpointer target)
{
  AhoyBusSession *self = target;
  g_autofree char *id =
      ahoy_call_history_dup_linked_id (ahoy_core_get_history (self->core), self->session);

  return string_or_empty (id);
}

static GVariant *
get_created_at (gpointer target)
{
  return g_variant_new_uint64 ((guint64) ahoy_session_get_created_at (SESSION (target)));
}

static GVariant *
get_answered_at (gpointer target)
{
  return g_variant_new_uint64 ((guint64) ahoy_session_get_answered_at (SESSION (target)));
}

static GVariant *
get_ended_at (gpointer target)
{
  return g_variant_new_uint64 ((guint64) ahoy_session_get_ended_at (SESSION (target)));
}

static GVariant *
get_end_status (gpointer target)
{
  return g_variant_new_uint16 ((guint16) ahoy_session_get_end_status (SESSION (target)));
}

static GVariant *
get_end_cause (gpointer target)
{
  return g_variant_new_uint32 (ahoy_session_get_end_cause (SESSION (target)));
}

static GVariant *
get_end_reason (gpointer target)
{
  return string_or_empty (ahoy_session_get_end_reason (SESSION (target)));
}

static GVariant *
get_ended_by (gpointer target)
{
  return g_variant_new_string (
      ahoy_session_party_to_string (ahoy_session_get_ended_by (SESSION (target))));
}

static const AhoyBusProperty properties[] = {
  { "Id", get_id },
  { "Direction", get_direction },
  { "State", get_state },
  { "EarlyMedia", get_early_media },
  { "Endpoint", get_endpoint },
  { "Target", get_target },
  { "LocalUri", get_local_uri },
  { "RemoteUri", get_remote_uri },
  { "RemoteName", get_remote_name },
  { "CallId", get_call_id },
  { "Branches", get_branches },
  { "Hold", get_hold },
  { "Muted", get_muted },
  { "VolumeSent", get_volume_sent },
  { "VolumeReceived", get_volume_received },
  { "Recording", get_recording },
  { "Application", get_application },
  { "Bridge", get_bridge },
  { "CreatedAt", get_created_at },
  { "AnsweredAt", get_answered_at },
  { "EndedAt", get_ended_at },
  { "EndStatus", get_end_status },
  { "EndCause", get_end_cause },
  { "EndReason", get_end_reason },
  { "EndedBy", get_ended_by },
  { "AccountCode", get_account_code },
  { "Tenant", get_tenant },
  { "Language", get_language },
  { "RemoteIdentity", ahoy_bus_session_get_remote_identity },
  { "ConnectedIdentity", ahoy_bus_session_get_connected_identity },
  { "DisplayNumber", ahoy_bus_session_get_display_number },
  { "LocalIdentity", ahoy_bus_session_get_local_identity },
  { "SessionId", ahoy_bus_session_get_session_id },
  { "TransferState", ahoy_bus_session_get_transfer_state },
  { "TransferHeaders", ahoy_bus_session_get_transfer_headers },
  { "Redirects", ahoy_bus_session_get_redirects },
  { "LinkedId", get_linked_id },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_session_interface, properties,
                                            ahoy_bus_session_methods };

const AhoyBusInterface *
ahoy_bus_session_get_interface (void)
{
  return &interface;
}

/* The session at @path, also one that is over and still visible; NULL with an error. */
AhoySession *
ahoy_bus_session_look_up (AhoyBusHub *hub, const char *path, GError **error)
{
  AhoyBusObject *object = ahoy_bus_hub_lookup (hub, path);
  AhoyBusFacet *facet =
      object != NULL ? ahoy_bus_object_find (object, interface.info->name) : NULL;

  if (facet == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "There is no session %s", path);
    return NULL;
  }
  return ((AhoyBusSession *) facet->target)->session;
}

static void
clear_wait (gpointer data)
{
  g_clear_pointer (&((AhoyBusWait *) data)->pending, ahoy_bus_pending_unref);
}

static void
unwatch (gpointer source, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (source, user_data);
}

/* Nothing is heard of the session any more. */
static void
unwatch_all (AhoyBusSession *self)
{
  if (self->session != NULL) {
    unwatch (self->session, self);
  }
  g_slist_foreach (self->watched, unwatch, self);
  g_slist_free_full (g_steal_pointer (&self->watched), g_object_unref);
}

static void
ahoy_bus_session_dispose (GObject *object)
{
  AhoyBusSession *self = AHOY_BUS_SESSION (object);

  unwatch_all (self);
  ahoy_bus_recording_clear (self->recording);
  g_array_set_size (self->waits, 0);
  g_ptr_array_set_size (self->streams, 0);
  g_clear_object (&self->object);
  g_clear_object (&self->session);
  g_clear_object (&self->core);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_session_parent_class)->dispose (object);
}

static void
ahoy_bus_session_finalize (GObject *object)
{
  AhoyBusSession *self = AHOY_BUS_SESSION (object);

  g_array_unref (self->waits);
  ahoy_bus_recording_free (self->recording);
  g_ptr_array_unref (self->streams);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_bus_session_parent_class)->finalize (object);
}

static void
ahoy_bus_session_class_init (AhoyBusSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_bus_session_finalize;
}

static void
ahoy_bus_session_init (AhoyBusSession *self)
{
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->recording = ahoy_bus_recording_new ();
  self->volume[AHOY_MEDIA_SOUND_SENT] = self->volume[AHOY_MEDIA_SOUND_RECEIVED] = 1;
  self->waits = g_array_new (FALSE, TRUE, sizeof (AhoyBusWait));
  g_array_set_clear_func (self->waits, clear_wait);
  ahoy_census_enter (G_OBJECT (self));
}

void
ahoy_bus_session_changed (AhoyBusSession *self, guint property)
{
  ahoy_bus_object_changed (self->object, &interface, property);
}

static const char *
reason_or_empty (const char *reason)
{
  return reason != NULL ? reason : "";
}

/* Returns: (transfer floating): `(sqs)`: state, and status and reason of the last answer to the
 * INVITE, or of the end */
GVariant *
ahoy_bus_session_describe_state (AhoyBusSession *self)
{
  AhoySessionState state = ahoy_session_get_state (self->session);
  gboolean over = state >= AHOY_SESSION_ENDING;
  guint status = over ? ahoy_session_get_end_status (self->session)
                      : ahoy_session_get_answer_status (self->session);

  return g_variant_new ("(sqs)", ahoy_session_state_to_string (state), (guint16) status,
                        reason_or_empty (over ? ahoy_session_get_end_reason (self->session)
                                              : ahoy_session_get_answer_reason (self->session)));
}

static void
answer_waits (AhoyBusSession *self)
{
  for (guint i = self->waits->len; i > 0; i--) {
    AhoyBusWait *wait = &g_array_index (self->waits, AhoyBusWait, i - 1);

    if (wait->state <= ahoy_session_get_state (self->session)) {
      ahoy_bus_pending_return (wait->pending, ahoy_bus_session_describe_state (self));
    }
    if (ahoy_bus_pending_is_over (wait->pending)) {
      g_array_remove_index_fast (self->waits, i - 1);
    }
  }
}

static void
on_state_changed (AhoySession *session, AhoySessionState old, AhoySessionState new, guint status,
                  const char *reason, gpointer user_data)
{
  AhoyBusSession *self = user_data;

  ahoy_bus_session_changed (self, AHOY_BUS_SESSION_STATE);
  if (new == AHOY_SESSION_ACTIVE) {
    ahoy_bus_session_changed (self, AHOY_BUS_SESSION_ANSWERED_AT);
  }
  if (new >= AHOY_SESSION_ENDING) {
    for (guint i = AHOY_BUS_SESSION_END_STATUS; i <= AHOY_BUS_SESSION_ENDED_BY; i++) {
      ahoy_bus_session_changed (self, i);
    }
  }
  if (new == AHOY_SESSION_ENDED) {
    ahoy_bus_session_changed (self, AHOY_BUS_SESSION_ENDED_AT);
  }
  ahoy_bus_object_emit (self->object, &interface, "StateChanged",
                        g_variant_new ("(ssqs)", ahoy_session_state_to_string (old),
                                       ahoy_session_state_to_string (new), (guint16) status,
                                       reason != NULL ? reason : ""));
  answer_waits (self);
}

static void
on_notify (AhoySession *session, GParamSpec *pspec, gpointer user_data)
{
  static const struct {
    const char *name;
    guint property;
  } known[] = {
    { "early-media", AHOY_BUS_SESSION_EARLY_MEDIA },
    { "endpoint", AHOY_BUS_SESSION_ENDPOINT },
    { "endpoint", AHOY_BUS_SESSION_DISPLAY_NUMBER },
    { "hold", AHOY_BUS_SESSION_HOLD },
    { "remote-uri", AHOY_BUS_SESSION_REMOTE_URI },
    { "remote-name", AHOY_BUS_SESSION_REMOTE_NAME },
    { "connected-identity", AHOY_BUS_SESSION_CONNECTED_IDENTITY },
    { "connected-identity", AHOY_BUS_SESSION_DISPLAY_NUMBER },
    { "local-identity", AHOY_BUS_SESSION_LOCAL_IDENTITY },
    { "session-id", AHOY_BUS_SESSION_SESSION_ID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (pspec->name, known[i].name)) {
      ahoy_bus_session_changed (user_data, known[i].property);
    }
  }
}

static void
on_dtmf_received (AhoyMediaStream *media, const char *digit, guint duration_ms,
                  gpointer user_data)
{
  AhoyBusSession *self = user_data;

  ahoy_bus_object_emit (self->object, &interface, "DtmfReceived",
                        g_variant_new ("(su)", digit, duration_ms));
}

static void
on_playing_ended (AhoyMediaStream *media, gboolean complete, gpointer user_data)
{
  AhoyBusSession *self = user_data;

  ahoy_bus_object_emit (self->object, &interface, "PlayingEnded",
                        g_variant_new ("(b)", complete));
}

/* It may come after the end of the call: the file is made whole then. */
static void
on_recording_ended (AhoyMediaStream *media, const char *path, const GError *error,
                    gpointer user_data)
{
  AhoyBusSession *self = user_data;
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GError) shown = NULL;

  if (self->object == NULL) {
    return;
  }
  shown = error != NULL ? ahoy_bus_error_normalise (g_error_copy (error)) : NULL;
  ahoy_bus_object_emit (self->object, &interface, "RecordingEnded",
                        g_variant_new ("(ss)", name, shown != NULL ? shown->message : ""));
  ahoy_bus_recording_end (self->recording, path, shown);
}

static void
on_stream_changed (AhoyMediaStream *media, gpointer user_data)
{
  AhoyBusSession *self = user_data;
  AhoyMediaRecordingState now = ahoy_media_stream_get_recording (media);

  if (media == ahoy_session_find_media (self->session, "audio") && self->recorded != now) {
    self->recorded = now;
    ahoy_bus_session_changed (self, AHOY_BUS_SESSION_RECORDING);
  }
}

static void
on_media (AhoySessionStream *stream, GParamSpec *pspec, gpointer user_data)
{
  AhoyBusSession *self = user_data;
  AhoyMediaStream *media = ahoy_session_stream_get_media (stream);

  if (media == NULL ||
      g_signal_handler_find (media, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                             on_dtmf_received, self) != 0) {
    return;
  }
  g_signal_connect (media, "dtmf-received", G_CALLBACK (on_dtmf_received), self);
  g_signal_connect (media, "playing-ended", G_CALLBACK (on_playing_ended), self);
  g_signal_connect (media, "recording-ended", G_CALLBACK (on_recording_ended), self);
  g_signal_connect (media, "changed", G_CALLBACK (on_stream_changed), self);
  self->watched = g_slist_prepend (self->watched, g_object_ref (media));
  if (self->muted) {
    ahoy_media_stream_set_muted (media, TRUE);
  }
  for (guint i = 0; i < G_N_ELEMENTS (self->volume); i++) {
    if (self->volume[i] != 1) {
      ahoy_media_stream_set_volume (media, (AhoyMediaSound) i, self->volume[i], NULL);
    }
  }
}

static void
on_keyframe_requested (AhoySessionStream *stream, gpointer user_data)
{
  AhoyBusSession *self = user_data;

  ahoy_bus_object_emit (self->object, &interface, "KeyframeRequested",
                        g_variant_new ("(u)", ahoy_session_stream_get_index (stream)));
}

static void
add_stream (AhoyBusSession *self, AhoySessionStream *stream)
{
  const char *path = ahoy_bus_object_get_path (self->object);

  g_ptr_array_add (self->streams, ahoy_bus_stream_new (self->hub, path, stream));
  g_signal_connect (stream, "notify::media", G_CALLBACK (on_media), self);
  g_signal_connect (stream, "keyframe-requested", G_CALLBACK (on_keyframe_requested), self);
  self->watched = g_slist_prepend (self->watched, g_object_ref (stream));
  on_media (stream, NULL, self);
}

static void
on_media_changed (AhoySession *session, gpointer user_data)
{
  AhoyBusSession *self = user_data;
  GPtrArray *streams = ahoy_session_get_streams (session);

  for (guint i = 0; i < self->streams->len; i++) {
    ahoy_bus_stream_changed (self->streams->pdata[i]);
  }
  for (guint i = self->streams->len; i < streams->len; i++) {
    add_stream (self, streams->pdata[i]);
  }
}

static void
on_request_received (AhoySession *session, AhoyMessage *request, gpointer user_data)
{
  AhoyBusSession *self = user_data;
  const char *method = ahoy_message_get_method (request);
  const char *name = g_str_equal (method, "INFO")      ? "InfoReceived"
                     : g_str_equal (method, "MESSAGE") ? "MessageReceived"
                                                       : NULL;
  g_autofree char *type = NULL;
  g_autoptr (GBytes) body = NULL;
  gsize size = 0;
  const void *data;

  if (name == NULL) {
    return;
  }
  type = ahoy_message_dup_content_type (request);
  body = ahoy_message_get_body (request);
  data = body != NULL ? g_bytes_get_data (body, &size) : NULL;
  ahoy_bus_object_emit (
      self->object, &interface, name,
      g_variant_new ("(s@ay)", type != NULL ? type : "",
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1)));
}

static void
on_transfer_progress (AhoySession *session, guint status, const char *reason, gpointer user_data)
{
  AhoyBusSession *self = user_data;

  ahoy_bus_session_changed (self, AHOY_BUS_SESSION_TRANSFER_STATE);
  ahoy_bus_object_emit (self->object, &interface, "TransferProgress",
                        ahoy_bus_session_describe_progress (session, status));
}

static void
on_flash_received (AhoySession *session, gpointer user_data)
{
  AhoyBusSession *self = user_data;

  ahoy_bus_object_emit (self->object, &interface, "FlashReceived", NULL);
}

static void
on_ended (AhoySession *session, gpointer user_data)
{
  AhoyBusSession *self = user_data;
  const char *reason = ahoy_session_get_end_reason (session);

  on_media_changed (session, self);
  /* What became of the streams is told before the end, too. */
  ahoy_bus_hub_flush (self->hub);
  ahoy_bus_object_emit (
      self->object, &interface, "Ended",
      g_variant_new ("(qss)", (guint16) ahoy_session_get_end_status (session),
                     reason != NULL ? reason : "",
                     ahoy_session_party_to_string (ahoy_session_get_ended_by (session))));
}

/* Exports @session. It stays on the bus until ahoy_bus_session_remove(). */
AhoyBusSession *
ahoy_bus_session_new (AhoyBusHub *hub, AhoyCore *core, AhoySession *session)
{
  AhoyBusSession *self = g_object_new (AHOY_BUS_TYPE_SESSION, NULL);
  g_autofree char *path = g_strdup_printf (AHOY_BUS_ROOT "/session/%" G_GUINT64_FORMAT,
                                           ahoy_session_get_id (session));

  self->hub = g_object_ref (hub);
  self->core = g_object_ref (core);
  self->session = g_object_ref (session);
  self->object = ahoy_bus_object_new (path);
  ahoy_bus_object_add (self->object, &interface, self);
  ahoy_bus_hub_add (hub, self->object);

  /* For each call: a connection to an object costs three times as much. */
  g_signal_connect (session, "state-changed", G_CALLBACK (on_state_changed), self);
  g_signal_connect (session, "notify", G_CALLBACK (on_notify), self);
  g_signal_connect (session, "media-changed", G_CALLBACK (on_media_changed), self);
  g_signal_connect (session, "request-received", G_CALLBACK (on_request_received), self);
  g_signal_connect (session, "flash-received", G_CALLBACK (on_flash_received), self);
  g_signal_connect (session, "transfer-progress", G_CALLBACK (on_transfer_progress), self);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), self);
  return self;
}

/* Takes the session and its streams from the bus. */
void
ahoy_bus_session_remove (AhoyBusSession *self)
{
  g_autoptr (AhoyBusSession) hold = g_object_ref (self);
  g_autoptr (AhoyBusObject) object = g_steal_pointer (&self->object);

  if (object == NULL) {
    return;
  }
  unwatch_all (self);
  for (guint i = 0; i < self->streams->len; i++) {
    ahoy_bus_stream_remove (self->streams->pdata[i]);
  }
  ahoy_bus_hub_remove (self->hub, object);
  ahoy_bus_recording_clear (self->recording);
  g_array_set_size (self->waits, 0);
  g_object_run_dispose (G_OBJECT (object));
}

const char *
ahoy_bus_session_get_path (AhoyBusSession *self)
{
  return ahoy_bus_object_get_path (self->object);
}

/* Returns: (transfer none): what carries the sound */
AhoyMediaStream *
ahoy_bus_session_find_audio (AhoyBusSession *self, GError **error)
{
  AhoyMediaStream *media = ahoy_session_find_media (self->session, "audio");

  if (media != NULL) {
    return media;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
               "Session %" G_GUINT64_FORMAT " has no sound: it is %s, and no audio stream was "
               "agreed on",
               ahoy_session_get_id (self->session),
               ahoy_session_state_to_string (ahoy_session_get_state (self->session)));
  return NULL;
}
