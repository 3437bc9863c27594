/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-interception-private.h"

#include "ahoy-census.h"
#include "ahoy-dialog.h"
#include "ahoy-endpoint.h"
#include "ahoy-error.h"
#include "ahoy-extension-private.h"
#include "ahoy-server-transaction-private.h"
#include "ahoy-stack-gate-private.h"

#define MAX_WAITING_IN_DIALOG 16
#define MAX_WAITING 10000

/**
 * AhoyInterception:
 *
 * The chain of #AhoyInterceptor between the stack and the applications.
 *
 * A request is shown to the interceptors in their order, as they were when it arrived, and goes on
 * to its dialog or the services when all let it. An interceptor that fails costs the peer a 500 and
 * is named in the log. Requests of one dialog pass strictly in order: while one waits, up to 16
 * later ones wait too, but BYE overtakes and ends the wait.
 *
 * A stack has one chain at most.
 *
 * Since: 0.1
 */
struct _AhoyInterception {
  GObject parent_instance;

  AhoyStack *stack;
  AhoySecurityLog *security;
  AhoyInterceptionAdmit admit;
  gpointer admit_data;
  GQueue runs; /* Run: on their way, in the order of arrival */

  guint64 requests;
  guint64 responses;
  guint64 sent;
  guint64 answered;
  guint64 dropped;
  guint64 failed;
  guint64 held;
};

G_DEFINE_FINAL_TYPE (AhoyInterception, ahoy_interception, G_TYPE_OBJECT)

/* A request on its way through the chain. */
typedef struct {
  AhoyServerTransaction *transaction;
  AhoyDialog *dialog; /* held by the transaction; NULL outside of dialogs */
  AhoyExtensionSnapshot *interceptors;
  guint next;
  AhoyExtension *asked;
  gboolean started;
  gboolean asking;
  gboolean waiting;
  gboolean stopped; /* answered or dropped */
  gboolean over;    /* not in the queue any more */
  AhoyInterceptionGone gone;
  gpointer gone_data;
} Run;

static void
run_clear (Run *run)
{
  g_clear_object (&run->transaction);
  g_clear_pointer (&run->interceptors, ahoy_extension_snapshot_unref);
}

