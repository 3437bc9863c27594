/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-visibility.h"

G_BEGIN_DECLS

/**
 * AhoyDeferralState:
 * @AHOY_DEFERRAL_WAITING: the request waits for the extension
 * @AHOY_DEFERRAL_RESOLVED: the extension said what becomes of it
 * @AHOY_DEFERRAL_TIMED_OUT: the extension said nothing before the deadline; the request failed
 * @AHOY_DEFERRAL_CANCELLED: the request is no more, and nobody listens
 *
 * What became of a deferral.
 *
 * Since: 0.1
 */
typedef enum {
  AHOY_DEFERRAL_WAITING,
  AHOY_DEFERRAL_RESOLVED,
  AHOY_DEFERRAL_TIMED_OUT,
  AHOY_DEFERRAL_CANCELLED,
} AhoyDeferralState;

#define AHOY_TYPE_DEFERRAL_STATE (ahoy_deferral_state_get_type ())
AHOY_API
GType ahoy_deferral_state_get_type (void);

#define AHOY_TYPE_DEFERRAL (ahoy_deferral_get_type ())
AHOY_API
G_DECLARE_DERIVABLE_TYPE (AhoyDeferral, ahoy_deferral, AHOY, DEFERRAL, GObject)

/**
 * AhoyDeferralClass:
 *
 * Since: 0.1
 */
struct _AhoyDeferralClass {
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

AHOY_API
AhoyDeferralState ahoy_deferral_get_state (AhoyDeferral *self);
AHOY_API
gboolean ahoy_deferral_is_waiting (AhoyDeferral *self);

G_END_DECLS
