/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-core-change-private.h"
#include "ahoy-error.h"
#include "ahoy-message-routes.h"
#include "ahoy-message-service.h"
#include "ahoy-sip-message-channel.h"

/* The module “messaging”: text messages outside of calls, and [messaging]. */

struct _AhoyCoreMessaging {
  AhoyMessageRouter *router;
  AhoySipMessageChannel *channel;
  AhoyMessageService *service;
  AhoyMessageRoutes *routes;
  AhoyMessageStore *store;
};

static AhoyMessage *
make_request (AhoyEndpoint *endpoint, const char *uri, const char *from, const char *to,
              gpointer user_data, GError **error)
{
  return ahoy_core_make_request (user_data, endpoint, "MESSAGE", uri, from, to, error);
}

/* What it needs of the core is there before anything is configured. */
void
ahoy_core_init_messaging (AhoyCore *self)
{
  AhoyCoreMessaging *messaging = g_new0 (AhoyCoreMessaging, 1);

  messaging->router = ahoy_message_router_new (ahoy_stack_get_extensions (self->stack),
                                               ahoy_stack_get_scheduler (self->stack));
  messaging->channel =
      ahoy_sip_message_channel_new (self->stack, self->endpoints, self->domains);
  ahoy_sip_message_channel_set_request_func (messaging->channel, make_request, self, NULL);
  ahoy_sip_message_channel_set_location (messaging->channel, self->location);
  messaging->routes = ahoy_message_routes_new (messaging->router, self->endpoints, self->domains,
                                               ahoy_stack_get_scheduler (self->stack));
  messaging->store = ahoy_message_store_new (messaging->router, self->endpoints, self->location,
                                             ahoy_stack_get_scheduler (self->stack));
  ahoy_message_routes_set_store (messaging->routes, messaging->store);
  messaging->service = ahoy_message_service_new (self->stack, messaging->router);
  self->messaging = messaging;
}

void
ahoy_core_clear_messaging (AhoyCore *self)
{
  AhoyCoreMessaging *messaging = g_steal_pointer (&self->messaging);

  if (messaging == NULL) {
    return;
  }
  ahoy_message_router_close (messaging->router);
  ahoy_sip_message_channel_set_request_func (messaging->channel, NULL, NULL, NULL);
  ahoy_message_store_stop (messaging->store);
  g_clear_object (&messaging->routes);
  g_clear_object (&messaging->store);
  g_clear_object (&messaging->service);
  g_clear_object (&messaging->channel);
  g_clear_object (&messaging->router);
  g_free (messaging);
}

void
ahoy_core_set_message_domain (AhoyCore *self, const char *domain)
{
  ahoy_sip_message_channel_set_domain (self->messaging->channel, domain);
}

/* -- the module ----------------------------------------------------------------------------- */

static void
stop (AhoyCore *self)
{
  ahoy_message_store_stop (self->messaging->store);
  ahoy_message_service_unregister (self->messaging->service);
  ahoy_message_router_remove_handler (self->messaging->router,
                                      AHOY_MESSAGE_HANDLER (self->messaging->routes));
  ahoy_message_router_remove_channel (self->messaging->router,
                                      AHOY_MESSAGE_CHANNEL (self->messaging->channel));
  ahoy_message_router_close (self->messaging->router);
}

static gboolean
start (AhoyCore *self, GError **error)
{
  AhoyCoreMessaging *messaging = self->messaging;

  ahoy_message_service_set_security_log (
      messaging->service, self->interception != NULL
                              ? ahoy_interception_get_security_log (self->interception)
                              : NULL);
  if (!ahoy_message_router_add_channel (messaging->router,
                                        AHOY_MESSAGE_CHANNEL (messaging->channel), "sip", error)) {
    return FALSE;
  }
  if (!ahoy_message_router_add_handler (messaging->router,
                                        AHOY_MESSAGE_HANDLER (messaging->routes), "routes", NULL,
                                        NULL, error) ||
      !ahoy_message_service_register (messaging->service, error)) {
    stop (self);
    return FALSE;
  }
  ahoy_message_store_start (messaging->store);
  return TRUE;
}

const AhoyCoreModule ahoy_core_messaging_module = {
  .name = "messaging",
  .summary = "text messages",
  .start = start,
  .stop = stop,
};

/* -- [messaging] ---------------------------------------------------------------------------- */

/* Once; what a folder of the state keeps outlives the program. */
static void
open_store (AhoyCore *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (self->state_folder == NULL) {
    g_info ("Messages that wait are kept in memory alone: there is no folder for the state");
    return;
  }
  path = g_build_filename (self->state_folder, "messages.db", NULL);
  if (!ahoy_message_store_open (self->messaging->store, self->pool, path, &error)) {
    g_warning ("Messages that wait are kept in memory alone: %s", error->message);
  }
}

