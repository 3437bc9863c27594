/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-location.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-contact-private.h"
#include "ahoy-endpoint-types.h"
#include "ahoy-error.h"
#include "ahoy-location-private.h"

/**
 * AhoyLocation:
 *
 * Where everybody is: addresses of record, and the contacts of each (RFC 3261 section 10). An
 * address of record is an `[aor NAME]`, or implied by the endpoint of that name.
 *
 * What is registered changes by edits (ahoy_location_update_async()). The edits of one address of
 * record run one after the other, each is stored before it can be seen, and one that cannot be
 * stored changes nothing.
 *
 * Each of the signals is emitted once for what it tells. While the daemon starts there are none:
 * who wants to know what is there asks for it.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoyLocation, ahoy_location, G_TYPE_OBJECT)

enum {
  SIGNAL_CONTACT_ADDED,
  SIGNAL_CONTACT_REFRESHED,
  SIGNAL_CONTACT_REMOVED,
  SIGNAL_CONTACT_STATUS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* -- entries -------------------------------------------------------------------------------- */

void
ahoy_location_turn_free (gpointer data)
{
  AhoyLocationTurn *turn = data;

  if (turn->destroy != NULL) {
    turn->destroy (turn->data);
  }
  g_clear_object (&turn->task);
  g_free (turn);
}

static void
clear_slots (AhoyLocationEntry *entry)
{
  for (guint i = 0; i < entry->n_slots; i++) {
    ahoy_contact_unref (entry->slots[i].contact);
  }
  g_clear_pointer (&entry->slots, g_free);
  entry->n_slots = 0;
}

static void
entry_free (gpointer data)
{
  AhoyLocationEntry *entry = data;

  clear_slots (entry);
  if (entry->waiting != NULL) {
    g_queue_free_full (entry->waiting, ahoy_location_turn_free);
  }
  g_free (entry->aor);
  g_free (entry);
}

AhoyLocationEntry *
ahoy_location_ensure_entry (AhoyLocation *self, const char *aor)
{
  AhoyLocationEntry *entry = g_hash_table_lookup (self->entries, aor);

  if (entry == NULL) {
    entry = g_new0 (AhoyLocationEntry, 1);
    entry->aor = g_strdup (aor);
    entry->heap_index = G_MAXUINT;
    entry->due = G_MAXINT64;
    g_hash_table_insert (self->entries, entry->aor, entry);
  }
  return entry;
}

void
ahoy_location_tidy (AhoyLocation *self, AhoyLocationEntry *entry)
{
  ahoy_location_clock_update (&self->clock, entry);
  if (!entry->busy && entry->n_slots == 0) {
    g_hash_table_remove (self->entries, entry->aor);
  }
}

/* Few addresses of record have contacts, and few of these change: only they are looked at. */
static void
touch (AhoyLocation *self, const char *aor)
{
  if (!g_hash_table_contains (self->entries, aor)) {
    return;
  }
  if (self->touched == NULL) {
    self->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  }
  g_hash_table_add (self->touched, g_strdup (aor));
}

static void
on_endpoint (AhoyEndpointRegistry *endpoints, AhoyEndpoint *endpoint, gpointer user_data)
{
  touch (user_data, ahoy_endpoint_get_name (endpoint));
}

void
ahoy_location_emit_step (AhoyLocation *self, const char *aor, const AhoyLocationStep *step)
{
  if (step->contact == NULL) {
    g_signal_emit (self, signals[SIGNAL_CONTACT_REMOVED], 0, aor, step->old, step->reason);
  } else if (step->old == NULL) {
    g_signal_emit (self, signals[SIGNAL_CONTACT_ADDED], 0, aor, step->contact);
  } else {
    g_signal_emit (self, signals[SIGNAL_CONTACT_REFRESHED], 0, aor, step->contact);
  }
}

static void
ahoy_location_dispose (GObject *object)
{
  AhoyLocation *self = AHOY_LOCATION (object);

  if (self->clock.heap != NULL) {
    ahoy_location_clock_clear (&self->clock);
  }
  if (self->endpoints != NULL) {
    g_signal_handlers_disconnect_by_data (self->endpoints, self);
  }
  g_clear_object (&self->endpoints);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (ahoy_location_parent_class)->dispose (object);
}

