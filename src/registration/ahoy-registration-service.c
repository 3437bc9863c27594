/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registration-service.h"

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-registration-private.h"

/**
 * AhoyRegistrationService:
 *
 * The registrations of ours with servers of others: each is an #AhoyRegistration. #AhoyCore has one
 * of them, see ahoy_core_get_registrations().
 *
 * Since: 0.1
 */
struct _AhoyRegistrationService {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyEndpointRegistry *endpoints;
  AhoyScheduler *scheduler;
  AhoyLineIdentifier *lines;
  AhoyAuthRegistry *accounts;
  AhoyRegistrationMemory *memory;
  GPtrArray *list;    /* AhoyRegistration, in the order of adding */
  GPtrArray *leaving; /* those that were removed and wait for the answer to their farewell */
  gboolean running;
};

/* How far apart REGISTERs are when all of them are due at once. */
#define SPREAD (G_USEC_PER_SEC / 50)

enum { SIGNAL_REGISTRATION_ADDED, SIGNAL_REGISTRATION_REMOVED, SIGNAL_IDLE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyRegistrationService, ahoy_registration_service, G_TYPE_OBJECT)

static void
forget_all (GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++) {
    ahoy_registration_forget (list->pdata[i]);
  }
  g_ptr_array_set_size (list, 0);
}

static void
ahoy_registration_service_dispose (GObject *object)
{
  AhoyRegistrationService *self = AHOY_REGISTRATION_SERVICE (object);

  forget_all (self->list);
  forget_all (self->leaving);
  g_clear_object (&self->lines);
  g_clear_object (&self->accounts);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->stack);
  g_clear_object (&self->scheduler);
  G_OBJECT_CLASS (ahoy_registration_service_parent_class)->dispose (object);
}

static void
ahoy_registration_service_finalize (GObject *object)
{
  AhoyRegistrationService *self = AHOY_REGISTRATION_SERVICE (object);

  g_ptr_array_unref (self->list);
  g_ptr_array_unref (self->leaving);
  ahoy_registration_memory_free (self->memory);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_registration_service_parent_class)->finalize (object);
}

