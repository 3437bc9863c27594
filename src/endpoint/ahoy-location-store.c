/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-contact-private.h"
#include "ahoy-error.h"
#include "ahoy-location-private.h"

/* What was registered before the program began, and what clocks make of it. */

/* Above this a step of the clock is worth to be stored, in µs. */
#define LARGE_STEP (60 * (gint64) G_USEC_PER_SEC)

/* Between two attempts to read what could not be read, in µs. */
#define RETRY_TIME G_USEC_PER_SEC

typedef struct {
  AhoyLocation *self;
  AhoyRecordStore *store;
  gint64 now;  /* of the scheduler's clock */
  gint64 time; /* of the wall clock */
  guint n_damaged;
} Loading;

/* How long a contact still lives: never longer than it was registered for, whatever the clock of
 * the machine says, which may be set only after the start. */
static gint64
find_rest (Loading *loading, AhoyContact *contact)
{
  gint64 expires = ahoy_contact_get_expires (contact);
  gint64 registered_at = ahoy_contact_get_registered_at (contact);
  gint64 rest;

  if (expires == G_MAXINT64) {
    return G_MAXINT64;
  }
  rest = expires - loading->time;
  return registered_at > 0 && registered_at < expires ? MIN (rest, expires - registered_at) : rest;
}

static void
add_slot (Loading *loading, AhoyLocationEntry *entry, AhoyContact *contact, gint64 rest)
{
  AhoyLocationSlot *slot = &entry->slots[entry->n_slots++];

  slot->contact = ahoy_contact_ref (contact);
  slot->due = rest == G_MAXINT64 ? G_MAXINT64 : loading->now + rest;
}

static void
add_contacts (Loading *loading, const char *name, gboolean hidden, GPtrArray *contacts)
{
  AhoyLocation *self = loading->self;
  AhoyLocationEntry *entry = ahoy_location_ensure_entry (self, name);

  entry->slots = g_new (AhoyLocationSlot, contacts->len);
  for (guint i = 0; i < contacts->len && i < G_MAXUINT16; i++) {
    gint64 rest = find_rest (loading, contacts->pdata[i]);

    if (rest > 0) {
      add_slot (loading, entry, contacts->pdata[i], rest);
    }
  }
  if (entry->n_slots < contacts->len) {
    entry->slots = g_renew (AhoyLocationSlot, entry->slots, entry->n_slots);
  }
  entry->hidden = hidden;
  if (!hidden) {
    self->n_contacts += entry->n_slots;
  }
}

static void
take_record (const char *name, const guint8 *data, gsize size, gpointer user_data)
{
  Loading *loading = user_data;
  AhoyConfigObject *config = ahoy_location_get_aor_config (loading->self, name);
  gboolean asked =
      config != NULL && ahoy_config_object_get_duration (config, "qualify-frequency") > 0;
  g_autoptr (GPtrArray) contacts = ahoy_location_record_read (
      data, size, asked ? AHOY_CONTACT_STATUS_CREATED : AHOY_CONTACT_STATUS_NON_QUALIFIED);
  AhoyLocationEntry *entry;

  if (contacts == NULL) {
    loading->n_damaged++;
    return;
  }
  if (g_hash_table_contains (loading->self->entries, name)) {
    return; /* somebody registered before */
  }
  add_contacts (loading, name, config == NULL, contacts);
  entry = ahoy_location_ensure_entry (loading->self, name);
  if (entry->n_slots == 0) {
    ahoy_record_store_put (loading->store, AHOY_LOCATION_RECORDS, name, NULL, 0, NULL, NULL);
  }
  ahoy_location_tidy (loading->self, entry);
}

/* What could be read of a damaged file. */
static void
store_all (AhoyLocation *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry)) {
    ahoy_location_store_entry (self, entry);
  }
}

