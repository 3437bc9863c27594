/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sip-message-channel.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-contact-route.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-uri.h"

/**
 * AhoySipMessageChannel:
 *
 * Sends messages as MESSAGE requests (RFC 3428): to a SIP or tel URI, or to all contacts of an
 * endpoint of ours at once. The first who takes the message makes it delivered; where nobody does,
 * the best of the refusals counts. A redirection is followed.
 *
 * Since: 0.1
 */
struct _AhoySipMessageChannel {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyEndpointRegistry *endpoints;
  AhoyDomainRegistry *domains;
  AhoyLocation *location; /* NULL: only the configuration says where endpoints are */
  char *domain; /* ours, as callees see it */
  AhoySipMessageRequestFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

/* A message has so many requests at most, redirections among them. */
#define MOST_LEGS 32

static void channel_iface_init (AhoyMessageChannelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoySipMessageChannel, ahoy_sip_message_channel, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MESSAGE_CHANNEL,
                                                      channel_iface_init))

/* One message to one target: several requests, of which the best answer counts. */
typedef struct {
  AhoyTextMessage *message;
  AhoyEndpoint *endpoint; /* whom the requests are with; NULL for nobody */
  char *from;
  char *to;
  guint waiting;
  guint legs;
  gboolean over; /* the task has returned */
  guint status;
  char *reason;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_object_unref (delivery->message);
  g_clear_object (&delivery->endpoint);
  g_free (delivery->from);
  g_free (delivery->to);
  g_free (delivery->reason);
  g_free (delivery);
}

/* -- who is meant --------------------------------------------------------------------------- */

static gboolean
ahoy_sip_message_channel_can_reach (AhoyMessageChannel *channel, const char *target)
{
  AhoySipMessageChannel *self = AHOY_SIP_MESSAGE_CHANNEL (channel);
  g_autoptr (AhoyUri) uri = NULL;

  if (strpbrk (target, ":@<") == NULL) {
    return ahoy_endpoint_registry_lookup (self->endpoints, target) != NULL;
  }
  uri = ahoy_uri_parse (target, NULL);
  return uri != NULL && (ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_SIP ||
                         ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_SIPS);
}

/* The endpoint of ours that is meant: by its name, or by a URI of a domain of ours. */
static AhoyEndpoint *
find_endpoint (AhoySipMessageChannel *self, const char *target)
{
  g_autoptr (AhoyUri) uri = NULL;
  const char *user;

  if (strpbrk (target, ":@<") == NULL) {
    return ahoy_endpoint_registry_lookup (self->endpoints, target);
  }
  uri = ahoy_uri_parse (target, NULL);
  user = uri != NULL ? ahoy_uri_get_user_without_options (uri) : NULL;
  if (user == NULL || !ahoy_domain_registry_is_local (self->domains, ahoy_uri_get_host (uri))) {
    return NULL;
  }
  if (ahoy_endpoint_registry_lookup (self->endpoints, user) != NULL) {
    return ahoy_endpoint_registry_lookup (self->endpoints, user);
  }
  return ahoy_endpoint_registry_lookup_by_username (self->endpoints, user);
}

static const char *
get_text (AhoyEndpoint *endpoint, const char *key)
{
  const char *text =
      endpoint != NULL ? ahoy_config_object_get_string (
                             AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)), key)
                       : NULL;

  return text != NULL && *text != '\0' ? text : NULL;
}

/* The number in what an endpoint shows of itself, Bob <100>; NULL where there is none. */
static char *
find_number (AhoyEndpoint *endpoint)
{
  const char *text = get_text (endpoint, "caller-id");
  const char *open = text != NULL ? strrchr (text, '<') : NULL;
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  return close != NULL && close > open + 1 ? g_strndup (open + 1, (gsize) (close - open - 1))
                                           : NULL;
}

static char *
make_uri (const char *user, const char *domain)
{
  g_autofree char *escaped = g_uri_escape_string (user, "!$&'()*+,;=-_.~?/", FALSE);

  return g_strdup_printf ("sip:%s@%s", escaped, domain);
}

static char *
find_user (AhoyTextMessage *message, AhoyEndpoint *sender)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (ahoy_text_message_get_from (message), NULL);
  const char *user = uri != NULL ? ahoy_uri_get_user_without_options (uri) : NULL;
  char *number = sender != NULL ? find_number (sender) : NULL;

  if (number == NULL && uri != NULL && ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL) {
    user = ahoy_uri_get_number (uri);
  }
  return number != NULL ? number : g_strdup (user != NULL && *user != '\0' ? user : "anonymous");
}

