/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_EXTENSION (ahoy_extension_get_type ())
typedef struct _AhoyExtension AhoyExtension;
AHOY_API
GType ahoy_extension_get_type (void);
AHOY_API
AhoyExtension *ahoy_extension_ref (AhoyExtension *self);
AHOY_API
void ahoy_extension_unref (AhoyExtension *self);
AHOY_API
GObject *ahoy_extension_get_object (AhoyExtension *self);
AHOY_API
const char *ahoy_extension_get_name (AhoyExtension *self);
AHOY_API
const char *const *ahoy_extension_get_methods (AhoyExtension *self);
AHOY_API
gboolean ahoy_extension_matches (AhoyExtension *self, const char *method);
AHOY_API
guint64 ahoy_extension_get_slow_calls (AhoyExtension *self);

#define AHOY_TYPE_EXTENSION_SNAPSHOT (ahoy_extension_snapshot_get_type ())
typedef struct _AhoyExtensionSnapshot AhoyExtensionSnapshot;
AHOY_API
GType ahoy_extension_snapshot_get_type (void);
AHOY_API
AhoyExtensionSnapshot *ahoy_extension_snapshot_ref (AhoyExtensionSnapshot *self);
AHOY_API
void ahoy_extension_snapshot_unref (AhoyExtensionSnapshot *self);
AHOY_API
guint ahoy_extension_snapshot_get_length (AhoyExtensionSnapshot *self);
AHOY_API
AhoyExtension *ahoy_extension_snapshot_get (AhoyExtensionSnapshot *self, guint index);

#define AHOY_TYPE_EXTENSION_REGISTRY (ahoy_extension_registry_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyExtensionRegistry, ahoy_extension_registry, AHOY, EXTENSION_REGISTRY,
                      GObject)

AHOY_API
AhoyExtensionRegistry *ahoy_extension_registry_new (void);
AHOY_API
gboolean ahoy_extension_registry_add (AhoyExtensionRegistry *self, GType interface_type,
                                      GObject *extension, const char *name,
                                      const char *const *before, const char *const *after,
                                      const char *const *methods, GError **error);
AHOY_API
gboolean ahoy_extension_registry_remove (AhoyExtensionRegistry *self, GType interface_type,
                                         GObject *extension);
AHOY_API
GObject *ahoy_extension_registry_lookup (AhoyExtensionRegistry *self, GType interface_type,
                                         const char *name);
AHOY_API
AhoyExtensionSnapshot *ahoy_extension_registry_snapshot (AhoyExtensionRegistry *self,
                                                         GType interface_type);
AHOY_API
guint64 ahoy_extension_registry_get_slow_calls (AhoyExtensionRegistry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyExtension, ahoy_extension_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyExtensionSnapshot, ahoy_extension_snapshot_unref)

G_END_DECLS
