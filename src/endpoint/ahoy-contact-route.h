/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-contact.h"
#include "ahoy-message.h"

G_BEGIN_DECLS

AHOY_API
gboolean ahoy_contact_route_request (AhoyContact *self, AhoyMessage *request, GError **error);

G_END_DECLS
