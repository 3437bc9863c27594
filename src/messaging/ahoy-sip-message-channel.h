/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include "ahoy-domain-registry.h"
#include "ahoy-endpoint-registry.h"
#include "ahoy-location.h"
#include "ahoy-message-channel.h"
#include "ahoy-stack.h"

G_BEGIN_DECLS

/**
 * AhoySipMessageRequestFunc:
 * @endpoint: (nullable): whom the request is with: its headers, its proxies and its accounts count
 * @uri: the Request-URI
 * @from: (nullable): what stands in From; %NULL for what @endpoint says of itself
 * @to: (nullable): what stands in To; %NULL for @uri
 * @user_data: what was given with the function
 * @error: return location for an error
 *
 * Makes a MESSAGE request that is complete but for its body.
 *
 * Returns: (transfer full): a request
 *
 * Since: 0.1
 */
typedef AhoyMessage *(*AhoySipMessageRequestFunc) (AhoyEndpoint *endpoint, const char *uri,
                                                   const char *from, const char *to,
                                                   gpointer user_data, GError **error);

#define AHOY_TYPE_SIP_MESSAGE_CHANNEL (ahoy_sip_message_channel_get_type ())
AHOY_API
G_DECLARE_FINAL_TYPE (AhoySipMessageChannel, ahoy_sip_message_channel, AHOY, SIP_MESSAGE_CHANNEL,
                      GObject)

AHOY_API
AhoySipMessageChannel *ahoy_sip_message_channel_new (AhoyStack *stack,
                                                     AhoyEndpointRegistry *endpoints,
                                                     AhoyDomainRegistry *domains);
AHOY_API
void ahoy_sip_message_channel_set_domain (AhoySipMessageChannel *self, const char *domain);
AHOY_API
void ahoy_sip_message_channel_set_location (AhoySipMessageChannel *self, AhoyLocation *location);
AHOY_API
void ahoy_sip_message_channel_set_request_func (AhoySipMessageChannel *self,
                                                AhoySipMessageRequestFunc func,
                                                gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