static void
run_release (Run *run)
{
  g_rc_box_release_full (run, (GDestroyNotify) run_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_release)

static const char *
method_of (Run *run)
{
  return ahoy_message_get_method (ahoy_server_transaction_get_request (run->transaction));
}

static Run *
find_run (AhoyInterception *self, AhoyServerTransaction *transaction)
{
  for (GList *at = self->runs.head; at != NULL; at = at->next) {
    Run *run = at->data;

    if (run->transaction == transaction) {
      return run;
    }
  }
  return NULL;
}

static Run *
first_of_dialog (AhoyInterception *self, AhoyDialog *dialog)
{
  for (GList *at = self->runs.head; at != NULL; at = at->next) {
    Run *run = at->data;

    if (run->dialog == dialog) {
      return run;
    }
  }
  return NULL;
}

static guint
count_of_dialog (AhoyInterception *self, AhoyDialog *dialog)
{
  guint count = 0;

  for (GList *at = self->runs.head; at != NULL; at = at->next) {
    count += ((Run *) at->data)->dialog == dialog ? 1 : 0;
  }
  return count;
}

static void
refuse (AhoyServerTransaction *transaction, guint status)
{
  g_autoptr (AhoyMessage) response = NULL;

  if (ahoy_server_transaction_get_status (transaction) >= 200) {
    return;
  }
  response = ahoy_server_transaction_create_response (transaction, status, NULL);
  ahoy_message_set_header (response, "Retry-After", "5", NULL);
  ahoy_server_transaction_respond (transaction, response, NULL);
}

/* Takes the run out; who holds it may still look at it. */
static void
take_out (AhoyInterception *self, Run *run)
{
  if (run->over) {
    return;
  }
  run->over = TRUE;
  if (run->waiting) {
    ahoy_server_transaction_set_handler (run->transaction, NULL, NULL);
  }
  g_queue_remove (&self->runs, run);
  run_release (run);
}

/* The request does not wait any more, and nobody asks what was found out. */
static void
call_off (AhoyInterception *self, Run *run)
{
  AhoyInterceptionGone gone = g_steal_pointer (&run->gone);
  g_autoptr (Run) hold = g_rc_box_acquire (run);

  take_out (self, run);
  if (gone != NULL) {
    gone (run->gone_data);
  }
}

/* -- asking --------------------------------------------------------------------------------- */

static AhoyInterceptorVerdict
ask (AhoyInterception *self, Run *run)
{
  AhoyExtensionCall call = ahoy_extension_begin_call ();
  AhoyInterceptorVerdict verdict;

  run->asking = TRUE;
  verdict = ahoy_interceptor_incoming_request (
      AHOY_INTERCEPTOR (ahoy_extension_get_object (run->asked)),
      ahoy_server_transaction_get_request (run->transaction), run->transaction);
  run->asking = FALSE;
  ahoy_extension_end_call (run->asked, &call, "incoming_request");
  return verdict;
}

/* Whether the request goes on after @verdict; if not, it was answered or is dropped. */
static gboolean
goes_on (AhoyInterception *self, Run *run, AhoyInterceptorVerdict verdict)
{
  if (ahoy_server_transaction_get_status (run->transaction) >= 200) {
    self->answered++;
    return FALSE;
  }
  if (verdict == AHOY_INTERCEPTOR_CONTINUE) {
    return TRUE;
  }
  if (g_str_equal (method_of (run), "BYE")) {
    return TRUE; /* whatever happens, the session ends */
  }
  if (verdict == AHOY_INTERCEPTOR_DROP) {
    self->dropped++;
    ahoy_server_transaction_ignore (run->transaction);
    return FALSE;
  }
  self->failed++;
  g_warning ("The interceptor “%s” %s a %s request; the peer gets 500",
             ahoy_extension_get_name (run->asked),
             verdict == AHOY_INTERCEPTOR_ANSWERED
                 ? "says that it answered, but did not answer,"
                 : "failed with",
             method_of (run));
  ahoy_server_transaction_reject (run->transaction, 500, NULL);
  return FALSE;
}

/* Asks those who were not asked yet. FALSE: the request waits, or is no more. */
static gboolean
ask_rest (AhoyInterception *self, Run *run)
{
  guint length = ahoy_extension_snapshot_get_length (run->interceptors);

  run->started = TRUE;
  run->stopped = run->stopped || ahoy_server_transaction_get_status (run->transaction) >= 200;
  while (!run->stopped && run->next < length) {
    run->asked = ahoy_extension_snapshot_get (run->interceptors, run->next++);
    if (ahoy_extension_matches (run->asked, method_of (run))) {
      AhoyInterceptorVerdict verdict = ask (self, run);

      if (run->over || run->waiting) {
        return FALSE;
      }
      run->stopped = !goes_on (self, run, verdict);
    }
  }
  return TRUE;
}

/* A BYE ends its session even when an interceptor answered it. */
static gboolean
is_for_application (Run *run)
{
  return !run->stopped || (run->dialog != NULL && g_str_equal (method_of (run), "BYE"));
}

/* The request that waited behind the others of its dialog; a new reference. */
static Run *
next_of_dialog (AhoyInterception *self, AhoyDialog *dialog)
{
  Run *run = dialog != NULL ? first_of_dialog (self, dialog) : NULL;

  return run != NULL && !run->started ? g_rc_box_acquire (run) : NULL;
}

static void
advance (AhoyInterception *self, Run *first)
{
  g_autoptr (AhoyInterception) hold = g_object_ref (self);
  g_autoptr (Run) run = g_rc_box_acquire (first);

  while (run != NULL) {
    g_autoptr (AhoyDialog) dialog = run->dialog != NULL ? g_object_ref (run->dialog) : NULL;

    if (!ask_rest (self, run)) {
      return;
    }
    take_out (self, run);
    if (is_for_application (run)) {
      ahoy_stack_dispatch (self->stack, run->transaction);
    }
    g_clear_pointer (&run, run_release);
    run = next_of_dialog (self, dialog);
  }
}

/* -- waiting -------------------------------------------------------------------------------- */

AhoyExtensionRegistry *
ahoy_interception_get_extensions (AhoyInterception *self)
{
  return ahoy_stack_get_extensions (self->stack);
}

AhoyScheduler *
ahoy_interception_get_scheduler (AhoyInterception *self)
{
  return ahoy_stack_get_scheduler (self->stack);
}

void
ahoy_interception_set_admit (AhoyInterception *self, AhoyInterceptionAdmit admit,
                             gpointer user_data)
{
  self->admit = admit;
  self->admit_data = user_data;
}

/* Is the chain of a part of it still there? */
gboolean
ahoy_interception_check (AhoyInterception *self, GError **error)
{
  if (self != NULL) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
               "The interception chain is gone; nothing can be added to a part of it");
  return FALSE;
}

