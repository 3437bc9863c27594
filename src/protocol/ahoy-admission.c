/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-stack-private.h"

#include <netinet/in.h>
#include <sys/socket.h>

/*
 * Whose messages are looked at at all. What is not admitted is taken for garbage by Sofia: there is
 * no answer, no transaction and no memory of it, and a connection that brought it is closed.
 */

/* Malformed messages that wait to be told; more than these are counted with the last one. */
#define MAX_MALFORMED 32
#define MAX_CLOSING 64

typedef struct {
  GSocketAddress *source;
  const char *transport;
  char *reason;
} Malformed;

static void
malformed_free (gpointer data)
{
  Malformed *malformed = data;

  g_object_unref (malformed->source);
  g_free (malformed->reason);
  g_free (malformed);
}

void
ahoy_admission_init (AhoyStack *self)
{
  self->malformed = g_ptr_array_new_with_free_func (malformed_free);
  self->closing = g_ptr_array_new_with_free_func (g_object_unref);
}

void
ahoy_admission_clear (AhoyStack *self)
{
  if (self->admission_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->admission_job);
    self->admission_job = 0;
  }
  g_ptr_array_set_size (self->malformed, 0);
  g_ptr_array_set_size (self->closing, 0);
}

void
ahoy_admission_finalize (AhoyStack *self)
{
  g_clear_pointer (&self->malformed, g_ptr_array_unref);
  g_clear_pointer (&self->closing, g_ptr_array_unref);
}

/* -- connections ---------------------------------------------------------------------------- */

static gboolean
is_from (tport_t *tport, GSocketAddress *source)
{
  const su_addrinfo_t *info = tport_get_address (tport);
  g_autoptr (GSocketAddress) peer = NULL;

  if (info == NULL || info->ai_addr == NULL) {
    return FALSE;
  }
  peer = g_socket_address_new_from_native (info->ai_addr, info->ai_addrlen);
  return G_IS_INET_SOCKET_ADDRESS (peer) &&
         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer)) ==
             g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (source)) &&
         g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)),
                               g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)));
}

static void
close_connection (AhoyStack *self, GSocketAddress *source)
{
  tport_t *primary = tport_primaries (nta_agent_tports (self->agent));

  for (; primary != NULL; primary = tport_next (primary)) {
    tport_t *next;

    if (!tport_is_tcp (primary)) {
      continue;
    }
    for (tport_t *at = tport_secondary (primary); at != NULL; at = next) {
      next = tport_next (at);
      if (is_from (at, source)) {
        tport_shutdown (at, 2);
        break;
      }
    }
  }
}

/* -- later, outside of Sofia's reading ------------------------------------------------------ */

static void
on_admission_job (gpointer user_data)
{
  g_autoptr (AhoyStack) self = g_object_ref (AHOY_STACK (user_data));
  g_autoptr (GPtrArray) malformed = g_steal_pointer (&self->malformed);
  g_autoptr (GPtrArray) closing = g_steal_pointer (&self->closing);

  self->admission_job = 0;
  ahoy_admission_init (self);
  for (guint i = 0; i < closing->len && self->agent != NULL; i++) {
    close_connection (self, closing->pdata[i]);
  }
  for (guint i = 0; i < malformed->len; i++) {
    Malformed *entry = malformed->pdata[i];

    if (self->gate != NULL && self->gate->malformed != NULL) {
      self->gate->malformed (self, entry->source, entry->transport, entry->reason,
                             self->gate_data);
    }
  }
}

static void
want_job (AhoyStack *self)
{
  if (self->admission_job == 0) {
    self->admission_job =
        ahoy_scheduler_add (self->scheduler, "admission", 0, on_admission_job, self, NULL);
  }
}

static GSocketAddress *
source_of (msg_t *msg)
{
  su_sockaddr_t *native = msg_addr (msg);

  return g_socket_address_new_from_native (native, su_sockaddr_size (native));
}

/* -- what is wrong with a message ----------------------------------------------------------- */

static const char *
find_fault (const sip_t *sip)
{
  if (sip->sip_request == NULL && sip->sip_status == NULL) {
    return "no SIP message";
  }
  if (sip->sip_flags & MSG_FLG_TOOLARGE) {
    return "too large";
  }
  if (sip->sip_via == NULL || sip->sip_from == NULL || sip->sip_to == NULL ||
      sip->sip_call_id == NULL || sip->sip_cseq == NULL) {
    return "a mandatory header is missing or unreadable";
  }
  if (sip->sip_flags & (MSG_FLG_ERROR | MSG_FLG_TRUNC)) {
    return "a header cannot be read";
  }
  if (sip->sip_request != NULL &&
      (sip->sip_cseq->cs_method != sip->sip_request->rq_method ||
       !su_casematch (sip->sip_cseq->cs_method_name, sip->sip_request->rq_method_name))) {
    return "CSeq names another method";
  }
  return NULL;
}

static void
note_malformed (AhoyStack *self, msg_t *msg, const char *transport, const char *reason)
{
  GSocketAddress *source;
  Malformed *entry;

  if (self->gate == NULL || self->gate->malformed == NULL ||
      self->malformed->len >= MAX_MALFORMED || (source = source_of (msg)) == NULL) {
    return;
  }
  entry = g_new0 (Malformed, 1);
  entry->source = source;
  entry->transport = transport;
  entry->reason = g_strdup (reason);
  g_ptr_array_add (self->malformed, entry);
  want_job (self);
}

/* -- admission ------------------------------------------------------------------------------ */

static gboolean
is_admitted (AhoyStack *self, msg_t *msg, const sip_t *sip)
{
  AhoyArrival arrival = {
    .source = &msg_addr (msg)->su_sa,
    .is_request = sip->sip_request != NULL,
    .user_agent = sip->sip_user_agent != NULL ? sip->sip_user_agent->g_string : NULL,
  };

  return self->gate == NULL || self->gate->admit == NULL ||
         self->gate->admit (self, &arrival, self->gate_data);
}

/* Called for each message between Sofia's parser and its transactions. FALSE: nobody sees it. */
gboolean
ahoy_admission_check (msg_t *msg, sip_t *sip)
{
  su_root_t *root = ahoy_root_get_current ();
  AhoyStack *self = root != NULL ? su_root_magic (root) : NULL;
  gboolean stream = msg_addrinfo (msg)->ai_socktype == SOCK_STREAM;
  const char *fault;

  if (sip->sip_flags & MSG_FLG_BODY) {
    return TRUE; /* it was judged when its headers were read */
  }
  if (self == NULL || (msg_addr (msg)->su_family != AF_INET &&
                       msg_addr (msg)->su_family != AF_INET6)) {
    return TRUE; /* it does not come from the network */
  }
  if (is_admitted (self, msg, sip)) {
    fault = find_fault (sip);
    if (fault != NULL) {
      note_malformed (self, msg, stream ? "tcp" : "udp", fault);
    }
    return TRUE;
  }
  self->not_admitted++;
  sip->sip_request = NULL;
  sip->sip_status = NULL;
  if (stream && self->closing->len < MAX_CLOSING) {
    GSocketAddress *source = source_of (msg);

    if (source != NULL) {
      g_ptr_array_add (self->closing, source);
      want_job (self);
    }
  }
  return FALSE;
}
