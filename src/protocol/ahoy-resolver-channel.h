/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-resolver-answer.h"

G_BEGIN_DECLS

/* c-ares on a GMainContext: one GSource holds its sockets and all timers of the resolver. */
typedef struct _AhoyDnsChannel AhoyDnsChannel;

/* One answered question. @cookie is what ahoy_dns_channel_query() was given. */
typedef struct {
  gpointer cookie;
  gboolean dropped; /* the channel was rebuilt: ask again */
  const char *detail; /* why there is no message; a static string */
  GBytes *message;
} AhoyDnsReply;

void ahoy_dns_reply_free (AhoyDnsReply *reply);

/* @dispatch runs in @context when there may be replies or the deadline has passed. */
AhoyDnsChannel *ahoy_dns_channel_new (GMainContext *context,
                                      GSourceFunc dispatch,
                                      gpointer user_data);
void ahoy_dns_channel_free (AhoyDnsChannel *self);

gboolean ahoy_dns_channel_set_servers (AhoyDnsChannel *self,
                                       const char *const *servers,
                                       GError **error);
void ahoy_dns_channel_set_timeout (AhoyDnsChannel *self, guint milliseconds);
void ahoy_dns_channel_query (AhoyDnsChannel *self,
                             const char *name,
                             AhoyDnsType type,
                             gpointer cookie);
guint ahoy_dns_channel_get_pending (AhoyDnsChannel *self);

/* To be called from the dispatch function only, in this order. */
void ahoy_dns_channel_process (AhoyDnsChannel *self);
AhoyDnsReply *ahoy_dns_channel_pop_reply (AhoyDnsChannel *self);
void ahoy_dns_channel_arm (AhoyDnsChannel *self, gint64 deadline);

/* The source, for ahoy_dns_source_wake() from any thread. */
GSource *ahoy_dns_channel_get_source (AhoyDnsChannel *self);
void ahoy_dns_source_wake (GSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyDnsReply, ahoy_dns_reply_free)

G_END_DECLS
