/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-session.h"

G_BEGIN_DECLS

/*
 * The methods of a session on the bus: a file for each concern, and one table. A handler takes the
 * #AhoyBusSession, the arguments, and the call, which it ends now or later.
 */

void ahoy_bus_session_finish (AhoyBusCall *call, gboolean good, GError **error);
AhoyBusPending *ahoy_bus_session_wait_for_status (AhoyBusSession *self, AhoyBusCall *call);

/* ahoy-bus-session-calls.c */
void ahoy_bus_session_handle_ring (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_progress (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_answer (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_hold_and_answer (gpointer target, GVariant *arguments,
                                              AhoyBusCall *call);
void ahoy_bus_session_handle_reject (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_redirect (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_pickup (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_hangup (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_wait (gpointer target, GVariant *arguments, AhoyBusCall *call);

/* ahoy-bus-session-changes.c */
void ahoy_bus_session_handle_hold (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_resume (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_refresh (gpointer target, GVariant *arguments, AhoyBusCall *call);

/* ahoy-bus-session-identity.c */
GVariant *ahoy_bus_session_get_remote_identity (gpointer target);
GVariant *ahoy_bus_session_get_connected_identity (gpointer target);
GVariant *ahoy_bus_session_get_display_number (gpointer target);
GVariant *ahoy_bus_session_get_local_identity (gpointer target);
GVariant *ahoy_bus_session_get_redirects (gpointer target);
GVariant *ahoy_bus_session_get_session_id (gpointer target);
void ahoy_bus_session_handle_set_end_cause (gpointer target, GVariant *arguments,
                                            AhoyBusCall *call);
void ahoy_bus_session_handle_set_local_identity (gpointer target, GVariant *arguments,
                                                 AhoyBusCall *call);

/* ahoy-bus-session-media.c */
void ahoy_bus_session_handle_set_muted (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_set_volume (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_send_dtmf (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_play (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_play_fd (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_play_tone (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_stop_playing (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_set_echo (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_record (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_record_fd (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_start_recording (gpointer target, GVariant *arguments,
                                              AhoyBusCall *call);
void ahoy_bus_session_handle_pause_recording (gpointer target, GVariant *arguments,
                                              AhoyBusCall *call);
void ahoy_bus_session_handle_resume_recording (gpointer target, GVariant *arguments,
                                               AhoyBusCall *call);
void ahoy_bus_session_handle_stop_recording (gpointer target, GVariant *arguments,
                                             AhoyBusCall *call);

/* ahoy-bus-session-requests.c */
void ahoy_bus_session_handle_send_flash (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_request_keyframe (gpointer target, GVariant *arguments,
                                               AhoyBusCall *call);
void ahoy_bus_session_handle_send_info (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_send_message (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_send_request (gpointer target, GVariant *arguments, AhoyBusCall *call);

/* ahoy-bus-session-transfer.c */
GVariant *ahoy_bus_session_get_transfer_state (gpointer target);
GVariant *ahoy_bus_session_get_transfer_headers (gpointer target);
GVariant *ahoy_bus_session_describe_progress (AhoySession *session, guint status);
void ahoy_bus_session_handle_transfer (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_attended_transfer (gpointer target, GVariant *arguments,
                                                AhoyBusCall *call);

/* ahoy-bus-session-facts.c */
void ahoy_bus_session_handle_get_header (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_add_header (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_remove_header (gpointer target, GVariant *arguments,
                                            AhoyBusCall *call);
void ahoy_bus_session_handle_set_variable (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_get_variable (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_get_history (gpointer target, GVariant *arguments, AhoyBusCall *call);
void ahoy_bus_session_handle_get_ladder (gpointer target, GVariant *arguments, AhoyBusCall *call);

G_END_DECLS
