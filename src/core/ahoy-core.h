/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-auth-registry.h"
#include "ahoy-acl-registry.h"
#include "ahoy-authentication.h"
#include "ahoy-call-history.h"
#include "ahoy-call-queues.h"
#include "ahoy-call-router.h"
#include "ahoy-call-transfer.h"
#include "ahoy-config-set.h"
#include "ahoy-digest-authenticator.h"
#include "ahoy-digest-client.h"
#include "ahoy-domain-registry.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-event-bus.h"
#include "ahoy-identification.h"
#include "ahoy-guard.h"
#include "ahoy-identify-rules.h"
#include "ahoy-interception.h"
#include "ahoy-line-identifier.h"
#include "ahoy-location.h"
#include "ahoy-message-router.h"
#include "ahoy-message-store.h"
#include "ahoy-overload-guard.h"
#include "ahoy-registration-service.h"
#include "ahoy-qualifier.h"
#include "ahoy-registrar.h"
#include "ahoy-session-service.h"
#include "ahoy-stack.h"
#include "ahoy-store.h"
#include "ahoy-trace.h"
#include "ahoy-waker.h"
#include "ahoy-transport.h"
#include "ahoy-visibility.h"
#include "ahoy-work-pool.h"

G_BEGIN_DECLS

#define AHOY_TYPE_CORE (ahoy_core_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoyCore, ahoy_core, AHOY, CORE, GObject)