static void
ahoy_registration_service_class_init (AhoyRegistrationServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_registration_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_registration_service_finalize;

  /**
   * AhoyRegistrationService::registration-added:
   * @self: the service
   * @registration: a new registration
   *
   * There is one more registration.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REGISTRATION_ADDED] =
      g_signal_new ("registration-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_REGISTRATION);
  /**
   * AhoyRegistrationService::registration-removed:
   * @self: the service
   * @registration: a registration that the configuration has no more
   *
   * There is one registration less; it may still be unregistering.
   *
   * Since: 0.1
   */
  signals[SIGNAL_REGISTRATION_REMOVED] =
      g_signal_new ("registration-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, AHOY_TYPE_REGISTRATION);
  /**
   * AhoyRegistrationService::idle:
   * @self: the service
   *
   * No REGISTER is on its way any more, see ahoy_registration_service_is_busy().
   *
   * Since: 0.1
   */
  signals[SIGNAL_IDLE] = g_signal_new ("idle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ahoy_registration_service_init (AhoyRegistrationService *self)
{
  self->list = g_ptr_array_new_with_free_func (g_object_unref);
  self->leaving = g_ptr_array_new_with_free_func (g_object_unref);
  self->memory = ahoy_registration_memory_new (NULL);
  ahoy_census_enter (G_OBJECT (self));
}

static void
on_connection_closed (AhoyStack *stack, const char *address, const char *transport,
                      AhoyRegistrationService *self)
{
  g_autoptr (GPtrArray) list = ahoy_registration_service_list (self);

  for (guint i = 0; i < list->len; i++) {
    ahoy_registration_flow_closed (list->pdata[i], address, transport);
  }
}

/**
 * ahoy_registration_service_new:
 * @stack: the stack that sends
 * @endpoints: the endpoints that registrations are for
 * @scheduler: (nullable): the clock; %NULL for that of the stack
 *
 * Returns: (transfer full): a service without registrations, which is not started
 *
 * Since: 0.1
 */
AhoyRegistrationService *
ahoy_registration_service_new (AhoyStack *stack, AhoyEndpointRegistry *endpoints,
                               AhoyScheduler *scheduler)
{
  AhoyRegistrationService *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);

  self = g_object_new (AHOY_TYPE_REGISTRATION_SERVICE, NULL);
  self->stack = g_object_ref (stack);
  self->endpoints = g_object_ref (endpoints);
  g_signal_connect_object (stack, "connection-closed", G_CALLBACK (on_connection_closed), self, 0);
  self->scheduler =
      g_object_ref (scheduler != NULL ? scheduler : ahoy_stack_get_scheduler (stack));
  return self;
}

/**
 * ahoy_registration_service_set_lines:
 * @self: a service without registrations
 * @lines: (nullable): what knows endpoints by the tokens of lines
 *
 * Lets registrations with `line` give tokens away, by which calls find their endpoint.
 *
 * Since: 0.1
 */
void
ahoy_registration_service_set_lines (AhoyRegistrationService *self, AhoyLineIdentifier *lines)
{
  g_return_if_fail (AHOY_IS_REGISTRATION_SERVICE (self));

  g_set_object (&self->lines, lines);
}

/**
 * ahoy_registration_service_set_accounts:
 * @self: a service
 * @accounts: (nullable): the accounts with which challenges are answered
 *
 * Lets a registration that is removed together with its account say good-bye all the same: the
 * password is kept until the server has answered.
 *
 * Since: 0.1
 */
void
ahoy_registration_service_set_accounts (AhoyRegistrationService *self, AhoyAuthRegistry *accounts)
{
  g_return_if_fail (AHOY_IS_REGISTRATION_SERVICE (self));

  g_set_object (&self->accounts, accounts);
}

/**
 * ahoy_registration_service_set_state_file:
 * @self: a service without registrations
 * @path: (type filename) (nullable): a file, which need not be there yet; %NULL to keep nothing
 *
 * Keeps there what has to be the same after a restart: the tokens of lines, and the name of this
 * device.
 *
 * Since: 0.1
 */
void
ahoy_registration_service_set_state_file (AhoyRegistrationService *self, const char *path)
{
  g_return_if_fail (AHOY_IS_REGISTRATION_SERVICE (self));

  ahoy_registration_memory_free (self->memory);
  self->memory = ahoy_registration_memory_new (path);
}

/* -- for registrations ---------------------------------------------------------------------- */

AhoyStack *
ahoy_registration_service_get_stack (AhoyRegistrationService *self)
{
  return self->stack;
}

AhoyScheduler *
ahoy_registration_service_get_scheduler (AhoyRegistrationService *self)
{
  return self->scheduler;
}

AhoyEndpoint *
ahoy_registration_service_find_endpoint (AhoyRegistrationService *self, const char *name)
{
  return ahoy_endpoint_registry_lookup (self->endpoints, name);
}

/* Returns: (transfer full) (nullable): the token of a line: that of the last time, or a new one */
char *
ahoy_registration_service_get_line (AhoyRegistrationService *self, const char *name,
                                    const char *endpoint)
{
  g_autofree char *group = g_strconcat ("registration ", name, NULL);
  g_autofree char *token = ahoy_registration_memory_get (self->memory, group, "line");
  g_autofree char *owner = ahoy_registration_memory_get (self->memory, group, "endpoint");

  if (self->lines == NULL || endpoint == NULL) {
    return NULL;
  }
  if (token != NULL && g_strcmp0 (owner, endpoint) == 0 &&
      ahoy_line_identifier_restore_line (self->lines, token, endpoint, NULL)) {
    return g_steal_pointer (&token);
  }
  if (token != NULL) {
    ahoy_line_identifier_remove_line (self->lines, token);
    g_free (token);
  }
  token = ahoy_line_identifier_add_line (self->lines, endpoint);
  if (token != NULL) {
    ahoy_registration_memory_set (self->memory, group, "endpoint", endpoint);
    ahoy_registration_memory_set (self->memory, group, "line", token);
  }
  return g_steal_pointer (&token);
}

/* Returns: (transfer full) (nullable): what was said of a registration at run time */
char *
ahoy_registration_service_get_switch (AhoyRegistrationService *self, const char *name)
{
  g_autofree char *group = g_strconcat ("registration ", name, NULL);

  return ahoy_registration_memory_get (self->memory, group, "enabled");
}

/* @value: (nullable): NULL to forget it */
void
ahoy_registration_service_set_switch (AhoyRegistrationService *self, const char *name,
                                      const char *value)
{
  g_autofree char *group = g_strconcat ("registration ", name, NULL);

  ahoy_registration_memory_set (self->memory, group, "enabled", value);
}

/* Returns: (transfer full): the URN of this device (RFC 5626 §4.1), the same for ever */
char *
ahoy_registration_service_get_instance (AhoyRegistrationService *self)
{
  char *instance = ahoy_registration_memory_get (self->memory, "device", "instance");

  if (instance == NULL) {
    g_autofree char *uuid = g_uuid_string_random ();

    instance = g_strconcat ("urn:uuid:", uuid, NULL);
    ahoy_registration_memory_set (self->memory, "device", "instance", instance);
  }
  return instance;
}

/* An attempt is over. */
void
ahoy_registration_service_settled (AhoyRegistrationService *self, AhoyRegistration *registration)
{
  guint index = 0;

  if (!ahoy_registration_is_busy (registration) &&
      g_ptr_array_find (self->leaving, registration, &index)) {
    ahoy_registration_forget (registration);
    g_ptr_array_remove_index (self->leaving, index);
  }
  if (!ahoy_registration_service_is_busy (self)) {
    g_signal_emit (self, signals[SIGNAL_IDLE], 0);
  }
}

/* -- methods -------------------------------------------------------------------------------- */

static AhoyRegistration *
find_named (GPtrArray *list, const char *name)
{
  for (guint i = 0; i < list->len; i++) {
    if (g_str_equal (ahoy_registration_get_name (list->pdata[i]), name)) {
      return list->pdata[i];
    }
  }
  return NULL;
}

/* One that is just leaving comes back: its farewell has to be over before it registers again. */
static AhoyRegistration *
call_back (AhoyRegistrationService *self, AhoyRegistrationConfig *config)
{
  AhoyRegistration *found =
      find_named (self->leaving, ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config)));

  if (found == NULL) {
    return NULL;
  }
  g_ptr_array_add (self->list, g_object_ref (found));
  g_ptr_array_remove (self->leaving, found);
  ahoy_registration_set_config (found, config);
  return found;
}

