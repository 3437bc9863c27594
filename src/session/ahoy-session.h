/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-bridge-member.h"
#include "ahoy-cause.h"
#include "ahoy-datastore.h"
#include "ahoy-dialog.h"
#include "ahoy-identity.h"
#include "ahoy-endpoint.h"
#include "ahoy-message.h"
#include "ahoy-sdp-session.h"
#include "ahoy-session-stream.h"
#include "ahoy-session-types.h"
#include "ahoy-supplement-deferral.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SESSION (ahoy_session_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySession, ahoy_session, AHOY, SESSION, GObject)

/* What it is */
AHOY_API
guint64 ahoy_session_get_id (AhoySession *self);
AHOY_API
guint64 ahoy_session_get_parent_id (AhoySession *self);
AHOY_API
AhoySessionDirection ahoy_session_get_direction (AhoySession *self);
AHOY_API
AhoySessionState ahoy_session_get_state (AhoySession *self);
AHOY_API
gboolean ahoy_session_has_early_media (AhoySession *self);
AHOY_API
AhoySessionHold ahoy_session_get_hold (AhoySession *self);
AHOY_API
const char *ahoy_session_get_call_id (AhoySession *self);
AHOY_API
const char *ahoy_session_get_local_uri (AhoySession *self);
AHOY_API
const char *ahoy_session_get_remote_uri (AhoySession *self);
AHOY_API
const char *ahoy_session_get_remote_name (AhoySession *self);
AHOY_API
const char *ahoy_session_get_target (AhoySession *self);
AHOY_API
char *ahoy_session_dup_first_host (AhoySession *self);
AHOY_API
GPtrArray *ahoy_session_get_streams (AhoySession *self);
AHOY_API
AhoyMediaStream *ahoy_session_find_media (AhoySession *self, const char *media_type);
AHOY_API
AhoyDialog *ahoy_session_get_dialog (AhoySession *self);
AHOY_API
AhoyMessage *ahoy_session_get_invite (AhoySession *self);
AHOY_API
AhoyIdentity *ahoy_session_get_identity (AhoySession *self, gboolean trusted, GError **error);
AHOY_API
AhoyIdentity *ahoy_session_get_remote_identity (AhoySession *self);
AHOY_API
AhoyIdentity *ahoy_session_get_connected_identity (AhoySession *self);
AHOY_API
AhoyIdentity *ahoy_session_rewrite_identity (AhoySession *self, AhoyIdentity *identity);
AHOY_API
void ahoy_session_learn_identity (AhoySession *self, AhoyIdentity *identity);
AHOY_API
AhoyIdentity *ahoy_session_get_local_identity (AhoySession *self);
AHOY_API
void ahoy_session_set_local_identity (AhoySession *self, AhoyIdentity *identity);
AHOY_API
GVariant *ahoy_session_list_redirects (AhoySession *self);
AHOY_API
char *ahoy_session_dup_session_id (AhoySession *self);
AHOY_API
const char *ahoy_session_get_peer_uuid (AhoySession *self);
AHOY_API
void ahoy_session_learn_session_id (AhoySession *self, const char *value);
AHOY_API
void ahoy_session_follow_session_id (AhoySession *self, AhoySession *other);
AHOY_API
gint64 ahoy_session_get_created_at (AhoySession *self);
AHOY_API
gint64 ahoy_session_get_answered_at (AhoySession *self);
AHOY_API
gint64 ahoy_session_get_ended_at (AhoySession *self);
AHOY_API
GVariant *ahoy_session_list_branches (AhoySession *self);

/* How it ended */
AHOY_API
guint ahoy_session_get_end_status (AhoySession *self);
AHOY_API
const char *ahoy_session_get_end_reason (AhoySession *self);
AHOY_API
AhoyCause ahoy_session_get_end_cause (AhoySession *self);
AHOY_API
void ahoy_session_set_end_cause (AhoySession *self, AhoyCause cause);
AHOY_API
char *ahoy_session_dup_reason (AhoySession *self, const char *given, AhoyCause cause);
AHOY_API
AhoySessionParty ahoy_session_get_ended_by (AhoySession *self);

