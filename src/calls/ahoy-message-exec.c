/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-message-exec-private.h"

#include <sysexits.h>

#include "ahoy-program-private.h"

/*
 * A program that reads a message: its body from the standard input, the rest from the environment.
 * What it prints is thrown away, and its complaints go where those of the daemon go.
 */

/* So many at once; more are refused. */
#define MOST_PROGRAMS 16

static guint running;

static void
add_variable (GStrvBuilder *builder, const char *name, const char *value)
{
  g_autofree char *text = g_strconcat (name, "=", value != NULL ? value : "", NULL);

  g_strv_builder_add (builder, text);
}

static char **
make_variables (AhoyTextMessage *message)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *user = ahoy_text_message_dup_to_user (message);

  add_variable (builder, "AHOY_MESSAGE_ID", ahoy_text_message_get_id (message));
  add_variable (builder, "AHOY_MESSAGE_FROM", ahoy_text_message_get_from (message));
  add_variable (builder, "AHOY_MESSAGE_FROM_NAME", ahoy_text_message_get_from_name (message));
  add_variable (builder, "AHOY_MESSAGE_TO", ahoy_text_message_get_to (message));
  add_variable (builder, "AHOY_MESSAGE_TO_USER", user);
  add_variable (builder, "AHOY_MESSAGE_ENDPOINT", ahoy_text_message_get_endpoint (message));
  add_variable (builder, "AHOY_MESSAGE_TYPE", ahoy_text_message_get_content_type (message));
  add_variable (builder, "AHOY_MESSAGE_SUBJECT",
                ahoy_text_message_get_header (message, "Subject"));
  return g_strv_builder_end (builder);
}

/* 0 is well; EX_TEMPFAIL of sysexits.h asks to come again, EX_NOUSER says that nobody is there. */
static guint
judge (int status)
{
  switch (status) {
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
  g_autoptr (GError) error = NULL;
  int status = ahoy_program_run_finish (result, &error);

  running--;
  if (error != NULL) {
    g_warning ("%s; the message is not taken", error->message);
  } else if (judge (status) == 500) {
    g_warning ("%s failed with %d; the message is not taken",
               (const char *) g_task_get_task_data (task), status);
  }
  g_task_return_int (task, (gssize) judge (status));
}

/* @command: the program and its arguments; @timeout in µs */
void
ahoy_message_exec_async (AhoyScheduler *scheduler, AhoyTextMessage *message,
                         const char *const *command, gint64 timeout, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_auto (GStrv) variables = make_variables (message);
  const AhoyProgram program = {
    .command = command,
    .variables = (const char *const *) variables,
    .input = ahoy_text_message_get_body (message),
    .timeout = timeout,
  };

  g_task_set_source_tag (task, ahoy_message_exec_async);
  if (running >= MOST_PROGRAMS) {
    g_message ("%s is not started: %d programs read messages already", command[0], MOST_PROGRAMS);
    g_task_return_int (task, 480);
    return;
  }
  running++;
  g_task_set_task_data (task, g_strdup (command[0]), g_free);
  ahoy_program_run_async (&program, scheduler, on_ended, g_steal_pointer (&task));
}

/* Returns: a status of SIP */
guint
ahoy_message_exec_finish (GAsyncResult *result)
{
  return (guint) g_task_propagate_int (G_TASK (result), NULL);
}
