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
};

AhoySessionStream *ahoy_session_stream_new (guint index, const char *media_type);

G_END_DECLS
