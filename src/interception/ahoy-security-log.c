/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-security-log-private.h"

#include "ahoy-census.h"
#include "ahoy-security-line.h"
#include "ahoy-security-quota.h"

#define N_TYPES (AHOY_SECURITY_EVENT_LOAD_AVERAGE + 1)

/**
 * AhoySecurityLog:
 *
 * Where every part that refuses something, or lets somebody in, says so. Programs hear of it by
 * #AhoySecurityLog::event; the log of the system gets a line for each, with fields in the journal
 * (docs/security.md). The first events of a source are written at once, those of a flood are summed
 * up in one line every ten seconds.
 *
 * Reporting costs next to nothing when nobody listens and nothing is written.
 *
 * Since: 0.1
 */
struct _AhoySecurityLog {
  GObject parent_instance;

  AhoyScheduler *scheduler;
  AhoySecurityQuota *quota;
  guint64 job;
  AhoySecurityLogging logging;
  guint64 counts[N_TYPES];
  GQuark details[N_TYPES];
  guint watched; /* a bit for each type */
  AhoySecurityWatchFunc watch;
  gpointer watch_data;
};

enum { PROP_0, PROP_LOGGING, N_PROPS };

static GParamSpec *props[N_PROPS];

enum { EVENT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoySecurityLog, ahoy_security_log, G_TYPE_OBJECT)

/* -- writing -------------------------------------------------------------------------------- */

static void
write_sum (AhoySecurityEventType type, GSocketAddress *source, guint count, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%u", count);
  g_autoptr (AhoySecurityEvent) event =
      ahoy_security_event_new (type, source, NULL, NULL, NULL, NULL,
                               ahoy_security_event_make_facts ("repeated", text, NULL));

  ahoy_security_line_write (event);
}

static void on_period (gpointer user_data);

static void
keep_summing (AhoySecurityLog *self, gint64 next, gint64 now)
{
  if (next >= 0 && self->job == 0) {
    self->job = ahoy_scheduler_add (self->scheduler, "security log", MAX (next - now, 0), on_period,
                                    self, NULL);
  }
}

static void
on_period (gpointer user_data)
{
  AhoySecurityLog *self = user_data;
  gint64 now = ahoy_scheduler_get_now (self->scheduler);

  self->job = 0;
  keep_summing (self, ahoy_security_quota_sum_up (self->quota, now, write_sum, self), now);
}

static void
write_event (AhoySecurityLog *self, AhoySecurityEvent *event)
{
  gint64 now = ahoy_scheduler_get_now (self->scheduler);

  if (ahoy_security_quota_take (self->quota, ahoy_security_event_get_event_type (event),
                                ahoy_security_event_get_source (event), now)) {
    ahoy_security_line_write (event);
  }
  if (self->job == 0) {
    keep_summing (self, ahoy_security_quota_sum_up (self->quota, now, write_sum, self), now);
  }
}

/* -- reporting ------------------------------------------------------------------------------ */

static gboolean
is_logged (AhoySecurityLog *self, AhoySecurityEventType type)
{
  return self->logging == AHOY_SECURITY_LOGGING_ALL ||
         (self->logging == AHOY_SECURITY_LOGGING_ERRORS &&
          ahoy_security_event_type_get_severity (type) == AHOY_SECURITY_SEVERITY_ERROR);
}

/* With a detail GObject looks only for those who wait for that very detail, or for none. */
static gboolean
has_listener (AhoySecurityLog *self, GQuark detail)
{
  return g_signal_handler_find (self, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DETAIL, signals[EVENT],
                                detail, NULL, NULL, NULL) != 0;
}

void
ahoy_security_log_set_watch (AhoySecurityLog *self, guint types, AhoySecurityWatchFunc func,
                             gpointer user_data)
{
  self->watched = func != NULL ? types : 0;
  self->watch = func;
  self->watch_data = user_data;
}

