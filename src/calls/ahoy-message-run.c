/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-run-private.h"

#include <string.h>

#include "ahoy-error.h"
#include "ahoy-message-exec-private.h"
#include "ahoy-name-addr.h"
#include "ahoy-route-variable-private.h"
#include "ahoy-uri.h"

/* The steps of a route, for one message: one after the other, until one takes it. */
typedef struct {
  AhoyMessageRouter *router;
  AhoyMessageStore *store;
  AhoyScheduler *scheduler;
  AhoyMessageReceipt *receipt;
  AhoyRouteProgram *program;
  guint next;
  guint waiting; /* deliveries of this step */
  guint status;  /* what is answered when no step takes it */
  char *reason;
  char *variable; /* the last one that was looked up */
} Run;

static void
run_clear (gpointer data)
{
  Run *run = data;

  g_object_unref (run->router);
  g_clear_object (&run->store);
  g_object_unref (run->scheduler);
  g_object_unref (run->receipt);
  ahoy_route_program_unref (run->program);
  g_free (run->reason);
  g_free (run->variable);
}

static void
run_unref (Run *run)
{
  g_rc_box_release_full (run, run_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_unref)

static void go_on (Run *run);

static void
note (Run *run, guint status, const char *reason)
{
  run->status = status;
  g_free (run->reason);
  run->reason = g_strdup (reason);
}

/* -- what steps say of the message ----------------------------------------------------------- */

static char *
user_of (const char *text)
{
  g_autoptr (AhoyUri) uri = ahoy_uri_parse (text, NULL);
  const char *user = uri != NULL ? ahoy_uri_get_user_without_options (uri) : NULL;

  return g_strdup (user);
}

static const char *
look_up (const char *name, gpointer user_data)
{
  Run *run = user_data;
  AhoyTextMessage *message = ahoy_message_receipt_get_message (run->receipt);

  g_clear_pointer (&run->variable, g_free);
  if (g_str_equal (name, "to-user")) {
    run->variable = ahoy_text_message_dup_to_user (message);
  } else if (g_str_equal (name, "from-user")) {
    run->variable = user_of (ahoy_text_message_get_from (message));
  } else if (g_str_equal (name, "endpoint")) {
    run->variable = g_strdup (ahoy_text_message_get_endpoint (message));
  } else if (g_str_equal (name, "id")) {
    run->variable = g_strdup (ahoy_text_message_get_id (message));
  }
  return run->variable;
}

/* NULL, with a status for the sender, when a variable has no value that can stand there. */
static char *
expand (Run *run, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *expanded = ahoy_route_variable_replace (text, look_up, run, &error);

  if (expanded == NULL) {
    g_message ("A message is not taken: %s", error->message);
    note (run, 404, NULL);
  }
  return expanded;
}

/* -- steps ----------------------------------------------------------------------------------- */

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Run) run = user_data;
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;
  guint status = ahoy_message_router_deliver_finish (AHOY_MESSAGE_ROUTER (source), result, &reason,
                                                     &error);

  run->waiting--;
  if (status == 0) {
    g_message ("%s", error->message);
    note (run, 404, NULL);
  } else if (status / 100 == 2) {
    ahoy_message_receipt_settle (run->receipt, status, reason);
  } else {
    note (run, status, reason);
  }
  if (run->waiting == 0) {
    go_on (run);
  }
}

/* The URI of <sip:bob@example.org>; a name stays one. */
static char *
plain_target (const char *text)
{
  g_autoptr (AhoyNameAddr) address =
      strpbrk (text, ":<") != NULL ? ahoy_name_addr_parse (text, NULL) : NULL;

  return address != NULL ? ahoy_uri_to_string (ahoy_name_addr_get_uri (address)) : g_strdup (text);
}

static void
deliver (Run *run, AhoyRouteStep *step)
{
  const char *const *targets = ahoy_route_step_get_texts (step, "target");
  AhoyTextMessage *message = ahoy_message_receipt_get_message (run->receipt);

  run->waiting++; /* one that is answered at once does not end the step before the others */
  for (gsize i = 0; targets != NULL && targets[i] != NULL; i++) {
    g_autofree char *expanded = expand (run, targets[i]);
    g_autofree char *target = expanded != NULL ? plain_target (expanded) : NULL;

    if (target != NULL) {
      run->waiting++;
      ahoy_message_router_deliver_async (run->router, message, target, NULL, on_delivered,
                                         g_rc_box_acquire (run));
    }
  }
  run->waiting--;
  if (run->waiting == 0) {
    go_on (run);
  }
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GError) error = NULL;

  if (ahoy_message_store_keep_finish (AHOY_MESSAGE_STORE (source), result, &error)) {
    ahoy_message_receipt_settle (run->receipt, 202, NULL);
  } else if (g_error_matches (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED)) {
    note (run, 480, "Too Many Messages Wait");
  } else {
    g_message ("A message is not kept: %s", error->message);
    note (run, g_error_matches (error, AHOY_ERROR, AHOY_ERROR_NOT_FOUND) ? 404 : 500, NULL);
  }
  go_on (run);
}

