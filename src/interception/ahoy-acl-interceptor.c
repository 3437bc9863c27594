/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-acl-interceptor.h"

#include "ahoy-census.h"
#include "ahoy-security-log.h"

/**
 * AhoyAclInterceptor:
 *
 * The interceptor that lets in nobody whom objects `[acl]` shut out, inside of dialogs and outside.
 * It is named `acl` in the chain, and stands before all others. Nothing of a request is looked at
 * but where it comes from.
 *
 * Since: 0.1
 */
struct _AhoyAclInterceptor {
  GObject parent_instance;

  AhoyInterception *chain; /* no reference, as its stack holds us; NULL when it is gone */
  AhoyAclRegistry *acls;
  char **names;
  char *text; /* the names, for people */
  guint status;

  guint64 passed;
  guint64 refused;
};

enum { PROP_0, PROP_STATUS, N_PROPS };

static GParamSpec *props[N_PROPS];

static void interceptor_iface_init (AhoyInterceptorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyAclInterceptor, ahoy_acl_interceptor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_INTERCEPTOR,
                                                      interceptor_iface_init))

static AhoyInterceptorVerdict
refuse (AhoyAclInterceptor *self, AhoyMessage *request, AhoyServerTransaction *transaction)
{
  self->refused++;
  if (self->chain != NULL) {
    ahoy_security_log_report (ahoy_interception_get_security_log (self->chain),
                              AHOY_SECURITY_EVENT_FAILED_ACL, request, NULL,
                              ahoy_security_event_make_facts ("acl", self->text, NULL));
  }
  if (self->status == 0) {
    return AHOY_INTERCEPTOR_DROP;
  }
  ahoy_server_transaction_reject (transaction, self->status, NULL);
  return AHOY_INTERCEPTOR_ANSWERED;
}

static AhoyInterceptorVerdict
ahoy_acl_interceptor_incoming_request (AhoyInterceptor *interceptor, AhoyMessage *request,
                                       AhoyServerTransaction *transaction)
{
  AhoyAclInterceptor *self = AHOY_ACL_INTERCEPTOR (interceptor);
  g_autoptr (GSocketAddress) source = NULL;

  if (self->names == NULL || transaction == NULL) {
    return AHOY_INTERCEPTOR_CONTINUE;
  }
  source = ahoy_message_get_source (request);
  if (!G_IS_INET_SOCKET_ADDRESS (source) ||
      !ahoy_acl_registry_permits (
          self->acls, (const char *const *) self->names,
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (source)))) {
    return refuse (self, request, transaction);
  }
  self->passed++;
  return AHOY_INTERCEPTOR_CONTINUE;
}

static void
interceptor_iface_init (AhoyInterceptorInterface *iface)
{
  iface->incoming_request = ahoy_acl_interceptor_incoming_request;
}

/* -- the object ----------------------------------------------------------------------------- */

static void
ahoy_acl_interceptor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATUS) {
    g_value_set_uint (value, AHOY_ACL_INTERCEPTOR (object)->status);
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ahoy_acl_interceptor_set_property (GObject *object, guint id, const GValue *value,
                                   GParamSpec *pspec)
{
  if (id == PROP_STATUS) {
    AHOY_ACL_INTERCEPTOR (object)->status = g_value_get_uint (value) >= 400
                                                ? g_value_get_uint (value)
                                                : 0;
    return;
  }
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ahoy_acl_interceptor_dispose (GObject *object)
{
  g_clear_weak_pointer (&AHOY_ACL_INTERCEPTOR (object)->chain);
  G_OBJECT_CLASS (ahoy_acl_interceptor_parent_class)->dispose (object);
}

static void
ahoy_acl_interceptor_finalize (GObject *object)
{
  AhoyAclInterceptor *self = AHOY_ACL_INTERCEPTOR (object);

  g_clear_object (&self->acls);
  g_strfreev (self->names);
  g_free (self->text);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_acl_interceptor_parent_class)->finalize (object);
}

static void
ahoy_acl_interceptor_class_init (AhoyAclInterceptorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_acl_interceptor_get_property;
  object_class->set_property = ahoy_acl_interceptor_set_property;
  object_class->dispose = ahoy_acl_interceptor_dispose;
  object_class->finalize = ahoy_acl_interceptor_finalize;

  /**
   * AhoyAclInterceptor:status:
   *
   * What who is shut out gets: a status of at least 400, or 0 for no answer at all.
   *
   * Since: 0.1
   */
  props[PROP_STATUS] = g_param_spec_uint ("status", NULL, NULL, 0, 699, 0,
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ahoy_acl_interceptor_init (AhoyAclInterceptor *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_acl_interceptor_new:
 * @chain: a chain; the interceptor still has to be added to it with the name `acl`
 * @acls: the objects `[acl]`
 *
 * Returns: (transfer full): an interceptor that lets everybody in
 *
 * Since: 0.1
 */
AhoyAclInterceptor *
ahoy_acl_interceptor_new (AhoyInterception *chain, AhoyAclRegistry *acls)
{
  AhoyAclInterceptor *self;

  g_return_val_if_fail (AHOY_IS_INTERCEPTION (chain), NULL);
  g_return_val_if_fail (AHOY_IS_ACL_REGISTRY (acls), NULL);

  self = g_object_new (AHOY_TYPE_ACL_INTERCEPTOR, NULL);
  g_set_weak_pointer (&self->chain, chain);
  self->acls = g_object_ref (acls);
  return self;
}

/**
 * ahoy_acl_interceptor_set_names:
 * @self: an interceptor
 * @names: (nullable) (array zero-terminated=1): names of objects `[acl]`, all of which have to let
 *   in where a request comes from; %NULL or none to let everybody in
 *
 * Says who is let in. An object that is not there lets in nobody.
 *
 * Since: 0.1
 */
void
ahoy_acl_interceptor_set_names (AhoyAclInterceptor *self, const char *const *names)
{
  g_return_if_fail (AHOY_IS_ACL_INTERCEPTOR (self));

  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->text, g_free);
  if (names != NULL && names[0] != NULL) {
    self->names = g_strdupv ((char **) names);
    self->text = g_strjoinv (";", self->names);
  }
}

/**
 * ahoy_acl_interceptor_get_statistics:
 * @self: an interceptor
 *
 * Counts requests that `passed` while there were lists, and those that were `refused`.
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_acl_interceptor_get_statistics (AhoyAclInterceptor *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_ACL_INTERCEPTOR (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "passed", self->passed);
  g_variant_builder_add (&builder, "{st}", "refused", self->refused);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
