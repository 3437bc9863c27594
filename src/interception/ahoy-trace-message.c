/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-trace-mask.h"
#include "ahoy-trace-message-private.h"

#define SUMMARY_CHARACTERS 100
#define METHOD_CHARACTERS 32
#define CALL_ID_BYTES 512

/**
 * AhoyTraceMessage:
 *
 * A SIP message as it crossed the network, in or out, with its time and both addresses. What stands
 * in it was read by a parser of its own which takes any bytes: a message that the stack refuses can
 * be looked at all the same.
 *
 * Since: 0.1
 */
struct _AhoyTraceMessage {
  GObject parent_instance;

  gint64 time;
  gboolean incoming;
  AhoyTransportProtocol transport;
  AhoyTraceKind kind;
  GSocketAddress *source;
  GSocketAddress *destination;
  GBytes *bytes;
  guint64 serial;     /* see the history */
  gboolean to_mask;   /* @bytes still show what is secret */
  gboolean unread;    /* nothing below is known yet */
  char *call_id;
  char *target; /* the Call-ID that Target-Dialog of a request names */
  char *method;
  guint status;
  char *summary;
  char *session_id;
  gboolean sdp;
  gboolean repetition;
};

G_DEFINE_FINAL_TYPE (AhoyTraceMessage, ahoy_trace_message, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyTraceKind, ahoy_trace_kind,
                    G_DEFINE_ENUM_VALUE (AHOY_TRACE_REQUEST, "request"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRACE_RESPONSE, "response"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRACE_KEEP_ALIVE, "keep-alive"),
                    G_DEFINE_ENUM_VALUE (AHOY_TRACE_MALFORMED, "malformed"))

static void
ahoy_trace_message_finalize (GObject *object)
{
  AhoyTraceMessage *self = AHOY_TRACE_MESSAGE (object);

  g_clear_object (&self->source);
  g_clear_object (&self->destination);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->call_id);
  g_free (self->target);
  g_free (self->method);
  g_free (self->summary);
  g_free (self->session_id);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_trace_message_parent_class)->finalize (object);
}

static void
ahoy_trace_message_class_init (AhoyTraceMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_trace_message_finalize;
}

static void
ahoy_trace_message_init (AhoyTraceMessage *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

static gboolean
is_plain (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (!g_ascii_isprint (text[i])) {
      return FALSE;
    }
  }
  return TRUE;
}

/* One line of valid UTF-8 without control characters, cut where it gets too long. */
char *
ahoy_trace_printable (const char *text, gssize length, glong max_characters)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *valid = NULL;
  g_autoptr (GString) line = NULL;
  const char *at;

  if (size <= (gsize) max_characters && is_plain (text, size)) {
    return g_strndup (text, size);
  }
  valid = g_utf8_make_valid (text, (gssize) MIN (size, 4096));
  line = g_string_new (NULL);
  at = valid;
  for (; *at != '\0' && max_characters > 0; at = g_utf8_next_char (at), max_characters--) {
    gunichar character = g_utf8_get_char (at);

    g_string_append_unichar (line, g_unichar_isprint (character) ? character : '?');
  }
  if (*at != '\0') {
    g_string_append (line, "…");
  }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

