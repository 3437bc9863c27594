/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

/* AUTH-26, AUTH-27: which addresses lists of networks let in. */

static gboolean
permits (const char *permit, const char *deny, const char *text)
{
  g_auto (GStrv) permitted = g_strsplit (permit, ";", -1);
  g_auto (GStrv) denied = g_strsplit (deny, ";", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyAcl) acl = ahoy_acl_new ((const char *const *) permitted,
                                          (const char *const *) denied, &error);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  g_assert_no_error (error);
  return ahoy_acl_permits (acl, address);
}

static void
test_rules (void)
{
  static const struct {
    const char *permit;
    const char *deny;
    const char *address;
    gboolean let_in;
  } cases[] = {
    { "", "", "192.0.2.7", TRUE },
    /* Who denies some lets in the others, of both families. */
    { "", "192.0.2.0/24", "192.0.2.7", FALSE },
    { "", "192.0.2.0/24", "192.0.3.7", TRUE },
    { "", "192.0.2.0/24", "2001:db8::1", TRUE },
    /* Who permits some lets in nobody else. */
    { "192.0.2.0/24", "", "192.0.2.7", TRUE },
    { "192.0.2.0/24", "", "192.0.3.7", FALSE },
    { "192.0.2.0/24", "", "2001:db8::1", FALSE },
    { "192.0.2.0/24", "198.51.100.0/24", "203.0.113.1", FALSE },
    /* The narrowest decides, in either way; of the same one, deny. */
    { "192.0.2.0/24", "192.0.2.6/31", "192.0.2.7", FALSE },
    { "192.0.2.0/24", "192.0.2.6/31", "192.0.2.8", TRUE },
    { "192.0.2.7", "0.0.0.0/0", "192.0.2.7", TRUE },
    { "192.0.2.7", "0.0.0.0/0", "192.0.2.8", FALSE },
    { "192.0.2.0/24;0.0.0.0/0", "192.0.2.0/24", "192.0.2.7", FALSE },
    { "0.0.0.0/0", "192.0.2.0/24", "198.51.100.1", TRUE },
    { "0.0.0.0/0", "192.0.2.0/24", "2001:db8::1", FALSE },
    { "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::1", FALSE },
    { "2001:db8::/32", "2001:db8:1::/48", "2001:db8:2::1", TRUE },
    /* An IPv4 address is one however it is written, and ::/0 is no IPv4 network. */
    { "", "192.0.2.0/24", "::ffff:192.0.2.7", FALSE },
    { "", "::ffff:192.0.2.0/120", "192.0.2.7", FALSE },
    { "::/0", "", "192.0.2.7", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("permit=%s deny=%s %s", cases[i].permit, cases[i].deny, cases[i].address);
    g_assert_cmpint (permits (cases[i].permit, cases[i].deny, cases[i].address), ==,
                     cases[i].let_in);
  }
}

static void
test_no_network (void)
{
  const char *const bad[] = { "192.0.2.1", "192.0.2.7/24", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (ahoy_acl_new (NULL, bad, &error));
  g_assert_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS);
  g_assert_nonnull (strstr (error->message, "192.0.2.7/24"));
}

static void
set (AhoyConfigObject *object, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;

  ahoy_config_object_set_text (object, key, text, &error);
  g_assert_no_error (error);
}

typedef gboolean (*Check) (AhoyAclRegistry *self, AhoyEndpoint *endpoint, GInetAddress *address);

static gboolean
ask (Check check, AhoyAclRegistry *acls, AhoyEndpoint *endpoint, const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return check (acls, endpoint, address);
}

/* Keys of endpoints and the objects that they name: all have to agree. */
static void
test_endpoint (void)
{
  g_autoptr (AhoyAclRegistry) acls = ahoy_acl_registry_new ();
  g_autoptr (AhoyAclConfig) office = ahoy_acl_config_new ("office");
  g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new ("bob");
  g_autoptr (AhoyEndpointConfig) free_config = ahoy_endpoint_config_new ("carol");
  g_autoptr (AhoyEndpoint) bob = ahoy_endpoint_new (config);
  g_autoptr (AhoyEndpoint) carol = ahoy_endpoint_new (free_config);
  const Check source = ahoy_acl_registry_permits_source;
  const Check media = ahoy_acl_registry_permits_direct_media;

  set (AHOY_CONFIG_OBJECT (office), "permit", "10.0.0.0/8");
  set (AHOY_CONFIG_OBJECT (office), "contact-deny", "10.1.0.0/16");
  set (AHOY_CONFIG_OBJECT (config), "acl", "office");
  set (AHOY_CONFIG_OBJECT (config), "deny", "10.9.0.0/16");
  set (AHOY_CONFIG_OBJECT (config), "contact-permit", "10.0.0.0/8");
  set (AHOY_CONFIG_OBJECT (config), "contact-acl", "office");
  set (AHOY_CONFIG_OBJECT (config), "direct-media-acl", "office");
  set (AHOY_CONFIG_OBJECT (config), "direct-media-deny", "10.2.0.0/16");

  g_assert_false (ask (source, acls, bob, "10.0.0.1")); /* the object is not there */
  ahoy_acl_registry_set (acls, office);
  g_assert_true (ahoy_acl_registry_lookup (acls, "office") == office);
  g_assert_true (ask (source, acls, bob, "10.0.0.1"));
  g_assert_false (ask (source, acls, bob, "10.9.0.1"));
  g_assert_false (ask (source, acls, bob, "192.0.2.1"));
  g_assert_true (ask (source, acls, carol, "192.0.2.1"));

  g_assert_true (ahoy_acl_registry_permits_contact (acls, bob, "sip:bob@10.0.0.1:5070;ob"));
  g_assert_false (ahoy_acl_registry_permits_contact (acls, bob, "sip:bob@10.1.0.1"));
  g_assert_false (ahoy_acl_registry_permits_contact (acls, bob, "sip:bob@192.0.2.1"));
  g_assert_false (ahoy_acl_registry_permits_contact (acls, bob, "sip:bob@phone.example.org"));
  g_assert_false (ahoy_acl_registry_permits_contact (acls, bob, "nothing"));
  g_assert_true (ahoy_acl_registry_permits_contact (acls, carol, "sip:carol@phone.example.org"));

  g_assert_true (ask (media, acls, bob, "10.0.0.1"));
  g_assert_false (ask (media, acls, bob, "10.2.0.1"));
  g_assert_false (ask (media, acls, bob, "192.0.2.1"));
  g_assert_true (ask (media, acls, carol, "192.0.2.1"));

  g_assert_true (ahoy_acl_registry_remove (acls, "office"));
  g_assert_false (ask (source, acls, bob, "10.0.0.1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint-acl/rules", test_rules);
  g_test_add_func ("/endpoint-acl/no-network", test_no_network);
  g_test_add_func ("/endpoint-acl/endpoint", test_endpoint);
  return g_test_run ();
}
