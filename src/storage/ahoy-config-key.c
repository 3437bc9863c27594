/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <gio/gio.h>
#include <string.h>

#include "ahoy-config-value-private.h"
#include "ahoy-error.h"

/* What a GParamSpec does not say of a key of the configuration stands beside it, as qdata. */

G_DEFINE_ENUM_TYPE (AhoyConfigKind, ahoy_config_kind,
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_TEXT, "text"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_BOOLEAN, "boolean"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_NUMBER, "number"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_DURATION, "duration"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_CHOICE, "choice"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_CHOICES, "choices"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_LIST, "list"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_KIND_URI_LIST, "uri-list"))

G_DEFINE_ENUM_TYPE (AhoyConfigReload, ahoy_config_reload,
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_RELOAD_NEW_CALLS, "new-calls"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_RELOAD_REMAKE, "remake"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONFIG_RELOAD_RESTART, "restart"))

static G_DEFINE_QUARK (ahoy - config - key - info, key_info)

    static void key_info_free (gpointer data)
{
  AhoyConfigKeyInfo *info = data;

  if (G_IS_VALUE (&info->default_value))
    g_value_unset (&info->default_value);
  g_free (info);
}

AhoyConfigKeyInfo *
ahoy_config_key_attach (GParamSpec *key, AhoyConfigKind kind)
{
  AhoyConfigKeyInfo *info = g_new0 (AhoyConfigKeyInfo, 1);

  info->name = g_param_spec_get_name (key);
  info->kind = kind;
  g_param_spec_set_qdata_full (key, key_info_quark (), info, key_info_free);
  return info;
}

/* Returns NULL for a property that is no key. */
const AhoyConfigKeyInfo *
ahoy_config_key_peek (GParamSpec *key)
{
  return g_param_spec_get_qdata (key, key_info_quark ());
}

const GValue *
ahoy_config_key_peek_default (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = ahoy_config_key_peek (key);

  return G_IS_VALUE (&info->default_value) ? &info->default_value
                                           : g_param_spec_get_default_value (key);
}

static AhoyConfigKeyInfo *
info_of (GParamSpec *key)
{
  g_return_val_if_fail (G_IS_PARAM_SPEC (key), NULL);

  return g_param_spec_get_qdata (key, key_info_quark ());
}

/**
 * ahoy_config_key_get_name:
 * @key: a key of a class of #AhoyConfigObject
 *
 * The name of the key in a file; it is that of the property, but where a property may not have it,
 * as `100rel`.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
ahoy_config_key_get_name (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, NULL);

  return info->name;
}

/**
 * ahoy_config_key_get_kind:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: how the text of the key is read
 *
 * Since: 0.1
 */
AhoyConfigKind
ahoy_config_key_get_kind (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, AHOY_CONFIG_KIND_TEXT);

  return info->kind;
}

/**
 * ahoy_config_key_get_unit:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: (transfer none) (nullable): the unit of the number that the property holds, such as `s`
 *   or `ms`; %NULL when it counts something
 *
 * Since: 0.1
 */
const char *
ahoy_config_key_get_unit (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, NULL);

  return info->unit;
}

/**
 * ahoy_config_key_get_reload:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: what a change of the key does in a running daemon
 *
 * Since: 0.1
 */
AhoyConfigReload
ahoy_config_key_get_reload (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, AHOY_CONFIG_RELOAD_NEW_CALLS);

  return info->reload;
}

/**
 * ahoy_config_key_is_secret:
 * @key: a key of a class of #AhoyConfigObject
 *
 * A secret is never shown again. Its value may also be in a file, in a credential of the service
 * manager, or in the Secret Service of the session, which KEY`-file`, KEY`-credential` and
 * KEY`-secret` name.
 *
 * Returns: %TRUE for a secret
 *
 * Since: 0.1
 */
gboolean
ahoy_config_key_is_secret (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, TRUE);

  return info->secret;
}

/**
 * ahoy_config_key_is_planned:
 * @key: a key of a class of #AhoyConfigObject
 *
 * A planned key has its name and its form, but nothing reads it yet;
 * ahoy_configuration_read_folder() warns of it.
 *
 * Returns: %TRUE for a key without effect
 *
 * Since: 0.1
 */
gboolean
ahoy_config_key_is_planned (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, FALSE);

  return info->planned;
}

/**
 * ahoy_config_key_get_reference:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: (transfer none) (nullable): the type of the objects that the key names; %NULL when it
 *   names none
 *
 * Since: 0.1
 */
const char *
ahoy_config_key_get_reference (GParamSpec *key)
{
  const AhoyConfigKeyInfo *info = info_of (key);

  g_return_val_if_fail (info != NULL, NULL);

  return info->reference;
}

