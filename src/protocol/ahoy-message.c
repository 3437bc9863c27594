/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-message-private.h"
#include "ahoy-stack-gate-private.h"

/**
 * AhoyMessage:
 *
 * A SIP request or response (RFC 3261 §7), received or about to be sent.
 *
 * Every string that a message gives is valid UTF-8, whatever came from the network: bytes that are
 * not are replaced by U+FFFD, and the functions named `_bytes` give the original. A message that
 * was received or sent is sealed: its headers and body can be read, and changing them fails with
 * %AHOY_ERROR_INVALID_STATE.
 *
 * Since: 0.1
 */
struct _AhoyMessage {
  GObject parent_instance;

  AhoyOwner *owner;
  msg_t *msg;
  sip_t *sip;
  tport_t *tport;
  guint epoch; /* of the owner, when tport was set */
  GObject *party;         /* who it came from */
  GSocketAddress *source; /* made when it is first asked for */
  AhoyNextHop *next_hop; /* where it goes, whatever it says itself */
  char *leaves_by;       /* and the name of the listener for that; NULL: any */
  char *method; /* valid UTF-8 copy, only for methods that Sofia does not know */
  AhoyMessageFlags flags;
};

G_DEFINE_FINAL_TYPE (AhoyMessage, ahoy_message, G_TYPE_OBJECT)

/* Copies @length bytes (-1: up to the NUL) as valid UTF-8; NULL stays NULL. */
char *
ahoy_dup_utf8 (const char *bytes, gssize length)
{
  return bytes == NULL ? NULL : g_utf8_make_valid (bytes, length);
}

char *
ahoy_dup_url (const url_t *url)
{
  char buffer[512];
  g_autofree char *longer = NULL;
  isize_t length;

  if (url == NULL) {
    return NULL;
  }
  length = url_e (buffer, sizeof buffer, url);
  /* Sofia leaves out a last word that would only just fit. */
  if ((size_t) length + 1 < sizeof buffer) {
    return ahoy_dup_utf8 (buffer, -1);
  }
  longer = g_malloc0 (length + 2);
  url_e (longer, length + 2, url);
  return ahoy_dup_utf8 (longer, -1);
}

typedef struct {
  AhoyOwner *owner;
  guint epoch;
  msg_t *msg;
  tport_t *tport;
} Handles;

/* A socket dies with the stack that made it, whoever holds it. */
static void
release_tport (AhoyOwner *owner, guint epoch, tport_t *tport)
{
  if (tport != NULL && owner->epoch == epoch) {
    tport_unref (tport);
  }
}

static void
handles_free (gpointer data)
{
  Handles *handles = data;

  release_tport (handles->owner, handles->epoch, handles->tport);
  g_clear_pointer (&handles->msg, msg_destroy);
  ahoy_owner_unref (handles->owner);
  g_free (handles);
}

static void
ahoy_message_finalize (GObject *object)
{
  AhoyMessage *self = AHOY_MESSAGE (object);

  if (ahoy_owner_is_current (self->owner)) {
    release_tport (self->owner, self->epoch, g_steal_pointer (&self->tport));
    g_clear_pointer (&self->msg, msg_destroy);
  } else {
    Handles *handles = g_new (Handles, 1);

    handles->owner = ahoy_owner_ref (self->owner);
    handles->epoch = self->epoch;
    handles->msg = g_steal_pointer (&self->msg);
    handles->tport = g_steal_pointer (&self->tport);
    ahoy_owner_release (self->owner, handles_free, handles);
  }
  g_clear_pointer (&self->owner, ahoy_owner_unref);
  g_clear_object (&self->party);
  g_clear_object (&self->source);
  g_clear_pointer (&self->next_hop, ahoy_next_hop_unref);
  g_free (self->leaves_by);
  g_free (self->method);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_message_parent_class)->finalize (object);
}

static void
ahoy_message_class_init (AhoyMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_message_finalize;
}

