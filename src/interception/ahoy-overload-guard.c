/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-overload-guard.h"

#include "ahoy-census.h"
#include "ahoy-memory-gauge.h"
#include "ahoy-stack-gate-private.h"

#define DEFAULT_MAX_TRANSACTIONS 20000
#define DEFAULT_MAX_DELAY 250
#define DEFAULT_RETRY_AFTER 10
#define PULSE (100 * G_TIME_SPAN_MILLISECOND)

/* Overload ends when the load is below three quarters of what began it, or it would flutter. */
#define RELIEF(limit) ((limit) / 4 * 3)

/**
 * AhoyOverloadGuard:
 *
 * The interceptor that refuses new requests with 503 and Retry-After (RFC 3261 §21.5.4) while there
 * is too much to do, so that the calls that are there go on well. It is named `overload` in the
 * chain, and stands before all others: a refusal costs next to nothing, and keeps no memory.
 *
 * There is too much to do when more transactions are open than
 * #AhoyOverloadGuard:max-transactions, or when the main loop runs later than
 * #AhoyOverloadGuard:max-delay, or when memory is short: that of #AhoyOverloadGuard:max-memory, or
 * what the system allows. Requests inside of dialogs always pass. With
 * #AhoyOverloadGuard:max-sessions calls, no new INVITE is accepted.
 *
 * Since: 0.1
 */
struct _AhoyOverloadGuard {
  GObject parent_instance;

  AhoyStack *stack; /* no reference, as it holds us; NULL when it is gone */
  AhoyScheduler *scheduler;
  AhoySecurityLog *log; /* NULL: nobody is told */
  AhoyMemoryGauge *memory;
  guint max_sessions;
  guint max_memory; /* MiB */
  guint max_transactions;
  guint max_delay;
  guint retry_after;

  guint sessions;
  gboolean overloaded;
  gint64 delay; /* µs: how late the last pulse was */
  gint64 expected;
  guint64 pulse;

  guint64 passed;
  guint64 refused;
  guint64 refused_sessions;
  guint64 refused_memory;
  guint64 episodes;
};

enum {
  PROP_0,
  PROP_MAX_SESSIONS,
  PROP_MAX_TRANSACTIONS,
  PROP_MAX_DELAY,
  PROP_MAX_MEMORY,
  PROP_RETRY_AFTER,
  PROP_OVERLOADED,
  PROP_SESSIONS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void interceptor_iface_init (AhoyInterceptorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyOverloadGuard, ahoy_overload_guard, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

/* -- how much there is to do ---------------------------------------------------------------- */

static gboolean
is_over (guint64 load, guint64 limit, gboolean already)
{
  return limit > 0 && load > (already ? RELIEF (limit) : limit);
}

static void
judge (AhoyOverloadGuard *self)
{
  guint64 max_delay = (guint64) self->max_delay * G_TIME_SPAN_MILLISECOND;
  guint n_transactions = self->stack != NULL ? ahoy_stack_get_n_transactions (self->stack) : 0;
  gboolean overloaded =
      is_over (n_transactions, self->max_transactions, self->overloaded) ||
      is_over ((guint64) self->delay, max_delay, self->overloaded);

  if (overloaded == self->overloaded) {
    return;
  }
  self->overloaded = overloaded;
  if (overloaded) {
    self->episodes++;
    g_message ("Too much to do: %u open transactions, the main loop is %d ms late; new requests "
               "get 503",
               n_transactions, (int) (self->delay / G_TIME_SPAN_MILLISECOND));
  } else {
    g_message ("New requests are accepted again");
  }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OVERLOADED]);
}

/* Beats while there are requests, and tells by its lateness how long the main loop takes for a
 * turn. */
static void
on_pulse (gpointer user_data)
{
  AhoyOverloadGuard *self = user_data;

  self->pulse = 0;
  self->delay = MAX (ahoy_scheduler_get_now (self->scheduler) - self->expected, 0);
  judge (self);
  if (self->overloaded) {
    /* Relief has to be seen even when nobody asks any more. */
    self->expected = ahoy_scheduler_get_now (self->scheduler) + PULSE;
    self->pulse = ahoy_scheduler_add (self->scheduler, "overload", PULSE, on_pulse, self, NULL);
  }
}

