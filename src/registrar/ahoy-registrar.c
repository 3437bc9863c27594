/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-registrar.h"

#include "ahoy-census.h"
#include "ahoy-endpoint.h"
#include "ahoy-error.h"
#include "ahoy-name-addr.h"
#include "ahoy-register-answer-private.h"
#include "ahoy-register-bindings-private.h"
#include "ahoy-register-flows-private.h"

/**
 * AhoyRegistrar:
 *
 * Takes REGISTER requests (RFC 3261 section 10.3): tells the location service where endpoints are.
 *
 * Only an endpoint that is known can register, and only under its own addresses of record. An
 * answer leaves when what it says is stored. No transaction is kept: the reply cache of the stack
 * answers what is sent again.
 *
 * Since: 0.1
 */
struct _AhoyRegistrar {
  GObject parent_instance;

  AhoyStack *stack;
  AhoyLocation *location;
  AhoyAclRegistry *acls;
  AhoySecurityLog *log;
  AhoyRegisterFlows *flows;
  gulong closed_handler;
  gboolean started;
  guint max_rate;   /* 0: no limit */
  double allowance; /* how many may come now */
  gint64 counted;   /* when that was so, by the scheduler's clock */
};

static void service_iface_init (AhoyServiceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyRegistrar, ahoy_registrar, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SERVICE, service_iface_init))

enum {
  SIGNAL_OTHER_ADDRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const methods[] = { "REGISTER", NULL };
static const char *const option_tags[] = { "path", "outbound" };

/* A REGISTER while its changes are stored. */
typedef struct {
  AhoyRegistrar *registrar;
  AhoyServerTransaction *transaction;
  AhoyRegisterRequest *request;
  AhoyRegisterRefusal refusal;
  AhoyConfigObject *aor; /* as it was when the changes were made */
  GPtrArray *bindings;   /* AhoyContact, what became of them */
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->registrar);
  g_object_unref (job->transaction);
  ahoy_register_request_free (job->request);
  ahoy_register_refusal_clear (&job->refusal);
  g_clear_object (&job->aor);
  g_clear_pointer (&job->bindings, g_ptr_array_unref);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* -- may it? ----------------------------------------------------------------------------------- */

static void
report (AhoyRegistrar *self, AhoyServerTransaction *transaction, AhoySecurityEventType type,
        const char *reason, const char *subject)
{
  AhoyMessage *message = ahoy_server_transaction_get_request (transaction);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (message);

  if (self->log != NULL) {
    ahoy_security_log_report (self->log, type, message,
                              endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL,
                              ahoy_security_event_make_facts ("reason", reason, "subject", subject,
                                                              NULL));
  }
}

static gboolean
refuse (AhoyRegisterRefusal *refusal, guint status, const char *reason)
{
  ahoy_register_refuse (refusal, status, reason);
  return FALSE;
}

static gboolean
refuse_extension (AhoyRegisterRefusal *refusal, const char *tag)
{
  refusal->header = "Unsupported";
  refusal->value = g_strdup (tag);
  return refuse (refusal, 420, NULL);
}

/* Under which of its addresses of record: `user@host` where one is called so, or else `user`. */
static char *
find_aor (AhoyRegistrar *self, AhoyEndpoint *endpoint, const AhoyRegisterRequest *request)
{
  g_auto (GStrv) own = ahoy_location_list_aors_for (self->location, endpoint);
  g_autofree char *full = g_strconcat (request->aor, "@", request->domain, NULL);

  if (own == NULL) {
    return NULL;
  }
  if (g_strv_contains ((const char *const *) own, full)) {
    return g_steal_pointer (&full);
  }
  return g_strv_contains ((const char *const *) own, request->aor) ? g_strdup (request->aor) : NULL;
}

/* An address that is somebody else's and one that is nobody's are refused in the same way: who has
 * one account does not learn from it which others there are. */
static gboolean
check_endpoint (AhoyRegistrar *self, AhoyServerTransaction *transaction, AhoyEndpoint *endpoint,
                const AhoyRegisterRequest *request, char **aor, AhoyRegisterRefusal *refusal)
{
  AhoyConfigObject *config;

  if (endpoint == NULL) {
    return refuse (refusal, 403, NULL);
  }
  config = AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint));
  if ((ahoy_config_object_get_choices (config, "allow") & AHOY_ENDPOINT_ALLOW_REGISTER) == 0) {
    report (self, transaction, AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED, "allow", NULL);
    return refuse (refusal, 403, NULL);
  }
  *aor = find_aor (self, endpoint, request);
  if (*aor == NULL) {
    gboolean taken = FALSE;

    g_signal_emit (self, signals[SIGNAL_OTHER_ADDRESS], 0, endpoint, request->aor, &taken);
    *aor = taken ? g_strdup (request->aor) : NULL;
  }
  if (*aor == NULL) {
    report (self, transaction, AHOY_SECURITY_EVENT_REQUEST_NOT_ALLOWED, "aor", request->aor);
    return refuse (refusal, 403, "Not Your Address");
  }
  return TRUE;
}

