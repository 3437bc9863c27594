/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver-channel.h"

#include <ares.h>
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ahoy-error.h"

/*
 * Sends the questions. c-ares does what is easy to get wrong with a hostile network: random
 * identifiers, connected sockets, comparison of the question, the next server after a refusal or
 * silence, TCP after a truncated answer.
 *
 * A callback of c-ares only queues what it was told. So no code of ours runs inside c-ares, and
 * whoever is told of a result may ask the next question or drop the resolver.
 */

#define TRIES 2
/* Fits into an unfragmented IPv6 packet: fragments can be forged without seeing the question. */
#define UDP_SIZE 1232
#define MIN_TRY_MS 20
#define RESOLV_CONF "/etc/resolv.conf"

typedef struct {
  GSource source;
  int woken; /* atomic: set by other threads */
} DnsSource;

struct _AhoyDnsChannel {
  GSource *source;
  ares_channel ares;
  GHashTable *tags;   /* descriptor -> tag of g_source_add_unix_fd() */
  GQueue replies;     /* (element-type AhoyDnsReply) */
  GPtrArray *servers; /* (element-type struct ares_addr_port_node), NULL for the system's */
  GStatBuf system_conf;
  guint timeout_ms;
  guint pending;
  gboolean stale;
};

typedef struct {
  AhoyDnsChannel *channel;
  gpointer cookie;
} Question;

static gboolean
dns_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback != NULL ? callback (user_data) : G_SOURCE_REMOVE;
}

static GSourceFuncs dns_source_funcs = {
  .dispatch = dns_source_dispatch,
};

void
ahoy_dns_reply_free (AhoyDnsReply *reply)
{
  g_clear_pointer (&reply->message, g_bytes_unref);
  g_free (reply);
}

static void
on_socket_state (void *data, ares_socket_t fd, int readable, int writable)
{
  AhoyDnsChannel *self = data;
  gpointer tag = g_hash_table_lookup (self->tags, GINT_TO_POINTER (fd));
  GIOCondition condition = 0;

  if (readable)
    condition |= G_IO_IN;
  if (writable)
    condition |= G_IO_OUT;

  if (condition == 0) {
    if (tag != NULL) {
      g_source_remove_unix_fd (self->source, tag);
      g_hash_table_remove (self->tags, GINT_TO_POINTER (fd));
    }
    return;
  }

  condition |= G_IO_ERR | G_IO_HUP;
  if (tag != NULL) {
    g_source_modify_unix_fd (self->source, tag, condition);
    return;
  }

  tag = g_source_add_unix_fd (self->source, fd, condition);
  g_hash_table_insert (self->tags, GINT_TO_POINTER (fd), tag);
}

static const char *
status_detail (int status)
{
  switch (status) {
  case ARES_ETIMEOUT:
    return "no answer came";
  case ARES_ECONNREFUSED:
    /* Also where each server was reached and refused. */
    return "no DNS server gave an answer";
  default:
    /* Static in c-ares. */
    return ares_strerror (status);
  }
}

static void
on_answer (void *arg, int status, int timeouts, unsigned char *data, int length)
{
  Question *question = arg;
  AhoyDnsChannel *self = question->channel;
  AhoyDnsReply *reply = g_new0 (AhoyDnsReply, 1);

  reply->cookie = question->cookie;
  g_free (question);

  if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED)
    reply->dropped = TRUE;
  else if (data != NULL && length > 0 &&
           (status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND))
    reply->message = g_bytes_new (data, (gsize) length);
  else
    reply->detail = status_detail (status);

  self->pending--;
  g_queue_push_tail (&self->replies, reply);
}

static gboolean
parse_server (const char *text, struct ares_addr_port_node *node, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (text, 53, NULL);
  GNetworkAddress *address = G_NETWORK_ADDRESS (connectable);
  const char *host = address != NULL ? g_network_address_get_hostname (address) : NULL;
  guint16 port = address != NULL ? g_network_address_get_port (address) : 0;

  memset (node, 0, sizeof *node);
  /* A bare IPv6 address has too many colons for a host and port. */
  if (inet_pton (AF_INET6, text, &node->addr.addr6) == 1) {
    host = text;
    port = 53;
  }

  if (host != NULL && port != 0) {
    node->udp_port = port;
    node->tcp_port = port;
    node->family = AF_INET;
    if (inet_pton (AF_INET, host, &node->addr.addr4) == 1)
      return TRUE;
    node->family = AF_INET6;
    if (inet_pton (AF_INET6, host, &node->addr.addr6) == 1)
      return TRUE;
  }

  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "The name server “%s” is not a numeric address; write 192.0.2.1, 192.0.2.1:53 "
               "or [2001:db8::1]:53",
               text);
  return FALSE;
}

