/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-call-transfer-private.h"

#include <string.h>

#include "ahoy-call-pair-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-dial-private.h"
#include "ahoy-name-addr.h"
#include "ahoy-route-step-registry.h"

/**
 * AhoyCallTransfer:
 *
 * Does what a REFER asks for, with calls that are joined here: the partner of the transferor goes
 * through the route for the number that Refer-To names, as if the transferor had called it
 * (RFC 5589 section 6), or takes the place of the transferor in another call (section 7).
 *
 * The transferor hears how that goes. When it fails, the partner comes back to it: to the call that
 * there still is, or to a new one.
 *
 * Since: 0.1
 */

#define FAREWELL (2 * G_TIME_SPAN_SECOND) /* until a transferor is hung up that does not do so */
#define LEAVING (2 * G_TIME_SPAN_SECOND)  /* in which one who gave a call away hangs up */
#define COUNT "ahoy-transfer-count"       /* of a transferee */
#define MAX_TRANSFERS 20
#define MOST_ADDED 2048 /* bytes of headers that go on with a call */
#define MOST_REASON 32

enum { SIGNAL_ASK, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AhoyCallTransfer, ahoy_call_transfer, G_TYPE_OBJECT)

static AhoyScheduler *
scheduler_of (AhoyCallTransfer *self)
{
  return ahoy_stack_get_scheduler (ahoy_session_service_get_stack (self->sessions));
}

static AhoyConfigObject *
config_of (AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);

  return endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
}

/* -- calls that are joined ------------------------------------------------------------------ */

AhoySession *
ahoy_call_transfer_find_partner (AhoySession *session)
{
  AhoyBridge *bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session));
  g_autoptr (GPtrArray) members = bridge != NULL ? ahoy_bridge_list_members (bridge) : NULL;
  gpointer other;

  if (members == NULL || members->len != 2) {
    return NULL;
  }
  other = members->pdata[members->pdata[0] == session ? 1 : 0];
  return AHOY_IS_SESSION (other) &&
                 ahoy_session_get_state (AHOY_SESSION (other)) == AHOY_SESSION_ACTIVE
             ? AHOY_SESSION (other)
             : NULL;
}

AhoyBridge *
ahoy_call_transfer_take_apart (AhoySession *session)
{
  AhoyBridge *bridge = ahoy_dial_detach (session);

  if (bridge == NULL) {
    bridge = ahoy_call_pair_detach (session);
  }
  if (bridge == NULL) {
    bridge = ahoy_bridge_find (AHOY_BRIDGE_MEMBER (session));
    bridge = bridge != NULL ? g_object_ref (bridge) : NULL;
  }
  return bridge;
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AhoyMessage) response =
      ahoy_session_set_hold_finish (AHOY_SESSION (source), result, NULL);
}

void
ahoy_call_transfer_resume (AhoySession *session)
{
  if ((ahoy_session_get_hold (session) & AHOY_SESSION_HOLD_LOCAL) != 0) {
    ahoy_session_set_hold_async (session, FALSE, NULL, on_resumed, NULL);
  }
}

static void
on_farewell (gpointer user_data)
{
  ahoy_session_hangup (user_data);
}

void
ahoy_call_transfer_farewell (AhoyCallTransfer *self, AhoySession *session)
{
  if (ahoy_session_get_state (session) < AHOY_SESSION_ENDING) {
    ahoy_scheduler_add (scheduler_of (self), "farewell of a transferor", FAREWELL, on_farewell,
                        g_object_ref (session), g_object_unref);
  }
}

/* -- one transfer --------------------------------------------------------------------------- */

static void
start_timer (AhoyTransferJob *job, gint64 delay, AhoySchedulerFunc func)
{
  if (job->timer != 0) {
    ahoy_scheduler_cancel (scheduler_of (job->owner), job->timer);
  }
  job->timer = ahoy_scheduler_add (scheduler_of (job->owner), "transfer", delay, func, job, NULL);
}