static void
keep_beating (AhoyOverloadGuard *self)
{
  if (self->pulse == 0) {
    self->expected = ahoy_scheduler_get_now (self->scheduler) + PULSE;
    self->pulse = ahoy_scheduler_add (self->scheduler, "overload", PULSE, on_pulse, self, NULL);
  }
}

/* -- refusing ------------------------------------------------------------------------------- */

static AhoyMessage *
create_refusal (AhoyOverloadGuard *self, AhoyServerTransaction *transaction)
{
  AhoyMessage *response = ahoy_server_transaction_create_response (transaction, 503, NULL);
  /* Not all at the same moment again. */
  guint spread = (guint) g_random_int_range (0, (gint32) MAX (self->retry_after / 2, 1));
  g_autofree char *seconds = g_strdup_printf ("%u", self->retry_after + spread);

  ahoy_message_set_header (response, "Retry-After", seconds, NULL);
  return response;
}

static gboolean
is_full (AhoyOverloadGuard *self)
{
  return self->max_sessions > 0 && self->sessions >= self->max_sessions;
}

static AhoyInterceptorVerdict
refuse (AhoyOverloadGuard *self, AhoyServerTransaction *transaction, AhoySecurityEventType type,
        const char *reason)
{
  g_autoptr (AhoyMessage) response = create_refusal (self, transaction);

  if (self->log != NULL) {
    ahoy_security_log_report (self->log, type, ahoy_server_transaction_get_request (transaction),
                              NULL, ahoy_security_event_make_facts ("reason", reason, NULL));
  }
  ahoy_server_transaction_respond (transaction, response, NULL);
  return AHOY_INTERCEPTOR_ANSWERED;
}

