/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-security-event.h"

#include <stdarg.h>

#include "ahoy-census.h"
#include "ahoy-security-line.h"

/* What a peer says of itself is kept to this; more is nothing that a reader could use. */
#define MAX_TEXT 256
#define MAX_FACTS 16

/**
 * AhoySecurityEvent:
 *
 * Something that matters for who guards the system: who asked, from where, for what, and why it was
 * refused. It does not change. All texts are valid UTF-8 of a bounded length, whatever the peer
 * sent; they are what the peer says of itself, and no proof.
 *
 * Since: 0.1
 */
struct _AhoySecurityEvent {
  GObject parent_instance;

  AhoySecurityEventType type;
  gint64 time;
  GSocketAddress *source;
  char *transport;
  char *account;
  char *method;
  char *call_id;
  GVariant *facts;
};

G_DEFINE_FINAL_TYPE (AhoySecurityEvent, ahoy_security_event, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (
    AhoySecurityEventType, ahoy_security_event_type,
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID, "invalid-account-id"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_INVALID_PASSWORD, "invalid-password"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_CHALLENGE_SENT, "challenge-sent"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED,
                         "challenge-response-failed"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH, "successful-auth"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_FAILED_ACL, "failed-acl"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_INVALID_TRANSPORT, "invalid-transport"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED, "request-not-allowed"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_REQUEST_NOT_SUPPORTED, "request-not-supported"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT, "request-bad-format"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_AUTH_METHOD_NOT_ALLOWED, "auth-method-not-allowed"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_UNEXPECTED_ADDRESS, "unexpected-address"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_SESSION_LIMIT, "session-limit"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_MEMORY_LIMIT, "memory-limit"),
    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_EVENT_LOAD_AVERAGE, "load-average"))

G_DEFINE_ENUM_TYPE (AhoySecuritySeverity, ahoy_security_severity,
                    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_SEVERITY_INFORMATION, "information"),
                    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_SEVERITY_ERROR, "error"))

static gboolean
is_type (AhoySecurityEventType type)
{
  return (guint) type <= AHOY_SECURITY_EVENT_LOAD_AVERAGE;
}

/* Valid UTF-8, cut at a character. */
static char *
bounded (const char *text)
{
  gsize length;
  g_autofree char *valid = NULL;
  char *end;

  if (text == NULL) {
    return NULL;
  }
  length = strnlen (text, MAX_TEXT + 1);
  valid = g_utf8_make_valid (text, (gssize) MIN (length, MAX_TEXT));
  if (strlen (valid) > MAX_TEXT) {
    end = g_utf8_find_prev_char (valid, valid + MAX_TEXT + 1);
    *end = '\0';
  }
  return g_steal_pointer (&valid);
}

/* A dictionary that holds to the bounds, whoever made @facts. */
static GVariant *
bounded_facts (GVariant *facts)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  const char *value;
  guint count = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  if (facts != NULL) {
    g_variant_iter_init (&iter, facts);
    while (count < MAX_FACTS && g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
      g_autofree char *kept = bounded (value);
      g_autofree char *kept_name = bounded (name);

      g_variant_builder_add (&builder, "{ss}", kept_name, kept);
      count++;
    }
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
ahoy_security_event_finalize (GObject *object)
{
  AhoySecurityEvent *self = AHOY_SECURITY_EVENT (object);

  g_clear_object (&self->source);
  g_free (self->transport);
  g_free (self->account);
  g_free (self->method);
  g_free (self->call_id);
  g_variant_unref (self->facts);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_security_event_parent_class)->finalize (object);
}

static void
ahoy_security_event_class_init (AhoySecurityEventClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_security_event_finalize;
}

static void
ahoy_security_event_init (AhoySecurityEvent *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_security_event_new:
 * @type: what happened
 * @source: (nullable): where the request came from
 * @transport: (nullable): over what it came, such as `udp`
 * @account: (nullable): the account that it says it is
 * @method: (nullable): the method of the request
 * @call_id: (nullable): its Call-ID
 * @facts: (nullable): what else is worth knowing (`a{ss}`); a floating one is taken. Sixteen are
 *   kept
 *
 * Texts need not be valid, and are cut after 256 bytes.
 *
 * Returns: (transfer full): an event of this moment
 *
 * Since: 0.1
 */
AhoySecurityEvent *
ahoy_security_event_new (AhoySecurityEventType type, GSocketAddress *source, const char *transport,
                         const char *account, const char *method, const char *call_id,
                         GVariant *facts)
{
  g_autoptr (GVariant) taken = facts != NULL ? g_variant_ref_sink (facts) : NULL;
  AhoySecurityEvent *self;

  g_return_val_if_fail (is_type (type), NULL);
  g_return_val_if_fail (source == NULL || G_IS_SOCKET_ADDRESS (source), NULL);
  g_return_val_if_fail (taken == NULL || g_variant_is_of_type (taken, G_VARIANT_TYPE ("a{ss}")),
                        NULL);

  self = g_object_new (AHOY_TYPE_SECURITY_EVENT, NULL);
  self->type = type;
  self->time = g_get_real_time ();
  self->source = source != NULL ? g_object_ref (source) : NULL;
  self->transport = bounded (transport);
  self->account = bounded (account);
  self->method = bounded (method);
  self->call_id = bounded (call_id);
  self->facts = bounded_facts (taken);
  return self;
}

/**
 * ahoy_security_event_get_event_type:
 * @self: an event
 *
 * Returns: what happened
 *
 * Since: 0.1
 */
AhoySecurityEventType
ahoy_security_event_get_event_type (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID);

  return self->type;
}