/*
 * From as the receiver sees it: who wrote, at a domain of ours, so that an answer comes back here;
 * caller-id of who sent and from-user and from-domain of who gets it count first.
 */
static char *
make_from (AhoySipMessageChannel *self, AhoyTextMessage *message, AhoyEndpoint *receiver,
           GError **error)
{
  const char *name = ahoy_text_message_get_endpoint (message);
  AhoyEndpoint *sender =
      name != NULL ? ahoy_endpoint_registry_lookup (self->endpoints, name) : NULL;
  const char *domain = get_text (receiver, "from-domain");
  g_autofree char *display = sender != NULL ? ahoy_endpoint_dup_display_name (sender) : NULL;
  g_autofree char *user = find_user (message, sender);
  g_autofree char *text = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autoptr (AhoyNameAddr) address = NULL;

  text = make_uri (get_text (receiver, "from-user") != NULL ? get_text (receiver, "from-user")
                                                            : user,
                   domain != NULL ? domain : self->domain);
  uri = ahoy_uri_parse (text, error);
  if (uri == NULL) {
    return NULL;
  }
  if (display == NULL) {
    display = g_strdup (ahoy_text_message_get_from_name (message));
  }
  address = ahoy_name_addr_new (display, uri);
  return ahoy_name_addr_to_string (address);
}

/* -- requests ------------------------------------------------------------------------------- */

static void add_leg (GTask *task, const char *uri, AhoyContact *contact);

/* 2xx is best, then what says most: a refusal of a person before one of a machine. */
static guint
rank (guint status)
{
  if (status < 300) {
    return status;
  }
  return status == 408 || status == 503 ? 1000 : status >= 600 ? 300 : 300 + status % 300;
}

static void
note (Delivery *delivery, guint status, char *reason)
{
  g_autofree char *taken = reason;

  if (delivery->status == 0 || rank (status) < rank (delivery->status)) {
    delivery->status = status;
    g_free (delivery->reason);
    delivery->reason = g_steal_pointer (&taken);
  }
}

static void
finish_leg (GTask *task)
{
  Delivery *delivery = g_task_get_task_data (task);

  if (!delivery->over && (delivery->status / 100 == 2 || delivery->waiting == 0)) {
    delivery->over = TRUE;
    g_task_return_int (task, (gssize) delivery->status);
  }
}

static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Delivery *delivery = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) response =
      ahoy_stack_send_request_finish (AHOY_STACK (source), result, &error);
  g_autofree char *contact = NULL;
  guint status;

  delivery->waiting--;
  if (response == NULL) {
    note (delivery, 503, g_strdup (error->message));
    finish_leg (task);
    return;
  }
  status = ahoy_message_get_status (response);
  contact = status == 301 || status == 302 ? ahoy_message_dup_contact_uri (response) : NULL;
  if (contact != NULL && !delivery->over && delivery->legs < MOST_LEGS) {
    add_leg (task, contact, NULL);
  } else {
    note (delivery, status, ahoy_message_dup_reason (response));
  }
  finish_leg (task);
}

static gboolean
fill_request (Delivery *delivery, AhoyMessage *request, GError **error)
{
  AhoyTextMessage *message = delivery->message;
  g_autoptr (GVariant) headers = ahoy_text_message_list_headers (message);
  g_autofree char *hops = g_strdup_printf ("%u", ahoy_text_message_get_hops (message) - 1);
  GVariantIter iter;
  const char *name;
  const char *value;

  g_variant_iter_init (&iter, headers);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &value)) {
    if (!ahoy_message_add_header (request, name, value, error)) {
      return FALSE;
    }
  }
  if (ahoy_text_message_get_channel (message) != NULL &&
      !ahoy_message_set_header (request, "Max-Forwards", hops, error)) {
    return FALSE;
  }
  return g_bytes_get_size (ahoy_text_message_get_body (message)) == 0 ||
         ahoy_message_set_body (request, ahoy_text_message_get_content_type (message),
                                ahoy_text_message_get_body (message), error);
}

