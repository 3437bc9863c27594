/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <gio/gio.h>

#include "ahoy-location.h"
#include "ahoy-stack.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_QUALIFIER (ahoy_qualifier_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyQualifier, ahoy_qualifier, AHOY, QUALIFIER, GObject)

/**
 * AhoyQualifierRequestFunc:
 * @endpoint: (nullable): the endpoint whose contact is asked; %NULL for an address of record that
 *   belongs to none
 * @contact: the contact
 * @listener: (out) (transfer full) (nullable): the transport to leave by; %NULL for any
 * @user_data: what was given with the function
 * @error: return location for an error
 *
 * Makes the question, with the From of the endpoint and the way to the contact.
 *
 * Returns: (transfer full): a request of ahoy_stack_create_request(), or %NULL with @error set
 *
 * Since: 0.1
 */
typedef AhoyMessage *(*AhoyQualifierRequestFunc) (AhoyEndpoint *endpoint, AhoyContact *contact,
                                                  char **listener, gpointer user_data,
                                                  GError **error);

AHOY_API
AhoyQualifier *ahoy_qualifier_new (AhoyStack *stack, AhoyLocation *location,
                                   AhoyEndpointRegistry *endpoints);
AHOY_API
void ahoy_qualifier_set_request_func (AhoyQualifier *self, AhoyQualifierRequestFunc func,
                                      gpointer user_data, GDestroyNotify destroy);
AHOY_API
void ahoy_qualifier_set_pace (AhoyQualifier *self, gint64 gap, guint peers);
AHOY_API
void ahoy_qualifier_start (AhoyQualifier *self);
AHOY_API
void ahoy_qualifier_stop (AhoyQualifier *self);
AHOY_API
void ahoy_qualifier_update (AhoyQualifier *self, const char *aor);
AHOY_API
void ahoy_qualifier_qualify_async (AhoyQualifier *self, const char *aor, const char *uri,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
AHOY_API
gboolean ahoy_qualifier_qualify_finish (AhoyQualifier *self, GAsyncResult *result, guint *status,
                                        char **reason, gint64 *round_trip, GError **error);
AHOY_API
GVariant *ahoy_qualifier_get_statistics (AhoyQualifier *self);

G_END_DECLS