/* May this request wait for somebody? BYE may not, nor what nobody asks about at the moment. */
gboolean
ahoy_interception_may_hold (AhoyInterception *self, AhoyServerTransaction *transaction)
{
  Run *run = transaction != NULL ? find_run (self, transaction) : NULL;

  return run != NULL && (run->asking || run->waiting) && !g_str_equal (method_of (run), "BYE");
}

static void
on_cancel (AhoyServerTransaction *transaction, AhoyMessage *cancel, gpointer user_data)
{
  g_autoptr (AhoyInterception) self = g_object_ref (AHOY_INTERCEPTION (user_data));
  g_autoptr (Run) next = NULL;
  Run *run = find_run (self, transaction);
  AhoyDialog *dialog = run != NULL ? run->dialog : NULL;

  if (run == NULL) {
    return;
  }
  call_off (self, run); /* the transaction sends 487, and holds the dialog */
  next = next_of_dialog (self, dialog);
  if (next != NULL) {
    advance (self, next);
  }
}

static const AhoyServerTransactionHandler waiting_handler = { .cancel = on_cancel };

/* An INVITE gets 100, and can be cancelled; a retransmission of another request is swallowed by
 * the reply cache or Sofia. */
static void
say_trying (AhoyInterception *self, Run *run)
{
  g_autoptr (AhoyMessage) response = NULL;

  if (!g_str_equal (method_of (run), "INVITE") ||
      !ahoy_server_transaction_make_stateful (run->transaction)) {
    return;
  }
  ahoy_server_transaction_set_handler (run->transaction, &waiting_handler, self);
  if (ahoy_server_transaction_get_status (run->transaction) == 0) {
    response = ahoy_server_transaction_create_response (run->transaction, 100, NULL);
    ahoy_server_transaction_respond (run->transaction, response, NULL);
  }
}

/*
 * Called by an interceptor that is asked about @transaction at this moment, or which resumes it:
 * the request waits until ahoy_interception_resume(). @gone is called when it will not come to
 * that. FALSE: the request is no more.
 */
gboolean
ahoy_interception_hold (AhoyInterception *self, AhoyServerTransaction *transaction,
                        AhoyInterceptionGone gone, gpointer user_data)
{
  Run *run = find_run (self, transaction);

  if (run == NULL) {
    return FALSE;
  }
  run->gone = gone;
  run->gone_data = user_data;
  if (!run->waiting) {
    self->held++;
    run->waiting = TRUE;
    say_trying (self, run);
  }
  return TRUE;
}

/* What the interceptor says now, as if it had said so at once. */
void
ahoy_interception_resume (AhoyInterception *self, AhoyServerTransaction *transaction,
                          AhoyInterceptorVerdict verdict)
{
  g_autoptr (AhoyInterception) hold = g_object_ref (self);
  Run *found = find_run (self, transaction);
  g_autoptr (Run) run = found != NULL ? g_rc_box_acquire (found) : NULL;

  if (run == NULL || !run->waiting) {
    return;
  }
  run->waiting = FALSE;
  run->gone = NULL;
  ahoy_server_transaction_set_handler (transaction, NULL, NULL);
  run->stopped = !goes_on (self, run, verdict);
  advance (self, run);
}

static void
end_waits_of_dialog (AhoyInterception *self, AhoyDialog *dialog)
{
  Run *run;

  while ((run = first_of_dialog (self, dialog)) != NULL) {
    g_autoptr (Run) hold = g_rc_box_acquire (run);
    guint status = g_str_equal (method_of (run), "INVITE") ? 487 : 500;

    call_off (self, run);
    if (ahoy_server_transaction_get_status (run->transaction) < 200) {
      ahoy_server_transaction_reject (run->transaction, status, NULL);
    }
  }
}

/* -- the gate ------------------------------------------------------------------------------- */

static AhoyExtensionSnapshot *
list_interceptors (AhoyInterception *self)
{
  return ahoy_extension_registry_snapshot (ahoy_stack_get_extensions (self->stack),
                                           AHOY_TYPE_INTERCEPTOR);
}

