/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-identify-rules-private.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-identify-pattern.h"
#include "ahoy-network-table.h"

/* What rules want of one value. */
typedef struct {
  AhoyEndpointIndex *literals; /* value → Rule */
  GTree *patterns;             /* name → Rule: the ones with an expression */
} Values;

/**
 * AhoyIdentifyRules:
 *
 * The objects `[identify]` of the configuration. Identifiers look here for one of which everything
 * holds. What is written as it is, and networks, is found in the same time however many there are;
 * regular expressions are tried one by one, after all else.
 *
 * Since: 0.1
 */
struct _AhoyIdentifyRules {
  GObject parent_instance;

  AhoyEndpointRegistry *endpoints;
  GHashTable *rules;             /* name → Rule */
  AhoyNetworkTable *networks;    /* → Rule */
  GHashTable *headers;           /* header in small letters → Values */
  Values *uris;
  AhoyEndpointIndex *transports; /* name → Rule */
};

typedef struct {
  AhoyIdentifyConfig *config;
  char *name;
  char *endpoint;
  gboolean has_match;
  GArray *networks;  /* AhoyNetwork */
  GHashTable *hosts; /* host name → addresses that it has (GPtrArray) */
  char *header;      /* in small letters */
  AhoyIdentifyPattern *value;
  AhoyIdentifyPattern *uri;
  char *uri_key; /* of a literal */
  char *transport;
} Rule;

/* A request, and who asks about it. */
typedef struct {
  AhoyIdentifyRules *rules;
  AhoyMessage *request;
  AhoyIdentifyMeans means;
  AhoyEndpoint *endpoint; /* the answer */
} Question;

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyIdentifyRules, ahoy_identify_rules, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyIdentifyMeans, ahoy_identify_means,
                    G_DEFINE_ENUM_VALUE (AHOY_IDENTIFY_MEANS_IP, "ip"),
                    G_DEFINE_ENUM_VALUE (AHOY_IDENTIFY_MEANS_HEADER, "header"),
                    G_DEFINE_ENUM_VALUE (AHOY_IDENTIFY_MEANS_REQUEST_URI, "request-uri"),
                    G_DEFINE_ENUM_VALUE (AHOY_IDENTIFY_MEANS_TRANSPORT, "transport"))

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_clear_pointer (&rule->networks, g_array_unref);
  g_clear_pointer (&rule->hosts, g_hash_table_unref);
  g_clear_pointer (&rule->value, ahoy_identify_pattern_free);
  g_clear_pointer (&rule->uri, ahoy_identify_pattern_free);
  g_free (rule->header);
  g_free (rule->uri_key);
  g_free (rule->transport);
  g_free (rule->endpoint);
  g_free (rule->name);
  g_object_unref (rule->config);
  g_free (rule);
}

static Rule *
rule_new (AhoyIdentifyConfig *config)
{
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (config);
  const char *const *match = ahoy_config_object_get_list (object, "match");
  const char *header = ahoy_config_object_get_string (object, "header");
  const char *uri = ahoy_config_object_get_string (object, "request-uri");
  Rule *rule = g_new0 (Rule, 1);
  const char *value;

  rule->config = g_object_ref (config);
  rule->name = g_strdup (ahoy_config_object_get_name (object));
  rule->endpoint = g_strdup (ahoy_config_object_get_string (object, "endpoint"));
  rule->transport = g_strdup (ahoy_config_object_get_string (object, "transport"));
  rule->has_match = match != NULL && match[0] != NULL;
  rule->networks = g_array_new (FALSE, FALSE, sizeof (AhoyNetwork));
  rule->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  if (header != NULL && ahoy_identify_split_header (header, &rule->header, &value)) {
    rule->value = ahoy_identify_pattern_parse (value, NULL);
  }
  if (uri != NULL) {
    rule->uri = ahoy_identify_pattern_parse (uri, NULL);
    rule->uri_key = rule->uri != NULL && ahoy_identify_pattern_get_literal (rule->uri) != NULL
                        ? ahoy_identify_make_uri_key (uri)
                        : NULL;
  }
  return rule;
}