static void
ahoy_location_finalize (GObject *object)
{
  AhoyLocation *self = AHOY_LOCATION (object);

  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->aors);
  g_clear_pointer (&self->statics, g_hash_table_unref);
  g_clear_pointer (&self->touched, g_hash_table_unref);
  g_byte_array_unref (self->buffer);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_location_parent_class)->finalize (object);
}

static guint
add_signal (AhoyLocationClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                       AHOY_TYPE_CONTACT | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
ahoy_location_class_init (AhoyLocationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_location_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_location_finalize;

  /**
   * AhoyLocation::contact-added:
   * @self: the location service
   * @aor: the name of an address of record
   * @contact: a contact
   *
   * A contact was registered.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CONTACT_ADDED] = add_signal (klass, "contact-added");
  /**
   * AhoyLocation::contact-refreshed:
   * @self: the location service
   * @aor: the name of an address of record
   * @contact: the contact as it is now
   *
   * A contact that was there was registered again.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CONTACT_REFRESHED] = add_signal (klass, "contact-refreshed");
  /**
   * AhoyLocation::contact-removed:
   * @self: the location service
   * @aor: the name of an address of record
   * @contact: the contact as it was
   * @reason: why
   *
   * A contact is gone. What expired while the daemon did not run is not told.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CONTACT_REMOVED] = g_signal_new (
      "contact-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 3, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
      AHOY_TYPE_CONTACT | G_SIGNAL_TYPE_STATIC_SCOPE, AHOY_TYPE_CONTACT_REMOVAL);
  /**
   * AhoyLocation::contact-status:
   * @self: the location service
   * @aor: the name of an address of record
   * @contact: the contact with its new status
   *
   * Another status of a contact is known. Another round trip alone is not told.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CONTACT_STATUS] = add_signal (klass, "contact-status");
}

static void
ahoy_location_init (AhoyLocation *self)
{
  self->aors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->buffer = g_byte_array_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_location_new:
 * @endpoints: (transfer none): the endpoints, each of which implies an address of record
 * @scheduler: (transfer none): the clock by which contacts expire
 *
 * Returns: (transfer full): a location service without contacts, which keeps them in memory
 *
 * Since: 0.1
 */
AhoyLocation *
ahoy_location_new (AhoyEndpointRegistry *endpoints, AhoyScheduler *scheduler)
{
  AhoyLocation *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);
  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_LOCATION, NULL);
  self->endpoints = g_object_ref (endpoints);
  g_signal_connect (endpoints, "endpoint-added", G_CALLBACK (on_endpoint), self);
  g_signal_connect (endpoints, "endpoint-changed", G_CALLBACK (on_endpoint), self);
  g_signal_connect (endpoints, "endpoint-removed", G_CALLBACK (on_endpoint), self);
  ahoy_location_clock_init (&self->clock, scheduler, ahoy_location_expire, self);
  return self;
}

/* -- addresses of record --------------------------------------------------------------------- */

/* Whether anybody can be found under the name of the endpoint. */
static gboolean
implies_aor (AhoyConfigObject *config)
{
  return ahoy_config_object_get_string (config, "contact") != NULL ||
         ((ahoy_config_object_get_choices (config, "allow") & AHOY_ENDPOINT_ALLOW_REGISTER) != 0 &&
          ahoy_config_object_get_number (config, "max-contacts") > 0);
}

/**
 * ahoy_location_add_aor:
 * @self: a location service
 * @config: (transfer none): an #AhoyAorConfig
 *
 * From now on there is such an address of record; one that the endpoint of that name implies holds
 * no more. Bindings that were kept for it are shown again. Until ahoy_location_update_aors() is
 * called, nobody is told.
 *
 * Since: 0.1
 */
