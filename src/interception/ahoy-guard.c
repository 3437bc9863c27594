/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-guard.h"

#include <netinet/in.h>
#include <string.h>

#include "ahoy-census.h"
#include "ahoy-endpoint-config.h"
#include "ahoy-error.h"
#include "ahoy-interception-private.h"
#include "ahoy-method-policy.h"
#include "ahoy-security-log-private.h"
#include "ahoy-source-table.h"
#include "ahoy-stack-gate-private.h"

#define MAX_LOOSE 16384
#define MAX_KEPT 16384
#define MAX_PENDING 32
#define MAX_AGENT 256
#define DEFAULT_RATE 300
#define DEFAULT_BURST 1500
#define DEFAULT_THRESHOLD 10
#define DEFAULT_PERIOD 60
#define DEFAULT_BAN_TIME 300
#define LONGEST_BAN (24 * 60 * 60 * G_TIME_SPAN_SECOND)
#define TRUST (60 * 60 * G_TIME_SPAN_SECOND)

/**
 * AhoyGuard:
 *
 * Keeps those away who try names and passwords, who flood, and who say themselves that they are a
 * scanner. It stands at the door of the stack: a message of somebody who is banned is dropped
 * without an answer, before anything is made of it, and the connection that brought it is closed.
 *
 * Failures of a source (what #AhoySecurityLog tells of it, and challenges that it does not meet)
 * are counted; #AhoyGuard:ban-threshold of
 * them within #AhoyGuard:ban-period ban it for #AhoyGuard:ban-time, and twice as long each time
 * again, up to a day. A source is an IPv4 address or the /64 of an IPv6 address.
 *
 * Over UDP an address can be forged, and a ban must not be a way to lock somebody out: a source
 * that proved an endpoint within the last hour is not banned for failures, and not limited to
 * #AhoyGuard:rate; nor are those of ahoy_guard_set_exempt().
 *
 * In the chain it is added with the name `guard`, after `authentication`. There it sees who proved
 * to be an endpoint, and holds endpoints to their `allowed-methods`, `disallowed-methods` and
 * `allowed-transports`.
 *
 * Since: 0.1
 */
struct _AhoyGuard {
  GObject parent_instance;

  AhoyInterception *chain; /* no reference, as its stack holds us; NULL when it is gone */
  AhoyScheduler *scheduler;
  AhoySecurityLog *log;
  AhoySourceTable *sources;
  GPtrArray *exempt;      /* GInetAddressMask */
  GPtrArray *user_agents; /* GPatternSpec, of lower case */
  char *last_agent;       /* that was looked at; peers say the same again and again */
  gboolean last_blocked;
  GPtrArray *pending;     /* Pending */
  guint64 pending_job;

  guint rate;
  guint burst;
  guint threshold;
  guint period;
  guint ban_time;

  guint64 dropped;
  guint64 limited;
  guint64 scanners;
  guint64 bans;
};

/* What was seen at the door, where nothing may be called. */
typedef struct {
  AhoySecurityEventType type;
  GSocketAddress *source;
  GVariant *facts;
} Pending;

