/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver.h"

#include "ahoy-resolver-private.h"

/**
 * AhoyResolver:
 *
 * Finds out where a request is to be sent: turns what a SIP URI says (host, port, transport, sip
 * or sips) into an ordered list of [struct@Ahoy.NextHop] by RFC 3263, with NAPTR, SRV (RFC 2782),
 * A and AAAA records.
 *
 * Answers are kept by their TTL. A hop that did not work is reported with
 * [method@Ahoy.Resolver.report_failure] and comes last for a while (RFC 3263, section 4.3).
 *
 * `hosts(5)` goes before A and AAAA. The search list of `resolv.conf` is not used: the host of
 * a URI is a complete name.
 *
 * A resolver belongs to one #GMainContext and is used from its thread only.
 *
 * Since: 0.1
 */

#define DEFAULT_TIMEOUT 5000
#define DEFAULT_MIN_TTL 1
#define DEFAULT_MAX_TTL 86400
#define DEFAULT_MAX_NEGATIVE_TTL 300
#define DEFAULT_CACHE_SIZE 4096
#define DEFAULT_FAILURE_TIME 30
#define DEFAULT_HOSTS_FILE "/etc/hosts"

typedef enum {
  PROP_CONTEXT = 1,
  PROP_TIMEOUT,
  PROP_FAMILY_PREFERENCE,
  PROP_MIN_TTL,
  PROP_MAX_TTL,
  PROP_MAX_NEGATIVE_TTL,
  PROP_CACHE_SIZE,
  PROP_FAILURE_TIME,
  PROP_HOSTS_FILE,
} AhoyResolverProperty;

static GParamSpec *properties[PROP_HOSTS_FILE + 1];

struct _AhoyResolver {
  GObject parent_instance;

  GMainContext *context;
  AhoyResolverEngine *engine;
  guint failure_time;
  guint cache_size;
};

G_DEFINE_TYPE (AhoyResolver, ahoy_resolver, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyFamilyPreference, ahoy_family_preference,
                    G_DEFINE_ENUM_VALUE (AHOY_FAMILY_PREFERENCE_IPV4, "ipv4"),
                    G_DEFINE_ENUM_VALUE (AHOY_FAMILY_PREFERENCE_IPV6, "ipv6"),
                    G_DEFINE_ENUM_VALUE (AHOY_FAMILY_PREFERENCE_ANY, "any"))

static void
set_hosts_file (AhoyResolver *self, const char *path)
{
  g_clear_pointer (&self->engine->hosts, ahoy_hosts_file_free);
  if (path != NULL && *path != '\0')
    self->engine->hosts = ahoy_hosts_file_new (path);
}