static void
job_free (gpointer data)
{
  AhoyTransferJob *job = data;

  if (job->timer != 0) {
    ahoy_scheduler_cancel (scheduler_of (job->owner), job->timer);
  }
  g_signal_handlers_disconnect_by_data (job->transferor, job);
  g_signal_handlers_disconnect_by_data (job->transferee, job);
  ahoy_dial_set_headers (job->transferee, NULL);
  g_object_unref (job->transfer);
  g_object_unref (job->transferor);
  g_object_unref (job->transferee);
  g_free (job->recall_target);
  g_free (job);
}

static AhoyTransferJob *
find_job (AhoyCallTransfer *self, AhoySession *transferee)
{
  for (guint i = 0; i < self->jobs->len; i++) {
    AhoyTransferJob *job = self->jobs->pdata[i];

    if (job->transferee == transferee) {
      return job;
    }
  }
  return NULL;
}

/* The one who was to be transferred hung up: nobody is there for the transferor either. */
static void
on_transferee_ended (AhoySession *session, gpointer user_data)
{
  AhoyTransferJob *job = user_data;
  AhoyCallTransfer *self = job->owner;
  g_autoptr (AhoySession) transferor = g_object_ref (job->transferor);

  if (!job->reunited) {
    ahoy_transfer_report (job->transfer, 487, NULL);
    ahoy_call_transfer_farewell (self, transferor);
  }
  g_ptr_array_remove (self->jobs, job);
}

/* The transferor is called where it is reached, or where its call came from. */
static char *
find_recall_target (AhoyCallTransfer *self, AhoySession *session)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (session);
  AhoyConfigObject *config = config_of (session);
  AhoyDialog *dialog = ahoy_session_get_dialog (session);
  g_autoptr (AhoyDialTarget) target = NULL;
  g_autofree char *uri = NULL;

  if (config == NULL || !ahoy_config_object_get_boolean (config, "refer-recall")) {
    return NULL;
  }
  target = ahoy_dial_target_new (self->endpoints, self->location,
                                 ahoy_endpoint_get_name (endpoint));
  if (target->status == 0) {
    return g_strdup (ahoy_endpoint_get_name (endpoint));
  }
  uri = dialog != NULL ? ahoy_dialog_dup_remote_target (dialog) : NULL;
  return uri != NULL ? g_strdup_printf ("<%s>", uri) : NULL;
}

static gint64
find_patience (AhoyTransferJob *job)
{
  AhoyConfigObject *config = config_of (job->transferor);

  return config != NULL ? ahoy_config_object_get_duration (config, "transfer-timeout")
                        : 60 * G_TIME_SPAN_SECOND;
}

static void
on_too_late (gpointer user_data)
{
  AhoyTransferJob *job = user_data;

  job->timer = 0;
  ahoy_call_router_release (job->owner->router, job->transferee);
  ahoy_call_transfer_fail_job (job, 408, NULL);
}

AhoyTransferJob *
ahoy_call_transfer_add_job (AhoyCallTransfer *self, AhoyTransfer *transfer,
                            AhoySession *transferee)
{
  AhoySession *transferor = ahoy_transfer_get_session (transfer);
  AhoyTransferJob *before = find_job (self, transferee);
  AhoyTransferJob *job = g_new0 (AhoyTransferJob, 1);

  if (before != NULL) {
    g_ptr_array_remove (self->jobs, before);
  }
  job->owner = self;
  job->began = g_get_monotonic_time ();
  job->transfer = g_object_ref (transfer);
  job->transferor = g_object_ref (transferor);
  job->transferee = g_object_ref (transferee);
  job->recall_target = find_recall_target (self, transferor);
  start_timer (job, find_patience (job), on_too_late);
  g_signal_connect (transferee, "ended", G_CALLBACK (on_transferee_ended), job);
  g_ptr_array_add (self->jobs, job);
  return job;
}

/* The other one answered. */
void
ahoy_call_transfer_finish_job (AhoyTransferJob *job)
{
  AhoyCallTransfer *self = job->owner;
  g_autoptr (AhoySession) transferor = g_object_ref (job->transferor);
  g_autoptr (AhoyTransfer) transfer = g_object_ref (job->transfer);
  gboolean recalled = job->recalling;

  g_ptr_array_remove (self->jobs, job);
  if (!recalled) {
    ahoy_transfer_report (transfer, 200, NULL);
  }
  ahoy_call_transfer_farewell (self, transferor);
}

