/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-decimal-private.h"
#include "ahoy-stack-private.h"

/*
 * The connections that peers opened: which of them leads to an address, and when one is gone.
 *
 * Sofia tells who waits on a connection when that is closed, by the peer, by an error, by a silence
 * that is too long or by us. A wait that no message belongs to costs an idle connection a few
 * hundred bytes, and nothing at all as long as nothing happens.
 */

typedef struct {
  char *address;
  char *listener;
} Closed;

static void
closed_free (gpointer data)
{
  Closed *closed = data;

  g_free (closed->address);
  g_free (closed->listener);
  g_free (closed);
}

void
ahoy_connections_init (AhoyStack *self)
{
  self->connections = g_hash_table_new (NULL, NULL);
  self->closed = g_ptr_array_new_with_free_func (closed_free);
}

/* The agent goes away, and all connections with it. */
void
ahoy_connections_clear (AhoyStack *self)
{
  if (self->closed_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->closed_job);
    self->closed_job = 0;
  }
  g_hash_table_remove_all (self->connections);
  g_ptr_array_set_size (self->closed, 0);
}

void
ahoy_connections_finalize (AhoyStack *self)
{
  g_clear_pointer (&self->connections, g_hash_table_unref);
  g_clear_pointer (&self->closed, g_ptr_array_unref);
}

/* -- those that are closed ------------------------------------------------------------------- */

/* Later, outside of Sofia's reading: who hears of it may send. */
static void
on_closed_job (gpointer user_data)
{
  g_autoptr (AhoyStack) self = g_object_ref (AHOY_STACK (user_data));
  g_autoptr (GPtrArray) closed = g_steal_pointer (&self->closed);

  self->closed_job = 0;
  self->closed = g_ptr_array_new_with_free_func (closed_free);
  for (guint i = 0; i < closed->len && self->agent != NULL; i++) {
    Closed *entry = closed->pdata[i];

    ahoy_stack_emit_connection_closed (self, entry->address, entry->listener);
  }
}

static char *
dup_peer (tport_t *tport)
{
  const su_addrinfo_t *info = tport_get_address (tport);
  g_autoptr (GSocketAddress) peer = NULL;

  if (info == NULL || info->ai_addr == NULL) {
    return NULL;
  }
  peer = g_socket_address_new_from_native (info->ai_addr, info->ai_addrlen);
  return G_IS_INET_SOCKET_ADDRESS (peer)
             ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (peer))
             : NULL;
}

static void
on_closed (tp_stack_t *agent, tp_client_t *client, tport_t *tport, msg_t *msg, int error)
{
  AhoyStack *self = (AhoyStack *) client;
  g_autofree char *address = NULL;
  Closed *closed;

  if (!g_hash_table_remove (self->connections, tport) || (address = dup_peer (tport)) == NULL) {
    return; /* an error was told of before */
  }
  closed = g_new0 (Closed, 1);
  closed->address = g_steal_pointer (&address);
  closed->listener = g_strdup (tport_name (tport)->tpn_ident);
  g_ptr_array_add (self->closed, closed);
  if (self->closed_job == 0) {
    self->closed_job =
        ahoy_scheduler_add (self->scheduler, "closed connections", 0, on_closed_job, self, NULL);
  }
}

/* A request came by it: from now on somebody may want to send something there. */
void
ahoy_connections_watch (AhoyStack *self, tport_t *tport)
{
  if (tport == NULL || !tport_is_tcp (tport) || !tport_is_secondary (tport) ||
      g_hash_table_contains (self->connections, tport)) {
    return;
  }
  /* Or Sofia tells of errors only, and not of a peer that closes. */
  tport_set_params (tport, TPTAG_SDWN_ERROR (1), TAG_END ());
  if (tport_pend (tport, NULL, on_closed, (tp_client_t *) self) > 0) {
    g_hash_table_add (self->connections, tport);
  }
}

/* -- those that are open --------------------------------------------------------------------- */

/* The open connection that leads to @hop; NULL: there is none any more. */
tport_t *
ahoy_stack_find_connection (AhoyStack *self, AhoyNextHop *hop)
{
  char port[AHOY_DECIMAL_SIZE];
  tp_name_t name = {
    .tpn_proto = "tcp",
    .tpn_canon = ahoy_next_hop_get_address (hop),
    .tpn_host = ahoy_next_hop_get_address (hop),
    .tpn_port = ahoy_decimal (ahoy_next_hop_get_port (hop), port),
  };

  for (tport_t *primary = tport_primaries (nta_agent_tports (self->agent)); primary != NULL;
       primary = tport_next (primary)) {
    tport_t *found = tport_is_tcp (primary) ? tport_by_name (primary, &name) : NULL;

    if (found != NULL && found != primary && tport_is_clear_to_send (found)) {
      return found;
    }
  }
  return NULL;
}

/* Watches the open connection to @hop as if the peer had opened it. The address of the peer; NULL
 * when there is no connection. */
char *
ahoy_connections_keep (AhoyStack *self, AhoyNextHop *hop, guint keep_alive)
{
  tport_t *tport = ahoy_stack_find_connection (self, hop);

  if (tport == NULL) {
    return NULL;
  }
  ahoy_connections_watch (self, tport);
  if (keep_alive > 0) {
    tport_set_params (tport, TPTAG_KEEPALIVE (keep_alive * 1000),
                      TPTAG_PINGPONG (AHOY_PONG_TIMEOUT), TAG_END ());
  }
  return dup_peer (tport);
}