enum {
  PROP_0,
  PROP_RATE,
  PROP_BURST,
  PROP_BAN_THRESHOLD,
  PROP_BAN_PERIOD,
  PROP_BAN_TIME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void interceptor_iface_init (AhoyInterceptorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyGuard, ahoy_guard, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_object_unref (pending->source);
  g_variant_unref (pending->facts);
  g_free (pending);
}

static gint64
now_of (AhoyGuard *self)
{
  return ahoy_scheduler_get_now (self->scheduler);
}

/* -- who is meant --------------------------------------------------------------------------- */

static gboolean
is_exempt (AhoyGuard *self, const AhoySourceKey *key)
{
  g_autoptr (GInetAddress) address = NULL;

  if (self->exempt->len == 0) {
    return FALSE;
  }
  address = ahoy_source_key_to_address (key);
  for (guint i = 0; i < self->exempt->len; i++) {
    if (g_inet_address_mask_matches (self->exempt->pdata[i], address)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
key_of_source (GSocketAddress *source, AhoySourceKey *key)
{
  return G_IS_INET_SOCKET_ADDRESS (source) &&
         ahoy_source_key_from_address (
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)), key);
}

static gboolean
is_banned (AhoyGuard *self, AhoySource *source, gint64 now)
{
  if (source->banned_until == 0) {
    return FALSE;
  }
  if (source->banned_until > now) {
    return TRUE;
  }
  source->banned_until = 0;
  source->manual = FALSE;
  source->failures = 0;
  if (source->trusted_until <= now) {
    ahoy_source_table_let_go (self->sources, source);
  }
  return FALSE;
}

/* -- bans ----------------------------------------------------------------------------------- */

/* @duration in µs, 0 for ever. */
static void
ban (AhoyGuard *self, AhoySource *source, gint64 duration, gboolean manual, const char *reason)
{
  g_autofree char *name = ahoy_source_key_to_string (&source->key);

  source->banned_until = duration > 0 ? now_of (self) + duration : G_MAXINT64;
  source->manual = manual;
  source->trusted_until = 0;
  source->dropped = 0;
  g_free (source->reason);
  source->reason = g_strdup (reason);
  ahoy_source_table_keep (self->sources, source);
  self->bans++;
  if (duration > 0) {
    g_message ("%s is banned for %d s: %s", name, (int) (duration / G_TIME_SPAN_SECOND), reason);
  } else {
    g_message ("%s is banned: %s", name, reason);
  }
}

static void
ban_for_behaviour (AhoyGuard *self, AhoySource *source, const char *reason)
{
  gint64 duration = (gint64) self->ban_time * G_TIME_SPAN_SECOND;

  for (guint i = 0; i < source->bans && duration < LONGEST_BAN; i++) {
    duration *= 2;
  }
  source->bans++;
  ban (self, source, MIN (duration, LONGEST_BAN), FALSE, reason);
}

/* May it be banned for what it does? */
static gboolean
is_bannable (AhoyGuard *self, const AhoySourceKey *key)
{
  AhoySource *source = ahoy_source_table_find (self->sources, key);
  gint64 now = now_of (self);

  if (self->threshold == 0 || self->ban_time == 0 || is_exempt (self, key)) {
    return FALSE;
  }
  return source == NULL || (source->trusted_until <= now && !is_banned (self, source, now));
}

static void
count_failure (AhoyGuard *self, AhoySecurityEventType type, GSocketAddress *address)
{
  g_autofree char *reason = NULL;
  AhoySourceKey key;
  AhoySource *source;
  gint64 now = now_of (self);

  if (!key_of_source (address, &key) || !is_bannable (self, &key)) {
    return;
  }
  source = ahoy_source_table_add (self->sources, &key);
  if (source->failures == 0 ||
      now - source->failing_since > (gint64) self->period * G_TIME_SPAN_SECOND) {
    source->failures = 0;
    source->failing_since = now;
  }
  source->failures++;
  if (source->failures >= self->threshold) {
    reason = g_strdup_printf ("%u failures within %u s, the last one %s", source->failures,
                              self->period, ahoy_security_event_type_to_string (type));
    ban_for_behaviour (self, source, reason);
  }
}

/* -- the door ------------------------------------------------------------------------------- */

static void
on_pending (gpointer user_data)
{
  g_autoptr (AhoyGuard) self = g_object_ref (AHOY_GUARD (user_data));
  g_autoptr (GPtrArray) list = g_steal_pointer (&self->pending);

  self->pending_job = 0;
  self->pending = g_ptr_array_new_with_free_func (pending_free);
  for (guint i = 0; i < list->len; i++) {
    Pending *pending = list->pdata[i];

    ahoy_security_log_report_source (self->log, pending->type, pending->source, NULL, NULL,
                                     pending->facts);
  }
}

static void
tell_later (AhoyGuard *self, AhoySecurityEventType type, const struct sockaddr *native,
            GVariant *facts)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (facts);
  gsize size = native->sa_family == AF_INET ? sizeof (struct sockaddr_in)
                                            : sizeof (struct sockaddr_in6);
  g_autoptr (GSocketAddress) source =
      g_socket_address_new_from_native ((gpointer) native, size);
  Pending *pending;

  if (source == NULL || self->pending->len >= MAX_PENDING) {
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->type = type;
  pending->source = g_steal_pointer (&source);
  pending->facts = g_steal_pointer (&taken);
  g_ptr_array_add (self->pending, pending);
  if (self->pending_job == 0) {
    self->pending_job = ahoy_scheduler_add (self->scheduler, "guard", 0, on_pending, self, NULL);
  }
}

/* Takes one of what the source may send. */
static gboolean
take_token (AhoyGuard *self, AhoySource *source, gint64 now)
{
  gint64 token = G_TIME_SPAN_SECOND / self->rate;
  gint64 most = token * MAX (self->burst, 1);

  if (source->filled == 0) {
    source->tokens = most;
  } else {
    source->tokens = MIN (source->tokens + CLAMP (now - source->filled, 0, most), most);
  }
  source->filled = MAX (now, 1);
  if (source->tokens < token) {
    return FALSE;
  }
  source->tokens -= token;
  return TRUE;
}

static gboolean
is_within_rate (AhoyGuard *self, const AhoyArrival *arrival, const AhoySourceKey *key,
                AhoySource *source, gint64 now)
{
  if (self->rate == 0 || !arrival->is_request ||
      (source != NULL && source->trusted_until > now) || is_exempt (self, key)) {
    return TRUE;
  }
  source = source != NULL ? source : ahoy_source_table_add (self->sources, key);
  if (take_token (self, source, now)) {
    source->limited = FALSE;
    return TRUE;
  }
  self->limited++;
  if (!source->limited) {
    g_autofree char *reason = g_strdup_printf ("more than %u requests a second", self->rate);

    source->limited = TRUE;
    tell_later (self, AHOY_SECURITY_EVENT_LOAD_AVERAGE, arrival->source,
                ahoy_security_event_make_facts ("reason", reason, NULL));
  }
  return FALSE;
}

static gboolean
matches_blocked (AhoyGuard *self, const char *user_agent)
{
  g_autofree char *valid = g_utf8_make_valid (user_agent, -1);
  g_autofree char *lower = g_utf8_strdown (valid, -1);

  for (guint i = 0; i < self->user_agents->len; i++) {
    if (g_pattern_spec_match_string (self->user_agents->pdata[i], lower)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_blocked_agent (AhoyGuard *self, const char *user_agent)
{
  if (user_agent == NULL || self->user_agents->len == 0) {
    return FALSE;
  }
  if (self->last_agent == NULL || strncmp (self->last_agent, user_agent, MAX_AGENT) != 0) {
    g_free (self->last_agent);
    self->last_agent = g_strndup (user_agent, MAX_AGENT);
    self->last_blocked = matches_blocked (self, self->last_agent);
  }
  return self->last_blocked;
}

/* A scanner is dropped each time, and banned unless its address is trusted. */
static void
turn_away (AhoyGuard *self, const AhoyArrival *arrival, const AhoySourceKey *key)
{
  self->scanners++;
  tell_later (self, AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED, arrival->source,
              ahoy_security_event_make_facts ("reason", "blocked user agent", "user-agent",
                                              arrival->user_agent, NULL));
  if (is_bannable (self, key)) {
    ban_for_behaviour (self, ahoy_source_table_add (self->sources, key), "blocked user agent");
  }
}

static gboolean
admit (const AhoyArrival *arrival, gpointer user_data)
{
  AhoyGuard *self = user_data;
  gint64 now = now_of (self);
  AhoySourceKey key;
  AhoySource *source;

  if (!ahoy_source_key_from_native (arrival->source, &key)) {
    return TRUE;
  }
  source = ahoy_source_table_find (self->sources, &key);
  if (source != NULL && is_banned (self, source, now)) {
    source->dropped++;
    self->dropped++;
    return FALSE;
  }
  if (is_blocked_agent (self, arrival->user_agent) && !is_exempt (self, &key)) {
    turn_away (self, arrival, &key);
    return FALSE;
  }
  return is_within_rate (self, arrival, &key, source, now);
}

/* -- in the chain --------------------------------------------------------------------------- */

static void
trust (AhoyGuard *self, GSocketAddress *address)
{
  AhoySourceKey key;
  AhoySource *source;

  if (!key_of_source (address, &key)) {
    return;
  }
  source = ahoy_source_table_add (self->sources, &key);
  source->trusted_until = now_of (self) + TRUST;
  source->failures = 0;
  ahoy_source_table_keep (self->sources, source);
}

/* Who was challenged, and met it; what passed without a proof, as auth-except lets it, is none. And
 * who failed. */
static void
on_event (AhoySecurityEventType type, GSocketAddress *source, gpointer user_data)
{
  if (type == AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH) {
    trust (user_data, source);
  } else {
    count_failure (user_data, type, source);
  }
}

/* Whether the address alone is the proof: it came from where the endpoint has to come from. */
static gboolean
is_proven_by_address (AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  const char *const *match = ahoy_config_object_get_list (config, "match");

  return ahoy_config_object_get_choice (config, "auth") == AHOY_ENDPOINT_AUTH_NONE &&
         match != NULL && match[0] != NULL &&
         !g_str_has_prefix (ahoy_endpoint_get_name (endpoint), "anonymous");
}

static AhoyInterceptorVerdict
ahoy_guard_incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                             AhoyServerTransaction *transaction)
{
  AhoyGuard *self = AHOY_GUARD (interceptor);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);

  if (transaction == NULL || endpoint == NULL || self->chain == NULL) {
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  if (!ahoy_method_policy_check (self->log, ahoy_interception_get_stack (self->chain), transaction,
                                 endpoint)) {
    return AHOY_INTERCEPTOR_ANSWERED;
  }
  if (is_proven_by_address (endpoint)) {
    g_autoptr (GSocketAddress) source = ahoy_message_get_source (request);

    trust (self, source);
  }
  return AHOY_INTERCEPTOR_CONTINUE;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = ahoy_guard_incoming_request;
}

/* -- the object ----------------------------------------------------------------------------- */

static guint *
find_number (AhoyGuard *self, guint id)
{
  switch (id) {
  case PROP_RATE:
    return &self->rate;
  case PROP_BURST:
    return &self->burst;
  case PROP_BAN_THRESHOLD:
    return &self->threshold;
  case PROP_BAN_PERIOD:
    return &self->period;
  case PROP_BAN_TIME:
    return &self->ban_time;
  default:
    return NULL;
  }
}

static void
ahoy_guard_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  guint *number = find_number (AHOY_GUARD (object), id);

  if (number == NULL) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  g_value_set_uint (value, *number);
}

static void
ahoy_guard_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  guint *number = find_number (AHOY_GUARD (object), id);

  if (number == NULL) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  *number = g_value_get_uint (value);
}

static void
forget_chain (gpointer user_data, GObject *chain)
{
  AHOY_GUARD (user_data)->chain = NULL;
}

static void
ahoy_guard_dispose (GObject *object)
{
  AhoyGuard *self = AHOY_GUARD (object);

  if (self->chain != NULL) {
    ahoy_interception_set_admit (self->chain, NULL, NULL);
    g_object_weak_unref (G_OBJECT (self->chain), forget_chain, self);
    self->chain = NULL;
  }
  if (self->pending_job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->pending_job);
    self->pending_job = 0;
  }
  if (self->log != NULL) {
    ahoy_security_log_set_watch (self->log, 0, NULL, NULL);
  }
  g_clear_object (&self->log);
  g_clear_object (&self->scheduler);
  G_OBJECT_CLASS (ahoy_guard_parent_class)->dispose (object);
}

static void
ahoy_guard_finalize (GObject *object)
{
  AhoyGuard *self = AHOY_GUARD (object);

  ahoy_source_table_free (self->sources);
  g_ptr_array_unref (self->exempt);
  g_ptr_array_unref (self->user_agents);
  g_free (self->last_agent);
  g_ptr_array_unref (self->pending);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_guard_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyGuard:rate:
   *
   * How many requests a second a source may send that did not prove an endpoint; 0 for no limit.
   *
   * Since: 0.1
   */
  props[PROP_RATE] =
      g_param_spec_uint ("rate", NULL, NULL, 0, G_USEC_PER_SEC, DEFAULT_RATE, flags);
  /**
   * AhoyGuard:burst:
   *
   * How many requests it may send at once.
   *
   * Since: 0.1
   */
  props[PROP_BURST] =
      g_param_spec_uint ("burst", NULL, NULL, 1, G_USEC_PER_SEC, DEFAULT_BURST, flags);
  /**
   * AhoyGuard:ban-threshold:
   *
   * With how many failures a source is banned; 0 for never.
   *
   * Since: 0.1
   */
  props[PROP_BAN_THRESHOLD] =
      g_param_spec_uint ("ban-threshold", NULL, NULL, 0, 1000000, DEFAULT_THRESHOLD, flags);
  /**
   * AhoyGuard:ban-period:
   *
   * Within how many seconds they have to come.
   *
   * Since: 0.1
   */
  props[PROP_BAN_PERIOD] =
      g_param_spec_uint ("ban-period", NULL, NULL, 1, 86400, DEFAULT_PERIOD, flags);
  /**
   * AhoyGuard:ban-time:
   *
   * How many seconds the first ban of a source lasts; 0 bans nobody.
   *
   * Since: 0.1
   */
  props[PROP_BAN_TIME] =
      g_param_spec_uint ("ban-time", NULL, NULL, 0, 86400, DEFAULT_BAN_TIME, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_guard_class_init (AhoyGuardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_guard_get_property;
  object_class->set_property = ahoy_guard_set_property;
  object_class->dispose = ahoy_guard_dispose;
  object_class->finalize = ahoy_guard_finalize;
  install_properties (object_class);
}

static void
ahoy_guard_init (AhoyGuard *self)
{
  self->sources = ahoy_source_table_new (MAX_LOOSE, MAX_KEPT);
  self->exempt = g_ptr_array_new_with_free_func (g_object_unref);
  self->user_agents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  self->pending = g_ptr_array_new_with_free_func (pending_free);
  self->rate = DEFAULT_RATE;
  self->burst = DEFAULT_BURST;
  self->threshold = DEFAULT_THRESHOLD;
  self->period = DEFAULT_PERIOD;
  self->ban_time = DEFAULT_BAN_TIME;
  ahoy_census_enter (G_OBJECT (self));
}

/* What makes a source look as if it tried doors. What a phone does that is set up for another
 * server, such as a method that is not there, is no such thing. A challenge counts until somebody
 * meets it: else a ban would tell by its time which accounts there are. */
static const AhoySecurityEventType failures[] = {
  AHOY_SECURITY_EVENT_INVALID_ACCOUNT_ID,        AHOY_SECURITY_EVENT_INVALID_PASSWORD,
  AHOY_SECURITY_EVENT_CHALLENGE_RESPONSE_FAILED, AHOY_SECURITY_EVENT_FAILED_ACL,
  AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT,        AHOY_SECURITY_EVENT_AUTH_METHOD_NOT_ALLOWED,
  AHOY_SECURITY_EVENT_UNEXPECTED_ADDRESS,        AHOY_SECURITY_EVENT_CHALLENGE_SENT,
};

/**
 * ahoy_guard_new:
 * @chain: a chain without a guard; the new object still has to be added to it with the name
 *   `guard`, after `authentication`
 *
 * Puts a guard at the door of the stack of a chain.
 *
 * Returns: (transfer full): a guard that exempts nobody and knows no scanner
 *
 * Since: 0.1
 */
AhoyGuard *
ahoy_guard_new (AhoyInterception *chain)
{
  guint watched = 1u << AHOY_SECURITY_EVENT_SUCCESSFUL_AUTH;
  AhoyGuard *self;

  g_return_val_if_fail (AHOY_IS_INTERCEPTION (chain), NULL);

  self = g_object_new (AHOY_TYPE_GUARD, NULL);
  self->chain = chain;
  g_object_weak_ref (G_OBJECT (chain), forget_chain, self);
  self->scheduler = g_object_ref (ahoy_interception_get_scheduler (chain));
  self->log = g_object_ref (ahoy_interception_get_security_log (chain));
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++) {
    watched |= 1u << failures[i];
  }
  ahoy_security_log_set_watch (self->log, watched, on_event, self);
  ahoy_interception_set_admit (chain, admit, self);
  return self;
}

/**
 * ahoy_guard_set_exempt:
 * @self: a guard
 * @networks: (nullable) (array zero-terminated=1): addresses and networks such as `192.0.2.0/24`
 * @error: return location for an error
 *
 * Says who is never banned for what it does, nor limited: whoever speaks for many, such as a proxy.
 * Takes the place of what was said before.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when something is no
 *   network, and nothing changed
 *
 * Since: 0.1
 */
gboolean
ahoy_guard_set_exempt (AhoyGuard *self, const char *const *networks, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (AHOY_IS_GUARD (self), FALSE);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; networks != NULL && networks[i] != NULL; i++) {
    GInetAddressMask *mask = g_inet_address_mask_new_from_string (networks[i], NULL);

    if (mask == NULL) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                   "“%s” is no network; write an address, or one such as 192.0.2.0/24",
                   networks[i]);
      return FALSE;
    }
    g_ptr_array_add (list, mask);
  }
  g_ptr_array_unref (self->exempt);
  self->exempt = g_steal_pointer (&list);
  return TRUE;
}