/**
 * ahoy_security_event_get_name:
 * @self: an event
 *
 * Returns: (transfer none): what happened, as ahoy_security_event_type_to_string() writes it
 *
 * Since: 0.1
 */
const char *
ahoy_security_event_get_name (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return ahoy_security_event_type_to_string (self->type);
}

/**
 * ahoy_security_event_get_severity:
 * @self: an event
 *
 * Returns: how much it matters
 *
 * Since: 0.1
 */
AhoySecuritySeverity
ahoy_security_event_get_severity (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), AHOY_SECURITY_SEVERITY_ERROR);

  return ahoy_security_event_type_get_severity (self->type);
}

/**
 * ahoy_security_event_get_time:
 * @self: an event
 *
 * Returns: when it happened, in µs since 1970
 *
 * Since: 0.1
 */
gint64
ahoy_security_event_get_time (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), 0);

  return self->time;
}

/**
 * ahoy_security_event_get_source:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): the address and port that the request really came from.
 *   Over UDP anybody can write another one's address there
 *
 * Since: 0.1
 */
GSocketAddress *
ahoy_security_event_get_source (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return self->source;
}

/**
 * ahoy_security_event_get_transport:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): over what the request came, such as `udp`
 *
 * Since: 0.1
 */
const char *
ahoy_security_event_get_transport (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return self->transport;
}

/**
 * ahoy_security_event_get_account:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): the account that the peer says it is, or the endpoint that
 *   it was taken for
 *
 * Since: 0.1
 */
const char *
ahoy_security_event_get_account (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return self->account;
}

/**
 * ahoy_security_event_get_method:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): the method of the request
 *
 * Since: 0.1
 */
const char *
ahoy_security_event_get_method (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return self->method;
}

/**
 * ahoy_security_event_get_call_id:
 * @self: an event
 *
 * Returns: (transfer none) (nullable): the Call-ID of the request
 *
 * Since: 0.1
 */
const char *
ahoy_security_event_get_call_id (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return self->call_id;
}

/**
 * ahoy_security_event_get_facts:
 * @self: an event
 *
 * Returns: (transfer none): what else is known (`a{ss}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_security_event_get_facts (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return self->facts;
}

/**
 * ahoy_security_event_dup_address:
 * @self: an event
 *
 * Returns: (transfer full) (nullable): the address of the source without its port, such as
 *   `192.0.2.1` or `2001:db8::1`; %NULL when there is none
 *
 * Since: 0.1
 */
char *
ahoy_security_event_dup_address (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return ahoy_security_line_dup_address (self->source);
}

/**
 * ahoy_security_event_get_port:
 * @self: an event
 *
 * Returns: the port of the source; 0 when there is none
 *
 * Since: 0.1
 */
guint16
ahoy_security_event_get_port (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), 0);

  return G_IS_INET_SOCKET_ADDRESS (self->source)
             ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->source))
             : 0;
}

/**
 * ahoy_security_event_to_string:
 * @self: an event
 *
 * Returns: (transfer full): the line that the log has of it: fields in a fixed order, the ones that
 *   the peer wrote last, in quotes and escaped, so that no peer can forge a field or a line
 *
 * Since: 0.1
 */
char *
ahoy_security_event_to_string (AhoySecurityEvent *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_EVENT (self), NULL);

  return ahoy_security_line_format (self);
}

/**
 * ahoy_security_event_type_to_string:
 * @type: what happened
 *
 * Returns: (transfer none): its name in the log and on the bus, such as `invalid-password`
 *
 * Since: 0.1
 */
const char *
ahoy_security_event_type_to_string (AhoySecurityEventType type)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (AHOY_TYPE_SECURITY_EVENT_TYPE);

  g_return_val_if_fail (is_type (type), NULL);

  return g_enum_get_value (names, (int) type)->value_nick;
}

/**
 * ahoy_security_event_type_get_severity:
 * @type: what happened
 *
 * Returns: how much it matters: what is asked for or proven is information, all else an error
 *
 * Since: 0.1
 */
AhoySecuritySeverity
ahoy_security_event_type_get_severity (AhoySecurityEventType type)
{
  g_return_val_if_fail (is_type (type), AHOY_SECURITY_SEVERITY_ERROR);

  return type == AHOY_SECURITY_EVENT_CHALLENGE_SENT || type == AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH
             ? AHOY_SECURITY_SEVERITY_INFORMATION
             : AHOY_SECURITY_SEVERITY_ERROR;
}

/**
 * ahoy_security_event_make_facts: (skip)
 * @name: (nullable): the name of the first fact
 * @...: its value, then names and values, and %NULL
 *
 * Facts of an event. A fact whose value is %NULL is left out; values need not be valid UTF-8.
 *
 * Returns: (transfer floating): a dictionary (`a{ss}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_security_event_make_facts (const char *name, ...)
{
  GVariantBuilder builder;
  va_list arguments;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  va_start (arguments, name);
  while (name != NULL) {
    g_autofree char *value = bounded (va_arg (arguments, const char *));

    if (value != NULL) {
      g_variant_builder_add (&builder, "{ss}", name, value);
    }
    name = va_arg (arguments, const char *);
  }
  va_end (arguments);
  return g_variant_builder_end (&builder);
}
