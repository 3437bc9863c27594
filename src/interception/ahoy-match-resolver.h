/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-identify-rules.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

/*
 * Finds out what host names in `match` of endpoints and of [identify] stand for, and again when the
 * answer is too old.
 */
#define AHOY_TYPE_MATCH_RESOLVER (ahoy_match_resolver_get_type ())
G_DECLARE_FINAL_TYPE (AhoyMatchResolver, ahoy_match_resolver, AHOY, MATCH_RESOLVER, GObject)

AhoyMatchResolver *ahoy_match_resolver_new (AhoyStack *stack, AhoyEndpointRegistry *endpoints,
                                            AhoyIdentifyRules *rules);

G_END_DECLS
