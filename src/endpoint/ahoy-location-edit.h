/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-contact.h"

G_BEGIN_DECLS

/**
 * AhoyLocationEdit:
 *
 * What is to become of the contacts of one address of record, while an #AhoyLocationEditFunc
 * decides it. Nothing of it can be seen by others before it is stored. Reference counted.
 *
 * Since: 0.1
 */
typedef struct _AhoyLocationEdit AhoyLocationEdit;

/**
 * AhoyLocationEditFunc:
 * @edit: the contacts as they are now, to be changed
 * @user_data: what was given with the function
 * @error: return location for an error
 *
 * Decides what becomes of the contacts of an address of record. It runs when all earlier edits of
 * the same one are over, and does not wait for anything itself.
 *
 * Returns: %TRUE to keep the changes; %FALSE with @error set when nothing is to change
 *
 * Since: 0.1
 */
typedef gboolean (*AhoyLocationEditFunc) (AhoyLocationEdit *edit, gpointer user_data,
                                          GError **error);

#define AHOY_TYPE_LOCATION_EDIT (ahoy_location_edit_get_type ())
AHOY_API
GType ahoy_location_edit_get_type (void);

AHOY_API
AhoyLocationEdit *ahoy_location_edit_ref (AhoyLocationEdit *self);
AHOY_API
void ahoy_location_edit_unref (AhoyLocationEdit *self);
AHOY_API
const char *ahoy_location_edit_get_aor (AhoyLocationEdit *self);
AHOY_API
AhoyConfigObject *ahoy_location_edit_get_config (AhoyLocationEdit *self);
AHOY_API
GPtrArray *ahoy_location_edit_list_contacts (AhoyLocationEdit *self);
AHOY_API
AhoyContact *ahoy_location_edit_lookup (AhoyLocationEdit *self, const char *uri);
AHOY_API
gboolean ahoy_location_edit_put (AhoyLocationEdit *self, AhoyContact *contact);
AHOY_API
gboolean ahoy_location_edit_replace (AhoyLocationEdit *self, const char *uri,
                                     AhoyContact *contact);
AHOY_API
gboolean ahoy_location_edit_remove (AhoyLocationEdit *self, const char *uri,
                                    AhoyContactRemoval reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AhoyLocationEdit, ahoy_location_edit_unref)

G_END_DECLS
