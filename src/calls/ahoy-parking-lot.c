/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-parking-lot-private.h"

#include "ahoy-census.h"
#include "ahoy-error.h"

/**
 * AhoyParkingLot:
 *
 * Calls that wait until somebody takes them, each in a slot with a number. Who is parked hears
 * music. A call that ends leaves its slot.
 *
 * Since: 0.1
 */
struct _AhoyParkingLot {
  GObject parent_instance;

  AhoyMusicOnHold *music;
  GHashTable *slots; /* number → Slot */
};

#define FIRST_SLOT 701
#define LAST_SLOT 799

typedef struct {
  AhoyParkingLot *lot; /* not a reference */
  guint number;
  AhoySession *session;
  AhoyMediaStream *media;
  char *parked_by;
} Slot;

enum { SIGNAL_PARKED, SIGNAL_LEFT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyParkingLot, ahoy_parking_lot, G_TYPE_OBJECT)

static void
slot_free (gpointer data)
{
  Slot *self = data;

  g_signal_handlers_disconnect_by_data (self->session, self);
  ahoy_music_on_hold_stop (self->lot->music, self->media);
  g_object_unref (self->media);
  g_object_unref (self->session);
  g_free (self->parked_by);
  g_free (self);
}

static void
remove_slot (AhoyParkingLot *self, Slot *slot)
{
  g_autoptr (AhoySession) session = g_object_ref (slot->session);
  guint number = slot->number;

  g_hash_table_remove (self->slots, GUINT_TO_POINTER (number));
  g_signal_emit (self, signals[SIGNAL_LEFT], 0, session, number);
}

static void
on_ended (AhoySession *session, Slot *slot)
{
  remove_slot (slot->lot, slot);
}

static Slot *
find (AhoyParkingLot *self, AhoySession *session)
{
  GHashTableIter iter;
  gpointer slot;

  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, &slot)) {
    if (((Slot *) slot)->session == session) {
      return slot;
    }
  }
  return NULL;
}

/* The number that is wanted, or the lowest that is free; 0 when there is none. */
static guint
choose_number (AhoyParkingLot *self, guint wanted)
{
  for (guint i = wanted != 0 ? wanted : FIRST_SLOT; i <= (wanted != 0 ? wanted : LAST_SLOT); i++) {
    if (!g_hash_table_contains (self->slots, GUINT_TO_POINTER (i))) {
      return i;
    }
  }
  return 0;
}

gboolean
ahoy_parking_lot_is_full (AhoyParkingLot *self)
{
  return choose_number (self, 0) == 0;
}

static void
ahoy_parking_lot_finalize (GObject *object)
{
  AhoyParkingLot *self = AHOY_PARKING_LOT (object);

  g_hash_table_unref (self->slots);
  g_object_unref (self->music);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_parking_lot_parent_class)->finalize (object);
}