char *
ahoy_trace_address_to_string (GSocketAddress *address)
{
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

typedef struct {
  const char *at;
  const char *end;
} Text;

/* The next line without its end; FALSE when nothing is left. */
static gboolean
next_line (Text *rest, Text *line)
{
  const char *feed;

  if (rest->at == rest->end) {
    return FALSE;
  }
  feed = memchr (rest->at, '\n', (size_t) (rest->end - rest->at));
  line->at = rest->at;
  line->end = feed != NULL ? feed : rest->end;
  rest->at = feed != NULL ? feed + 1 : rest->end;
  if (line->end > line->at && line->end[-1] == '\r') {
    line->end--;
  }
  return TRUE;
}

static gboolean
is_blank (char character)
{
  return character == ' ' || character == '\t';
}

static void
trim (Text *text)
{
  while (text->at < text->end && is_blank (*text->at)) {
    text->at++;
  }
  while (text->end > text->at && is_blank (text->end[-1])) {
    text->end--;
  }
}

/* Splits a header line; FALSE when it is none. */
static gboolean
split_header (const Text *line, Text *name, Text *value)
{
  const char *colon = memchr (line->at, ':', (size_t) (line->end - line->at));

  if (colon == NULL) {
    return FALSE;
  }
  *name = (Text){ line->at, colon };
  *value = (Text){ colon + 1, line->end };
  trim (name);
  trim (value);
  return TRUE;
}

static gboolean
is_named (const Text *name, const char *full, const char *compact)
{
  size_t length = (size_t) (name->end - name->at);

  return (length == strlen (full) && g_ascii_strncasecmp (name->at, full, length) == 0) ||
         (compact != NULL && length == 1 && g_ascii_strncasecmp (name->at, compact, 1) == 0);
}

/* “1 INVITE” */
static void
read_cseq (AhoyTraceMessage *self, Text value)
{
  while (value.at < value.end && !is_blank (*value.at)) {
    value.at++;
  }
  trim (&value);
  g_free (self->method);
  self->method = ahoy_trace_printable (value.at, value.end - value.at, METHOD_CHARACTERS);
}

static char *
read_call_id (Text value)
{
  return g_utf8_make_valid (value.at, MIN (value.end - value.at, CALL_ID_BYTES));
}

/* “12@host;local-tag=a;remote-tag=b” (RFC 4538 §7) */
static void
read_target (AhoyTraceMessage *self, Text value)
{
  const char *end = memchr (value.at, ';', (size_t) (value.end - value.at));

  value.end = end != NULL ? end : value.end;
  trim (&value);
  g_free (self->target);
  self->target = read_call_id (value);
}

static void
read_headers (AhoyTraceMessage *self, Text *rest)
{
  gboolean named = FALSE;
  Text line;
  Text name;
  Text value;

  while (next_line (rest, &line) && line.at < line.end) {
    if (is_blank (*line.at) || !split_header (&line, &name, &value)) {
      continue;
    }
    if (self->call_id == NULL && is_named (&name, "Call-ID", "i")) {
      self->call_id = read_call_id (value);
    } else if (self->kind == AHOY_TRACE_REQUEST && is_named (&name, "Target-Dialog", NULL)) {
      read_target (self, value);
    } else if (self->kind == AHOY_TRACE_RESPONSE && is_named (&name, "CSeq", NULL)) {
      read_cseq (self, value);
    } else if (is_named (&name, "Content-Type", "c")) {
      g_autofree char *type = g_ascii_strdown (value.at, value.end - value.at);

      self->sdp = g_str_has_prefix (type, "application/sdp");
      named = g_str_has_prefix (type, "multipart/");
    }
  }
  self->sdp = self->sdp && rest->at < rest->end;
  if (named) {
    self->sdp = g_strstr_len (rest->at, rest->end - rest->at, "application/sdp") != NULL;
  }
}

static void
read_first_line (AhoyTraceMessage *self, const Text *line)
{
  const char *space = memchr (line->at, ' ', (size_t) (line->end - line->at));
  guint status = 0;

  if (space == NULL) {
    return;
  }
  if (self->kind == AHOY_TRACE_REQUEST) {
    self->method = ahoy_trace_printable (line->at, space - line->at, METHOD_CHARACTERS);
    return;
  }
  for (const char *digit = space + 1; digit < line->end && g_ascii_isdigit (*digit); digit++) {
    status = MIN (10 * status + (guint) g_ascii_digit_value (*digit), 1000);
  }
  self->status = status;
}

/* Line ends may stand in front of a message (RFC 3261 §7.5). */
static Text
begin_of (AhoyTraceMessage *self)
{
  gsize length;
  const char *data = g_bytes_get_data (self->bytes, &length);
  const char *begin = data != NULL ? data : "";
  Text text = { begin, begin + length };

  while (text.at < text.end && (*text.at == '\r' || *text.at == '\n')) {
    text.at++;
  }
  return text;
}

static char *
make_summary (AhoyTraceMessage *self)
{
  Text rest = begin_of (self);
  Text first = { "", "" };
  Text *line = &first;
  g_autofree char *shown = NULL;
  const char *sdp = self->sdp ? " +SDP" : "";

  if (self->kind <= AHOY_TRACE_RESPONSE) {
    next_line (&rest, line);
  }
  shown = ahoy_trace_printable (line->at, line->end - line->at, SUMMARY_CHARACTERS);
  if (self->kind == AHOY_TRACE_REQUEST) {
    char *version = strrchr (shown, ' ');

    if (version != NULL && g_str_has_prefix (version, " SIP/")) {
      *version = '\0';
    }
    return g_strconcat (shown, sdp, NULL);
  }
  if (self->kind == AHOY_TRACE_RESPONSE) {
    const char *code = strchr (shown, ' ');

    return g_strdup_printf ("%s (%s)%s", code != NULL ? code + 1 : shown,
                            self->method != NULL ? self->method : "?", sdp);
  }
  return g_strdup (self->kind == AHOY_TRACE_KEEP_ALIVE ? "keep-alive" : "malformed");
}

/* Most messages are forgotten before anybody asks what stands in them. */
static void
read_bytes (AhoyTraceMessage *self)
{
  Text rest = begin_of (self);
  Text line = { "", "" };

  if (!self->unread) {
    return;
  }
  self->unread = FALSE;
  if (self->kind <= AHOY_TRACE_RESPONSE && next_line (&rest, &line)) {
    read_first_line (self, &line);
    read_headers (self, &rest);
  }
}

/* @mask: whether credentials are never to be shown. */
AhoyTraceMessage *
ahoy_trace_message_new (const AhoyWireMessage *wire, gboolean mask)
{
  AhoyTraceMessage *self = g_object_new (AHOY_TYPE_TRACE_MESSAGE, NULL);

  self->time = wire->time;
  self->incoming = wire->incoming;
  self->transport = wire->protocol;
  self->kind = (AhoyTraceKind) wire->kind;
  self->source = g_object_ref (wire->source);
  self->destination = g_object_ref (wire->destination);
  self->bytes = g_bytes_ref (wire->bytes);
  self->to_mask = mask;
  self->unread = TRUE;
  return self;
}

/* Whether it belongs to a registration, as far as one look tells: FALSE for a response whose CSeq
 * is written in an uncommon way. */
gboolean
ahoy_trace_message_is_register (AhoyTraceMessage *self)
{
  Text rest = begin_of (self);
  Text line;

  if (self->kind == AHOY_TRACE_REQUEST) {
    return rest.end - rest.at > 9 && memcmp (rest.at, "REGISTER ", 9) == 0;
  }
  while (self->kind == AHOY_TRACE_RESPONSE && next_line (&rest, &line) && line.at < line.end) {
    if (line.end - line.at > 14 && memcmp (line.at, "CSeq:", 5) == 0) {
      return memcmp (line.end - 9, " REGISTER", 9) == 0;
    }
  }
  return FALSE;
}

gsize
ahoy_trace_message_get_size (AhoyTraceMessage *self)
{
  return g_bytes_get_size (self->bytes);
}

void
ahoy_trace_message_set_serial (AhoyTraceMessage *self, guint64 serial)
{
  self->serial = serial;
}

guint64
ahoy_trace_message_get_serial (AhoyTraceMessage *self)
{
  return self->serial;
}

void
ahoy_trace_message_set_repetition (AhoyTraceMessage *self)
{
  self->repetition = TRUE;
}

void
ahoy_trace_message_set_session_id (AhoyTraceMessage *self, const char *session_id)
{
  g_free (self->session_id);
  self->session_id = g_strdup (session_id);
}

/* A retransmission is the same bytes in the same direction (RFC 3261 §17). */
gboolean
ahoy_trace_message_equal (AhoyTraceMessage *self, AhoyTraceMessage *other)
{
  return self->incoming == other->incoming && g_bytes_equal (self->bytes, other->bytes);
}

static gboolean
is_same_address (GSocketAddress *one, GSocketAddress *other)
{
  GInetSocketAddress *a = G_INET_SOCKET_ADDRESS (one);
  GInetSocketAddress *b = G_INET_SOCKET_ADDRESS (other);

  return g_inet_socket_address_get_port (a) == g_inet_socket_address_get_port (b) &&
         g_inet_address_equal (g_inet_socket_address_get_address (a),
                               g_inet_socket_address_get_address (b));
}

/* Whether it is @sent itself, which came from us to us. */
gboolean
ahoy_trace_message_is_arrival_of (AhoyTraceMessage *self, AhoyTraceMessage *sent)
{
  return self->incoming && !sent->incoming && self->transport == sent->transport &&
         is_same_address (self->source, sent->source) &&
         is_same_address (self->destination, sent->destination) &&
         g_bytes_equal (self->bytes, sent->bytes);
}

/* The end of the way that is not ours. */
GInetSocketAddress *
ahoy_trace_message_peek_peer (AhoyTraceMessage *self)
{
  return G_INET_SOCKET_ADDRESS (self->incoming ? self->source : self->destination);
}

/**
 * ahoy_trace_message_get_time:
 * @self: a message
 *
 * Returns: when it crossed the network, in µs since 1970 (UTC)
 *
 * Since: 0.1
 */
gint64
ahoy_trace_message_get_time (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), 0);

  return self->time;
}

