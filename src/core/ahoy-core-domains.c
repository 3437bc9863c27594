/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <ifaddrs.h>
#include <netinet/in.h>

#include "ahoy-core-change-private.h"

/* [domain NAME]: which domains are ours; and guests, who are endpoints that nobody wrote down. */

#define GUEST "anonymous"

void
ahoy_core_init_domains (AhoyCore *self)
{
  self->domains = ahoy_domain_registry_new ();
  self->guests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

void
ahoy_core_clear_domains (AhoyCore *self)
{
  g_clear_object (&self->domain_interceptor);
  g_clear_pointer (&self->guests, g_hash_table_unref);
  g_clear_object (&self->domains);
}

/* -- the hosts that we are ------------------------------------------------------------------ */

/* The addresses of this host: for transports that listen on all of them. */
static void
add_interfaces (GStrvBuilder *hosts, GSocketFamily family)
{
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0) {
    return;
  }
  for (struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
    g_autoptr (GSocketAddress) native = NULL;
    g_autofree char *text = NULL;

    if (at->ifa_addr == NULL || at->ifa_addr->sa_family != (int) family) {
      continue;
    }
    native = g_socket_address_new_from_native (at->ifa_addr,
                                               family == G_SOCKET_FAMILY_IPV4
                                                   ? sizeof (struct sockaddr_in)
                                                   : sizeof (struct sockaddr_in6));
    text = g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (native)));
    g_strv_builder_add (hosts, text);
  }
  freeifaddrs (list);
}

static void
add_transports (AhoyCore *self, GStrvBuilder *hosts)
{
  for (guint i = 0; i < self->transports->len; i++) {
    const char *text = ahoy_transport_get_address (self->transports->pdata[i]);
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

    if (address != NULL && g_inet_address_get_is_any (address)) {
      add_interfaces (hosts, g_inet_address_get_family (address));
    } else {
      g_strv_builder_add (hosts, text);
    }
  }
}

/* What peers are told instead of the addresses of transports is us too. */
static void
add_external (AhoyConfigSet *configuration, GStrvBuilder *hosts)
{
  g_autoptr (GPtrArray) list = ahoy_config_set_list (configuration, "transport");

  for (guint i = 0; i < list->len; i++) {
    const char *host = ahoy_config_object_get_string (list->pdata[i], "external-address");

    if (host != NULL) {
      g_strv_builder_add (hosts, host);
    }
  }
}

void
ahoy_core_update_own_hosts (AhoyCore *self, AhoyConfigSet *configuration)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) hosts = NULL;

  if (self->settings != NULL && ahoy_config_object_get_boolean (self->settings, "autodomain")) {
    g_strv_builder_add (builder, g_get_host_name ());
    add_transports (self, builder);
    if (configuration != NULL) {
      add_external (configuration, builder);
    }
  }
  hosts = g_strv_builder_end (builder);
  ahoy_domain_registry_set_own_hosts (self->domains, (const char *const *) hosts);
}

/* -- guests --------------------------------------------------------------------------------- */

static AhoyEndpoint *
make_guest (const char *name, const char *context)
{
  g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new (name);

  g_object_set (config, "auth", AHOY_ENDPOINT_AUTH_NONE, "allow", AHOY_ENDPOINT_ALLOW_CALL,
                "context", context, NULL);
  ahoy_config_object_seal (AHOY_CONFIG_OBJECT (config));
  return ahoy_endpoint_new (config);
}

/* The implied endpoint @name is no more: nobody wants it, or somebody wrote one of that name. */
void
ahoy_core_drop_guest (AhoyCore *self, const char *name)
{
  AhoyEndpoint *guest = g_hash_table_lookup (self->guests, name);

  if (guest != NULL) {
    ahoy_endpoint_registry_remove (self->endpoints, guest);
    g_hash_table_remove (self->guests, name);
  }
}

static void
want_guest (AhoyCore *self, GHashTable *wanted, const char *name, const char *context)
{
  AhoyEndpoint *guest = g_hash_table_lookup (self->guests, name);
  AhoyEndpoint *known = ahoy_endpoint_registry_lookup (self->endpoints, name);
  g_autoptr (AhoyEndpoint) made = NULL;

  g_hash_table_add (wanted, g_strdup (name));
  if (guest != NULL && g_strcmp0 (ahoy_config_object_get_string (
                                      AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (guest)),
                                      "context"),
                                  context) != 0) {
    ahoy_core_drop_guest (self, name);
    known = NULL;
  }
  if (known != NULL) {
    return; /* as before, or written by hand */
  }
  made = make_guest (name, context);
  ahoy_endpoint_registry_add (self->endpoints, made, NULL);
  g_hash_table_insert (self->guests, g_strdup (name), g_steal_pointer (&made));
}

