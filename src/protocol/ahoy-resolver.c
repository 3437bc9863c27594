/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-resolver.h"

/* A next hop that failed is tried last for this long (RFC 3263 §4.3), in microseconds. */
#define FAILURE_MEMORY (30 * G_TIME_SPAN_SECOND)
#define MAX_FAILURES 1024
#define MAX_ADDRESSES 64

/**
 * AhoyResolver:
 *
 * Finds where a request for a host can be sent to.
 *
 * Numeric hosts are answered at once; names are looked up with GLib's resolver, SRV before
 * addresses (RFC 3263 §4.2).
 *
 * Since: 0.1
 */
struct _AhoyResolver {
  GObject parent_instance;

  GMainContext *context;
  GHashTable *failures; /* "protocol address port" → gint64, when it is forgiven */
};

G_DEFINE_FINAL_TYPE (AhoyResolver, ahoy_resolver, G_TYPE_OBJECT)

typedef struct {
  char *host;
  guint16 port;
  AhoyTransportProtocol protocol;
  gboolean secure;
  GPtrArray *hops;
  GList *targets; /* GSrvTarget that wait for their addresses */
  guint16 target_port;
} Query;

static void look_up_next (GTask *task);

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->host);
  g_ptr_array_unref (query->hops);
  g_resolver_free_targets (query->targets);
  g_free (query);
}

static void
ahoy_resolver_finalize (GObject *object)
{
  AhoyResolver *self = AHOY_RESOLVER (object);

  g_clear_pointer (&self->context, g_main_context_unref);
  g_hash_table_unref (self->failures);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_resolver_parent_class)->finalize (object);
}

static void
ahoy_resolver_class_init (AhoyResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_resolver_finalize;
}

static void
ahoy_resolver_init (AhoyResolver *self)
{
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_resolver_new:
 * @context: (nullable): the context that answers arrive in; %NULL for the default one
 *
 * Returns: (transfer full): a new resolver
 *
 * Since: 0.1
 */
AhoyResolver *
ahoy_resolver_new (GMainContext *context)
{
  AhoyResolver *self = g_object_new (AHOY_TYPE_RESOLVER, NULL);

  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  return self;
}

static AhoyTransportProtocol
effective_protocol (AhoyTransportProtocol protocol, gboolean secure)
{
  if (!secure) {
    return protocol;
  }
  return protocol == AHOY_TRANSPORT_PROTOCOL_WS || protocol == AHOY_TRANSPORT_PROTOCOL_WSS
             ? AHOY_TRANSPORT_PROTOCOL_WSS
             : AHOY_TRANSPORT_PROTOCOL_TLS;
}

static guint16
effective_port (guint16 port, AhoyTransportProtocol protocol)
{
  return port != 0 ? port : ahoy_transport_protocol_get_default_port (protocol);
}

/**
 * ahoy_resolver_try_numeric:
 * @self: a resolver
 * @host: a host, an IPv6 address without brackets
 * @port: the port, 0 when none was given
 * @protocol: the transport, %AHOY_TRANSPORT_PROTOCOL_UNKNOWN when none was given
 * @secure: whether the URI was a `sips` one
 *
 * Answers without waiting where no question is needed.
 *
 * Returns: (transfer container) (element-type AhoyNextHop) (nullable): the next hops, or %NULL when
 *   @host is a name
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_resolver_try_numeric (AhoyResolver *self, const char *host, guint16 port,
                           AhoyTransportProtocol protocol, gboolean secure)
{
  GPtrArray *hops;

  g_return_val_if_fail (AHOY_IS_RESOLVER (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  if (!g_hostname_is_ip_address (host)) {
    return NULL;
  }
  protocol = effective_protocol (protocol, secure);
  hops = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_next_hop_unref);
  g_ptr_array_add (hops, ahoy_next_hop_new (protocol, host, effective_port (port, protocol)));
  return hops;
}

static char *
failure_key (AhoyNextHop *hop)
{
  return g_strdup_printf ("%d %s %u", ahoy_next_hop_get_protocol (hop),
                          ahoy_next_hop_get_address (hop), ahoy_next_hop_get_port (hop));
}

static gboolean
has_failed (AhoyResolver *self, AhoyNextHop *hop)
{
  g_autofree char *key = failure_key (hop);
  gint64 *until = g_hash_table_lookup (self->failures, key);

  if (until == NULL) {
    return FALSE;
  }
  if (*until <= g_get_monotonic_time ()) {
    g_hash_table_remove (self->failures, key);
    return FALSE;
  }
  return TRUE;
}

/* Those that failed lately go to the end; the order is otherwise kept. */
static GPtrArray *
sort_by_health (AhoyResolver *self, GPtrArray *hops)
{
  GPtrArray *sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_next_hop_unref);

  for (int round = 0; round < 2; round++) {
    for (guint i = 0; i < hops->len; i++) {
      if (has_failed (self, hops->pdata[i]) == (round == 1)) {
        g_ptr_array_add (sorted, ahoy_next_hop_ref (hops->pdata[i]));
      }
    }
  }
  return sorted;
}

static void
finish_query (GTask *task)
{
  AhoyResolver *self = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);

  if (query->hops->len == 0) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_UNREACHABLE,
                             "No address was found for “%s”", query->host);
  } else {
    g_task_return_pointer (task, sort_by_health (self, query->hops),
                           (GDestroyNotify) g_ptr_array_unref);
  }
  g_object_unref (task);
}

