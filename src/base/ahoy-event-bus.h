/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_EVENT_BUS (ahoy_event_bus_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyEventBus, ahoy_event_bus, AHOY, EVENT_BUS, GObject)

/**
 * AhoyEventFunc:
 * @bus: the bus
 * @topic: the topic
 * @key: what the state is of
 * @state: (nullable): the new state; %NULL when there is none any more
 * @user_data: what was given with the subscription
 *
 * Tells a subscriber of a state.
 *
 * Since: 0.1
 */
typedef void (*AhoyEventFunc) (AhoyEventBus *bus, const char *topic, const char *key,
                               GVariant *state, gpointer user_data);

AHOY_API
AhoyEventBus *ahoy_event_bus_new (void);
AHOY_API
gboolean ahoy_event_bus_publish (AhoyEventBus *self, const char *topic, const char *key,
                                 GVariant *state, GError **error);
AHOY_API
guint64 ahoy_event_bus_subscribe (AhoyEventBus *self, const char *topic, const char *key,
                                  gboolean tell_current, AhoyEventFunc callback,
                                  gpointer user_data, GDestroyNotify destroy, GError **error);
AHOY_API
gboolean ahoy_event_bus_unsubscribe (AhoyEventBus *self, guint64 id);
AHOY_API
GVariant *ahoy_event_bus_get_state (AhoyEventBus *self, const char *topic, const char *key);
AHOY_API
char **ahoy_event_bus_list_topics (AhoyEventBus *self);
AHOY_API
char **ahoy_event_bus_list_keys (AhoyEventBus *self, const char *topic);

G_END_DECLS