static void
update_guests (AhoyCore *self)
{
  const char *usual = ahoy_config_object_get_string (self->settings, "guest-context");
  g_autoptr (GPtrArray) domains = ahoy_domain_registry_list (self->domains);
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GList) names = NULL;

  usual = usual != NULL ? usual : "guest";
  if (ahoy_config_object_get_boolean (self->settings, "allow-guest")) {
    want_guest (self, wanted, GUEST, usual);
  }
  for (guint i = 0; i < domains->len; i++) {
    AhoyConfigObject *domain = domains->pdata[i];
    const char *context = ahoy_config_object_get_string (domain, "context");
    g_autofree char *name = g_strconcat (GUEST "@", ahoy_config_object_get_name (domain), NULL);

    if (ahoy_config_object_get_boolean (domain, "allow-guest")) {
      want_guest (self, wanted, name, context != NULL ? context : usual);
    }
  }
  names = g_hash_table_get_keys (self->guests);
  for (GList *at = names; at != NULL; at = at->next) {
    if (!g_hash_table_contains (wanted, at->data)) {
      g_autofree char *name = g_strdup (at->data);

      ahoy_core_drop_guest (self, name);
    }
  }
}

/* -- [domain NAME] -------------------------------------------------------------------------- */

static gboolean
add_domain (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_domain_registry_set (change->core->domains, AHOY_DOMAIN_CONFIG (object));
  return TRUE;
}

static gboolean
change_domain (AhoyCoreChange *change, AhoyConfigObject *old, AhoyConfigObject *object)
{
  return add_domain (change, object);
}

static void
remove_domain (AhoyCoreChange *change, AhoyConfigObject *object)
{
  ahoy_domain_registry_remove (change->core->domains, ahoy_config_object_get_name (object));
}

static void
finish_domains (AhoyCoreChange *change, gboolean touched)
{
  ahoy_core_update_own_hosts (change->core, change->to);
  update_guests (change->core);
}

/* Behind endpoints: one that is written by hand is there before guests are. */
const AhoyCorePart ahoy_core_domain_part = {
  .type = "domain",
  .add = add_domain,
  .change = change_domain,
  .remove = remove_domain,
  .finish = finish_domains,
};

void
ahoy_core_apply_domains (AhoyCoreChange *change, AhoyConfigObject *settings, AhoyConfigObject *old)
{
  static const char *const after[] = { "authentication", NULL };
  AhoyCore *self = change->core;
  g_autoptr (GError) error = NULL;

  if (self->domain_interceptor == NULL) {
    self->domain_interceptor = ahoy_domain_interceptor_new (self->domains);
    if (!ahoy_interception_add (self->interception, AHOY_INTERCEPTOR (self->domain_interceptor),
                                "domain", NULL, after, NULL, &error)) {
      ahoy_core_change_fail (change, settings, "allow-external-domains", error);
    }
  }
  ahoy_domain_interceptor_set_allow_external (
      self->domain_interceptor,
      ahoy_config_object_get_boolean (settings, "allow-external-domains"));
}

/**
 * ahoy_core_dup_guest_context:
 * @self: a core
 * @host: the host of a URI, without brackets
 *
 * Returns: (transfer full) (nullable): the context whose routes somebody unknown may call at @host;
 *   %NULL when nobody unknown is served there
 *
 * Since: 0.1
 */
char *
ahoy_core_dup_guest_context (AhoyCore *self, const char *host)
{
  AhoyDomainConfig *domain;
  AhoyEndpoint *guest = NULL;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  domain = ahoy_domain_registry_lookup (self->domains, host);
  if (domain != NULL) {
    g_autofree char *name =
        g_strconcat (GUEST "@", ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (domain)), NULL);

    guest = ahoy_endpoint_registry_lookup (self->endpoints, name);
  }
  if (guest == NULL) {
    guest = ahoy_endpoint_registry_lookup (self->endpoints, GUEST);
  }
  return guest != NULL
             ? g_strdup (ahoy_config_object_get_string (
                   AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (guest)), "context"))
             : NULL;
}

/**
 * ahoy_core_get_domains:
 * @self: a core
 *
 * Returns: (transfer none): the domains that are ours
 *
 * Since: 0.1
 */
AhoyDomainRegistry *
ahoy_core_get_domains (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->domains;
}