static void
on_request (AhoyStack *stack, AhoyServerTransaction *transaction, gpointer user_data)
{
  AhoyInterception *self = user_data;
  AhoyDialog *dialog = ahoy_server_transaction_peek_dialog (transaction);
  gboolean queued = FALSE;
  Run *run;

  self->requests++;
  if (dialog != NULL && first_of_dialog (self, dialog) != NULL) {
    const char *method =
        ahoy_message_get_method (ahoy_server_transaction_get_request (transaction));

    if (g_str_equal (method, "BYE")) {
      end_waits_of_dialog (self, dialog);
    } else if (count_of_dialog (self, dialog) > MAX_WAITING_IN_DIALOG) {
      refuse (transaction, 500);
      return;
    } else {
      queued = TRUE;
    }
  }
  if (self->runs.length >= MAX_WAITING) {
    refuse (transaction, 503);
    return;
  }
  run = g_rc_box_new0 (Run);
  run->transaction = g_object_ref (transaction);
  run->dialog = dialog;
  run->interceptors = list_interceptors (self);
  g_queue_push_tail (&self->runs, run);
  if (!queued) {
    advance (self, run);
  }
}

static void
on_notice (AhoyStack *stack, AhoyMessage *request, gpointer user_data)
{
  g_autoptr (AhoyInterception) self = g_object_ref (AHOY_INTERCEPTION (user_data));
  g_autoptr (AhoyExtensionSnapshot) list = list_interceptors (self);

  self->requests++;
  for (guint i = 0; i < ahoy_extension_snapshot_get_length (list); i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (list, i);

    if (ahoy_extension_matches (entry, ahoy_message_get_method (request))) {
      AhoyExtensionCall call = ahoy_extension_begin_call ();

      ahoy_interceptor_incoming_request (AHOY_INTERCEPTOR (ahoy_extension_get_object (entry)),
                                         request, NULL);
      ahoy_extension_end_call (entry, &call, "incoming_request");
    }
  }
}

static void
note_failure (AhoyInterception *self, AhoyExtension *entry, AhoyMessage *message, const char *what)
{
  self->failed++;
  g_warning ("The interceptor “%s” failed with %s %s; the message goes on",
             ahoy_extension_get_name (entry), ahoy_message_get_method (message), what);
}

static gboolean
on_response (AhoyStack *stack, AhoyMessage *response, gpointer user_data)
{
  g_autoptr (AhoyInterception) self = g_object_ref (AHOY_INTERCEPTION (user_data));
  g_autoptr (AhoyExtensionSnapshot) list = list_interceptors (self);

  self->responses++;
  for (guint i = 0; i < ahoy_extension_snapshot_get_length (list); i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (list, i);
    AhoyInterceptorVerdict verdict;
    AhoyExtensionCall call;

    if (!ahoy_extension_matches (entry, ahoy_message_get_method (response))) {
      continue;
    }
    call = ahoy_extension_begin_call ();
    verdict = ahoy_interceptor_incoming_response (
        AHOY_INTERCEPTOR (ahoy_extension_get_object (entry)), response);
    ahoy_extension_end_call (entry, &call, "incoming_response");
    if (verdict == AHOY_INTERCEPTOR_FAILED) {
      note_failure (self, entry, response, "response");
    } else if (verdict == AHOY_INTERCEPTOR_DROP && ahoy_message_get_status (response) < 200) {
      self->dropped++;
      return FALSE;
    }
  }
  return TRUE;
}

/* What goes out passes in the opposite order: who is first on the way in stands at the wire. */
static void
on_outgoing (AhoyStack *stack, AhoyMessage *message, gpointer user_data)
{
  g_autoptr (AhoyInterception) self = g_object_ref (AHOY_INTERCEPTION (user_data));
  g_autoptr (AhoyExtensionSnapshot) list = list_interceptors (self);
  gboolean request = ahoy_message_is_request (message);

  self->sent++;
  for (guint i = ahoy_extension_snapshot_get_length (list); i > 0; i--) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (list, i - 1);
    AhoyInterceptor *interceptor = AHOY_INTERCEPTOR (ahoy_extension_get_object (entry));
    AhoyInterceptorVerdict verdict;
    AhoyExtensionCall call;

    if (!ahoy_extension_matches (entry, ahoy_message_get_method (message))) {
      continue;
    }
    call = ahoy_extension_begin_call ();
    verdict = request ? ahoy_interceptor_outgoing_request (interceptor, message)
                      : ahoy_interceptor_outgoing_response (interceptor, message);
    ahoy_extension_end_call (entry, &call, request ? "outgoing_request" : "outgoing_response");
    if (verdict == AHOY_INTERCEPTOR_FAILED) {
      note_failure (self, entry, message, request ? "request of ours" : "response of ours");
    }
  }
}

