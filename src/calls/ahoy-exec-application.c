/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-exec-application-private.h"

#include "ahoy-call-hooks-private.h"
#include "ahoy-call-run-private.h"
#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-program-private.h"

#define MOST_PROGRAMS 16 /* at once; more calls fail */

/*
 * AhoyExecApplication:
 *
 * Does the step `exec`: starts a program, and goes on when it has ended well.
 */
struct _AhoyExecApplication {
  GObject parent_instance;

  AhoyCallRouter *router; /* not a reference: it holds this object */
  guint running;
};

/* A program that a call waits for; it is killed when the call is over. */
typedef struct {
  AhoyExecApplication *application;
  AhoyCallRun *run; /* not a reference; NULL when it waits no longer */
  GCancellable *cancellable;
} Waiting;

static void application_iface_init (AhoyCallApplicationInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyExecApplication, ahoy_exec_application, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_CALL_APPLICATION,
                                                      application_iface_init))

static void
waiting_clear (gpointer data)
{
  Waiting *waiting = data;

  g_object_unref (waiting->cancellable);
  g_object_unref (waiting->application);
}

static void
waiting_unref (gpointer data)
{
  g_rc_box_release_full (data, waiting_clear);
}

/* The call is over, or the step is. */
static void
give_up (gpointer data)
{
  Waiting *waiting = data;

  waiting->run = NULL;
  g_cancellable_cancel (waiting->cancellable);
  waiting_unref (data);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;
  AhoyCallRun *run = waiting->run;
  g_autoptr (GError) error = NULL;
  int status = ahoy_program_run_finish (result, &error);

  waiting->application->running--;
  if (run != NULL) {
    AhoyRouteStep *step = ahoy_call_run_get_step (run);
    const char *variable = ahoy_route_step_get_text (step, "variable");
    g_autofree char *text = g_strdup_printf ("%d", error == NULL ? status : 255);

    if (variable != NULL) {
      ahoy_session_set_variable (ahoy_call_run_get_session (run), variable, text);
    }
    if (error == NULL && status != 0) {
      error = g_error_new (AHOY_ERROR, AHOY_ERROR_FAILED, "%s ended with %d",
                           ahoy_route_step_get_text (step, "file"), status);
    }
    if (error == NULL ||
        g_str_equal (ahoy_route_step_get_text (step, "otherwise"), "continue")) {
      ahoy_call_run_finish (run);
    } else {
      ahoy_call_run_fail (run, error);
    }
  }
  waiting_unref (waiting);
}

static char **
make_command (AhoyRouteStep *step)
{
  const char *const *arguments = ahoy_route_step_get_texts (step, "argument");
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_add (list, g_strdup (ahoy_route_step_get_text (step, "file")));
  for (gsize i = 0; arguments[i] != NULL; i++) {
    g_ptr_array_add (list, g_strdup (arguments[i]));
  }
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

static AhoyCallVerdict
ahoy_exec_application_run (AhoyCallApplication *application, AhoyCallRun *run, GError **error)
{
  AhoyExecApplication *self = AHOY_EXEC_APPLICATION (application);
  AhoyRouteStep *step = ahoy_call_run_get_step (run);
  AhoyStack *stack = ahoy_session_service_get_stack (ahoy_call_router_get_sessions (self->router));
  g_auto (GStrv) command = make_command (step);
  g_auto (GStrv) variables =
      ahoy_call_hooks_describe (ahoy_call_run_get_session (run), "exec");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const AhoyProgram program = {
    .command = (const char *const *) command,
    .variables = (const char *const *) variables,
    .logged = TRUE,
    .timeout = ahoy_route_step_get_duration (step, "timeout"),
    .cancellable = cancellable,
  };
  Waiting *waiting;

  if (!g_path_is_absolute (command[0])) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no program; write its whole path", command[0]);
    return AHOY_CALL_FAILED;
  }
  if (self->running >= MOST_PROGRAMS) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_LIMIT_EXCEEDED,
                 "%s is not started: calls wait for %d programs already", command[0],
                 MOST_PROGRAMS);
    return AHOY_CALL_FAILED;
  }
  self->running++;
  waiting = g_rc_box_new0 (Waiting);
  waiting->application = g_object_ref (self);
  waiting->run = run;
  waiting->cancellable = g_steal_pointer (&cancellable);
  ahoy_call_run_set_data (run, g_rc_box_acquire (waiting), give_up);
  ahoy_program_run_async (&program, ahoy_stack_get_scheduler (stack), on_ended, waiting);
  return AHOY_CALL_WAITING;
}

static void
application_iface_init (AhoyCallApplicationInterface *iface)
{
  iface->run = ahoy_exec_application_run;
}

static void
ahoy_exec_application_finalize (GObject *object)
{
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_exec_application_parent_class)->finalize (object);
}

static void
ahoy_exec_application_class_init (AhoyExecApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_exec_application_finalize;
}

static void
ahoy_exec_application_init (AhoyExecApplication *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

gboolean
ahoy_exec_application_add (AhoyCallRouter *router, GError **error)
{
  g_autoptr (AhoyExecApplication) self = g_object_new (AHOY_TYPE_EXEC_APPLICATION, NULL);

  self->router = router;
  return ahoy_call_router_add_application (router, "exec", AHOY_CALL_APPLICATION (self), error);
}