static gboolean
check_acl (AhoyRegistrar *self, AhoyServerTransaction *transaction, AhoyEndpoint *endpoint,
           const AhoyRegisterRequest *request, AhoyRegisterRefusal *refusal)
{
  for (guint i = 0; self->acls != NULL && i < request->contacts->len; i++) {
    AhoyRegisterContact *contact = request->contacts->pdata[i];

    if (!ahoy_acl_registry_permits_contact (self->acls, endpoint, contact->text)) {
      report (self, transaction, AHOY_SECURITY_EVENT_FAILED_ACL, "contact", contact->text);
      return refuse (refusal, 403, "Contact Not Permitted");
    }
  }
  return TRUE;
}

/* RFC 3327 §5.3 */
static gboolean
check_path (const AhoyRegisterRequest *request, AhoyConfigObject *aor, AhoyMessage *message,
            AhoyRegisterRefusal *refusal)
{
  gboolean supported = ahoy_config_object_get_boolean (aor, "support-path");

  if (!supported && (request->path != NULL ||
                     ahoy_message_has_option_tag (message, "Require", "path"))) {
    return refuse_extension (refusal, "path");
  }
  /* The one that registers would not know that calls to it pass somebody. */
  if (request->path != NULL && !request->knows_path) {
    return refuse_extension (refusal, "path");
  }
  return TRUE;
}

static gboolean
last_hop_has_outbound (const AhoyRegisterRequest *request)
{
  g_autoptr (AhoyNameAddr) last = NULL;
  guint length = request->path != NULL ? g_strv_length (request->path) : 0;

  last = length > 0 ? ahoy_name_addr_parse (request->path[length - 1], NULL) : NULL;
  return last != NULL && ahoy_uri_has_param (ahoy_name_addr_get_uri (last), "ob");
}

/* RFC 5626 §6: a device registers one flow at a time, and the hop next to it has to keep it. */
static gboolean
check_outbound (const AhoyRegisterRequest *request, AhoyRegisterRefusal *refusal)
{
  guint bound = 0;

  for (guint i = 0; i < request->contacts->len; i++) {
    bound += ((AhoyRegisterContact *) request->contacts->pdata[i])->expires != 0 ? 1 : 0;
  }
  if (request->has_flow && bound > 1) {
    return refuse (refusal, 400, "Only One Flow At A Time");
  }
  if (request->has_flow && !request->first_hop && !last_hop_has_outbound (request)) {
    return refuse (refusal, 439, "First Hop Lacks Outbound Support");
  }
  return TRUE;
}

/* Everybody's phones come back at once when the power does; what may come within a second is not
 * saved up for longer. */
static gboolean
check_rate (AhoyRegistrar *self, AhoyRegisterRefusal *refusal)
{
  gint64 now = ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack));

  if (self->max_rate == 0) {
    return TRUE;
  }
  self->allowance += (double) (now - self->counted) * self->max_rate / G_USEC_PER_SEC;
  self->allowance = MIN (self->allowance, self->max_rate);
  self->counted = now;
  if (self->allowance >= 1) {
    self->allowance -= 1;
    return TRUE;
  }
  refusal->header = "Retry-After";
  refusal->value = g_strdup_printf ("%d", g_random_int_range (1, 11));
  return refuse (refusal, 503, "Too Many Registrations");
}

