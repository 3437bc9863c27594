/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-register-flows-private.h"

/* What becomes of contacts when the connection that they were registered over is closed. Only
 * connections that are open are kept: an entry goes with its connection. */

struct _AhoyRegisterFlows {
  GHashTable *flows; /* address and transport → GHashTable, a set of names of AORs */
};

AhoyRegisterFlows *
ahoy_register_flows_new (void)
{
  AhoyRegisterFlows *self = g_new0 (AhoyRegisterFlows, 1);

  self->flows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_hash_table_unref);
  return self;
}

void
ahoy_register_flows_free (AhoyRegisterFlows *self)
{
  g_hash_table_unref (self->flows);
  g_free (self);
}

static char *
make_key (const char *address, const char *transport)
{
  return g_strconcat (address, " ", transport, NULL);
}

/* When the request comes, not when it is stored: by then the connection may be closed. */
void
ahoy_register_flows_note (AhoyRegisterFlows *self, const char *address, const char *transport,
                          const char *aor)
{
  g_autofree char *key = make_key (address, transport);
  GHashTable *aors = g_hash_table_lookup (self->flows, key);

  if (aors == NULL) {
    aors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (self->flows, g_steal_pointer (&key), aors);
  }
  if (!g_hash_table_contains (aors, aor)) {
    g_hash_table_add (aors, g_strdup (aor));
  }
}

/* The connection is closed: what was registered over it, or NULL. */
char **
ahoy_register_flows_steal (AhoyRegisterFlows *self, const char *address, const char *transport)
{
  g_autofree char *key = make_key (address, transport);
  GHashTable *aors = g_hash_table_lookup (self->flows, key);
  g_autofree char **names = NULL;
  char **copy;

  if (aors == NULL) {
    return NULL;
  }
  names = (char **) g_hash_table_get_keys_as_array (aors, NULL);
  copy = g_strdupv (names);
  g_hash_table_remove (self->flows, key);
  return copy;
}

static gboolean
was_registered_over (AhoyContact *contact, const char *address, const char *transport)
{
  const char *const *path = ahoy_contact_get_path (contact);

  return (path == NULL || path[0] == NULL) &&
         ahoy_transport_protocol_is_reliable (ahoy_contact_get_protocol (contact)) &&
         g_strcmp0 (ahoy_contact_get_received (contact), address) == 0 &&
         g_strcmp0 (ahoy_contact_get_transport (contact), transport) == 0;
}

/* Nothing but the connection leads to a contact behind NAT, or to a flow of RFC 5626. */
static gboolean
needs_connection (AhoyContact *contact)
{
  return ahoy_contact_get_reg_id (contact) > 0 ||
         !g_str_equal (ahoy_contact_get_uri (contact),
                       ahoy_contact_get_registered_uri (contact));
}

/* Removes the contacts that are gone with the connection; returns how many. */
guint
ahoy_register_flows_drop (AhoyLocationEdit *edit, const char *address, const char *transport)
{
  g_autoptr (GPtrArray) contacts = ahoy_location_edit_list_contacts (edit);
  gboolean all = ahoy_config_object_get_boolean (ahoy_location_edit_get_config (edit),
                                                 "remove-on-close");
  guint dropped = 0;

  for (guint i = 0; i < contacts->len; i++) {
    if (was_registered_over (contacts->pdata[i], address, transport) &&
        (all || needs_connection (contacts->pdata[i]))) {
      dropped += ahoy_location_edit_remove (edit, ahoy_contact_get_uri (contacts->pdata[i]),
                                            AHOY_CONTACT_REMOVAL_CONNECTION_CLOSED)
                     ? 1
                     : 0;
    }
  }
  return dropped;
}