static void
apply_servers (AhoyDnsChannel *self)
{
  struct ares_addr_port_node *first = NULL;

  for (guint i = self->servers->len; i > 0; i--) {
    struct ares_addr_port_node *node = g_ptr_array_index (self->servers, i - 1);

    node->next = first;
    first = node;
  }

  ares_set_servers_ports (self->ares, first);
}

static gboolean
system_conf_changed (AhoyDnsChannel *self)
{
  GStatBuf now = { 0 };

  if (self->servers != NULL || g_stat (RESOLV_CONF, &now) != 0)
    return FALSE;

  return now.st_mtim.tv_sec != self->system_conf.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != self->system_conf.st_mtim.tv_nsec ||
         now.st_ino != self->system_conf.st_ino || now.st_size != self->system_conf.st_size;
}

/* c-ares answers everything that is under way with ARES_EDESTRUCTION. */
static void
close_ares (AhoyDnsChannel *self)
{
  if (self->ares == NULL)
    return;

  ares_destroy (self->ares);
  self->ares = NULL;
}

static gboolean
open_ares (AhoyDnsChannel *self)
{
  static gsize initialized = 0;
  struct ares_options options = { 0 };
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
             ARES_OPT_SOCK_STATE_CB;
  int status;

  if (g_once_init_enter (&initialized)) {
    ares_library_init (ARES_LIB_INIT_ALL);
    g_once_init_leave (&initialized, 1);
  }

  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS;
  options.timeout = (int) self->timeout_ms;
  options.tries = TRIES;
  options.ednspsz = UDP_SIZE;
  options.sock_state_cb = on_socket_state;
  options.sock_state_cb_data = self;

  if (g_stat (RESOLV_CONF, &self->system_conf) != 0)
    memset (&self->system_conf, 0, sizeof self->system_conf);

  status = ares_init_options (&self->ares, &options, mask);
  if (status != ARES_SUCCESS) {
    g_warning ("The DNS client cannot start: %s; host names are not resolved",
               ares_strerror (status));
    self->ares = NULL;
    return FALSE;
  }

  if (self->servers != NULL)
    apply_servers (self);
  self->stale = FALSE;

  return TRUE;
}

static gboolean
ensure_ares (AhoyDnsChannel *self)
{
  if (self->ares != NULL && self->pending == 0 && (self->stale || system_conf_changed (self)))
    close_ares (self);

  return self->ares != NULL || open_ares (self);
}

AhoyDnsChannel *
ahoy_dns_channel_new (GMainContext *context, GSourceFunc dispatch, gpointer user_data)
{
  AhoyDnsChannel *self = g_new0 (AhoyDnsChannel, 1);

  self->timeout_ms = 500;
  self->tags = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->replies);
  self->source = g_source_new (&dns_source_funcs, sizeof (DnsSource));
  g_source_set_static_name (self->source, "Ahoy resolver");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, dispatch, user_data, NULL);
  g_source_attach (self->source, context);

  return self;
}

void
ahoy_dns_channel_free (AhoyDnsChannel *self)
{
  close_ares (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_queue_clear_full (&self->replies, (GDestroyNotify) ahoy_dns_reply_free);
  g_hash_table_unref (self->tags);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_free (self);
}

/* %NULL for those of resolv.conf, which is read again when it changes. */
gboolean
ahoy_dns_channel_set_servers (AhoyDnsChannel *self, const char *const *servers, GError **error)
{
  g_autoptr (GPtrArray) nodes = NULL;

  if (servers != NULL && servers[0] != NULL) {
    nodes = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; servers[i] != NULL; i++) {
      struct ares_addr_port_node *node = g_new0 (struct ares_addr_port_node, 1);

      g_ptr_array_add (nodes, node);
      if (!parse_server (servers[i], node, error))
        return FALSE;
    }
  }

  close_ares (self);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  self->servers = g_steal_pointer (&nodes);
  ahoy_dns_source_wake (self->source);

  return TRUE;
}