AHOY_API
AhoyCore *ahoy_core_new (GMainContext *context);
AHOY_API
gboolean ahoy_core_start (AhoyCore *self, GError **error);
AHOY_API
void ahoy_core_stop_async (AhoyCore *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
AHOY_API
gboolean ahoy_core_stop_finish (AhoyCore *self, GAsyncResult *result, GError **error);

AHOY_API
void ahoy_core_set_state_folder (AhoyCore *self, const char *folder);
AHOY_API
gboolean ahoy_core_configure (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray **problems);
AHOY_API
gboolean ahoy_core_check (AhoyCore *self, AhoyConfigSet *configuration, GPtrArray **problems);
AHOY_API
gboolean ahoy_core_reload (AhoyCore *self, AhoyConfigSet *configuration, char ***changed,
                           GPtrArray **problems);
AHOY_API
AhoyConfigSet *ahoy_core_get_configuration (AhoyCore *self);
AHOY_API
AhoyConfigObject *ahoy_core_get_settings (AhoyCore *self);

AHOY_API
GPtrArray *ahoy_core_list_endpoints_of (AhoyCore *self, const char *aor);
AHOY_API
AhoyQualifier *ahoy_core_get_qualifier (AhoyCore *self);

AHOY_API
char *ahoy_core_choose_endpoint (AhoyCore *self, const char *target, char **out_route,
                                 GError **error);
AHOY_API
char *ahoy_core_rewrite_number (AhoyCore *self, const char *endpoint, const char *number,
                                char ***applied, GError **error);
AHOY_API
char *ahoy_core_rewrite_caller (AhoyCore *self, const char *endpoint, const char *number,
                                char ***applied, GError **error);
AHOY_API
char *ahoy_core_format_number (AhoyCore *self, AhoyEndpoint *endpoint, const char *number,
                               GError **error);

AHOY_API
AhoySession *ahoy_core_dial (AhoyCore *self, const char *endpoint, const char *target,
                             GVariant *options, GError **error);

AHOY_API
AhoyBridge *ahoy_core_originate (AhoyCore *self, const char *first, const char *second,
                                 GVariant *options, GError **error);

AHOY_API
AhoyMessage *ahoy_core_create_request (AhoyCore *self, const char *endpoint, const char *method,
                                       const char *target, GError **error);

AHOY_API
AhoyMessageRouter *ahoy_core_get_message_router (AhoyCore *self);
AHOY_API
AhoyMessageStore *ahoy_core_get_message_store (AhoyCore *self);
AHOY_API
AhoyTextMessage *ahoy_core_create_message (AhoyCore *self, const char *endpoint,
                                           const char *target, const char *content_type,
                                           GBytes *body, GError **error);

AHOY_API
AhoyInterception *ahoy_core_get_interception (AhoyCore *self);
AHOY_API
AhoyGuard *ahoy_core_get_guard (AhoyCore *self);
AHOY_API
AhoyIdentification *ahoy_core_get_identification (AhoyCore *self);
AHOY_API
AhoyAuthentication *ahoy_core_get_authentication (AhoyCore *self);
AHOY_API
AhoyDigestAuthenticator *ahoy_core_get_digest_authenticator (AhoyCore *self);
AHOY_API
AhoyOverloadGuard *ahoy_core_get_overload_guard (AhoyCore *self);
AHOY_API
AhoyDigestClient *ahoy_core_get_digest_client (AhoyCore *self);
AHOY_API
GVariant *ahoy_core_list_unidentified (AhoyCore *self);

AHOY_API
AhoyStack *ahoy_core_get_stack (AhoyCore *self);
AHOY_API
AhoyScheduler *ahoy_core_get_scheduler (AhoyCore *self);
AHOY_API
AhoyRegistrationService *ahoy_core_get_registrations (AhoyCore *self);
AHOY_API
AhoySessionService *ahoy_core_get_sessions (AhoyCore *self);
AHOY_API
AhoyWorkPool *ahoy_core_get_work_pool (AhoyCore *self);
AHOY_API
AhoyStore *ahoy_core_get_store (AhoyCore *self);
AHOY_API
AhoyTrace *ahoy_core_get_trace (AhoyCore *self);
AHOY_API
AhoyAuthRegistry *ahoy_core_get_auths (AhoyCore *self);
AHOY_API
AhoyEndpointRegistry *ahoy_core_get_endpoints (AhoyCore *self);
AHOY_API
AhoyRegistrar *ahoy_core_get_registrar (AhoyCore *self);
AHOY_API
AhoyLocation *ahoy_core_get_location (AhoyCore *self);
AHOY_API
AhoyWaker *ahoy_core_get_waker (AhoyCore *self);
AHOY_API
AhoyAclRegistry *ahoy_core_get_acls (AhoyCore *self);
AHOY_API
char *ahoy_core_dup_guest_context (AhoyCore *self, const char *host);
AHOY_API
AhoyDomainRegistry *ahoy_core_get_domains (AhoyCore *self);
AHOY_API
AhoyIdentifyRules *ahoy_core_get_identify_rules (AhoyCore *self);
AHOY_API
AhoyLineIdentifier *ahoy_core_get_line_identifier (AhoyCore *self);
AHOY_API
AhoyEventBus *ahoy_core_get_event_bus (AhoyCore *self);
AHOY_API
AhoyCallHistory *ahoy_core_get_history (AhoyCore *self);
AHOY_API
AhoyCallRouter *ahoy_core_get_router (AhoyCore *self);
AHOY_API
AhoyCallQueues *ahoy_core_get_queues (AhoyCore *self);
AHOY_API
AhoyCallTransfer *ahoy_core_get_transfers (AhoyCore *self);

AHOY_API
AhoyTransport *ahoy_core_add_transport (AhoyCore *self, const char *name,
                                        AhoyTransportProtocol protocol, const char *address,
                                        guint16 port, const char *external_address,
                                        GError **error);
AHOY_API
gboolean ahoy_core_remove_transport (AhoyCore *self, AhoyTransport *transport);
AHOY_API
GPtrArray *ahoy_core_list_transports (AhoyCore *self);
AHOY_API
AhoyTransport *ahoy_core_lookup_transport (AhoyCore *self, const char *name);

AHOY_API
char **ahoy_core_list_modules (AhoyCore *self, gboolean all);
AHOY_API
const char *ahoy_core_get_module_summary (AhoyCore *self, const char *name);
AHOY_API
gboolean ahoy_core_has_module (AhoyCore *self, const char *name);
AHOY_API
gboolean ahoy_core_require_module (AhoyCore *self, const char *name, GError **error);
AHOY_API
gboolean ahoy_core_load_module (AhoyCore *self, const char *name, GError **error);
AHOY_API
gboolean ahoy_core_unload_module (AhoyCore *self, const char *name, GError **error);

AHOY_API
gboolean ahoy_core_add_extension (AhoyCore *self, GType type, GObject *extension,
                                  const char *name, const char *const *before,
                                  const char *const *after, const char *const *methods,
                                  GError **error);
AHOY_API
gboolean ahoy_core_remove_extension (AhoyCore *self, GType type, GObject *extension);

G_END_DECLS