/* Whom it is with */
AHOY_API
AhoyEndpoint *ahoy_session_get_endpoint (AhoySession *self);
AHOY_API
void ahoy_session_set_endpoint (AhoySession *self, AhoyEndpoint *endpoint);

/* What the callee does */
AHOY_API
gboolean ahoy_session_ring (AhoySession *self, GError **error);
AHOY_API
gboolean ahoy_session_announce_forward (AhoySession *self, GError **error);
AHOY_API
gboolean ahoy_session_progress (AhoySession *self, GError **error);
AHOY_API
gboolean ahoy_session_answer (AhoySession *self, GError **error);
AHOY_API
gboolean ahoy_session_answer_if_asked (AhoySession *self, GError **error);
AHOY_API
gboolean ahoy_session_reject (AhoySession *self, guint status, const char *reason, GError **error);
AHOY_API
gboolean ahoy_session_redirect (AhoySession *self, const char *target, GError **error);

/* What both do */
AHOY_API
void ahoy_session_hangup (AhoySession *self);
AHOY_API
void ahoy_session_hangup_with_reason (AhoySession *self, const char *reason);
AHOY_API
void ahoy_session_keep_headers (AhoySession *self, AhoyMessage *message);
AHOY_API
void ahoy_session_pass_headers (AhoySession *self, AhoySession *from);
AHOY_API
void ahoy_session_add_passed_headers (AhoySession *self, AhoyMessage *message);
AHOY_API
void ahoy_session_hangup_after (AhoySession *self, AhoySession *other);
AHOY_API
gboolean ahoy_session_send_dtmf (AhoySession *self, const char *digits, guint duration_ms,
                                 GError **error);
AHOY_API
gboolean ahoy_session_send_flash (AhoySession *self, GError **error);
AHOY_API
gboolean ahoy_session_request_keyframe (AhoySession *self, GError **error);
AHOY_API
AhoyMessage *ahoy_session_create_info (AhoySession *self, const char *package,
                                       const char *content_type, GBytes *body, GError **error);
AHOY_API
void ahoy_session_refresh_async (AhoySession *self, const char *method, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
AhoyMessage *ahoy_session_refresh_finish (AhoySession *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_session_update_async (AhoySession *self, GVariant *headers, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
AhoyMessage *ahoy_session_update_finish (AhoySession *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_session_set_hold_async (AhoySession *self, gboolean hold, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
AhoyMessage *ahoy_session_set_hold_finish (AhoySession *self, GAsyncResult *result,
                                           GError **error);
AHOY_API
AhoyMessage *ahoy_session_create_request (AhoySession *self, const char *method, GError **error);
AHOY_API
void ahoy_session_send_request_async (AhoySession *self, AhoyMessage *request,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
AHOY_API
AhoyMessage *ahoy_session_send_request_finish (AhoySession *self, GAsyncResult *result,
                                               GError **error);
AHOY_API
AhoySupplementDeferral *ahoy_session_defer (AhoySession *self, AhoyMessage *request, guint deadline,
                                            GError **error);
AHOY_API
gboolean ahoy_session_respond (AhoySession *self, AhoyMessage *request, guint status,
                               const char *reason, GError **error);

/* What its messages say, and what was answered */
AHOY_API
gboolean ahoy_session_add_header (AhoySession *self, const char *name, const char *value,
                                  GError **error);
AHOY_API
gboolean ahoy_session_remove_header (AhoySession *self, const char *name);
AHOY_API
guint ahoy_session_get_answer_status (AhoySession *self);
AHOY_API
const char *ahoy_session_get_answer_reason (AhoySession *self);

/* What is kept with it */
AHOY_API
void ahoy_session_set_variable (AhoySession *self, const char *name, const char *value);
AHOY_API
const char *ahoy_session_get_variable (AhoySession *self, const char *name);
AHOY_API
AhoyDatastore *ahoy_session_get_datastore (AhoySession *self);

G_END_DECLS
