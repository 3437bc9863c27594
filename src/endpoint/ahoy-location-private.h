/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-location-edit-private.h"
#include "ahoy-location.h"
#include "ahoy-record-store-private.h"

G_BEGIN_DECLS

/* A contact that is registered. */
typedef struct {
  AhoyContact *contact;
  gint64 due; /* of the scheduler's clock */
} AhoyLocationSlot;

/* An address of record with something in it. There may be a hundred thousand. */
typedef struct {
  char *aor;
  AhoyLocationSlot *slots;
  GQueue *waiting;       /* AhoyLocationTurn, or NULL */
  gint64 due;            /* when the first contact expires; G_MAXINT64 for never */
  guint heap_index;      /* G_MAXUINT: in no heap */
  guint16 n_slots;
  guint8 busy : 1;   /* an edit is stored, or what came of it is told */
  guint8 hidden : 1; /* the address of record is not configured */
} AhoyLocationEntry;

/* An edit that waits for its turn. */
typedef struct {
  AhoyLocationEditFunc func;
  gpointer data;
  GDestroyNotify destroy;
  GTask *task;
} AhoyLocationTurn;

/* The clocks of the machine, in µs: what people set, what goes on while the machine sleeps, and
 * what does not. */
typedef struct {
  gint64 (*get_real) (void);
  gint64 (*get_boot) (void);
  gint64 (*get_monotonic) (void);
} AhoyLocationTimes;

/* When contacts expire: a heap of entries, the first of which has a job of the scheduler. */
typedef struct {
  AhoyScheduler *scheduler;
  GPtrArray *heap; /* AhoyLocationEntry, of which none is owned */
  guint64 job;
  gint64 job_due;
  const AhoyLocationTimes *times;
  gint64 real_offset; /* of the wall clock, to the one that counts sleep */
  gint64 sleep;       /* how long the machine slept */
  gint64 checked;     /* when that was found out, of the clock that counts sleep */
  AhoySchedulerFunc expire;
  gpointer user_data;
} AhoyLocationClock;

/* The type of our records in a store. */
#define AHOY_LOCATION_RECORDS "location"

/* How many edits of one address of record may wait. */
#define AHOY_LOCATION_MAX_WAITING 100

struct _AhoyLocation {
  GObject parent_instance;
  AhoyEndpointRegistry *endpoints;
  AhoyLocationClock clock;
  GHashTable *aors;    /* name → AhoyConfigObject that somebody wrote */
  GHashTable *entries; /* name → AhoyLocationEntry */
  GHashTable *touched; /* names of entries that may be hidden, or shown, from now on; or NULL */
  GHashTable *statics; /* name → contacts that its configuration says */
  guint n_contacts;    /* registered and not hidden */
  AhoyRecordStore *store; /* NULL: they are kept in memory alone */
  GByteArray *buffer;     /* of what is stored, to be used again */
  gboolean unread;        /* it could not be read yet, so nothing is written */
  gint64 tried;           /* when that was tried last, of the scheduler's clock */
  gboolean closed;
};

void ahoy_location_clock_init (AhoyLocationClock *self, AhoyScheduler *scheduler,
                               AhoySchedulerFunc expire, gpointer user_data);
void ahoy_location_clock_clear (AhoyLocationClock *self);
/* To be called when the slots of an entry changed, and with none before it goes. */
void ahoy_location_clock_update (AhoyLocationClock *self, AhoyLocationEntry *entry);
void ahoy_location_clock_plan (AhoyLocationClock *self);
/* The next entry of which something is due; NULL when there is none. */
AhoyLocationEntry *ahoy_location_clock_peek_due (AhoyLocationClock *self);
gint64 ahoy_location_clock_get_now (AhoyLocationClock *self);

gint64 ahoy_location_clock_get_real (AhoyLocationClock *self);
/* Other clocks, for tests. */
void ahoy_location_clock_set_times (AhoyLocationClock *self, const AhoyLocationTimes *times);
/* Whether the machine slept since the last call, or somebody set its clock, and by how much. */
gboolean ahoy_location_clock_check (AhoyLocationClock *self, gint64 *slept, gint64 *stepped);
/* To be called before anything is looked at or changed: contacts keep their time. */
void ahoy_location_check_clock (AhoyLocation *self);

/* The contacts that the configuration says, AhoyContact; NULL for none. */
GPtrArray *ahoy_location_peek_statics (AhoyLocation *self, const char *aor);
AhoyLocationEntry *ahoy_location_ensure_entry (AhoyLocation *self, const char *aor);
/* An entry without contacts is no use; it may be gone afterwards. */
void ahoy_location_tidy (AhoyLocation *self, AhoyLocationEntry *entry);
/* Hides the contacts of an entry, or shows them, by whether it is configured. */
void ahoy_location_update_entry (AhoyLocation *self, AhoyLocationEntry *entry);
void ahoy_location_turn_free (gpointer turn);
void ahoy_location_emit_step (AhoyLocation *self, const char *aor, const AhoyLocationStep *step);
/* What is due expires; a job of the scheduler. */
void ahoy_location_expire (gpointer location);
/* What is left of an entry is what is stored of it, when the disk comes to it. */
void ahoy_location_store_entry (AhoyLocation *self, AhoyLocationEntry *entry);
/* Reads what was registered before, without telling anybody, and keeps what comes in @store.
 * Addresses of record are added first. */
gboolean ahoy_location_set_store (AhoyLocation *self, AhoyRecordStore *store, GError **error);
/* Whether something may be written: what could not be read is read now, and told. */
gboolean ahoy_location_check_store (AhoyLocation *self, GError **error);
/* For a program that ends: edits fail from now on, and what is decided is stored. */
void ahoy_location_close (AhoyLocation *self);
/* How a record is written: the contacts of an address of record as bytes. */
void ahoy_location_record_write (GByteArray *bytes, GPtrArray *contacts);
/* Whether a contact that is written could be read again. */
gboolean ahoy_location_record_check (AhoyContact *contact, GError **error);
/* NULL when they are no such record. */
GPtrArray *ahoy_location_record_read (const guint8 *data, gsize size, AhoyContactStatus status);
/* Sorts contacts: those preferred first, the newer ones before others. */
void ahoy_location_sort (GPtrArray *contacts);

G_END_DECLS
