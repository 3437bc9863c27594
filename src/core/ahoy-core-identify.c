/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-address-identifier.h"
#include "ahoy-anonymous-identifier.h"
#include "ahoy-auth-identifier.h"
#include "ahoy-core-change-private.h"
#include "ahoy-core-settings.h"
#include "ahoy-rule-identifier.h"
#include "ahoy-username-identifier.h"

/* Who is it: identify-order of [core], and [identify NAME]. */

void
ahoy_core_init_identify (AhoyCore *self)
{
  self->identifiers = g_ptr_array_new_with_free_func (g_object_unref);
  self->rules = ahoy_identify_rules_new (self->endpoints);
  self->lines = ahoy_line_identifier_new (self->endpoints);
  self->acls = ahoy_acl_registry_new ();
  self->match_resolver = ahoy_match_resolver_new (self->stack, self->endpoints, self->rules);
}

void
ahoy_core_clear_identify (AhoyCore *self)
{
  g_clear_object (&self->match_resolver);
  g_clear_object (&self->acl_interceptor);
  g_clear_object (&self->acls);
  g_clear_pointer (&self->identifiers, g_ptr_array_unref);
  g_clear_object (&self->lines);
  g_clear_object (&self->rules);
}

/* The identifier of a name in identify-order. */
static AhoyEndpointIdentifier *
make_identifier (AhoyCore *self, AhoyConfigObject *settings, const char *name)
{
  AhoyEndpointIdentifier *identifier;

  if (g_str_equal (name, "username")) {
    identifier = ahoy_username_identifier_new (self->endpoints);
    ahoy_username_identifier_set_ignore_options (
        AHOY_USERNAME_IDENTIFIER (identifier),
        ahoy_config_object_get_boolean (settings, "ignore-uri-user-options"));
    return identifier;
  }
  if (g_str_equal (name, "ip")) {
    identifier = ahoy_address_identifier_new (self->endpoints);
    ahoy_address_identifier_set_rules (AHOY_ADDRESS_IDENTIFIER (identifier), self->rules);
    return identifier;
  }
  if (g_str_equal (name, "header")) {
    return ahoy_rule_identifier_new (self->rules, AHOY_IDENTIFY_MEANS_HEADER);
  }
  if (g_str_equal (name, "request-uri")) {
    return ahoy_rule_identifier_new (self->rules, AHOY_IDENTIFY_MEANS_REQUEST_URI);
  }
  if (g_str_equal (name, "transport")) {
    return ahoy_rule_identifier_new (self->rules, AHOY_IDENTIFY_MEANS_TRANSPORT);
  }
  if (g_str_equal (name, "auth")) {
    return ahoy_auth_identifier_new (self->endpoints);
  }
  if (g_str_equal (name, "line")) {
    return g_object_ref (self->lines);
  }
  identifier = ahoy_anonymous_identifier_new (self->endpoints);
  ahoy_anonymous_identifier_set_domains (AHOY_ANONYMOUS_IDENTIFIER (identifier), self->domains);
  return identifier;
}

/* No request comes in between: this is one turn of the main loop. */
static void
remove_identifiers (AhoyCore *self)
{
  for (guint i = 0; i < self->identifiers->len; i++) {
    ahoy_identification_remove_identifier (self->identification, self->identifiers->pdata[i]);
  }
  g_ptr_array_set_size (self->identifiers, 0);
}