/* -- the changes ------------------------------------------------------------------------------- */

static gboolean
edit_bindings (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  Job *job = user_data;
  AhoyMessage *message = ahoy_server_transaction_get_request (job->transaction);
  GSocketAddress *source = ahoy_message_get_source (message);
  g_autofree char *received = NULL;
  AhoyRegisterOrigin origin = { 0 };
  AhoyRegisterLimits limits;

  if (G_IS_INET_SOCKET_ADDRESS (source)) {
    received = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (source));
    origin.source = G_INET_SOCKET_ADDRESS (source);
  }
  origin.received = received;
  origin.transport = ahoy_message_get_transport_name (message);
  origin.protocol = g_strcmp0 (ahoy_message_get_transport (message), "tcp") == 0
                        ? AHOY_TRANSPORT_PROTOCOL_TCP
                        : AHOY_TRANSPORT_PROTOCOL_UDP;
  job->aor = g_object_ref (ahoy_location_edit_get_config (edit));
  ahoy_register_limits_init (&limits, job->aor);
  if (!ahoy_register_bindings_apply (job->request, &limits, &origin, edit, g_get_real_time (),
                                     &job->refusal)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_FAILED, "A REGISTER for “%s” is answered with %u",
                 ahoy_location_edit_get_aor (edit), job->refusal.status);
    return FALSE;
  }
  job->bindings = ahoy_location_edit_list_contacts (edit);
  return TRUE;
}

/* RFC 3261 §21.5.1: a disk that is full need not stay so; all phones do not come back at once. */
static void
refuse_for_now (AhoyRegisterRefusal *refusal)
{
  refusal->header = "Retry-After";
  refusal->value = g_strdup_printf ("%d", g_random_int_range (20, 41));
  ahoy_register_refuse (refusal, 500, NULL);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Job) job = user_data;
  g_autoptr (GError) error = NULL;

  if (!ahoy_location_update_finish (AHOY_LOCATION (source), result, &error) &&
      job->refusal.status == 0) {
    g_debug ("A REGISTER is answered with 500: %s", error->message);
    refuse_for_now (&job->refusal);
  }
  if (!ahoy_stack_is_running (job->registrar->stack)) {
    return;
  }
  if (job->refusal.status != 0) {
    ahoy_register_answer_refuse (job->transaction, &job->refusal);
    return;
  }
  ahoy_register_answer_accept (job->transaction, job->request, job->bindings,
                               ahoy_config_object_get_string (job->aor, "service-route"),
                               g_get_real_time ());
}

/* -- connections ------------------------------------------------------------------------------- */

typedef struct {
  char *address;
  char *transport;
} Flow;

static void
flow_free (gpointer data)
{
  Flow *flow = data;

  g_free (flow->address);
  g_free (flow->transport);
  g_free (flow);
}

static gboolean
drop_contacts (AhoyLocationEdit *edit, gpointer user_data, GError **error)
{
  Flow *flow = user_data;

  ahoy_register_flows_drop (edit, flow->address, flow->transport);
  return TRUE;
}

static void
on_connection_closed (AhoyStack *stack, const char *address, const char *transport,
                      AhoyRegistrar *self)
{
  g_auto (GStrv) aors = ahoy_register_flows_steal (self->flows, address, transport);

  for (gsize i = 0; aors != NULL && aors[i] != NULL; i++) {
    Flow *flow = g_new0 (Flow, 1);

    flow->address = g_strdup (address);
    flow->transport = g_strdup (transport);
    ahoy_location_update_async (self->location, aors[i], drop_contacts, flow, flow_free, NULL,
                                NULL, NULL);
  }
}

