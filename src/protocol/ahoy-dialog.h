/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-message.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DIALOG (ahoy_dialog_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDialog, ahoy_dialog, AHOY, DIALOG, GObject)

AHOY_API
const char *ahoy_dialog_get_call_id (AhoyDialog *self);
AHOY_API
const char *ahoy_dialog_get_local_tag (AhoyDialog *self);
AHOY_API
const char *ahoy_dialog_get_remote_tag (AhoyDialog *self);
AHOY_API
char *ahoy_dialog_dup_remote_target (AhoyDialog *self);
AHOY_API
AhoyMessage *ahoy_dialog_create_request (AhoyDialog *self, const char *method, GError **error);

G_END_DECLS