/**
 * ahoy_config_key_dup_default:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: (transfer full): the value of a key that nobody set, as it may stand in a file; empty
 *   for none
 *
 * Since: 0.1
 */
char *
ahoy_config_key_dup_default (GParamSpec *key)
{
  g_return_val_if_fail (info_of (key) != NULL, NULL);

  return ahoy_config_value_to_text (key, ahoy_config_key_peek_default (key));
}

/**
 * ahoy_config_key_list_choices:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: (transfer full): the words that may be written; empty where there is no such list
 *
 * Since: 0.1
 */
char **
ahoy_config_key_list_choices (GParamSpec *key)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  const AhoyConfigKeyInfo *info = info_of (key);

  if (G_IS_PARAM_SPEC_ENUM (key)) {
    GEnumClass *klass = G_PARAM_SPEC_ENUM (key)->enum_class;

    for (guint i = 0; i < klass->n_values; i++) {
      const char *nick = klass->values[i].value_nick;

      if (info == NULL || info->check == NULL || info->check (nick, NULL))
        g_strv_builder_add (words, nick);
    }
  } else if (G_IS_PARAM_SPEC_FLAGS (key)) {
    GFlagsClass *klass = G_PARAM_SPEC_FLAGS (key)->flags_class;

    for (guint i = 0; i < klass->n_values; i++)
      g_strv_builder_add (words, klass->values[i].value_nick);
  }
  return g_strv_builder_end (words);
}

/**
 * ahoy_config_key_dup_range:
 * @key: a key of a class of #AhoyConfigObject
 *
 * Returns: (transfer full) (nullable): the smallest and the largest number or duration, such as
 *   `1 to 65535`; %NULL for other kinds
 *
 * Since: 0.1
 */
char *
ahoy_config_key_dup_range (GParamSpec *key)
{
  g_auto (GValue) minimum = G_VALUE_INIT;
  g_auto (GValue) maximum = G_VALUE_INIT;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  g_return_val_if_fail (info_of (key) != NULL, NULL);

  if (!G_IS_PARAM_SPEC_UINT (key))
    return NULL;

  g_value_init (&minimum, G_TYPE_UINT);
  g_value_init (&maximum, G_TYPE_UINT);
  g_value_set_uint (&minimum, G_PARAM_SPEC_UINT (key)->minimum);
  g_value_set_uint (&maximum, G_PARAM_SPEC_UINT (key)->maximum);
  from = ahoy_config_value_to_text (key, &minimum);
  to = ahoy_config_value_to_text (key, &maximum);
  return g_strdup_printf ("%s to %s", from, to);
}

/**
 * ahoy_config_key_set_name:
 * @key: a key, while its class is initialised
 * @name: a static string
 *
 * Gives the key another name in files than that of its property.
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_name (GParamSpec *key, const char *name)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->name = name;
  return key;
}

/**
 * ahoy_config_key_set_unit:
 * @key: a key, while its class is initialised
 * @unit: a static string, such as `ms`
 *
 * Says what the number of the key counts.
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_unit (GParamSpec *key, const char *unit)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->unit = unit;
  return key;
}

/**
 * ahoy_config_key_set_reload:
 * @key: a key, while its class is initialised
 * @reload: the effect
 *
 * Says what a change of the key does in a running daemon; %AHOY_CONFIG_RELOAD_NEW_CALLS where it is
 * not said.
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_reload (GParamSpec *key, AhoyConfigReload reload)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->reload = reload;
  return key;
}

/**
 * ahoy_config_key_set_secret:
 * @key: a key, while its class is initialised
 *
 * Makes the value a secret: it is never shown again.
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_secret (GParamSpec *key)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->secret = TRUE;
  return key;
}

/**
 * ahoy_config_key_set_planned:
 * @key: a key, while its class is initialised
 *
 * Says that nothing reads the key yet.
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_planned (GParamSpec *key)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->planned = TRUE;
  return key;
}

/**
 * ahoy_config_key_set_reference:
 * @key: a key, while its class is initialised
 * @type_name: a static string, such as `transport`
 *
 * Says that the key names objects of another type. The reader warns when there are none of the
 * name.
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_reference (GParamSpec *key, const char *type_name)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->reference = type_name;
  return key;
}

/**
 * ahoy_config_key_set_check: (skip)
 * @key: a key, while its class is initialised
 * @check: what judges the value, or each element of a list
 *
 * Returns: (transfer none): @key
 *
 * Since: 0.1
 */
GParamSpec *
ahoy_config_key_set_check (GParamSpec *key, AhoyConfigCheckFunc check)
{
  g_return_val_if_fail (info_of (key) != NULL, key);

  info_of (key)->check = check;
  return key;
}

/* -- checks that keys of several types share ------------------------------------------------ */

