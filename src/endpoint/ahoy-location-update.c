/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-contact-private.h"
#include "ahoy-error.h"
#include "ahoy-location-private.h"

/* Edits of the contacts of addresses of record: each has its turn, is decided, stored, seen and
 * answered, and then the next one of the same address of record begins. */

/* How many addresses of record are looked at in one turn of the main loop when contacts expire. */
#define MAX_EXPIRED 500
/* Of one address of record; max-contacts may be 1000. */
#define MAX_CONTACTS 10000

/* An edit that is under way. */
typedef struct {
  AhoyLocation *self;
  AhoyLocationEntry *entry;
  AhoyLocationEdit *edit;
  GTask *task;
} Work;

/* -- what was decided ------------------------------------------------------------------------ */

/* A contact lives by the scheduler's clock, as long as its expiry is ahead of the wall clock now:
 * who sets the clock of the machine neither kills contacts nor keeps them. */
static gint64
find_due (AhoyLocation *self, AhoyContact *contact)
{
  gint64 expires = ahoy_contact_get_expires (contact);

  return expires == G_MAXINT64
             ? G_MAXINT64
             : ahoy_location_clock_get_now (&self->clock) + expires -
                   ahoy_location_clock_get_real (&self->clock);
}

static gint64
keep_due (AhoyLocation *self, AhoyLocationEntry *entry, AhoyContact *contact)
{
  for (guint i = 0; i < entry->n_slots; i++) {
    if (entry->slots[i].contact == contact) {
      return entry->slots[i].due;
    }
  }
  return find_due (self, contact);
}

/* A contact that nobody asks says so; one that was refreshed keeps what is known of it. */
static AhoyContact *
adopt (AhoyLocationEdit *edit, AhoyLocationStep *step)
{
  AhoyConfigObject *config = ahoy_location_edit_get_config (edit);
  gboolean asked = ahoy_config_object_get_duration (config, "qualify-frequency") > 0;
  AhoyContactStatus status = asked ? AHOY_CONTACT_STATUS_CREATED
                                   : AHOY_CONTACT_STATUS_NON_QUALIFIED;
  gint64 round_trip = -1;

  if (step->old != NULL && asked == (ahoy_contact_get_status (step->old) !=
                                     AHOY_CONTACT_STATUS_NON_QUALIFIED)) {
    status = ahoy_contact_get_status (step->old);
    round_trip = ahoy_contact_get_round_trip (step->old);
  }
  return status == ahoy_contact_get_status (step->contact) &&
                 round_trip == ahoy_contact_get_round_trip (step->contact)
             ? ahoy_contact_ref (step->contact)
             : ahoy_contact_with_status (step->contact, status, round_trip);
}

static void
adopt_all (AhoyLocationEdit *edit)
{
  GArray *steps = ahoy_location_edit_peek_steps (edit);
  GPtrArray *contacts = ahoy_location_edit_peek_contacts (edit);

  for (guint i = 0; i < steps->len; i++) {
    AhoyLocationStep *step = &g_array_index (steps, AhoyLocationStep, i);
    AhoyContact *contact;
    guint index;

    if (step->contact == NULL || !g_ptr_array_find (contacts, step->contact, &index)) {
      continue;
    }
    contact = adopt (edit, step);
    ahoy_contact_unref (contacts->pdata[index]);
    contacts->pdata[index] = ahoy_contact_ref (contact);
    ahoy_contact_unref (step->contact);
    step->contact = contact;
  }
}

static gboolean
is_new (AhoyLocationEdit *edit, AhoyContact *contact)
{
  GArray *steps = ahoy_location_edit_peek_steps (edit);

  for (guint i = 0; i < steps->len; i++) {
    if (g_array_index (steps, AhoyLocationStep, i).contact == contact) {
      return TRUE;
    }
  }
  return FALSE;
}

/* What was learned of a contact while the edit was stored is not lost. */
static AhoyContact *
find_latest (AhoyLocationEntry *entry, AhoyLocationEdit *edit, AhoyContact *contact)
{
  for (guint i = 0; i < entry->n_slots && !is_new (edit, contact); i++) {
    AhoyContact *present = entry->slots[i].contact;

    if (strcmp (ahoy_contact_get_uri (present), ahoy_contact_get_uri (contact)) == 0) {
      return present;
    }
  }
  return contact;
}

