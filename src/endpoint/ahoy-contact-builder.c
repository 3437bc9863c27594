/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-contact-builder.h"

#include "ahoy-contact-private.h"

struct _AhoyContactBuilder {
  gatomicrefcount references;
  AhoyContactNumbers numbers;
  char *texts[AHOY_CONTACT_N_TEXTS];
  char **path;
};

G_DEFINE_BOXED_TYPE (AhoyContactBuilder, ahoy_contact_builder, ahoy_contact_builder_ref,
                     ahoy_contact_builder_unref)

/**
 * ahoy_contact_builder_new:
 * @uri: where somebody is, as text without angle brackets
 *
 * Everything else is unknown at first: q is 1000, and the contact has expired.
 *
 * Returns: (transfer full): a builder
 *
 * Since: 0.1
 */
AhoyContactBuilder *
ahoy_contact_builder_new (const char *uri)
{
  AhoyContactBuilder *self;

  g_return_val_if_fail (uri != NULL, NULL);

  self = g_new0 (AhoyContactBuilder, 1);
  g_atomic_ref_count_init (&self->references);
  self->numbers.q = 1000;
  self->numbers.round_trip = -1;
  self->numbers.status = AHOY_CONTACT_STATUS_CREATED;
  self->texts[AHOY_CONTACT_TEXT_URI] = g_strdup (uri);
  return self;
}

/**
 * ahoy_contact_builder_new_from:
 * @contact: a contact
 *
 * Returns: (transfer full): a builder that makes contacts like @contact
 *
 * Since: 0.1
 */
AhoyContactBuilder *
ahoy_contact_builder_new_from (AhoyContact *contact)
{
  AhoyContactBuilder *self;

  g_return_val_if_fail (contact != NULL, NULL);

  self = g_new0 (AhoyContactBuilder, 1);
  g_atomic_ref_count_init (&self->references);
  self->numbers = *ahoy_contact_peek_numbers (contact);
  for (guint i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    self->texts[i] = g_strdup (ahoy_contact_peek_text (contact, i));
  }
  self->path = g_strdupv ((char **) ahoy_contact_get_path (contact));
  return self;
}

/**
 * ahoy_contact_builder_ref:
 * @self: a builder
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
AhoyContactBuilder *
ahoy_contact_builder_ref (AhoyContactBuilder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * ahoy_contact_builder_unref:
 * @self: (transfer full): a builder
 *
 * Gives a reference back; the builder goes with the last one.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_unref (AhoyContactBuilder *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references)) {
    return;
  }
  for (guint i = 0; i < AHOY_CONTACT_N_TEXTS; i++) {
    g_free (self->texts[i]);
  }
  g_strfreev (self->path);
  g_free (self);
}

/**
 * ahoy_contact_builder_end:
 * @self: a builder, which can make more contacts afterwards
 *
 * Returns: (transfer full): a contact with what was set
 *
 * Since: 0.1
 */
AhoyContact *
ahoy_contact_builder_end (AhoyContactBuilder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ahoy_contact_new (&self->numbers, (const char *const *) self->texts,
                           (const char *const *) self->path);
}

static void
set_text (AhoyContactBuilder *self, AhoyContactText text, const char *value)
{
  g_free (self->texts[text]);
  self->texts[text] = g_strdup (value);
}