/**
 * ahoy_trace_message_is_incoming:
 * @self: a message
 *
 * Returns: %TRUE when it was received, %FALSE when it was sent
 *
 * Since: 0.1
 */
gboolean
ahoy_trace_message_is_incoming (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), FALSE);

  return self->incoming;
}

/**
 * ahoy_trace_message_get_kind:
 * @self: a message
 *
 * Returns: what it is
 *
 * Since: 0.1
 */
AhoyTraceKind
ahoy_trace_message_get_kind (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), AHOY_TRACE_MALFORMED);

  return self->kind;
}

/**
 * ahoy_trace_message_get_transport:
 * @self: a message
 *
 * Returns: what carried it
 *
 * Since: 0.1
 */
AhoyTransportProtocol
ahoy_trace_message_get_transport (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), AHOY_TRANSPORT_PROTOCOL_UDP);

  return self->transport;
}

/**
 * ahoy_trace_message_get_source:
 * @self: a message
 *
 * Returns: (transfer none): the address it came from
 *
 * Since: 0.1
 */
GSocketAddress *
ahoy_trace_message_get_source (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  return self->source;
}

/**
 * ahoy_trace_message_get_destination:
 * @self: a message
 *
 * Our own end of a TCP connection that we opened shows the port that we listen on.
 *
 * Returns: (transfer none): the address it went to
 *
 * Since: 0.1
 */