void
ahoy_location_add_aor (AhoyLocation *self, AhoyConfigObject *config)
{
  g_return_if_fail (AHOY_IS_LOCATION (self));
  g_return_if_fail (AHOY_IS_CONFIG_OBJECT (config));

  touch (self, ahoy_config_object_get_name (config));
  g_hash_table_replace (self->aors, g_strdup (ahoy_config_object_get_name (config)),
                        g_object_ref (config));
}

/**
 * ahoy_location_change_aor:
 * @self: a location service
 * @config: (transfer none): an #AhoyAorConfig with the name of one that is there
 *
 * Another configuration of an address of record holds. Contacts stay, also when there are more than
 * allowed now.
 *
 * Since: 0.1
 */
void
ahoy_location_change_aor (AhoyLocation *self, AhoyConfigObject *config)
{
  ahoy_location_add_aor (self, config);
}

/**
 * ahoy_location_remove_aor:
 * @self: a location service
 * @aor: the name of an address of record that was added
 *
 * The address of record is gone, unless an endpoint implies it. Its bindings are kept, in case it
 * comes back before they expire, but nobody sees them; they are told to be removed by
 * ahoy_location_update_aors().
 *
 * Returns: whether there was such an address of record
 *
 * Since: 0.1
 */
gboolean
ahoy_location_remove_aor (AhoyLocation *self, const char *aor)
{
  g_return_val_if_fail (AHOY_IS_LOCATION (self), FALSE);
  g_return_val_if_fail (aor != NULL, FALSE);

  touch (self, aor);
  return g_hash_table_remove (self->aors, aor);
}

/**
 * ahoy_location_get_aor_config:
 * @self: a location service
 * @aor: the name of an address of record
 *
 * Returns: (transfer none) (nullable): what is configured of it: the #AhoyAorConfig, or the
 *   #AhoyEndpointConfig that implies it, which has the same keys; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyConfigObject *
ahoy_location_get_aor_config (AhoyLocation *self, const char *aor)
{
  AhoyConfigObject *config;
  AhoyEndpoint *endpoint;

  g_return_val_if_fail (AHOY_IS_LOCATION (self), NULL);
  g_return_val_if_fail (aor != NULL, NULL);

  config = g_hash_table_lookup (self->aors, aor);
  if (config != NULL) {
    return config;
  }
  endpoint = ahoy_endpoint_registry_lookup (self->endpoints, aor);
  if (endpoint == NULL) {
    return NULL;
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  return implies_aor (config) ? config : NULL;
}

/**
 * ahoy_location_list_aors_for:
 * @self: a location service
 * @endpoint: an endpoint
 *
 * Returns: (transfer full) (array zero-terminated=1): the addresses of record of the endpoint: the
 *   one of its own name, if it has one, then those of its key `aors` that are configured
 *
 * Since: 0.1
 */
char **
ahoy_location_list_aors_for (AhoyLocation *self, AhoyEndpoint *endpoint)
{
  g_autoptr (GStrvBuilder) names = NULL;
  const char *const *more;
  const char *own;

  g_return_val_if_fail (AHOY_IS_LOCATION (self), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT (endpoint), NULL);

  names = g_strv_builder_new ();
  own = ahoy_endpoint_get_name (endpoint);
  if (ahoy_location_get_aor_config (self, own) != NULL) {
    g_strv_builder_add (names, own);
  }
  more = ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)),
                                      "aors");
  for (gsize i = 0; more != NULL && more[i] != NULL; i++) {
    if (strcmp (more[i], own) != 0 && ahoy_location_get_aor_config (self, more[i]) != NULL) {
      g_strv_builder_add (names, more[i]);
    }
  }
  return g_strv_builder_end (names);
}