/**
 * ahoy_contact_builder_set_uri:
 * @self: a builder
 * @uri: where somebody is, as text without angle brackets
 *
 * Says where somebody is.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_uri (AhoyContactBuilder *self, const char *uri)
{
  g_return_if_fail (self != NULL && uri != NULL);

  set_text (self, AHOY_CONTACT_TEXT_URI, uri);
}

/**
 * ahoy_contact_builder_set_path:
 * @self: a builder
 * @path: (nullable) (array zero-terminated=1): what Path said, name-addrs in the order in which a
 *   Route is built of them (RFC 3327)
 *
 * Says what requests to the contact pass first.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_path (AhoyContactBuilder *self, const char *const *path)
{
  g_return_if_fail (self != NULL);

  g_strfreev (self->path);
  self->path = g_strdupv ((char **) path);
}

/**
 * ahoy_contact_builder_set_registered_uri:
 * @self: a builder
 * @uri: (nullable): the URI as it was registered; %NULL for the same as the URI
 *
 * Says how the contact was called when it was registered, where its URI was rewritten.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_registered_uri (AhoyContactBuilder *self, const char *uri)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_REGISTERED_URI, uri);
}

/**
 * ahoy_contact_builder_set_call_id:
 * @self: a builder
 * @call_id: (nullable): the Call-ID of the REGISTER (RFC 3261 section 10.3)
 *
 * Notes which registration made the contact: later requests of the same Call-ID have a higher CSeq.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_call_id (AhoyContactBuilder *self, const char *call_id)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_CALL_ID, call_id);
}

/**
 * ahoy_contact_builder_set_user_agent:
 * @self: a builder
 * @user_agent: (nullable): what the phone calls itself
 *
 * Notes what the phone calls itself.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_user_agent (AhoyContactBuilder *self, const char *user_agent)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_USER_AGENT, user_agent);
}

/**
 * ahoy_contact_builder_set_received:
 * @self: a builder
 * @received: (nullable): where the REGISTER came from, as `address:port` or `[address]:port`
 *
 * Notes where the phone really is, whatever it says of itself (RFC 3581).
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_received (AhoyContactBuilder *self, const char *received)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_RECEIVED, received);
}

/**
 * ahoy_contact_builder_set_transport:
 * @self: a builder
 * @transport: (nullable): the name of the transport that it came by
 *
 * Notes by which transport requests to the contact leave.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_transport (AhoyContactBuilder *self, const char *transport)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_TRANSPORT, transport);
}

/**
 * ahoy_contact_builder_set_instance:
 * @self: a builder
 * @instance: (nullable): the parameter `+sip.instance`, without quotes (RFC 5626)
 *
 * Notes which device it is.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_instance (AhoyContactBuilder *self, const char *instance)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_INSTANCE, instance);
}

/**
 * ahoy_contact_builder_set_flow:
 * @self: a builder
 * @flow: (nullable): what names the connection to the phone (RFC 5626)
 *
 * Notes over which connection the device is reached.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_flow (AhoyContactBuilder *self, const char *flow)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_FLOW, flow);
}

/**
 * ahoy_contact_builder_set_node:
 * @self: a builder
 * @node: (nullable): the node that took the registration
 *
 * Notes which of several daemons the phone talks to.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_node (AhoyContactBuilder *self, const char *node)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_NODE, node);
}

/**
 * ahoy_contact_builder_set_params:
 * @self: a builder
 * @params: (nullable): the other parameters of Contact, as `;name=value;name`
 *
 * Keeps the parameters that nothing else is made of.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_params (AhoyContactBuilder *self, const char *params)
{
  g_return_if_fail (self != NULL);

  set_text (self, AHOY_CONTACT_TEXT_PARAMS, params);
}

/**
 * ahoy_contact_builder_set_q:
 * @self: a builder
 * @q: how much it is preferred, in thousandths: 0 to 1000
 *
 * Says how much the contact is preferred.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_q (AhoyContactBuilder *self, guint q)
{
  g_return_if_fail (self != NULL);

  self->numbers.q = (guint16) MIN (q, 1000);
}

/**
 * ahoy_contact_builder_set_expires:
 * @self: a builder
 * @expires: until when it holds, in µs of the wall clock since 1970
 *
 * Says how long the contact holds.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_expires (AhoyContactBuilder *self, gint64 expires)
{
  g_return_if_fail (self != NULL);

  self->numbers.expires = expires;
}

/**
 * ahoy_contact_builder_set_registered_at:
 * @self: a builder
 * @registered_at: when it was registered, in µs of the wall clock since 1970
 *
 * Notes when it was registered.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_registered_at (AhoyContactBuilder *self, gint64 registered_at)
{
  g_return_if_fail (self != NULL);

  self->numbers.registered_at = registered_at;
}

/**
 * ahoy_contact_builder_set_cseq:
 * @self: a builder
 * @cseq: the number of CSeq of the REGISTER
 *
 * Notes the place of the registration among those of its Call-ID.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_cseq (AhoyContactBuilder *self, guint32 cseq)
{
  g_return_if_fail (self != NULL);

  self->numbers.cseq = cseq;
}

/**
 * ahoy_contact_builder_set_protocol:
 * @self: a builder
 * @protocol: what the REGISTER came by
 *
 * Notes what the registration came by.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_protocol (AhoyContactBuilder *self, AhoyTransportProtocol protocol)
{
  g_return_if_fail (self != NULL);

  self->numbers.protocol = (guint8) protocol;
}

/**
 * ahoy_contact_builder_set_reg_id:
 * @self: a builder
 * @reg_id: the parameter `reg-id` (RFC 5626); 0 for none
 *
 * Notes which of several flows of the device it is.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_reg_id (AhoyContactBuilder *self, guint reg_id)
{
  g_return_if_fail (self != NULL);

  self->numbers.reg_id = reg_id;
}

/**
 * ahoy_contact_builder_set_status:
 * @self: a builder
 * @status: what is known of whether it can be reached
 *
 * Says whether the contact can be reached; registering keeps what is known already.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_status (AhoyContactBuilder *self, AhoyContactStatus status)
{
  g_return_if_fail (self != NULL);

  self->numbers.status = (guint8) status;
}

/**
 * ahoy_contact_builder_set_static:
 * @self: a builder
 * @is_static: whether the configuration says it; then it never expires
 *
 * Says where the contact comes from.
 *
 * Since: 0.1
 */
void
ahoy_contact_builder_set_static (AhoyContactBuilder *self, gboolean is_static)
{
  g_return_if_fail (self != NULL);

  self->numbers.is_static = is_static;
  if (is_static) {
    self->numbers.expires = G_MAXINT64;
  }
}