GSocketAddress *
ahoy_trace_message_get_destination (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  return self->destination;
}

/**
 * ahoy_trace_message_dup_source:
 * @self: a message
 *
 * Returns: (transfer full): the address it came from as text, such as `192.0.2.1:5060`
 *
 * Since: 0.1
 */
char *
ahoy_trace_message_dup_source (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  return ahoy_trace_address_to_string (self->source);
}

/**
 * ahoy_trace_message_dup_destination:
 * @self: a message
 *
 * Returns: (transfer full): the address it went to as text
 *
 * Since: 0.1
 */
char *
ahoy_trace_message_dup_destination (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  return ahoy_trace_address_to_string (self->destination);
}

/**
 * ahoy_trace_message_get_bytes:
 * @self: a message
 *
 * The bytes on the wire. Credentials are replaced by as many asterisks when
 * #AhoyTrace:mask-credentials was set.
 *
 * Returns: (transfer none): the bytes
 *
 * Since: 0.1
 */
GBytes *
ahoy_trace_message_get_bytes (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  if (self->to_mask) {
    GBytes *wire = self->bytes;

    self->bytes = ahoy_trace_mask (wire);
    self->to_mask = FALSE;
    g_bytes_unref (wire);
  }
  return self->bytes;
}

/**
 * ahoy_trace_message_get_call_id:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the Call-ID; %NULL when it has none
 *
 * Since: 0.1
 */
const char *
ahoy_trace_message_get_call_id (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  read_bytes (self);
  return self->call_id;
}

/* The Call-ID of the call that a request is about which has another one; NULL for none. */
const char *
ahoy_trace_message_get_target (AhoyTraceMessage *self)
{
  read_bytes (self);
  return self->target;
}

/**
 * ahoy_trace_message_get_method:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the method of the request, or that the response answers
 *
 * Since: 0.1
 */
const char *
ahoy_trace_message_get_method (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  read_bytes (self);
  return self->method;
}

/**
 * ahoy_trace_message_get_status:
 * @self: a message
 *
 * Returns: the status of a response; 0 for all else
 *
 * Since: 0.1
 */
guint
ahoy_trace_message_get_status (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), 0);

  read_bytes (self);
  return self->status;
}

/**
 * ahoy_trace_message_get_summary:
 * @self: a message
 *
 * Returns: (transfer none): one line for people, such as `180 Ringing (INVITE)`
 *
 * Since: 0.1
 */
const char *
ahoy_trace_message_get_summary (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  if (self->summary == NULL) {
    read_bytes (self);
    self->summary = make_summary (self);
  }
  return self->summary;
}

/**
 * ahoy_trace_message_get_session_id:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the session it belongs to, as ahoy_trace_set_session_id()
 *   said; %NULL when nobody did
 *
 * Since: 0.1
 */
const char *
ahoy_trace_message_get_session_id (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), NULL);

  return self->session_id;
}

/**
 * ahoy_trace_message_has_sdp:
 * @self: a message
 *
 * Returns: whether there is a session description in the body
 *
 * Since: 0.1
 */
gboolean
ahoy_trace_message_has_sdp (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), FALSE);

  read_bytes (self);
  return self->sdp;
}

/**
 * ahoy_trace_message_is_repetition:
 * @self: a message
 *
 * Known only while the messages of its call are remembered, see #AhoyTrace:history-calls.
 *
 * Returns: whether the same bytes crossed before: a retransmission
 *
 * Since: 0.1
 */
gboolean
ahoy_trace_message_is_repetition (AhoyTraceMessage *self)
{
  g_return_val_if_fail (AHOY_IS_TRACE_MESSAGE (self), FALSE);

  return self->repetition;
}
