/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-domain-interceptor.h"

#include "ahoy-census.h"
#include "ahoy-dialog.h"
#include "ahoy-stack-gate-private.h"
#include "ahoy-uri.h"

/**
 * AhoyDomainInterceptor:
 *
 * The interceptor that refuses requests for domains which are not ours with 404 (RFC 3261 §8.2.2.1,
 * §10.3). It is named `domain` in the chain, and stands behind authentication, so that nobody
 * unknown learns which domains there are.
 *
 * Since: 0.1
 */
struct _AhoyDomainInterceptor {
  GObject parent_instance;

  AhoyDomainRegistry *domains;
  gboolean allows_external;
};

static void interceptor_iface_init (AhoyInterceptorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyDomainInterceptor, ahoy_domain_interceptor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

/* A number without a host is for whoever gets it. */
static gboolean
is_for_us (AhoyDomainInterceptor *self, AhoyMessage *request)
{
  g_autofree char *text = ahoy_message_dup_request_uri (request);
  g_autoptr (AhoyUri) uri = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  const char *host = uri != NULL ? ahoy_uri_get_host (uri) : NULL;

  return host == NULL || ahoy_domain_registry_is_local (self->domains, host);
}

static AhoyInterceptorVerdict
ahoy_domain_interceptor_incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                                          AhoyServerTransaction *transaction)
{
  AhoyDomainInterceptor *self = AHOY_DOMAIN_INTERCEPTOR (interceptor);

  if (self->allows_external || transaction == NULL ||
      ahoy_server_transaction_peek_dialog (transaction) != NULL || is_for_us (self, request)) {
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  ahoy_server_transaction_reject (transaction, 404, NULL);
  return AHOY_INTERCEPTOR_ANSWERED;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = ahoy_domain_interceptor_incoming_request;
}

static void
ahoy_domain_interceptor_finalize (GObject *object)
{
  g_clear_object (&AHOY_DOMAIN_INTERCEPTOR (object)->domains);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_domain_interceptor_parent_class)->finalize (object);
}

static void
ahoy_domain_interceptor_class_init (AhoyDomainInterceptorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_domain_interceptor_finalize;
}

static void
ahoy_domain_interceptor_init (AhoyDomainInterceptor *self)
{
  self->allows_external = TRUE;
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_domain_interceptor_new:
 * @domains: the domains that are ours
 *
 * Returns: (transfer full): an interceptor that lets everything pass
 *
 * Since: 0.1
 */
AhoyDomainInterceptor *
ahoy_domain_interceptor_new (AhoyDomainRegistry *domains)
{
  AhoyDomainInterceptor *self;

  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (domains), NULL);

  self = g_object_new (AHOY_TYPE_DOMAIN_INTERCEPTOR, NULL);
  self->domains = g_object_ref (domains);
  return self;
}

/**
 * ahoy_domain_interceptor_set_allow_external:
 * @self: an interceptor
 * @allow: whether requests for other domains than ours pass
 *
 * Says whether the host of the Request-URI matters.
 *
 * Since: 0.1
 */
void
ahoy_domain_interceptor_set_allow_external (AhoyDomainInterceptor *self, gboolean allow)
{
  g_return_if_fail (AHOY_IS_DOMAIN_INTERCEPTOR (self));

  self->allows_external = allow;
}