/* Contacts of an address of record that goes, or comes back. */
void
ahoy_location_update_entry (AhoyLocation *self, AhoyLocationEntry *entry)
{
  gboolean hidden = ahoy_location_get_aor_config (self, entry->aor) == NULL;
  g_autofree AhoyLocationStep *steps = NULL;
  g_autofree char *aor = NULL;
  guint n_steps = entry->n_slots;

  if (entry->hidden == hidden) {
    return;
  }
  entry->hidden = hidden;
  self->n_contacts = hidden ? self->n_contacts - n_steps : self->n_contacts + n_steps;
  aor = g_strdup (entry->aor);
  steps = g_new0 (AhoyLocationStep, n_steps);
  for (guint i = 0; i < n_steps; i++) {
    AhoyContact *contact = ahoy_contact_ref (entry->slots[i].contact);

    steps[i].old = hidden ? contact : NULL;
    steps[i].contact = hidden ? NULL : contact;
    steps[i].reason = AHOY_CONTACT_REMOVAL_RECONFIGURED;
  }
  /* Who is told may change everything; the entry may be gone. */
  for (guint i = 0; i < n_steps; i++) {
    ahoy_location_emit_step (self, aor, &steps[i]);
    ahoy_contact_unref (hidden ? steps[i].old : steps[i].contact);
  }
}

/**
 * ahoy_location_update_aors:
 * @self: a location service
 *
 * To be called when addresses of record or endpoints were added or removed: contacts whose address
 * of record is gone are told to be removed, with #AHOY_CONTACT_REMOVAL_RECONFIGURED, and those
 * whose address of record came back to be added.
 *
 * Since: 0.1
 */
void
ahoy_location_update_aors (AhoyLocation *self)
{
  g_autoptr (GHashTable) touched = NULL;
  GHashTableIter iter;
  gpointer name;

  g_return_if_fail (AHOY_IS_LOCATION (self));

  touched = g_steal_pointer (&self->touched);
  if (touched == NULL) {
    return;
  }
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    AhoyLocationEntry *entry = g_hash_table_lookup (self->entries, name);

    if (entry != NULL) {
      ahoy_location_update_entry (self, entry);
    }
  }
}

/* -- looking -------------------------------------------------------------------------------- */

