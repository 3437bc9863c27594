/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

#include "ahoy-next-hop.h"
#include "ahoy-resolver-answer.h"

G_BEGIN_DECLS

/* Room for "65535/" and a name. */
#define AHOY_DNS_KEY_SIZE (AHOY_DNS_MAX_NAME + 8)

void ahoy_dns_key_write (char *key, const char *name, AhoyDnsType type);

/* Record sets by name and type, until they expire; capped, the oldest goes first. */
typedef struct _AhoyDnsCache AhoyDnsCache;

AhoyDnsCache *ahoy_dns_cache_new (guint max_entries);
void ahoy_dns_cache_free (AhoyDnsCache *self);
void ahoy_dns_cache_set_max (AhoyDnsCache *self, guint max_entries);
guint ahoy_dns_cache_get_size (AhoyDnsCache *self);
AhoyDnsRecordSet *ahoy_dns_cache_lookup (AhoyDnsCache *self, const char *key, gint64 now);
void ahoy_dns_cache_insert (AhoyDnsCache *self, const char *key, AhoyDnsRecordSet *set);
void ahoy_dns_cache_clear (AhoyDnsCache *self);

/* Next hops that failed a short time ago (RFC 3263, section 4.3). */
typedef struct _AhoyHopFailures AhoyHopFailures;

AhoyHopFailures *ahoy_hop_failures_new (guint max_entries);
void ahoy_hop_failures_free (AhoyHopFailures *self);
void ahoy_hop_failures_add (AhoyHopFailures *self, AhoyNextHop *hop, gint64 now, gint64 until);
gboolean ahoy_hop_failures_contains (AhoyHopFailures *self, AhoyNextHop *hop, gint64 now);
void ahoy_hop_failures_clear (AhoyHopFailures *self);
void ahoy_hop_failures_sort (AhoyHopFailures *self, GPtrArray *hops, gint64 now);

G_END_DECLS