/* Those in the order of identify-order, and at last who says that he is nobody. */
void
ahoy_core_apply_identify (AhoyCoreChange *change, AhoyConfigObject *settings,
                          AhoyConfigObject *old)
{
  AhoyCore *self = change->core;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  g_strv_builder_addv (builder,
                       (const char **) ahoy_config_object_get_list (settings, "identify-order"));
  if (!ahoy_config_object_list_contains (settings, "identify-order", "anonymous")) {
    g_strv_builder_add (builder, "anonymous");
  }
  names = g_strv_builder_end (builder);
  ahoy_identification_set_unidentified_limits (
      self->identification, ahoy_config_object_get_number (settings, "unidentified-count"),
      ahoy_config_object_get_duration (settings, "unidentified-period"),
      ahoy_config_object_get_duration (settings, "unidentified-prune-interval"));
  remove_identifiers (self);
  for (gsize i = 0; names[i] != NULL; i++) {
    const char *const after[] = { i > 0 ? names[i - 1] : NULL, NULL };
    g_autoptr (AhoyEndpointIdentifier) identifier = make_identifier (self, settings, names[i]);

    if (!ahoy_identification_add_identifier (self->identification, identifier, names[i], NULL,
                                             i > 0 ? after : NULL, &error)) {
      ahoy_core_change_fail (change, settings, "identify-order", error);
      g_clear_error (&error);
      continue; /* it is named twice */
    }
    g_ptr_array_add (self->identifiers, g_steal_pointer (&identifier));
  }
}

/* -- [identify NAME] ------------------------------------------------------------------------ */

static gboolean
says (AhoyConfigObject *object, const char *key)
{
  g_autofree char *text = ahoy_config_object_dup_text (object, key);

  return text != NULL && *text != '\0';
}

/* Whether the list @key of @object has the identifier of something that @rule says. */
static gboolean
is_looked_at (AhoyConfigObject *rule, AhoyConfigObject *object, const char *key)
{
  static const struct {
    const char *key;
    const char *identifier;
  } means[] = { { "match", "ip" },
                { "header", "header" },
                { "request-uri", "request-uri" },
                { "transport", "transport" } };

  for (gsize i = 0; i < G_N_ELEMENTS (means); i++) {
    if (says (rule, means[i].key) &&
        ahoy_config_object_list_contains (object, key, means[i].identifier)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
check_rule (AhoyCoreChange *change, AhoyConfigObject *object)
{
  const char *name = ahoy_config_object_get_string (object, "endpoint");
  AhoyConfigObject *endpoint = ahoy_config_set_lookup (change->to, "endpoint", name);
  AhoyConfigObject *settings = ahoy_config_set_lookup (change->to, "core", "");
  g_autofree char *message = NULL;

  if (settings != NULL && !is_looked_at (object, settings, "identify-order")) {
    ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, NULL,
                               "identify-order of [core] has no identifier of what it says, so it "
                               "is never looked at; add ip, header, request-uri or transport");
  }
  if (endpoint != NULL && !is_looked_at (object, endpoint, "identify")) {
    message = g_strdup_printf ("identify of [endpoint %s] has no identifier of what it says, so it "
                               "is never looked at; add ip, header, request-uri or transport",
                               name);
    ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, "endpoint", message);
  }
  return TRUE;
}

static gboolean
add_rule (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_identify_rules_set (change->core->rules, AHOY_IDENTIFY_CONFIG (object));
  return TRUE;
}

static gboolean
change_rule (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  return add_rule (change, object);
}

static void
remove_rule (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_identify_rules_remove (change->core->rules, ahoy_config_object_get_name (object));
}

const AhoyCorePart ahoy_core_identify_part = {
  .type = "identify",
  .check = check_rule,
  .add = add_rule,
  .change = change_rule,
  .remove = remove_rule,
};

/**
 * ahoy_core_get_identify_rules:
 * @self: a core
 *
 * Returns: (transfer none): the objects `[identify]`
 *
 * Since: 0.1
 */
AhoyIdentifyRules *
ahoy_core_get_identify_rules (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->rules;
}

/**
 * ahoy_core_get_line_identifier:
 * @self: a core
 *
 * Returns: (transfer none): what knows endpoints by tokens that were given away; it is asked while
 *   `identify-order` has `line`
 *
 * Since: 0.1
 */
AhoyLineIdentifier *
ahoy_core_get_line_identifier (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return AHOY_LINE_IDENTIFIER (self->lines);
}
