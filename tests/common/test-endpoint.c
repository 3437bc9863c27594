/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "test-endpoint.h"

/* Says of each request outside of dialogs that it comes from one endpoint, and leaves it to the
 * services behind it. */

#define TEST_TYPE_ENDPOINT (test_endpoint_get_type ())
G_DECLARE_FINAL_TYPE (TestEndpoint, test_endpoint, TEST, ENDPOINT, GObject)

struct _TestEndpoint {
  GObject parent_instance;

  AhoyEndpoint *endpoint;
};

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestEndpoint, test_endpoint, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

static AhoyServiceVerdict
test_endpoint_handle_request (AhoyService *service, AhoyServerTransaction *transaction)
{
  ahoy_message_set_endpoint (ahoy_server_transaction_get_request (transaction),
                             TEST_ENDPOINT (service)->endpoint);
  return AHOY_SERVICE_NOT_MINE;
}

static void
service_iface_init (AhoyServiceInterface *iface)
{
  iface->handle_request = test_endpoint_handle_request;
}

static void
test_endpoint_dispose (GObject *object)
{
  g_clear_object (&TEST_ENDPOINT (object)->endpoint);
  G_OBJECT_CLASS (test_endpoint_parent_class)->dispose (object);
}

static void
test_endpoint_class_init (TestEndpointClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_endpoint_dispose;
}

static void
test_endpoint_init (TestEndpoint *self)
{
}

/* keys: "key=value", as they stand in [endpoint] */
gboolean
test_endpoint_add (AhoyStack *stack, char **keys, AhoyEndpoint **endpoint, GError **error)
{
  static const char *const methods[] = { "INVITE", NULL };
  static const char *const before[] = { "session", NULL };
  g_autoptr (AhoyEndpointConfig) config = ahoy_endpoint_config_new ("peer");
  g_autoptr (TestEndpoint) self = g_object_new (TEST_TYPE_ENDPOINT, NULL);

  for (gsize i = 0; keys[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (keys[i], "=", 2);

    if (!ahoy_config_object_set_text (AHOY_CONFIG_OBJECT (config), parts[0],
                                      parts[1] != NULL ? parts[1] : "", error)) {
      return FALSE;
    }
  }
  self->endpoint = ahoy_endpoint_new (config);
  *endpoint = g_object_ref (self->endpoint);
  return ahoy_stack_add_service (stack, AHOY_SERVICE (self), "everybody", before, NULL, methods,
                                 error);
}