/**
 * ahoy_config_check_network:
 * @text: an address, with or without a prefix length
 * @error: return location for an error
 *
 * Judges an IPv4 or IPv6 network such as `192.0.2.0/24`; the check of keys that hold networks.
 *
 * Returns: %TRUE when it is one
 *
 * Since: 0.1
 */
gboolean
ahoy_config_check_network (const char *text, GError **error)
{
  g_autoptr (GInetAddressMask) network = g_inet_address_mask_new_from_string (text, NULL);

  if (network != NULL)
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no network; write an address or a network whose host part is zero, such as "
               "192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
               text);
  return FALSE;
}

static gboolean
is_port (const char *text)
{
  guint64 port;

  return *text == '\0'
         || (*text == ':' && g_ascii_string_to_unsigned (text + 1, 10, 0, 65535, &port, NULL));
}

/**
 * ahoy_config_check_address:
 * @text: an address, with or without a port
 * @error: return location for an error
 *
 * Judges a numeric address such as `0.0.0.0:5060`, `[::1]:5060` or `192.0.2.1`; the check of keys
 * that hold one.
 *
 * Returns: %TRUE when it is one
 *
 * Since: 0.1
 */
gboolean
ahoy_config_check_address (const char *text, GError **error)
{
  const char *end = *text == '[' ? strchr (text, ']') : text + strcspn (text, ":");
  g_autofree char *host = NULL;

  if (end != NULL) {
    host = *text == '[' ? g_strndup (text + 1, end - text - 1) : g_strndup (text, end - text);
    if (g_hostname_is_ip_address (host) && (*text == '[') == (strchr (host, ':') != NULL)
        && is_port (*text == '[' ? end + 1 : end))
      return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no numeric address with a port; write one such as 0.0.0.0:5060 or "
               "[::1]:5060",
               text);
  return FALSE;
}

/**
 * ahoy_config_check_assignment:
 * @text: a name, `=` and a value
 * @error: return location for an error
 *
 * Judges a variable such as `LANGUAGE=de`; the check of keys that hold them.
 *
 * Returns: %TRUE when it is one
 *
 * Since: 0.1
 */
gboolean
ahoy_config_check_assignment (const char *text, GError **error)
{
  gsize length = 0;

  while (g_ascii_isalnum (text[length]) || text[length] == '_' || text[length] == '-')
    length++;
  if (length > 0 && text[length] == '=')
    return TRUE;

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” sets no variable; write NAME=value, with letters, digits, - and _ in the name",
               text);
  return FALSE;
}

/* What Ahoy writes by itself; a second one, or another value, would make a message a lie. */
static const char *const own_headers[] = {
  "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "route",
  "record-route", "path", "max-forwards", "user-agent", "server", "allow", "allow-events", "u",
  "supported", "k", "require", "proxy-require", "unsupported", "event", "o", "rack", "rseq",
  "expires", "min-expires", "session-expires", "x", "content-length", "l", "content-type", "c",
  "content-encoding", "e", "www-authenticate", "authorization", "proxy-authenticate",
  "proxy-authorization", NULL,
};

/**
 * ahoy_config_check_header:
 * @text: a name, a colon and a value
 * @error: return location for an error
 *
 * Judges a header such as `X-Site: north`, to be added to messages that Ahoy sends (RFC 3261
 * section 7.3.1); the check of keys that hold them. Headers that Ahoy writes by itself are
 * refused.
 *
 * Returns: %TRUE when it is one
 *
 * Since: 0.1
 */
gboolean
ahoy_config_check_header (const char *text, GError **error)
{
  g_autofree char *name = NULL;
  gsize length = 0;
  gsize end;

  while (g_ascii_isalnum (text[length])
         || (text[length] != '\0' && strchr ("-.!%*_+`'~", text[length]) != NULL))
    length++;
  end = length + strspn (text + length, " \t");
  if (length == 0 || text[end] != ':' || strpbrk (text, "\r\n") != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no header; write its name, a colon and its value, such as X-Site: north",
                 text);
    return FALSE;
  }
  name = g_ascii_strdown (text, (gssize)length);
  if (g_strv_contains (own_headers, name)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is a header that Ahoy writes by itself; remove it", name);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_config_check_algorithm:
 * @text: the value of a key
 * @error: return location for an error
 *
 * An #AhoyConfigCheckFunc for the algorithms of digest authentication that challenges can offer.
 *
 * Returns: whether @text is one
 *
 * Since: 0.1
 */
gboolean
ahoy_config_check_algorithm (const char *text, GError **error)
{
  static const char *const algorithms[] = { "MD5", "SHA-256", "SHA-512-256" };

  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++) {
    if (g_ascii_strcasecmp (text, algorithms[i]) == 0) {
      return TRUE;
    }
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no algorithm of challenges; write MD5, SHA-256 or SHA-512-256", text);
  return FALSE;
}
