/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-contact.h"

G_BEGIN_DECLS

/**
 * AhoyContactBuilder:
 *
 * Makes contacts. Reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyContactBuilder AhoyContactBuilder;

#define AHOY_TYPE_CONTACT_BUILDER (ahoy_contact_builder_get_type ())
AHOY_API
GType ahoy_contact_builder_get_type (void);

AHOY_API
AhoyContactBuilder *ahoy_contact_builder_new (const char *uri);
AHOY_API
AhoyContactBuilder *ahoy_contact_builder_new_from (AhoyContact *contact);
AHOY_API
AhoyContactBuilder *ahoy_contact_builder_ref (AhoyContactBuilder *self);
AHOY_API
void ahoy_contact_builder_unref (AhoyContactBuilder *self);
AHOY_API
AhoyContact *ahoy_contact_builder_end (AhoyContactBuilder *self);
AHOY_API
void ahoy_contact_builder_set_uri (AhoyContactBuilder *self, const char *uri);
AHOY_API
void ahoy_contact_builder_set_registered_uri (AhoyContactBuilder *self, const char *uri);
AHOY_API
void ahoy_contact_builder_set_path (AhoyContactBuilder *self, const char *const *path);
AHOY_API
void ahoy_contact_builder_set_call_id (AhoyContactBuilder *self, const char *call_id);
AHOY_API
void ahoy_contact_builder_set_user_agent (AhoyContactBuilder *self, const char *user_agent);
AHOY_API
void ahoy_contact_builder_set_received (AhoyContactBuilder *self, const char *received);
AHOY_API
void ahoy_contact_builder_set_transport (AhoyContactBuilder *self, const char *transport);
AHOY_API
void ahoy_contact_builder_set_instance (AhoyContactBuilder *self, const char *instance);
AHOY_API
void ahoy_contact_builder_set_flow (AhoyContactBuilder *self, const char *flow);
AHOY_API
void ahoy_contact_builder_set_node (AhoyContactBuilder *self, const char *node);
AHOY_API
void ahoy_contact_builder_set_params (AhoyContactBuilder *self, const char *params);
AHOY_API
void ahoy_contact_builder_set_q (AhoyContactBuilder *self, guint q);
AHOY_API
void ahoy_contact_builder_set_expires (AhoyContactBuilder *self, gint64 expires);
AHOY_API
void ahoy_contact_builder_set_registered_at (AhoyContactBuilder *self, gint64 registered_at);
AHOY_API
void ahoy_contact_builder_set_cseq (AhoyContactBuilder *self, guint32 cseq);
AHOY_API
void ahoy_contact_builder_set_protocol (AhoyContactBuilder *self, AhoyTransportProtocol protocol);
AHOY_API
void ahoy_contact_builder_set_reg_id (AhoyContactBuilder *self, guint reg_id);
AHOY_API
void ahoy_contact_builder_set_status (AhoyContactBuilder *self, AhoyContactStatus status);
AHOY_API
void ahoy_contact_builder_set_static (AhoyContactBuilder *self, gboolean is_static);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyContactBuilder, ahoy_contact_builder_unref)

G_END_DECLS
