/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-contact-private.h"

#include <string.h>

/* There may be a hundred thousand of them: one piece of memory each, texts behind the numbers. */
struct _AhoyContact {
  gatomicrefcount references;
  guint32 n_path;
  guint32 texts[AHOY_CONTACT_N_TEXTS]; /* where they begin in the piece; 0 for none */
  AhoyContactNumbers numbers;
  const char *path[]; /* n_path of them and NULL, then the texts */
};

G_DEFINE_BOXED_TYPE (AhoyContact, ahoy_contact, ahoy_contact_ref, ahoy_contact_unref)

G_DEFINE_ENUM_TYPE (AhoyContactStatus, ahoy_contact_status,
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_STATUS_CREATED, "created"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_STATUS_AVAILABLE, "available"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_STATUS_UNREACHABLE, "unreachable"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_STATUS_NON_QUALIFIED, "non-qualified"))

G_DEFINE_ENUM_TYPE (AhoyContactRemoval, ahoy_contact_removal,
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_UNREGISTERED, "unregistered"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_EXPIRED, "expired"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_REPLACED, "replaced"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_DROPPED, "dropped"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_UNAVAILABLE, "unavailable"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_CONNECTION_CLOSED,
                                         "connection-closed"),
                    G_DEFINE_ENUM_VALUE (AHOY_CONTACT_REMOVAL_RECONFIGURED, "reconfigured"))

/**
 * ahoy_contact_removal_get_nick:
 * @reason: why a contact is gone
 *
 * Returns: (transfer none): the word for it, such as `expired`
 *
 * Since: 0.1
 */
const char *
ahoy_contact_removal_get_nick (AhoyContactRemoval reason)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (AHOY_TYPE_CONTACT_REMOVAL);
  GEnumValue *value = g_enum_get_value (klass, (int) reason);

  return value != NULL ? value->value_nick : "dropped";
}

static gsize
measure (const char *text)
{
  return text != NULL ? strlen (text) + 1 : 0;
}

static char *
put (char **end, const char *text)
{
  gsize size = measure (text);
  char *begin = *end;

  memcpy (begin, text, size);
  *end += size;
  return begin;
}

AhoyContact *
ahoy_contact_new (const AhoyContactNumbers *numbers, const char *const texts[AHOY_CONTACT_N_TEXTS],
                  const char *const *path)
{
  gsize n_path = path != NULL ? g_strv_length ((char **) path) : 0;
  gsize size = sizeof (AhoyContact) + (n_path + 1) * sizeof (char *);
  AhoyContact *self;
  char *end;

  for (gsize i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    size += measure (texts[i]);
  }
  for (gsize i = 0; i < n_path; i++) {
    size += measure (path[i]);
  }
  self = g_malloc (size);
  g_atomic_ref_count_init (&self->references);
  self->n_path = (guint32) n_path;
  self->numbers = *numbers;
  end = (char *) &self->path[n_path + 1];
  for (gsize i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    self->texts[i] = texts[i] != NULL ? (guint32) (put (&end, texts[i]) - (char *) self) : 0;
  }
  for (gsize i = 0; i < n_path; i++) {
    self->path[i] = put (&end, path[i]);
  }
  self->path[n_path] = NULL;
  return self;
}

const AhoyContactNumbers *
ahoy_contact_peek_numbers (AhoyContact *self)
{
  return &self->numbers;
}

const char *
ahoy_contact_peek_text (AhoyContact *self, AhoyContactText text)
{
  return self->texts[text] != 0 ? (const char *) self + self->texts[text] : NULL;
}

static AhoyContact *
copy (AhoyContact *self, const AhoyContactNumbers *numbers)
{
  const char *texts[AHOY_CONTACT_N_TEXTS];

  for (guint i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    texts[i] = ahoy_contact_peek_text (self, i);
  }
  return ahoy_contact_new (numbers, texts, self->path);
}

AhoyContact *
ahoy_contact_with_status (AhoyContact *self, AhoyContactStatus status, gint64 round_trip)
{
  AhoyContactNumbers numbers = self->numbers;

  numbers.status = (guint8) status;
  numbers.round_trip = round_trip;
  return copy (self, &numbers);
}

AhoyContact *
ahoy_contact_with_step (AhoyContact *self, gint64 step)
{
  AhoyContactNumbers numbers = self->numbers;

  if (numbers.expires != G_MAXINT64) {
    numbers.expires = MAX (numbers.expires + step, 0);
  }
  numbers.registered_at = MAX (numbers.registered_at + step, 0);
  return copy (self, &numbers);
}

