/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-service.h"

#include <string.h>

#include "ahoy-census.h"
#include "ahoy-endpoint.h"
#include "ahoy-message-memory-private.h"

/**
 * AhoyMessageService:
 *
 * Takes MESSAGE requests outside of dialogs (RFC 3428), judges who sends and how much, and gives
 * them to an #AhoyMessageRouter. What the router says is the answer.
 *
 * A request that is sent once more with another branch is answered as the first one, and not given
 * to the router again.
 *
 * Since: 0.1
 */
struct _AhoyMessageService {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyMessageRouter *router;
  AhoyMessagingConfig *config;
  AhoySecurityLog *log;
  AhoyMessageMemory *memory;
  gboolean registered;
};

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyMessageService, ahoy_message_service, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

static const char *const methods[] = { "MESSAGE", NULL };

/* What goes on with a message besides its body. */
static const char *const passed[] = { "Subject",          "Date",         "Reply-To", "In-Reply-To",
                                      "Content-Language", "Organization", "Priority",
                                      "Content-Disposition" };

/* A message that the router has. */
typedef struct {
  AhoyMessageService *service;
  AhoyServerTransaction *transaction;
  char *key;
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->service);
  g_object_unref (job->transaction);
  g_free (job->key);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* -- answers -------------------------------------------------------------------------------- */

/* A 2xx has no Contact (RFC 3428 §7); a 302 says where to try. */
static void
answer (AhoyServerTransaction *transaction, AhoyMessageReceipt *receipt)
{
  const char *target = ahoy_message_receipt_get_target (receipt);
  g_autoptr (AhoyMessage) response = ahoy_server_transaction_create_response (
      transaction, ahoy_message_receipt_get_status (receipt),
      ahoy_message_receipt_get_reason (receipt));
  g_autofree char *contact = target != NULL ? g_strdup_printf ("<%s>", target) : NULL;
  g_autoptr (GError) error = NULL;

  if ((contact != NULL && !ahoy_message_add_header (response, "Contact", contact, &error)) ||
      !ahoy_server_transaction_respond (transaction, response, &error)) {
    g_message ("A MESSAGE is not answered: %s", error->message);
  }
}

/* Refuses with one more header. */
static void
refuse (AhoyServerTransaction *transaction, guint status, const char *reason, const char *header,
        const char *value)
{
  g_autoptr (AhoyMessage) response =
      ahoy_server_transaction_create_response (transaction, status, reason);

  if (header != NULL) {
    ahoy_message_add_header (response, header, value, NULL);
  }
  ahoy_server_transaction_respond (transaction, response, NULL);
}

static void
on_decided (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (AhoyMessageReceipt) receipt =
      ahoy_message_router_take_finish (AHOY_MESSAGE_ROUTER (source), result, NULL);
  g_autoptr (GPtrArray) waiting = NULL;

  if (receipt == NULL) {
    return;
  }
  waiting = ahoy_message_memory_settle (job->service->memory, job->key, receipt);
  if (waiting == NULL) {
    answer (job->transaction, receipt);
    return;
  }
  for (guint i = 0; i < waiting->len; i++) {
    answer (waiting->pdata[i], receipt);
  }
}

/* -- what a message has to be --------------------------------------------------------------- */

static AhoyConfigObject *
config_of (AhoyEndpoint *endpoint)
{
  return AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
}

static void
report (AhoyMessageService *self, AhoyMessage *request, AhoyEndpoint *endpoint)
{
  if (self->log != NULL) {
    ahoy_security_log_report (self->log, AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED, request,
                              ahoy_endpoint_get_name (endpoint),
                              ahoy_security_event_make_facts ("reason", "allow", NULL));
  }
}

