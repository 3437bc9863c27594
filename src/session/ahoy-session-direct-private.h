/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-registry.h"
#include "ahoy-scheduler.h"
#include "ahoy-session-service.h"

G_BEGIN_DECLS

/* Media that go from peer to peer, past this host. */

/* What a stream tells its peer */
gboolean ahoy_session_stream_can_be_direct (AhoySessionStream *self, AhoySdpMedia *target);
void ahoy_session_stream_describe_direct (AhoySessionStream *self);
void ahoy_session_stream_keep_direct (AhoySessionStream *self);
void ahoy_session_stream_drop_direct (AhoySessionStream *self);

/* What a bridge asks of a session */
AhoySessionStream *ahoy_session_find_direct_stream (AhoySession *self);
AhoySdpMedia *ahoy_session_stream_create_target (AhoySessionStream *self, AhoySessionStream *peer);
void ahoy_session_stream_set_direct (AhoySessionStream *self, AhoySdpMedia *target);
AhoySdpMedia *ahoy_session_stream_get_direct (AhoySessionStream *self);
void ahoy_session_tell_direct_async (AhoySession *self, gboolean update,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean ahoy_session_is_behind_nat (AhoySession *self, AhoySessionStream *stream);
gboolean ahoy_session_is_held_by_us (AhoySession *self);
gboolean ahoy_session_is_changing (AhoySession *self);
gboolean ahoy_session_permits_direct (AhoySession *self, GInetAddress *address);
AhoyScheduler *ahoy_session_get_scheduler (AhoySession *self);

/* Who knows which addresses endpoints may see */
void ahoy_session_service_set_acls (AhoySessionService *self, AhoyAclRegistry *acls);

G_END_DECLS
