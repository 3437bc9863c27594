/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-parking-lot.h"

G_BEGIN_DECLS

/* Variables of a call: its slot, and who left it there. */
#define AHOY_PARKING_SLOT_VARIABLE "parking-slot"
#define AHOY_PARKING_BY_VARIABLE "transferred-by"

/* Whether a call that names no slot would find none. */
gboolean ahoy_parking_lot_is_full (AhoyParkingLot *self);

G_END_DECLS