/* -- tables --------------------------------------------------------------------------------- */

static void
values_free (gpointer data)
{
  Values *values = data;

  ahoy_endpoint_index_free (values->literals);
  g_tree_unref (values->patterns);
  g_free (values);
}

static Values *
values_new (void)
{
  Values *values = g_new0 (Values, 1);

  values->literals = ahoy_endpoint_index_new (g_str_hash, g_str_equal, g_free);
  values->patterns = g_tree_new ((GCompareFunc) strcmp);
  return values;
}

/* NULL for @literal: the rule has an expression. */
static void
enter_values (Values *values, const char *literal, Rule *rule)
{
  if (literal != NULL) {
    ahoy_endpoint_index_add (values->literals, g_strdup (literal), rule->name, rule);
  } else {
    g_tree_insert (values->patterns, rule->name, rule);
  }
}

static void
leave_values (Values *values, const char *literal, Rule *rule)
{
  if (literal != NULL) {
    ahoy_endpoint_index_remove (values->literals, literal, rule->name);
  } else {
    g_tree_remove (values->patterns, rule->name);
  }
}

static void
enter_header (AhoyIdentifyRules *self, Rule *rule)
{
  Values *values = g_hash_table_lookup (self->headers, rule->header);

  if (values == NULL) {
    values = values_new ();
    g_hash_table_insert (self->headers, g_strdup (rule->header), values);
  }
  enter_values (values, ahoy_identify_pattern_get_literal (rule->value), rule);
}

static void
leave_header (AhoyIdentifyRules *self, Rule *rule)
{
  Values *values = g_hash_table_lookup (self->headers, rule->header);

  leave_values (values, ahoy_identify_pattern_get_literal (rule->value), rule);
  if (ahoy_endpoint_index_get_size (values->literals) == 0 &&
      g_tree_nnodes (values->patterns) == 0) {
    g_hash_table_remove (self->headers, rule->header);
  }
}

static void
add_network (AhoyIdentifyRules *self, Rule *rule, const AhoyNetwork *network)
{
  if (ahoy_network_table_add (self->networks, network, rule->name, rule)) {
    g_array_append_vals (rule->networks, network, 1);
  }
}

static void
enter_networks (AhoyIdentifyRules *self, Rule *rule)
{
  const char *const *match =
      ahoy_config_object_get_list (AHOY_CONFIG_OBJECT (rule->config), "match");

  for (gsize i = 0; match != NULL && match[i] != NULL; i++) {
    GPtrArray *addresses = g_hash_table_lookup (rule->hosts, match[i]);
    AhoyNetwork network;

    if (ahoy_network_parse (&network, match[i])) {
      add_network (self, rule, &network);
    }
    for (guint k = 0; addresses != NULL && k < addresses->len; k++) {
      ahoy_network_from_address (&network, addresses->pdata[k]);
      add_network (self, rule, &network);
    }
  }
}

static void
leave_networks (AhoyIdentifyRules *self, Rule *rule)
{
  for (guint i = 0; i < rule->networks->len; i++) {
    ahoy_network_table_remove (self->networks, &g_array_index (rule->networks, AhoyNetwork, i),
                               rule->name);
  }
  g_array_set_size (rule->networks, 0);
}

static void
enter_tables (AhoyIdentifyRules *self, Rule *rule)
{
  enter_networks (self, rule);
  if (rule->value != NULL) {
    enter_header (self, rule);
  }
  if (rule->uri != NULL) {
    enter_values (self->uris, rule->uri_key, rule);
  }
  if (rule->transport != NULL) {
    ahoy_endpoint_index_add (self->transports, g_strdup (rule->transport), rule->name, rule);
  }
}

