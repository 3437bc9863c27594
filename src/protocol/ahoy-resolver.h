/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-next-hop.h"
#include "ahoy-transport-protocol.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyFamilyPreference:
 * @AHOY_FAMILY_PREFERENCE_IPV4: a host's IPv4 addresses first
 * @AHOY_FAMILY_PREFERENCE_IPV6: a host's IPv6 addresses first
 * @AHOY_FAMILY_PREFERENCE_ANY: by turns, IPv6 first (RFC 8305, section 4)
 *
 * In which order the addresses of one host are tried. Both families are always asked for.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_FAMILY_PREFERENCE_IPV4,
  AHOY_FAMILY_PREFERENCE_IPV6,
  AHOY_FAMILY_PREFERENCE_ANY,
} AhoyFamilyPreference;

#define AHOY_TYPE_FAMILY_PREFERENCE (ahoy_family_preference_get_type ())
AHOY_API
GType ahoy_family_preference_get_type (void);

#define AHOY_TYPE_RESOLVER (ahoy_resolver_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyResolver, ahoy_resolver, AHOY, RESOLVER, GObject)

AHOY_API
AhoyResolver *ahoy_resolver_new (GMainContext *context);

AHOY_API
gboolean ahoy_resolver_set_nameservers (AhoyResolver *self,
                                        const char *const *servers,
                                        GError **error);
AHOY_API
void ahoy_resolver_set_transport_enabled (AhoyResolver *self,
                                          AhoyTransportProtocol transport,
                                          gboolean enabled);
AHOY_API
gboolean ahoy_resolver_get_transport_enabled (AhoyResolver *self, AhoyTransportProtocol transport);

AHOY_API
GPtrArray *ahoy_resolver_try_numeric (AhoyResolver *self,
                                      const char *host,
                                      guint16 port,
                                      AhoyTransportProtocol transport,
                                      gboolean secure);
AHOY_API
void ahoy_resolver_resolve_async (AhoyResolver *self,
                                  const char *host,
                                  guint16 port,
                                  AhoyTransportProtocol transport,
                                  gboolean secure,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
AHOY_API
GPtrArray *ahoy_resolver_resolve_finish (AhoyResolver *self,
                                         GAsyncResult *result,
                                         GError **error);

AHOY_API
void ahoy_resolver_report_failure (AhoyResolver *self, AhoyNextHop *hop);
AHOY_API
gboolean ahoy_resolver_has_failed (AhoyResolver *self, AhoyNextHop *hop);
AHOY_API
void ahoy_resolver_flush (AhoyResolver *self);

G_END_DECLS
