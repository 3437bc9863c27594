/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"

/* [transport NAME]: the addresses that SIP is spoken on. */

/* 127.0.0.1:5060, [::1]:5060, 0.0.0.0 (port 5060) */
static char *
split_bind (const char *bind, guint16 *port, GError **error)
{
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  const char *colon = *bind == '[' ? strstr (bind, "]:") : strrchr (bind, ':');
  guint64 number = 5060;

  if (*bind == '[') {
    const char *close = strchr (bind, ']');

    host = close != NULL ? g_strndup (bind + 1, (gsize) (close - bind - 1)) : g_strdup ("");
    colon = colon != NULL ? colon + 1 : NULL;
  } else {
    host = colon != NULL ? g_strndup (bind, (gsize) (colon - bind)) : g_strdup (bind);
  }
  address = g_inet_address_new_from_string (host);
  if (address == NULL ||
      (colon != NULL &&
       !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &number, NULL))) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                 "“%s” is no address to listen on; write one such as 0.0.0.0:5060 or [::]:5060",
                 bind);
    return NULL;
  }
  *port = (guint16) number;
  return g_steal_pointer (&host);
}

/* Where a transport is to listen; NULL when it says nothing that can be used. */
static char *
read_transport (AhoyCoreChange *change, AhoyConfigObject *object, AhoyTransportProtocol *protocol,
                guint16 *port)
{
  const char *bind = ahoy_config_object_get_string (object, "bind");
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  *protocol = (AhoyTransportProtocol) ahoy_config_object_get_choice (object, "protocol");
  if (*protocol != AHOY_TRANSPORT_PROTOCOL_UDP && *protocol != AHOY_TRANSPORT_PROTOCOL_TCP) {
    error = g_error_new (AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                         "%s is not there yet; write udp or tcp",
                         ahoy_transport_protocol_to_string (*protocol));
    ahoy_core_change_fail (change, object, "protocol", error);
    return NULL;
  }
  address = split_bind (bind != NULL ? bind : "", port, &error);
  if (address == NULL) {
    ahoy_core_change_fail (change, object, "bind", error);
  }
  return g_steal_pointer (&address);
}

static gboolean
check_transport (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyTransportProtocol protocol;
  guint16 port;
  g_autofree char *address = read_transport (change, object, &protocol, &port);

  return address != NULL;
}

static gboolean
add_transport (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyTransportProtocol protocol;
  guint16 port = 0;
  g_autofree char *address = read_transport (change, object, &protocol, &port);
  g_autoptr (AhoyTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  if (address == NULL) {
    return FALSE;
  }
  transport = ahoy_transport_new (change->core->stack, ahoy_config_object_get_name (object),
                                  protocol, address, port,
                                  ahoy_config_object_get_string (object, "external-address"));
  ahoy_transport_set_keep_alive (
      transport,
      (guint) (ahoy_config_object_get_duration (object, "keep-alive") / G_USEC_PER_SEC));
  if (!ahoy_core_take_transport (change->core, transport, &error)) {
    ahoy_core_change_fail (change, object, "bind", error);
    return FALSE;
  }
  return TRUE;
}

static void
remove_transport (AhoyCoreChange *change, AhoyConfigObject *object)
{
  AhoyTransport *transport =
      ahoy_core_lookup_transport (change->core, ahoy_config_object_get_name (object));

  if (transport != NULL) {
    ahoy_core_remove_transport (change->core, transport);
  }
}

const AhoyCorePart ahoy_core_transport_part = {
  .type = "transport",
  .check = check_transport,
  .add = add_transport,
  .remove = remove_transport,
};
