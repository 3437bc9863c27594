/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-contact-builder.h"
#include "ahoy-dial-private.h"
#include "ahoy-name-addr.h"

/* Where somebody is who is to be called: at a URI, or at the contacts of an endpoint. */

static void
fail (AhoyDialTarget *self, guint status, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
fail (AhoyDialTarget *self, guint status, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_free (self->reason);
  self->status = status;
  self->reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

AhoyDialPlace *
ahoy_dial_place_new (AhoyEndpoint *endpoint, const char *aor, AhoyContact *contact)
{
  AhoyDialPlace *self = g_new0 (AhoyDialPlace, 1);

  self->endpoint = endpoint != NULL ? g_object_ref (endpoint) : NULL;
  self->aor = g_strdup (aor);
  self->contact = ahoy_contact_ref (contact);
  return self;
}

void
ahoy_dial_place_free (AhoyDialPlace *self)
{
  g_clear_object (&self->endpoint);
  ahoy_contact_unref (self->contact);
  g_free (self->aor);
  g_free (self);
}

static gboolean
has_place (AhoyDialTarget *self, const char *uri)
{
  for (guint i = 0; i < self->places->len; i++) {
    AhoyDialPlace *place = self->places->pdata[i];

    if (g_str_equal (ahoy_contact_get_uri (place->contact), uri)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* -- a URI ---------------------------------------------------------------------------------- */

/* The contact of the endpoint that has this URI, so that its way is known; else the URI itself. */
static void
add_uri (AhoyDialTarget *self, AhoyLocation *location, const char *text)
{
  g_autoptr (GError) error = NULL;
  /* Without brackets all of it is the URI, parameters too: there is no header field here. */
  g_autofree char *completed =
      strchr (text, '<') != NULL
          ? g_strdup (text)
          : g_strconcat (strchr (text, ':') == NULL ? "<sip:" : "<", text, ">", NULL);
  g_autoptr (AhoyNameAddr) address = ahoy_name_addr_parse (completed, &error);
  g_autoptr (AhoyContactBuilder) builder = NULL;
  g_autoptr (AhoyContact) contact = NULL;
  g_autofree char *uri = NULL;

  if (address == NULL) {
    fail (self, 404, "“%s” is no address: %s", text, error->message);
    return;
  }
  if (ahoy_uri_get_scheme (ahoy_name_addr_get_uri (address)) == AHOY_URI_SCHEME_TEL) {
    fail (self, 404, "“%s” says no host; write <sip:%s@example.org;user=phone> with the host of "
          "the gateway", text, ahoy_uri_get_number (ahoy_name_addr_get_uri (address)));
    return;
  }
  uri = ahoy_uri_to_string (ahoy_name_addr_get_uri (address));
  for (gsize i = 0; self->aors != NULL && self->aors[i] != NULL && contact == NULL; i++) {
    contact = ahoy_location_lookup_contact (location, self->aors[i], uri);
  }
  if (contact == NULL) {
    builder = ahoy_contact_builder_new (uri);
    contact = ahoy_contact_builder_end (builder);
  }
  g_ptr_array_add (self->places, ahoy_dial_place_new (self->endpoint, NULL, contact));
}

/* -- an endpoint ---------------------------------------------------------------------------- */

/* Contacts of which it is known that they do not answer are for nothing, if there are others. */
static void
drop_unreachable (AhoyDialTarget *self)
{
  guint there = 0;

  for (guint i = 0; i < self->places->len; i++) {
    AhoyDialPlace *place = self->places->pdata[i];

    there += ahoy_contact_get_status (place->contact) != AHOY_CONTACT_STATUS_UNREACHABLE;
  }
  for (guint i = self->places->len; there > 0 && i > 0; i--) {
    AhoyDialPlace *place = self->places->pdata[i - 1];

    if (ahoy_contact_get_status (place->contact) == AHOY_CONTACT_STATUS_UNREACHABLE) {
      g_ptr_array_remove_index (self->places, i - 1);
    }
  }
}

/* The best first: by their quality, and of the same quality the one that registered last. */
static int
compare (gconstpointer a, gconstpointer b)
{
  AhoyContact *one = (*(AhoyDialPlace *const *) a)->contact;
  AhoyContact *other = (*(AhoyDialPlace *const *) b)->contact;
  gint64 age = ahoy_contact_get_registered_at (other) - ahoy_contact_get_registered_at (one);

  if (ahoy_contact_get_q (one) != ahoy_contact_get_q (other)) {
    return ahoy_contact_get_q (one) > ahoy_contact_get_q (other) ? -1 : 1;
  }
  return age > 0 ? 1 : age < 0 ? -1 : 0;
}

static void
add_contacts (AhoyDialTarget *self, AhoyLocation *location)
{
  for (gsize i = 0; self->aors[i] != NULL; i++) {
    g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (location, self->aors[i]);

    for (guint j = 0; j < contacts->len; j++) {
      if (!has_place (self, ahoy_contact_get_uri (contacts->pdata[j]))) {
        g_ptr_array_add (self->places, ahoy_dial_place_new (self->endpoint, self->aors[i],
                                                            contacts->pdata[j]));
      }
    }
  }
  g_ptr_array_sort (self->places, compare);
  drop_unreachable (self);
  if (self->places->len == 0) {
    fail (self, 480, "the endpoint “%s” has no contact: nobody is registered",
          ahoy_endpoint_get_name (self->endpoint));
  }
}

static gboolean
may_be_called (AhoyDialTarget *self)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (self->endpoint));
  const char *name = ahoy_endpoint_get_name (self->endpoint);
  guint limit = ahoy_config_object_get_number (config, "call-limit");
  guint level = ahoy_config_object_get_number (config, "busy-level");

  if (ahoy_endpoint_get_maintenance (self->endpoint)) {
    fail (self, 480, "the endpoint “%s” is in maintenance", name);
    return FALSE;
  }
  if (limit > 0 && ahoy_endpoint_get_active_sessions (self->endpoint) >= limit) {
    fail (self, 486, "the endpoint “%s” has %u calls, and may not have more (call-limit)", name,
          limit);
    return FALSE;
  }
  if (level > 0 && ahoy_endpoint_get_active_sessions (self->endpoint) >= level) {
    fail (self, 486, "the endpoint “%s” has %u calls, and is busy with them (busy-level)", name,
          ahoy_endpoint_get_active_sessions (self->endpoint));
    return FALSE;
  }
  return TRUE;
}

/* alice/office: one address of record of several. */
static gboolean
choose_aor (AhoyDialTarget *self, const char *aor)
{
  char *only[] = { (char *) aor, NULL };

  if (!g_strv_contains ((const char *const *) self->aors, aor)) {
    fail (self, 404, "the endpoint “%s” has no address of record “%s”; name it in its key aors",
          ahoy_endpoint_get_name (self->endpoint), aor);
    return FALSE;
  }
  g_strfreev (self->aors);
  self->aors = g_strdupv (only);
  return TRUE;
}

/* Where to look for “/” in alice/office and alice/<sip:…>; NULL: it is no endpoint with more. */
static const char *
find_slash (const char *text)
{
  const char *slash = strchr (text, '/');
  gsize length = slash != NULL ? (gsize) (slash - text) : 0;

  return length > 0 && strcspn (text, ":@<\" ") > length ? slash : NULL;
}

AhoyDialTarget *
ahoy_dial_target_new (AhoyEndpointRegistry *endpoints, AhoyLocation *location, const char *text)
{
  AhoyDialTarget *self = g_new0 (AhoyDialTarget, 1);
  const char *slash = find_slash (text);
  g_autofree char *name =
      slash != NULL ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  AhoyEndpoint *endpoint;

  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_dial_place_free);
  if (slash == NULL && strpbrk (text, ":@<") != NULL) {
    add_uri (self, location, text);
    return self;
  }
  endpoint = ahoy_endpoint_registry_lookup (endpoints, name);
  if (endpoint == NULL) {
    fail (self, 404, "there is no endpoint “%s”", name);
    return self;
  }
  self->endpoint = g_object_ref (endpoint);
  self->aors = ahoy_location_list_aors_for (location, endpoint);
  if (!may_be_called (self)) {
    return self;
  }
  if (slash != NULL && strpbrk (slash + 1, ":@<") != NULL) {
    add_uri (self, location, slash + 1);
    return self;
  }
  if (slash == NULL || choose_aor (self, slash + 1)) {
    add_contacts (self, location);
  }
  return self;
}

void
ahoy_dial_target_free (AhoyDialTarget *self)
{
  g_clear_object (&self->endpoint);
  g_ptr_array_unref (self->places);
  g_strfreev (self->aors);
  g_free (self->reason);
  g_free (self);
}