/* @contact: (nullable): where @uri was registered, so that the request finds the way back */
static void
add_leg (GTask *task, const char *uri, AhoyContact *contact)
{
  AhoySipMessageChannel *self = g_task_get_source_object (task);
  Delivery *delivery = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) request =
      self->func != NULL ? self->func (delivery->endpoint, uri, delivery->from, delivery->to,
                                       self->user_data, &error)
                         : ahoy_stack_create_request (self->stack, "MESSAGE", uri, delivery->from,
                                                      delivery->to, &error);

  delivery->legs++;
  if (request == NULL || !fill_request (delivery, request, &error) ||
      (contact != NULL && !ahoy_contact_route_request (contact, request, &error))) {
    g_message ("A message to %s cannot be sent: %s", uri, error->message);
    note (delivery, 500, NULL);
    return;
  }
  delivery->waiting++;
  ahoy_stack_send_request_async (self->stack, request,
                                 contact == NULL || ahoy_contact_is_static (contact)
                                     ? get_text (delivery->endpoint, "transport")
                                     : NULL,
                                 g_task_get_cancellable (task), on_response, g_object_ref (task));
}

static void
add_registered (GTask *task, AhoyEndpoint *endpoint)
{
  AhoySipMessageChannel *self = g_task_get_source_object (task);
  Delivery *delivery = g_task_get_task_data (task);
  g_auto (GStrv) aors = ahoy_location_list_aors_for (self->location, endpoint);

  for (gsize i = 0; aors[i] != NULL; i++) {
    g_autoptr (GPtrArray) contacts = ahoy_location_list_contacts (self->location, aors[i]);

    for (guint k = 0; k < contacts->len && delivery->legs < MOST_LEGS; k++) {
      add_leg (task, ahoy_contact_get_uri (contacts->pdata[k]), contacts->pdata[k]);
    }
  }
}

static void
add_contacts (GTask *task, AhoyEndpoint *endpoint)
{
  AhoySipMessageChannel *self = g_task_get_source_object (task);
  const char *contacts = get_text (endpoint, "contact");
  g_autoptr (GPtrArray) list =
      contacts != NULL ? ahoy_name_addr_parse_list (contacts, NULL) : NULL;

  if (self->location != NULL) {
    add_registered (task, endpoint);
    return;
  }
  for (guint i = 0; list != NULL && i < MIN (list->len, MOST_LEGS); i++) {
    g_autofree char *uri = ahoy_uri_to_string (ahoy_name_addr_get_uri (list->pdata[i]));

    add_leg (task, uri, NULL);
  }
}

static void
deliver_to_endpoint (GTask *task, AhoyEndpoint *endpoint)
{
  AhoySipMessageChannel *self = g_task_get_source_object (task);
  Delivery *delivery = g_task_get_task_data (task);
  const char *to = ahoy_text_message_get_to (delivery->message);
  GError *error = NULL;

  delivery->endpoint = g_object_ref (endpoint);
  delivery->from = make_from (self, delivery->message, endpoint, &error);
  if (delivery->from == NULL) {
    delivery->over = TRUE;
    g_task_return_error (task, error);
    return;
  }
  delivery->to = g_str_has_prefix (to, "sip:") || g_str_has_prefix (to, "sips:")
                     ? g_strdup (to)
                     : make_uri (ahoy_endpoint_get_name (endpoint), self->domain);
  if (ahoy_endpoint_get_maintenance (endpoint)) {
    note (delivery, 480, g_strdup ("In Maintenance"));
  } else {
    add_contacts (task, endpoint);
  }
  if (delivery->status == 0 && delivery->waiting == 0) {
    note (delivery, 480, NULL);
  }
  finish_leg (task);
}

/* What was written here goes as its endpoint; what only passes does not use anybody's accounts. */
static void
deliver_to_uri (GTask *task, const char *target)
{
  AhoySipMessageChannel *self = g_task_get_source_object (task);
  Delivery *delivery = g_task_get_task_data (task);
  const char *name = ahoy_text_message_get_endpoint (delivery->message);
  GError *error = NULL;

  if (ahoy_text_message_get_channel (delivery->message) == NULL && name != NULL) {
    AhoyEndpoint *sender = ahoy_endpoint_registry_lookup (self->endpoints, name);

    g_set_object (&delivery->endpoint, sender);
  }
  if (delivery->endpoint == NULL) {
    delivery->from = make_from (self, delivery->message, NULL, &error);
  }
  if (error != NULL) {
    delivery->over = TRUE;
    g_task_return_error (task, error);
    return;
  }
  add_leg (task, target, NULL);
  finish_leg (task);
}

static void
ahoy_sip_message_channel_deliver_async (AhoyMessageChannel *channel, AhoyTextMessage *message,
                                        const char *target, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  AhoySipMessageChannel *self = AHOY_SIP_MESSAGE_CHANNEL (channel);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  AhoyEndpoint *endpoint = find_endpoint (self, target);
  Delivery *delivery = g_new0 (Delivery, 1);

  g_task_set_source_tag (task, ahoy_sip_message_channel_deliver_async);
  delivery->message = g_object_ref (message);
  g_task_set_task_data (task, delivery, delivery_free);
  if (ahoy_text_message_get_hops (message) == 0) {
    note (delivery, 483, NULL);
    finish_leg (task);
  } else if (endpoint != NULL) {
    deliver_to_endpoint (task, endpoint);
  } else {
    deliver_to_uri (task, target);
  }
}

