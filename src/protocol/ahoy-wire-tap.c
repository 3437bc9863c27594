/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-stack-private.h"
#include "ahoy-wire-tap-private.h"

/*
 * Everything that crosses the network, with what Sofia sends by itself. Sofia has two functions
 * that write a trace to a file: tport_dump_iovec() after each read and write, and tport_log_msg()
 * for each message that was read. libahoy comes before libsofia-sip-ua in the order of symbols, so
 * Sofia's calls end in ours here. Sofia makes them only when TPTAG_DUMP and TPTAG_LOG are set,
 * which happens when the first tap is added: without one nothing is called and nothing copied. See
 * docs/decisions/010-wire-tap.md.
 */

/* Sofia's own declarations are private to it. */
void tport_dump_iovec (tport_t const *self, msg_t *msg, size_t n, su_iovec_t const iov[],
                       size_t iovused, char const *what, char const *how);
void tport_log_msg (tport_t *self, msg_t *msg, char const *what, char const *via, su_time_t now);

typedef struct {
  guint id;
  AhoyWireTapFunc func;
  gpointer user_data;
} WireTap;

/* The stacks of this thread that have a tap: a stack is used from one thread only. */
static GPrivate tapped_stacks = G_PRIVATE_INIT ((GDestroyNotify) g_ptr_array_unref);

static gboolean
belongs_to (AhoyStack *stack, tport_t const *primary)
{
  tport_t *tport;

  if (stack->agent == NULL) {
    return FALSE;
  }
  tport = tport_primaries (nta_agent_tports (stack->agent));
  while (tport != NULL && tport != primary) {
    tport = tport_next (tport);
  }
  return tport != NULL;
}

static AhoyStack *
find_stack (tport_t const *tport)
{
  GPtrArray *stacks = g_private_get (&tapped_stacks);
  tport_t const *primary = tport_parent (tport);

  for (guint i = 0; stacks != NULL && i < stacks->len; i++) {
    if (belongs_to (stacks->pdata[i], primary)) {
      return stacks->pdata[i];
    }
  }
  return NULL;
}

static gboolean
is_token (const char *text, gsize length)
{
  static const char specials[] = "-.!%*_+`'~";

  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && (text[i] == '\0' || strchr (specials, text[i]) == NULL)) {
      return FALSE;
    }
  }
  return length > 0;
}

/* Judges by the first line (RFC 3261 §7.1, §7.2); whether the rest is good is for the parser. */
AhoyWireKind
ahoy_wire_kind_of (const char *data, gsize length)
{
  const char *space;
  const char *end;
  gsize blank = 0;

  while (blank < length && (data[blank] == '\r' || data[blank] == '\n')) {
    blank++;
  }
  if (blank == length) {
    return AHOY_WIRE_KEEP_ALIVE;
  }
  data += blank;
  length -= blank;
  if (length >= 8 && g_ascii_strncasecmp (data, "SIP/2.0 ", 8) == 0) {
    return AHOY_WIRE_RESPONSE;
  }
  end = memchr (data, '\n', length);
  length = end != NULL ? (gsize) (end - data) : length;
  space = memchr (data, ' ', length);
  if (space == NULL || !is_token (data, (gsize) (space - data)) ||
      g_strstr_len (space, (gssize) length - (space - data), " SIP/") == NULL) {
    return AHOY_WIRE_MALFORMED;
  }
  return AHOY_WIRE_REQUEST;
}

/*
 * Addresses never change, and the same few are seen again and again: one is made anew only when
 * another one, which has its place, was seen in between.
 */
static GSocketAddress *
find_address (AhoyStack *stack, gconstpointer native, gsize size)
{
  const guint8 *bytes = native;
  AhoyWireAddress *known;
  guint hash = 5381;

  if (size > sizeof known->native) {
    return g_socket_address_new_from_native ((gpointer) native, size);
  }
  for (gsize i = 0; i < size; i++) {
    hash = 33 * hash + bytes[i];
  }
  known = &stack->wire_addresses[hash % G_N_ELEMENTS (stack->wire_addresses)];
  if (known->address == NULL || known->size != size || memcmp (known->native, native, size) != 0) {
    g_clear_object (&known->address);
    known->address = g_socket_address_new_from_native ((gpointer) native, size);
    known->size = size;
    memcpy (known->native, native, size);
  }
  return known->address != NULL ? g_object_ref (known->address) : NULL;
}