/* Nothing is written before what there was could be read: it would be lost. */
static gboolean
read_store (AhoyLocation *self, GError **error)
{
  Loading loading = { .self = self, .store = self->store };
  gboolean anew = FALSE;

  loading.now = ahoy_location_clock_get_now (&self->clock);
  loading.time = ahoy_location_clock_get_real (&self->clock);
  self->unread = !ahoy_record_store_read (self->store, AHOY_LOCATION_RECORDS, take_record,
                                          &loading, &anew, error);
  if (loading.n_damaged > 0) {
    g_warning ("%u records of “%s” are damaged, and left out: those phones are found again when "
               "they register",
               loading.n_damaged, ahoy_record_store_get_path (self->store));
  }
  if (anew) {
    store_all (self);
  }
  self->tried = loading.now;
  return !self->unread;
}

gboolean
ahoy_location_set_store (AhoyLocation *self, AhoyRecordStore *store, GError **error)
{
  g_set_object (&self->store, store);
  return read_store (self, error);
}

/* They came while the program runs. */
static void
tell_all (AhoyLocation *self)
{
  g_autoptr (GPtrArray) contacts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    AhoyLocationEntry *entry = value;

    for (guint i = 0; i < entry->n_slots && !entry->hidden; i++) {
      g_ptr_array_add (names, g_strdup (entry->aor));
      g_ptr_array_add (contacts, ahoy_contact_ref (entry->slots[i].contact));
    }
  }
  for (guint i = 0; i < contacts->len; i++) {
    AhoyLocationStep step = { .contact = contacts->pdata[i] };

    ahoy_location_emit_step (self, names->pdata[i], &step);
  }
}

/*
 * Before something is written to a store that could not be read: reads it now, but not more often
 * than once in RETRY_TIME. FALSE: not yet.
 */
gboolean
ahoy_location_check_store (AhoyLocation *self, GError **error)
{
  if (!self->unread || self->closed) {
    return TRUE;
  }
  if (ahoy_location_clock_get_now (&self->clock) - self->tried < RETRY_TIME) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED,
                 "“%s” could not be read when the program began, so nothing is written to it; see "
                 "to it that the file and its folder may be written",
                 ahoy_record_store_get_path (self->store));
    return FALSE;
  }
  if (!read_store (self, error)) {
    return FALSE;
  }
  g_message ("Who was registered before is known again: “%s” can be read",
             ahoy_record_store_get_path (self->store));
  ahoy_location_clock_plan (&self->clock);
  tell_all (self);
  return TRUE;
}

static void
step_entry (AhoyLocation *self, AhoyLocationEntry *entry, gint64 slept, gint64 stepped)
{
  for (guint i = 0; i < entry->n_slots; i++) {
    AhoyLocationSlot *slot = &entry->slots[i];

    if (slot->due != G_MAXINT64) {
      slot->due -= slept;
    }
    if (stepped != 0) {
      AhoyContact *contact = ahoy_contact_with_step (slot->contact, stepped);

      ahoy_contact_unref (slot->contact);
      slot->contact = contact;
    }
  }
  if (entry->due != G_MAXINT64) {
    entry->due -= slept;
  }
  if (ABS (stepped) >= LARGE_STEP && entry->n_slots > 0 && !entry->busy) {
    ahoy_location_store_entry (self, entry);
  }
}

/* While the machine sleeps, time passes; when its clock is set, none does. All are moved by the
 * same time, so the order of the heap stays. */
void
ahoy_location_check_clock (AhoyLocation *self)
{
  gint64 slept, stepped;
  GHashTableIter iter;
  gpointer entry;

  if (!ahoy_location_clock_check (&self->clock, &slept, &stepped)) {
    return;
  }
  g_info ("The machine slept for %" G_GINT64_FORMAT " s, and its clock was set by %" G_GINT64_FORMAT
          " s: contacts keep their time",
          slept / G_USEC_PER_SEC, stepped / G_USEC_PER_SEC);
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry)) {
    step_entry (self, entry, slept, stepped);
  }
  ahoy_location_clock_plan (&self->clock);
}

void
ahoy_location_close (AhoyLocation *self)
{
  self->closed = TRUE;
  if (self->store != NULL) {
    ahoy_record_store_close (self->store);
  }
}