static guint
ahoy_sip_message_channel_deliver_finish (AhoyMessageChannel *channel, GAsyncResult *result,
                                         char **reason, GError **error)
{
  Delivery *delivery = g_task_get_task_data (G_TASK (result));
  gssize status = g_task_propagate_int (G_TASK (result), error);

  if (status > 0 && reason != NULL) {
    *reason = g_strdup (delivery->reason);
  }
  return status > 0 ? (guint) status : 0;
}

static void
channel_iface_init (AhoyMessageChannelInterface *iface)
{
  iface->can_reach = ahoy_sip_message_channel_can_reach;
  iface->deliver_async = ahoy_sip_message_channel_deliver_async;
  iface->deliver_finish = ahoy_sip_message_channel_deliver_finish;
}

static void
ahoy_sip_message_channel_finalize (GObject *object)
{
  AhoySipMessageChannel *self = AHOY_SIP_MESSAGE_CHANNEL (object);

  ahoy_sip_message_channel_set_request_func (self, NULL, NULL, NULL);
  g_clear_object (&self->stack);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->domains);
  g_clear_object (&self->location);
  g_free (self->domain);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_sip_message_channel_parent_class)->finalize (object);
}

static void
ahoy_sip_message_channel_class_init (AhoySipMessageChannelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_sip_message_channel_finalize;
}

static void
ahoy_sip_message_channel_init (AhoySipMessageChannel *self)
{
  self->domain = g_strdup ("anonymous.invalid");
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_sip_message_channel_new:
 * @stack: the stack that sends
 * @endpoints: the endpoints that messages can be for
 * @domains: the domains that are ours
 *
 * Returns: (transfer full): a new channel
 *
 * Since: 0.1
 */
AhoySipMessageChannel *
ahoy_sip_message_channel_new (AhoyStack *stack, AhoyEndpointRegistry *endpoints,
                              AhoyDomainRegistry *domains)
{
  AhoySipMessageChannel *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);
  g_return_val_if_fail (AHOY_IS_DOMAIN_REGISTRY (domains), NULL);

  self = g_object_new (AHOY_TYPE_SIP_MESSAGE_CHANNEL, NULL);
  self->stack = g_object_ref (stack);
  self->endpoints = g_object_ref (endpoints);
  self->domains = g_object_ref (domains);
  return self;
}

/**
 * ahoy_sip_message_channel_set_domain:
 * @self: a channel
 * @domain: the host, and the port where one is needed, at which answers to messages find us
 *
 * Says what stands behind the user part in From.
 *
 * Since: 0.1
 */
void
ahoy_sip_message_channel_set_domain (AhoySipMessageChannel *self, const char *domain)
{
  g_return_if_fail (AHOY_IS_SIP_MESSAGE_CHANNEL (self));
  g_return_if_fail (domain != NULL);

  g_free (self->domain);
  self->domain = g_strdup (domain);
}

/**
 * ahoy_sip_message_channel_set_location:
 * @self: a channel
 * @location: (nullable): who knows where endpoints are; %NULL for their configuration alone
 *
 * Says where endpoints are looked for.
 *
 * Since: 0.1
 */
void
ahoy_sip_message_channel_set_location (AhoySipMessageChannel *self, AhoyLocation *location)
{
  g_return_if_fail (AHOY_IS_SIP_MESSAGE_CHANNEL (self));
  g_return_if_fail (location == NULL || AHOY_IS_LOCATION (location));

  g_set_object (&self->location, location);
}

/**
 * ahoy_sip_message_channel_set_request_func:
 * @self: a channel
 * @func: (nullable) (scope notified): makes the requests; %NULL for plain ones
 * @user_data: (closure): for @func
 * @destroy: (nullable): frees @user_data
 *
 * Says how requests are made, so that they carry what the configuration of an endpoint adds.
 *
 * Since: 0.1
 */
void
ahoy_sip_message_channel_set_request_func (AhoySipMessageChannel *self,
                                           AhoySipMessageRequestFunc func, gpointer user_data,
                                           GDestroyNotify destroy)
{
  g_return_if_fail (AHOY_IS_SIP_MESSAGE_CHANNEL (self));

  if (self->destroy != NULL) {
    self->destroy (self->user_data);
  }
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
}
