/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What was answered without a transaction, so that a retransmission gets the same bytes, and what
 * is still being decided, so that it is not decided twice. See docs/architecture.md, "The protocol
 * layer".
 */
typedef struct _AhoyReplyCache AhoyReplyCache;

typedef enum {
  AHOY_REPLY_NONE,
  AHOY_REPLY_PENDING,
  AHOY_REPLY_ANSWERED,
} AhoyReplyState;

AhoyReplyCache *ahoy_reply_cache_new (gint64 lifetime, guint capacity);
void ahoy_reply_cache_free (AhoyReplyCache *self);
AhoyReplyState ahoy_reply_cache_lookup (AhoyReplyCache *self, const char *key, gint64 now,
                                        GBytes **reply);
void ahoy_reply_cache_begin (AhoyReplyCache *self, const char *key, gint64 now);
void ahoy_reply_cache_answer (AhoyReplyCache *self, const char *key, GBytes *reply, gint64 now);
void ahoy_reply_cache_forget (AhoyReplyCache *self, const char *key);
gint64 ahoy_reply_cache_expire (AhoyReplyCache *self, gint64 now);
guint ahoy_reply_cache_get_size (AhoyReplyCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyReplyCache, ahoy_reply_cache_free)

G_END_DECLS
