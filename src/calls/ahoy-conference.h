/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bridge.h"
#include "ahoy-session.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyConferenceRole:
 * @AHOY_CONFERENCE_ROLE_NONE: speaks and hears
 * @AHOY_CONFERENCE_ROLE_MUTED: is not heard, until somebody says so
 * @AHOY_CONFERENCE_ROLE_MARKED: is one of those without whom nothing happens
 * @AHOY_CONFERENCE_ROLE_WAITING: neither speaks nor hears until somebody marked is there
 * @AHOY_CONFERENCE_ROLE_DEPENDENT: is sent away when nobody marked is there any more
 *
 * What somebody is in a conference.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_CONFERENCE_ROLE_NONE = 0,
  AHOY_CONFERENCE_ROLE_MUTED = 1 << 0,
  AHOY_CONFERENCE_ROLE_MARKED = 1 << 1,
  AHOY_CONFERENCE_ROLE_WAITING = 1 << 2,
  AHOY_CONFERENCE_ROLE_DEPENDENT = 1 << 3,
} AhoyConferenceRole;

#define AHOY_TYPE_CONFERENCE_ROLE (ahoy_conference_role_get_type ())
AHOY_API
GType ahoy_conference_role_get_type (void);

#define AHOY_TYPE_CONFERENCE (ahoy_conference_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyConference, ahoy_conference, AHOY, CONFERENCE, GObject)

AHOY_API
AhoyConference *ahoy_conference_new (const char *name);
AHOY_API
const char *ahoy_conference_get_name (AhoyConference *self);
AHOY_API
AhoyBridge *ahoy_conference_get_bridge (AhoyConference *self);
AHOY_API
guint ahoy_conference_get_n_members (AhoyConference *self);
AHOY_API
void ahoy_conference_set_announcing (AhoyConference *self, gboolean announcing);
AHOY_API
gboolean ahoy_conference_join (AhoyConference *self, AhoySession *session,
                               AhoyConferenceRole role, GError **error);
AHOY_API
gboolean ahoy_conference_leave (AhoyConference *self, AhoySession *session);
AHOY_API
gboolean ahoy_conference_record (AhoyConference *self, const char *path, GError **error);
AHOY_API
void ahoy_conference_end (AhoyConference *self);

G_END_DECLS