/**
 * ahoy_registration_service_add:
 * @self: a service
 * @config: what to register, and where
 * @error: return location for an error
 *
 * Adds a registration, which begins at once when the service was started.
 *
 * Returns: (transfer none): a new registration; %NULL with %AHOY_ERROR_EXISTS when there is one of
 *   the name, or with %AHOY_ERROR_CONFIGURATION_INVALID when it has no server
 *
 * Since: 0.1
 */
AhoyRegistration *
ahoy_registration_service_add (AhoyRegistrationService *self, AhoyRegistrationConfig *config,
                               GError **error)
{
  AhoyRegistration *added;
  const char *name;

  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), NULL);
  g_return_val_if_fail (AHOY_IS_REGISTRATION_CONFIG (config), NULL);

  name = ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config));
  if (find_named (self->list, name) != NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_EXISTS, "There is a registration “%s” already",
                 name);
    return NULL;
  }
  if (!ahoy_config_object_validate (AHOY_CONFIG_OBJECT (config), error)) {
    return NULL;
  }
  added = call_back (self, config);
  if (added == NULL) {
    added = ahoy_registration_new (self, config);
    g_ptr_array_add (self->list, added);
  }
  g_signal_emit (self, signals[SIGNAL_REGISTRATION_ADDED], 0, added);
  if (self->running) {
    ahoy_registration_set_running (added, TRUE);
  }
  return added;
}

/**
 * ahoy_registration_service_change:
 * @self: a service
 * @config: what to register from now on, and where; its name says which registration
 * @error: return location for an error
 *
 * Changes a registration. What the server knows of it is taken back first, where it differs.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_NOT_FOUND when there is no registration of the
 *   name, or with %AHOY_ERROR_CONFIGURATION_INVALID when it has no server
 *
 * Since: 0.1
 */
gboolean
ahoy_registration_service_change (AhoyRegistrationService *self, AhoyRegistrationConfig *config,
                                  GError **error)
{
  AhoyRegistration *found;
  const char *name;

  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_REGISTRATION_CONFIG (config), FALSE);

  name = ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (config));
  found = find_named (self->list, name);
  if (found == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND, "There is no registration “%s”", name);
    return FALSE;
  }
  if (!ahoy_config_object_validate (AHOY_CONFIG_OBJECT (config), error)) {
    return FALSE;
  }
  ahoy_registration_set_config (found, config);
  return TRUE;
}

/**
 * ahoy_registration_service_remove:
 * @self: a service
 * @name: the name of a registration
 *
 * Removes a registration. The server is told to forget it, and nobody waits for the answer.
 *
 * Returns: whether there was one
 *
 * Since: 0.1
 */
gboolean
ahoy_registration_service_remove (AhoyRegistrationService *self, const char *name)
{
  g_autoptr (AhoyRegistration) found = NULL;

  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  found = find_named (self->list, name);
  if (found == NULL) {
    return FALSE;
  }
  g_object_ref (found);
  g_ptr_array_remove (self->list, found);
  g_signal_emit (self, signals[SIGNAL_REGISTRATION_REMOVED], 0, found);
  g_ptr_array_add (self->leaving, g_object_ref (found));
  if (self->accounts != NULL) {
    ahoy_registration_keep_account (found, self->accounts);
  }
  ahoy_registration_set_running (found, FALSE);
  return TRUE;
}

