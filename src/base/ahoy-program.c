/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-program-private.h"

#include "ahoy-error.h"

/*
 * Programs that others wrote: started without a shell, with few variables of ours, for a bounded
 * time. What they say is bounded, too.
 */

#define PIECE 4096
#define MOST_LINE 1000
/* Of what one run prints so much is read into the log, the rest goes nowhere. */
#define MOST_OUTPUT 16384

typedef struct {
  GSubprocess *process;
  AhoyScheduler *scheduler;
  guint64 timer; /* 0: it took too long */
  char *name;
  GCancellable *reading;
  GCancellable *cancellable; /* NULL: nobody may stop it */
  gulong cancelled_handler;
  gboolean cancelled;
  GString *line;
  gsize printed;
  guint waiting; /* for its end, and for that of its output */
  gboolean ended;
  GError *error;
  char piece[PIECE];
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->timer != 0) {
    ahoy_scheduler_cancel (run->scheduler, run->timer);
  }
  if (run->cancellable != NULL) {
    g_clear_signal_handler (&run->cancelled_handler, run->cancellable);
    g_clear_object (&run->cancellable);
  }
  g_clear_object (&run->process);
  g_clear_object (&run->scheduler);
  g_clear_object (&run->reading);
  g_clear_error (&run->error);
  g_string_free (run->line, TRUE);
  g_free (run->name);
  g_free (run);
}

static GSubprocess *
spawn (const AhoyProgram *program, GError **error)
{
  static const char *const kept[] = { "PATH", "HOME", "LANG", "TZ", "TMPDIR" };
  GSubprocessFlags flags = program->logged
                               ? G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE
                               : G_SUBPROCESS_FLAGS_STDOUT_SILENCE;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_auto (GStrv) environment = g_new0 (char *, 1);

  if (program->input != NULL) {
    flags |= G_SUBPROCESS_FLAGS_STDIN_PIPE;
  }
  launcher = g_subprocess_launcher_new (flags);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++) {
    if (g_getenv (kept[i]) != NULL) {
      environment = g_environ_setenv (environment, kept[i], g_getenv (kept[i]), TRUE);
    }
  }
  for (gsize i = 0; program->variables != NULL && program->variables[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (program->variables[i], "=", 2);

    environment = g_environ_setenv (environment, parts[0], parts[1], TRUE);
  }
  g_subprocess_launcher_set_environ (launcher, environment);
  return g_subprocess_launcher_spawnv (launcher, program->command, error);
}

/* Both its end and that of its output are there. */
static void
settle (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  if (--run->waiting > 0) {
    return;
  }
  if (run->cancelled && !run->ended) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_FAILED,
                             "%s was not needed any more, and was killed", run->name);
  } else if (run->timer == 0 && !run->ended) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_TIMEOUT,
                             "%s took too long, and was killed", run->name);
  } else if (run->error != NULL) {
    g_task_return_error (task, g_steal_pointer (&run->error));
  } else if (!g_subprocess_get_if_exited (run->process)) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_FAILED, "%s ended by signal %d",
                             run->name, g_subprocess_get_term_sig (run->process));
  } else {
    g_task_return_int (task, g_subprocess_get_exit_status (run->process));
  }
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, &run->error);
  run->ended = run->timer != 0 && !run->cancelled;
  settle (task);
}

/* A program need not read what there is to read: only its end counts. */
static void
on_fed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *process = G_SUBPROCESS (source);

  g_subprocess_communicate_finish (process, result, NULL, NULL, NULL);
  g_subprocess_wait_async (process, NULL, on_ended, user_data);
}

/* -- what it prints ------------------------------------------------------------------------- */

static void
log_line (Run *run)
{
  if (run->line->len > 0) {
    g_autofree char *text = g_utf8_make_valid (run->line->str, (gssize) run->line->len);

    for (char *at = text; *at != '\0'; at++) {
      *at = g_ascii_iscntrl (*at) ? ' ' : *at;
    }
    g_message ("%s: %s", run->name, text);
    g_string_truncate (run->line, 0);
  }
}

static void
take (Run *run, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (run->printed >= MOST_OUTPUT) {
      return;
    }
    run->printed++;
    if (run->piece[i] == '\n' || run->line->len >= MOST_LINE) {
      log_line (run);
    } else {
      g_string_append_c (run->line, run->piece[i]);
    }
    if (run->printed == MOST_OUTPUT) {
      log_line (run);
      g_message ("%s: it prints more, which is not logged", run->name);
    }
  }
}

static void read_on (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  gssize size = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (size > 0) {
    take (run, (gsize) size);
    read_on (task);
    return;
  }
  log_line (run);
  settle (task);
}

static void
read_on (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  g_input_stream_read_async (g_subprocess_get_stdout_pipe (run->process), run->piece, PIECE,
                             G_PRIORITY_DEFAULT, run->reading, on_read, g_object_ref (task));
}

/* What it started may live on and hold its output: nobody waits for that. */
static void
on_late (gpointer user_data)
{
  Run *run = user_data;

  run->timer = 0;
  g_subprocess_force_exit (run->process);
  g_cancellable_cancel (run->reading);
}

/* Nobody waits for it any more; at once, as nothing may come after this. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Run *run = user_data;

  run->cancelled = TRUE;
  g_subprocess_force_exit (run->process);
  g_cancellable_cancel (run->reading);
}

/* Runs the program; ahoy_program_run_finish() gets its exit status. */
void
ahoy_program_run_async (const AhoyProgram *program, AhoyScheduler *scheduler,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = spawn (program, &error);
  Run *run;

  g_task_set_source_tag (task, ahoy_program_run_async);
  if (process == NULL) {
    g_task_return_new_error (task, AHOY_ERROR, AHOY_ERROR_FAILED, "%s cannot be started: %s",
                             program->command[0], error->message);
    return;
  }
  run = g_new0 (Run, 1);
  run->process = process;
  run->scheduler = g_object_ref (scheduler);
  run->name = g_strdup (program->command[0]);
  run->line = g_string_new (NULL);
  run->reading = g_cancellable_new ();
  run->waiting = program->logged ? 2 : 1;
  if (program->cancellable != NULL) {
    run->cancellable = g_object_ref (program->cancellable);
    run->cancelled_handler = g_signal_connect (run->cancellable, "cancelled",
                                               G_CALLBACK (on_cancelled), run);
  }
  g_task_set_task_data (task, run, run_free);
  run->timer = ahoy_scheduler_add (scheduler, "program", program->timeout, on_late, run, NULL);
  if (program->logged) {
    read_on (task);
    g_subprocess_wait_async (process, NULL, on_ended, g_object_ref (task));
  } else {
    g_subprocess_communicate_async (process, program->input, NULL, on_fed, g_object_ref (task));
  }
}

/* Returns: its exit status; -1 with @error when it did not start or did not end by itself */
int
ahoy_program_run_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}
