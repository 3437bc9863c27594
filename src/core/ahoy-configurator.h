/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-problem.h"
#include "ahoy-config-schema.h"
#include "ahoy-core.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CONFIGURATOR (ahoy_configurator_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyConfigurator, ahoy_configurator, AHOY, CONFIGURATOR, GObject)

AHOY_API
AhoyConfigurator *ahoy_configurator_new (AhoyCore *core, const char *folder,
                                         const char *state_folder);
AHOY_API
AhoyCore *ahoy_configurator_get_core (AhoyConfigurator *self);
AHOY_API
AhoyConfigSchema *ahoy_configurator_get_schema (AhoyConfigurator *self);
AHOY_API
gboolean ahoy_configurator_start (AhoyConfigurator *self, GPtrArray **problems);
AHOY_API
void ahoy_configurator_check_async (AhoyConfigurator *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
GPtrArray *ahoy_configurator_check_finish (AhoyConfigurator *self, GAsyncResult *result,
                                           GError **error);
AHOY_API
void ahoy_configurator_reload_async (AhoyConfigurator *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_configurator_reload_finish (AhoyConfigurator *self, GAsyncResult *result,
                                          char ***changed, GPtrArray **problems, GError **error);

AHOY_API
void ahoy_configurator_put_async (AhoyConfigurator *self, const char *type_name, const char *name,
                                  GVariant *keys, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_configurator_put_finish (AhoyConfigurator *self, GAsyncResult *result,
                                       GError **error);
AHOY_API
void ahoy_configurator_delete_async (AhoyConfigurator *self, const char *type_name,
                                     const char *name, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
AHOY_API
gboolean ahoy_configurator_delete_finish (AhoyConfigurator *self, GAsyncResult *result,
                                          GError **error);

G_END_DECLS
