/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-contact-builder.h"
#include "ahoy-contact-private.h"
#include "ahoy-location-private.h"
#include "ahoy-name-addr.h"

/* Contacts that the configuration says: the key `contact`. They are made when somebody asks, and
 * anew when the configuration is another one; what was found out about them stays. */

typedef struct {
  AhoyConfigObject *config;
  GPtrArray *contacts; /* AhoyContact */
} Statics;

static void
statics_free (gpointer data)
{
  Statics *statics = data;

  g_object_unref (statics->config);
  g_ptr_array_unref (statics->contacts);
  g_free (statics);
}

/* A quality as RFC 3261 section 25.1 writes it: 0 to 1 with three decimals. */
static guint
read_q (AhoyNameAddr *address)
{
  const char *text = ahoy_name_addr_get_param (address, "q");
  double q = text != NULL ? g_ascii_strtod (text, NULL) : 1.0;

  return q >= 0.0 && q <= 1.0 ? (guint) (q * 1000.0 + 0.5) : 1000;
}

static AhoyContact *
make_contact (AhoyNameAddr *address, AhoyConfigObject *config)
{
  g_autofree char *uri = ahoy_uri_to_string (ahoy_name_addr_get_uri (address));
  g_autoptr (AhoyContactBuilder) builder = ahoy_contact_builder_new (uri);
  gboolean asked = ahoy_config_object_get_duration (config, "qualify-frequency") > 0;

  ahoy_contact_builder_set_static (builder, TRUE);
  ahoy_contact_builder_set_q (builder, read_q (address));
  ahoy_contact_builder_set_status (builder, asked ? AHOY_CONTACT_STATUS_CREATED
                                                  : AHOY_CONTACT_STATUS_NON_QUALIFIED);
  return ahoy_contact_builder_end (builder);
}

static AhoyContact *
find (GPtrArray *contacts, const char *uri)
{
  for (guint i = 0; contacts != NULL && i < contacts->len; i++) {
    if (strcmp (ahoy_contact_get_uri (contacts->pdata[i]), uri) == 0) {
      return contacts->pdata[i];
    }
  }
  return NULL;
}

static GPtrArray *
make_contacts (AhoyConfigObject *config, GPtrArray *known)
{
  const char *text = ahoy_config_object_get_string (config, "contact");
  g_autoptr (GPtrArray) list = text != NULL ? ahoy_name_addr_parse_list (text, NULL) : NULL;
  GPtrArray *contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_contact_unref);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    g_autoptr (AhoyContact) contact = make_contact (list->pdata[i], config);
    AhoyContact *before = find (known, ahoy_contact_get_uri (contact));

    if (find (contacts, ahoy_contact_get_uri (contact)) != NULL) {
      continue;
    }
    g_ptr_array_add (contacts,
                     before != NULL && ahoy_contact_get_q (before) == ahoy_contact_get_q (contact)
                         ? ahoy_contact_ref (before)
                         : g_steal_pointer (&contact));
  }
  return contacts;
}

GPtrArray *
ahoy_location_peek_statics (AhoyLocation *self, const char *aor)
{
  AhoyConfigObject *config = ahoy_location_get_aor_config (self, aor);
  Statics *statics;

  if (config == NULL || ahoy_config_object_get_string (config, "contact") == NULL) {
    if (self->statics != NULL) {
      g_hash_table_remove (self->statics, aor);
    }
    return NULL;
  }
  if (self->statics == NULL) {
    self->statics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, statics_free);
  }
  statics = g_hash_table_lookup (self->statics, aor);
  if (statics == NULL || statics->config != config) {
    Statics *made = g_new0 (Statics, 1);

    made->config = g_object_ref (config);
    made->contacts = make_contacts (config, statics != NULL ? statics->contacts : NULL);
    g_hash_table_insert (self->statics, g_strdup (aor), made);
    statics = made;
  }
  return statics->contacts;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const AhoyContactNumbers *one = ahoy_contact_peek_numbers (*(AhoyContact *const *) a);
  const AhoyContactNumbers *other = ahoy_contact_peek_numbers (*(AhoyContact *const *) b);

  if (one->q != other->q) {
    return one->q > other->q ? -1 : 1;
  }
  return one->registered_at == other->registered_at  ? 0
         : one->registered_at > other->registered_at ? -1
                                                     : 1;
}

void
ahoy_location_sort (GPtrArray *contacts)
{
  if (contacts->len > 1) {
    g_ptr_array_sort (contacts, compare);
  }
}