static void
note_flow (AhoyRegistrar *self, AhoyMessage *message, const AhoyRegisterRequest *request,
           const char *aor)
{
  GSocketAddress *source = ahoy_message_get_source (message);
  const char *transport = ahoy_message_get_transport_name (message);
  g_autofree char *address = NULL;

  if (request->path != NULL || transport == NULL || !G_IS_INET_SOCKET_ADDRESS (source) ||
      g_strcmp0 (ahoy_message_get_transport (message), "tcp") != 0) {
    return;
  }
  address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (source));
  ahoy_register_flows_note (self->flows, address, transport, aor);
}

/* -- requests ---------------------------------------------------------------------------------- */

/* RFC 3261 §10.2.3: without a Contact it only wants to know. */
static void
answer_question (AhoyRegistrar *self, AhoyServerTransaction *transaction,
                 const AhoyRegisterRequest *request, const char *aor, AhoyConfigObject *config)
{
  g_autoptr (GPtrArray) bindings = ahoy_location_list_contacts (self->location, aor);

  ahoy_register_answer_accept (transaction, request, bindings,
                               ahoy_config_object_get_string (config, "service-route"),
                               g_get_real_time ());
}

static void
store (AhoyRegistrar *self, AhoyServerTransaction *transaction, const char *aor,
       AhoyRegisterRequest *request)
{
  Job *job = g_new0 (Job, 1);

  job->registrar = g_object_ref (self);
  job->transaction = g_object_ref (transaction);
  job->request = request;
  ahoy_location_update_async (self->location, aor, edit_bindings, job, NULL, NULL, on_stored, job);
}

static gboolean
take_request (AhoyRegistrar *self, AhoyServerTransaction *transaction,
              AhoyRegisterRefusal *refusal)
{
  AhoyMessage *message = ahoy_server_transaction_get_request (transaction);
  g_autoptr (AhoyRegisterRequest) request = ahoy_register_request_parse (message, refusal);
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (message);
  g_autofree char *aor = NULL;
  AhoyConfigObject *config;

  if (request == NULL) {
    return FALSE;
  }
  if (!check_endpoint (self, transaction, endpoint, request, &aor, refusal)) {
    return FALSE;
  }
  config = ahoy_location_get_aor_config (self->location, aor);
  if (config == NULL) {
    return refuse (refusal, 403, "Not Your Address");
  }
  if (!check_path (request, config, message, refusal) || !check_outbound (request, refusal) ||
      !check_acl (self, transaction, endpoint, request, refusal)) {
    return FALSE;
  }
  if (!request->all && request->contacts->len == 0) {
    answer_question (self, transaction, request, aor, config);
    return TRUE;
  }
  if (!check_rate (self, refusal)) {
    return FALSE;
  }
  note_flow (self, message, request, aor);
  store (self, transaction, aor, g_steal_pointer (&request));
  return TRUE;
}

static AhoyServiceVerdict
ahoy_registrar_handle_request (AhoyService *service, AhoyServerTransaction *transaction)
{
  AhoyMessage *message = ahoy_server_transaction_get_request (transaction);
  g_auto (AhoyRegisterRefusal) refusal = { 0 };

  if (!g_str_equal (ahoy_message_get_method (message), "REGISTER")) {
    return AHOY_SERVICE_NOT_MINE;
  }
  if (!take_request (AHOY_REGISTRAR (service), transaction, &refusal)) {
    ahoy_register_answer_refuse (transaction, &refusal);
  }
  return AHOY_SERVICE_TAKEN;
}

static void
service_iface_init (AhoyServiceInterface *iface)
{
  iface->handle_request = ahoy_registrar_handle_request;
}

static void
ahoy_registrar_dispose (GObject *object)
{
  AhoyRegistrar *self = AHOY_REGISTRAR (object);

  ahoy_registrar_stop (self);
  if (self->stack != NULL) {
    g_clear_signal_handler (&self->closed_handler, self->stack);
  }
  g_clear_object (&self->stack);
  g_clear_object (&self->location);
  g_clear_object (&self->acls);
  g_clear_object (&self->log);
  G_OBJECT_CLASS (ahoy_registrar_parent_class)->dispose (object);
}

static void
ahoy_registrar_finalize (GObject *object)
{
  ahoy_register_flows_free (AHOY_REGISTRAR (object)->flows);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_registrar_parent_class)->finalize (object);
}

