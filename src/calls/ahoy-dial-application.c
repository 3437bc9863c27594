/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-dial-application.h"

#include <string.h>

#include "ahoy-call-query-private.h"
#include "ahoy-census.h"
#include "ahoy-dial-private.h"

/**
 * AhoyDialApplication:
 *
 * Does the step `dial`: calls endpoints and URIs, all at once or one after the other, and joins the
 * caller with the one who answers.
 *
 * The caller is told that somebody rings, and hears what the first one says before it answers. The
 * others are cancelled when one answers. When nobody does, the next step follows; if there is none,
 * the caller gets the best refusal (RFC 3261 §16.7).
 *
 * Since: 0.1
 */
struct _AhoyDialApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
  AhoyEndpointRegistry *endpoints;
  AhoyLocation *location;
  AhoyWaker *waker;
  char *domain;
  AhoyDialOptionsFunc options_func;
  gpointer options_data;
  GDestroyNotify options_destroy;
  AhoyDialNumberFunc number_func;
  gpointer number_data;
  GDestroyNotify number_destroy;
};

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyDialApplication, ahoy_dial_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
end_attempt (gpointer data)
{
  ahoy_dial_attempt_end (data);
  ahoy_dial_attempt_unref (data);
}

static AhoyCallVerdict
ahoy_dial_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyDialAttempt *attempt =
      ahoy_dial_attempt_new (AHOY_DIAL_APPLICATION (application), run);

  ahoy_call_run_set_data (run, attempt, end_attempt);
  ahoy_dial_attempt_begin (attempt);
  return AHOY_CALL_WAITING;
}

static void
ahoy_dial_application_cancel (AhoyCallApplication *application, AhoyCallRun *run)
{
  AhoyDialAttempt *attempt = ahoy_call_run_get_data (run);

  if (attempt != NULL) {
    ahoy_dial_attempt_end (attempt);
  }
}

static gboolean
ahoy_dial_application_foresee (AhoyCallApplication *application, AhoyCallQuery *query)
{
  return ahoy_dial_foresee (AHOY_DIAL_APPLICATION (application), query);
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->foresee = ahoy_dial_application_foresee;
  iface->run = ahoy_dial_application_run;
  iface->cancel = ahoy_dial_application_cancel;
}

static void
ahoy_dial_application_finalize (GObject *object)
{
  AhoyDialApplication *self = AHOY_DIAL_APPLICATION (object);

  ahoy_dial_application_set_options_func (self, NULL, NULL, NULL);
  ahoy_dial_application_set_number_func (self, NULL, NULL, NULL);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->location);
  g_clear_object (&self->waker);
  g_free (self->domain);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_dial_application_parent_class)->finalize (object);
}

static void
ahoy_dial_application_class_init (AhoyDialApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_dial_application_finalize;
}

static void
ahoy_dial_application_init (AhoyDialApplication *self)
{
  self->domain = g_strdup ("anonymous.invalid");
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_dial_application_new:
 * @router: the router whose calls dial; it has to outlive the application
 * @endpoints: those who can be called by name
 * @location: where they are
 *
 * Makes an application, to be given to ahoy_call_router_add_application() for the step `dial`.
 *
 * Returns: (transfer full): an application
 *
 * Since: 0.1
 */
AhoyDialApplication *
ahoy_dial_application_new (AhoyCallRouter *router, AhoyEndpointRegistry *endpoints,
                           AhoyLocation *location)
{
  AhoyDialApplication *self;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (router), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);
  g_return_val_if_fail (AHOY_IS_LOCATION (location), NULL);

  self = g_object_new (AHOY_TYPE_DIAL_APPLICATION, NULL);
  self->router = router;
  self->endpoints = g_object_ref (endpoints);
  self->location = g_object_ref (location);
  return self;
}

/**
 * ahoy_dial_application_set_domain:
 * @self: an application
 * @domain: a host, with a port if it needs one
 *
 * Sets the domain at which callees see callers, where the configuration of a callee names none.
 *
 * Since: 0.1
 */
