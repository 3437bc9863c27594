/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-sdp-handler.h"
#include "ahoy-session-supplement.h"
#include "ahoy-contact.h"
#include "ahoy-info-package.h"
#include "ahoy-replaces.h"
#include "ahoy-session.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

#define AHOY_TYPE_SESSION_SERVICE (ahoy_session_service_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySessionService, ahoy_session_service, AHOY, SESSION_SERVICE, GObject)

/**
 * AhoySessionNumberFunc:
 * @session: whose peer it is
 * @number: the number of who calls or answers, or the user part of his address
 * @user_data: what was given with the function
 *
 * Says how a number is written on this host.
 *
 * Returns: (transfer full) (nullable): the number; %NULL for as it is
 *
 * Since: 0.1
 */
typedef char *(*AhoySessionNumberFunc) (AhoySession *session, const char *number,
                                        gpointer user_data);

AHOY_API
AhoySessionService *ahoy_session_service_new (AhoyStack *stack);
AHOY_API
gboolean ahoy_session_service_register (AhoySessionService *self, GError **error);
AHOY_API
void ahoy_session_service_unregister (AhoySessionService *self);
AHOY_API
AhoyStack *ahoy_session_service_get_stack (AhoySessionService *self);
AHOY_API
void ahoy_session_service_set_number_func (AhoySessionService *self, AhoySessionNumberFunc func,
                                           gpointer user_data, GDestroyNotify destroy);
AHOY_API
GPtrArray *ahoy_session_service_list_sessions (AhoySessionService *self);
AHOY_API
AhoySession *ahoy_session_service_lookup (AhoySessionService *self, guint64 id);
AHOY_API
AhoySession *ahoy_session_service_find_by_replaces (AhoySessionService *self,
                                                    AhoyReplaces *replaces);
AHOY_API
AhoySession *ahoy_session_service_dial (AhoySessionService *self, const char *from,
                                        const char *target, GVariant *options, GError **error);
AHOY_API
AhoySession *ahoy_session_service_dial_contact (AhoySessionService *self, AhoyEndpoint *endpoint,
                                                AhoyContact *contact, const char *from,
                                                GVariant *options, GError **error);
AHOY_API
AhoySession *ahoy_session_service_dial_contacts (AhoySessionService *self, AhoyEndpoint *endpoint,
                                                 GPtrArray *contacts, const char *from,
                                                 const char *target, GVariant *options,
                                                 GError **error);
AHOY_API
AhoySession *ahoy_session_service_dial_as (AhoySessionService *self, AhoyEndpoint *endpoint,
                                           const char *from, const char *target,
                                           GVariant *options, GError **error);
AHOY_API
gboolean ahoy_session_service_add_supplement (AhoySessionService *self,
                                              AhoySessionSupplement *supplement, const char *name,
                                              const char *const *before, const char *const *after,
                                              const char *const *methods, GError **error);
AHOY_API
gboolean ahoy_session_service_remove_supplement (AhoySessionService *self,
                                                 AhoySessionSupplement *supplement);
AHOY_API
gboolean ahoy_session_service_add_sdp_handler (AhoySessionService *self, AhoySdpHandler *handler,
                                               const char *name, const char *media_type,
                                               const char *const *before,
                                               const char *const *after, GError **error);
AHOY_API
gboolean ahoy_session_service_remove_sdp_handler (AhoySessionService *self,
                                                  AhoySdpHandler *handler);
AHOY_API
AhoySdpSession *ahoy_session_service_describe (AhoySessionService *self, AhoyEndpoint *endpoint);
AHOY_API
gboolean ahoy_session_service_describe_to (AhoySessionService *self, AhoyMessage *request,
                                           AhoyMessage *response);
AHOY_API
void ahoy_session_service_set_offered_media (AhoySessionService *self,
                                             const char *const *media_types);
AHOY_API
gboolean ahoy_session_service_add_info_package (AhoySessionService *self, AhoyInfoPackage *package,
                                                GError **error);
AHOY_API
gboolean ahoy_session_service_remove_info_package (AhoySessionService *self,
                                                   AhoyInfoPackage *package);
AHOY_API
gboolean ahoy_session_service_add_content_type (AhoySessionService *self, const char *method,
                                                const char *content_type, GError **error);
AHOY_API
gboolean ahoy_session_service_remove_content_type (AhoySessionService *self, const char *method,
                                                   const char *content_type);

G_END_DECLS