static void
tell_watcher (AhoySecurityLog *self, AhoySecurityEventType type, GSocketAddress *source)
{
  if ((self->watched & (1u << type)) != 0) {
    self->watch (type, source, self->watch_data);
  }
}

gboolean
ahoy_security_log_wants (AhoySecurityLog *self, AhoySecurityEventType type)
{
  return is_logged (self, type) || has_listener (self, 0) ||
         has_listener (self, self->details[type]);
}

static void
tell (AhoySecurityLog *self, AhoySecurityEvent *event)
{
  g_autoptr (AhoySecurityLog) hold = g_object_ref (self);
  AhoySecurityEventType type = ahoy_security_event_get_event_type (event);

  if (is_logged (self, type)) {
    write_event (self, event);
  }
  g_signal_emit (self, signals[EVENT], self->details[type], event);
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_security_log_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOGGING) {
    g_value_set_enum (value, (int) AHOY_SECURITY_LOG (object)->logging);
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ahoy_security_log_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOGGING) {
    ahoy_security_log_set_logging (AHOY_SECURITY_LOG (object),
                                   (AhoySecurityLogging) g_value_get_enum (value));
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* What was held back is told before there is nobody who could. */
static void
ahoy_security_log_dispose (GObject *object)
{
  AhoySecurityLog *self = AHOY_SECURITY_LOG (object);

  if (self->job != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->job);
    self->job = 0;
  }
  if (self->quota != NULL) {
    ahoy_security_quota_sum_up (self->quota,
                                ahoy_scheduler_get_now (self->scheduler) + G_TIME_SPAN_HOUR,
                                write_sum, self);
    g_clear_pointer (&self->quota, ahoy_security_quota_free);
  }
  g_clear_object (&self->scheduler);
  G_OBJECT_CLASS (ahoy_security_log_parent_class)->dispose (object);
}

static void
ahoy_security_log_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_security_log_parent_class)->finalize (object);
}

