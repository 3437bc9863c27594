/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-message.h"
#include "ahoy-sofia-private.h"

G_BEGIN_DECLS

/* The thread and context that own the Sofia handles; shared by all objects of one stack. */
typedef struct {
  gatomicrefcount ref_count;
  GMainContext *context;
  GThread *thread;
  guint epoch; /* how often the stack was stopped: sockets of an earlier time are gone */
} AhoyOwner;

AhoyOwner *ahoy_owner_new (GMainContext *context);
AhoyOwner *ahoy_owner_ref (AhoyOwner *self);
void ahoy_owner_unref (AhoyOwner *self);
gboolean ahoy_owner_is_current (AhoyOwner *self);
void ahoy_owner_release (AhoyOwner *self, GDestroyNotify destroy, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyOwner, ahoy_owner_unref)

typedef enum {
  AHOY_MESSAGE_INCOMING = 1 << 0,
  AHOY_MESSAGE_LOCAL = 1 << 1,  /* made by the stack itself, such as a time-out's 408 */
  AHOY_MESSAGE_SEALED = 1 << 2, /* was sent or received: no more changes */
} AhoyMessageFlags;

AhoyMessage *ahoy_message_new_take (AhoyOwner *owner, msg_t *msg, AhoyMessageFlags flags);
msg_t *ahoy_message_peek_msg (AhoyMessage *self);
void ahoy_message_take_source (AhoyMessage *self, GSocketAddress *source);
GBytes *ahoy_message_get_sent_bytes (AhoyMessage *self);
sip_t *ahoy_message_peek_sip (AhoyMessage *self);
void ahoy_message_set_transport (AhoyMessage *self, tport_t *tport);
tport_t *ahoy_message_peek_tport (AhoyMessage *self);
const char *ahoy_message_peek_transport_ident (AhoyMessage *self);
void ahoy_message_seal (AhoyMessage *self);
const char *ahoy_message_peek_leaves_by (AhoyMessage *self);
void ahoy_message_copy_credentials (AhoyMessage *self, AhoyMessage *from);
gboolean ahoy_message_add_tags (AhoyMessage *self, tag_type_t tag, tag_value_t value, ...);

char *ahoy_dup_utf8 (const char *bytes, gssize length);
char *ahoy_dup_url (const url_t *url);

G_END_DECLS