/**
 * ahoy_contact_ref:
 * @self: a contact
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyContact *
ahoy_contact_ref (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_contact_unref:
 * @self: (transfer full): a contact
 *
 * Gives a reference back; the contact goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_contact_unref (AhoyContact *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->references)) {
    g_free (self);
  }
}

/**
 * ahoy_contact_get_uri:
 * @self: a contact
 *
 * Returns: (transfer none): what was registered, as text without angle brackets; after it
 *   was rewritten, what it was rewritten to
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_uri (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_URI);
}

/**
 * ahoy_contact_get_registered_uri:
 * @self: a contact
 *
 * What a phone behind NAT says of itself is rewritten to what leads to it, where `rewrite-contact`
 * asks for it; the phone is still told, and finds its contact by, what it said.
 *
 * Returns: (transfer none): the URI as it was registered
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_registered_uri (AhoyContact *self)
{
  const char *uri;

  g_return_val_if_fail (self != NULL, NULL);

  uri = ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_REGISTERED_URI);
  return uri != NULL ? uri : ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_URI);
}

/**
 * ahoy_contact_get_call_id:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the Call-ID of the last REGISTER; %NULL for a static contact
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_call_id (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_CALL_ID);
}

/**
 * ahoy_contact_get_user_agent:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): what the phone calls itself
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_user_agent (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_USER_AGENT);
}

/**
 * ahoy_contact_get_received:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): where the last REGISTER came from, as `address:port`
 *   or `[address]:port`
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_received (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_RECEIVED);
}

/**
 * ahoy_contact_get_transport:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the name of the transport that it came by
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_transport (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_TRANSPORT);
}

/**
 * ahoy_contact_get_instance:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the parameter `+sip.instance`, without quotes (RFC 5626)
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_instance (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_INSTANCE);
}

/**
 * ahoy_contact_get_flow:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): what names the connection to the phone (RFC 5626)
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_flow (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_FLOW);
}

/**
 * ahoy_contact_get_node:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the node that took the registration
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_node (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_NODE);
}

/**
 * ahoy_contact_get_params:
 * @self: a contact
 *
 * Returns: (transfer none) (nullable): the other parameters of Contact, as `;name=value;name`
 *
 * Since: 0.1
 */
const char *
ahoy_contact_get_params (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_peek_text (self, AHOY_CONTACT_TEXT_PARAMS);
}

/**
 * ahoy_contact_get_path:
 * @self: a contact
 *
 * Returns: (transfer none) (array zero-terminated=1): what Path said, name-addrs in the order in
 *   which a Route is built of them (RFC 3327); empty where there was none
 *
 * Since: 0.1
 */
const char *const *
ahoy_contact_get_path (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

/**
 * ahoy_contact_get_q:
 * @self: a contact
 *
 * Returns: how much it is preferred, in thousandths: 0 to 1000
 *
 * Since: 0.1
 */
guint
ahoy_contact_get_q (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.q;
}

/**
 * ahoy_contact_get_expires:
 * @self: a contact
 *
 * Returns: until when it holds, in µs of the wall clock since 1970; %G_MAXINT64 for a
 *   static one
 *
 * Since: 0.1
 */
gint64
ahoy_contact_get_expires (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.expires;
}

/**
 * ahoy_contact_get_registered_at:
 * @self: a contact
 *
 * Returns: when it was registered or refreshed last, in µs of the wall clock since
 *   1970; 0 for a static one
 *
 * Since: 0.1
 */
gint64
ahoy_contact_get_registered_at (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.registered_at;
}

/**
 * ahoy_contact_get_cseq:
 * @self: a contact
 *
 * Returns: the number of CSeq of the last REGISTER
 *
 * Since: 0.1
 */
guint32
ahoy_contact_get_cseq (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.cseq;
}

/**
 * ahoy_contact_get_protocol:
 * @self: a contact
 *
 * Returns: what the REGISTER came by
 *
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_contact_get_protocol (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.protocol;
}

/**
 * ahoy_contact_get_reg_id:
 * @self: a contact
 *
 * Returns: the parameter `reg-id` (RFC 5626); 0 where there was none
 *
 * Since: 0.1
 */
guint
ahoy_contact_get_reg_id (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.reg_id;
}

/**
 * ahoy_contact_get_status:
 * @self: a contact
 *
 * Returns: what is known of whether it can be reached
 *
 * Since: 0.1
 */
AhoyContactStatus
ahoy_contact_get_status (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.status;
}

/**
 * ahoy_contact_get_round_trip:
 * @self: a contact
 *
 * Returns: how long the last answer to a qualifying request took, in µs; -1 where that
 *   is not known
 *
 * Since: 0.1
 */
gint64
ahoy_contact_get_round_trip (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->numbers.round_trip;
}

/**
 * ahoy_contact_is_static:
 * @self: a contact
 *
 * Returns: whether the configuration says it, and nobody registered it
 *
 * Since: 0.1
 */
gboolean
ahoy_contact_is_static (AhoyContact *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->numbers.is_static;
}