static void
ahoy_resolver_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyResolver *self = AHOY_RESOLVER (object);

  switch ((AhoyResolverProperty) id) {
  case PROP_CONTEXT:
    self->context = g_value_dup_boxed (value);
    self->engine = ahoy_resolver_engine_new (object, self->context);
    self->engine->transports = 1u << AHOY_TRANSPORT_PROTOCOL_UDP |
                               1u << AHOY_TRANSPORT_PROTOCOL_TCP |
                               1u << AHOY_TRANSPORT_PROTOCOL_TLS;
    return;
  case PROP_TIMEOUT:
    ahoy_resolver_engine_set_timeout (self->engine, g_value_get_uint (value));
    return;
  case PROP_FAMILY_PREFERENCE:
    self->engine->families = g_value_get_enum (value);
    return;
  case PROP_MIN_TTL:
    self->engine->min_ttl = g_value_get_uint (value);
    return;
  case PROP_MAX_TTL:
    self->engine->max_ttl = g_value_get_uint (value);
    return;
  case PROP_MAX_NEGATIVE_TTL:
    self->engine->max_negative_ttl = g_value_get_uint (value);
    return;
  case PROP_CACHE_SIZE:
    self->cache_size = g_value_get_uint (value);
    ahoy_dns_cache_set_max (self->engine->cache, self->cache_size);
    return;
  case PROP_FAILURE_TIME:
    self->failure_time = g_value_get_uint (value);
    return;
  case PROP_HOSTS_FILE:
    set_hosts_file (self, g_value_get_string (value));
    return;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_resolver_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyResolver *self = AHOY_RESOLVER (object);
  AhoyResolverEngine *engine = self->engine;

  switch ((AhoyResolverProperty) id) {
  case PROP_CONTEXT:
    g_value_set_boxed (value, self->context);
    return;
  case PROP_TIMEOUT:
    g_value_set_uint (value, engine->timeout_ms);
    return;
  case PROP_FAMILY_PREFERENCE:
    g_value_set_enum (value, engine->families);
    return;
  case PROP_MIN_TTL:
    g_value_set_uint (value, engine->min_ttl);
    return;
  case PROP_MAX_TTL:
    g_value_set_uint (value, engine->max_ttl);
    return;
  case PROP_MAX_NEGATIVE_TTL:
    g_value_set_uint (value, engine->max_negative_ttl);
    return;
  case PROP_CACHE_SIZE:
    g_value_set_uint (value, self->cache_size);
    return;
  case PROP_FAILURE_TIME:
    g_value_set_uint (value, self->failure_time);
    return;
  case PROP_HOSTS_FILE:
    g_value_set_string (value,
                        engine->hosts != NULL ? ahoy_hosts_file_get_path (engine->hosts) : NULL);
    return;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_resolver_finalize (GObject *object)
{
  AhoyResolver *self = AHOY_RESOLVER (object);

  ahoy_resolver_engine_free (self->engine);
  g_clear_pointer (&self->context, g_main_context_unref);

  G_OBJECT_CLASS (ahoy_resolver_parent_class)->finalize (object);
}

static GParamSpec *
seconds_spec (const char *name, const char *nick, const char *blurb, guint default_value)
{
  return g_param_spec_uint (name, nick, blurb, 0, 7 * 86400, default_value,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
}

static void
install_cache_properties (GObjectClass *object_class)
{
  /**
   * AhoyResolver:min-ttl:
   *
   * How long an answer is kept at least, in seconds, whatever its TTL says.
   *
   * Since: 0.1
   */
  properties[PROP_MIN_TTL] =
    seconds_spec ("min-ttl", "Smallest TTL", "Seconds an answer is kept at least", DEFAULT_MIN_TTL);

  /**
   * AhoyResolver:max-ttl:
   *
   * How long an answer is kept at most, in seconds, whatever its TTL says.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_TTL] =
    seconds_spec ("max-ttl", "Largest TTL", "Seconds an answer is kept at most", DEFAULT_MAX_TTL);

  /**
   * AhoyResolver:max-negative-ttl:
   *
   * How long it is remembered at most, in seconds, that a name or record does not exist
   * (RFC 2308).
   *
   * Since: 0.1
   */
  properties[PROP_MAX_NEGATIVE_TTL] =
    seconds_spec ("max-negative-ttl", "Largest negative TTL",
                  "Seconds that a missing name is remembered at most", DEFAULT_MAX_NEGATIVE_TTL);

  /**
   * AhoyResolver:failure-time:
   *
   * How long a hop that was reported as failed is tried last, in seconds.
   *
   * Since: 0.1
   */
  properties[PROP_FAILURE_TIME] =
    seconds_spec ("failure-time", "Failure time", "Seconds a failed hop is tried last",
                  DEFAULT_FAILURE_TIME);

  /**
   * AhoyResolver:cache-size:
   *
   * How many answers are kept at most; the oldest goes first.
   *
   * Since: 0.1
   */
  properties[PROP_CACHE_SIZE] =
    g_param_spec_uint ("cache-size", "Cache size", "Number of answers kept at most", 0, 1000000,
                       DEFAULT_CACHE_SIZE,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
}

static void
ahoy_resolver_class_init (AhoyResolverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = ahoy_resolver_set_property;
  object_class->get_property = ahoy_resolver_get_property;
  object_class->finalize = ahoy_resolver_finalize;

  /**
   * AhoyResolver:context:
   *
   * The main context in which the resolver works; %NULL for the default one.
   *
   * Since: 0.1
   */
  properties[PROP_CONTEXT] =
    g_param_spec_boxed ("context", "Context", "The main context of the resolver",
                        G_TYPE_MAIN_CONTEXT,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * AhoyResolver:timeout:
   *
   * How long one lookup may take in all, in milliseconds, retries and other name servers
   * included. What is known then is the result.
   *
   * Since: 0.1
   */
  properties[PROP_TIMEOUT] =
    g_param_spec_uint ("timeout", "Timeout", "Milliseconds a lookup may take", 100, 60000,
                       DEFAULT_TIMEOUT,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);

  /**
   * AhoyResolver:family-preference:
   *
   * Whether IPv4 or IPv6 addresses of a host come first.
   *
   * Since: 0.1
   */
  properties[PROP_FAMILY_PREFERENCE] =
    g_param_spec_enum ("family-preference", "Family preference",
                       "Which addresses of a host come first", AHOY_TYPE_FAMILY_PREFERENCE,
                       AHOY_FAMILY_PREFERENCE_IPV4,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);

  /**
   * AhoyResolver:hosts-file:
   *
   * The file in the format of `hosts(5)` that is looked at before A and AAAA records; %NULL for
   * none.
   *
   * Since: 0.1
   */
  properties[PROP_HOSTS_FILE] =
    g_param_spec_string ("hosts-file", "Hosts file", "File with addresses of known hosts",
                         DEFAULT_HOSTS_FILE,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);

  install_cache_properties (object_class);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
ahoy_resolver_init (AhoyResolver *self)
{
}

/**
 * ahoy_resolver_new:
 * @context: (nullable): the main context to work in; %NULL for the default one
 *
 * Makes a resolver that asks the system's name servers.
 *
 * Returns: (transfer full): a resolver
 * Since: 0.1
 */
AhoyResolver *
ahoy_resolver_new (GMainContext *context)
{
  return g_object_new (AHOY_TYPE_RESOLVER, "context", context, NULL);
}

/**
 * ahoy_resolver_set_nameservers:
 * @self: a resolver
 * @servers: (nullable) (array zero-terminated=1): numeric addresses of name servers in the order
 *   in which they are tried, each with or without a port (`192.0.2.1`, `127.0.0.1:5353`,
 *   `[::1]:53`); %NULL for those of `resolv.conf`
 * @error: return location for an error
 *
 * Chooses the name servers and forgets what others have said. Questions under way are asked
 * again.
 *
 * Fails with %AHOY_ERROR_INVALID_ARGUMENTS where an entry is not numeric; nothing is changed
 * then.
 *
 * Returns: %TRUE on success
 * Since: 0.1
 */
gboolean
ahoy_resolver_set_nameservers (AhoyResolver *self, const char *const *servers, GError **error)
{
  g_return_val_if_fail (AHOY_IS_RESOLVER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ahoy_dns_channel_set_servers (self->engine->channel, servers, error))
    return FALSE;

  ahoy_dns_cache_clear (self->engine->cache);

  return TRUE;
}

/**
 * ahoy_resolver_set_transport_enabled:
 * @self: a resolver
 * @transport: a transport protocol, not unknown
 * @enabled: whether requests can be sent on it
 *
 * Tells which transport protocols a domain may choose from (RFC 3263, section 4.1: what the
 * client does not support is discarded). UDP, TCP and TLS are on at first. A transport that the
 * URI itself names is always used.
 *
 * Since: 0.1
 */
void
ahoy_resolver_set_transport_enabled (AhoyResolver *self,
                                     AhoyTransportProtocol transport,
                                     gboolean enabled)
{
  g_return_if_fail (AHOY_IS_RESOLVER (self));
  g_return_if_fail (transport > AHOY_TRANSPORT_PROTOCOL_UNKNOWN &&
                    transport <= AHOY_TRANSPORT_PROTOCOL_WSS);

  if (enabled)
    self->engine->transports |= 1u << transport;
  else
    self->engine->transports &= ~(1u << transport);
}

/**
 * ahoy_resolver_get_transport_enabled:
 * @self: a resolver
 * @transport: a transport protocol, not unknown
 *
 * Returns: whether a domain may choose @transport
 * Since: 0.1
 */
gboolean
ahoy_resolver_get_transport_enabled (AhoyResolver *self, AhoyTransportProtocol transport)
{
  g_return_val_if_fail (AHOY_IS_RESOLVER (self), FALSE);
  g_return_val_if_fail (transport > AHOY_TRANSPORT_PROTOCOL_UNKNOWN &&
                          transport <= AHOY_TRANSPORT_PROTOCOL_WSS,
                        FALSE);

  return (self->engine->transports & (1u << transport)) != 0;
}

/**
 * ahoy_resolver_try_numeric:
 * @self: a resolver
 * @host: the host of the URI: a name, an IPv4 address, or an IPv6 address with or without
 *   brackets
 * @port: the port of the URI, 0 when it has none
 * @transport: the `transport` parameter of the URI, or %AHOY_TRANSPORT_PROTOCOL_UNKNOWN
 * @secure: whether it is a `sips:` URI
 *
 * Answers at once where no question must be asked: @host is numeric, stands in the hosts file, or
 * all answers are in the cache.
 *
 * Returns: (transfer container) (nullable) (element-type AhoyNextHop): the next hops, best first;
 *   %NULL when [method@Ahoy.Resolver.resolve_async] is needed, be it to hear of an error
 * Since: 0.1
 */
GPtrArray *
ahoy_resolver_try_numeric (AhoyResolver *self,
                           const char *host,
                           guint16 port,
                           AhoyTransportProtocol transport,
                           gboolean secure)
{
  g_auto (AhoyRoutingData) routing = { 0 };

  g_return_val_if_fail (AHOY_IS_RESOLVER (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  if (!ahoy_routing_data_init (&routing, host, port, transport, secure, NULL))
    return NULL;

  return ahoy_resolver_engine_try (self->engine, &routing);
}

/**
 * ahoy_resolver_resolve_async:
 * @self: a resolver
 * @host: the host of the URI: a name, an IPv4 address, or an IPv6 address with or without
 *   brackets
 * @port: the port of the URI, 0 when it has none; with a port neither NAPTR nor SRV are asked
 *   (RFC 3263, section 4.2)
 * @transport: the `transport` parameter of the URI, or %AHOY_TRANSPORT_PROTOCOL_UNKNOWN; with
 *   a transport only its SRV record is asked
 * @secure: whether it is a `sips:` URI, which only TLS and WSS may carry
 * @cancellable: (nullable): to give up early
 * @callback: (scope async): called in the caller's thread-default context when it is done
 * @user_data: for @callback
 *
 * Finds the next hops of a URI (RFC 3263, section 4). Equal lookups at the same time share their
 * questions.
 *
 * Since: 0.1
 */
void
ahoy_resolver_resolve_async (AhoyResolver *self,
                             const char *host,
                             guint16 port,
                             AhoyTransportProtocol transport,
                             gboolean secure,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_auto (AhoyRoutingData) routing = { 0 };
  GError *error = NULL;

  g_return_if_fail (AHOY_IS_RESOLVER (self));
  g_return_if_fail (host != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_resolver_resolve_async);
  g_task_set_name (task, "[ahoy] resolve");

  if (g_task_return_error_if_cancelled (task))
    return;

  if (!ahoy_routing_data_init (&routing, host, port, transport, secure, &error)) {
    g_task_return_error (task, error);
    return;
  }

  ahoy_resolver_engine_resolve (self->engine, &routing, task);
}

/**
 * ahoy_resolver_resolve_finish:
 * @self: a resolver
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Takes the result of [method@Ahoy.Resolver.resolve_async].
 *
 * Fails with %AHOY_ERROR_UNREACHABLE where DNS leads nowhere (the message tells what was asked),
 * %AHOY_ERROR_INVALID_ARGUMENTS for a host that cannot be one or for sips over UDP,
 * %AHOY_ERROR_LIMIT_EXCEEDED when too many callers wait, and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer container) (element-type AhoyNextHop): the next hops, best first; at least one
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
 * @hop: a next hop that did not work: time-out, transport error, or 503 (RFC 3263, section 4.3)
 *
 * Puts @hop at the end of every list for [property@Ahoy.Resolver:failure-time] seconds.
 *
 * Since: 0.1
 */
void
ahoy_resolver_report_failure (AhoyResolver *self, AhoyNextHop *hop)
{
  gint64 now;

  g_return_if_fail (AHOY_IS_RESOLVER (self));
  g_return_if_fail (hop != NULL);

  now = ahoy_resolver_engine_get_time (self->engine);
  ahoy_hop_failures_add (self->engine->failures, hop, now,
                         now + self->failure_time * G_USEC_PER_SEC);
}

/**
 * ahoy_resolver_has_failed:
 * @self: a resolver
 * @hop: a next hop
 *
 * Returns: whether @hop is tried last at the moment because it was reported as failed
 * Since: 0.1
 */
gboolean
ahoy_resolver_has_failed (AhoyResolver *self, AhoyNextHop *hop)
{
  g_return_val_if_fail (AHOY_IS_RESOLVER (self), FALSE);
  g_return_val_if_fail (hop != NULL, FALSE);

  return ahoy_hop_failures_contains (self->engine->failures, hop,
                                     ahoy_resolver_engine_get_time (self->engine));
}

/**
 * ahoy_resolver_flush:
 * @self: a resolver
 *
 * Forgets all answers and reported failures, for instance after a change of network. Lookups
 * under way go on.
 *
 * Since: 0.1
 */
void
ahoy_resolver_flush (AhoyResolver *self)
{
  g_return_if_fail (AHOY_IS_RESOLVER (self));

  ahoy_dns_cache_clear (self->engine->cache);
  ahoy_hop_failures_clear (self->engine->failures);
}

void
ahoy_resolver_set_clock (AhoyResolver *self, AhoyResolverClock clock, gpointer user_data)
{
  self->engine->clock = clock;
  self->engine->clock_data = user_data;
}

void
ahoy_resolver_set_seed (AhoyResolver *self, guint32 seed)
{
  g_rand_set_seed (self->engine->random, seed);
}

guint
ahoy_resolver_get_cache_size (AhoyResolver *self)
{
  return ahoy_dns_cache_get_size (self->engine->cache);
}

guint
ahoy_resolver_get_n_lookups (AhoyResolver *self)
{
  return g_hash_table_size (self->engine->lookups);
}