/* A step that calls somebody whom a peer has named: nothing of it is read as anything else. */
static AhoyRouteProgram *
make_dial (const char *target, GError **error)
{
  g_autoptr (GString) text = g_string_new ("dial(\"");

  for (const char *at = target; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\') {
      g_string_append_c (text, '\\');
    }
    g_string_append_c (text, *at);
  }
  g_string_append (text, "\")");
  return ahoy_route_program_parse (ahoy_route_step_registry_get_default (),
                                   strstr (target, "${") == NULL ? text->str : "", error);
}

/* Calls @target for a partner who has left all others. */
void
ahoy_call_transfer_run_to (AhoyTransferJob *job, const char *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyRouteProgram) program = make_dial (target, &error);
  g_autoptr (AhoySession) transferee = g_object_ref (job->transferee);
  AhoyCallTransfer *self = job->owner;

  if ((program == NULL ||
       !ahoy_call_router_run (self->router, transferee, program, &error)) &&
      find_job (self, transferee) == job) {
    g_message ("Session %" G_GUINT64_FORMAT " is not transferred: %s",
               ahoy_session_get_id (transferee), error->message);
    ahoy_call_transfer_fail_job (job, 500, NULL);
  }
}

static void on_transferor_left (AhoySession *session, gpointer user_data);

static void
recall (AhoyTransferJob *job)
{
  g_signal_handlers_disconnect_by_data (job->transferor, job);
  job->recalling = TRUE;
  job->reunited = FALSE;
  start_timer (job, find_patience (job), on_too_late);
  ahoy_dial_set_headers (job->transferee, NULL);
  ahoy_call_transfer_run_to (job, job->recall_target);
}

/* The BYE of a transferor that took the transfer for done crossed with the news that it failed. */
static void
on_transferor_left (AhoySession *session, gpointer user_data)
{
  AhoyTransferJob *job = user_data;
  g_autoptr (AhoyBridge) bridge = NULL;

  if (ahoy_session_get_ended_by (session) != AHOY_SESSION_PARTY_REMOTE ||
      ahoy_call_pair_find_other (session) != job->transferee) {
    g_ptr_array_remove (job->owner->jobs, job);
    return;
  }
  bridge = ahoy_call_pair_detach (session);
  ahoy_bridge_destroy (bridge);
  recall (job);
}

static void
on_stayed (gpointer user_data)
{
  AhoyTransferJob *job = user_data;

  job->timer = 0;
  g_ptr_array_remove (job->owner->jobs, job);
}

/* A transferor that takes the call back knows that the transfer failed. */
static void
on_transferor_hold (AhoySession *session, GParamSpec *pspec, gpointer user_data)
{
  AhoyTransferJob *job = user_data;

  if ((ahoy_session_get_hold (session) & AHOY_SESSION_HOLD_REMOTE) == 0) {
    g_ptr_array_remove (job->owner->jobs, job);
  }
}

/* A transfer that failed at once: many phones hang up when the REFER was accepted, whatever comes
 * then. */
static gboolean
watch_transferor (AhoyTransferJob *job)
{
  gint64 left = job->began + LEAVING - g_get_monotonic_time ();

  if (left <= 0 || job->recall_target == NULL) {
    return FALSE;
  }
  job->reunited = TRUE;
  /* before the pair hears of it, which would hang up the transferee */
  g_signal_connect (job->transferor, "ended", G_CALLBACK (on_transferor_left), job);
  g_signal_connect (job->transferor, "notify::hold", G_CALLBACK (on_transferor_hold), job);
  start_timer (job, left, on_stayed);
  return TRUE;
}

/* Both are where they were before. */
static gboolean
reconnect (AhoyTransferJob *job)
{
  g_autoptr (AhoyBridge) bridge = NULL;
  bridge = ahoy_bridge_new ();
  ahoy_call_router_announce_bridge (job->owner->router, bridge);
  return ahoy_call_pair_join (bridge, job->transferor, job->transferee);
}

