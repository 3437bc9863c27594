/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-username-identifier.h"

#include "ahoy-census.h"
#include "ahoy-uri.h"

/**
 * AhoyUsernameIdentifier:
 *
 * Knows endpoints by the user in From (RFC 3261 §20.20). It is added with the name `username`.
 *
 * Anybody can write any user into From: an endpoint that is found so needs a password.
 *
 * Since: 0.1
 */
struct _AhoyUsernameIdentifier {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
  gboolean ignores_options;
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyUsernameIdentifier, ahoy_username_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

static AhoyEndpoint *
ahoy_username_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyUsernameIdentifier *self = AHOY_USERNAME_IDENTIFIER (identifier);
  g_autofree char *text = ahoy_message_dup_from_uri (request);
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *user = NULL;
  AhoyEndpoint *endpoint;

  if (uri != NULL) {
    user = self->ignores_options ? ahoy_uri_get_user_without_options (uri)
                                 : ahoy_uri_get_user (uri);
  }
  /* “anonymous” is for who has no name, and says itself where they may come from. */
  if (user == NULL || *user == '\0' || g_str_equal (user, "anonymous")) {
    return NULL;
  }
  endpoint = ahoy_endpoint_registry_lookup_by_username (self->endpoints, user);
  if (endpoint == NULL || ahoy_endpoint_is_anonymous (endpoint) ||
      !ahoy_endpoint_is_identified_by (endpoint, "username")) {
    return NULL;
  }
  return g_object_ref (endpoint);
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_username_identifier_identify;
}

static void
ahoy_username_identifier_finalize (GObject *object)
{
  g_clear_object (&AHOY_USERNAME_IDENTIFIER (object)->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_username_identifier_parent_class)->finalize (object);
}

static void
ahoy_username_identifier_class_init (AhoyUsernameIdentifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_username_identifier_finalize;
}

static void
ahoy_username_identifier_init (AhoyUsernameIdentifier *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_username_identifier_new:
 * @endpoints: the endpoints to look for
 *
 * Returns: (transfer full): a new identifier
 *
 * Since: 0.1
 */
AhoyEndpointIdentifier *
ahoy_username_identifier_new (AhoyEndpointRegistry *endpoints)
{
  AhoyUsernameIdentifier *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_USERNAME_IDENTIFIER, NULL);
  self->endpoints = g_object_ref (endpoints);
  return AHOY_ENDPOINT_IDENTIFIER (self);
}

/**
 * ahoy_username_identifier_set_ignore_options:
 * @self: an identifier
 * @ignore: whether what follows a semicolon in the user is left out; not so by default
 *
 * Says whether the endpoint `bob` is found when From has `sip:bob;cpc=ordinary@host`.
 *
 * Since: 0.1
 */
void
ahoy_username_identifier_set_ignore_options (AhoyUsernameIdentifier *self, gboolean ignore)
{
  g_return_if_fail (AHOY_IS_USERNAME_IDENTIFIER (self));

  self->ignores_options = ignore;
}