static void
install (AhoyLocation *self, AhoyLocationEntry *entry, AhoyLocationEdit *edit)
{
  GPtrArray *contacts = ahoy_location_edit_peek_contacts (edit);
  AhoyLocationSlot *slots = g_new (AhoyLocationSlot, contacts->len);

  for (guint i = 0; i < contacts->len; i++) {
    AhoyContact *contact = find_latest (entry, edit, contacts->pdata[i]);

    slots[i].contact = ahoy_contact_ref (contact);
    slots[i].due = keep_due (self, entry, contact);
  }
  for (guint i = 0; i < entry->n_slots; i++) {
    ahoy_contact_unref (entry->slots[i].contact);
  }
  g_free (entry->slots);
  entry->slots = contacts->len > 0 ? slots : NULL;
  if (contacts->len == 0) {
    g_free (slots);
  }
  if (!entry->hidden) {
    self->n_contacts = self->n_contacts - entry->n_slots + contacts->len;
  }
  entry->n_slots = (guint16) contacts->len;
}

static void
tell (AhoyLocation *self, const char *aor, AhoyLocationEdit *edit)
{
  GArray *steps = ahoy_location_edit_peek_steps (edit);

  for (guint i = 0; i < steps->len; i++) {
    ahoy_location_emit_step (self, aor, &g_array_index (steps, AhoyLocationStep, i));
  }
}

static void run_waiting (AhoyLocation *self, AhoyLocationEntry *entry);

/* The edit was stored, or could not be. */
static void
settle (Work *work, const GError *error)
{
  AhoyLocation *self = work->self;
  AhoyLocationEntry *entry = work->entry;

  if (error == NULL) {
    gboolean hidden = entry->hidden;

    install (self, entry, work->edit);
    if (!hidden) {
      tell (self, entry->aor, work->edit);
    }
  }
  if (work->task != NULL && error == NULL) {
    g_task_return_boolean (work->task, TRUE);
  } else if (work->task != NULL) {
    g_task_return_error (work->task, g_error_copy (error));
  }
  entry->busy = FALSE;
  g_clear_object (&work->task);
  ahoy_location_edit_unref (work->edit);
  g_object_unref (work->self);
  g_free (work);
}

static void
on_stored (gpointer user_data, const GError *error)
{
  Work *work = user_data;
  g_autoptr (AhoyLocation) self = g_object_ref (work->self);
  AhoyLocationEntry *entry = work->entry;

  settle (work, error);
  run_waiting (self, entry);
  ahoy_location_tidy (self, entry);
}

/* -- turns ----------------------------------------------------------------------------------- */

/* What is stored of an address of record: NULL for nothing. */
static const guint8 *
write_record (AhoyLocation *self, GPtrArray *contacts, gsize *size)
{
  g_byte_array_set_size (self->buffer, 0);
  if (contacts->len > 0) {
    ahoy_location_record_write (self->buffer, contacts);
  }
  *size = self->buffer->len;
  return self->buffer->data;
}

void
ahoy_location_store_entry (AhoyLocation *self, AhoyLocationEntry *entry)
{
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  const guint8 *data;
  gsize size;

  if (self->store == NULL || self->closed) {
    return;
  }
  for (guint i = 0; i < entry->n_slots; i++) {
    g_ptr_array_add (contacts, entry->slots[i].contact);
  }
  data = write_record (self, contacts, &size);
  ahoy_record_store_put (self->store, AHOY_LOCATION_RECORDS, entry->aor, data, size, NULL, NULL);
}

/* Nobody waits for the disk here: what has expired is not served, stored or not, and is left out
 * when it is read again. */
static void
drop_expired (AhoyLocation *self, AhoyLocationEntry *entry)
{
  gint64 now = ahoy_location_clock_get_now (&self->clock);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  guint n_left = 0;

  for (guint i = 0; i < entry->n_slots; i++) {
    if (entry->slots[i].due <= now) {
      g_ptr_array_add (gone, entry->slots[i].contact);
    } else {
      entry->slots[n_left++] = entry->slots[i];
    }
  }
  entry->n_slots = (guint16) n_left;
  if (gone->len > 0) {
    ahoy_location_store_entry (self, entry);
  }
  if (entry->hidden) {
    return; /* told when it was hidden */
  }
  self->n_contacts -= gone->len;
  for (guint i = 0; i < gone->len; i++) {
    AhoyLocationStep step = { gone->pdata[i], NULL, AHOY_CONTACT_REMOVAL_EXPIRED };

    ahoy_location_emit_step (self, entry->aor, &step);
  }
}

static AhoyLocationEdit *
open_edit (AhoyLocationEntry *entry, AhoyConfigObject *config)
{
  g_autofree AhoyContact **contacts = g_new (AhoyContact *, entry->n_slots);

  for (guint i = 0; i < entry->n_slots; i++) {
    contacts[i] = entry->slots[i].contact;
  }
  return ahoy_location_edit_new (entry->aor, config, contacts, entry->n_slots);
}