static void
ahoy_security_log_class_init (AhoySecurityLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_security_log_get_property;
  object_class->set_property = ahoy_security_log_set_property;
  object_class->dispose = ahoy_security_log_dispose;
  object_class->finalize = ahoy_security_log_finalize;

  /**
   * AhoySecurityLog:logging:
   *
   * Which events are written to the log.
   *
   * Since: 0.1
   */
  props[PROP_LOGGING] = g_param_spec_enum (
      "logging", NULL, NULL, AHOY_TYPE_SECURITY_LOGGING, AHOY_SECURITY_LOGGING_ERRORS,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * AhoySecurityLog::event:
   * @self: a log
   * @event: what happened
   *
   * Something happened that matters for security. The detail is its type, as in
   * `event::invalid-password`.
   *
   * Since: 0.1
   */
  signals[EVENT] = g_signal_new ("event", AHOY_TYPE_SECURITY_LOG,
                                 G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, AHOY_TYPE_SECURITY_EVENT);
}

static void
ahoy_security_log_init (AhoySecurityLog *self)
{
  self->logging = AHOY_SECURITY_LOGGING_ERRORS;
  for (guint i = 0; i < N_TYPES; i++) {
    self->details[i] =
        g_quark_from_string (ahoy_security_event_type_to_string ((AhoySecurityEventType) i));
  }
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_security_log_new:
 * @scheduler: by which sums are written in time
 *
 * Returns: (transfer full): a log of its own; that of a chain is
 *   ahoy_interception_get_security_log()
 *
 * Since: 0.1
 */
AhoySecurityLog *
ahoy_security_log_new (AhoyScheduler *scheduler)
{
  AhoySecurityLog *self;

  g_return_val_if_fail (AHOY_IS_SCHEDULER (scheduler), NULL);

  self = g_object_new (AHOY_TYPE_SECURITY_LOG, NULL);
  self->scheduler = g_object_ref (scheduler);
  self->quota = ahoy_security_quota_new (ahoy_scheduler_get_now (scheduler));
  return self;
}

/**
 * ahoy_security_log_report:
 * @self: a log
 * @type: what happened
 * @request: the request that it happened with
 * @account: (nullable): the account that it says it is, or the endpoint that it was taken for
 * @facts: (nullable): what else is worth knowing (`a{ss}`); a floating one is taken
 *
 * Says that something happened.
 *
 * Since: 0.1
 */
void
ahoy_security_log_report (AhoySecurityLog *self, AhoySecurityEventType type, AhoyMessage *request,
                          const char *account, GVariant *facts)
{
  g_autoptr (GVariant) taken = facts != NULL ? g_variant_ref_sink (facts) : NULL;
  g_autoptr (GSocketAddress) source = NULL;
  g_autoptr (AhoySecurityEvent) event = NULL;
  g_autofree char *call_id = NULL;

  g_return_if_fail (AHOY_IS_SECURITY_LOG (self));
  g_return_if_fail ((guint) type < N_TYPES);
  g_return_if_fail (AHOY_IS_MESSAGE (request));

  self->counts[type]++;
  source = ahoy_message_get_source (request);
  tell_watcher (self, type, source);
  if (!ahoy_security_log_wants (self, type)) {
    return;
  }
  call_id = ahoy_message_dup_call_id (request);
  event = ahoy_security_event_new (type, source, ahoy_message_get_transport (request), account,
                                   ahoy_message_get_method (request), call_id, taken);
  tell (self, event);
}

/**
 * ahoy_security_log_report_source:
 * @self: a log
 * @type: what happened
 * @source: (nullable): where it came from
 * @transport: (nullable): over what it came, such as `udp`
 * @account: (nullable): the account that it says it is
 * @facts: (nullable): what else is worth knowing (`a{ss}`); a floating one is taken
 *
 * Says that something happened with what is no request, or none that could be read.
 *
 * Since: 0.1
 */
void
ahoy_security_log_report_source (AhoySecurityLog *self, AhoySecurityEventType type,
                                 GSocketAddress *source, const char *transport,
                                 const char *account, GVariant *facts)
{
  g_autoptr (GVariant) taken = facts != NULL ? g_variant_ref_sink (facts) : NULL;
  g_autoptr (AhoySecurityEvent) event = NULL;

  g_return_if_fail (AHOY_IS_SECURITY_LOG (self));
  g_return_if_fail ((guint) type < N_TYPES);
  g_return_if_fail (source == NULL || G_IS_SOCKET_ADDRESS (source));

  self->counts[type]++;
  tell_watcher (self, type, source);
  if (!ahoy_security_log_wants (self, type)) {
    return;
  }
  event = ahoy_security_event_new (type, source, transport, account, NULL, NULL, taken);
  tell (self, event);
}

/**
 * ahoy_security_log_set_logging:
 * @self: a log
 * @logging: which events are written
 *
 * Says what is written to the log from now on. Who listens hears of all events.
 *
 * Since: 0.1
 */
void
ahoy_security_log_set_logging (AhoySecurityLog *self, AhoySecurityLogging logging)
{
  g_return_if_fail (AHOY_IS_SECURITY_LOG (self));

  if (self->logging != logging) {
    self->logging = logging;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOGGING]);
  }
}

/**
 * ahoy_security_log_get_logging:
 * @self: a log
 *
 * Returns: which events are written
 *
 * Since: 0.1
 */
AhoySecurityLogging
ahoy_security_log_get_logging (AhoySecurityLog *self)
{
  g_return_val_if_fail (AHOY_IS_SECURITY_LOG (self), AHOY_SECURITY_LOGGING_NONE);

  return self->logging;
}

/**
 * ahoy_security_log_get_statistics:
 * @self: a log
 *
 * Counts what was reported, by the names of the types.
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_security_log_get_statistics (AhoySecurityLog *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_SECURITY_LOG (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < N_TYPES; i++) {
    g_variant_builder_add (&builder, "{st}",
                           ahoy_security_event_type_to_string ((AhoySecurityEventType) i),
                           self->counts[i]);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
