/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-resolver-walk.h"

#include <string.h>

/*
 * RFC 3263, section 4, as a plain function over what is known. It walks from the URI to the
 * addresses; where a record set is missing it notes so and goes on with the next branch. The
 * resolver asks for what was missing, all at once, and lets it walk again. So there is no state
 * between the steps, the walk is bounded by its own counters, and cached names need no step.
 */

typedef enum {
  SERVICE_NONE,    /* no SRV records, or not known yet */
  SERVICE_FOUND,
  SERVICE_REFUSED, /* target ".": RFC 2782 */
} ServiceResult;

typedef struct {
  const char *service;
  const char *prefix;
  AhoyTransportProtocol transport;
} ServiceName;

/* In the order of preference where the domain has none (no NAPTR). */
static const ServiceName service_names[] = {
  { "SIP+D2U", "_sip._udp.", AHOY_TRANSPORT_PROTOCOL_UDP },
  { "SIP+D2T", "_sip._tcp.", AHOY_TRANSPORT_PROTOCOL_TCP },
  { "SIPS+D2T", "_sips._tcp.", AHOY_TRANSPORT_PROTOCOL_TLS },
  { "SIP+D2W", "_sip._ws.", AHOY_TRANSPORT_PROTOCOL_WS },
  { "SIPS+D2W", "_sips._ws.", AHOY_TRANSPORT_PROTOCOL_WSS },
};

static gboolean
is_usable (AhoyDnsWalk *self, AhoyTransportProtocol transport)
{
  if (self->routing->secure && !ahoy_transport_protocol_is_secure (transport))
    return FALSE;

  return (self->transports & (1u << transport)) != 0;
}

static void
note_asked (AhoyDnsWalk *self, const char *name, AhoyDnsType type, AhoyDnsRecordSet *set)
{
  const char *result;

  if (self->asked == NULL || self->asked->len > 1024)
    return;

  if (set == NULL)
    result = "no answer came in time";
  else if (set->status == AHOY_DNS_STATUS_FAILED)
    result = set->detail;
  else if (set->status == AHOY_DNS_STATUS_NO_NAME)
    result = "no such name";
  else if (set->records->len == 0)
    result = set->alias != NULL ? "an alias" : "no record";
  else
    result = "found";

  g_string_append_printf (self->asked, "%s%s %s: %s", self->asked->len > 0 ? "; " : "",
                          ahoy_dns_type_to_string (type), name, result);
}

/* Follows aliases. %NULL when it is not known, or when the walk has asked for enough. */
static AhoyDnsRecordSet *
fetch (AhoyDnsWalk *self, const char *name, AhoyDnsType type, gint64 *expires)
{
  for (guint i = 0; i <= AHOY_DNS_MAX_ALIASES; i++) {
    AhoyDnsRecordSet *set;

    if (self->n_fetched >= AHOY_DNS_MAX_FETCHES)
      return NULL;

    self->n_fetched++;
    set = self->fetch (self->fetch_data, name, type);
    note_asked (self, name, type, set);
    if (set == NULL) {
      self->missing = TRUE;
      return NULL;
    }

    *expires = MIN (*expires, set->expires);
    if (set->alias == NULL)
      return set;
    name = set->alias;
  }

  return NULL;
}

static void
add_hop (AhoyDnsWalk *self,
         AhoyTransportProtocol transport,
         const char *address,
         guint16 port,
         gint64 expires)
{
  g_autoptr (AhoyNextHop) hop = NULL;

  if (self->hops->len >= AHOY_DNS_MAX_HOPS)
    return;

  hop = ahoy_next_hop_new (transport, address, port, self->routing->host, expires);
  if (hop == NULL)
    return;

  for (guint i = 0; i < self->hops->len; i++) {
    if (ahoy_next_hop_equal (g_ptr_array_index (self->hops, i), hop))
      return;
  }

  g_ptr_array_add (self->hops, g_steal_pointer (&hop));
}

static void
add_addresses (AhoyDnsWalk *self,
               GPtrArray *v4,
               GPtrArray *v6,
               AhoyTransportProtocol transport,
               guint16 port,
               gint64 expires)
{
  GPtrArray *first = self->families == AHOY_FAMILY_PREFERENCE_IPV4 ? v4 : v6;
  GPtrArray *second = first == v4 ? v6 : v4;
  gboolean interleave = self->families == AHOY_FAMILY_PREFERENCE_ANY;
  guint n = interleave ? MAX (first->len, second->len) : first->len;

  for (guint i = 0; i < n; i++) {
    if (i < first->len)
      add_hop (self, transport, g_ptr_array_index (first, i), port, expires);
    if (interleave && i < second->len)
      add_hop (self, transport, g_ptr_array_index (second, i), port, expires);
  }

  for (guint i = 0; !interleave && i < second->len; i++)
    add_hop (self, transport, g_ptr_array_index (second, i), port, expires);
}

static GPtrArray *
record_names (AhoyDnsRecordSet *set)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; set != NULL && i < set->records->len; i++) {
    const AhoyDnsRecord *record = g_ptr_array_index (set->records, i);

    g_ptr_array_add (names, record->name);
  }

  return names;
}