/**
 * ahoy_guard_set_blocked_user_agents:
 * @self: a guard
 * @patterns: (nullable) (array zero-terminated=1): what a User-Agent looks like that is turned
 *   away, with `*` and `?`, in any case
 *
 * Messages with such a User-Agent are dropped without an answer, and their source is banned. Takes
 * the place of what was said before.
 *
 * Since: 0.1
 */
void
ahoy_guard_set_blocked_user_agents (AhoyGuard *self, const char *const *patterns)
{
  g_return_if_fail (AHOY_IS_GUARD (self));

  g_clear_pointer (&self->last_agent, g_free);
  g_ptr_array_set_size (self->user_agents, 0);
  for (gsize i = 0; patterns != NULL && patterns[i] != NULL; i++) {
    g_autofree char *lower = g_utf8_strdown (patterns[i], -1);

    g_ptr_array_add (self->user_agents, g_pattern_spec_new (lower));
  }
}

static gboolean
read_address (const char *text, AhoySourceKey *key, GError **error)
{
  g_autofree char *host = g_str_has_suffix (text, "/64")
                              ? g_strndup (text, strlen (text) - 3)
                              : g_strdup (text);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address == NULL || !ahoy_source_key_from_address (address, key) ||
      (host[strlen (host)] != text[strlen (host)] &&
       g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no address; write one such as 192.0.2.1 or 2001:db8::1", text);
    return FALSE;
  }
  return TRUE;
}

