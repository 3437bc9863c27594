/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

#include "ahoy-next-hop.h"
#include "ahoy-resolver-answer.h"
#include "ahoy-resolver-hosts.h"
#include "ahoy-resolver.h"

G_BEGIN_DECLS

#define AHOY_DNS_MAX_HOPS 64
#define AHOY_DNS_MAX_FETCHES 128

/* What a URI says about where to go (RFC 3263, section 4). */
typedef struct {
  char *host; /* normalized name, or a numeric address without brackets */
  guint16 port;
  AhoyTransportProtocol transport;
  gboolean secure;
  gboolean numeric;
} AhoyRoutingData;

/* Borrowed set, or %NULL when it is not known yet. */
typedef AhoyDnsRecordSet *(*AhoyDnsFetchFunc) (gpointer data, const char *name, AhoyDnsType type);

typedef struct {
  /* Given. */
  AhoyDnsFetchFunc fetch;
  gpointer fetch_data;
  AhoyHostsFile *hosts; /* may be NULL */
  GRand *random;
  AhoyFamilyPreference families;
  guint transports; /* bits by AhoyTransportProtocol */
  GString *asked;   /* may be NULL: what was asked and what came, for an error message */

  /* Found. */
  GPtrArray *hops;   /* (element-type AhoyNextHop) */
  gboolean missing;  /* something is still to be asked; the hops are not final */
  gboolean refused;  /* the domain says that it has no such service */

  /* Own. */
  const AhoyRoutingData *routing;
  guint n_fetched;
  guint n_services;
} AhoyDnsWalk;

void ahoy_dns_walk_run (AhoyDnsWalk *self, const AhoyRoutingData *routing);
void ahoy_dns_walk_clear (AhoyDnsWalk *self);

GPtrArray *ahoy_dns_order_services (GPtrArray *records, GRand *random);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AhoyDnsWalk, ahoy_dns_walk_clear)

G_END_DECLS
