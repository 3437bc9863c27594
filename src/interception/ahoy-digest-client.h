/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-registry.h"
#include "ahoy-stack.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_DIGEST_CLIENT (ahoy_digest_client_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyDigestClient, ahoy_digest_client, AHOY, DIGEST_CLIENT, GObject)

AHOY_API
AhoyDigestClient *ahoy_digest_client_new (AhoyStack *stack, AhoyAuthRegistry *accounts);
AHOY_API
GVariant *ahoy_digest_client_get_statistics (AhoyDigestClient *self);

G_END_DECLS