static void
ahoy_registrar_class_init (AhoyRegistrarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_registrar_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_registrar_finalize;

  /**
   * AhoyRegistrar::other-address:
   * @self: the registrar
   * @endpoint: who registers, and has proved it
   * @name: the address of record, which is none of the endpoint's
   *
   * An endpoint registers under an address of record that is not its own. Who takes it sees to it
   * that the location service knows such an address.
   *
   * Returns: whether the endpoint may; the first handler that says %TRUE decides
   *
   * Since: 0.1
   */
  signals[SIGNAL_OTHER_ADDRESS] =
      g_signal_new ("other-address", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 2,
                    AHOY_TYPE_ENDPOINT, G_TYPE_STRING);
}

static void
ahoy_registrar_init (AhoyRegistrar *self)
{
  self->flows = ahoy_register_flows_new ();
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_registrar_new:
 * @stack: the stack that REGISTER requests come by
 * @location: what keeps the contacts
 * @acls: (nullable): the lists of addresses that contacts are looked up in
 * @log: (nullable): who is told of what is refused for reasons of security
 *
 * Returns: (transfer full): a registrar that takes nothing before ahoy_registrar_start()
 *
 * Since: 0.1
 */
AhoyRegistrar *
ahoy_registrar_new (AhoyStack *stack, AhoyLocation *location, AhoyAclRegistry *acls,
                    AhoySecurityLog *log)
{
  AhoyRegistrar *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);
  g_return_val_if_fail (AHOY_IS_LOCATION (location), NULL);

  self = g_object_new (AHOY_TYPE_REGISTRAR, NULL);
  self->stack = g_object_ref (stack);
  self->location = g_object_ref (location);
  g_set_object (&self->acls, acls);
  g_set_object (&self->log, log);
  self->closed_handler = g_signal_connect (stack, "connection-closed",
                                           G_CALLBACK (on_connection_closed), self);
  return self;
}

/**
 * ahoy_registrar_start:
 * @self: a registrar
 * @error: return location for an error
 *
 * Begins to take REGISTER requests.
 *
 * Returns: %TRUE on success; %FALSE with %AHOY_ERROR_EXISTS when another registrar does
 *
 * Since: 0.1
 */
gboolean
ahoy_registrar_start (AhoyRegistrar *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_REGISTRAR (self), FALSE);

  if (self->started) {
    return TRUE;
  }
  if (!ahoy_stack_add_service (self->stack, AHOY_SERVICE (self), "registrar", NULL, NULL, methods,
                               error)) {
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (option_tags); i++) {
    ahoy_stack_add_option_tag (self->stack, option_tags[i]);
  }
  self->started = TRUE;
  return TRUE;
}

/**
 * ahoy_registrar_stop:
 * @self: a registrar
 *
 * Takes no more REGISTER requests; those whose changes are being stored get their answer. Contacts
 * that are registered stay.
 *
 * Since: 0.1
 */
void
ahoy_registrar_stop (AhoyRegistrar *self)
{
  g_return_if_fail (AHOY_IS_REGISTRAR (self));

  if (!self->started) {
    return;
  }
  ahoy_stack_remove_service (self->stack, AHOY_SERVICE (self));
  for (gsize i = 0; i < G_N_ELEMENTS (option_tags); i++) {
    ahoy_stack_remove_option_tag (self->stack, option_tags[i]);
  }
  self->started = FALSE;
}

/**
 * ahoy_registrar_set_max_rate:
 * @self: a registrar
 * @per_second: how many requests that change something are taken in a second; 0 for no limit
 *
 * Limits what all endpoints together register. More is answered with 503 and Retry-After, so that
 * phones which all come back at once spread themselves.
 *
 * Since: 0.1
 */
void
ahoy_registrar_set_max_rate (AhoyRegistrar *self, guint per_second)
{
  g_return_if_fail (AHOY_IS_REGISTRAR (self));

  self->max_rate = per_second;
  self->allowance = per_second;
  self->counted = ahoy_scheduler_get_now (ahoy_stack_get_scheduler (self->stack));
}
