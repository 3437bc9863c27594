/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include "ahoy-endpoint-registry-private.h"

/* Which endpoint is found by user name and address, while endpoints come, change and go. */

static AhoyEndpointConfig *
make_config (const char *name, const char *username, const char *match)
{
  AhoyEndpointConfig *config = ahoy_endpoint_config_new (name);
  g_autoptr (GError) error = NULL;

  if (username != NULL) {
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), "username", username, &error);
    g_assert_no_error (error);
  }
  if (match != NULL) {
    ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), "match", match, &error);
    g_assert_no_error (error);
  }
  return config;
}

static AhoyEndpoint *
add (AhoyEndpointRegistry *registry, const char *name, const char *username, const char *match)
{
  g_autoptr (AhoyEndpointConfig) config = make_config (name, username, match);
  g_autoptr (AhoyEndpoint) endpoint = ahoy_endpoint_new (config);
  g_autoptr (GError) error = NULL;

  g_assert_true (ahoy_endpoint_registry_add (registry, endpoint, &error));
  g_assert_no_error (error);
  return endpoint; /* the registry holds it */
}

static void
change (AhoyEndpoint *endpoint, const char *username, const char *match)
{
  g_autoptr (AhoyEndpointConfig) config =
      make_config (ahoy_endpoint_get_name (endpoint), username, match);
  g_autoptr (GError) error = NULL;

  g_assert_true (ahoy_endpoint_set_config (endpoint, config, &error));
  g_assert_no_error (error);
}

static const char *
name_of (AhoyEndpoint *endpoint)
{
  return endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : "nobody";
}

static const char *
by_address (AhoyEndpointRegistry *registry, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return name_of (ahoy_endpoint_registry_lookup_by_address (registry, address));
}

static const char *
by_username (AhoyEndpointRegistry *registry, const char *username)
{
  return name_of (ahoy_endpoint_registry_lookup_by_username (registry, username));
}

static void
test_networks (void)
{
  g_autoptr (AhoyEndpointRegistry) registry = ahoy_endpoint_registry_new ();
  AhoyEndpoint *wide = add (registry, "wide", NULL, "10.0.0.0/8;2001:db8::/32");
  AhoyEndpoint *second = add (registry, "b", NULL, "10.1.0.0/16;10.1.0.0/16");
  AhoyEndpoint *first;

  g_assert_cmpstr (by_address (registry, "10.2.3.4"), ==, "wide");
  g_assert_cmpstr (by_address (registry, "10.1.3.4"), ==, "b");
  g_assert_cmpstr (by_address (registry, "2001:db8:1::1"), ==, "wide");
  g_assert_cmpstr (by_address (registry, "2001:db9::1"), ==, "nobody");
  /* An IPv4 address is one, however it is written. */
  g_assert_cmpstr (by_address (registry, "::ffff:10.1.3.4"), ==, "b");
  /* Of the same network the first by name counts, whichever came first. */
  first = add (registry, "a", NULL, "::ffff:10.1.0.0/112");
  g_assert_cmpstr (by_address (registry, "10.1.3.4"), ==, "a");
  change (first, NULL, "10.9.9.9");
  g_assert_cmpstr (by_address (registry, "10.1.3.4"), ==, "b");
  g_assert_cmpstr (by_address (registry, "10.9.9.9"), ==, "a");
  g_assert_true (ahoy_endpoint_registry_remove (registry, second));
  g_assert_cmpstr (by_address (registry, "10.1.3.4"), ==, "wide");
  g_assert_true (ahoy_endpoint_registry_remove (registry, wide));
  g_assert_true (ahoy_endpoint_registry_remove (registry, first));
  g_assert_cmpstr (by_address (registry, "10.1.3.4"), ==, "nobody");
}

static void
test_usernames (void)
{
  g_autoptr (AhoyEndpointRegistry) registry = ahoy_endpoint_registry_new ();
  AhoyEndpoint *later = add (registry, "later", "4711", NULL);
  AhoyEndpoint *earlier = add (registry, "earlier", "4711", NULL);

  add (registry, "plain", NULL, NULL);
  g_assert_cmpstr (by_username (registry, "4711"), ==, "earlier");
  g_assert_cmpstr (by_username (registry, "plain"), ==, "plain");
  change (earlier, "plain", NULL);
  g_assert_cmpstr (by_username (registry, "4711"), ==, "later");
  g_assert_cmpstr (by_username (registry, "plain"), ==, "earlier");
  ahoy_endpoint_registry_remove (registry, later);
  g_assert_cmpstr (by_username (registry, "4711"), ==, "nobody");
  ahoy_endpoint_registry_remove (registry, earlier);
  g_assert_cmpstr (by_username (registry, "plain"), ==, "plain");
}

/* What a host name stands for is found beside what is written, and goes without it. */
static void
test_hosts (void)
{
  g_autoptr (AhoyEndpointRegistry) registry = ahoy_endpoint_registry_new ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  AhoyEndpoint *trunk = add (registry, "trunk", NULL, "trunk.example.org;192.0.2.1");

  g_ptr_array_add (addresses, g_inet_address_new_from_string ("192.0.2.1"));
  g_ptr_array_add (addresses, g_inet_address_new_from_string ("2001:db8::7"));
  ahoy_endpoint_registry_set_host_addresses (registry, "trunk", "trunk.example.org", addresses);
  g_assert_cmpstr (by_address (registry, "2001:db8::7"), ==, "trunk");
  ahoy_endpoint_registry_set_host_addresses (registry, "trunk", "trunk.example.org", NULL);
  g_assert_cmpstr (by_address (registry, "2001:db8::7"), ==, "nobody");
  g_assert_cmpstr (by_address (registry, "192.0.2.1"), ==, "trunk");
  ahoy_endpoint_registry_set_host_addresses (registry, "trunk", "trunk.example.org", addresses);
  change (trunk, NULL, "192.0.2.1");
  g_assert_cmpstr (by_address (registry, "2001:db8::7"), ==, "nobody");
  ahoy_endpoint_registry_set_host_addresses (registry, "nobody", "trunk.example.org", addresses);
}