/* Nobody has the partner now: it goes back to the transferor, or its call is over. */
void
ahoy_call_transfer_fail_job (AhoyTransferJob *job, guint status, const char *reason)
{
  AhoyCallTransfer *self = job->owner;
  g_autoptr (AhoySession) transferee = g_object_ref (job->transferee);
  g_autofree char *cause = NULL;
  gboolean watched;

  if (!job->recalling) {
    job->status = status;
    ahoy_transfer_report (job->transfer, status, reason);
    if (ahoy_session_get_state (job->transferor) == AHOY_SESSION_ACTIVE) {
      watched = watch_transferor (job);
      if (reconnect (job)) {
        if (!watched) {
          g_ptr_array_remove (self->jobs, job);
        }
        return;
      }
    }
    if (job->recall_target != NULL) {
      recall (job);
      return;
    }
  }
  cause = g_strdup_printf ("SIP;cause=%u", job->status);
  g_ptr_array_remove (self->jobs, job);
  ahoy_session_hangup_with_reason (transferee, cause);
}

static void
on_call_progress (AhoyCallRouter *router, AhoySession *session, guint status, const char *reason,
                  AhoyCallTransfer *self)
{
  AhoyTransferJob *job = find_job (self, session);

  if (job == NULL || job->reunited) {
    return;
  }
  if (status >= 200) {
    ahoy_call_transfer_finish_job (job);
  } else if (!job->recalling) {
    ahoy_transfer_report (job->transfer, status, reason);
  }
}

static gboolean
on_call_returned (AhoyCallRouter *router, AhoySession *session, guint status, const char *reason,
                  AhoyCallTransfer *self)
{
  AhoyTransferJob *job = find_job (self, session);

  if (job == NULL || job->reunited) {
    return FALSE;
  }
  ahoy_call_transfer_fail_job (job, status, reason);
  return TRUE;
}

/* -- blind ---------------------------------------------------------------------------------- */

/* RFC 3892: whoever is called may hear who sent the call there, and what the endpoint says with
 * it. */
void
ahoy_call_transfer_add_headers (AhoyTransfer *transfer, GVariantBuilder *headers)
{
  AhoyConfigObject *config = config_of (ahoy_transfer_get_session (transfer));
  const char *referred_by = ahoy_transfer_get_referred_by (transfer);
  const char *const *names =
      config != NULL ? ahoy_config_object_get_list (config, "refer-add-headers") : NULL;
  gsize bytes = 0;

  if (referred_by != NULL) {
    g_variant_builder_add (headers, "(ss)", "Referred-By", referred_by);
  }
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *value = ahoy_transfer_dup_header (transfer, names[i]);

    bytes += value != NULL ? strlen (names[i]) + strlen (value) : 0;
    if (value != NULL && bytes <= MOST_ADDED && g_ascii_strcasecmp (names[i], "Referred-By") != 0) {
      g_variant_builder_add (headers, "(ss)", names[i], value);
    }
  }
}

static void
set_headers (AhoyTransferJob *job)
{
  GVariantBuilder headers;

  g_variant_builder_init (&headers, G_VARIANT_TYPE ("a(ss)"));
  ahoy_call_transfer_add_headers (job->transfer, &headers);
  ahoy_dial_set_headers (job->transferee, g_variant_builder_end (&headers));
}

/* Why the call goes there, as phones say it with a key for voicemail: `reason` of Diversion
 * (RFC 5806 §5.1), such as send_to_vm. Routes put it into steps: it is a plain word, or nothing. */
static char *
read_reason (AhoyTransfer *transfer)
{
  g_autofree char *value = ahoy_transfer_dup_header (transfer, "Diversion");
  g_autoptr (AhoyNameAddr) diverted = value != NULL ? ahoy_name_addr_parse (value, NULL) : NULL;
  const char *given = diverted != NULL ? ahoy_name_addr_get_param (diverted, "reason") : NULL;
  const char *begin = given != NULL && *given == '"' ? given + 1 : given;
  gsize length = begin != NULL ? strspn (begin, G_CSET_a_2_z G_CSET_A_2_Z "0123456789-_") : 0;

  if (length == 0 || length > MOST_REASON ||
      (begin[length] != '\0' && !g_str_equal (begin + length, "\""))) {
    return NULL;
  }
  return g_ascii_strdown (begin, (gssize) length);
}

