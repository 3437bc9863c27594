/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-contacts.h"

#include "ahoy-bus-error.h"
#include "ahoy-bus-pending.h"

const char *
ahoy_bus_contact_status_nick (AhoyContact *contact)
{
  g_autoptr (GEnumClass) statuses = g_type_class_ref (AHOY_TYPE_CONTACT_STATUS);

  return g_enum_get_value (statuses, (int) ahoy_contact_get_status (contact))->value_nick;
}

static void
add_contact (GVariantBuilder *builder, AhoyContact *contact)
{
  const char *agent = ahoy_contact_get_user_agent (contact);
  guint64 expires =
      ahoy_contact_is_static (contact) ? 0 : (guint64) ahoy_contact_get_expires (contact);

  g_variant_builder_add (builder, "(sstxs)", ahoy_contact_get_uri (contact),
                         agent != NULL ? agent : "", expires,
                         ahoy_contact_get_round_trip (contact),
                         ahoy_bus_contact_status_nick (contact));
}

/* As the property Contacts has them. */
GVariant *
ahoy_bus_contacts_list (AhoyCore *core, AhoyEndpoint *endpoint)
{
  AhoyLocation *location = ahoy_core_get_location (core);
  g_auto (GStrv) aors = ahoy_location_list_aors_for (location, endpoint);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sstxs)"));
  for (gsize i = 0; aors[i] != NULL; i++) {
    g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (location, aors[i]);

    for (guint n = 0; n < contacts->len; n++) {
      add_contact (&builder, contacts->pdata[n]);
    }
  }
  return g_variant_builder_end (&builder);
}

/* -- Qualify -------------------------------------------------------------------------------- */

/* A call that waits for all addresses of record of an endpoint. */
typedef struct {
  AhoyBusPending *pending;
  guint waiting;
  guint status; /* 0: no contact was asked yet */
  char *reason;
  gint64 round_trip;
} Asking;

static GVariant *
late_qualify (gpointer user_data)
{
  return g_variant_new ("(qsx)", 408, "No answer in time", (gint64) -1);
}

static void
finish_asking (Asking *asking)
{
  if (asking->status != 0) {
    ahoy_bus_pending_return (asking->pending,
                             g_variant_new ("(qsx)", (guint16) asking->status, asking->reason,
                                            asking->round_trip));
  } else {
    ahoy_bus_pending_fail (asking->pending,
                           g_error_new_literal (AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                                                "The endpoint has no contact"));
  }
  ahoy_bus_pending_unref (asking->pending);
  g_free (asking->reason);
  g_free (asking);
}

static void
on_qualified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  g_autofree char *reason = NULL;
  gint64 round_trip;
  guint status;

  if (ahoy_qualifier_qualify_finish (AHOY_QUALIFIER (source), result, &status, &reason, &round_trip,
                                     NULL) &&
      (asking->status == 0 || status / 100 < asking->status / 100)) {
    asking->status = status;
    asking->round_trip = round_trip;
    g_free (asking->reason);
    asking->reason = g_steal_pointer (&reason);
  }
  if (--asking->waiting == 0) {
    finish_asking (asking);
  }
}

void
ahoy_bus_contacts_qualify (AhoyCore *core, AhoyEndpoint *endpoint, AhoyBusCall *call)
{
  g_auto (GStrv) aors = ahoy_location_list_aors_for (ahoy_core_get_location (core), endpoint);
  GError *error = NULL;
  Asking *asking;

  if (!ahoy_core_require_module (core, "qualify", &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  asking = g_new0 (Asking, 1);
  asking->pending = ahoy_bus_pending_new (call, ahoy_core_get_scheduler (core),
                                          AHOY_BUS_PATIENCE * 1000, late_qualify, NULL, NULL);
  asking->waiting = g_strv_length (aors) + 1;
  for (gsize i = 0; aors[i] != NULL; i++) {
    ahoy_qualifier_qualify_async (ahoy_core_get_qualifier (core), aors[i], NULL, NULL,
                                  on_qualified, asking);
  }
  if (--asking->waiting == 0) {
    finish_asking (asking);
  }
}

/* -- DropContact ---------------------------------------------------------------------------- */

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AhoyBusCall *call = user_data;
  GError *error = NULL;

  if (ahoy_location_remove_contact_finish (AHOY_LOCATION (source), result, &error)) {
    ahoy_bus_call_return (call, NULL);
  } else {
    ahoy_bus_return_error (call, error);
  }
}

void
ahoy_bus_contacts_drop (AhoyCore *core, AhoyEndpoint *endpoint, const char *uri, AhoyBusCall *call)
{
  AhoyLocation *location = ahoy_core_get_location (core);
  g_auto (GStrv) aors = ahoy_location_list_aors_for (location, endpoint);
  gboolean fixed = FALSE;

  for (gsize i = 0; aors[i] != NULL; i++) {
    g_autoptr (AhoyContact) contact = ahoy_location_lookup_contact (location, aors[i], uri);

    if (contact != NULL && !ahoy_contact_is_static (contact)) {
      ahoy_location_remove_contact_async (location, aors[i], uri, AHOY_CONTACT_REMOVAL_DROPPED,
                                          NULL, on_dropped, call);
      return;
    }
    fixed = fixed || contact != NULL;
  }
  if (fixed) {
    ahoy_bus_return_new_error (call, AHOY_ERROR_INVALID_STATE,
                               "The contact %s stands in the configuration; remove it there", uri);
  } else {
    ahoy_bus_return_new_error (call, AHOY_ERROR_NOT_FOUND, "The endpoint “%s” has no contact %s",
                               ahoy_endpoint_get_name (endpoint), uri);
  }
}
