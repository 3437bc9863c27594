/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-network-table.h"

#include <string.h>

#define MAX_LENGTH 128

struct _AhoyNetworkTable {
  AhoyEndpointIndex *networks;   /* AhoyNetwork → owners */
  guint used[2][MAX_LENGTH + 1]; /* how many networks of a length there are: IPv4, IPv6 */
};

/* -- networks ------------------------------------------------------------------------------- */

static void
clear_host (AhoyNetwork *self)
{
  guint whole = self->length / 8;

  if (self->length % 8 != 0) {
    self->bytes[whole] &= (guint8) (0xff << (8 - self->length % 8));
    whole++;
  }
  memset (self->bytes + whole, 0, sizeof self->bytes - whole);
}

static void
set (AhoyNetwork *self, GInetAddress *address, guint length)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);
  gsize size = g_inet_address_get_native_size (address);

  memset (self, 0, sizeof *self);
  if (size == 16 && length >= 96 && memcmp (bytes, mapped, sizeof mapped) == 0) {
    bytes += 12;
    size = 4;
    length -= 96;
  }
  self->version = size == 4 ? 4 : 6;
  self->length = (guint8) length;
  memcpy (self->bytes, bytes, size);
  clear_host (self);
}

/* 192.0.2.7, 192.0.2.0/24, 2001:db8::/32; FALSE: it is no network. */
gboolean
ahoy_network_parse (AhoyNetwork *network, const char *text)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (text, NULL);

  if (mask == NULL) {
    return FALSE;
  }
  set (network, g_inet_address_mask_get_address (mask), g_inet_address_mask_get_length (mask));
  return TRUE;
}

void
ahoy_network_from_address (AhoyNetwork *network, GInetAddress *address)
{
  set (network, address, (guint) g_inet_address_get_native_size (address) * 8);
}

gboolean
ahoy_network_contains (const AhoyNetwork *network, const AhoyNetwork *other)
{
  AhoyNetwork wide = *other;

  if (other->version != network->version || other->length < network->length) {
    return FALSE;
  }
  wide.length = network->length;
  clear_host (&wide);
  return ahoy_network_equal (&wide, network);
}

guint
ahoy_network_hash (gconstpointer network)
{
  const AhoyNetwork *self = network;
  guint hash = 5381 + self->version * 131u + self->length;

  for (gsize i = 0; i < (self->version == 4 ? 4 : sizeof self->bytes); i++) {
    hash = hash * 33 + self->bytes[i];
  }
  return hash;
}

gboolean
ahoy_network_equal (gconstpointer one, gconstpointer other)
{
  return memcmp (one, other, sizeof (AhoyNetwork)) == 0;
}

/* -- the table ------------------------------------------------------------------------------ */

static guint *
count_of (AhoyNetworkTable *self, const AhoyNetwork *network)
{
  return &self->used[network->version == 6][network->length];
}

AhoyNetworkTable *
ahoy_network_table_new (void)
{
  AhoyNetworkTable *self = g_new0 (AhoyNetworkTable, 1);

  self->networks = ahoy_endpoint_index_new (ahoy_network_hash, ahoy_network_equal, g_free);
  return self;
}

void
ahoy_network_table_free (AhoyNetworkTable *self)
{
  ahoy_endpoint_index_free (self->networks);
  g_free (self);
}

/* @name belongs to @owner. FALSE: the owner has the network already. */
gboolean
ahoy_network_table_add (AhoyNetworkTable *self, const AhoyNetwork *network, const char *name,
                        gpointer owner)
{
  if (!ahoy_endpoint_index_add (self->networks, g_memdup2 (network, sizeof *network), name,
                                owner)) {
    return FALSE;
  }
  (*count_of (self, network))++;
  return TRUE;
}

void
ahoy_network_table_remove (AhoyNetworkTable *self, const AhoyNetwork *network, const char *name)
{
  AhoyNetwork key = *network; /* which may be that of the table */

  if (ahoy_endpoint_index_remove (self->networks, &key, name)) {
    (*count_of (self, &key))--;
  }
}

static gboolean
take_any (gpointer owner, gpointer user_data)
{
  return TRUE;
}

/*
 * Returns the owner of the narrowest network that holds @address and for which @func says TRUE;
 * NULL for @func takes the first. @length, where not NULL, gets the length of the prefix.
 */
gpointer
ahoy_network_table_find (AhoyNetworkTable *self, GInetAddress *address, AhoyEndpointIndexFunc func,
                         gpointer user_data, guint *length)
{
  AhoyNetwork network;

  ahoy_network_from_address (&network, address);
  for (int at = network.length; at >= 0; at--) {
    gpointer owner;

    if (self->used[network.version == 6][at] == 0) {
      continue;
    }
    network.length = (guint8) at;
    clear_host (&network);
    owner = ahoy_endpoint_index_walk (self->networks, &network, func != NULL ? func : take_any,
                                      user_data);
    if (owner != NULL) {
      if (length != NULL) {
        *length = network.version == 4 ? 96 + (guint) at : (guint) at;
      }
      return owner;
    }
  }
  return NULL;
}