static void
leave_tables (AhoyIdentifyRules *self, Rule *rule)
{
  leave_networks (self, rule);
  if (rule->value != NULL) {
    leave_header (self, rule);
  }
  if (rule->uri != NULL) {
    leave_values (self->uris, rule->uri_key, rule);
  }
  if (rule->transport != NULL) {
    ahoy_endpoint_index_remove (self->transports, rule->transport, rule->name);
  }
}

/* -- does it hold? -------------------------------------------------------------------------- */

static GInetAddress *
peek_address (GSocketAddress *source)
{
  return G_IS_INET_SOCKET_ADDRESS (source)
             ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source))
             : NULL;
}

static gboolean
comes_from (Rule *rule, AhoyMessage *request)
{
  g_autoptr (GSocketAddress) source = ahoy_message_get_source (request);
  GInetAddress *address = peek_address (source);
  AhoyNetwork host;

  if (address == NULL) {
    return FALSE;
  }
  ahoy_network_from_address (&host, address);
  for (guint i = 0; i < rule->networks->len; i++) {
    if (ahoy_network_contains (&g_array_index (rule->networks, AhoyNetwork, i), &host)) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
has_header (Rule *rule, AhoyMessage *request)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, rule->header);

  for (gsize i = 0; values != NULL && values[i] != NULL; i++) {
    if (ahoy_identify_pattern_matches (rule->value, g_strstrip (values[i]))) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_for (Rule *rule, AhoyMessage *request)
{
  g_autofree char *uri = ahoy_message_dup_request_uri (request);
  g_autofree char *key = NULL;

  if (uri == NULL || rule->uri_key == NULL) {
    return uri != NULL && ahoy_identify_pattern_matches (rule->uri, uri);
  }
  key = ahoy_identify_make_uri_key (uri);
  return g_strcmp0 (key, rule->uri_key) == 0;
}

static gboolean
holds (Rule *rule, Question *question)
{
  AhoyMessage *request = question->request;

  return (rule->transport == NULL ||
          g_strcmp0 (ahoy_message_get_transport_name (request), rule->transport) == 0) &&
         (question->means == AHOY_IDENTIFY_MEANS_IP || !rule->has_match ||
          comes_from (rule, request)) &&
         (rule->value == NULL || has_header (rule, request)) &&
         (rule->uri == NULL || is_for (rule, request));
}

/* The name of the identifier that goes by it. */
static const char *
name_of (AhoyIdentifyMeans means)
{
  static const char *const names[] = { "ip", "header", "request-uri", "transport" };

  return names[means];
}

/* Whether a rule, which was found by what the question goes by, answers it. */
static gboolean
answer (gpointer owner, gpointer user_data)
{
  Rule *rule = owner;
  Question *question = user_data;
  AhoyEndpoint *endpoint =
      ahoy_endpoint_registry_lookup (question->rules->endpoints, rule->endpoint);

  if (endpoint == NULL || !ahoy_endpoint_is_identified_by (endpoint, name_of (question->means)) ||
      !holds (rule, question)) {
    return FALSE;
  }
  question->endpoint = endpoint;
  return TRUE;
}

static gboolean
try_pattern (gpointer name, gpointer rule, gpointer user_data)
{
  return answer (rule, user_data);
}

static gboolean
ask_values (Values *values, const char *literal, Question *question)
{
  return literal != NULL &&
         ahoy_endpoint_index_walk (values->literals, literal, answer, question) != NULL;
}

static void
ask_headers (AhoyIdentifyRules *self, Question *question)
{
  GHashTableIter iter;
  gpointer name;
  gpointer values;

  g_hash_table_iter_init (&iter, self->headers);
  while (question->endpoint == NULL && g_hash_table_iter_next (&iter, &name, &values)) {
    g_auto (GStrv) texts = ahoy_message_get_headers (question->request, name);

    for (gsize i = 0; texts != NULL && texts[i] != NULL; i++) {
      if (ask_values (values, g_strstrip (texts[i]), question)) {
        return;
      }
    }
    if (texts != NULL && texts[0] != NULL) {
      g_tree_foreach (((Values *) values)->patterns, try_pattern, question);
    }
  }
}

static void
ask_uris (AhoyIdentifyRules *self, Question *question)
{
  g_autofree char *uri = ahoy_message_dup_request_uri (question->request);
  g_autofree char *key = uri != NULL ? ahoy_identify_make_uri_key (uri) : NULL;

  if (uri != NULL && !ask_values (self->uris, key, question)) {
    g_tree_foreach (self->uris->patterns, try_pattern, question);
  }
}

/* @length gets that of the prefix of the network that counts, as if all were IPv6. */
AhoyEndpoint *
ahoy_identify_rules_find_by_address (AhoyIdentifyRules *self, GInetAddress *address,
                                     AhoyMessage *request, guint *length)
{
  Question question = { self, request, AHOY_IDENTIFY_MEANS_IP, NULL };

  ahoy_network_table_find (self->networks, address, answer, &question, length);
  return question.endpoint;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_identify_rules_finalize (GObject *object)
{
  AhoyIdentifyRules *self = AHOY_IDENTIFY_RULES (object);

  ahoy_network_table_free (self->networks);
  ahoy_endpoint_index_free (self->transports);
  g_hash_table_unref (self->headers);
  values_free (self->uris);
  g_hash_table_unref (self->rules);
  g_clear_object (&self->endpoints);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_identify_rules_parent_class)->finalize (object);
}

static void
ahoy_identify_rules_class_init (AhoyIdentifyRulesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_identify_rules_finalize;

  /**
   * AhoyIdentifyRules::changed:
   * @self: rules
   * @name: the name of an object `[identify]`
   *
   * The object is new, changed, or gone.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ahoy_identify_rules_init (AhoyIdentifyRules *self)
{
  self->rules = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, rule_free);
  self->networks = ahoy_network_table_new ();
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, values_free);
  self->uris = values_new ();
  self->transports = ahoy_endpoint_index_new (g_str_hash, g_str_equal, g_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_identify_rules_new:
 * @endpoints: the endpoints that rules name
 *
 * Returns: (transfer full): no rules yet
 *
 * Since: 0.1
 */
AhoyIdentifyRules *
ahoy_identify_rules_new (AhoyEndpointRegistry *endpoints)
{
  AhoyIdentifyRules *self;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_IDENTIFY_RULES, NULL);
  self->endpoints = g_object_ref (endpoints);
  return self;
}

/**
 * ahoy_identify_rules_set:
 * @self: rules
 * @config: an object `[identify]`
 *
 * Adds a rule, or takes it instead of the one of its name. The endpoint that it names may come
 * later.
 *
 * Since: 0.1
 */
void
ahoy_identify_rules_set (AhoyIdentifyRules *self, AhoyIdentifyConfig *config)
{
  Rule *rule;
  Rule *old;

  g_return_if_fail (AHOY_IS_IDENTIFY_RULES (self));
  g_return_if_fail (AHOY_IS_IDENTIFY_CONFIG (config));
  g_return_if_fail (ahoy_config_object_validate (AHOY_CONFIG_OBJECT (config), NULL));

  rule = rule_new (config);
  old = g_hash_table_lookup (self->rules, rule->name);
  if (old != NULL) {
    leave_tables (self, old);
    g_clear_pointer (&rule->hosts, g_hash_table_unref);
    rule->hosts = g_steal_pointer (&old->hosts); /* what they stand for did not change */
    g_hash_table_remove (self->rules, rule->name);
  }
  g_hash_table_insert (self->rules, rule->name, rule);
  enter_tables (self, rule);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, rule->name);
}

/**
 * ahoy_identify_rules_remove:
 * @self: rules
 * @name: the name of an object `[identify]`
 *
 * Removes a rule.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_identify_rules_remove (AhoyIdentifyRules *self, const char *name)
{
  Rule *rule;

  g_return_val_if_fail (AHOY_IS_IDENTIFY_RULES (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  rule = g_hash_table_lookup (self->rules, name);
  if (rule == NULL) {
    return FALSE;
  }
  leave_tables (self, rule);
  g_hash_table_steal (self->rules, name);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, rule->name);
  rule_free (rule);
  return TRUE;
}

/**
 * ahoy_identify_rules_lookup:
 * @self: rules
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the object `[identify]` of that name
 *
 * Since: 0.1
 */
AhoyIdentifyConfig *
ahoy_identify_rules_lookup (AhoyIdentifyRules *self, const char *name)
{
  const Rule *rule;

  g_return_val_if_fail (AHOY_IS_IDENTIFY_RULES (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  rule = g_hash_table_lookup (self->rules, name);
  return rule != NULL ? rule->config : NULL;
}

static int
compare_names (gconstpointer one, gconstpointer other)
{
  return g_strcmp0 (ahoy_config_object_get_name (*(AhoyConfigObject **) one),
                    ahoy_config_object_get_name (*(AhoyConfigObject **) other));
}

/**
 * ahoy_identify_rules_list:
 * @self: rules
 *
 * Returns: (transfer container) (element-type AhoyIdentifyConfig): the objects in the order of
 *   their names
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_identify_rules_list (AhoyIdentifyRules *self)
{
  GPtrArray *list;
  GHashTableIter iter;
  gpointer rule;

  g_return_val_if_fail (AHOY_IS_IDENTIFY_RULES (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_iter_init (&iter, self->rules);
  while (g_hash_table_iter_next (&iter, NULL, &rule)) {
    g_ptr_array_add (list, g_object_ref (((Rule *) rule)->config));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

/**
 * ahoy_identify_rules_find:
 * @self: rules
 * @means: by what is looked for a rule
 * @request: a received request
 *
 * Looks for a rule that says something of @means and of which everything holds. Where several
 * networks hold the address of the source, the narrowest counts first; what is written as it is
 * comes before regular expressions; among equals the first by name counts.
 *
 * Returns: (transfer none) (nullable): its endpoint, whose key `identify` allows @means
 *
 * Since: 0.1
 */
AhoyEndpoint *
ahoy_identify_rules_find (AhoyIdentifyRules *self, AhoyIdentifyMeans means, AhoyMessage *request)
{
  Question question = { self, request, means, NULL };
  g_autoptr (GSocketAddress) source = NULL;
  const char *transport;

  g_return_val_if_fail (AHOY_IS_IDENTIFY_RULES (self), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), NULL);

  switch (means) {
  case AHOY_IDENTIFY_MEANS_IP:
    source = ahoy_message_get_source (request);
    return peek_address (source) != NULL
               ? ahoy_identify_rules_find_by_address (self, peek_address (source), request, NULL)
               : NULL;
  case AHOY_IDENTIFY_MEANS_HEADER:
    ask_headers (self, &question);
    break;
  case AHOY_IDENTIFY_MEANS_REQUEST_URI:
    ask_uris (self, &question);
    break;
  case AHOY_IDENTIFY_MEANS_TRANSPORT:
    transport = ahoy_message_get_transport_name (request);
    if (transport != NULL) {
      ahoy_endpoint_index_walk (self->transports, transport, answer, &question);
    }
    break;
  default:
    break;
  }
  return question.endpoint;
}

/* The addresses that a host name in the key `match` of the rule @name stands for at present; NULL
 * for none. */
void
ahoy_identify_rules_set_host_addresses (AhoyIdentifyRules *self, const char *name,
                                        const char *host, GPtrArray *addresses)
{
  Rule *rule = g_hash_table_lookup (self->rules, name);

  if (rule == NULL) {
    return;
  }
  leave_networks (self, rule);
  if (addresses != NULL) {
    g_hash_table_insert (rule->hosts, g_strdup (host), g_ptr_array_ref (addresses));
  } else {
    g_hash_table_remove (rule->hosts, host);
  }
  enter_networks (self, rule);
}
