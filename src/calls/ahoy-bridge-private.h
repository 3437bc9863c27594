/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-scheduler.h"
#include "ahoy-session.h"

G_BEGIN_DECLS

struct _AhoyBridge {
  GObject parent_instance;

  guint64 id;
  GPtrArray *members; /* AhoyBridgeEntry */
  GPtrArray *holds;   /* char *: why media have to come through us */
  AhoyBridgeMode mode;
  gboolean silent; /* nobody is joined */
  gboolean destroyed;
  char *name;            /* of a conference; NULL for none */
  guint max_members;
  gboolean mixing;       /* always by a mixer */
  AhoyMediaMixer *mixer; /* NULL while two hear each other without one */
  AhoyMusicOnHold *music; /* NULL for none */

  /* media from peer to peer */
  AhoyScheduler *scheduler; /* while something is to be looked at */
  guint64 review;
  guint n_tellings;        /* since others came */
  gboolean direct_refused; /* since then, too */
};

/* One that is in a bridge. It is freed when the member leaves. */
typedef struct {
  AhoyBridge *bridge; /* not a reference */
  AhoyBridgeMember *member;
  AhoyMediaStream *media; /* what was joined last */
  gboolean held;          /* the peer of the other one holds, and this one was told */
  double gain;
  gboolean muted;
  gboolean telling;       /* where its media go; the answer is not there yet */
  gboolean deaf;
  gboolean music; /* the peer of the other one holds, and this one hears music */
} AhoyBridgeEntry;

/* ahoy-bridge.c: who is in it */
AhoyBridgeEntry *ahoy_bridge_find_entry (AhoyBridge *self, AhoyBridgeMember *member);
AhoyBridgeEntry *ahoy_bridge_entry_get_other (AhoyBridgeEntry *self);
AhoySession *ahoy_bridge_entry_get_session (AhoyBridgeEntry *self);
void ahoy_bridge_set_mode (AhoyBridge *self, AhoyBridgeMode mode);
void ahoy_bridge_emit_active_speaker (AhoyBridge *self, AhoyBridgeMember *member);

/* ahoy-bridge-media.c: how media get from one to the other */
void ahoy_bridge_update_media (AhoyBridge *self);
void ahoy_bridge_update_mode (AhoyBridge *self);
void ahoy_bridge_entry_part_media (AhoyBridgeEntry *self);
gboolean ahoy_bridge_entry_take_media (AhoyBridgeEntry *self);

/* ahoy-bridge-mix.c: more than two hear each other */
#define AHOY_BRIDGE_MAX_MEMBERS 256
gboolean ahoy_bridge_wants_mix (AhoyBridge *self);
void ahoy_bridge_mix_media (AhoyBridge *self);
void ahoy_bridge_end_mix (AhoyBridge *self);

/* ahoy-bridge-music.c: what who is held hears */
gboolean ahoy_bridge_entry_begin_music (AhoyBridgeEntry *self, AhoySession *holder);
void ahoy_bridge_entry_end_music (AhoyBridgeEntry *self);

/* ahoy-bridge-direct.c: media that do not come here */
void ahoy_bridge_review_direct (AhoyBridge *self);
void ahoy_bridge_stop_review (AhoyBridge *self);
void ahoy_bridge_restart_direct (AhoyBridge *self);
gboolean ahoy_bridge_is_direct (AhoyBridge *self);
void ahoy_bridge_entry_leave_direct (AhoyBridgeEntry *self);

/* ahoy-bridge-pass.c: what a peer does is passed to the other one */
void ahoy_bridge_entry_watch_peer (AhoyBridgeEntry *self);
void ahoy_bridge_entry_pass_hold (AhoyBridgeEntry *self);

/* ahoy-bridge-identity.c: each is told who the other one is */
void ahoy_bridge_entry_watch_identity (AhoyBridgeEntry *self);
void ahoy_bridge_tell_identities (AhoyBridge *self);

G_END_DECLS