/**
 * ahoy_guard_ban:
 * @self: a guard
 * @address: an IPv4 or IPv6 address; of an IPv6 address the whole /64 is meant
 * @seconds: for how long; 0 for ever
 * @reason: (nullable): why
 * @error: return location for an error
 *
 * Bans an address, also one that is exempt or proved to be an endpoint.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_INVALID_ARGUMENTS when it is no address
 *
 * Since: 0.1
 */
gboolean
ahoy_guard_ban (AhoyGuard *self, const char *address, guint seconds, const char *reason,
                GError **error)
{
  AhoySourceKey key;

  g_return_val_if_fail (AHOY_IS_GUARD (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  if (!read_address (address, &key, error)) {
    return FALSE;
  }
  ban (self, ahoy_source_table_add (self->sources, &key), (gint64) seconds * G_TIME_SPAN_SECOND,
       TRUE, reason != NULL ? reason : "asked for");
  return TRUE;
}

/**
 * ahoy_guard_unban:
 * @self: a guard
 * @address: an address, as for ahoy_guard_ban() or as ahoy_guard_list_bans() tells it
 * @error: return location for an error
 *
 * Ends a ban, and forgets what led to it.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when it is not banned, or with
 *   %AHOY_ERROR_INVALID_ARGUMENTS when it is no address
 *
 * Since: 0.1
 */
gboolean
ahoy_guard_unban (AhoyGuard *self, const char *address, GError **error)
{
  AhoySourceKey key;
  AhoySource *source;

  g_return_val_if_fail (AHOY_IS_GUARD (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  if (!read_address (address, &key, error)) {
    return FALSE;
  }
  source = ahoy_source_table_find (self->sources, &key);
  if (source == NULL || !is_banned (self, source, now_of (self))) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "%s is not banned", address);
    return FALSE;
  }
  source->banned_until = 0;
  source->manual = FALSE;
  source->bans = 0;
  source->failures = 0;
  ahoy_source_table_let_go (self->sources, source);
  return TRUE;
}

/**
 * ahoy_guard_is_banned:
 * @self: a guard
 * @address: an address
 *
 * Returns: whether messages from there are dropped
 *
 * Since: 0.1
 */
gboolean
ahoy_guard_is_banned (AhoyGuard *self, GInetAddress *address)
{
  AhoySourceKey key;
  AhoySource *source;

  g_return_val_if_fail (AHOY_IS_GUARD (self), FALSE);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  if (!ahoy_source_key_from_address (address, &key)) {
    return FALSE;
  }
  source = ahoy_source_table_find (self->sources, &key);
  return source != NULL && is_banned (self, source, now_of (self));
}

typedef struct {
  AhoyGuard *guard;
  GVariantBuilder builder;
  guint count;
} Listing;

static void
list_ban (AhoySource *source, gpointer user_data)
{
  Listing *listing = user_data;
  gint64 now = now_of (listing->guard);
  g_autofree char *name = NULL;
  guint64 until = 0;

  if (!is_banned (listing->guard, source, now)) {
    return;
  }
  if (source->banned_until != G_MAXINT64) {
    until = (guint64) ((g_get_real_time () + source->banned_until - now) / G_USEC_PER_SEC);
  }
  name = ahoy_source_key_to_string (&source->key);
  g_variant_builder_add (&listing->builder, "(sts)", name, until, source->reason);
  listing->count++;
}

/**
 * ahoy_guard_list_bans:
 * @self: a guard
 *
 * Who is banned: the address, until when (seconds since 1970, UTC; 0 for ever), and why.
 *
 * Returns: (transfer full): a list of bans (`a(sts)`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_guard_list_bans (AhoyGuard *self)
{
  Listing listing = { .guard = self };

  g_return_val_if_fail (AHOY_IS_GUARD (self), NULL);

  g_variant_builder_init (&listing.builder, G_VARIANT_TYPE ("a(sts)"));
  ahoy_source_table_foreach_kept (self->sources, list_ban, &listing);
  return g_variant_ref_sink (g_variant_builder_end (&listing.builder));
}

static void
count_ban (AhoySource *source, gpointer user_data)
{
  Listing *listing = user_data;

  listing->count += is_banned (listing->guard, source, now_of (listing->guard)) ? 1 : 0;
}

/**
 * ahoy_guard_get_statistics:
 * @self: a guard
 *
 * Counts messages of the banned that were `dropped`, requests that were `limited`, messages of
 * `scanners`, `bans` so far, who is `banned` now, and the `sources` that are remembered.
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_guard_get_statistics (AhoyGuard *self)
{
  Listing listing = { .guard = self };
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_GUARD (self), NULL);

  ahoy_source_table_foreach_kept (self->sources, count_ban, &listing);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "dropped", self->dropped);
  g_variant_builder_add (&builder, "{st}", "limited", self->limited);
  g_variant_builder_add (&builder, "{st}", "scanners", self->scanners);
  g_variant_builder_add (&builder, "{st}", "bans", self->bans);
  g_variant_builder_add (&builder, "{st}", "banned", (guint64) listing.count);
  g_variant_builder_add (&builder, "{st}", "sources",
                         (guint64) ahoy_source_table_get_size (self->sources));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