static AhoyInterceptorVerdict
ahoy_overload_guard_incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                                      AhoyServerTransaction *transaction)
{
  AhoyOverloadGuard *self = AHOY_OVERLOAD_GUARD (interceptor);
  const char *shortage;

  if (transaction == NULL || ahoy_server_transaction_peek_dialog (transaction) != NULL) {
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  keep_beating (self);
  judge (self);
  if (self->overloaded) {
    self->refused++;
    return refuse (self, transaction, AHOY_SECURITY_EVENT_LOAD_AVERAGE, "too much to do");
  }
  if (ahoy_memory_gauge_is_short (self->memory, (guint64) self->max_memory * 1024 * 1024,
                                  ahoy_scheduler_get_now (self->scheduler), &shortage)) {
    self->refused_memory++;
    return refuse (self, transaction, AHOY_SECURITY_EVENT_MEMORY_LIMIT, shortage);
  }
  if (is_full (self) && g_str_equal (ahoy_message_get_method (request), "INVITE")) {
    self->refused_sessions++;
    return refuse (self, transaction, AHOY_SECURITY_EVENT_SESSION_LIMIT, "max-sessions");
  }
  self->passed++;
  return AHOY_INTERCEPTOR_CONTINUE;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = ahoy_overload_guard_incoming_request;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_overload_guard_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyOverloadGuard *self = AHOY_OVERLOAD_GUARD (object);

  switch (id) {
  case PROP_MAX_SESSIONS:
    g_value_set_uint (value, self->max_sessions);
    break;
  case PROP_MAX_TRANSACTIONS:
    g_value_set_uint (value, self->max_transactions);
    break;
  case PROP_MAX_DELAY:
    g_value_set_uint (value, self->max_delay);
    break;
  case PROP_MAX_MEMORY:
    g_value_set_uint (value, self->max_memory);
    break;
  case PROP_RETRY_AFTER:
    g_value_set_uint (value, self->retry_after);
    break;
  case PROP_OVERLOADED:
    g_value_set_boolean (value, self->overloaded);
    break;
  case PROP_SESSIONS:
    g_value_set_uint (value, self->sessions);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_overload_guard_set_property (GObject *object, guint id, const GValue *value,
                                  GParamSpec *pspec)
{
  AhoyOverloadGuard *self = AHOY_OVERLOAD_GUARD (object);

  switch (id) {
  case PROP_MAX_SESSIONS:
    self->max_sessions = g_value_get_uint (value);
    break;
  case PROP_MAX_TRANSACTIONS:
    self->max_transactions = g_value_get_uint (value);
    break;
  case PROP_MAX_DELAY:
    self->max_delay = g_value_get_uint (value);
    break;
  case PROP_MAX_MEMORY:
    self->max_memory = g_value_get_uint (value);
    break;
  case PROP_RETRY_AFTER:
    self->retry_after = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_overload_guard_dispose (GObject *object)
{
  AhoyOverloadGuard *self = AHOY_OVERLOAD_GUARD (object);

  if (self->pulse != 0) {
    ahoy_scheduler_cancel (self->scheduler, self->pulse);
    self->pulse = 0;
  }
  g_clear_object (&self->log);
  g_clear_object (&self->scheduler);
  g_clear_weak_pointer (&self->stack);
  G_OBJECT_CLASS (ahoy_overload_guard_parent_class)->dispose (object);
}

static void
ahoy_overload_guard_finalize (GObject *object)
{
  ahoy_memory_gauge_free (AHOY_OVERLOAD_GUARD (object)->memory);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_overload_guard_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyOverloadGuard:max-sessions:
   *
   * With how many calls no new one is accepted; 0 for no limit.
   *
   * Since: 0.1
   */
  props[PROP_MAX_SESSIONS] =
      g_param_spec_uint ("max-sessions", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * AhoyOverloadGuard:max-transactions:
   *
   * With how many open transactions new requests are refused; 0 for no limit.
   *
   * Since: 0.1
   */
  props[PROP_MAX_TRANSACTIONS] = g_param_spec_uint ("max-transactions", NULL, NULL, 0, G_MAXUINT,
                                                    DEFAULT_MAX_TRANSACTIONS, flags);
  /**
   * AhoyOverloadGuard:max-delay:
   *
   * How late the main loop may be, in milliseconds, before new requests are refused; 0 for no
   * limit. With more than T1 peers repeat what they sent.
   *
   * Since: 0.1
   */
  props[PROP_MAX_DELAY] =
      g_param_spec_uint ("max-delay", NULL, NULL, 0, 60000, DEFAULT_MAX_DELAY, flags);
  /**
   * AhoyOverloadGuard:max-memory:
   *
   * How many MiB of memory the process may have before new requests are refused; 0 for as much as
   * the system allows. What the system allows (RLIMIT_AS, memory.high and memory.max of its control
   * groups) holds in any case: at 95 % of it new requests are refused.
   *
   * Since: 0.1
   */
  props[PROP_MAX_MEMORY] =
      g_param_spec_uint ("max-memory", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * AhoyOverloadGuard:retry-after:
   *
   * What Retry-After says at least, in seconds; up to half as much is added by chance.
   *
   * Since: 0.1
   */
  props[PROP_RETRY_AFTER] =
      g_param_spec_uint ("retry-after", NULL, NULL, 1, 3600, DEFAULT_RETRY_AFTER, flags);
  /**
   * AhoyOverloadGuard:overloaded:
   *
   * Whether there is too much to do.
   *
   * Since: 0.1
   */
  props[PROP_OVERLOADED] = g_param_spec_boolean ("overloaded", NULL, NULL, FALSE, readable);
  /**
   * AhoyOverloadGuard:sessions:
   *
   * How many calls there are, as ahoy_overload_guard_begin_session() counts.
   *
   * Since: 0.1
   */
  props[PROP_SESSIONS] = g_param_spec_uint ("sessions", NULL, NULL, 0, G_MAXUINT, 0, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_overload_guard_class_init (AhoyOverloadGuardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_overload_guard_get_property;
  object_class->set_property = ahoy_overload_guard_set_property;
  object_class->dispose = ahoy_overload_guard_dispose;
  object_class->finalize = ahoy_overload_guard_finalize;
  install_properties (object_class);
}

static void
ahoy_overload_guard_init (AhoyOverloadGuard *self)
{
  self->max_transactions = DEFAULT_MAX_TRANSACTIONS;
  self->max_delay = DEFAULT_MAX_DELAY;
  self->retry_after = DEFAULT_RETRY_AFTER;
  self->memory = ahoy_memory_gauge_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_overload_guard_new:
 * @stack: a stack; the guard still has to be added to its chain with the name `overload`
 *
 * Returns: (transfer full): a new guard
 *
 * Since: 0.1
 */
AhoyOverloadGuard *
ahoy_overload_guard_new (AhoyStack *stack)
{
  AhoyOverloadGuard *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);

  self = g_object_new (AHOY_TYPE_OVERLOAD_GUARD, NULL);
  g_set_weak_pointer (&self->stack, stack);
  self->scheduler = g_object_ref (ahoy_stack_get_scheduler (stack));
  return self;
}

/**
 * ahoy_overload_guard_set_security_log:
 * @self: a guard
 * @log: (nullable): where it says what it refuses; %NULL for nowhere
 *
 * Lets refusals be heard of as %AHOY_SECURITY_EVENT_LOAD_AVERAGE, %AHOY_SECURITY_EVENT_MEMORY_LIMIT
 * and %AHOY_SECURITY_EVENT_SESSION_LIMIT.
 *
 * Since: 0.1
 */
void
ahoy_overload_guard_set_security_log (AhoyOverloadGuard *self, AhoySecurityLog *log)
{
  g_return_if_fail (AHOY_IS_OVERLOAD_GUARD (self));
  g_return_if_fail (log == NULL || AHOY_IS_SECURITY_LOG (log));

  g_set_object (&self->log, log);
}

/**
 * ahoy_overload_guard_is_overloaded:
 * @self: a guard
 *
 * Returns: whether there is too much to do
 *
 * Since: 0.1
 */
gboolean
ahoy_overload_guard_is_overloaded (AhoyOverloadGuard *self)
{
  g_return_val_if_fail (AHOY_IS_OVERLOAD_GUARD (self), FALSE);

  return self->overloaded;
}

/**
 * ahoy_overload_guard_foresee:
 * @self: a guard
 * @transaction: an OPTIONS outside of a dialog, which may be about a call
 *
 * Says what an INVITE in the place of the request would get now. Nothing is counted, and nobody is
 * told.
 *
 * Returns: (transfer full) (nullable): the response to @transaction, 503 with Retry-After while
 *   there are #AhoyOverloadGuard:max-sessions calls; %NULL when a call would pass
 *
 * Since: 0.1
 */
AhoyMessage *
ahoy_overload_guard_foresee (AhoyOverloadGuard *self, AhoyServerTransaction *transaction)
{
  g_return_val_if_fail (AHOY_IS_OVERLOAD_GUARD (self), NULL);
  g_return_val_if_fail (AHOY_IS_SERVER_TRANSACTION (transaction), NULL);

  return is_full (self) ? create_refusal (self, transaction) : NULL;
}

/**
 * ahoy_overload_guard_begin_session:
 * @self: a guard
 *
 * There is one more call. For who knows the calls.
 *
 * Since: 0.1
 */
void
ahoy_overload_guard_begin_session (AhoyOverloadGuard *self)
{
  g_return_if_fail (AHOY_IS_OVERLOAD_GUARD (self));

  self->sessions++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSIONS]);
}

/**
 * ahoy_overload_guard_end_session:
 * @self: a guard
 *
 * A call is over.
 *
 * Since: 0.1
 */
void
ahoy_overload_guard_end_session (AhoyOverloadGuard *self)
{
  g_return_if_fail (AHOY_IS_OVERLOAD_GUARD (self));
  g_return_if_fail (self->sessions > 0);

  self->sessions--;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSIONS]);
}

/**
 * ahoy_overload_guard_get_statistics:
 * @self: a guard
 *
 * Counts new requests that `passed`, that were `refused` for overload, `refused-memory` for lack of
 * memory and `refused-sessions` for too many calls, how often there was too much to do
 * (`episodes`), and the last `delay` of the main loop in µs.
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_overload_guard_get_statistics (AhoyOverloadGuard *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_OVERLOAD_GUARD (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "passed", self->passed);
  g_variant_builder_add (&builder, "{st}", "refused", self->refused);
  g_variant_builder_add (&builder, "{st}", "refused-memory", self->refused_memory);
  g_variant_builder_add (&builder, "{st}", "refused-sessions", self->refused_sessions);
  g_variant_builder_add (&builder, "{st}", "episodes", self->episodes);
  g_variant_builder_add (&builder, "{st}", "delay", (guint64) self->delay);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
