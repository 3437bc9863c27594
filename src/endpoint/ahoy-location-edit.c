/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-location-edit-private.h"

#include <string.h>

struct _AhoyLocationEdit {
  gatomicrefcount references;
  char *aor;
  AhoyConfigObject *config;
  GPtrArray *contacts; /* AhoyContact, as they are to be */
  GArray *steps;       /* AhoyLocationStep: how they came to it */
  gboolean closed;
};

G_DEFINE_BOXED_TYPE (AhoyLocationEdit, ahoy_location_edit, ahoy_location_edit_ref,
                     ahoy_location_edit_unref)

static void
step_clear (gpointer data)
{
  AhoyLocationStep *step = data;

  g_clear_pointer (&step->old, ahoy_contact_unref);
  g_clear_pointer (&step->contact, ahoy_contact_unref);
}

AhoyLocationEdit *
ahoy_location_edit_new (const char *aor, AhoyConfigObject *config, AhoyContact *const *contacts,
                        guint n_contacts)
{
  AhoyLocationEdit *self = g_new0 (AhoyLocationEdit, 1);

  g_atomic_ref_count_init (&self->references);
  self->aor = g_strdup (aor);
  g_set_object (&self->config, config);
  self->contacts = g_ptr_array_new_full (n_contacts + 1, (GDestroyNotify) ahoy_contact_unref);
  for (guint i = 0; i < n_contacts; i++) {
    g_ptr_array_add (self->contacts, ahoy_contact_ref (contacts[i]));
  }
  self->steps = g_array_sized_new (FALSE, TRUE, sizeof (AhoyLocationStep), 1);
  g_array_set_clear_func (self->steps, step_clear);
  return self;
}

/**
 * ahoy_location_edit_ref:
 * @self: an edit
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyLocationEdit *
ahoy_location_edit_ref (AhoyLocationEdit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_location_edit_unref:
 * @self: (transfer full): an edit
 *
 * Gives a reference back; the edit goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_location_edit_unref (AhoyLocationEdit *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references)) {
    return;
  }
  g_free (self->aor);
  g_clear_object (&self->config);
  g_ptr_array_unref (self->contacts);
  g_array_unref (self->steps);
  g_free (self);
}

void
ahoy_location_edit_close (AhoyLocationEdit *self)
{
  self->closed = TRUE;
}

GPtrArray *
ahoy_location_edit_peek_contacts (AhoyLocationEdit *self)
{
  return self->contacts;
}

GArray *
ahoy_location_edit_peek_steps (AhoyLocationEdit *self)
{
  return self->steps;
}

/**
 * ahoy_location_edit_get_aor:
 * @self: an edit
 *
 * Returns: (transfer none): the address of record
 *
 * Since: 0.1
 */
const char *
ahoy_location_edit_get_aor (AhoyLocationEdit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->aor;
}

/**
 * ahoy_location_edit_get_config:
 * @self: an edit
 *
 * Returns: (transfer none): what ahoy_location_get_aor_config() says of the address of record
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_location_edit_get_config (AhoyLocationEdit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->config;
}

/**
 * ahoy_location_edit_list_contacts:
 * @self: an edit
 *
 * Returns: (transfer container) (element-type AhoyContact): the contacts that are registered, as
 *   they are with what was changed already; static ones and expired ones are not among them
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_location_edit_list_contacts (AhoyLocationEdit *self)
{
  GPtrArray *list;

  g_return_val_if_fail (self != NULL, NULL);

  list = g_ptr_array_new_full (self->contacts->len, (GDestroyNotify) ahoy_contact_unref);
  for (guint i = 0; i < self->contacts->len; i++) {
    g_ptr_array_add (list, ahoy_contact_ref (self->contacts->pdata[i]));
  }
  return list;
}

static gboolean
find_contact (AhoyLocationEdit *self, const char *uri, guint *index)
{
  for (guint i = 0; i < self->contacts->len; i++) {
    if (strcmp (ahoy_contact_get_uri (self->contacts->pdata[i]), uri) == 0) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* The step that made a contact what it is now. */