static void
ahoy_parking_lot_class_init (AhoyParkingLotClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ahoy_parking_lot_finalize;
  /**
   * AhoyParkingLot::parked:
   * @self: a lot
   * @session: who is parked
   * @slot: the number of the slot
   *
   * Somebody was parked.
   *
   * Since: 0.1
   */
  signals[SIGNAL_PARKED] = g_signal_new ("parked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, AHOY_TYPE_SESSION, G_TYPE_UINT);
  /**
   * AhoyParkingLot::left:
   * @self: a lot
   * @session: who was parked
   * @slot: the number of the slot, which is free now
   *
   * Somebody was taken, went on, or hung up.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LEFT] = g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, AHOY_TYPE_SESSION, G_TYPE_UINT);
}

static void
ahoy_parking_lot_init (AhoyParkingLot *self)
{
  self->slots = g_hash_table_new_full (NULL, NULL, NULL, slot_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_parking_lot_new:
 * @music: what those who are parked hear
 *
 * Returns: (transfer full): a lot with the slots 701 to 799
 *
 * Since: 0.1
 */
AhoyParkingLot *
ahoy_parking_lot_new (AhoyMusicOnHold *music)
{
  AhoyParkingLot *self;

  g_return_val_if_fail (AHOY_IS_MUSIC_ON_HOLD (music), NULL);

  self = g_object_new (AHOY_TYPE_PARKING_LOT, NULL);
  self->music = g_object_ref (music);
  return self;
}

/**
 * ahoy_parking_lot_park:
 * @self: a lot
 * @session: (transfer none): a call with sound
 * @parked_by: (nullable): the endpoint that parks it; %NULL when nobody says so
 * @slot: the number of a slot; 0 for the lowest that is free
 * @music: the class of music that the call hears
 * @error: return location for an error
 *
 * Parks a call until ahoy_parking_lot_take() or ahoy_parking_lot_leave(), or until it is over.
 *
 * Returns: the number of the slot; 0 with %AHOY_ERROR_LIMIT_EXCEEDED when the slot, or all of them,
 *   are taken, with %AHOY_ERROR_EXISTS when the call is parked already, with
 *   %AHOY_ERROR_INVALID_STATE when it has no sound, or with an error of the music
 *
 * Since: 0.1
 */
guint
ahoy_parking_lot_park (AhoyParkingLot *self, AhoySession *session, const char *parked_by,
                       guint slot, const char *music, GError **error)
{
  AhoyMediaStream *media;
  Slot *taken;
  guint number;

  g_return_val_if_fail (AHOY_IS_PARKING_LOT (self), 0);
  g_return_val_if_fail (AHOY_IS_SESSION (session), 0);
  g_return_val_if_fail (music != NULL, 0);

  media = ahoy_session_find_media (session, "audio");
  number = choose_number (self, slot);
  if (number == 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 slot != 0 ? "The slot %u is taken; take another, or 0 for a free one"
                           : "All slots up to %u are taken; wait until a call is fetched",
                 slot != 0 ? slot : LAST_SLOT);
    return 0;
  }
  if (find (self, session) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS,
                 "Session %" G_GUINT64_FORMAT " is parked already, in slot %u",
                 ahoy_session_get_id (session), find (self, session)->number);
    return 0;
  }
  if (media == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "Session %" G_GUINT64_FORMAT " has no sound, and cannot be parked",
                 ahoy_session_get_id (session));
    return 0;
  }
  if (!ahoy_music_on_hold_play (self->music, music, media, error)) {
    return 0;
  }
  taken = g_new0 (Slot, 1);
  taken->lot = self;
  taken->number = number;
  taken->session = g_object_ref (session);
  taken->media = g_object_ref (media);
  taken->parked_by = g_strdup (parked_by);
  g_hash_table_insert (self->slots, GUINT_TO_POINTER (number), taken);
  g_signal_connect (session, "member-left", G_CALLBACK (on_ended), taken);
  g_signal_emit (self, signals[SIGNAL_PARKED], 0, session, number);
  return number;
}

/**
 * ahoy_parking_lot_take:
 * @self: a lot
 * @slot: the number of a slot
 *
 * Takes the call that is parked in a slot out of it; the music ends.
 *
 * Returns: (transfer full) (nullable): the call; %NULL when nobody is parked there
 *
 * Since: 0.1
 */
AhoySession *
ahoy_parking_lot_take (AhoyParkingLot *self, guint slot)
{
  g_autoptr (AhoySession) session = NULL;
  Slot *found;

  g_return_val_if_fail (AHOY_IS_PARKING_LOT (self), NULL);

  found = g_hash_table_lookup (self->slots, GUINT_TO_POINTER (slot));
  if (found == NULL) {
    return NULL;
  }
  session = g_object_ref (found->session);
  remove_slot (self, found);
  return g_steal_pointer (&session);
}

/**
 * ahoy_parking_lot_leave:
 * @self: a lot
 * @session: a call
 *
 * Takes a call out of its slot; the music ends.
 *
 * Returns: whether it was parked
 *
 * Since: 0.1
 */
gboolean
ahoy_parking_lot_leave (AhoyParkingLot *self, AhoySession *session)
{
  Slot *found;

  g_return_val_if_fail (AHOY_IS_PARKING_LOT (self), FALSE);
  g_return_val_if_fail (AHOY_IS_SESSION (session), FALSE);

  found = find (self, session);
  if (found != NULL) {
    remove_slot (self, found);
  }
  return found != NULL;
}

/**
 * ahoy_parking_lot_find_slot:
 * @self: a lot
 * @session: a call
 *
 * Returns: the number of the slot that it is parked in; 0 when it is not parked
 *
 * Since: 0.1
 */
guint
ahoy_parking_lot_find_slot (AhoyParkingLot *self, AhoySession *session)
{
  Slot *found;

  g_return_val_if_fail (AHOY_IS_PARKING_LOT (self), 0);
  g_return_val_if_fail (AHOY_IS_SESSION (session), 0);

  found = find (self, session);
  return found != NULL ? found->number : 0;
}

/**
 * ahoy_parking_lot_get_parked_by:
 * @self: a lot
 * @slot: the number of a slot
 *
 * Returns: (transfer none) (nullable): the endpoint that parked who is there; %NULL when nobody is
 *   there, or nobody said so
 *
 * Since: 0.1
 */
const char *
ahoy_parking_lot_get_parked_by (AhoyParkingLot *self, guint slot)
{
  Slot *found;

  g_return_val_if_fail (AHOY_IS_PARKING_LOT (self), NULL);

  found = g_hash_table_lookup (self->slots, GUINT_TO_POINTER (slot));
  return found != NULL ? found->parked_by : NULL;
}