static char *
read_number (AhoyUri *target)
{
  const char *user = ahoy_uri_get_number (target);

  if (user == NULL) {
    user = ahoy_uri_get_user_without_options (target);
  }
  return g_strdup (user != NULL ? user : "");
}

/* What the transferor could have called itself. */
static AhoyRouteProgram *
find_program (AhoyCallTransfer *self, AhoySession *transferor, const char *number)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (transferor);
  AhoyConfigObject *config = config_of (transferor);

  return config != NULL
             ? ahoy_call_router_find_program (self->router,
                                              ahoy_config_object_get_string (config, "context"),
                                              ahoy_endpoint_get_name (endpoint), number)
             : NULL;
}

static void
transfer_blind (AhoyCallTransfer *self, AhoyTransfer *transfer, AhoySession *transferee)
{
  g_autofree char *number = read_number (ahoy_transfer_get_target (transfer));
  g_autofree char *reason = read_reason (transfer);
  AhoySession *transferor = ahoy_transfer_get_session (transfer);
  g_autoptr (AhoyRouteProgram) program = find_program (self, transferor, number);
  g_autoptr (AhoyBridge) bridge = NULL;
  g_autoptr (AhoySession) hold = g_object_ref (transferee);
  AhoyTransferJob *job;

  if (!ahoy_transfer_accept (transfer, NULL)) {
    return;
  }
  bridge = ahoy_call_transfer_take_apart (transferor);
  ahoy_bridge_destroy (bridge);
  ahoy_call_transfer_resume (transferee);
  job = ahoy_call_transfer_add_job (self, transfer, transferee);
  set_headers (job);
  ahoy_session_set_variable (transferee, "number", number);
  ahoy_session_set_variable (transferee, "transfer-reason", reason);
  ahoy_session_set_variable (transferee, "transferred-by",
                             ahoy_session_get_endpoint (transferor) != NULL
                                 ? ahoy_endpoint_get_name (ahoy_session_get_endpoint (transferor))
                                 : NULL);
  if (program == NULL) {
    ahoy_call_transfer_fail_job (job, 404, NULL);
  } else if (!ahoy_call_router_run_in (
                 self->router, transferee, program,
                 ahoy_config_object_get_string (config_of (transferor), "context"), NULL) &&
             find_job (self, transferee) == job) {
    ahoy_call_transfer_fail_job (job, 501, NULL);
  }
}

/* -- what is asked for ---------------------------------------------------------------------- */

/* Calls that are sent round and round end some time. */
static gboolean
count_transfer (AhoySession *transferee)
{
  guint count = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (transferee), COUNT));

  g_object_set_data (G_OBJECT (transferee), COUNT, GUINT_TO_POINTER (count + 1));
  return count < MAX_TRANSFERS;
}

/**
 * ahoy_call_transfer_allow:
 * @self: who does transfers
 * @transfer: a received transfer that was not answered
 *
 * Does a transfer, whatever the endpoint's `allow-transfer` says. One that cannot be done, since
 * the transferor is joined with nobody, is refused with 603.
 *
 * Since: 0.1
 */
void
ahoy_call_transfer_allow (AhoyCallTransfer *self, AhoyTransfer *transfer)
{
  AhoySession *transferor;
  AhoySession *transferee;

  g_return_if_fail (AHOY_IS_CALL_TRANSFER (self));
  g_return_if_fail (AHOY_IS_TRANSFER (transfer));

  transferor = ahoy_transfer_get_session (transfer);
  transferee = ahoy_call_transfer_find_partner (transferor);
  if (transferee == NULL || ahoy_session_get_state (transferor) != AHOY_SESSION_ACTIVE ||
      !count_transfer (transferee)) {
    ahoy_transfer_refuse (transfer, 603, NULL, NULL);
    return;
  }
  if (ahoy_transfer_get_replaces (transfer) != NULL) {
    ahoy_call_transfer_attend (self, transfer, transferee);
  } else {
    transfer_blind (self, transfer, transferee);
  }
}