static void
add_name (GPtrArray *names, GHashTable *known, AhoyLocation *self, const char *name)
{
  GPtrArray *statics = ahoy_location_peek_statics (self, name);

  if (statics != NULL && statics->len > 0 && g_hash_table_add (known, (gpointer) name)) {
    g_ptr_array_add (names, g_strdup (name));
  }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * ahoy_location_list_names:
 * @self: a location service
 *
 * Returns: (transfer full) (array zero-terminated=1): the addresses of record that have contacts,
 *   sorted
 *
 * Since: 0.1
 */
char **
ahoy_location_list_names (AhoyLocation *self)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) endpoints = NULL;
  GPtrArray *names;
  GHashTableIter iter;
  gpointer key, data;

  g_return_val_if_fail (AHOY_IS_LOCATION (self), NULL);

  names = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &key, &data)) {
    AhoyLocationEntry *entry = data;

    if (entry->n_slots > 0 && !entry->hidden && g_hash_table_add (known, key)) {
      g_ptr_array_add (names, g_strdup (key));
    }
  }
  g_hash_table_iter_init (&iter, self->aors);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    add_name (names, known, self, key);
  }
  endpoints = ahoy_endpoint_registry_list (self->endpoints);
  for (guint i = 0; i < endpoints->len; i++) {
    add_name (names, known, self, ahoy_endpoint_get_name (endpoints->pdata[i]));
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/**
 * ahoy_location_list_contacts:
 * @self: a location service
 * @aor: the name of an address of record
 *
 * Returns: (transfer container) (element-type AhoyContact): its contacts, those preferred first,
 *   then the newest first; static ones are among them, expired ones are not
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_location_list_contacts (AhoyLocation *self, const char *aor)
{
  AhoyLocationEntry *entry;
  GPtrArray *contacts, *statics;
  gint64 now;

  g_return_val_if_fail (AHOY_IS_LOCATION (self), NULL);
  g_return_val_if_fail (aor != NULL, NULL);

  ahoy_location_check_clock (self);
  contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);
  if (ahoy_location_get_aor_config (self, aor) == NULL) {
    return contacts;
  }
  entry = g_hash_table_lookup (self->entries, aor);
  now = ahoy_location_clock_get_now (&self->clock);
  for (guint i = 0; entry != NULL && i < entry->n_slots; i++) {
    if (entry->slots[i].due > now) {
      g_ptr_array_add (contacts, ahoy_contact_ref (entry->slots[i].contact));
    }
  }
  statics = ahoy_location_peek_statics (self, aor);
  for (guint i = 0; statics != NULL && i < statics->len; i++) {
    g_ptr_array_add (contacts, ahoy_contact_ref (statics->pdata[i]));
  }
  ahoy_location_sort (contacts);
  return contacts;
}

/* Where a contact stands, so that another one can be put there; a registered one hides a static
 * one of the same URI. */
static AhoyContact **
find_contact (AhoyLocation *self, const char *aor, const char *uri)
{
  AhoyLocationEntry *entry = g_hash_table_lookup (self->entries, aor);
  gint64 now = ahoy_location_clock_get_now (&self->clock);
  GPtrArray *statics;

  if (ahoy_location_get_aor_config (self, aor) == NULL) {
    return NULL;
  }
  for (guint i = 0; entry != NULL && i < entry->n_slots; i++) {
    if (entry->slots[i].due > now &&
        strcmp (ahoy_contact_get_uri (entry->slots[i].contact), uri) == 0) {
      return &entry->slots[i].contact;
    }
  }
  statics = ahoy_location_peek_statics (self, aor);
  for (guint i = 0; statics != NULL && i < statics->len; i++) {
    if (strcmp (ahoy_contact_get_uri (statics->pdata[i]), uri) == 0) {
      return (AhoyContact **) &statics->pdata[i];
    }
  }
  return NULL;
}

/**
 * ahoy_location_lookup_contact:
 * @self: a location service
 * @aor: the name of an address of record
 * @uri: a URI, compared byte by byte
 *
 * Returns: (transfer full) (nullable): the contact of that URI; %NULL when there is none
 *
 * Since: 0.1
 */
AhoyContact *
ahoy_location_lookup_contact (AhoyLocation *self, const char *aor, const char *uri)
{
  AhoyContact **place;

  g_return_val_if_fail (AHOY_IS_LOCATION (self), NULL);
  g_return_val_if_fail (aor != NULL && uri != NULL, NULL);

  place = find_contact (self, aor, uri);
  return place != NULL ? ahoy_contact_ref (*place) : NULL;
}

/**
 * ahoy_location_get_n_contacts:
 * @self: a location service
 *
 * Returns: how many contacts are registered; static ones do not count
 *
 * Since: 0.1
 */
guint
ahoy_location_get_n_contacts (AhoyLocation *self)
{
  g_return_val_if_fail (AHOY_IS_LOCATION (self), 0);

  return self->n_contacts;
}

/**
 * ahoy_location_set_status:
 * @self: a location service
 * @aor: the name of an address of record
 * @uri: the URI of one of its contacts, compared byte by byte
 * @status: what is known of it now
 * @round_trip: how long its answer took, in µs; -1 where that is not known
 *
 * Notes whether a contact can be reached. This is not stored: after a restart it is found out anew.
 *
 * Returns: %FALSE when there is no such contact
 *
 * Since: 0.1
 */
gboolean
ahoy_location_set_status (AhoyLocation *self, const char *aor, const char *uri,
                          AhoyContactStatus status, gint64 round_trip)
{
  g_autoptr (AhoyContact) contact = NULL;
  AhoyContact **place;
  gboolean differs;

  g_return_val_if_fail (AHOY_IS_LOCATION (self), FALSE);
  g_return_val_if_fail (aor != NULL && uri != NULL, FALSE);

  place = find_contact (self, aor, uri);
  if (place == NULL) {
    return FALSE;
  }
  differs = ahoy_contact_get_status (*place) != status;
  contact = ahoy_contact_with_status (*place, status, round_trip);
  ahoy_contact_unref (*place);
  *place = ahoy_contact_ref (contact);
  if (differs) {
    g_signal_emit (self, signals[SIGNAL_CONTACT_STATUS], 0, aor, contact);
  }
  return TRUE;
}
