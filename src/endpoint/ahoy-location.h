/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-endpoint-registry.h"
#include "ahoy-location-edit.h"
#include "ahoy-scheduler.h"

G_BEGIN_DECLS

#define AHOY_TYPE_LOCATION (ahoy_location_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyLocation, ahoy_location, AHOY, LOCATION, GObject)

AHOY_API
AhoyLocation *ahoy_location_new (AhoyEndpointRegistry *endpoints, AhoyScheduler *scheduler);

AHOY_API
void ahoy_location_add_aor (AhoyLocation *self, AhoyConfigObject *config);
AHOY_API
void ahoy_location_change_aor (AhoyLocation *self, AhoyConfigObject *config);
AHOY_API
gboolean ahoy_location_remove_aor (AhoyLocation *self, const char *aor);
AHOY_API
void ahoy_location_update_aors (AhoyLocation *self);
AHOY_API
AhoyConfigObject *ahoy_location_get_aor_config (AhoyLocation *self, const char *aor);
AHOY_API
char **ahoy_location_list_aors_for (AhoyLocation *self, AhoyEndpoint *endpoint);

AHOY_API
char **ahoy_location_list_names (AhoyLocation *self);
AHOY_API
GPtrArray *ahoy_location_list_contacts (AhoyLocation *self, const char *aor);
AHOY_API
AhoyContact *ahoy_location_lookup_contact (AhoyLocation *self, const char *aor, const char *uri);
AHOY_API
guint ahoy_location_get_n_contacts (AhoyLocation *self);

AHOY_API
void ahoy_location_update_async (AhoyLocation *self, const char *aor, AhoyLocationEditFunc edit,
                                 gpointer edit_data, GDestroyNotify edit_destroy,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
AHOY_API
gboolean ahoy_location_update_finish (AhoyLocation *self, GAsyncResult *result, GError **error);
AHOY_API
void ahoy_location_remove_contact_async (AhoyLocation *self, const char *aor, const char *uri,
                                         AhoyContactRemoval reason, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_location_remove_contact_finish (AhoyLocation *self, GAsyncResult *result,
                                              GError **error);

AHOY_API
gboolean ahoy_location_set_status (AhoyLocation *self, const char *aor, const char *uri,
                                   AhoyContactStatus status, gint64 round_trip);

G_END_DECLS
