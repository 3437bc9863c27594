/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-match-resolver.h"

#include "ahoy-census.h"
#include "ahoy-endpoint-registry-private.h"
#include "ahoy-identify-rules-private.h"

#define MIN_INTERVAL G_USEC_PER_SEC
#define MAX_INTERVAL (G_TIME_SPAN_HOUR)
#define RETRY_INTERVAL (30 * G_USEC_PER_SEC)
#define ANY_PORT 5060 /* with a port, no SRV record is asked (RFC 3263 §4.2) */

struct _AhoyMatchResolver {
  GObject parent_instance;

  AhoyResolver *resolver;
  AhoyScheduler *scheduler;
  AhoyEndpointRegistry *endpoints;
  AhoyIdentifyRules *rules;
  GHashTable *endpoint_hosts; /* name of an endpoint → table of host name → Watch */
  GHashTable *rule_hosts;     /* name of an [identify] → the same */
};

/* A host name of one object; held by the table, and by the question that is under way. */
typedef struct {
  AhoyMatchResolver *self; /* NULL: nobody wants to know any more */
  gboolean of_rule;
  char *owner;
  char *host;
  gboolean srv;
  gboolean failed; /* and it was said */
  GCancellable *cancellable;
  guint64 job;
} Watch;

G_DEFINE_FINAL_TYPE (AhoyMatchResolver, ahoy_match_resolver, G_TYPE_OBJECT)

static void ask (Watch *watch);

static void
watch_clear (Watch *watch)
{
  g_object_unref (watch->cancellable);
  g_free (watch->owner);
  g_free (watch->host);
}

static void
watch_release (Watch *watch)
{
  g_rc_box_release_full (watch, (GDestroyNotify) watch_clear);
}

/* The table lets it go. */
static void
watch_end (gpointer data)
{
  Watch *watch = data;

  if (watch->job != 0) {
    ahoy_scheduler_cancel (watch->self->scheduler, watch->job);
  }
  watch->self = NULL;
  g_cancellable_cancel (watch->cancellable);
  watch_release (watch);
}

static void
set_addresses (Watch *watch, GPtrArray *addresses)
{
  if (watch->of_rule) {
    ahoy_identify_rules_set_host_addresses (watch->self->rules, watch->owner, watch->host,
                                            addresses);
  } else {
    ahoy_endpoint_registry_set_host_addresses (watch->self->endpoints, watch->owner, watch->host,
                                               addresses);
  }
}

static void
on_due (gpointer user_data)
{
  Watch *watch = user_data;

  watch->job = 0;
  ask (watch);
}

static void
ask_again (Watch *watch, gint64 delay)
{
  watch->job = ahoy_scheduler_add (watch->self->scheduler, "match", delay, on_due, watch, NULL);
}

/* What was known of the host before goes on to hold: a name server that is away for a while shall
 * not lock out anybody. */
static void
complain (Watch *watch, const GError *error)
{
  if (!watch->failed) {
    g_warning ("The host “%s” in match of [%s %s] cannot be resolved: %s; what was known of "
               "it holds, and it is tried again every %d s",
               watch->host, watch->of_rule ? "identify" : "endpoint", watch->owner, error->message,
               (int) (RETRY_INTERVAL / G_USEC_PER_SEC));
  }
  watch->failed = TRUE;
  ask_again (watch, RETRY_INTERVAL);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hops =
      ahoy_resolver_resolve_finish (AHOY_RESOLVER (source), result, &error);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 expires = g_get_monotonic_time () + MAX_INTERVAL;

  if (watch->self != NULL && hops == NULL) {
    complain (watch, error);
  } else if (watch->self != NULL) {
    for (guint i = 0; i < hops->len; i++) {
      const AhoyNextHop *hop = hops->pdata[i];

      g_ptr_array_add (addresses,
                       g_inet_address_new_from_string (ahoy_next_hop_get_address (hop)));
      expires = MIN (expires, ahoy_next_hop_get_expires (hop));
    }
    watch->failed = FALSE;
    set_addresses (watch, addresses);
    ask_again (watch, MAX (expires - g_get_monotonic_time (), MIN_INTERVAL));
  }
  watch_release (watch);
}

static void
ask (Watch *watch)
{
  ahoy_resolver_resolve_async (watch->self->resolver, watch->host, watch->srv ? 0 : ANY_PORT,
                               AHOY_TRANSPORT_PROTOCOL_UNKNOWN, FALSE, watch->cancellable,
                               on_resolved, g_rc_box_acquire (watch));
}

/* -- whose hosts there are ------------------------------------------------------------------ */

static gboolean
is_host (const char *text)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (text, NULL);

  return mask == NULL;
}