static void
add_addresses (Query *query, GList *addresses)
{
  for (GList *at = addresses; at != NULL && query->hops->len < MAX_ADDRESSES; at = at->next) {
    g_autofree char *text = g_inet_address_to_string (at->data);

    g_ptr_array_add (query->hops,
                     ahoy_next_hop_new (query->protocol, text, query->target_port));
  }
}

static void
on_addresses (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GList *addresses;

  addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, NULL);
  add_addresses (g_task_get_task_data (task), addresses);
  g_resolver_free_addresses (addresses);
  if (g_task_return_error_if_cancelled (task)) {
    g_object_unref (task);
    return;
  }
  look_up_next (task);
}

static void
look_up_addresses (GTask *task, const char *name, guint16 port)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Query *query = g_task_get_task_data (task);

  query->target_port = port;
  g_resolver_lookup_by_name_async (resolver, name, g_task_get_cancellable (task), on_addresses,
                                   task);
}

/* The addresses of the SRV targets, one target after the other, in their order. */
static void
look_up_next (GTask *task)
{
  Query *query = g_task_get_task_data (task);
  g_autofree char *name = NULL;
  guint16 port;

  if (query->targets == NULL) {
    finish_query (task);
    return;
  }
  name = g_strdup (g_srv_target_get_hostname (query->targets->data));
  port = g_srv_target_get_port (query->targets->data);
  g_srv_target_free (query->targets->data);
  query->targets = g_list_delete_link (query->targets, query->targets);
  look_up_addresses (task, name, port);
}

static void
on_targets (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Query *query = g_task_get_task_data (task);

  query->targets = g_resolver_lookup_service_finish (G_RESOLVER (source), result, NULL);
  if (g_task_return_error_if_cancelled (task)) {
    g_object_unref (task);
    return;
  }
  if (query->targets != NULL) {
    look_up_next (task);
    return;
  }
  look_up_addresses (task, query->host, effective_port (0, query->protocol));
}

static void
begin_query (GTask *task)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Query *query = g_task_get_task_data (task);
  gboolean secure = ahoy_transport_protocol_is_secure (query->protocol);
  const char *carrier;

  if (query->port != 0) {
    look_up_addresses (task, query->host, query->port);
    return;
  }
  carrier = query->protocol == AHOY_TRANSPORT_PROTOCOL_UDP ||
                    query->protocol == AHOY_TRANSPORT_PROTOCOL_UNKNOWN
                ? "udp"
                : "tcp";
  g_resolver_lookup_service_async (resolver, secure ? "sips" : "sip", carrier, query->host,
                                   g_task_get_cancellable (task), on_targets, task);
}

/**
 * ahoy_resolver_resolve_async:
 * @self: a resolver
 * @host: a host, an IPv6 address without brackets
 * @port: the port, 0 when none was given
 * @protocol: the transport, %AHOY_TRANSPORT_PROTOCOL_UNKNOWN when none was given
 * @secure: whether the URI was a `sips` one
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the answer
 * @user_data: for @callback
 *
 * Looks for where a request to @host can be sent to.
 *
 * Since: 0.1
 */
void
ahoy_resolver_resolve_async (AhoyResolver *self, const char *host, guint16 port,
                             AhoyTransportProtocol protocol, gboolean secure,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GPtrArray) numeric = NULL;
  Query *query;
  GTask *task;

  g_return_if_fail (AHOY_IS_RESOLVER (self));
  g_return_if_fail (host != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_resolver_resolve_async);
  numeric = ahoy_resolver_try_numeric (self, host, port, protocol, secure);
  if (numeric != NULL) {
    g_task_return_pointer (task, g_steal_pointer (&numeric), (GDestroyNotify) g_ptr_array_unref);
    g_object_unref (task);
    return;
  }
  query = g_new0 (Query, 1);
  query->host = g_strdup (host);
  query->port = port;
  query->protocol = effective_protocol (protocol, secure);
  query->hops = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_next_hop_unref);
  g_task_set_task_data (task, query, query_free);
  begin_query (task);
}

/**
 * ahoy_resolver_resolve_finish:
 * @self: a resolver
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type AhoyNextHop): the next hops in the order they are to
 *   be tried, at least one; %NULL with %AHOY_ERROR_UNREACHABLE when there is none
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_resolver_resolve_finish (AhoyResolver *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_RESOLVER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ahoy_resolver_report_failure:
 * @self: a resolver
 * @hop: a next hop that did not answer
 *
 * Remembers for 30 seconds that a next hop is better tried last.
 *
 * Since: 0.1
 */
void
ahoy_resolver_report_failure (AhoyResolver *self, AhoyNextHop *hop)
{
  gint64 *until;

  g_return_if_fail (AHOY_IS_RESOLVER (self));
  g_return_if_fail (hop != NULL);

  if (g_hash_table_size (self->failures) >= MAX_FAILURES) {
    g_hash_table_remove_all (self->failures);
  }
  until = g_new (gint64, 1);
  *until = g_get_monotonic_time () + FAILURE_MEMORY;
  g_hash_table_insert (self->failures, failure_key (hop), until);
}
