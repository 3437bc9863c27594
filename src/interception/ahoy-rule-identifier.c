/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-rule-identifier.h"

#include "ahoy-census.h"

/**
 * AhoyRuleIdentifier:
 *
 * Knows endpoints by what the objects `[identify]` say of one thing: a header, the Request-URI, or
 * the transport that a request came by. It is added with the names `header`, `request-uri` and
 * `transport`, once for each; what they say of addresses is for #AhoyAddressIdentifier.
 *
 * Anybody can write any header and Request-URI: an object that says `match` too is not deceived by
 * others.
 *
 * Since: 0.1
 */
struct _AhoyRuleIdentifier {
  GObject parent_instance;

  AhoyIdentifyRules *rules;
  AhoyIdentifyMeans means;
};

static void identifier_iface_init (AhoyEndpointIdentifierInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyRuleIdentifier, ahoy_rule_identifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_ENDPOINT_IDENTIFIER,
                                                      identifier_iface_init))

static AhoyEndpoint *
ahoy_rule_identifier_identify (AhoyEndpointIdentifier *identifier, AhoyMessage *request)
{
  AhoyRuleIdentifier *self = AHOY_RULE_IDENTIFIER (identifier);
  AhoyEndpoint *endpoint = ahoy_identify_rules_find (self->rules, self->means, request);

  return endpoint != NULL ? g_object_ref (endpoint) : NULL;
}

static void
identifier_iface_init (AhoyEndpointIdentifierInterface *iface)
{
  iface->identify = ahoy_rule_identifier_identify;
}

static void
ahoy_rule_identifier_finalize (GObject *object)
{
  g_clear_object (&AHOY_RULE_IDENTIFIER (object)->rules);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_rule_identifier_parent_class)->finalize (object);
}

static void
ahoy_rule_identifier_class_init (AhoyRuleIdentifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_rule_identifier_finalize;
}

static void
ahoy_rule_identifier_init (AhoyRuleIdentifier *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_rule_identifier_new:
 * @rules: the objects to look through
 * @means: what it goes by
 *
 * Returns: (transfer full): a new identifier
 *
 * Since: 0.1
 */
AhoyEndpointIdentifier *
ahoy_rule_identifier_new (AhoyIdentifyRules *rules, AhoyIdentifyMeans means)
{
  AhoyRuleIdentifier *self;

  g_return_val_if_fail (AHOY_IS_IDENTIFY_RULES (rules), NULL);

  self = g_object_new (AHOY_TYPE_RULE_IDENTIFIER, NULL);
  self->rules = g_object_ref (rules);
  self->means = means;
  return AHOY_ENDPOINT_IDENTIFIER (self);
}