static gboolean
is_on_its_way (AhoyInterception *self, AhoyMessage *request)
{
  for (GList *at = self->runs.head; at != NULL; at = at->next) {
    if (ahoy_server_transaction_get_request (((Run *) at->data)->transaction) == request) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
on_refused (AhoyStack *stack, AhoyMessage *request, guint status, const char *reason,
            gpointer user_data)
{
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);
  g_autofree char *text = NULL;

  if (status == 481) {
    return; /* what belongs to nothing is no offence */
  }
  text = g_strdup_printf ("%u%s%s", status, reason != NULL ? " " : "",
                          reason != NULL ? reason : "");
  ahoy_security_log_report (((AhoyInterception *) user_data)->security,
                            status == 400 ? AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT
                                          : AHOY_SECURITY_EVENT_REQUEST_NOT_SUPPORTED,
                            request, endpoint != NULL ? ahoy_endpoint_get_name (endpoint) : NULL,
                            ahoy_security_event_make_facts ("reason", text, NULL));
}

/* Who has not passed the chain may not be who he says: headers of an endpoint would tell him that
 * there is one. */
static void
on_response_made (AhoyStack *stack, AhoyMessage *request, AhoyMessage *response,
                  gpointer user_data)
{
  AhoyEndpoint *endpoint = ahoy_message_get_endpoint (request);

  if (ahoy_message_get_status (response) == 489) {
    on_refused (stack, request, 489, "Bad Event", user_data);
  }
  if (endpoint != NULL && !is_on_its_way (user_data, request)) {
    ahoy_endpoint_add_headers (endpoint, response);
  }
}

static gboolean
on_arrival (AhoyStack *stack, const AhoyArrival *arrival, gpointer user_data)
{
  AhoyInterception *self = user_data;

  return self->admit == NULL || self->admit (arrival, self->admit_data);
}

static void
on_malformed (AhoyStack *stack, GSocketAddress *source, const char *transport, const char *reason,
              gpointer user_data)
{
  ahoy_security_log_report_source (((AhoyInterception *) user_data)->security,
                                   AHOY_SECURITY_EVENT_REQUEST_BAD_FORMAT, source, transport, NULL,
                                   ahoy_security_event_make_facts ("reason", reason, NULL));
}

static const AhoyStackGate gate = {
  .admit = on_arrival,
  .malformed = on_malformed,
  .refused = on_refused,
  .request = on_request,
  .notice = on_notice,
  .response = on_response,
  .outgoing = on_outgoing,
  .response_made = on_response_made,
};

/* -- the object ----------------------------------------------------------------------------- */

static void
drop_runs (AhoyInterception *self)
{
  while (self->runs.length > 0) {
    call_off (self, g_queue_peek_head (&self->runs));
  }
}

static void
on_running (AhoyStack *stack, GParamSpec *pspec, gpointer user_data)
{
  if (!ahoy_stack_is_running (stack)) {
    drop_runs (user_data);
  }
}

static void
ahoy_interception_dispose (GObject *object)
{
  AhoyInterception *self = AHOY_INTERCEPTION (object);

  if (self->stack != NULL) {
    ahoy_stack_set_gate (self->stack, NULL, NULL);
    g_signal_handlers_disconnect_by_func (self->stack, on_running, self);
  }
  drop_runs (self);
  g_clear_object (&self->security);
  g_clear_object (&self->stack);
  G_OBJECT_CLASS (ahoy_interception_parent_class)->dispose (object);
}

static void
ahoy_interception_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_interception_parent_class)->finalize (object);
}

static void
ahoy_interception_class_init (AhoyInterceptionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_interception_dispose;
  G_OBJECT_CLASS (klass)->finalize = ahoy_interception_finalize;
}