/**
 * ahoy_registration_service_lookup:
 * @self: a service
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the registration of that name
 *
 * Since: 0.1
 */
AhoyRegistration *
ahoy_registration_service_lookup (AhoyRegistrationService *self, const char *name)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return find_named (self->list, name);
}

/**
 * ahoy_registration_service_lookup_for:
 * @self: a service
 * @endpoint: the name of an endpoint
 *
 * Returns: (transfer none) (nullable): the registration by which the endpoint is reached: the first
 *   that is registered, else the first that is for it
 *
 * Since: 0.1
 */
AhoyRegistration *
ahoy_registration_service_lookup_for (AhoyRegistrationService *self, const char *endpoint)
{
  AhoyRegistration *found = NULL;

  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), NULL);
  g_return_val_if_fail (endpoint != NULL, NULL);

  for (guint i = 0; i < self->list->len; i++) {
    AhoyRegistration *one = self->list->pdata[i];
    const char *name = ahoy_config_object_get_string (
        AHOY_CONFIG_OBJECT (ahoy_registration_get_config (one)), "endpoint");

    if (g_strcmp0 (name, endpoint) != 0) {
      continue;
    }
    if (ahoy_registration_get_state (one) == AHOY_REGISTRATION_REGISTERED) {
      return one;
    }
    found = found != NULL ? found : one;
  }
  return found;
}

/**
 * ahoy_registration_service_list:
 * @self: a service
 *
 * Returns: (transfer container) (element-type AhoyRegistration): the registrations, in the order of
 *   adding
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_registration_service_list (AhoyRegistrationService *self)
{
  GPtrArray *copy;

  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), NULL);

  copy = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->list->len; i++) {
    g_ptr_array_add (copy, g_object_ref (self->list->pdata[i]));
  }
  return copy;
}

/**
 * ahoy_registration_service_start:
 * @self: a service whose stack is running
 *
 * Registers what is enabled, now and from now on.
 *
 * Since: 0.1
 */
void
ahoy_registration_service_start (AhoyRegistrationService *self)
{
  g_autoptr (GPtrArray) list = NULL;

  g_return_if_fail (AHOY_IS_REGISTRATION_SERVICE (self));

  self->running = TRUE;
  list = ahoy_registration_service_list (self);
  for (guint i = 0; i < list->len; i++) {
    ahoy_registration_set_running (list->pdata[i], TRUE);
  }
}

/**
 * ahoy_registration_service_stop:
 * @self: a service
 *
 * Unregisters everything but what says `keep-bindings`. Who wants to know when the answers are
 * there asks ahoy_registration_service_is_busy(), and waits for
 * #AhoyRegistrationService::idle.
 *
 * Since: 0.1
 */
void
ahoy_registration_service_stop (AhoyRegistrationService *self)
{
  g_autoptr (GPtrArray) list = NULL;

  g_return_if_fail (AHOY_IS_REGISTRATION_SERVICE (self));

  self->running = FALSE;
  list = ahoy_registration_service_list (self);
  for (guint i = 0; i < list->len; i++) {
    ahoy_registration_set_running (list->pdata[i], FALSE);
  }
}

/**
 * ahoy_registration_service_is_busy:
 * @self: a service
 *
 * Returns: whether an answer to some REGISTER is waited for
 *
 * Since: 0.1
 */
gboolean
ahoy_registration_service_is_busy (AhoyRegistrationService *self)
{
  g_return_val_if_fail (AHOY_IS_REGISTRATION_SERVICE (self), FALSE);

  for (guint i = 0; i < self->list->len; i++) {
    if (ahoy_registration_is_busy (self->list->pdata[i])) {
      return TRUE;
    }
  }
  for (guint i = 0; i < self->leaving->len; i++) {
    if (ahoy_registration_is_busy (self->leaving->pdata[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * ahoy_registration_service_refresh_all:
 * @self: a service
 *
 * Registers everything again, one after the other: our address may be another one.
 *
 * Since: 0.1
 */
void
ahoy_registration_service_refresh_all (AhoyRegistrationService *self)
{
  g_return_if_fail (AHOY_IS_REGISTRATION_SERVICE (self));

  for (guint i = 0; self->running && i < self->list->len; i++) {
    ahoy_registration_refresh (self->list->pdata[i], (gint64) i * SPREAD);
  }
}
