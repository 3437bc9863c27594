/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration.h"

#include "ahoy-census.h"
#include "ahoy-digest.h"
#include "ahoy-error.h"
#include "ahoy-registration-private.h"
#include "ahoy-uri.h"

/**
 * AhoyRegistration:
 *
 * Tells a server where we are, again and again, so that calls reach us by it (RFC 3261 section
 * 10.2). It is made by ahoy_registration_service_add() of its configuration, and begins when the
 * service is started.
 *
 * One REGISTER at most is on its way at any time; all of them have the same Call-ID, and CSeq
 * rises. It is sent again when three quarters of the granted time are over, a little sooner or
 * later by chance. Where no server can do it, it is tried again after `retry-interval`, twice as
 * long each time, or when the server says so by Retry-After.
 *
 * Since: 0.1
 */

#define CALL_ID_BYTES 16

enum {
  PROP_0,
  PROP_NAME,
  PROP_STATE,
  PROP_STATUS,
  PROP_REASON,
  PROP_SERVER,
  PROP_EXPIRES_AT,
  PROP_NEXT_ATTEMPT_AT,
  PROP_SERVICE_ROUTE,
  PROP_ASSOCIATED_URIS,
  PROP_ENABLED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AhoyRegistration, ahoy_registration, G_TYPE_OBJECT)

static gboolean
flag_of (AhoyRegistration *self, const char *key)
{
  return ahoy_config_object_get_boolean (AHOY_CONFIG_OBJECT (self->config), key);
}

static AhoyRegistrationServer *
server_at (AhoyRegistration *self, guint index)
{
  return self->servers->pdata[index];
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_registration_dispose (GObject *object)
{
  AhoyRegistration *self = AHOY_REGISTRATION (object);

  ahoy_registration_end_transaction (self);
  ahoy_registration_end_flow (self);
  if (self->scheduler != NULL) {
    ahoy_registration_cancel_timer (self, &self->due_timer);
    ahoy_registration_cancel_timer (self, &self->return_timer);
  }
  g_clear_object (&self->account);
  g_clear_object (&self->next);
  g_clear_object (&self->stack);
  g_clear_object (&self->scheduler);
  G_OBJECT_CLASS (ahoy_registration_parent_class)->dispose (object);
}

static void
ahoy_registration_finalize (GObject *object)
{
  AhoyRegistration *self = AHOY_REGISTRATION (object);

  g_clear_object (&self->config);
  g_ptr_array_unref (self->waiting);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_strfreev (self->service_route);
  g_strfreev (self->associated);
  g_free (self->moved);
  g_free (self->reason);
  g_free (self->server_name);
  g_free (self->call_id);
  g_free (self->contact);
  g_free (self->learned);
  g_free (self->line);
  g_free (self->listener);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_registration_parent_class)->finalize (object);
}