/* Whether the endpoint may send, and now. */
static gboolean
check_sender (AhoyMessageService *self, AhoyServerTransaction *transaction, AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (self->config);
  g_autofree char *text = NULL;
  guint wait = 1;

  if (endpoint == NULL) {
    return TRUE;
  }
  if (!(ahoy_config_object_get_choices (config_of (endpoint), "allow") &
        AHOY_ENDPOINT_ALLOW_MESSAGE)) {
    report (self, ahoy_server_transaction_get_request (transaction), endpoint);
    refuse (transaction, 403, NULL, NULL, NULL);
    return FALSE;
  }
  if (ahoy_endpoint_get_maintenance (endpoint)) {
    refuse (transaction, 480, "In Maintenance", NULL, NULL);
    return FALSE;
  }
  if (!ahoy_message_memory_take_token (
          self->memory, ahoy_endpoint_get_name (endpoint),
          ahoy_config_object_get_number (config, "rate"),
          ahoy_config_object_get_number (config, "burst"),
          ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack)), &wait)) {
    text = g_strdup_printf ("%u", wait);
    refuse (transaction, 480, "Too Many Messages", "Retry-After", text);
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_taken (const char *const *types, AhoyTextMessage *message)
{
  for (gsize i = 0; types[i] != NULL; i++) {
    if (ahoy_text_message_has_content_type (message, types[i])) {
      return TRUE;
    }
  }
  return types[0] == NULL;
}

static char *
list_accepted (const char *const *types)
{
  return types[0] != NULL ? g_strjoinv (", ", (char **) types) : g_strdup ("*/*");
}

static gboolean
check_body (AhoyMessageService *self, AhoyServerTransaction *transaction, AhoyTextMessage *message)
{
  AhoyConfigObject *config = AHOY_CONFIG_OBJECT (self->config);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  const char *const *types = ahoy_config_object_get_list (config, "content-types");
  g_autofree char *encoding = ahoy_message_get_header (request, "Content-Encoding");
  gsize size = g_bytes_get_size (ahoy_text_message_get_body (message));

  if (size > ahoy_config_object_get_number (config, "maximum-size")) {
    refuse (transaction, 413, NULL, NULL, NULL);
    return FALSE;
  }
  if (encoding != NULL && *encoding != '\0' && g_ascii_strcasecmp (encoding, "identity") != 0) {
    refuse (transaction, 415, NULL, "Accept-Encoding", "identity");
    return FALSE;
  }
  if (size > 0 && (*ahoy_text_message_get_content_type (message) == '\0' ||
                   !is_taken (types, message))) {
    g_autofree char *accepted = list_accepted (types);

    refuse (transaction, 415, NULL, "Accept", accepted);
    return FALSE;
  }
  return TRUE;
}

/* -- from SIP ------------------------------------------------------------------------------- */

static guint
read_number (AhoyMessage *request, const char *name, guint fallback)
{
  g_autofree char *text = ahoy_message_get_header (request, name);
  guint64 number;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL)
             ? (guint) number
             : fallback;
}

static void
copy_headers (AhoyMessage *request, AhoyTextMessage *message)
{
  g_auto (GStrv) names = ahoy_message_list_headers (request);

  for (gsize i = 0; i < G_N_ELEMENTS (passed); i++) {
    g_autofree char *value = ahoy_message_get_header (request, passed[i]);

    if (value != NULL && *value != '\0') {
      ahoy_text_message_add_header (message, passed[i], value);
    }
  }
  for (gsize i = 0; names[i] != NULL; i++) {
    g_autofree char *value = NULL;

    if (g_ascii_strncasecmp (names[i], "X-", 2) != 0 ||
        ahoy_text_message_get_header (message, names[i]) != NULL) {
      continue;
    }
    value = ahoy_message_get_header (request, names[i]);
    if (value != NULL) {
      ahoy_text_message_add_header (message, names[i], value);
    }
  }
}

/* What routes go by: message-context of the endpoint, else its context. */
static const char *
find_context (AhoyEndpoint *endpoint)
{
  const char *context = ahoy_config_object_get_string (config_of (endpoint), "message-context");

  return context != NULL && *context != '\0'
             ? context
             : ahoy_config_object_get_string (config_of (endpoint), "context");
}

static AhoyTextMessage *
read_message (AhoyMessage *request, AhoyEndpoint *endpoint)
{
  g_autofree char *from = ahoy_message_dup_from_uri (request);
  g_autofree char *name = ahoy_message_dup_from_display (request);
  g_autofree char *to = ahoy_message_dup_request_uri (request);
  g_autofree char *type = ahoy_message_dup_content_type (request);
  g_autoptr (GBytes) body = ahoy_message_get_body (request);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  AhoyTextMessage *message =
      ahoy_text_message_new (from != NULL ? from : "", to != NULL ? to : "",
                             type != NULL ? type : "", body != NULL ? body : none);

  if (name != NULL && *name != '\0') {
    ahoy_text_message_set_from_name (message, name);
  }
  ahoy_text_message_set_channel (message, "sip");
  ahoy_text_message_set_hops (message, read_number (request, "Max-Forwards", 70));
  ahoy_text_message_set_lifetime (message, read_number (request, "Expires", 0));
  if (endpoint != NULL) {
    ahoy_text_message_set_endpoint (message, ahoy_endpoint_get_name (endpoint));
    ahoy_text_message_set_context (message, find_context (endpoint));
  }
  copy_headers (request, message);
  return message;
}

/* RFC 3261 §8.2.2.2: what is the same request, by whatever way it comes. */
static char *
make_key (AhoyMessage *request, AhoyEndpoint *endpoint)
{
  g_autofree char *call_id = ahoy_message_dup_call_id (request);
  g_autofree char *tag = ahoy_message_dup_from_tag (request);

  return g_strdup_printf ("%s\n%s\n%s\n%u",
                          endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : "",
                          call_id != NULL ? call_id : "", tag != NULL ? tag : "",
                          ahoy_message_get_cseq (request));
}

/* FALSE: it was here before, and is answered or waits with the first one. */
static gboolean
is_new (AhoyMessageService *self, AhoyServerTransaction *transaction, const char *key)
{
  gint64 lifetime =
      ahoy_config_object_get_duration (AHOY_CONFIG_OBJECT (self->config), "duplicate-time");
  g_autoptr (AhoyMessageReceipt) receipt = NULL;

  if (lifetime == 0 ||
      ahoy_message_memory_begin (self->memory, key, transaction, lifetime,
                                 ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack)),
                                 &receipt)) {
    return TRUE;
  }
  if (receipt != NULL) {
    answer (transaction, receipt);
  }
  return FALSE;
}