/* That somebody writes is of no use later (RFC 3994 §3.3). */
static void
store (Run *run, AhoyRouteStep *step)
{
  AhoyTextMessage *message = ahoy_message_receipt_get_message (run->receipt);
  g_autofree char *user = NULL;

  if (run->store != NULL &&
      !ahoy_text_message_has_content_type (message, "application/im-iscomposing+xml")) {
    user = expand (run, ahoy_route_step_get_text (step, "endpoint"));
  }
  if (user == NULL) {
    go_on (run);
    return;
  }
  ahoy_message_store_keep_async (run->store, user, message, NULL, on_kept, g_rc_box_acquire (run));
}

static void
receive (Run *run)
{
  guint status =
      ahoy_message_router_receive (run->router, ahoy_message_receipt_get_message (run->receipt));

  if (status == 200) {
    ahoy_message_receipt_settle (run->receipt, 200, NULL);
  } else {
    note (run, status, NULL);
  }
  go_on (run);
}

static void
on_executed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Run) run = user_data;
  guint status = ahoy_message_exec_finish (result);

  if (status == 200) {
    ahoy_message_receipt_settle (run->receipt, 200, NULL);
  } else {
    note (run, status, NULL);
  }
  go_on (run);
}

static void
execute (Run *run, AhoyRouteStep *step)
{
  const char *const *arguments = ahoy_route_step_get_texts (step, "argument");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;

  g_strv_builder_add (builder, ahoy_route_step_get_text (step, "file"));
  for (gsize i = 0; arguments != NULL && arguments[i] != NULL; i++) {
    g_autofree char *expanded = expand (run, arguments[i]);

    if (expanded == NULL) {
      go_on (run);
      return;
    }
    g_strv_builder_add (builder, expanded);
  }
  command = g_strv_builder_end (builder);
  ahoy_message_exec_async (run->scheduler, ahoy_message_receipt_get_message (run->receipt),
                           (const char *const *) command,
                           ahoy_route_step_get_duration (step, "timeout"), on_executed,
                           g_rc_box_acquire (run));
}

static void
redirect (Run *run, AhoyRouteStep *step)
{
  g_autofree char *expanded = expand (run, ahoy_route_step_get_text (step, "target"));
  g_autofree char *target = expanded != NULL ? plain_target (expanded) : NULL;

  if (target != NULL && strchr (target, ':') != NULL) {
    ahoy_message_receipt_redirect (run->receipt, target);
  } else if (target != NULL) {
    g_message ("A message cannot be redirected to “%s”; write a URI", target);
    note (run, 500, NULL);
  }
  go_on (run);
}

/* The next step, unless the message was taken; after the last one the sender hears the last no. */
static void
go_on (Run *run)
{
  AhoyRouteStep *step;
  const char *name;

  if (ahoy_message_receipt_is_settled (run->receipt)) {
    return;
  }
  if (run->next >= ahoy_route_program_get_length (run->program)) {
    ahoy_message_receipt_settle (run->receipt, run->status, run->reason);
    return;
  }
  step = ahoy_route_program_get_step (run->program, run->next++);
  name = ahoy_route_step_get_name (step);
  if (g_str_equal (name, "deliver")) {
    deliver (run, step);
  } else if (g_str_equal (name, "store")) {
    store (run, step);
  } else if (g_str_equal (name, "receive")) {
    receive (run);
  } else if (g_str_equal (name, "exec")) {
    execute (run, step);
  } else if (g_str_equal (name, "redirect")) {
    redirect (run, step);
  } else {
    ahoy_message_receipt_settle (run->receipt, ahoy_route_step_get_number (step, "status"),
                                 ahoy_route_step_get_text (step, "reason"));
  }
}

void
ahoy_message_run_start (AhoyMessageRouter *router, AhoyMessageStore *store,
                        AhoyScheduler *scheduler, AhoyMessageReceipt *receipt,
                        AhoyRouteProgram *program)
{
  g_autoptr (Run) run = g_rc_box_new0 (Run);

  run->router = g_object_ref (router);
  g_set_object (&run->store, store);
  run->scheduler = g_object_ref (scheduler);
  run->receipt = g_object_ref (receipt);
  run->program = ahoy_route_program_ref (program);
  run->status = 480;
  go_on (run);
}
