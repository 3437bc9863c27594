/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-extension-registry.h"
#include "ahoy-session-stream.h"

G_BEGIN_DECLS

struct _AhoySessionStream {
  GObject parent_instance;

  guint index;
  char *media_type;
  AhoyExtension *handler; /* NULL: nobody took it, the stream is rejected */
  AhoySdpMedia *local;
  AhoySdpMedia *remote;
  AhoySdpMedia *agreed_local; /* to go back to when an offer fails */
  AhoySdpMedia *agreed_remote;
  gboolean offerer;
  gboolean active; /* applied, not ended */
  AhoyMediaStream *media;

  /* media that go from peer to peer */
  AhoySdpMedia *direct;        /* what the peer is to be told in the place of us; NULL for us */
  AhoySdpMedia *told_direct;   /* and what it is told right now */
  AhoySdpMedia *agreed_direct; /* and what both agreed on */
  char *own_address;           /* ours, whatever is told */
  GPtrArray *own_formats;      /* AhoySdpFormat: the same; NULL before anything was told */
};

AhoySessionStream *ahoy_session_stream_new (guint index, const char *media_type);
gboolean ahoy_session_stream_has_label (AhoySessionStream *self, const char *const *labels);
void ahoy_session_stream_emit_keyframe_requested (AhoySessionStream *self);

G_END_DECLS
