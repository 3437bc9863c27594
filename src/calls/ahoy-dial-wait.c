/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-dial-private.h"

/*
 * Those who may still come while a dial step rings: who registers meanwhile (late=yes), and who
 * slept and is being woken.
 */

typedef struct {
  AhoyEndpoint *endpoint;
  gboolean woken; /* the step waits for it, even when nobody else rings */
} Expected;

struct _AhoyDialWait {
  AhoyLocation *location;
  AhoyWaker *waker; /* NULL: nobody is woken */
  AhoyScheduler *scheduler;
  GHashTable *expected; /* name of an address of record → Expected */
  GHashTable *called;   /* URIs that ring, or did */
  GQueue arrivals;      /* AhoyDialPlace: they came, and are to be called */
  guint64 job;

  AhoyDialWaitFunc func;
  gpointer user_data;
};

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_object_unref (expected->endpoint);
  g_free (expected);
}

/* After the answer to the REGISTER, which leaves when all have heard of it. */
static void
on_arrivals (gpointer user_data)
{
  AhoyDialWait *self = user_data;
  AhoyDialPlace *place = g_queue_pop_head (&self->arrivals);

  self->job = 0;
  if (!g_queue_is_empty (&self->arrivals)) {
    self->job =
        ahoy_scheduler_add (self->scheduler, "late contact", 0, on_arrivals, self, NULL);
  }
  if (place != NULL) {
    g_autoptr (AhoyDialPlace) taken = place;

    self->func (taken, self->user_data); /* may free us */
  }
}

static void
take (AhoyDialWait *self, const char *aor, Expected *expected, AhoyContact *contact)
{
  if (!g_hash_table_add (self->called, g_strdup (ahoy_contact_get_uri (contact)))) {
    return;
  }
  expected->woken = FALSE;
  g_queue_push_tail (&self->arrivals, ahoy_dial_place_new (expected->endpoint, aor, contact));
  if (self->job == 0) {
    self->job =
        ahoy_scheduler_add (self->scheduler, "late contact", 0, on_arrivals, self, NULL);
  }
}

static void
on_contact_added (AhoyLocation *location, const char *aor, AhoyContact *contact,
                  gpointer user_data)
{
  AhoyDialWait *self = user_data;
  Expected *expected = g_hash_table_lookup (self->expected, aor);

  if (expected != NULL) {
    take (self, aor, expected, contact);
  }
}

/* One that was there, and was being woken, is awake. */
static void
on_contact_refreshed (AhoyLocation *location, const char *aor, AhoyContact *contact,
                      gpointer user_data)
{
  AhoyDialWait *self = user_data;
  Expected *expected = g_hash_table_lookup (self->expected, aor);

  if (expected != NULL && expected->woken) {
    take (self, aor, expected, contact);
  }
}

static void
on_given_up (AhoyWaker *waker, const char *aor, gpointer user_data)
{
  AhoyDialWait *self = user_data;
  Expected *expected = g_hash_table_lookup (self->expected, aor);

  if (expected != NULL && expected->woken) {
    expected->woken = FALSE;
    self->func (NULL, self->user_data); /* may free us */
  }
}

/* @func is called with each place that somebody came to, and with NULL when somebody is waited for
 * no longer. */
AhoyDialWait *
ahoy_dial_wait_new (AhoyDialApplication *application, AhoyScheduler *scheduler,
                    AhoyDialWaitFunc func, gpointer user_data)
{
  AhoyDialWait *self = g_new0 (AhoyDialWait, 1);
  AhoyWaker *waker = ahoy_dial_application_get_waker (application);

  self->location = g_object_ref (ahoy_dial_application_get_location (application));
  self->waker = waker != NULL ? g_object_ref (waker) : NULL;
  self->scheduler = g_object_ref (scheduler);
  self->expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, expected_free);
  self->called = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
ahoy_dial_wait_free (AhoyDialWait *self)
{
  ahoy_dial_wait_clear (self);
  g_hash_table_unref (self->expected);
  g_hash_table_unref (self->called);
  g_object_unref (self->location);
  g_clear_object (&self->waker);
  g_object_unref (self->scheduler);
  g_free (self);
}

/* Nobody is expected any more. */
void
ahoy_dial_wait_clear (AhoyDialWait *self)
{
  g_signal_handlers_disconnect_by_data (self->location, self);
  if (self->waker != NULL) {
    g_signal_handlers_disconnect_by_data (self->waker, self);
  }
  if (self->job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->job);
    self->job = 0;
  }
  g_queue_clear_full (&self->arrivals, (GDestroyNotify) ahoy_dial_place_free);
  g_hash_table_remove_all (self->expected);
}

/* Whether it makes sense to wait although nobody rings. */
gboolean
ahoy_dial_wait_is_on (AhoyDialWait *self)
{
  GHashTableIter iter;
  gpointer expected;

  if (!g_queue_is_empty (&self->arrivals)) {
    return TRUE;
  }
  g_hash_table_iter_init (&iter, self->expected);
  while (g_hash_table_iter_next (&iter, NULL, &expected)) {
    if (((Expected *) expected)->woken) {
      return TRUE;
    }
  }
  return FALSE;
}

/* This one rings, and is no late one. */
void
ahoy_dial_wait_note (AhoyDialWait *self, AhoyContact *contact)
{
  g_hash_table_add (self->called, g_strdup (ahoy_contact_get_uri (contact)));
}

static void
expect (AhoyDialWait *self, AhoyEndpoint *endpoint, const char *aor, gboolean woken)
{
  Expected *expected = g_hash_table_lookup (self->expected, aor);

  if (g_hash_table_size (self->expected) == 0) {
    g_signal_connect (self->location, "contact-added", G_CALLBACK (on_contact_added), self);
    g_signal_connect (self->location, "contact-refreshed", G_CALLBACK (on_contact_refreshed),
                      self);
    if (self->waker != NULL) {
      g_signal_connect (self->waker, "given-up", G_CALLBACK (on_given_up), self);
    }
  }
  if (expected == NULL) {
    expected = g_new0 (Expected, 1);
    expected->endpoint = g_object_ref (endpoint);
    g_hash_table_insert (self->expected, g_strdup (aor), expected);
  }
  expected->woken = expected->woken || woken;
}

/* Who registers as the target gets the call as well. */
void
ahoy_dial_wait_expect (AhoyDialWait *self, AhoyDialTarget *target)
{
  for (gsize i = 0; target->aors != NULL && target->aors[i] != NULL; i++) {
    expect (self, target->endpoint, target->aors[i], FALSE);
  }
}

/* Has somebody woken who sleeps; FALSE: nobody does. */
gboolean
ahoy_dial_wait_wake (AhoyDialWait *self, AhoyDialPlace *place, const char *caller)
{
  if (self->waker == NULL || place->endpoint == NULL || place->aor == NULL ||
      !ahoy_waker_ask (self->waker, place->endpoint, place->aor, place->contact, caller)) {
    return FALSE;
  }
  g_hash_table_remove (self->called, ahoy_contact_get_uri (place->contact));
  expect (self, place->endpoint, place->aor, TRUE);
  return TRUE;
}

/* Nobody is registered: whoever can be woken is. */
void
ahoy_dial_wait_wake_all (AhoyDialWait *self, AhoyDialTarget *target, const char *caller)
{
  for (gsize i = 0; self->waker != NULL && target->aors != NULL && target->aors[i] != NULL; i++) {
    if (ahoy_waker_ask (self->waker, target->endpoint, target->aors[i], NULL, caller)) {
      expect (self, target->endpoint, target->aors[i], TRUE);
    }
  }
}