/* Whether what was decided can be kept. */
static gboolean
check_edit (AhoyLocationEdit *edit, GError **error)
{
  GArray *steps = ahoy_location_edit_peek_steps (edit);

  for (guint i = 0; i < steps->len; i++) {
    AhoyContact *contact = g_array_index (steps, AhoyLocationStep, i).contact;

    if (contact != NULL && !ahoy_location_record_check (contact, error)) {
      return FALSE;
    }
  }
  if (ahoy_location_edit_peek_contacts (edit)->len > MAX_CONTACTS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "“%s” cannot have more than %d contacts; remove some",
                 ahoy_location_edit_get_aor (edit), MAX_CONTACTS);
    return FALSE;
  }
  return TRUE;
}

/* Whether there is something to be stored. */
static gboolean
decide (AhoyLocation *self, AhoyLocationEntry *entry, AhoyLocationTurn *turn,
        AhoyLocationEdit **result)
{
  AhoyConfigObject *config = ahoy_location_get_aor_config (self, entry->aor);
  g_autoptr (AhoyLocationEdit) edit = NULL;
  GError *error = NULL;

  if (self->closed) {
    g_task_return_new_error (turn->task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "the contacts of “%s” do not change any more, as the program ends",
                             entry->aor);
    return FALSE;
  }
  if (config == NULL) {
    g_task_return_new_error (turn->task, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                             "there is no address of record “%s”; add [aor %s] to the "
                             "configuration, or an endpoint of that name",
                             entry->aor, entry->aor);
    return FALSE;
  }
  ahoy_location_update_entry (self, entry);
  edit = open_edit (entry, config);
  if (!turn->func (edit, turn->data, &error)) {
    ahoy_location_edit_close (edit);
    if (error == NULL) {
      error = g_error_new (AHOY_ERROR, AHOY_ERROR_FAILED,
                           "the contacts of “%s” were not changed, and nobody said why",
                           entry->aor);
    }
    g_task_return_error (turn->task, error);
    return FALSE;
  }
  ahoy_location_edit_close (edit);
  if (!check_edit (edit, &error)) {
    g_task_return_error (turn->task, error);
    return FALSE;
  }
  if (ahoy_location_edit_peek_steps (edit)->len == 0) {
    g_task_return_boolean (turn->task, TRUE);
    return FALSE;
  }
  adopt_all (edit);
  *result = g_steal_pointer (&edit);
  return TRUE;
}

static void
begin_work (Work *work)
{
  AhoyLocation *self = work->self;
  const guint8 *data;
  gsize size;

  if (self->store == NULL) {
    settle (work, NULL);
    return;
  }
  data = write_record (self, ahoy_location_edit_peek_contacts (work->edit), &size);
  ahoy_record_store_put (self->store, AHOY_LOCATION_RECORDS, work->entry->aor, data, size,
                         on_stored, work);
}

static void
run_turn (AhoyLocation *self, AhoyLocationEntry *entry, AhoyLocationTurn *turn)
{
  AhoyLocationEdit *edit = NULL;
  Work *work;

  entry->busy = TRUE;
  drop_expired (self, entry);
  ahoy_location_clock_update (&self->clock, entry);
  if (g_task_return_error_if_cancelled (turn->task) || !decide (self, entry, turn, &edit)) {
    entry->busy = FALSE;
    return;
  }
  work = g_new0 (Work, 1);
  work->self = g_object_ref (self);
  work->entry = entry;
  work->edit = edit;
  work->task = g_object_ref (turn->task);
  begin_work (work);
}

static void
run_waiting (AhoyLocation *self, AhoyLocationEntry *entry)
{
  while (!entry->busy && entry->waiting != NULL) {
    AhoyLocationTurn *turn = g_queue_pop_head (entry->waiting);

    if (g_queue_is_empty (entry->waiting)) {
      g_clear_pointer (&entry->waiting, g_queue_free);
    }
    run_turn (self, entry, turn);
    ahoy_location_turn_free (turn);
  }
}

/**
 * ahoy_location_update_async:
 * @self: a location service
 * @aor: the name of an address of record
 * @edit: (scope notified) (closure edit_data) (destroy edit_destroy): decides what becomes of its
 *   contacts; called once, perhaps before this function returns
 * @edit_data: data for @edit
 * @edit_destroy: (nullable): called with @edit_data, exactly once
 * @cancellable: (nullable): keeps an edit that waits from its turn
 * @callback: (scope async): called when the change cannot be lost any more, or was not made
 * @user_data: data for @callback
 *
 * Changes the contacts of an address of record, when all earlier edits of the same one are over.
 *
 * Since: 0.1
 */
