/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-security.h"

#include "ahoy-bus-check.h"
#include "ahoy-bus-error.h"
#include "ahoy-bus-interfaces.h"

/* Security events and bans on the bus. A flood on the network is no flood on the bus: so many
 * events a second are told, the others counted. */

#define BUCKET 100
#define PER_SECOND 50
#define TOKEN (G_USEC_PER_SEC / PER_SECOND)

struct _AhoyBusSecurity {
  GObject parent_instance;

  AhoyCore *core;
  AhoyBusLink *link;
  AhoySecurityLog *log;
  gint64 tokens; /* µs of the bucket that are left */
  gint64 filled;
  gulong handler;  /* 0 while nothing is told */
  guint64 seen;    /* how many events there had been then */
  guint64 job;
};

G_DEFINE_FINAL_TYPE (AhoyBusSecurity, ahoy_bus_security, G_TYPE_OBJECT)

/* -- events --------------------------------------------------------------------------------- */

static void
emit (AhoyBusSecurity *self, const char *member, GVariant *arguments)
{
  ahoy_bus_link_emit (self->link, NULL, AHOY_BUS_ROOT, org_ahoy_ahoy1_security_interface.name,
                      member, arguments);
}

static gboolean
take_token (AhoyBusSecurity *self)
{
  gint64 now = ahoy_scheduler_get_now (ahoy_core_get_scheduler (self->core));

  self->tokens =
      MIN (self->tokens + CLAMP (now - self->filled, 0, BUCKET * TOKEN), BUCKET * TOKEN);
  self->filled = now;
  if (self->tokens < TOKEN) {
    return FALSE;
  }
  self->tokens -= TOKEN;
  return TRUE;
}

static guint64
count_events (AhoyBusSecurity *self)
{
  g_autoptr (GVariant) statistics = ahoy_security_log_get_statistics (self->log);
  GVariantIter iter;
  guint64 count;
  guint64 sum = 0;

  g_variant_iter_init (&iter, statistics);
  while (g_variant_iter_next (&iter, "{&st}", NULL, &count)) {
    sum += count;
  }
  return sum;
}

static void on_event (AhoySecurityLog *log, AhoySecurityEvent *event, gpointer user_data);

static void
on_left_out (gpointer user_data)
{
  AhoyBusSecurity *self = user_data;

  self->job = 0;
  emit (self, "EventsLeftOut", g_variant_new ("(t)", count_events (self) - self->seen));
  self->handler = g_signal_connect (self->log, "event", G_CALLBACK (on_event), self);
}

static char *
dup_source (AhoySecurityEvent *event)
{
  g_autofree char *address = ahoy_security_event_dup_address (event);

  if (address == NULL) {
    return g_strdup ("");
  }
  return g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address,
                          ahoy_security_event_get_port (event));
}

static void
add_fact (GVariantBuilder *builder, const char *name, const char *value)
{
  if (value != NULL && *value != '\0') {
    g_variant_builder_add (builder, "{ss}", name, value);
  }
}

static GVariant *
make_facts (AhoySecurityEvent *event)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  const char *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  add_fact (&builder, "transport", ahoy_security_event_get_transport (event));
  add_fact (&builder, "method", ahoy_security_event_get_method (event));
  add_fact (&builder, "call-id", ahoy_security_event_get_call_id (event));
  g_variant_iter_init (&iter, ahoy_security_event_get_facts (event));
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value)) {
    add_fact (&builder, name, value);
  }
  return g_variant_builder_end (&builder);
}

static void
on_event (AhoySecurityLog *log, AhoySecurityEvent *event, gpointer user_data)
{
  AhoyBusSecurity *self = user_data;
  g_autofree char *source = NULL;
  const char *account = ahoy_security_event_get_account (event);
  gboolean error = ahoy_security_event_get_severity (event) == AHOY_SECURITY_SEVERITY_ERROR;

  /* Events that nobody listens to are counted and not made, which costs a busy registrar less. */
  if (!take_token (self)) {
    g_clear_signal_handler (&self->handler, self->log);
    self->seen = count_events (self) - 1;
    self->job = ahoy_scheduler_add (ahoy_core_get_scheduler (self->core), "security events",
                                    G_USEC_PER_SEC, on_left_out, self, NULL);
    return;
  }
  source = dup_source (event);
  emit (self, "Event",
        g_variant_new ("(ssss@a{ss})", ahoy_security_event_get_name (event),
                       error ? "error" : "information", source, account != NULL ? account : "",
                       make_facts (event)));
}