static void
ahoy_interception_init (AhoyInterception *self)
{
  g_queue_init (&self->runs);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_interception_new:
 * @stack: a stack without a chain
 *
 * Puts a chain between a stack and its services. It stands as long as the object lives.
 *
 * Returns: (transfer full): a chain without interceptors
 *
 * Since: 0.1
 */
AhoyInterception *
ahoy_interception_new (AhoyStack *stack)
{
  AhoyInterception *self;

  g_return_val_if_fail (AHOY_IS_STACK (stack), NULL);

  self = g_object_new (AHOY_TYPE_INTERCEPTION, NULL);
  self->stack = g_object_ref (stack);
  self->security = ahoy_security_log_new (ahoy_stack_get_scheduler (stack));
  ahoy_stack_set_gate (stack, &gate, self);
  g_signal_connect (stack, "notify::running", G_CALLBACK (on_running), self);
  return self;
}

/**
 * ahoy_interception_get_stack:
 * @self: a chain
 *
 * Returns: (transfer none): its stack
 *
 * Since: 0.1
 */
AhoyStack *
ahoy_interception_get_stack (AhoyInterception *self)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTION (self), NULL);

  return self->stack;
}

/**
 * ahoy_interception_get_security_log:
 * @self: a chain
 *
 * Returns: (transfer none): where it is told what happens that matters for security
 *
 * Since: 0.1
 */
AhoySecurityLog *
ahoy_interception_get_security_log (AhoyInterception *self)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTION (self), NULL);

  return self->security;
}

/**
 * ahoy_interception_add:
 * @self: a chain
 * @interceptor: what is to see messages
 * @name: a name for it, not used yet
 * @before: (nullable) (array zero-terminated=1): names of interceptors that are asked later
 * @after: (nullable) (array zero-terminated=1): names of interceptors that are asked first
 * @methods: (nullable) (array zero-terminated=1): the methods it wants to see; %NULL for all
 * @error: return location for an error
 *
 * Adds an interceptor. Messages that are on their way do not meet it.
 *
 * Returns: %TRUE on success; %FALSE with an error of ahoy_extension_registry_add()
 *
 * Since: 0.1
 */
gboolean
ahoy_interception_add (AhoyInterception *self, AhoyInterceptor *interceptor, const char *name,
                       const char *const *before, const char *const *after,
                       const char *const *methods, GError **error)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_INTERCEPTOR (interceptor), FALSE);

  return ahoy_extension_registry_add (ahoy_stack_get_extensions (self->stack),
                                      AHOY_TYPE_INTERCEPTOR, G_OBJECT (interceptor), name, before,
                                      after, methods, error);
}

/**
 * ahoy_interception_remove:
 * @self: a chain
 * @interceptor: an interceptor that was added
 *
 * Removes an interceptor. Messages that are on their way still meet it.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
ahoy_interception_remove (AhoyInterception *self, AhoyInterceptor *interceptor)
{
  g_return_val_if_fail (AHOY_IS_INTERCEPTION (self), FALSE);
  g_return_val_if_fail (AHOY_IS_INTERCEPTOR (interceptor), FALSE);

  return ahoy_extension_registry_remove (ahoy_stack_get_extensions (self->stack),
                                         AHOY_TYPE_INTERCEPTOR, G_OBJECT (interceptor));
}

/**
 * ahoy_interception_get_statistics:
 * @self: a chain
 *
 * Counts what passed: `requests` and `responses` that came in, messages `sent`, requests that were
 * `answered` or `dropped` by an interceptor or that waited for one (`held`), how often interceptors
 * `failed`, and requests that are on their way now (`waiting`). How often one was slow is counted
 * by ahoy_extension_get_slow_calls().
 *
 * Returns: (transfer full): a dictionary of counters (`a{st}`)
 *
 * Since: 0.1
 */
GVariant *
ahoy_interception_get_statistics (AhoyInterception *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (AHOY_IS_INTERCEPTION (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&builder, "{st}", "requests", self->requests);
  g_variant_builder_add (&builder, "{st}", "responses", self->responses);
  g_variant_builder_add (&builder, "{st}", "sent", self->sent);
  g_variant_builder_add (&builder, "{st}", "answered", self->answered);
  g_variant_builder_add (&builder, "{st}", "dropped", self->dropped);
  g_variant_builder_add (&builder, "{st}", "failed", self->failed);
  g_variant_builder_add (&builder, "{st}", "held", self->held);
  g_variant_builder_add (&builder, "{st}", "waiting", (guint64) self->runs.length);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