#define N_RANDOM 300

/* The narrowest network that holds @address, by looking at all of them. */
static const char *
look_at_all (GPtrArray *masks, GInetAddress *address)
{
  static char name[16];
  int best = -1;
  guint length = 0;

  for (guint i = 0; i < masks->len; i++) {
    GInetAddressMask *mask = masks->pdata[i];

    if (mask != NULL && g_inet_address_mask_matches (mask, address) &&
        (best < 0 || g_inet_address_mask_get_length (mask) > length)) {
      best = (int) i;
      length = g_inet_address_mask_get_length (mask);
    }
  }
  g_snprintf (name, sizeof name, best < 0 ? "nobody" : "e%05d", best);
  return name;
}

static GInetAddress *
random_address (void)
{
  guint8 bytes[16] = { 0 };
  gboolean six = g_test_rand_bit ();

  for (gsize i = 0; i < (six ? 16 : 4); i++) {
    bytes[i] = (guint8) (g_test_rand_bit () ? 0x20 : 0x3f);
  }
  return g_inet_address_new_from_bytes (bytes, six ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4);
}

static char *
random_network (void)
{
  g_autoptr (GInetAddress) address = random_address ();
  gsize bits = g_inet_address_get_native_size (address) * 8;
  guint length = (guint) g_test_rand_int_range (1, (gint32) bits + 1);
  g_autofree guint8 *bytes =
      g_memdup2 (g_inet_address_to_bytes (address), g_inet_address_get_native_size (address));
  g_autoptr (GInetAddress) base = NULL;
  g_autofree char *text = NULL;

  for (gsize bit = length; bit < bits; bit++) {
    bytes[bit / 8] &= (guint8) ~(0x80 >> bit % 8);
  }
  base = g_inet_address_new_from_bytes (bytes, g_inet_address_get_family (address));
  text = g_inet_address_to_string (base);
  return g_strdup_printf ("%s/%u", text, length);
}

/* Any networks, coming and going: always the one that looking at all of them finds. */
static void
test_random_networks (void)
{
  g_autoptr (AhoyEndpointRegistry) registry = ahoy_endpoint_registry_new ();
  g_autoptr (GPtrArray) masks = g_ptr_array_new ();
  g_autoptr (GPtrArray) endpoints = g_ptr_array_new ();
  guint found = 0;

  for (int i = 0; i < N_RANDOM; i++) {
    g_autofree char *name = g_strdup_printf ("e%05d", i);
    g_autofree char *network = random_network ();

    g_ptr_array_add (endpoints, add (registry, name, NULL, network));
    g_ptr_array_add (masks, g_inet_address_mask_new_from_string (network, NULL));
    g_assert_nonnull (masks->pdata[i]);
  }
  for (int round = 0; round < 10 * N_RANDOM; round++) {
    g_autoptr (GInetAddress) address = random_address ();
    guint victim = (guint) g_test_rand_int_range (0, N_RANDOM);
    const char *name =
        name_of (ahoy_endpoint_registry_lookup_by_address (registry, address));

    g_assert_cmpstr (name, ==, look_at_all (masks, address));
    found += *name == 'e';
    if (round % 20 == 0 && masks->pdata[victim] != NULL) {
      g_clear_object (&masks->pdata[victim]);
      ahoy_endpoint_registry_remove (registry, endpoints->pdata[victim]);
    }
  }
  g_assert_cmpuint (found, >, N_RANDOM);
  for (guint i = 0; i < masks->len; i++) {
    g_clear_object (&masks->pdata[i]);
  }
}

static void
on_changed (AhoyEndpointRegistry *registry, AhoyEndpoint *endpoint, gpointer user_data)
{
  g_assert_cmpstr (by_address (registry, "10.0.0.1"), ==, "bob"); /* it is known already */
  (*(guint *) user_data)++;
}

static void
test_signal (void)
{
  g_autoptr (AhoyEndpointRegistry) registry = ahoy_endpoint_registry_new ();
  g_autoptr (AhoyEndpoint) bob = g_object_ref (add (registry, "bob", NULL, NULL));
  guint n = 0;

  g_signal_connect (registry, "endpoint-changed", G_CALLBACK (on_changed), &n);
  change (bob, NULL, "10.0.0.1");
  g_assert_cmpuint (n, ==, 1);
  ahoy_endpoint_registry_remove (registry, bob);
  change (bob, NULL, "10.0.0.2");
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint-registry/networks", test_networks);
  g_test_add_func ("/endpoint-registry/usernames", test_usernames);
  g_test_add_func ("/endpoint-registry/hosts", test_hosts);
  g_test_add_func ("/endpoint-registry/random-networks", test_random_networks);
  g_test_add_func ("/endpoint-registry/signal", test_signal);
  return g_test_run ();
}
