/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-auto-endpoints-private.h"

#include <string.h>

/*
 * The key auto-names of an endpoint, the model: when who proved to be it registers under such a
 * name, an endpoint of that name is made, with all keys of the model. Strangers get nothing made,
 * and an account is needed, the model's, unless it says auth=none. An endpoint goes when its last
 * contact does.
 */

/* Of all models together: a name costs who knows one password nothing. */
#define MAX_ENDPOINTS 1000
#define MAX_NAME 64

#define PATIENCE (32 * G_USEC_PER_SEC)

typedef struct {
  AhoyEndpoint *endpoint;
  AhoyEndpointConfig *model; /* as it was */
} Entry;

struct _AhoyAutoEndpoints {
  AhoyRegistrar *registrar;
  AhoyLocation *location;
  AhoyEndpointRegistry *endpoints;
  AhoyScheduler *scheduler;
  GHashTable *entries; /* name → Entry */
  gulong address_handler;
  gulong removed_handler;
  guint64 tidy_job;
  gboolean told; /* that there are too many */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->endpoint);
  g_object_unref (entry->model);
  g_free (entry);
}

/* -- going ----------------------------------------------------------------------------------- */

static void
remove_entry (AhoyAutoEndpoints *self, const char *name)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (entry != NULL) {
    ahoy_endpoint_registry_remove (self->endpoints, entry->endpoint);
    g_hash_table_remove (self->entries, name);
  }
}

/* Whether nothing is left of it: a call that goes on keeps it. */
static gboolean
is_over (AhoyAutoEndpoints *self, const char *name, Entry *entry)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (self->location, name);

  return contacts->len == 0 && ahoy_endpoint_get_active_sessions (entry->endpoint) == 0;
}

static void
tidy (gpointer user_data)
{
  AhoyAutoEndpoints *self = user_data;
  g_autoptr (GList) names = g_hash_table_get_keys (self->entries);

  self->tidy_job = 0;
  for (GList *at = names; at != NULL; at = at->next) {
    if (is_over (self, at->data, g_hash_table_lookup (self->entries, at->data))) {
      g_autofree char *name = g_strdup (at->data);

      remove_entry (self, name);
    }
  }
  ahoy_location_update_aors (self->location);
}

static void
tidy_later (AhoyAutoEndpoints *self, gint64 delay)
{
  if (self->tidy_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->tidy_job);
  }
  self->tidy_job = ahoy_scheduler_add (self->scheduler, "auto-names", delay, tidy, self, NULL);
}

/* Not at once: who else is told of the contact may want to know the endpoint. */
static void
on_contact_removed (AhoyLocation *location, const char *aor, AhoyContact *contact, int reason,
                    AhoyAutoEndpoints *self)
{
  if (g_hash_table_contains (self->entries, aor)) {
    tidy_later (self, 0);
  }
}


/* -- making ---------------------------------------------------------------------------------- */

static gboolean
is_plain (const char *name)
{
  gsize length = strlen (name);

  for (const char *at = name; *at != '\0'; at++) {
    if (!g_ascii_isalnum (*at) && strchr ("-_.+", *at) == NULL) {
      return FALSE;
    }
  }
  return length > 0 && length <= MAX_NAME;
}

static gboolean
matches (AhoyEndpoint *model, const char *name)
{
  const char *const *patterns = ahoy_config_object_get_list (
      AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (model)), "auto-names");

  for (gsize i = 0; patterns != NULL && patterns[i] != NULL; i++) {
    if (g_pattern_match_simple (patterns[i], name)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* The model's account is the one of all, under the model's user name. */
static AhoyEndpointConfig *
make_config (AhoyEndpoint *model, const char *name)
{
  AhoyConfigObject *from = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (model));
  AhoyEndpointConfig *config = ahoy_endpoint_config_new (name);
  g_autoptr (GPtrArray) keys =
      ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (from));

  g_object_set (config, "username", ahoy_endpoint_get_name (model), NULL);
  for (guint i = 0; i < keys->len; i++) {
    const char *key = g_param_spec_get_name (keys->pdata[i]);
    g_auto (GValue) value = G_VALUE_INIT;

    if (ahoy_config_object_is_set (from, ahoy_config_key_get_name (keys->pdata[i]))) {
      g_object_get_property (G_OBJECT (from), key, &value);
      g_object_set_property (G_OBJECT (config), key, &value);
    }
  }
  /* By its name only: by the address all would be the same one. */
  g_object_set (config, "auto-names", NULL, "identify",
                (const char *const[]){ "username", NULL }, NULL);
  ahoy_config_object_set_origin (AHOY_CONFIG_OBJECT (config), ahoy_config_object_get_file (from),
                                 ahoy_config_object_get_line (from));
  ahoy_config_object_seal (AHOY_CONFIG_OBJECT (config));
  return config;
}

