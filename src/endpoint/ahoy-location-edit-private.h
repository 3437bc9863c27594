/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-location-edit.h"

G_BEGIN_DECLS

/* What happened to one contact: it was added (no old one), refreshed, or removed (no new one). */
typedef struct {
  AhoyContact *old;
  AhoyContact *contact;
  AhoyContactRemoval reason;
} AhoyLocationStep;

/* @contacts: those that were registered and did not expire; the edit takes references. */
AhoyLocationEdit *ahoy_location_edit_new (const char *aor, AhoyConfigObject *config,
                                          AhoyContact *const *contacts, guint n_contacts);
/* From now on it changes no more. */
void ahoy_location_edit_close (AhoyLocationEdit *self);
GPtrArray *ahoy_location_edit_peek_contacts (AhoyLocationEdit *self);
GArray *ahoy_location_edit_peek_steps (AhoyLocationEdit *self); /* AhoyLocationStep */

G_END_DECLS
