/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-resolver-cache.h"
#include "ahoy-resolver-channel.h"
#include "ahoy-resolver-hosts.h"
#include "ahoy-resolver-walk.h"

G_BEGIN_DECLS

typedef gint64 (*AhoyResolverClock) (gpointer user_data);

/* The lookups and questions under way. AhoyResolver owns one and sets its knobs. */
typedef struct {
  GObject *owner; /* borrowed */
  AhoyDnsChannel *channel;
  AhoyDnsCache *cache;
  AhoyHopFailures *failures;
  AhoyHostsFile *hosts; /* may be NULL */
  GRand *random;
  AhoyResolverClock clock; /* may be NULL: the monotonic clock */
  gpointer clock_data;

  guint timeout_ms;
  guint min_ttl;
  guint max_ttl;
  guint max_negative_ttl;
  guint transports;
  AhoyFamilyPreference families;

  GHashTable *lookups;   /* key -> Lookup */
  GHashTable *questions; /* key -> Question that is waited for */
  GHashTable *asked;     /* every Question that the channel holds */
  GQueue results;        /* of what is to be told to callers */
  guint n_waiters;
} AhoyResolverEngine;

AhoyResolverEngine *ahoy_resolver_engine_new (GObject *owner, GMainContext *context);
void ahoy_resolver_engine_free (AhoyResolverEngine *self);

gint64 ahoy_resolver_engine_get_time (AhoyResolverEngine *self);
void ahoy_resolver_engine_set_timeout (AhoyResolverEngine *self, guint milliseconds);
GPtrArray *ahoy_resolver_engine_try (AhoyResolverEngine *self, const AhoyRoutingData *routing);
void ahoy_resolver_engine_resolve (AhoyResolverEngine *self,
                                   const AhoyRoutingData *routing,
                                   GTask *task);

gboolean ahoy_routing_data_init (AhoyRoutingData *self,
                                 const char *host,
                                 guint16 port,
                                 AhoyTransportProtocol transport,
                                 gboolean secure,
                                 GError **error);
void ahoy_routing_data_clear (AhoyRoutingData *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AhoyRoutingData, ahoy_routing_data_clear)

G_END_DECLS