void
ahoy_dial_application_set_domain (AhoyDialApplication *self, const char *domain)
{
  g_return_if_fail (AHOY_IS_DIAL_APPLICATION (self));
  g_return_if_fail (domain != NULL);

  g_free (self->domain);
  self->domain = g_strdup (domain);
}

/**
 * ahoy_dial_application_set_waker:
 * @self: an application
 * @waker: (nullable): who has phones woken that sleep; %NULL for nobody
 *
 * Sets who is asked for phones that are called and sleep. The call waits until they register, for
 * as long as the step may ring.
 *
 * Since: 0.1
 */
void
ahoy_dial_application_set_waker (AhoyDialApplication *self, AhoyWaker *waker)
{
  g_return_if_fail (AHOY_IS_DIAL_APPLICATION (self));
  g_return_if_fail (waker == NULL || AHOY_IS_WAKER (waker));

  g_set_object (&self->waker, waker);
}

/**
 * ahoy_dial_application_set_options_func:
 * @self: an application
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): is asked for the
 *   options of each call
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func is not needed any more
 *
 * Sets who knows what the configuration says of calls to somebody: the transport, the proxies.
 *
 * Since: 0.1
 */
void
ahoy_dial_application_set_options_func (AhoyDialApplication *self, AhoyDialOptionsFunc func,
                                        gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_DIAL_APPLICATION (self));

  if (self->options_destroy != NULL) {
    self->options_destroy (self->options_data);
  }
  self->options_func = func;
  self->options_data = user_data;
  self->options_destroy = destroy;
}

/**
 * ahoy_dial_application_set_number_func:
 * @self: an application
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): is asked how a number
 *   is called
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when @func is not needed any more
 *
 * Sets who knows as which endpoint, and where, a step `dial(030123456)` calls.
 *
 * Since: 0.1
 */
void
ahoy_dial_application_set_number_func (AhoyDialApplication *self, AhoyDialNumberFunc func,
                                       gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_DIAL_APPLICATION (self));

  if (self->number_destroy != NULL) {
    self->number_destroy (self->number_data);
  }
  self->number_func = func;
  self->number_data = user_data;
  self->number_destroy = destroy;
}

/* What a step calls: an endpoint or a URI as it is, a number as whoever knows it says. */
char *
ahoy_dial_application_resolve (AhoyDialApplication *self, const char *target)
{
  char *found = NULL;

  if (self->number_func != NULL && strpbrk (target, "/:@<") == NULL &&
      ahoy_endpoint_registry_lookup (self->endpoints, target) == NULL) {
    found = self->number_func (target, self->number_data);
  }
  return found != NULL ? found : g_strdup (target);
}

/* Takes the options, which may be floating, and gives all of them. */
GVariant *
ahoy_dial_application_complete_options (AhoyDialApplication *self, AhoyEndpoint *endpoint,
                                        GVariant *options)
{
  g_autoptr (GVariant) own = g_variant_ref_sink (options);

  return self->options_func != NULL ? self->options_func (endpoint, own, self->options_data)
                                    : g_steal_pointer (&own);
}

AhoyCallRouter *
ahoy_dial_application_get_router (AhoyDialApplication *self)
{
  return self->router;
}

AhoySessionService *
ahoy_dial_application_get_sessions (AhoyDialApplication *self)
{
  return ahoy_call_router_get_sessions (self->router);
}

AhoyEndpointRegistry *
ahoy_dial_application_get_endpoints (AhoyDialApplication *self)
{
  return self->endpoints;
}

AhoyLocation *
ahoy_dial_application_get_location (AhoyDialApplication *self)
{
  return self->location;
}

AhoyWaker *
ahoy_dial_application_get_waker (AhoyDialApplication *self)
{
  return self->waker;
}

const char *
ahoy_dial_application_get_domain (AhoyDialApplication *self)
{
  return self->domain;
}
