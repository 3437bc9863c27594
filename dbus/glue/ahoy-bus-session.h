/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-bus-hub.h"
#include "ahoy-bus-pending.h"
#include "ahoy-bus-recording.h"
#include "ahoy.h"

G_BEGIN_DECLS

#define AHOY_BUS_TYPE_SESSION (ahoy_bus_session_get_type ())
G_DECLARE_FINAL_TYPE (AhoyBusSession, ahoy_bus_session, AHOY_BUS, SESSION, GObject)

/* Properties, in the order of their table. */
enum {
  AHOY_BUS_SESSION_ID,
  AHOY_BUS_SESSION_DIRECTION,
  AHOY_BUS_SESSION_STATE,
  AHOY_BUS_SESSION_EARLY_MEDIA,
  AHOY_BUS_SESSION_ENDPOINT,
  AHOY_BUS_SESSION_TARGET,
  AHOY_BUS_SESSION_LOCAL_URI,
  AHOY_BUS_SESSION_REMOTE_URI,
  AHOY_BUS_SESSION_REMOTE_NAME,
  AHOY_BUS_SESSION_CALL_ID,
  AHOY_BUS_SESSION_BRANCHES,
  AHOY_BUS_SESSION_HOLD,
  AHOY_BUS_SESSION_MUTED,
  AHOY_BUS_SESSION_VOLUME_SENT, /* as AhoyMediaSound */
  AHOY_BUS_SESSION_VOLUME_RECEIVED,
  AHOY_BUS_SESSION_RECORDING,
  AHOY_BUS_SESSION_APPLICATION,
  AHOY_BUS_SESSION_BRIDGE,
  AHOY_BUS_SESSION_CREATED_AT,
  AHOY_BUS_SESSION_ANSWERED_AT,
  AHOY_BUS_SESSION_ENDED_AT,
  AHOY_BUS_SESSION_END_STATUS,
  AHOY_BUS_SESSION_END_CAUSE,
  AHOY_BUS_SESSION_END_REASON,
  AHOY_BUS_SESSION_ENDED_BY,
  AHOY_BUS_SESSION_ACCOUNT_CODE,
  AHOY_BUS_SESSION_TENANT,
  AHOY_BUS_SESSION_LANGUAGE,
  AHOY_BUS_SESSION_REMOTE_IDENTITY,
  AHOY_BUS_SESSION_CONNECTED_IDENTITY,
  AHOY_BUS_SESSION_DISPLAY_NUMBER,
  AHOY_BUS_SESSION_LOCAL_IDENTITY,
  AHOY_BUS_SESSION_SESSION_ID,
  AHOY_BUS_SESSION_TRANSFER_STATE,
  AHOY_BUS_SESSION_TRANSFER_HEADERS,
  AHOY_BUS_SESSION_REDIRECTS,
  AHOY_BUS_SESSION_LINKED_ID,
};

typedef struct {
  AhoySessionState state;
  AhoyBusPending *pending;
} AhoyBusWait;

struct _AhoyBusSession {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyBusObject *object;
  AhoyCore *core;
  AhoySession *session;
  GPtrArray *streams; /* AhoyBusStream */
  GSList *watched;    /* streams and what carries their media: handlers are connected to them */
  GArray *waits;      /* AhoyBusWait */
  AhoyBusRecording *recording;
  gboolean muted;
  double volume[2]; /* by AhoyMediaSound */
  AhoyMediaRecordingState recorded; /* as it was told last */
};

extern const AhoyBusMethod ahoy_bus_session_methods[];

AhoyBusSession *ahoy_bus_session_new (AhoyBusHub *hub, AhoyCore *core, AhoySession *session);
void ahoy_bus_session_remove (AhoyBusSession *self);
const char *ahoy_bus_session_get_path (AhoyBusSession *self);
const AhoyBusInterface *ahoy_bus_session_get_interface (void);
AhoySession *ahoy_bus_session_look_up (AhoyBusHub *hub, const char *path, GError **error);
void ahoy_bus_session_changed (AhoyBusSession *self, guint property);
AhoyMediaStream *ahoy_bus_session_find_audio (AhoyBusSession *self, GError **error);
GVariant *ahoy_bus_session_describe_state (AhoyBusSession *self);

G_END_DECLS
