/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Who answers to a key: a hash table in which several owners may have the same key. The first one
 * in the order of their names comes first, in whatever order they came.
 */
typedef struct _AhoyEndpointIndex AhoyEndpointIndex;

/* What is done with an owner; TRUE ends the walk. */
typedef gboolean (*AhoyEndpointIndexFunc) (gpointer owner, gpointer user_data);

AhoyEndpointIndex *ahoy_endpoint_index_new (GHashFunc hash, GEqualFunc equal,
                                            GDestroyNotify key_free);
void ahoy_endpoint_index_free (AhoyEndpointIndex *self);
gboolean ahoy_endpoint_index_add (AhoyEndpointIndex *self, gpointer key, const char *name,
                                  gpointer owner);
gboolean ahoy_endpoint_index_remove (AhoyEndpointIndex *self, gconstpointer key,
                                     const char *name);
gpointer ahoy_endpoint_index_lookup (AhoyEndpointIndex *self, gconstpointer key);
gpointer ahoy_endpoint_index_walk (AhoyEndpointIndex *self, gconstpointer key,
                                   AhoyEndpointIndexFunc func, gpointer user_data);
guint ahoy_endpoint_index_get_size (AhoyEndpointIndex *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyEndpointIndex, ahoy_endpoint_index_free)

G_END_DECLS
