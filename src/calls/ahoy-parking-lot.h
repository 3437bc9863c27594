/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-music-on-hold.h"
#include "ahoy-session.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_PARKING_LOT (ahoy_parking_lot_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyParkingLot, ahoy_parking_lot, AHOY, PARKING_LOT, GObject)

AHOY_API
AhoyParkingLot *ahoy_parking_lot_new (AhoyMusicOnHold *music);
AHOY_API
guint ahoy_parking_lot_park (AhoyParkingLot *self, AhoySession *session, const char *parked_by,
                             guint slot, const char *music, GError **error);
AHOY_API
AhoySession *ahoy_parking_lot_take (AhoyParkingLot *self, guint slot);
AHOY_API
gboolean ahoy_parking_lot_leave (AhoyParkingLot *self, AhoySession *session);
AHOY_API
guint ahoy_parking_lot_find_slot (AhoyParkingLot *self, AhoySession *session);
AHOY_API
const char *ahoy_parking_lot_get_parked_by (AhoyParkingLot *self, guint slot);

G_END_DECLS
