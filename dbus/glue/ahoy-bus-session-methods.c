/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-session-methods.h"

#include "ahoy-bus-error.h"

/* The methods of a session on the bus, and what they have in common. */

/* @error is a pointer, because it is set while the arguments are evaluated. */
void
ahoy_bus_session_finish (AhoyBusCall *call, gboolean good, GError **error)
{
  if (good) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, g_steal_pointer (error));
  }
}

/* A call that is answered with a status, in time. */
AhoyBusPending *
ahoy_bus_session_wait_for_status (AhoyBusSession *self, AhoyBusCall *call)
{
  return ahoy_bus_pending_new (call, ahoy_core_get_scheduler (self->core), AHOY_BUS_PATIENCE * 1000,
                               ahoy_bus_late_status, NULL, NULL);
}

const AhoyBusMethod ahoy_bus_session_methods[] = {
  { "Ring", ahoy_bus_session_handle_ring },
  { "Progress", ahoy_bus_session_handle_progress },
  { "Answer", ahoy_bus_session_handle_answer },
  { "HoldAndAnswer", ahoy_bus_session_handle_hold_and_answer },
  { "Reject", ahoy_bus_session_handle_reject },
  { "Redirect", ahoy_bus_session_handle_redirect },
  { "Pickup", ahoy_bus_session_handle_pickup },
  { "Hangup", ahoy_bus_session_handle_hangup },
  { "Hold", ahoy_bus_session_handle_hold },
  { "Resume", ahoy_bus_session_handle_resume },
  { "SetMuted", ahoy_bus_session_handle_set_muted },
  { "SetVolume", ahoy_bus_session_handle_set_volume },
  { "Refresh", ahoy_bus_session_handle_refresh },
  { "Transfer", ahoy_bus_session_handle_transfer },
  { "AttendedTransfer", ahoy_bus_session_handle_attended_transfer },
  { "SendDtmf", ahoy_bus_session_handle_send_dtmf },
  { "SendFlash", ahoy_bus_session_handle_send_flash },
  { "RequestKeyframe", ahoy_bus_session_handle_request_keyframe },
  { "SendInfo", ahoy_bus_session_handle_send_info },
  { "SendMessage", ahoy_bus_session_handle_send_message },
  { "SendRequest", ahoy_bus_session_handle_send_request },
  { "GetHeader", ahoy_bus_session_handle_get_header },
  { "AddHeader", ahoy_bus_session_handle_add_header },
  { "RemoveHeader", ahoy_bus_session_handle_remove_header },
  { "SetVariable", ahoy_bus_session_handle_set_variable },
  { "GetVariable", ahoy_bus_session_handle_get_variable },
  { "SetEndCause", ahoy_bus_session_handle_set_end_cause },
  { "SetLocalIdentity", ahoy_bus_session_handle_set_local_identity },
  { "Play", ahoy_bus_session_handle_play },
  { "PlayFd", ahoy_bus_session_handle_play_fd },
  { "PlayTone", ahoy_bus_session_handle_play_tone },
  { "StopPlaying", ahoy_bus_session_handle_stop_playing },
  { "SetEcho", ahoy_bus_session_handle_set_echo },
  { "Record", ahoy_bus_session_handle_record },
  { "RecordFd", ahoy_bus_session_handle_record_fd },
  { "StartRecording", ahoy_bus_session_handle_start_recording },
  { "PauseRecording", ahoy_bus_session_handle_pause_recording },
  { "ResumeRecording", ahoy_bus_session_handle_resume_recording },
  { "StopRecording", ahoy_bus_session_handle_stop_recording },
  { "Wait", ahoy_bus_session_handle_wait },
  { "GetHistory", ahoy_bus_session_handle_get_history },
  { "GetLadder", ahoy_bus_session_handle_get_ladder },
  { NULL, NULL },
};