static void
finish_config (AhoyCoreChange *change, gboolean touched)
{
  AhoyConfigObject *given = ahoy_config_set_lookup (change->to, "messaging", "");
  g_autoptr (AhoyMessagingConfig) config =
      given != NULL ? AHOY_MESSAGING_CONFIG (g_object_ref (given)) : ahoy_messaging_config_new ();

  ahoy_message_service_set_config (change->core->messaging->service, config);
  ahoy_message_store_set_config (change->core->messaging->store, config);
  if (change->first) {
    open_store (change->core);
  }
}

const AhoyCorePart ahoy_core_messaging_part = {
  .type = "messaging",
  .finish = finish_config,
};

/* -- [message-route NAME] ------------------------------------------------------------------- */

/* Whoever a step names has to be there. */
static void
check_targets (AhoyCoreChange *change, AhoyConfigObject *object, AhoyRouteStep *step)
{
  const char *const *targets = g_str_equal (ahoy_route_step_get_name (step), "deliver")
                                   ? ahoy_route_step_get_texts (step, "target")
                                   : NULL;

  for (gsize i = 0; targets != NULL && targets[i] != NULL; i++) {
    g_autofree char *message = NULL;

    if (strpbrk (targets[i], ":@<$") == NULL &&
        ahoy_config_set_lookup (change->to, "endpoint", targets[i]) == NULL) {
      message = g_strdup_printf ("%u:%u: There is no endpoint “%s” to deliver to; add it, or write "
                                 "a URI such as <sip:%s@example.org>",
                                 ahoy_route_step_get_line (step),
                                 ahoy_route_step_get_column (step), targets[i], targets[i]);
      ahoy_core_change_complain (change, AHOY_CONFIG_SEVERITY_WARNING, object, "do", message);
    }
  }
}

static gboolean
check_route (AhoyCoreChange *change, AhoyConfigObject *object)
{
  g_autoptr (AhoyRouteProgram) program = ahoy_route_program_parse (
      ahoy_message_route_config_get_steps (), ahoy_config_object_get_string (object, "do"), NULL);

  for (guint i = 0; program != NULL && i < ahoy_route_program_get_length (program); i++) {
    check_targets (change, object, ahoy_route_program_get_step (program, i));
  }
  return program != NULL;
}

static void
finish_routes (AhoyCoreChange *change, gboolean touched)
{
  g_autoptr (GPtrArray) list = NULL;

  if (touched || change->first) {
    list = ahoy_config_set_list (change->to, "message-route");
    ahoy_message_routes_set (change->core->messaging->routes, list, NULL); /* was checked */
  }
}

const AhoyCorePart ahoy_core_message_route_part = {
  .type = "message-route",
  .check = check_route,
  .finish = finish_routes,
};

/* -- from here ------------------------------------------------------------------------------ */

/**
 * ahoy_core_get_message_router:
 * @self: a core
 *
 * Returns: (transfer none): what all messages pass; its channels and handlers are extensions
 *
 * Since: 0.1
 */
AhoyMessageRouter *
ahoy_core_get_message_router (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->messaging->router;
}

/**
 * ahoy_core_get_message_store:
 * @self: a core
 *
 * Returns: (transfer none): where messages wait for who cannot be reached
 *
 * Since: 0.1
 */
AhoyMessageStore *
ahoy_core_get_message_store (AhoyCore *self)
{
  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);

  return self->messaging->store;
}

/**
 * ahoy_core_create_message:
 * @self: a core
 * @endpoint: the name of the endpoint that writes; empty for the default one
 * @target: whom it is for: the name of an endpoint of ours, the URI of a channel, or a user name
 *   that @endpoint completes
 * @content_type: the type of @body, such as `text/plain`
 * @body: (transfer none): what it says
 * @error: return location for an error
 *
 * Writes a message as an endpoint. It is sent with ahoy_message_router_deliver_async() to its
 * ahoy_text_message_get_to().
 *
 * Returns: (transfer full): a new message, or %NULL with %AHOY_ERROR_NOT_FOUND when there is no
 *   such endpoint, %AHOY_ERROR_INVALID_ARGUMENTS when the address cannot be used, or
 *   %AHOY_ERROR_NOT_SUPPORTED when the module `messaging` is not loaded
 *
 * Since: 0.1
 */
AhoyTextMessage *
ahoy_core_create_message (AhoyCore *self, const char *endpoint, const char *target,
                          const char *content_type, GBytes *body, GError **error)
{
  g_autofree char *completed = NULL;
  g_autofree char *from = NULL;
  AhoyEndpoint *sender = NULL;
  AhoyTextMessage *message;

  g_return_val_if_fail (AHOY_IS_CORE (self), NULL);
  g_return_val_if_fail (endpoint != NULL && target != NULL, NULL);
  g_return_val_if_fail (content_type != NULL && body != NULL, NULL);

  if (!ahoy_core_require_module (self, "messaging", error) ||
      !ahoy_core_read_parties (self, endpoint, target, &sender, &completed, &from, error)) {
    return NULL;
  }
  message = ahoy_text_message_new (from, completed, content_type, body);
  if (sender != NULL) {
    ahoy_text_message_set_endpoint (message, ahoy_endpoint_get_name (sender));
  }
  return message;
}