static AhoyServiceVerdict
ahoy_message_service_handle_request (AhoyService *service, AhoyServerTransaction *transaction)
{
  AhoyMessageService *self = AHOY_MESSAGE_SERVICE (service);
  AhoyMessage *request = ahoy_server_transaction_get_request (transaction);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  g_autoptr (AhoyTextMessage) message = NULL;
  g_autofree char *key = NULL;
  Job *job;

  if (!g_str_equal (ahoy_message_get_method (request), "MESSAGE")) {
    return AHOY_SERVICE_NOT_MINE;
  }
  message = read_message (request, endpoint);
  key = make_key (request, endpoint);
  if (!check_body (self, transaction, message) || !is_new (self, transaction, key)) {
    return AHOY_SERVICE_TAKEN;
  }
  if (!check_sender (self, transaction, endpoint)) {
    ahoy_message_memory_forget (self->memory, key);
    return AHOY_SERVICE_TAKEN;
  }
  job = g_new0 (Job, 1);
  job->service = g_object_ref (self);
  job->transaction = g_object_ref (transaction);
  job->key = g_steal_pointer (&key);
  ahoy_message_router_take_async (self->router, message, NULL, on_decided, job);
  return AHOY_SERVICE_TAKEN;
}

static void
service_iface_init (AhoyServiceInterface *iface)
{
  iface->handle_request = ahoy_message_service_handle_request;
}

static void
ahoy_message_service_finalize (GObject *object)
{
  AhoyMessageService *self = AHOY_MESSAGE_SERVICE (object);

  g_clear_object (&self->stack);
  g_clear_object (&self->router);
  g_clear_object (&self->config);
  g_clear_object (&self->log);
  ahoy_message_memory_free (self->memory);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_message_service_parent_class)->finalize (object);
}

static void
ahoy_message_service_class_init (AhoyMessageServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_message_service_finalize;
}

static void
ahoy_message_service_init (AhoyMessageService *self)
{
  self->memory = ahoy_message_memory_new ();
  self->config = ahoy_messaging_config_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_message_service_new:
 * @stack: the stack whose requests it takes
 * @router: who decides about messages
 *
 * Returns: (transfer full): a service that takes nothing before ahoy_message_service_register()
 *
 * Since: 0.1
 */
AhoyMessageService *
ahoy_message_service_new (AhoyStack *stack, AhoyMessageRouter *router)
{
  AhoyMessageService *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (AHOY_IS_MESSAGE_ROUTER (router), NULL);

  self = g_object_new (AHOY_TYPE_MESSAGE_SERVICE, NULL);
  self->stack = g_object_ref (stack);
  self->router = g_object_ref (router);
  return self;
}

/**
 * ahoy_message_service_register:
 * @self: a service
 * @error: return location for an error
 *
 * Begins to take MESSAGE requests.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when messages are taken care of already
 *
 * Since: 0.1
 */
gboolean
ahoy_message_service_register (AhoyMessageService *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MESSAGE_SERVICE (self), FALSE);

  self->registered = ahoy_stack_add_service (self->stack, AHOY_SERVICE (self), "messaging", NULL,
                                             NULL, methods, error);
  return self->registered;
}

/**
 * ahoy_message_service_unregister:
 * @self: a service
 *
 * Takes no more MESSAGE requests.
 *
 * Since: 0.1
 */
void
ahoy_message_service_unregister (AhoyMessageService *self)
{
  g_return_if_fail (AHOY_IS_MESSAGE_SERVICE (self));

  if (self->registered) {
    ahoy_stack_remove_service (self->stack, AHOY_SERVICE (self));
    self->registered = FALSE;
  }
}

/**
 * ahoy_message_service_set_config:
 * @self: a service
 * @config: (transfer none): which messages are taken, and how many
 *
 * Says what holds for messages that come from now on.
 *
 * Since: 0.1
 */
void
ahoy_message_service_set_config (AhoyMessageService *self, AhoyMessagingConfig *config)
{
  g_return_if_fail (AHOY_IS_MESSAGE_SERVICE (self));
  g_return_if_fail (AHOY_IS_MESSAGING_CONFIG (config));

  g_set_object (&self->config, config);
}

/**
 * ahoy_message_service_set_security_log:
 * @self: a service
 * @log: (nullable): where it is noted that an endpoint sent that may not
 *
 * Says where refusals are noted.
 *
 * Since: 0.1
 */
void
ahoy_message_service_set_security_log (AhoyMessageService *self, AhoySecurityLog *log)
{
  g_return_if_fail (AHOY_IS_MESSAGE_SERVICE (self));
  g_return_if_fail (log == NULL || AHOY_IS_SECURITY_LOG (log));

  g_set_object (&self->log, log);
}
