/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-resolver-engine.h"
#include "ahoy-resolver.h"

G_BEGIN_DECLS

/* Replaces the clock of the TTLs and of reported failures; time-outs stay on the real one. */
void ahoy_resolver_set_clock (AhoyResolver *self, AhoyResolverClock clock, gpointer user_data);

/* Makes the draw of SRV weights repeatable. */
void ahoy_resolver_set_seed (AhoyResolver *self, guint32 seed);

guint ahoy_resolver_get_cache_size (AhoyResolver *self);

/* Lookups somebody waits for. */
guint ahoy_resolver_get_n_lookups (AhoyResolver *self);

G_END_DECLS