static void
ahoy_registration_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyRegistration *self = AHOY_REGISTRATION (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, ahoy_registration_get_name (self));
    break;
  case PROP_STATE:
    g_value_set_enum (value, (int) self->state);
    break;
  case PROP_STATUS:
    g_value_set_uint (value, self->status);
    break;
  case PROP_REASON:
    g_value_set_string (value, self->reason);
    break;
  case PROP_SERVER:
    g_value_set_string (value, self->server_name);
    break;
  case PROP_EXPIRES_AT:
    g_value_set_int64 (value, self->expires_at);
    break;
  case PROP_NEXT_ATTEMPT_AT:
    g_value_set_int64 (value, self->next_attempt_at);
    break;
  case PROP_SERVICE_ROUTE:
    g_value_set_boxed (value, ahoy_registration_get_service_route (self));
    break;
  case PROP_ASSOCIATED_URIS:
    g_value_set_boxed (value, ahoy_registration_get_associated_uris (self));
    break;
  case PROP_ENABLED:
    g_value_set_boolean (value, ahoy_registration_get_enabled (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
add_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * AhoyRegistration:name:
   *
   * Its name in the configuration.
   *
   * Since: 0.1
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * AhoyRegistration:state:
   *
   * How it is.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, AHOY_TYPE_REGISTRATION_STATE,
                                              AHOY_REGISTRATION_UNREGISTERED, flags);
  /**
   * AhoyRegistration:status:
   *
   * The status of the last final answer; 0 before the first.
   *
   * Since: 0.1
   */
  properties[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 999, 0, flags);
  /**
   * AhoyRegistration:reason:
   *
   * The words of the last final answer.
   *
   * Since: 0.1
   */
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  /**
   * AhoyRegistration:server:
   *
   * The URI of the server that was asked last.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  /**
   * AhoyRegistration:expires-at:
   *
   * When the binding ends, in µs of the wall clock (UNIX); 0 for none.
   *
   * Since: 0.1
   */
  properties[PROP_EXPIRES_AT] =
      g_param_spec_int64 ("expires-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * AhoyRegistration:next-attempt-at:
   *
   * When REGISTER is sent next, in µs of the wall clock (UNIX); 0 for never.
   *
   * Since: 0.1
   */
  properties[PROP_NEXT_ATTEMPT_AT] =
      g_param_spec_int64 ("next-attempt-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * AhoyRegistration:service-route:
   *
   * The way that requests take which use the registration (RFC 3608).
   *
   * Since: 0.1
   */
  properties[PROP_SERVICE_ROUTE] =
      g_param_spec_boxed ("service-route", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * AhoyRegistration:associated-uris:
   *
   * The addresses that the server says are ours.
   *
   * Since: 0.1
   */
  properties[PROP_ASSOCIATED_URIS] =
      g_param_spec_boxed ("associated-uris", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * AhoyRegistration:enabled:
   *
   * Whether it is to register.
   *
   * Since: 0.1
   */
  properties[PROP_ENABLED] = g_param_spec_boolean ("enabled", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (klass, N_PROPS, properties);
}

static void
ahoy_registration_class_init (AhoyRegistrationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ahoy_registration_dispose;
  object_class->finalize = ahoy_registration_finalize;
  object_class->get_property = ahoy_registration_get_property;
  add_properties (object_class);
}

static void
ahoy_registration_init (AhoyRegistration *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->call_id = ahoy_digest_make_random (CALL_ID_BYTES);
  if (self->call_id == NULL) {
    self->call_id = g_uuid_string_random ();
  }
  ahoy_census_enter (G_OBJECT (self));
}

/* -- for the service ------------------------------------------------------------------------ */

static void
read_switch (AhoyRegistration *self)
{
  g_autofree char *text =
      ahoy_registration_service_get_switch (self->service, ahoy_registration_get_name (self));

  self->switched = text != NULL;
  self->enabled = g_strcmp0 (text, "yes") == 0;
}

AhoyRegistration *
ahoy_registration_new (AhoyRegistrationService *service, AhoyRegistrationConfig *config)
{
  AhoyRegistration *self = g_object_new (AHOY_TYPE_REGISTRATION, NULL);

  self->service = service;
  self->stack = g_object_ref (ahoy_registration_service_get_stack (service));
  self->scheduler = g_object_ref (ahoy_registration_service_get_scheduler (service));
  self->config = g_object_ref (config);
  ahoy_registration_read_servers (self);
  ahoy_registration_read_config (self);
  read_switch (self);
  return self;
}

/* What the binding is made of; everything else can change under it. */
static gboolean
needs_to_leave (AhoyRegistration *self, AhoyRegistrationConfig *config)
{
  static const char *const keys[] = { "endpoint",  "server",    "client", "contact-user",
                                      "transport", "line",      "contact-params",
                                      "outbound-proxy", "support-outbound" };
  g_auto (GStrv) changed = ahoy_config_object_list_changes (AHOY_CONFIG_OBJECT (self->config),
                                                            AHOY_CONFIG_OBJECT (config));

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (g_strv_contains ((const char *const *) changed, keys[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

void
ahoy_registration_set_config (AhoyRegistration *self, AhoyRegistrationConfig *config)
{
  gboolean had = ahoy_registration_get_enabled (self);

  self->paused = FALSE;
  self->rounds = 0;
  self->detours = 0;
  self->longer = 0;
  if ((self->bound || self->transaction != NULL) && needs_to_leave (self, config)) {
    g_set_object (&self->next, config);
  } else {
    g_clear_object (&self->next);
    g_set_object (&self->config, config);
    if (!self->bound && self->transaction == NULL) {
      ahoy_registration_read_servers (self);
    }
    ahoy_registration_read_config (self);
  }
  if (had != ahoy_registration_get_enabled (self)) {
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENABLED]);
  }
  if (self->running) {
    ahoy_registration_proceed (self);
  }
}

void
ahoy_registration_set_running (AhoyRegistration *self, gboolean running)
{
  gint64 delay = ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config),
                                                  "max-random-initial-delay");

  self->running = running;
  if (!running) {
    ahoy_registration_cancel_timer (self, &self->return_timer);
    if (flag_of (self, "keep-bindings")) {
      self->bound = FALSE;
      ahoy_registration_end_flow (self);
    }
    ahoy_registration_proceed (self);
  } else if (ahoy_registration_is_wanted (self)) {
    ahoy_registration_set_state (self, AHOY_REGISTRATION_REGISTERING, 0, NULL);
    ahoy_registration_schedule (self, (gint64) (g_random_double () * (double) delay));
  }
}

/* The way to the server is another one: all that is known of servers is of no use any more. */
void
ahoy_registration_refresh (AhoyRegistration *self, gint64 delay)
{
  if (!ahoy_registration_is_wanted (self)) {
    return;
  }
  for (guint i = 0; i < self->servers->len; i++) {
    server_at (self, i)->tried = FALSE;
  }
  self->rounds = 0;
  g_clear_pointer (&self->learned, g_free);
  ahoy_registration_schedule (self, delay);
}

/* It is nobody's any more: what waits is told, and nothing is sent. */
void
ahoy_registration_forget (AhoyRegistration *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->service = NULL;
  self->running = FALSE;
  ahoy_registration_end_transaction (self);
  ahoy_registration_end_flow (self);
  ahoy_registration_cancel_timer (self, &self->due_timer);
  ahoy_registration_cancel_timer (self, &self->return_timer);
  for (guint i = 0; i < waiting->len; i++) {
    g_task_return_new_error (waiting->pdata[i], AHOY_ERROR, AHOY_ERROR_NOT_FOUND,
                             "The registration “%s” was removed",
                             ahoy_registration_get_name (self));
  }
}

gboolean
ahoy_registration_is_busy (AhoyRegistration *self)
{
  return self->transaction != NULL;
}

/* -- methods -------------------------------------------------------------------------------- */

/**
 * ahoy_registration_set_enabled:
 * @self: a registration
 * @enabled: whether it is to register
 *
 * Switches the registration on or off, whatever the configuration says, also after a restart. When
 * both say the same again, the configuration holds.
 *
 * Since: 0.1
 */
void
ahoy_registration_set_enabled (AhoyRegistration *self, gboolean enabled)
{
  g_autoptr (AhoyRegistration) hold = NULL;
  gboolean had;

  g_return_if_fail (AHOY_IS_REGISTRATION (self));

  if (self->service == NULL) {
    return;
  }
  hold = g_object_ref (self);
  had = ahoy_registration_get_enabled (self);
  self->switched = !enabled != !flag_of (self, "enabled");
  self->enabled = enabled;
  ahoy_registration_service_set_switch (self->service, ahoy_registration_get_name (self),
                                        !self->switched ? NULL
                                        : enabled       ? "yes"
                                                        : "no");
  if (had == ahoy_registration_get_enabled (self)) {
    return;
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENABLED]);
  self->paused = FALSE;
  self->rounds = 0;
  if (self->running) {
    ahoy_registration_proceed (self);
  }
}

static void
wait_for_answer (AhoyRegistration *self, GTask *task)
{
  g_autoptr (AhoyRegistration) hold = g_object_ref (self);

  if (!self->running || self->service == NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "The registration “%s” is not running",
                             ahoy_registration_get_name (self));
    return;
  }
  g_ptr_array_add (self->waiting, g_object_ref (task));
  ahoy_registration_proceed (self);
}

/**
 * ahoy_registration_register_async:
 * @self: a registration
 * @cancellable: (nullable): a cancellable; what was sent stays sent
 * @callback: (scope async): called when a server has answered, or none does
 * @user_data: for @callback
 *
 * Registers now, again if it is registered: what failed before counts no more, and what
 * ahoy_registration_unregister_async() ended begins again. One that is not enabled stays
 * unregistered.
 *
 * Since: 0.1
 */
void
ahoy_registration_register_async (AhoyRegistration *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (AHOY_IS_REGISTRATION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_registration_register_async);
  if (!ahoy_registration_get_enabled (self)) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                             "The registration “%s” is not enabled; set enabled=yes",
                             ahoy_registration_get_name (self));
    return;
  }
  self->paused = FALSE;
  self->rounds = 0;
  self->detours = 0;
  for (guint i = 0; i < self->servers->len; i++) {
    *server_at (self, i) = (AhoyRegistrationServer){ .uri = server_at (self, i)->uri };
  }
  wait_for_answer (self, task);
}

/**
 * ahoy_registration_register_finish:
 * @self: a registration
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when there is an answer, good or bad: see ahoy_registration_get_status(); %FALSE
 *   with %AHOY_ERROR_INVALID_STATE when it is not enabled or not running, or with
 *   %AHOY_ERROR_NOT_FOUND when it was removed meanwhile
 *
 * Since: 0.1
 */
gboolean
ahoy_registration_register_finish (AhoyRegistration *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * ahoy_registration_unregister_async:
 * @self: a registration
 * @cancellable: (nullable): a cancellable; what was sent stays sent
 * @callback: (scope async): called when the server has answered, or does not
 * @user_data: for @callback
 *
 * Takes our binding from the server, and sends no REGISTER any more until
 * ahoy_registration_register_async(), another configuration, or a restart.
 *
 * Since: 0.1
 */
void
ahoy_registration_unregister_async (AhoyRegistration *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (AHOY_IS_REGISTRATION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_registration_unregister_async);
  self->paused = TRUE;
  wait_for_answer (self, task);
}

/**
 * ahoy_registration_unregister_finish:
 * @self: a registration
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when nothing is registered any more, whatever the server said; %FALSE with
 *   %AHOY_ERROR_INVALID_STATE when it is not running, or with %AHOY_ERROR_NOT_FOUND when it was
 *   removed meanwhile
 *
 * Since: 0.1
 */
gboolean
ahoy_registration_unregister_finish (AhoyRegistration *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