/* RFC 6761, section 6.3: localhost never leaves the machine, whatever DNS says. */
static gboolean
is_localhost (const char *name)
{
  return g_str_equal (name, "localhost") || g_str_has_suffix (name, ".localhost");
}

static gboolean
add_local_host (AhoyDnsWalk *self,
                const char *name,
                AhoyTransportProtocol transport,
                guint16 port)
{
  GPtrArray *addresses = self->hosts != NULL ? ahoy_hosts_file_lookup (self->hosts, name) : NULL;
  g_autoptr (GPtrArray) v4 = g_ptr_array_new ();
  g_autoptr (GPtrArray) v6 = g_ptr_array_new ();

  for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
    char *address = g_ptr_array_index (addresses, i);

    g_ptr_array_add (strchr (address, ':') != NULL ? v6 : v4, address);
  }

  if (addresses == NULL && is_localhost (name)) {
    g_ptr_array_add (v4, (char *) "127.0.0.1");
    g_ptr_array_add (v6, (char *) "::1");
  }

  add_addresses (self, v4, v6, transport, port, G_MAXINT64);

  return v4->len + v6->len > 0;
}

static void
walk_host (AhoyDnsWalk *self,
           const char *name,
           AhoyTransportProtocol transport,
           guint16 port,
           gint64 expires)
{
  g_autoptr (GPtrArray) v4 = NULL;
  g_autoptr (GPtrArray) v6 = NULL;

  if (self->hops->len >= AHOY_DNS_MAX_HOPS)
    return;

  if (g_hostname_is_ip_address (name)) {
    add_hop (self, transport, name, port, expires);
    return;
  }

  if (add_local_host (self, name, transport, port))
    return;

  v4 = record_names (fetch (self, name, AHOY_DNS_TYPE_A, &expires));
  v6 = record_names (fetch (self, name, AHOY_DNS_TYPE_AAAA, &expires));
  add_addresses (self, v4, v6, transport, port, expires);
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const AhoyDnsRecord *left = *(AhoyDnsRecord *const *) a;
  const AhoyDnsRecord *right = *(AhoyDnsRecord *const *) b;

  return (int) left->order - (int) right->order;
}

static int
compare_preferences (gconstpointer a, gconstpointer b)
{
  const AhoyDnsRecord *left = *(AhoyDnsRecord *const *) a;
  const AhoyDnsRecord *right = *(AhoyDnsRecord *const *) b;
  int order = compare_records (a, b);

  return order != 0 ? order : (int) left->weight - (int) right->weight;
}

/* RFC 2782: those of weight 0 first, then by a random point on the running sum. */
static void
draw_by_weight (GPtrArray *group, GPtrArray *ordered, GRand *random)
{
  guint sum = 0;

  /* Equal records must not always come in the server's order. */
  for (guint i = group->len; i > 1; i--) {
    guint other = (guint) g_rand_int_range (random, 0, (gint32) i);
    gpointer swapped = g_ptr_array_index (group, i - 1);

    g_ptr_array_index (group, i - 1) = g_ptr_array_index (group, other);
    g_ptr_array_index (group, other) = swapped;
  }

  for (guint i = 0, zeros = 0; i < group->len; i++) {
    const AhoyDnsRecord *record = g_ptr_array_index (group, i);
    gpointer swapped = g_ptr_array_index (group, zeros);

    sum += record->weight;
    if (record->weight != 0)
      continue;
    g_ptr_array_index (group, zeros++) = g_ptr_array_index (group, i);
    g_ptr_array_index (group, i) = swapped;
  }

  while (group->len > 0) {
    guint point = (guint) g_rand_int_range (random, 0, (gint32) sum + 1);
    guint running = 0;

    for (guint i = 0; i < group->len; i++) {
      AhoyDnsRecord *record = g_ptr_array_index (group, i);

      running += record->weight;
      if (running < point)
        continue;

      g_ptr_array_add (ordered, record);
      sum -= record->weight;
      g_ptr_array_remove_index (group, i);
      break;
    }
  }
}

/* The records (borrowed) in the order in which they are to be tried this time. */
GPtrArray *
ahoy_dns_order_services (GPtrArray *records, GRand *random)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (GPtrArray) group = g_ptr_array_new ();
  GPtrArray *ordered = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (records, i));
  g_ptr_array_sort (sorted, compare_records);

  for (guint i = 0; i < sorted->len; i++) {
    AhoyDnsRecord *record = g_ptr_array_index (sorted, i);
    AhoyDnsRecord *next = i + 1 < sorted->len ? g_ptr_array_index (sorted, i + 1) : NULL;

    g_ptr_array_add (group, record);
    if (next == NULL || next->order != record->order)
      draw_by_weight (group, ordered, random);
  }

  return ordered;
}

