/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-states-private.h"

/*
 * The states of endpoints, from their contacts:
 *
 * - available: one of them answered, or registered and is not asked
 * - unreachable: there are some, and none of them answered; or there is none, and it could register
 * - unknown: nobody asks its static contacts, or it has none and cannot register
 *
 * One that is disabled stays so.
 */
struct _AhoyEndpointStates {
  AhoyLocation *location;
  AhoyEndpointRegistry *endpoints;
  gboolean registrar; /* there is one: who has no contact can get one */
  GHashTable *others; /* address of record → names of the endpoints whose key aors has it */
  gboolean stale;     /* others are those of an older configuration */
};

/* What a contact says of its endpoint. */
static AhoyEndpointState
state_of_contact (AhoyContact *contact)
{
  switch (ahoy_contact_get_status (contact)) {
  case AHOY_CONTACT_STATUS_AVAILABLE:
    return AHOY_ENDPOINT_AVAILABLE;
  case AHOY_CONTACT_STATUS_UNREACHABLE:
    return AHOY_ENDPOINT_UNREACHABLE;
  default:
    return ahoy_contact_is_static (contact) ? AHOY_ENDPOINT_UNKNOWN : AHOY_ENDPOINT_AVAILABLE;
  }
}

static AhoyEndpointState
state_of (AhoyEndpointStates *self, AhoyEndpoint *endpoint)
{
  g_auto (GStrv) aors = ahoy_location_list_aors_for (self->location, endpoint);
  gboolean unknown = FALSE;
  guint count = 0;

  for (gsize i = 0; aors[i] != NULL; i++) {
    g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (self->location, aors[i]);

    count += contacts->len;
    for (guint n = 0; n < contacts->len; n++) {
      AhoyEndpointState state = state_of_contact (contacts->pdata[n]);

      if (state == AHOY_ENDPOINT_AVAILABLE) {
        return state;
      }
      unknown = unknown || state == AHOY_ENDPOINT_UNKNOWN;
    }
  }
  if (count == 0 && (aors[0] == NULL || !self->registrar)) {
    return AHOY_ENDPOINT_UNKNOWN;
  }
  return unknown ? AHOY_ENDPOINT_UNKNOWN : AHOY_ENDPOINT_UNREACHABLE;
}

static void
update_endpoint (AhoyEndpointStates *self, AhoyEndpoint *endpoint)
{
  if (ahoy_endpoint_get_state (endpoint) != AHOY_ENDPOINT_DISABLED) {
    ahoy_endpoint_set_state (endpoint, state_of (self, endpoint));
  }
}

static void
update_all (AhoyEndpointStates *self)
{
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (self->endpoints);

  for (guint i = 0; i < endpoints->len; i++) {
    update_endpoint (self, endpoints->pdata[i]);
  }
}

static void
find_others (AhoyEndpointStates *self)
{
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_registry_list (self->endpoints);

  self->stale = FALSE;
  g_hash_table_remove_all (self->others);
  for (guint i = 0; i < endpoints->len; i++) {
    AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoints->pdata[i]));
    const char *const *aors = ahoy_config_object_get_list (config, "aors");

    for (gsize n = 0; aors != NULL && aors[n] != NULL; n++) {
      GPtrArray *names = g_hash_table_lookup (self->others, aors[n]);

      if (names == NULL) {
        names = g_ptr_array_new_with_free_func (g_free);
        g_hash_table_insert (self->others, g_strdup (aors[n]), names);
      }
      g_ptr_array_add (names, g_strdup (ahoy_endpoint_get_name (endpoints->pdata[i])));
    }
  }
}

static void
add_by_name (AhoyEndpointStates *self, GPtrArray *list, const char *name)
{
  AhoyEndpoint *endpoint = ahoy_endpoint_registry_lookup (self->endpoints, name);

  if (endpoint != NULL && !g_ptr_array_find (list, endpoint, NULL)) {
    g_ptr_array_add (list, g_object_ref (endpoint));
  }
}

/* Those who have an address of record. */
GPtrArray *
ahoy_endpoint_states_list (AhoyEndpointStates *self, const char *aor)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *names;

  if (self->stale) {
    find_others (self);
  }
  add_by_name (self, list, aor);
  names = g_hash_table_lookup (self->others, aor);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    add_by_name (self, list, names->pdata[i]);
  }
  return list;
}

static void
update_aor (AhoyEndpointStates *self, const char *aor)
{
  g_autoptr (GPtrArray) endpoints = ahoy_endpoint_states_list (self, aor);

  for (guint i = 0; i < endpoints->len; i++) {
    update_endpoint (self, endpoints->pdata[i]);
  }
}

static void
on_contact (AhoyLocation *location, const char *aor, AhoyContact *contact, gpointer user_data)
{
  update_aor (user_data, aor);
}

static void
on_contact_removed (AhoyLocation *location, const char *aor, AhoyContact *contact,
                    AhoyContactRemoval reason, gpointer user_data)
{
  update_aor (user_data, aor);
}

static void
on_endpoint_added (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  AhoyEndpointStates *self = user_data;

  self->stale = TRUE;
  update_endpoint (self, endpoint);
}

static void
on_endpoint_removed (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  ((AhoyEndpointStates *) user_data)->stale = TRUE;
}

/* Before there are endpoints. */
AhoyEndpointStates *
ahoy_endpoint_states_new (AhoyLocation *location, AhoyEndpointRegistry *endpoints)
{
  AhoyEndpointStates *self = g_new0 (AhoyEndpointStates, 1);

  self->location = g_object_ref (location);
  self->endpoints = g_object_ref (endpoints);
  self->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect (endpoints, "endpoint-added", G_CALLBACK (on_endpoint_added), self);
  g_signal_connect (endpoints, "endpoint-removed", G_CALLBACK (on_endpoint_removed), self);
  g_signal_connect (location, "contact-added", G_CALLBACK (on_contact), self);
  g_signal_connect (location, "contact-removed", G_CALLBACK (on_contact_removed), self);
  g_signal_connect (location, "contact-status", G_CALLBACK (on_contact), self);
  return self;
}

void
ahoy_endpoint_states_free (AhoyEndpointStates *self)
{
  g_signal_handlers_disconnect_by_data (self->endpoints, self);
  g_signal_handlers_disconnect_by_data (self->location, self);
  g_hash_table_unref (self->others);
  g_object_unref (self->endpoints);
  g_object_unref (self->location);
  g_free (self);
}

/* Whether there is a registrar. */
void
ahoy_endpoint_states_set_registrar (AhoyEndpointStates *self, gboolean there)
{
  if (self->registrar != there) {
    self->registrar = there;
    update_all (self);
  }
}

/* Another configuration of an endpoint or address of record holds; NULL: of any. */
void
ahoy_endpoint_states_update (AhoyEndpointStates *self, const char *name)
{
  self->stale = TRUE;
  if (name != NULL) {
    update_aor (self, name);
  } else {
    update_all (self);
  }
}