static void
ahoy_message_init (AhoyMessage *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/* Takes the reference to @msg. The only constructor: a message without a stack has no meaning. */
AhoyMessage *
ahoy_message_new_take (AhoyOwner *owner, msg_t *msg, AhoyMessageFlags flags)
{
  AhoyMessage *self = g_object_new (AHOY_TYPE_MESSAGE, NULL);

  self->owner = ahoy_owner_ref (owner);
  self->msg = msg;
  self->sip = sip_object (msg);
  self->flags = flags;
  return self;
}

msg_t *
ahoy_message_peek_msg (AhoyMessage *self)
{
  return self->msg;
}

sip_t *
ahoy_message_peek_sip (AhoyMessage *self)
{
  return self->sip;
}

/* Where the message came from, when that is known already. */
void
ahoy_message_take_source (AhoyMessage *self, GSocketAddress *source)
{
  g_clear_object (&self->source);
  self->source = source;
}

/* The connection or socket that the message came by, so that an answer can leave by the same. */
void
ahoy_message_set_transport (AhoyMessage *self, tport_t *tport)
{
  tport_t *previous = g_steal_pointer (&self->tport);

  self->tport = tport != NULL ? tport_ref (tport) : NULL;
  release_tport (self->owner, self->epoch, previous);
  self->epoch = self->owner->epoch;
}

tport_t *
ahoy_message_peek_tport (AhoyMessage *self)
{
  return self->epoch == self->owner->epoch ? self->tport : NULL;
}

/* The name of the listener that the message came by; NULL when unknown. */
const char *
ahoy_message_peek_transport_ident (AhoyMessage *self)
{
  tport_t *tport = ahoy_message_peek_tport (self);

  return tport != NULL ? tport_name (tport)->tpn_ident : NULL;
}

void
ahoy_message_seal (AhoyMessage *self)
{
  self->flags |= AHOY_MESSAGE_SEALED;
}

GObject *
ahoy_message_peek_party (AhoyMessage *self)
{
  return self->party;
}

void
ahoy_message_set_party (AhoyMessage *self, GObject *party)
{
  g_set_object (&self->party, party);
}

gboolean
ahoy_message_add_tags (AhoyMessage *self, tag_type_t tag, tag_value_t value, ...)
{
  ta_list ta;
  int added;

  ta_start (ta, tag, value);
  added = sip_add_tl (self->msg, self->sip, ta_tags (ta));
  ta_end (ta);
  return added >= 0;
}

/**
 * ahoy_message_is_request:
 * @self: a message
 *
 * Tells a request from a response.
 *
 * Returns: %TRUE for a request, %FALSE for a response
 *
 * Since: 0.1
 */
gboolean
ahoy_message_is_request (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);

  return self->sip->sip_request != NULL;
}

/**
 * ahoy_message_is_incoming:
 * @self: a message
 *
 * Returns: %TRUE when the message was received, %FALSE when it is, or was, ours to send
 *
 * Since: 0.1
 */
gboolean
ahoy_message_is_incoming (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);

  return (self->flags & AHOY_MESSAGE_INCOMING) != 0;
}

/**
 * ahoy_message_is_sealed:
 * @self: a message
 *
 * Returns: %TRUE when the message was received or sent, and so can only be read
 *
 * Since: 0.1
 */
gboolean
ahoy_message_is_sealed (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), TRUE);

  return (self->flags & AHOY_MESSAGE_SEALED) != 0;
}

/**
 * ahoy_message_is_local:
 * @self: a response
 *
 * Some responses never crossed the network: the 408 of a request that nobody answered (RFC 3261
 * §8.1.3.1), the 503 of a request that could not be sent.
 *
 * Returns: %TRUE when the stack made the response itself
 *
 * Since: 0.1
 */
gboolean
ahoy_message_is_local (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);

  return (self->flags & AHOY_MESSAGE_LOCAL) != 0;
}