static gboolean
make_endpoint (AhoyAutoEndpoints *self, AhoyEndpoint *model, const char *name)
{
  g_autoptr (AhoyEndpointConfig) config = make_config (model, name);
  g_autoptr (AhoyEndpoint) endpoint = ahoy_endpoint_new (config);
  g_autoptr (GError) error = NULL;
  Entry *entry;

  if (!ahoy_endpoint_registry_add (self->endpoints, endpoint, &error)) {
    g_warning ("No endpoint “%s” is made of “%s”: %s", name, ahoy_endpoint_get_name (model),
               error->message);
    return FALSE;
  }
  entry = g_new0 (Entry, 1);
  entry->endpoint = g_steal_pointer (&endpoint);
  entry->model = g_object_ref (ahoy_endpoint_get_config (model));
  g_hash_table_insert (self->entries, g_strdup (name), entry);
  ahoy_location_update_aors (self->location);
  tidy_later (self, PATIENCE); /* its registration may still be refused */
  g_message ("The endpoint “%s” is made of “%s”, which registers under that name", name,
             ahoy_endpoint_get_name (model));
  return TRUE;
}

static gboolean
on_other_address (AhoyRegistrar *registrar, AhoyEndpoint *endpoint, const char *name,
                  AhoyAutoEndpoints *self)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (!matches (endpoint, name) || !is_plain (name)) {
    return FALSE;
  }
  if (entry != NULL) {
    return entry->model == ahoy_endpoint_get_config (endpoint);
  }
  if (ahoy_endpoint_registry_lookup (self->endpoints, name) != NULL) {
    return FALSE;
  }
  if (g_hash_table_size (self->entries) >= MAX_ENDPOINTS) {
    if (!self->told) {
      g_warning ("No more endpoints are made of auto-names: there are %d already", MAX_ENDPOINTS);
    }
    self->told = TRUE;
    return FALSE;
  }
  return make_endpoint (self, endpoint, name);
}

void
ahoy_auto_endpoints_drop (AhoyAutoEndpoints *self, const char *name)
{
  g_autofree char *copy = g_strdup (name);

  if (self != NULL) {
    remove_entry (self, copy);
  }
}

void
ahoy_auto_endpoints_update (AhoyAutoEndpoints *self)
{
  g_autoptr (GHashTable) models = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) endpoints = NULL;
  g_autoptr (GList) names = NULL;

  if (self == NULL) {
    return;
  }
  endpoints = ahoy_endpoint_registry_list (self->endpoints);
  for (guint i = 0; i < endpoints->len; i++) {
    g_hash_table_add (models, ahoy_endpoint_get_config (endpoints->pdata[i]));
  }
  names = g_hash_table_get_keys (self->entries);
  for (GList *at = names; at != NULL; at = at->next) {
    Entry *entry = g_hash_table_lookup (self->entries, at->data);

    if (!g_hash_table_contains (models, entry->model)) {
      ahoy_auto_endpoints_drop (self, at->data);
    }
  }
  ahoy_location_update_aors (self->location);
}

AhoyAutoEndpoints *
ahoy_auto_endpoints_new (AhoyRegistrar *registrar, AhoyLocation *location,
                         AhoyEndpointRegistry *endpoints, AhoyScheduler *scheduler)
{
  AhoyAutoEndpoints *self = g_new0 (AhoyAutoEndpoints, 1);

  self->registrar = g_object_ref (registrar);
  self->location = g_object_ref (location);
  self->endpoints = g_object_ref (endpoints);
  self->scheduler = g_object_ref (scheduler);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->address_handler =
      g_signal_connect (registrar, "other-address", G_CALLBACK (on_other_address), self);
  self->removed_handler =
      g_signal_connect (location, "contact-removed", G_CALLBACK (on_contact_removed), self);
  return self;
}

/* Their contacts stay known, and are theirs again when they register. */
void
ahoy_auto_endpoints_free (AhoyAutoEndpoints *self)
{
  g_autoptr (GList) names = g_hash_table_get_keys (self->entries);

  g_clear_signal_handler (&self->address_handler, self->registrar);
  g_clear_signal_handler (&self->removed_handler, self->location);
  if (self->tidy_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->tidy_job);
  }
  for (GList *at = names; at != NULL; at = at->next) {
    ahoy_auto_endpoints_drop (self, at->data);
  }
  g_hash_table_unref (self->entries);
  g_object_unref (self->registrar);
  g_object_unref (self->location);
  g_object_unref (self->endpoints);
  g_object_unref (self->scheduler);
  g_free (self);
}
