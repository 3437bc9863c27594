/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* Where messages come from: an IPv4 address, or the /64 of an IPv6 address. */
typedef struct {
  guint8 bytes[16];
} AhoySourceKey;

typedef struct {
  AhoySourceKey key;
  gint64 tokens; /* µs of its bucket that are left */
  gint64 filled;
  guint failures;
  gint64 failing_since;
  gint64 trusted_until;
  gint64 banned_until; /* 0 when it is not; G_MAXINT64 for ever */
  guint bans;          /* how often it was */
  guint64 dropped;
  char *reason; /* of the ban */
  gboolean limited;
  gboolean manual; /* somebody asked for the ban */
  gboolean kept;
  GList link;
} AhoySource;

typedef struct _AhoySourceTable AhoySourceTable;

typedef void (*AhoySourceFunc) (AhoySource *source, gpointer user_data);

gboolean ahoy_source_key_from_native (const struct sockaddr *native, AhoySourceKey *key);
gboolean ahoy_source_key_from_address (GInetAddress *address, AhoySourceKey *key);
GInetAddress *ahoy_source_key_to_address (const AhoySourceKey *key);
char *ahoy_source_key_to_string (const AhoySourceKey *key);

AhoySourceTable *ahoy_source_table_new (guint max_loose, guint max_kept);
void ahoy_source_table_free (AhoySourceTable *self);
AhoySource *ahoy_source_table_find (AhoySourceTable *self, const AhoySourceKey *key);
AhoySource *ahoy_source_table_add (AhoySourceTable *self, const AhoySourceKey *key);
void ahoy_source_table_keep (AhoySourceTable *self, AhoySource *source);
void ahoy_source_table_let_go (AhoySourceTable *self, AhoySource *source);
void ahoy_source_table_foreach_kept (AhoySourceTable *self, AhoySourceFunc callback,
                                     gpointer user_data);
guint ahoy_source_table_get_size (AhoySourceTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoySourceTable, ahoy_source_table_free)

G_END_DECLS