/**
 * ahoy_message_get_method:
 * @self: a message
 *
 * The method of a request, and of the request that a response answers.
 *
 * Returns: (transfer none): the method in capitals, such as `INVITE`
 *
 * Since: 0.1
 */
const char *
ahoy_message_get_method (AhoyMessage *self)
{
  const char *name = NULL;
  sip_method_t method = sip_method_unknown;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), "");

  if (self->sip->sip_request != NULL) {
    method = self->sip->sip_request->rq_method;
    name = self->sip->sip_request->rq_method_name;
  } else if (self->sip->sip_cseq != NULL) {
    method = self->sip->sip_cseq->cs_method;
    name = self->sip->sip_cseq->cs_method_name;
  }
  if (name == NULL) {
    return "";
  }
  if (method != sip_method_unknown) {
    return sip_method_name (method, name);
  }
  if (self->method == NULL) {
    self->method = ahoy_dup_utf8 (name, -1);
  }
  return self->method;
}

/**
 * ahoy_message_get_status:
 * @self: a message
 *
 * Returns: the status code of a response, 100 to 699; 0 for a request
 *
 * Since: 0.1
 */
guint
ahoy_message_get_status (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), 0);

  return self->sip->sip_status != NULL ? (guint) self->sip->sip_status->st_status : 0;
}

/**
 * ahoy_message_dup_reason:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the reason phrase of a response; %NULL for a request
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_reason (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_status != NULL ? ahoy_dup_utf8 (self->sip->sip_status->st_phrase, -1)
                                       : NULL;
}

/**
 * ahoy_message_dup_request_uri:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the Request-URI; %NULL for a response
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_request_uri (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_request != NULL ? ahoy_dup_url (self->sip->sip_request->rq_url) : NULL;
}

/**
 * ahoy_message_set_request_uri:
 * @self: a request that was not sent yet
 * @uri: the new Request-URI
 * @error: return location for an error
 *
 * Changes where a request is addressed to.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_STATE for a sealed message or a
 *   response, or with %AHOY_ERROR_INVALID_ARGUMENTS for something that is no URI
 *
 * Since: 0.1
 */
gboolean
ahoy_message_set_request_uri (AhoyMessage *self, const char *uri, GError **error)
{
  sip_request_t *old;
  sip_request_t *new;
  url_t *url;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (uri != NULL, FALSE);

  old = self->sip->sip_request;
  if (old == NULL || (self->flags & AHOY_MESSAGE_SEALED) != 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The Request-URI can only be set in a request that was not sent yet");
    return FALSE;
  }
  url = url_make (msg_home (self->msg), uri);
  if (url == NULL || url->url_type == url_invalid || strpbrk (uri, "\r\n \t<>\"") != NULL) {
    g_autofree char *shown = g_strescape (uri, NULL);

    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” cannot be a Request-URI; give a SIP, SIPS or tel URI", shown);
    return FALSE;
  }
  new = sip_request_create (msg_home (self->msg), old->rq_method, old->rq_method_name,
                            (url_string_t *) url, NULL);
  msg_header_remove (self->msg, (msg_pub_t *) self->sip, (msg_header_t *) old);
  return new != NULL &&
         msg_header_insert (self->msg, (msg_pub_t *) self->sip, (msg_header_t *) new) >= 0;
}

/**
 * ahoy_message_dup_call_id:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the Call-ID
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_call_id (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_call_id != NULL ? ahoy_dup_utf8 (self->sip->sip_call_id->i_id, -1) : NULL;
}

/**
 * ahoy_message_get_cseq:
 * @self: a message
 *
 * Returns: the number in CSeq, 0 when there is none
 *
 * Since: 0.1
 */
guint
ahoy_message_get_cseq (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), 0);

  return self->sip->sip_cseq != NULL ? self->sip->sip_cseq->cs_seq : 0;
}