static gboolean
find_step (AhoyLocationEdit *self, AhoyContact *contact, guint *index)
{
  for (guint i = 0; i < self->steps->len; i++) {
    if (g_array_index (self->steps, AhoyLocationStep, i).contact == contact) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Who was removed a moment ago, and comes back: it was refreshed. */
static gboolean
find_removal (AhoyLocationEdit *self, const char *uri, guint *index)
{
  for (guint i = 0; i < self->steps->len; i++) {
    AhoyLocationStep *step = &g_array_index (self->steps, AhoyLocationStep, i);

    if (step->contact == NULL && strcmp (ahoy_contact_get_uri (step->old), uri) == 0) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
add_step (AhoyLocationEdit *self, AhoyContact *old, AhoyContact *contact,
          AhoyContactRemoval reason)
{
  AhoyLocationStep step = { NULL, NULL, reason };

  step.old = old != NULL ? ahoy_contact_ref (old) : NULL;
  step.contact = contact != NULL ? ahoy_contact_ref (contact) : NULL;
  g_array_append_val (self->steps, step);
}

static void
set_step_contact (AhoyLocationStep *step, AhoyContact *contact)
{
  g_clear_pointer (&step->contact, ahoy_contact_unref);
  step->contact = contact != NULL ? ahoy_contact_ref (contact) : NULL;
}

/**
 * ahoy_location_edit_lookup:
 * @self: an edit
 * @uri: a URI, compared byte by byte
 *
 * Returns: (transfer none) (nullable): the contact of that URI
 *
 * Since: 0.1
 */
AhoyContact *
ahoy_location_edit_lookup (AhoyLocationEdit *self, const char *uri)
{
  guint index;

  g_return_val_if_fail (self != NULL && uri != NULL, NULL);

  return find_contact (self, uri, &index) ? self->contacts->pdata[index] : NULL;
}

/**
 * ahoy_location_edit_put:
 * @self: an edit
 * @contact: (transfer none): a contact
 *
 * Adds a contact, or refreshes the one with the same URI, byte by byte. For one that is the same by
 * the rules of RFC 3261 section 19.1.4, or of RFC 5626, there is ahoy_location_edit_replace().
 *
 * Returns: %FALSE when the edit is over
 *
 * Since: 0.1
 */
gboolean
ahoy_location_edit_put (AhoyLocationEdit *self, AhoyContact *contact)
{
  guint index;

  g_return_val_if_fail (self != NULL && contact != NULL, FALSE);

  if (find_contact (self, ahoy_contact_get_uri (contact), &index)) {
    return ahoy_location_edit_replace (self, ahoy_contact_get_uri (contact), contact);
  }
  if (self->closed) {
    return FALSE;
  }
  if (find_removal (self, ahoy_contact_get_uri (contact), &index)) {
    set_step_contact (&g_array_index (self->steps, AhoyLocationStep, index), contact);
  } else {
    add_step (self, NULL, contact, AHOY_CONTACT_REMOVAL_DROPPED);
  }
  g_ptr_array_add (self->contacts, ahoy_contact_ref (contact));
  return TRUE;
}

/**
 * ahoy_location_edit_replace:
 * @self: an edit
 * @uri: the URI of a contact that is there
 * @contact: (transfer none): what it is to be
 *
 * Refreshes a contact, whose URI may be another one now; a third contact that has that URI is
 * replaced by it.
 *
 * Returns: %FALSE when there is no contact with @uri, or the edit is over
 *
 * Since: 0.1
 */
gboolean
ahoy_location_edit_replace (AhoyLocationEdit *self, const char *uri, AhoyContact *contact)
{
  AhoyContact *old;
  guint index, step;

  g_return_val_if_fail (self != NULL && uri != NULL && contact != NULL, FALSE);

  if (self->closed || !find_contact (self, uri, &index)) {
    return FALSE;
  }
  if (strcmp (ahoy_contact_get_uri (contact), uri) != 0 &&
      ahoy_location_edit_remove (self, ahoy_contact_get_uri (contact),
                                 AHOY_CONTACT_REMOVAL_REPLACED)) {
    find_contact (self, uri, &index);
  }
  old = self->contacts->pdata[index];
  if (find_step (self, old, &step)) {
    set_step_contact (&g_array_index (self->steps, AhoyLocationStep, step), contact);
  } else {
    add_step (self, old, contact, AHOY_CONTACT_REMOVAL_DROPPED);
  }
  self->contacts->pdata[index] = ahoy_contact_ref (contact);
  ahoy_contact_unref (old);
  return TRUE;
}

/**
 * ahoy_location_edit_remove:
 * @self: an edit
 * @uri: the URI of a contact that is there
 * @reason: why
 *
 * Removes a contact.
 *
 * Returns: %FALSE when there is no contact with @uri, or the edit is over
 *
 * Since: 0.1
 */
gboolean
ahoy_location_edit_remove (AhoyLocationEdit *self, const char *uri, AhoyContactRemoval reason)
{
  AhoyContact *old;
  guint index, at;

  g_return_val_if_fail (self != NULL && uri != NULL, FALSE);

  if (self->closed || !find_contact (self, uri, &index)) {
    return FALSE;
  }
  old = self->contacts->pdata[index];
  if (!find_step (self, old, &at)) {
    add_step (self, old, NULL, reason);
  } else {
    AhoyLocationStep *step = &g_array_index (self->steps, AhoyLocationStep, at);

    step->reason = reason;
    set_step_contact (step, NULL);
    if (step->old == NULL) {
      g_array_remove_index (self->steps, at); /* it came and went */
    }
  }
  g_ptr_array_remove_index (self->contacts, index);
  return TRUE;
}