void
ahoy_location_update_async (AhoyLocation *self, const char *aor, AhoyLocationEditFunc edit,
                            gpointer edit_data, GDestroyNotify edit_destroy,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  AhoyLocationEntry *entry;
  AhoyLocationTurn *turn;
  GError *error = NULL;

  g_return_if_fail (AHOY_IS_LOCATION (self));
  g_return_if_fail (aor != NULL && edit != NULL);

  ahoy_location_check_clock (self);
  turn = g_new0 (AhoyLocationTurn, 1);
  turn->func = edit;
  turn->data = edit_data;
  turn->destroy = edit_destroy;
  turn->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (turn->task, ahoy_location_update_async);
  if (!ahoy_location_check_store (self, &error)) {
    g_task_return_error (turn->task, error);
    ahoy_location_turn_free (turn);
    return;
  }
  entry = ahoy_location_ensure_entry (self, aor);
  if (entry->waiting != NULL &&
      g_queue_get_length (entry->waiting) >= AHOY_LOCATION_MAX_WAITING) {
    g_task_return_new_error (turn->task, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                             "too many changes of the contacts of “%s” wait already; try again",
                             aor);
    ahoy_location_turn_free (turn);
    return;
  }
  if (entry->waiting == NULL) {
    entry->waiting = g_queue_new ();
  }
  g_queue_push_tail (entry->waiting, turn);
  if (!entry->busy) {
    run_waiting (self, entry);
    ahoy_location_tidy (self, entry);
  }
}

/**
 * ahoy_location_update_finish:
 * @self: a location service
 * @result: what the callback was given
 * @error: return location for an error: that of the edit, or %AHOY_ERROR_NOT_FOUND where there is
 *   no such address of record, %AHOY_ERROR_LIMIT_EXCEEDED where too many edits of it wait, or why
 *   it could not be stored; then nothing was changed
 *
 * Returns: %TRUE when the contacts are as the edit decided
 *
 * Since: 0.1
 */
gboolean
ahoy_location_update_finish (AhoyLocation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_LOCATION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- one contact ----------------------------------------------------------------------------- */

typedef struct {
  char *uri;
  AhoyContactRemoval reason;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_free (removal->uri);
  g_free (removal);
}

static gboolean
remove_contact (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  Removal *removal = user_data;

  if (ahoy_location_edit_remove (edit, removal->uri, removal->reason)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
               "nobody registered the contact “%s” of “%s”; choose one of its list", removal->uri,
               ahoy_location_edit_get_aor (edit));
  return FALSE;
}

/**
 * ahoy_location_remove_contact_async:
 * @self: a location service
 * @aor: the name of an address of record
 * @uri: the URI of a contact that was registered, compared byte by byte
 * @reason: why
 * @cancellable: (nullable): keeps a change that waits from its turn
 * @callback: (scope async): called when the contact is gone, or stays
 * @user_data: data for @callback
 *
 * Removes a contact. A static one cannot be removed: it stands in the configuration.
 *
 * Since: 0.1
 */
void
ahoy_location_remove_contact_async (AhoyLocation *self, const char *aor, const char *uri,
                                    AhoyContactRemoval reason, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  Removal *removal;

  g_return_if_fail (AHOY_IS_LOCATION (self));
  g_return_if_fail (aor != NULL && uri != NULL);

  removal = g_new0 (Removal, 1);
  removal->uri = g_strdup (uri);
  removal->reason = reason;
  ahoy_location_update_async (self, aor, remove_contact, removal, removal_free, cancellable,
                              callback, user_data);
}

/**
 * ahoy_location_remove_contact_finish:
 * @self: a location service
 * @result: what the callback was given
 * @error: return location for an error: %AHOY_ERROR_NOT_FOUND, or why it could not be stored
 *
 * Returns: %TRUE when the contact is gone
 *
 * Since: 0.1
 */
gboolean
ahoy_location_remove_contact_finish (AhoyLocation *self, GAsyncResult *result, GError **error)
{
  return ahoy_location_update_finish (self, result, error);
}

/* -- expiry ---------------------------------------------------------------------------------- */

void
ahoy_location_expire (gpointer location)
{
  g_autoptr (AhoyLocation) self = g_object_ref (location);

  ahoy_location_check_clock (self);
  for (guint i = 0; i < MAX_EXPIRED; i++) {
    AhoyLocationEntry *entry = ahoy_location_clock_peek_due (&self->clock);

    if (entry == NULL) {
      break;
    }
    entry->busy = TRUE;
    drop_expired (self, entry);
    entry->busy = FALSE;
    run_waiting (self, entry);
    ahoy_location_tidy (self, entry);
  }
  ahoy_location_clock_plan (&self->clock);
}
