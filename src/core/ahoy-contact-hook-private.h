/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-config-object.h"
#include "ahoy-location.h"

G_BEGIN_DECLS

/* A program of the administrator that hears of contacts: contact-hook of [core]. */
typedef struct _AhoyContactHook AhoyContactHook;

AhoyContactHook *ahoy_contact_hook_new (AhoyLocation *location, AhoyScheduler *scheduler);
void ahoy_contact_hook_free (AhoyContactHook *self);
void ahoy_contact_hook_set_up (AhoyContactHook *self, AhoyConfigObject *settings);

G_END_DECLS
