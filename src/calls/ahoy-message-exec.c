/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-exec-private.h"

#include <sysexits.h>

/*
 * A program that reads a message: its body from the standard input, the rest from the environment.
 * It is started without a shell, with few variables of ours; what it prints is thrown away, and its
 * complaints go where those of the daemon go.
 */

/* So many at once; more are refused. */
#define MOST_PROGRAMS 16

static guint running;

typedef struct {
  GSubprocess *process;
  AhoyScheduler *scheduler;
  guint64 timer;
  char *name;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->timer != 0) {
    ahoy_scheduler_cancel (run->scheduler, run->timer);
  }
  g_clear_object (&run->process);
  g_clear_object (&run->scheduler);
  g_free (run->name);
  g_free (run);
}

static void
set_variable (GSubprocessLauncher *launcher, const char *name, const char *value)
{
  g_subprocess_launcher_setenv (launcher, name, value != NULL ? value : "", TRUE);
}

static GSubprocessLauncher *
make_launcher (AhoyTextMessage *message)
{
  static const char *const kept[] = { "PATH", "HOME", "LANG", "TZ", "TMPDIR" };
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                                             G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_auto (GStrv) environment = g_new0 (char *, 1);
  g_autofree char *user = ahoy_text_message_dup_to_user (message);

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++) {
    if (g_getenv (kept[i]) != NULL) {
      environment = g_environ_setenv (environment, kept[i], g_getenv (kept[i]), TRUE);
    }
  }
  g_subprocess_launcher_set_environ (launcher, environment);
  set_variable (launcher, "AHOY_MESSAGE_ID", ahoy_text_message_get_id (message));
  set_variable (launcher, "AHOY_MESSAGE_FROM", ahoy_text_message_get_from (message));
  set_variable (launcher, "AHOY_MESSAGE_FROM_NAME", ahoy_text_message_get_from_name (message));
  set_variable (launcher, "AHOY_MESSAGE_TO", ahoy_text_message_get_to (message));
  set_variable (launcher, "AHOY_MESSAGE_TO_USER", user);
  set_variable (launcher, "AHOY_MESSAGE_ENDPOINT", ahoy_text_message_get_endpoint (message));
  set_variable (launcher, "AHOY_MESSAGE_TYPE", ahoy_text_message_get_content_type (message));
  set_variable (launcher, "AHOY_MESSAGE_SUBJECT",
                ahoy_text_message_get_header (message, "Subject"));
  return launcher;
}

/* 0 is well; EX_TEMPFAIL of sysexits.h asks to come again, EX_NOUSER says that nobody is there. */
static guint
judge (GSubprocess *process)
{
  if (!g_subprocess_get_if_exited (process)) {
    return 500;
  }
  switch (g_subprocess_get_exit_status (process)) {
  case 0:
    return 200;
  case EX_NOUSER:
    return 404;
  case EX_TEMPFAIL:
    return 480;
  default:
    return 500;
  }
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (source);
  Run *run = g_task_get_task_data (task);
  guint status;

  running--;
  g_subprocess_wait_finish (process, result, NULL);
  status = run->timer == 0 ? 500 : judge (process);
  if (status == 500) {
    g_warning ("%s %s; the message is not taken", run->name,
               run->timer == 0 ? "took too long, and was killed" : "failed");
  }
  g_task_return_int (task, (gssize) status);
}

/* One that reads nothing, or not all, may be well all the same; and it may end later. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_subprocess_communicate_finish (G_SUBPROCESS (source), result, NULL, NULL, NULL);
  g_subprocess_wait_async (G_SUBPROCESS (source), NULL, on_ended, user_data);
}

static void
on_late (gpointer user_data)
{
  Run *run = user_data;

  run->timer = 0;
  g_subprocess_force_exit (run->process);
}

/* @command: the program and its arguments; @timeout in µs */
void
ahoy_message_exec_async (AhoyScheduler *scheduler, AhoyTextMessage *message,
                         const char *const *command, gint64 timeout, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  Run *run;

  g_task_set_source_tag (task, ahoy_message_exec_async);
  if (running >= MOST_PROGRAMS) {
    g_message ("%s is not started: %d programs read messages already", command[0], MOST_PROGRAMS);
    g_task_return_int (task, 480);
    return;
  }
  launcher = make_launcher (message);
  process = g_subprocess_launcher_spawnv (launcher, command, &error);
  if (process == NULL) {
    g_warning ("%s cannot be started: %s", command[0], error->message);
    g_task_return_int (task, 500);
    return;
  }
  running++;
  run = g_new0 (Run, 1);
  run->process = process;
  run->scheduler = g_object_ref (scheduler);
  run->name = g_strdup (command[0]);
  run->timer = ahoy_scheduler_add (scheduler, "message program", timeout, on_late, run, NULL);
  g_task_set_task_data (task, run, run_free);
  g_subprocess_communicate_async (process, ahoy_text_message_get_body (message), NULL, on_read,
                                  g_steal_pointer (&task));
}

/* Returns: a status of SIP */
guint
ahoy_message_exec_finish (GAsyncResult *result)
{
  return (guint) g_task_propagate_int (G_TASK (result), NULL);
}
