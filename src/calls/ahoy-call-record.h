/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-session-types.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

typedef struct _AhoyCallRecord AhoyCallRecord;

/**
 * AhoyCallRecord:
 * @id: the number of the record in its file; 0 before it is stored
 * @linked_id: (nullable): what all sessions share that were one call to people: caller and callees,
 *   those whom it was transferred to, and who fetched or picked it up
 * @session: the number of the session, see ahoy_session_get_id()
 * @bridge: the number of the last bridge that it was in, see ahoy_bridge_get_id(); 0 for none
 * @direction: who began it
 * @endpoint: (nullable): the name of the endpoint that it was with
 * @caller: (nullable): the user part of who called
 * @callee: (nullable): the user part of what was called
 * @connected: (nullable): the user part of @connected_uri
 * @local_uri: (nullable): our address
 * @remote_uri: (nullable): the address of the peer
 * @remote_name: (nullable): the display name of the peer
 * @target: (nullable): what was called: the Request-URI
 * @connected_uri: (nullable): who the peer said in the end that it is, after transfers
 * @connected_name: (nullable): the display name of that
 * @redirected_from: (nullable): who sent the call elsewhere, separated by commas
 * @transferred_by: (nullable): who transferred it last
 * @application: (nullable): the last step of a route that had it
 * @account: (nullable): the account-code of the endpoint
 * @created_at: when it began, in µs since 1970 (UTC)
 * @answered_at: when it was answered; 0 when it was not
 * @ended_at: when it was over
 * @status: the SIP status that ended it
 * @reason: (nullable): what was said with it
 * @cause: the cause of ITU-T Q.850, see #AhoyCause; 0 for none
 * @ended_by: who ended it
 * @codec: (nullable): the codec of its sound at the end
 * @packets_sent: RTP packets of sound sent
 * @packets_received: RTP packets of sound received
 * @packets_lost: those that did not come; below 0 when more came twice
 * @jitter: interarrival jitter in µs (RFC 3550 §6.4.1)
 * @mos: mean opinion score of what was received, 1 to 4.5 (ITU-T G.107); 0 when nothing came
 * @call_id: (nullable): the Call-ID
 * @session_id: (nullable): both UUIDs of Session-ID (RFC 7989)
 * @recording: (nullable): the last file that it was recorded to
 *
 * What is kept of a call when it is over: one record for each session. Text that came from a peer
 * is bounded, valid UTF-8 and without control characters.
 *
 * Since: 0.1
 */
struct _AhoyCallRecord {
  guint64 id;
  char *linked_id;
  guint64 session;
  guint64 bridge;
  AhoySessionDirection direction;
  char *endpoint;
  char *caller;
  char *callee;
  char *connected;
  char *local_uri;
  char *remote_uri;
  char *remote_name;
  char *target;
  char *connected_uri;
  char *connected_name;
  char *redirected_from;
  char *transferred_by;
  char *application;
  char *account;
  gint64 created_at;
  gint64 answered_at;
  gint64 ended_at;
  guint status;
  char *reason;
  guint cause;
  AhoySessionParty ended_by;
  char *codec;
  guint64 packets_sent;
  guint64 packets_received;
  gint64 packets_lost;
  guint jitter;
  double mos;
  char *call_id;
  char *session_id;
  char *recording;

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
GType ahoy_call_record_get_type (void);

AHOY_API
AhoyCallRecord *ahoy_call_record_new (void);
AHOY_API
AhoyCallRecord *ahoy_call_record_copy (const AhoyCallRecord *self);
AHOY_API
void ahoy_call_record_free (AhoyCallRecord *self);
AHOY_API
GVariant *ahoy_call_record_to_variant (const AhoyCallRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyCallRecord, ahoy_call_record_free)

G_END_DECLS
