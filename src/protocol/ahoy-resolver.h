/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-next-hop.h"

G_BEGIN_DECLS

#define AHOY_TYPE_RESOLVER (ahoy_resolver_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyResolver, ahoy_resolver, AHOY, RESOLVER, GObject)

AHOY_API
AhoyResolver *ahoy_resolver_new (GMainContext *context);
AHOY_API
GPtrArray *ahoy_resolver_try_numeric (AhoyResolver *self, const char *host, guint16 port,
                                      AhoyTransportProtocol protocol, gboolean secure);
AHOY_API
void ahoy_resolver_resolve_async (AhoyResolver *self, const char *host, guint16 port,
                                  AhoyTransportProtocol protocol, gboolean secure,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
AHOY_API
GPtrArray *ahoy_resolver_resolve_finish (AhoyResolver *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_resolver_report_failure (AhoyResolver *self, AhoyNextHop *hop);

G_END_DECLS