/* How long one server is waited for at the first try. */
void
ahoy_dns_channel_set_timeout (AhoyDnsChannel *self, guint milliseconds)
{
  self->timeout_ms = MAX (milliseconds, MIN_TRY_MS);
  self->stale = TRUE;
}

void
ahoy_dns_channel_query (AhoyDnsChannel *self, const char *name, AhoyDnsType type, gpointer cookie)
{
  Question *question;

  if (!ensure_ares (self)) {
    AhoyDnsReply *reply = g_new0 (AhoyDnsReply, 1);

    reply->cookie = cookie;
    reply->detail = "the DNS client cannot start";
    g_queue_push_tail (&self->replies, reply);
  } else {
    question = g_new0 (Question, 1);
    question->channel = self;
    question->cookie = cookie;
    self->pending++;
    ares_query (self->ares, name, 1, (int) type, on_answer, question);
  }

  /* The answer may be there already, and the next time-out has changed. */
  ahoy_dns_source_wake (self->source);
}

guint
ahoy_dns_channel_get_pending (AhoyDnsChannel *self)
{
  return self->pending;
}

void
ahoy_dns_channel_process (AhoyDnsChannel *self)
{
  g_autoptr (GArray) ready = g_array_new (FALSE, FALSE, sizeof (GPollFD));
  GHashTableIter iter;
  gpointer fd, tag;

  g_atomic_int_set (&((DnsSource *) self->source)->woken, 0);
  if (self->ares == NULL)
    return;

  /* c-ares opens and closes sockets while it works, so the list is made first. */
  g_hash_table_iter_init (&iter, self->tags);
  while (g_hash_table_iter_next (&iter, &fd, &tag)) {
    GPollFD entry = { GPOINTER_TO_INT (fd), 0, g_source_query_unix_fd (self->source, tag) };

    if (entry.revents != 0)
      g_array_append_val (ready, entry);
  }

  for (guint i = 0; i < ready->len; i++) {
    const GPollFD *entry = &g_array_index (ready, GPollFD, i);
    gboolean in = (entry->revents & (G_IO_IN | G_IO_ERR | G_IO_HUP)) != 0;
    gboolean out = (entry->revents & G_IO_OUT) != 0;

    ares_process_fd (self->ares, in ? entry->fd : ARES_SOCKET_BAD,
                     out ? entry->fd : ARES_SOCKET_BAD);
  }

  ares_process_fd (self->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

AhoyDnsReply *
ahoy_dns_channel_pop_reply (AhoyDnsChannel *self)
{
  return g_queue_pop_head (&self->replies);
}

/* Sleeps until a socket is ready, c-ares wants to try again, or @deadline (monotonic; -1). */
void
ahoy_dns_channel_arm (AhoyDnsChannel *self, gint64 deadline)
{
  gint64 ready_time = deadline;
  struct timeval wait;

  if (self->ares != NULL && ares_timeout (self->ares, NULL, &wait) != NULL) {
    /* Rounded up, or the last microseconds would be spent spinning. */
    gint64 retry = g_get_monotonic_time () + wait.tv_sec * G_USEC_PER_SEC + wait.tv_usec + 1000;

    ready_time = ready_time < 0 ? retry : MIN (ready_time, retry);
  }

  if (!g_queue_is_empty (&self->replies))
    ready_time = 0;
  g_source_set_ready_time (self->source, ready_time);

  /* Somebody who called in between must not be overwritten. */
  if (g_atomic_int_get (&((DnsSource *) self->source)->woken))
    g_source_set_ready_time (self->source, 0);
}

GSource *
ahoy_dns_channel_get_source (AhoyDnsChannel *self)
{
  return self->source;
}

void
ahoy_dns_source_wake (GSource *source)
{
  g_atomic_int_set (&((DnsSource *) source)->woken, 1);
  g_source_set_ready_time (source, 0);
}