/* -- bans ----------------------------------------------------------------------------------- */

static void
handle_list_bans (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSecurity *self = target;
  g_autoptr (GVariant) bans = ahoy_guard_list_bans (ahoy_core_get_guard (self->core));

  ahoy_bus_call_return (call, g_variant_new ("(@a(sts))", bans));
}

static void
handle_ban (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSecurity *self = target;
  GError *error = NULL;
  const char *address;
  guint seconds;

  g_variant_get (arguments, "(&su)", &address, &seconds);
  if (!ahoy_guard_ban (ahoy_core_get_guard (self->core), address, seconds, "asked for on the bus",
                       &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_call_return (call, NULL);
}

static void
handle_unban (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSecurity *self = target;
  GError *error = NULL;
  const char *address;

  g_variant_get (arguments, "(&s)", &address);
  if (!ahoy_guard_unban (ahoy_core_get_guard (self->core), address, &error)) {
    ahoy_bus_return_error (call, error);
    return;
  }
  ahoy_bus_call_return (call, NULL);
}

static void
add_counters (GVariantBuilder *builder, GVariant *counters, const char *prefix)
{
  GVariantIter iter;
  const char *name;
  guint64 value;

  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_next (&iter, "{&st}", &name, &value)) {
    g_autofree char *full = g_strconcat (prefix, name, NULL);

    g_variant_builder_add (builder, "{st}", full, value);
  }
}

static void
handle_get_statistics (gpointer target, GVariant *arguments, AhoyBusCall *call)
{
  AhoyBusSecurity *self = target;
  g_autoptr (GVariant) events = ahoy_security_log_get_statistics (self->log);
  g_autoptr (GVariant) guard = ahoy_guard_get_statistics (ahoy_core_get_guard (self->core));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  add_counters (&builder, guard, "");
  add_counters (&builder, events, "event-");
  ahoy_bus_call_return (call, g_variant_new ("(a{st})", &builder));
}

static const AhoyBusProperty properties[] = { { NULL, NULL } };

static const AhoyBusMethod methods[] = {
  { "ListBans", handle_list_bans },
  { "Ban", handle_ban },
  { "Unban", handle_unban },
  { "GetStatistics", handle_get_statistics },
  { NULL, NULL },
};

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_security_interface, properties,
                                            methods };

const AhoyBusInterface *
ahoy_bus_security_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_security_dispose (GObject *object)
{
  AhoyBusSecurity *self = AHOY_BUS_SECURITY (object);

  ahoy_bus_security_close (self);
  g_clear_object (&self->log);
  g_clear_object (&self->link);
  g_clear_object (&self->core);
  G_OBJECT_CLASS (ahoy_bus_security_parent_class)->dispose (object);
}

static void
ahoy_bus_security_class_init (AhoyBusSecurityClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_security_dispose;
}

static void
ahoy_bus_security_init (AhoyBusSecurity *self)
{
  self->tokens = BUCKET * TOKEN;
}

/* @core is configured. */
AhoyBusSecurity *
ahoy_bus_security_new (AhoyCore *core, AhoyBusLink *link)
{
  AhoyBusSecurity *self = g_object_new (AHOY_BUS_TYPE_SECURITY, NULL);

  self->core = g_object_ref (core);
  self->link = g_object_ref (link);
  self->log = g_object_ref (ahoy_interception_get_security_log (ahoy_core_get_interception (core)));
  self->filled = ahoy_scheduler_get_now (ahoy_core_get_scheduler (core));
  self->handler = g_signal_connect (self->log, "event", G_CALLBACK (on_event), self);
  return self;
}

/* Tells nothing any more. */
void
ahoy_bus_security_close (AhoyBusSecurity *self)
{
  if (self->log != NULL) {
    g_signal_handlers_disconnect_by_data (self->log, self);
  }
  if (self->job != 0) {
    ahoy_scheduler_cancel (ahoy_core_get_scheduler (self->core), self->job);
    self->job = 0;
  }
}
