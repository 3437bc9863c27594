/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-transport-config.h"

#include "ahoy-error.h"
#include "ahoy-transport-protocol.h"

/**
 * AhoyTransportConfig:
 *
 * What a transport is to be: a group `[transport NAME]`.
 *
 * Since: 0.1
 */
struct _AhoyTransportConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyTransportConfig, ahoy_transport_config, AHOY_TYPE_CONFIG_OBJECT)

/* The value “unknown” of the enumeration is for messages, not for files. */
static gboolean
check_protocol (const char *text, GError **error)
{
  if (ahoy_transport_protocol_from_string (text) != AHOY_TRANSPORT_PROTOCOL_UNKNOWN)
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no transport protocol; write udp, tcp, tls, ws or wss", text);
  return FALSE;
}

static void
add_address_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_choice (
      klass, "protocol", "Protocol", "what SIP messages travel on", AHOY_TYPE_TRANSPORT_PROTOCOL,
      AHOY_TRANSPORT_PROTOCOL_UDP);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  ahoy_config_key_set_check (key, check_protocol);
  key = ahoy_config_object_class_add_text (klass, "bind", "Address",
                                           "the address and port to listen on", "0.0.0.0:5060");
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  ahoy_config_key_set_check (key, ahoy_config_check_address);
  key = ahoy_config_object_class_add_text (klass, "external-address", "External address",
                                           "the address and port by which peers outside of the "
                                           "local networks reach this transport; empty for the "
                                           "one it listens on",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_list (klass, "local-networks", "Local networks",
                                           "the networks whose peers are told the address "
                                           "itself, not the external one",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  ahoy_config_key_set_check (key, ahoy_config_check_network);
}

static void
add_connection_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_duration (klass, "keep-alive", "Keep-alive",
                                               "how long a connection is silent until the peer is "
                                               "asked whether it is still there; without an "
                                               "answer in 10 s the connection is closed (RFC 5626 "
                                               "section 3.5.1); 0 for never",
                                               "s", 0, 86400, 0);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
}

static void
add_security_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_text (klass, "certificate", "Certificate",
                                           "the file with the certificate chain, in PEM", NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_text (klass, "private-key", "Private key",
                                           "the file with the private key, in PEM", NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_text (klass, "ca-file", "Authorities",
                                           "the file with the authorities to believe, in PEM; "
                                           "empty for those of the system",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_boolean (klass, "verify-client", "Verify clients",
                                              "whether a client has to show a certificate that "
                                              "can be believed",
                                              FALSE);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_boolean (klass, "verify-server", "Verify servers",
                                              "whether a server has to show a certificate that "
                                              "can be believed and names it",
                                              TRUE);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_list (klass, "origins", "Origins",
                                           "the web origins that may connect by WebSocket, such "
                                           "as https://phone.example.com; empty for any",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
  key = ahoy_config_object_class_add_text (klass, "path", "Path", "the path of the WebSocket", "/");
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_REMAKE);
}

/* A secure transport without a certificate could serve nobody; a datagram keeps nothing open. */
static gboolean
ahoy_transport_config_validate (AhoyConfigObject *object, GError **error)
{
  AhoyTransportProtocol protocol = ahoy_config_object_get_choice (object, "protocol");
  const char *certificate = ahoy_config_object_get_string (object, "certificate");
  const char *private_key = ahoy_config_object_get_string (object, "private-key");

  if (!ahoy_transport_protocol_is_reliable (protocol)
      && ahoy_config_object_get_duration (object, "keep-alive") > 0) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "keep-alive is for connections, and UDP has none; remove it, or write "
                         "protocol=tcp");
    return FALSE;
  }
  if (!ahoy_transport_protocol_is_secure (protocol) || (certificate != NULL && private_key != NULL))
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
               "a transport over %s needs certificate and private-key; add them",
               ahoy_transport_protocol_to_string (protocol));
  return FALSE;
}

static void
ahoy_transport_config_class_init (AhoyTransportConfigClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  static const char *const planned[] = { "local-networks", "certificate", "private-key", "ca-file",
                                         "verify-client",  "verify-server", "origins", "path",
                                         NULL };

  config_class->type_name = "transport";
  config_class->description = "an address that SIP is spoken on";
  config_class->validate = ahoy_transport_config_validate;
  add_address_keys (config_class);
  add_connection_keys (config_class);
  add_security_keys (config_class);
  ahoy_config_object_class_plan_keys (config_class, planned);
}

static void
ahoy_transport_config_init (AhoyTransportConfig *self)
{
}

/**
 * ahoy_transport_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyTransportConfig *
ahoy_transport_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_TRANSPORT_CONFIG, "name", name, NULL);
}