/* The other end of @msg; NULL when it is none that GIO knows. */
GSocketAddress *
ahoy_wire_tap_find_source (AhoyStack *stack, msg_t *msg)
{
  su_sockaddr_t *address = msg_addr (msg);

  return find_address (stack, address, (gsize) su_sockaddr_size (address));
}

/*
 * The address that we listen on. Behind a wildcard it is the one we advertise, when that is
 * numeric; a connection that we opened shows the port that we listen on, too: Sofia tells no other.
 */
static GSocketAddress *
local_address (AhoyStack *stack, tport_t const *tport)
{
  tport_t const *primary = tport_parent (tport);
  const su_addrinfo_t *info = tport_get_address (primary);
  const tp_name_t *name = tport_name (primary);
  g_autoptr (GSocketAddress) bound =
      find_address (stack, info->ai_addr, info->ai_addrlen);
  g_autoptr (GInetAddress) shown = NULL;
  g_autofree char *host = NULL;
  GInetAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (bound)) {
    return NULL;
  }
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (bound));
  if (!g_inet_address_get_is_any (inet)) {
    return g_steal_pointer (&bound);
  }
  host = g_strdup (name->tpn_canon != NULL ? name->tpn_canon : "");
  if (host[0] == '[' && g_str_has_suffix (host, "]")) {
    host[strlen (host) - 1] = '\0';
    memmove (host, host + 1, strlen (host));
  }
  shown = g_inet_address_new_from_string (host);
  if (shown == NULL ||
      g_inet_address_get_family (shown) != g_socket_address_get_family (bound)) {
    return g_steal_pointer (&bound);
  }
  return g_inet_socket_address_new (
      shown, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

static void
tell (AhoyStack *stack, const AhoyWireMessage *message)
{
  g_autoptr (GPtrArray) taps = g_ptr_array_ref (stack->wire_taps);

  for (guint i = 0; i < taps->len; i++) {
    const WireTap *tap = taps->pdata[i];

    tap->func (stack, message, tap->user_data);
  }
}

/* Takes @data. */
static void
report (AhoyStack *stack, tport_t const *tport, msg_t *msg, gboolean incoming, char *data,
        gsize length)
{
  g_autoptr (GSocketAddress) local = local_address (stack, tport);
  g_autoptr (GSocketAddress) remote = ahoy_wire_tap_find_source (stack, msg);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, length);
  AhoyWireMessage message = {
    .time = g_get_real_time (),
    .incoming = incoming,
    .protocol =
        tport_is_stream (tport) ? AHOY_TRANSPORT_PROTOCOL_TCP : AHOY_TRANSPORT_PROTOCOL_UDP,
    .kind = ahoy_wire_kind_of (data, length),
    .source = incoming ? remote : local,
    .destination = incoming ? local : remote,
    .bytes = bytes,
  };

  if (local != NULL && remote != NULL) {
    tell (stack, &message);
  }
}

/* A message that does not fit the socket's buffer is written in several turns; it counts when its
 * first byte leaves. */
static gboolean
is_beginning (msg_t *msg, const char *first)
{
  const sip_t *sip = sip_object (msg);
  const msg_common_t *line = NULL;

  if (sip != NULL && sip->sip_request != NULL) {
    line = sip->sip_request->rq_common;
  } else if (sip != NULL && sip->sip_status != NULL) {
    line = sip->sip_status->st_common;
  }
  return line == NULL || line->h_data == NULL || line->h_data == first;
}

/* Sofia: @n bytes were read or written. */
AHOY_API
void
tport_dump_iovec (tport_t const *self, msg_t *msg, size_t n, su_iovec_t const iov[],
                  size_t iovused, char const *what, char const *how)
{
  gboolean incoming = strcmp (what, "recv") == 0;
  AhoyStack *stack = find_stack (self);
  gsize total = 0;
  gsize used = 0;
  char *data;

  /* What arrives by a stream has no beginning and end yet: see tport_log_msg(). */
  if (stack == NULL || iovused == 0 || (incoming && tport_is_stream (self)) ||
      (!incoming && !is_beginning (msg, iov[0].mv_base))) {
    return;
  }
  for (size_t i = 0; i < iovused; i++) {
    total += iov[i].mv_len;
  }
  total = incoming ? MIN (total, n) : total;
  data = g_malloc (total + 1);
  for (size_t i = 0; i < iovused && used < total; i++) {
    gsize length = MIN (iov[i].mv_len, total - used);

    memcpy (data + used, iov[i].mv_base, length);
    used += length;
  }
  data[used] = '\0';
  report (stack, self, msg, incoming, data, used);
}

/* The message as it was read: TPTAG_LOG makes the parser keep the text of each header. A header
 * that ahoy-door.c changed is written anew. */
