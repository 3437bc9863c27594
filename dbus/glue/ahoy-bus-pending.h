/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-bus-call.h"
#include "ahoy.h"

G_BEGIN_DECLS

/* No method waits longer for SIP than this: busctl and GDBus give up after 25 s. */
#define AHOY_BUS_PATIENCE 20u

typedef struct _AhoyBusPending AhoyBusPending;

AhoyBusPending *ahoy_bus_pending_new (AhoyBusCall *call, AhoyScheduler *scheduler,
                                      guint milliseconds, GVariant *(*late) (gpointer user_data),
                                      gpointer user_data, GDestroyNotify destroy);
void ahoy_bus_pending_set_late_error (AhoyBusPending *self, GError *error);
gboolean ahoy_bus_pending_is_over (AhoyBusPending *self);
void ahoy_bus_pending_return (AhoyBusPending *self, GVariant *value);
void ahoy_bus_pending_fail (AhoyBusPending *self, GError *error);
AhoyBusPending *ahoy_bus_pending_ref (AhoyBusPending *self);
void ahoy_bus_pending_unref (AhoyBusPending *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyBusPending, ahoy_bus_pending_unref)

/* Replies of the methods that wait for a SIP response */
GVariant *ahoy_bus_reply_status (AhoyMessage *response);
GVariant *ahoy_bus_reply_response (AhoyMessage *response);
GVariant *ahoy_bus_late_status (gpointer user_data);
GVariant *ahoy_bus_late_response (gpointer user_data);

G_END_DECLS
