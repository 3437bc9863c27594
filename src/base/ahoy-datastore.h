/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DATASTORE (ahoy_datastore_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDatastore, ahoy_datastore, AHOY, DATASTORE, GObject)

AHOY_API
AhoyDatastore *ahoy_datastore_new (void);
AHOY_API
void ahoy_datastore_set_object (AhoyDatastore *self, const char *name, GObject *object);
AHOY_API
char *ahoy_datastore_add_object (AhoyDatastore *self, GObject *object);
AHOY_API
void ahoy_datastore_set_data_full (AhoyDatastore *self, const char *name, gpointer data,
                                   GDestroyNotify destroy);
AHOY_API
GObject *ahoy_datastore_get_object (AhoyDatastore *self, const char *name);
AHOY_API
gpointer ahoy_datastore_get_data (AhoyDatastore *self, const char *name);
AHOY_API
gpointer ahoy_datastore_steal_data (AhoyDatastore *self, const char *name);
AHOY_API
gboolean ahoy_datastore_contains (AhoyDatastore *self, const char *name);
AHOY_API
gboolean ahoy_datastore_remove (AhoyDatastore *self, const char *name);
AHOY_API
void ahoy_datastore_clear (AhoyDatastore *self);
AHOY_API
char **ahoy_datastore_list_names (AhoyDatastore *self);

G_END_DECLS
