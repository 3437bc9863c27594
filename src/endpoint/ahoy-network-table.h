/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-endpoint-index.h"

G_BEGIN_DECLS

/*
 * An IPv4 or IPv6 network as a key: the bits behind the prefix are 0. An IPv4 address that is
 * written as IPv6 (::ffff:192.0.2.7) is the IPv4 address.
 */
typedef struct {
  guint8 version; /* 4 or 6 */
  guint8 length;  /* of the prefix, in bits */
  guint8 bytes[16];
} AhoyNetwork;

gboolean ahoy_network_parse (AhoyNetwork *network, const char *text);
void ahoy_network_from_address (AhoyNetwork *network, GInetAddress *address);
gboolean ahoy_network_contains (const AhoyNetwork *network, const AhoyNetwork *other);
guint ahoy_network_hash (gconstpointer network);
gboolean ahoy_network_equal (gconstpointer one, gconstpointer other);

/*
 * Owners by network. To look for an address asks one hash table once for each prefix length that
 * is in use, of which there are few, however many networks there are.
 */
typedef struct _AhoyNetworkTable AhoyNetworkTable;

AhoyNetworkTable *ahoy_network_table_new (void);
void ahoy_network_table_free (AhoyNetworkTable *self);
gboolean ahoy_network_table_add (AhoyNetworkTable *self, const AhoyNetwork *network,
                                 const char *name, gpointer owner);
void ahoy_network_table_remove (AhoyNetworkTable *self, const AhoyNetwork *network,
                                const char *name);
gpointer ahoy_network_table_find (AhoyNetworkTable *self, GInetAddress *address,
                                  AhoyEndpointIndexFunc func, gpointer user_data, guint *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyNetworkTable, ahoy_network_table_free)

G_END_DECLS