static gboolean
on_transfer_requested (AhoySession *session, AhoyTransfer *transfer, AhoyCallTransfer *self)
{
  AhoyConfigObject *config = config_of (session);
  gboolean taken = FALSE;

  if (config == NULL || ahoy_config_object_get_choice (config, "allow-transfer") !=
                            AHOY_TRANSFER_POLICY_ASK) {
    ahoy_call_transfer_allow (self, transfer);
    return TRUE;
  }
  g_signal_emit (self, signals[SIGNAL_ASK], 0, transfer, &taken);
  return taken;
}

static void
on_session_added (AhoySessionService *sessions, AhoySession *session, AhoyCallTransfer *self)
{
  g_signal_connect_object (session, "transfer-requested", G_CALLBACK (on_transfer_requested),
                           self, 0);
}

static void
ahoy_call_transfer_dispose (GObject *object)
{
  AhoyCallTransfer *self = AHOY_CALL_TRANSFER (object);

  g_ptr_array_set_size (self->jobs, 0);
  G_OBJECT_CLASS (ahoy_call_transfer_parent_class)->dispose (object);
}

static void
ahoy_call_transfer_finalize (GObject *object)
{
  AhoyCallTransfer *self = AHOY_CALL_TRANSFER (object);

  g_ptr_array_unref (self->jobs);
  g_object_unref (self->sessions);
  g_object_unref (self->endpoints);
  g_object_unref (self->location);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_call_transfer_parent_class)->finalize (object);
}

static void
ahoy_call_transfer_class_init (AhoyCallTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_call_transfer_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_call_transfer_finalize;

  /**
   * AhoyCallTransfer::ask:
   * @self: who does transfers
   * @transfer: what an endpoint with `allow-transfer=ask` wants
   *
   * Somebody has to say whether an endpoint may transfer a call. A handler that returns %TRUE calls
   * ahoy_call_transfer_allow() or ahoy_transfer_refuse() within 20 s; when nobody does, the
   * transfer is refused with 603.
   *
   * Returns: whether the handler takes care of the transfer
   *
   * Since: 0.1
   */
  signals[SIGNAL_ASK] = g_signal_new ("ask", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      g_signal_accumulator_true_handled, NULL, NULL,
                                      G_TYPE_BOOLEAN, 1, AHOY_TYPE_TRANSFER);
}

static void
ahoy_call_transfer_init (AhoyCallTransfer *self)
{
  self->jobs = g_ptr_array_new_with_free_func (job_free);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_call_transfer_new:
 * @router: the router whose routes the transferees go through; it has to outlive the object
 * @endpoints: those who can be called by name
 * @location: where they are
 *
 * Does transfers of the sessions that begin from now on.
 *
 * Returns: (transfer full): who does transfers
 *
 * Since: 0.1
 */
AhoyCallTransfer *
ahoy_call_transfer_new (AhoyCallRouter *router, AhoyEndpointRegistry *endpoints,
                        AhoyLocation *location)
{
  AhoyCallTransfer *self;

  g_return_val_if_fail (AHOY_IS_CALL_ROUTER (router), NULL);
  g_return_val_if_fail (AHOY_IS_ENDPOINT_REGISTRY (endpoints), NULL);
  g_return_val_if_fail (AHOY_IS_LOCATION (location), NULL);

  self = g_object_new (AHOY_TYPE_CALL_TRANSFER, NULL);
  self->router = router;
  self->sessions = g_object_ref (ahoy_call_router_get_sessions (router));
  self->endpoints = g_object_ref (endpoints);
  self->location = g_object_ref (location);
  g_signal_connect_object (self->sessions, "session-added", G_CALLBACK (on_session_added), self,
                           0);
  g_signal_connect_object (router, "call-progress", G_CALLBACK (on_call_progress), self, 0);
  g_signal_connect_object (router, "call-returned", G_CALLBACK (on_call_returned), self, 0);
  return self;
}
