/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-sofia-private.h"
#include "ahoy-transport-protocol.h"

G_BEGIN_DECLS

/* RFC 5626 §4.4.1: how long a pong may take, in ms. */
#define AHOY_PONG_TIMEOUT 10000

/* An address and port of ours, with the name that Sofia knows it by (TPTAG_IDENT). */
typedef struct {
  char *name;
  AhoyTransportProtocol protocol;
  GSocketFamily family;
  char *address;    /* numeric, without brackets */
  char *advertised; /* the host that Via and Contact show: the address, or the external one */
  guint16 port;
} AhoyListener;

void ahoy_listener_free (AhoyListener *self);
AhoyListener *ahoy_listener_open (nta_agent_t *agent, const char *name,
                                  AhoyTransportProtocol protocol, const char *address,
                                  guint16 port, const char *external_address, GError **error);
void ahoy_listener_close (AhoyListener *self, nta_agent_t *agent);
void ahoy_listener_keep_alive (AhoyListener *self, nta_agent_t *agent, guint seconds);
char *ahoy_listener_make_contact (AhoyListener *self, const char *user, gboolean secure);
guint ahoy_name_guard_get_n_calls (void);
AhoyListener *ahoy_listener_pick (GPtrArray *listeners, AhoyTransportProtocol protocol,
                                  const char *destination, guint16 port, const char *preferred);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyListener, ahoy_listener_free)

G_END_DECLS