/* Asks for the hosts that are new, and forgets those that are written no more; the others go on. */
static void
follow (AhoyMatchResolver *self, gboolean of_rule, AhoyConfigObject *object, gboolean srv)
{
  GHashTable *owners = of_rule ? self->rule_hosts : self->endpoint_hosts;
  const char *name = ahoy_config_object_get_name (object);
  const char *const *match = ahoy_config_object_get_list (object, "match");
  GHashTable *had = g_hash_table_lookup (owners, name);
  g_autoptr (GHashTable) has = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, watch_end);

  for (gsize i = 0; match != NULL && match[i] != NULL; i++) {
    Watch *watch = had != NULL ? g_hash_table_lookup (had, match[i]) : NULL;

    if (g_hash_table_contains (has, match[i]) || !is_host (match[i])) {
      continue;
    }
    if (watch != NULL && watch->srv == srv) {
      g_hash_table_steal (had, match[i]);
      g_hash_table_insert (has, watch->host, watch);
      continue;
    }
    watch = g_rc_box_new0 (Watch);
    watch->self = self;
    watch->of_rule = of_rule;
    watch->owner = g_strdup (name);
    watch->host = g_strdup (match[i]);
    watch->srv = srv;
    watch->cancellable = g_cancellable_new ();
    g_hash_table_insert (has, watch->host, watch);
    ask (watch);
  }
  if (g_hash_table_size (has) > 0) {
    g_hash_table_insert (owners, g_strdup (name), g_steal_pointer (&has));
  } else {
    g_hash_table_remove (owners, name);
  }
}

static void
on_endpoint (AhoyEndpointRegistry *endpoints, AhoyEndpoint *endpoint, gpointer user_data)
{
  follow (user_data, FALSE, AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), TRUE);
}

static void
on_endpoint_removed (AhoyEndpointRegistry *endpoints, AhoyEndpoint *endpoint, gpointer user_data)
{
  g_hash_table_remove (AHOY_MATCH_RESOLVER (user_data)->endpoint_hosts,
                       ahoy_endpoint_get_name (endpoint));
}

static void
on_rule_changed (AhoyIdentifyRules *rules, const char *name, gpointer user_data)
{
  AhoyMatchResolver *self = user_data;
  AhoyIdentifyConfig *config = ahoy_identify_rules_lookup (rules, name);

  if (config == NULL) {
    g_hash_table_remove (self->rule_hosts, name);
    return;
  }
  follow (self, TRUE, AHOY_CONFIG_OBJECT (config),
          ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (config), "srv-lookups"));
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_match_resolver_dispose (GObject *object)
{
  AhoyMatchResolver *self = AHOY_MATCH_RESOLVER (object);

  g_hash_table_remove_all (self->endpoint_hosts);
  g_hash_table_remove_all (self->rule_hosts);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->rules);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->resolver);
  G_OBJECT_CLASS (ahoy_match_resolver_parent_class)->dispose (object);
}

static void
ahoy_match_resolver_finalize (GObject *object)
{
  AhoyMatchResolver *self = AHOY_MATCH_RESOLVER (object);

  g_hash_table_unref (self->endpoint_hosts);
  g_hash_table_unref (self->rule_hosts);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_match_resolver_parent_class)->finalize (object);
}

static void
ahoy_match_resolver_class_init (AhoyMatchResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_match_resolver_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_match_resolver_finalize;
}

static void
ahoy_match_resolver_init (AhoyMatchResolver *self)
{
  self->endpoint_hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify) g_hash_table_unref);
  self->rule_hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_hash_table_unref);
  ahoy_census_enter (G_OBJECT (self));
}

/* It follows what comes into @endpoints and @rules from now on. */
AhoyMatchResolver *
ahoy_match_resolver_new (AhoyStack *stack, AhoyEndpointRegistry *endpoints,
                         AhoyIdentifyRules *rules)
{
  AhoyMatchResolver *self = g_object_new (AHOY_TYPE_MATCH_RESOLVER, NULL);

  self->resolver = g_object_ref (ahoy_stack_get_resolver (stack));
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  self->endpoints = g_object_ref (endpoints);
  self->rules = g_object_ref (rules);
  g_signal_connect_object (endpoints, "endpoint-added", G_CALLBACK (on_endpoint), self, 0);
  g_signal_connect_object (endpoints, "endpoint-changed", G_CALLBACK (on_endpoint), self, 0);
  g_signal_connect_object (endpoints, "endpoint-removed", G_CALLBACK (on_endpoint_removed), self,
                           0);
  g_signal_connect_object (rules, "changed", G_CALLBACK (on_rule_changed), self, 0);
  return self;
}
