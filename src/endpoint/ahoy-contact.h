/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-transport-protocol.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyContactStatus:
 * @AHOY_CONTACT_STATUS_CREATED: it is to be asked whether it is there, and was not yet
 * @AHOY_CONTACT_STATUS_AVAILABLE: it answered
 * @AHOY_CONTACT_STATUS_UNREACHABLE: it did not answer
 * @AHOY_CONTACT_STATUS_NON_QUALIFIED: nobody asks it
 *
 * What is known of whether a contact can be reached.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CONTACT_STATUS_CREATED,
  AHOY_CONTACT_STATUS_AVAILABLE,
  AHOY_CONTACT_STATUS_UNREACHABLE,
  AHOY_CONTACT_STATUS_NON_QUALIFIED,
} AhoyContactStatus;

#define AHOY_TYPE_CONTACT_STATUS (ahoy_contact_status_get_type ())
AHOY_API
GType ahoy_contact_status_get_type (void);

/**
 * AhoyContactRemoval:
 * @AHOY_CONTACT_REMOVAL_UNREGISTERED: who registered it took it back
 * @AHOY_CONTACT_REMOVAL_EXPIRED: nobody refreshed it in time
 * @AHOY_CONTACT_REMOVAL_REPLACED: another one took its place
 * @AHOY_CONTACT_REMOVAL_DROPPED: somebody here dropped it
 * @AHOY_CONTACT_REMOVAL_UNAVAILABLE: it did not answer, and another one needed its place
 * @AHOY_CONTACT_REMOVAL_CONNECTION_CLOSED: the connection that it was registered on is closed
 * @AHOY_CONTACT_REMOVAL_RECONFIGURED: its address of record is not configured any more
 *
 * Why a contact is gone.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CONTACT_REMOVAL_UNREGISTERED,
  AHOY_CONTACT_REMOVAL_EXPIRED,
  AHOY_CONTACT_REMOVAL_REPLACED,
  AHOY_CONTACT_REMOVAL_DROPPED,
  AHOY_CONTACT_REMOVAL_UNAVAILABLE,
  AHOY_CONTACT_REMOVAL_CONNECTION_CLOSED,
  AHOY_CONTACT_REMOVAL_RECONFIGURED,
} AhoyContactRemoval;

#define AHOY_TYPE_CONTACT_REMOVAL (ahoy_contact_removal_get_type ())
AHOY_API
GType ahoy_contact_removal_get_type (void);
AHOY_API
const char *ahoy_contact_removal_get_nick (AhoyContactRemoval reason);

/**
 * AhoyContact:
 *
 * Where somebody is: a URI that was registered under an address of record (RFC 3261 section 10), or
 * that the configuration says, with all that is needed to send requests there. Immutable, reference
 * counted and small; made by an #AhoyContactBuilder.
 *
 * Since: 0.1
 */
typedef struct _AhoyContact AhoyContact;

#define AHOY_TYPE_CONTACT (ahoy_contact_get_type ())
AHOY_API
GType ahoy_contact_get_type (void);

AHOY_API
AhoyContact *ahoy_contact_ref (AhoyContact *self);
AHOY_API
void ahoy_contact_unref (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_uri (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_registered_uri (AhoyContact *self);
AHOY_API
guint ahoy_contact_get_q (AhoyContact *self);
AHOY_API
gint64 ahoy_contact_get_expires (AhoyContact *self);
AHOY_API
gint64 ahoy_contact_get_registered_at (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_call_id (AhoyContact *self);
AHOY_API
guint32 ahoy_contact_get_cseq (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_user_agent (AhoyContact *self);
AHOY_API
const char *const *ahoy_contact_get_path (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_received (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_transport (AhoyContact *self);
AHOY_API
AhoyTransportProtocol ahoy_contact_get_protocol (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_instance (AhoyContact *self);
AHOY_API
guint ahoy_contact_get_reg_id (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_flow (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_node (AhoyContact *self);
AHOY_API
const char *ahoy_contact_get_params (AhoyContact *self);
AHOY_API
gboolean ahoy_contact_is_static (AhoyContact *self);
AHOY_API
AhoyContactStatus ahoy_contact_get_status (AhoyContact *self);
AHOY_API
gint64 ahoy_contact_get_round_trip (AhoyContact *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyContact, ahoy_contact_unref)

G_END_DECLS