static char *
dup_received (msg_t *msg, gsize *length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (msg_header_t *h = *msg_chain_head (msg); h != NULL; h = h->sh_succ) {
    char text[2048];
    issize_t size;

    if (h->sh_data != NULL) {
      g_byte_array_append (bytes, h->sh_data, (guint) h->sh_len);
      continue;
    }
    size = msg_header_e (text, sizeof text, h, 0);
    if (size > 0 && (size_t) size < sizeof text) {
      g_byte_array_append (bytes, (const guint8 *) text, (guint) size);
    }
  }
  *length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

/* Sofia: a whole message was read. Datagrams were seen already, with all that is wrong in them. */
AHOY_API
void
tport_log_msg (tport_t *self, msg_t *msg, char const *what, char const *via, su_time_t now)
{
  AhoyStack *stack = find_stack (self);
  gsize length;
  char *data;

  if (stack == NULL || strcmp (what, "recv") != 0 || !tport_is_stream (self)) {
    return;
  }
  data = dup_received (msg, &length);
  report (stack, self, msg, TRUE, data, length);
}

/* Tells Sofia's transports. The master of them is made with the first listener; the ones that come
 * later take it over. */
void
ahoy_wire_tap_apply (AhoyStack *self)
{
  gboolean wanted = self->wire_taps->len > 0;

  if (self->agent == NULL || self->listeners->len == 0 || wanted == self->wire_tap_on) {
    return;
  }
  self->wire_tap_on = wanted;
  if (wanted && ahoy_name_guard_get_n_calls () == 0) {
    /* Sofia would call its own functions, which print messages with all that is secret in them. */
    g_warning ("Sofia-SIP was loaded before libahoy, so messages cannot be traced. Load libahoy "
               "first");
    return;
  }
  if (wanted) {
    nta_agent_set_params (self->agent, TPTAG_LOG (1), TPTAG_DUMP ("/dev/null"), TAG_END ());
  } else {
    nta_agent_set_params (self->agent, TPTAG_LOG (0), TAG_END ());
  }
}

static void
list_stack (AhoyStack *self)
{
  GPtrArray *stacks = g_private_get (&tapped_stacks);

  if (stacks == NULL) {
    stacks = g_ptr_array_new ();
    g_private_set (&tapped_stacks, stacks);
  }
  if (!g_ptr_array_find (stacks, self, NULL)) {
    g_ptr_array_add (stacks, self);
  }
}

/* A tap in a list that may be walked at this moment: the list is replaced, not changed. */
static GPtrArray *
copy_taps (AhoyStack *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->wire_taps->len; i++) {
    g_ptr_array_add (copy, g_memdup2 (self->wire_taps->pdata[i], sizeof (WireTap)));
  }
  return copy;
}

/* Adds a listener to all that crosses the network. Returns an id, never 0. */
guint
ahoy_stack_add_wire_tap (AhoyStack *self, AhoyWireTapFunc func, gpointer user_data)
{
  GPtrArray *taps = copy_taps (self);
  WireTap *tap = g_new0 (WireTap, 1);

  tap->id = ++self->last_wire_tap;
  tap->func = func;
  tap->user_data = user_data;
  g_ptr_array_add (taps, tap);
  g_ptr_array_unref (self->wire_taps);
  self->wire_taps = taps;
  list_stack (self);
  ahoy_wire_tap_apply (self);
  return tap->id;
}

void
ahoy_stack_remove_wire_tap (AhoyStack *self, guint id)
{
  GPtrArray *taps = copy_taps (self);

  for (guint i = 0; i < taps->len; i++) {
    if (((WireTap *) taps->pdata[i])->id == id) {
      g_ptr_array_remove_index (taps, i);
      break;
    }
  }
  g_ptr_array_unref (self->wire_taps);
  self->wire_taps = taps;
  if (taps->len == 0) {
    ahoy_wire_tap_forget (self);
  }
  ahoy_wire_tap_apply (self);
}

/* The stack is going away, or nobody listens any more. */
void
ahoy_wire_tap_forget (AhoyStack *self)
{
  GPtrArray *stacks = g_private_get (&tapped_stacks);

  for (gsize i = 0; i < G_N_ELEMENTS (self->wire_addresses); i++) {
    g_clear_object (&self->wire_addresses[i].address);
  }
  if (stacks != NULL) {
    g_ptr_array_remove_fast (stacks, self);
  }
}

gboolean
ahoy_stack_has_wire_tap (AhoyStack *self)
{
  return self->wire_taps->len > 0;
}
