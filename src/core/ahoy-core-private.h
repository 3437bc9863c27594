/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-acl-interceptor.h"
#include "ahoy-authentication.h"
#include "ahoy-auto-endpoints-private.h"
#include "ahoy-config-problem.h"
#include "ahoy-contact-hook-private.h"
#include "ahoy-core-modules-private.h"
#include "ahoy-core.h"
#include "ahoy-bridge-features-private.h"
#include "ahoy-call-hooks-private.h"
#include "ahoy-call-queues.h"
#include "ahoy-call-transfer.h"
#include "ahoy-device-states-private.h"
#include "ahoy-endpoint-states-private.h"
#include "ahoy-dial-application.h"
#include "ahoy-dial-private.h"
#include "ahoy-digest-authenticator.h"
#include "ahoy-domain-interceptor.h"
#include "ahoy-guard.h"
#include "ahoy-identification.h"
#include "ahoy-interception.h"
#include "ahoy-line-identifier.h"
#include "ahoy-match-resolver.h"
#include "ahoy-number-rewriter.h"
#include "ahoy-options-service.h"
#include "ahoy-out-route-table.h"
#include "ahoy-overload-guard.h"
#include "ahoy-registrar.h"
#include "ahoy-registration-service.h"
#include "ahoy-qualifier.h"

G_BEGIN_DECLS

typedef struct _AhoyCoreMessaging AhoyCoreMessaging;

struct _AhoyCore {
  GObject parent_instance;

  AhoyWorkPool *pool;
  AhoyStore *store;
  AhoyStack *stack;
  AhoyOptionsService *options;
  AhoySessionService *sessions;
  AhoyRegistrar *registrar; /* NULL: nobody can register */
  AhoyAutoEndpoints *auto_endpoints;
  GPtrArray *supplements; /* AhoySessionSupplement, those of the module sessions */
  AhoyTrace *trace;
  AhoyEventBus *events;
  AhoyDeviceStates *device_states;
  AhoyEndpointStates *endpoint_states;
  AhoyEndpointRegistry *endpoints;
  AhoyAuthRegistry *auths;
  AhoyLocation *location;
  AhoyContactHook *contact_hook; /* NULL before a configuration */
  AhoyWaker *waker;
  AhoyDigestClient *digest_client;
  AhoyCallRouter *router;
  AhoyDialApplication *dial;
  AhoyCallQueues *queues;
  AhoyCallTransfer *transfers;
  AhoyBridgeFeatures *features;
  AhoyCallHooks *hooks;
  AhoyCallHistory *history;
  AhoyNumberRewriter *rewriter;
  GObject *formatter; /* the plugin of numbers; NULL: it is not loaded */
  AhoyOutRouteTable *out_routes;
  AhoyQualifier *qualifier; /* NULL: the module “qualify” is not loaded */
  GPtrArray *transports;
  gboolean started;
  char *state_folder; /* NULL: nothing is kept */
  guint modules;      /* those that run, a bit for each line of the table */
  AhoyCoreMessaging *messaging;
  guint wanted;       /* those that the configuration wants */

  /* what a configuration makes */
  AhoyConfigSet *configuration; /* each object as it was when it could be used last */
  AhoyConfigObject *settings;
  AhoyInterception *interception;
  AhoyIdentification *identification;
  GPtrArray *identifiers; /* AhoyEndpointIdentifier, those of identify-order */
  AhoyIdentifyRules *rules;
  AhoyEndpointIdentifier *lines;
  AhoyMatchResolver *match_resolver;
  AhoyDomainRegistry *domains;
  AhoyDomainInterceptor *domain_interceptor;
  GHashTable *guests; /* name → AhoyEndpoint that nobody wrote down */
  AhoyAclRegistry *acls;
  AhoyAclInterceptor *acl_interceptor;
  AhoyAuthentication *authentication;
  AhoyDigestAuthenticator *digest;
  AhoyRegistrationService *registrations;
  gboolean registrations_prepared;
  gulong network_handler;
  guint64 network_timer;
  AhoyOverloadGuard *guard;
  AhoyGuard *door; /* who keeps out whom */

  GTask *stopping;
  gulong removed_handler;
  gulong idle_handler;
  guint64 stop_timer;
};

void ahoy_core_init_identify (AhoyCore *self);
/* Stores what is decided; the threads run still. */
void ahoy_core_clear_aors (AhoyCore *self);
void ahoy_core_clear_identify (AhoyCore *self);
void ahoy_core_init_domains (AhoyCore *self);
void ahoy_core_clear_domains (AhoyCore *self);
void ahoy_core_init_registrations (AhoyCore *self);
void ahoy_core_clear_registrations (AhoyCore *self);
void ahoy_core_update_own_hosts (AhoyCore *self, AhoyConfigSet *configuration);
void ahoy_core_drop_guest (AhoyCore *self, const char *name);
AhoyDialTarget *ahoy_core_find_callee (AhoyCore *self, const char *target, gboolean own_server);
/* The domain of an endpoint, or of all when it is NULL. */
char *ahoy_core_find_domain (AhoyCore *self, AhoyEndpoint *endpoint);
void ahoy_core_init_messaging (AhoyCore *self);
void ahoy_core_init_calls (AhoyCore *self);
void ahoy_core_init_queues (AhoyCore *self);
void ahoy_core_clear_queues (AhoyCore *self);
void ahoy_core_clear_messaging (AhoyCore *self);
void ahoy_core_set_message_domain (AhoyCore *self, const char *domain);
AhoyMessage *ahoy_core_make_request (AhoyCore *self, AhoyEndpoint *endpoint, const char *method,
                                     const char *uri, const char *from, const char *to,
                                     GError **error);
gboolean ahoy_core_read_parties (AhoyCore *self, const char *endpoint, const char *target,
                                 AhoyEndpoint **sender, char **completed, char **from,
                                 GError **error);
gboolean ahoy_core_take_transport (AhoyCore *self, AhoyTransport *transport, GError **error);
void ahoy_core_update_domain (AhoyCore *self);
void ahoy_core_emit_object_changed (AhoyCore *self, AhoyConfigObject *object, const char *what);
void ahoy_core_emit_reconfigured (AhoyCore *self);
void ahoy_core_emit_module (AhoyCore *self, const char *name, gboolean loaded);
void ahoy_core_watch_timeout (AhoyCore *self, AhoySession *session);
gboolean ahoy_core_take_call (AhoySessionService *service, AhoySession *session, AhoyCore *self);
guint ahoy_core_find_objection (AhoyEndpoint *endpoint, guint calls, const char **reason);
gboolean ahoy_core_take_options (AhoySessionService *service, AhoyServerTransaction *transaction,
                                 AhoyCore *self);
/* What calls of an endpoint begin with: account-code, tenant, language, and its variables. */
typedef void (*AhoyCoreVariableFunc) (const char *name, const char *value, gpointer user_data);
void ahoy_core_list_variables (AhoyConfigObject *config, AhoyCoreVariableFunc func,
                               gpointer user_data);
GVariant *ahoy_core_complete_options (AhoyEndpoint *endpoint, GVariant *options,
                                      gpointer user_data);

/* As which endpoint, and where, a step calls a number. */
void ahoy_core_init_rewrite (AhoyCore *self);
char *ahoy_core_resolve_number (const char *number, gpointer user_data);

G_END_DECLS