static char *
dup_display (const char *display)
{
  g_autofree char *unquoted = NULL;
  gsize length;

  if (display == NULL || *display == '\0') {
    return NULL;
  }
  length = strlen (display);
  if (length >= 2 && display[0] == '"' && display[length - 1] == '"') {
    unquoted = g_strndup (display + 1, length - 2);
    for (char *from = unquoted, *to = unquoted;; from++) {
      if (*from == '\\' && from[1] != '\0') {
        from++;
      }
      *to++ = *from;
      if (*from == '\0') {
        break;
      }
    }
    return ahoy_dup_utf8 (unquoted, -1);
  }
  return ahoy_dup_utf8 (display, -1);
}

/**
 * ahoy_message_dup_from_uri:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the URI in From
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_from_uri (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_from != NULL ? ahoy_dup_url (self->sip->sip_from->a_url) : NULL;
}

/**
 * ahoy_message_dup_from_display:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the display name in From, without quotes; %NULL when there
 *   is none
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_from_display (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_from != NULL ? dup_display (self->sip->sip_from->a_display) : NULL;
}

/**
 * ahoy_message_dup_from_tag:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the tag of From
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_from_tag (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_from != NULL ? ahoy_dup_utf8 (self->sip->sip_from->a_tag, -1) : NULL;
}

/**
 * ahoy_message_dup_to_uri:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the URI in To
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_to_uri (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_to != NULL ? ahoy_dup_url (self->sip->sip_to->a_url) : NULL;
}

/**
 * ahoy_message_dup_to_display:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the display name in To, without quotes; %NULL when there is
 *   none
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_to_display (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_to != NULL ? dup_display (self->sip->sip_to->a_display) : NULL;
}

/**
 * ahoy_message_dup_to_tag:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the tag of To
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_to_tag (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_to != NULL ? ahoy_dup_utf8 (self->sip->sip_to->a_tag, -1) : NULL;
}

/**
 * ahoy_message_dup_contact_uri:
 * @self: a message
 *
 * Returns: (transfer full) (nullable): the URI of the first Contact
 *
 * Since: 0.1
 */
char *
ahoy_message_dup_contact_uri (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->sip->sip_contact != NULL ? ahoy_dup_url (self->sip->sip_contact->m_url) : NULL;
}

/**
 * ahoy_message_get_retry_after:
 * @self: a message
 *
 * Returns: the number of seconds in Retry-After (RFC 3261 §20.33), -1 when there is none
 *
 * Since: 0.1
 */
int
ahoy_message_get_retry_after (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), -1);

  if (self->sip->sip_retry_after == NULL) {
    return -1;
  }
  return (int) MIN (self->sip->sip_retry_after->af_delta, G_MAXINT);
}

/**
 * ahoy_message_get_source:
 * @self: a received message
 *
 * Returns: (transfer full) (nullable): the address and port that the message really came from,
 *   whatever its Via claims; %NULL for a message that did not come from the network
 *
 * Since: 0.1
 */
GSocketAddress *
ahoy_message_get_source (AhoyMessage *self)
{
  su_sockaddr_t *address;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  if ((self->flags & AHOY_MESSAGE_INCOMING) == 0 || (self->flags & AHOY_MESSAGE_LOCAL) != 0) {
    return NULL;
  }
  if (self->source == NULL) {
    address = msg_addr (self->msg);
    self->source = g_socket_address_new_from_native (address, su_sockaddr_size (address));
  }
  return self->source != NULL ? g_object_ref (self->source) : NULL;
}

/**
 * ahoy_message_get_transport:
 * @self: a received message
 *
 * Returns: (transfer none) (nullable): `udp` or `tcp`; %NULL when the message did not come from the
 *   network
 *
 * Since: 0.1
 */
const char *
ahoy_message_get_transport (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  if (ahoy_message_peek_tport (self) == NULL) {
    return NULL;
  }
  return tport_is_tcp (self->tport) ? "tcp" : "udp";
}