static ServiceResult
walk_service (AhoyDnsWalk *self, const char *name, AhoyTransportProtocol transport, gint64 expires)
{
  AhoyDnsRecordSet *set = fetch (self, name, AHOY_DNS_TYPE_SRV, &expires);
  g_autoptr (GPtrArray) ordered = NULL;

  if (set == NULL || set->records->len == 0)
    return SERVICE_NONE;

  if (set->records->len == 1) {
    const AhoyDnsRecord *only = g_ptr_array_index (set->records, 0);

    if (g_str_equal (only->name, ".")) {
      self->refused = TRUE;
      return SERVICE_REFUSED;
    }
  }

  ordered = ahoy_dns_order_services (set->records, self->random);
  for (guint i = 0; i < ordered->len && self->n_services < AHOY_DNS_MAX_SRV; i++) {
    const AhoyDnsRecord *record = g_ptr_array_index (ordered, i);

    if (g_str_equal (record->name, "."))
      continue;

    self->n_services++;
    walk_host (self, record->name, transport, record->port, expires);
  }

  return SERVICE_FOUND;
}

static ServiceResult
walk_own_service (AhoyDnsWalk *self, const ServiceName *service)
{
  g_autofree char *name = g_strconcat (service->prefix, self->routing->host, NULL);

  if (strlen (name) > AHOY_DNS_MAX_NAME)
    return SERVICE_NONE;

  return walk_service (self, name, service->transport, G_MAXINT64);
}

/* RFC 3263, section 4.1. %TRUE when the domain has spoken and no more is to be tried. */
static gboolean
walk_naptr (AhoyDnsWalk *self)
{
  gint64 expires = G_MAXINT64;
  AhoyDnsRecordSet *set = fetch (self, self->routing->host, AHOY_DNS_TYPE_NAPTR, &expires);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  if (set == NULL)
    return self->missing;

  for (guint i = 0; i < set->records->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (set->records, i));
  g_ptr_array_sort (sorted, compare_preferences);

  for (guint i = 0; i < sorted->len; i++) {
    const AhoyDnsRecord *record = g_ptr_array_index (sorted, i);

    for (guint j = 0; j < G_N_ELEMENTS (service_names); j++) {
      const ServiceName *service = &service_names[j];

      if (g_str_equal (record->service, service->service) && is_usable (self, service->transport))
        walk_service (self, record->name, service->transport, expires);
    }
  }

  return self->missing || self->refused || self->hops->len > 0;
}

static AhoyTransportProtocol
default_transport (AhoyDnsWalk *self)
{
  AhoyTransportProtocol usual =
    self->routing->secure ? AHOY_TRANSPORT_PROTOCOL_TLS : AHOY_TRANSPORT_PROTOCOL_UDP;

  if (self->routing->transport != AHOY_TRANSPORT_PROTOCOL_UNKNOWN)
    return self->routing->transport;
  if (is_usable (self, usual))
    return usual;

  for (guint i = 0; i < G_N_ELEMENTS (service_names); i++) {
    if (is_usable (self, service_names[i].transport))
      return service_names[i].transport;
  }

  return usual;
}

/* Neither port nor transport are given, and NAPTR did not help: ask for all we can speak. */
static void
walk_all_services (AhoyDnsWalk *self)
{
  AhoyTransportProtocol asked = self->routing->transport;
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (service_names); i++) {
    const ServiceName *service = &service_names[i];

    if (asked == AHOY_TRANSPORT_PROTOCOL_UNKNOWN ? is_usable (self, service->transport)
                                                 : service->transport == asked)
      found |= walk_own_service (self, service) == SERVICE_FOUND;
  }

  if (!found && !self->missing && !self->refused) {
    AhoyTransportProtocol transport = default_transport (self);

    walk_host (self, self->routing->host, transport,
               ahoy_transport_protocol_default_port (transport), G_MAXINT64);
  }
}

/* A name without a dot has no zone where NAPTR and SRV could stand, so hosts(5) ends it. */
static gboolean
walk_local_host (AhoyDnsWalk *self, AhoyTransportProtocol transport)
{
  const char *host = self->routing->host;

  if (strchr (host, '.') != NULL && !is_localhost (host))
    return FALSE;

  return add_local_host (self, host, transport, ahoy_transport_protocol_default_port (transport));
}

void
ahoy_dns_walk_run (AhoyDnsWalk *self, const AhoyRoutingData *routing)
{
  AhoyTransportProtocol transport;

  self->routing = routing;
  self->n_fetched = 0;
  self->n_services = 0;
  self->missing = FALSE;
  self->refused = FALSE;
  g_clear_pointer (&self->hops, g_ptr_array_unref);
  self->hops = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_next_hop_unref);

  transport = default_transport (self);
  if (routing->numeric) {
    add_hop (self, transport, routing->host,
             routing->port != 0 ? routing->port : ahoy_transport_protocol_default_port (transport),
             G_MAXINT64);
    return;
  }

  if (routing->port != 0) {
    walk_host (self, routing->host, transport, routing->port, G_MAXINT64);
    return;
  }

  if (walk_local_host (self, transport))
    return;

  if (routing->transport == AHOY_TRANSPORT_PROTOCOL_UNKNOWN && walk_naptr (self))
    return;

  walk_all_services (self);
}

void
ahoy_dns_walk_clear (AhoyDnsWalk *self)
{
  g_clear_pointer (&self->hops, g_ptr_array_unref);
}