/**
 * ahoy_message_get_transport_name:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the name of the transport of ours that it came by, such as
 *   `udp` for `[transport udp]`; %NULL for a message that was not received, or when the transport
 *   was closed
 *
 * Since: 0.1
 */
const char *
ahoy_message_get_transport_name (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return ahoy_message_peek_transport_ident (self);
}

/**
 * ahoy_message_to_bytes:
 * @self: a message
 *
 * Returns: (transfer full): the message as it stands on the wire, or would
 *
 * Since: 0.1
 */
GBytes *
ahoy_message_to_bytes (AhoyMessage *self)
{
  size_t length = 0;
  char *text;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  text = msg_as_string (NULL, self->msg, NULL, 0, &length);
  if (text == NULL) {
    return g_bytes_new_static ("", 0);
  }
  return g_bytes_new_with_free_func (text, length, free, text);
}

/* What was sent, without writing it again: each header keeps its text by then. */
GBytes *
ahoy_message_get_sent_bytes (AhoyMessage *self)
{
  gsize length = 0;
  gsize used = 0;
  char *text;

  for (msg_header_t *h = *msg_chain_head (self->msg); h != NULL; h = h->sh_succ) {
    if (h->sh_data == NULL) {
      return ahoy_message_to_bytes (self);
    }
    length += h->sh_len;
  }
  text = g_malloc (length);
  for (msg_header_t *h = *msg_chain_head (self->msg); h != NULL; h = h->sh_succ) {
    memcpy (text + used, h->sh_data, h->sh_len);
    used += h->sh_len;
  }
  return g_bytes_new_take (text, length);
}

/**
 * ahoy_message_to_string:
 * @self: a message
 *
 * For people to read; see ahoy_message_to_bytes() for the exact bytes.
 *
 * Returns: (transfer full): the message as text
 *
 * Since: 0.1
 */
char *
ahoy_message_to_string (AhoyMessage *self)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  const char *data;

  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  bytes = ahoy_message_to_bytes (self);
  data = g_bytes_get_data (bytes, &length);
  return ahoy_dup_utf8 (data, (gssize) length);
}

/**
 * ahoy_message_set_next_hop:
 * @self: a request that was not sent yet
 * @hop: (nullable): where to send it; %NULL for where its Route and Request-URI say
 * @transport: (nullable): the name of the transport to leave by, where several could
 *
 * Sends a request to a place of its own choice, as to the address that a phone behind a NAT was
 * seen at (RFC 5626 section 5.3): Route and Request-URI stay what they are. A hop of
 * ahoy_next_hop_new_connection() takes the connection that is there. When it is closed the request
 * goes to its Request-URI if that has the same address and another port, for then nobody
 * translates addresses in between; otherwise it is answered with a local 430 (Flow Failed).
 *
 * Requests in the dialog that an INVITE makes go the same way, as long as that dialog has no route
 * set.
 *
 * Since: 0.1
 */
void
ahoy_message_set_next_hop (AhoyMessage *self, AhoyNextHop *hop, const char *transport)
{
  g_return_if_fail (AHOY_IS_MESSAGE (self));
  g_return_if_fail ((self->flags & AHOY_MESSAGE_SEALED) == 0);

  if (hop != NULL) {
    ahoy_next_hop_ref (hop);
  }
  g_clear_pointer (&self->next_hop, ahoy_next_hop_unref);
  self->next_hop = hop;
  g_free (self->leaves_by);
  self->leaves_by = g_strdup (transport);
}

/**
 * ahoy_message_get_next_hop:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): what ahoy_message_set_next_hop() was given
 *
 * Since: 0.1
 */
AhoyNextHop *
ahoy_message_get_next_hop (AhoyMessage *self)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE (self), NULL);

  return self->next_hop;
}

/* The name of the transport that was given with the next hop. */
const char *
ahoy_message_peek_leaves_by (AhoyMessage *self)
{
  return self->leaves_by;
}
