/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyctl"

#include <locale.h>
#include <stdlib.h>

#include "ahoy-version.h"
#include "ctl.h"

/* How the process ends. */
enum { EXIT_USAGE = 2, EXIT_NO_DAEMON = 3 };

static const CtlCommand *const groups[] = {
  ctl_manager_commands,
  ctl_session_commands,
  ctl_follow_commands,
  ctl_originate_commands,
  ctl_bridge_commands,
  ctl_conference_commands,
  ctl_queue_commands,
  ctl_history_commands,
  ctl_trace_commands,
  ctl_event_commands,
  ctl_security_commands,
  ctl_cache_commands,
  ctl_config_commands,
  ctl_module_commands,
  ctl_message_commands,
  ctl_contact_commands,
  ctl_number_commands,
  ctl_registration_commands,
};

/* Where what a command does stands in the help; a longer command has a line for itself. */
#define USAGE_WIDTH 32

static const CtlCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++) {
    for (const CtlCommand *at = groups[i]; at->name != NULL; at++) {
      if (g_str_equal (at->name, name)) {
        return at;
      }
    }
  }
  return NULL;
}

static char *
describe_commands (void)
{
  GString *text = g_string_new ("Commands:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++) {
    for (const CtlCommand *at = groups[i]; at->name != NULL; at++) {
      g_autofree char *usage = g_strdup_printf ("%s %s", at->name, at->arguments);
      int length = (int) g_utf8_strlen (usage, -1);

      g_string_append_printf (text, "  %s%s%*s %s\n", usage, length > USAGE_WIDTH ? "\n  " : "",
                              USAGE_WIDTH - (length > USAGE_WIDTH ? 0 : length), "", at->summary);
    }
  }
  g_string_append (text, "\nN is the number of a session; it may be left out when only one session "
                         "fits.");
  return g_string_free (text, FALSE);
}

/* For the completion of the shell: the names of all commands. */
static void
print_commands (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++) {
    for (const CtlCommand *at = groups[i]; at->name != NULL; at++) {
      g_print ("%s\n", at->name);
    }
  }
}

static gboolean
asks_for_help (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (g_str_equal (argv[i], "--help") || g_str_equal (argv[i], "-h")) {
      return TRUE;
    }
  }
  return FALSE;
}

/* Help needs no daemon. Commands with options know the text themselves. */
static gboolean
help_with (Ctl *ctl, const CtlCommand *command, int argc, char **argv, GError **error)
{
  if (strstr (command->arguments, "OPTION") != NULL) {
    return command->run (ctl, argc - 1, argv + 1, error);
  }
  g_print ("Usage:\n  ahoyctl %s %s\n\n%s\n", command->name, command->arguments,
           command->summary);
  return TRUE;
}

static gboolean
run_command (Ctl *ctl, int argc, char **argv, GError **error)
{
  const CtlCommand *command = find_command (argv[0]);

  if (command == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "There is no command “%s”; see ahoyctl --help", argv[0]);
    return FALSE;
  }
  if (asks_for_help (argc, argv)) {
    return help_with (ctl, command, argc, argv, error);
  }
  if (argc - 1 < command->least || argc - 1 > command->most) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Write: ahoyctl %s%s%s",
                 command->name, *command->arguments != '\0' ? " " : "", command->arguments);
    return FALSE;
  }
  if (command->offline) {
    return command->run (ctl, argc - 1, argv + 1, error);
  }
  return ctl_connect (ctl, error) && command->run (ctl, argc - 1, argv + 1, error);
}

static int
code_of (const GError *error)
{
  if (error->domain == G_OPTION_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT)) {
    return EXIT_USAGE;
  }
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED) ? EXIT_NO_DAEMON
                                                                        : EXIT_FAILURE;
}

static int
print_help (GOptionContext *context, gboolean wanted)
{
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

  if (wanted) {
    g_print ("%s", help);
    return EXIT_SUCCESS;
  }
  g_printerr ("%s", help);
  return EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND [ARGUMENT…]");
  g_autoptr (GError) error = NULL;
  g_autofree char *commands = describe_commands ();
  gboolean version = FALSE;
  gboolean list = FALSE;
  gboolean good;
  Ctl ctl = { 0 };
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &ctl.json, "Print JSON", NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &ctl.system, "Use the daemon on the system bus", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and end", NULL },
    { "list-commands", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &list, "", NULL },
    { NULL },
  };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_description (context, commands);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("ahoyctl: %s\n", error->message);
    return EXIT_USAGE;
  }
  if (version) {
    g_print ("ahoyctl %s\n", AHOY_VERSION_STRING);
    return EXIT_SUCCESS;
  }
  if (list) {
    print_commands ();
    return EXIT_SUCCESS;
  }
  if (argc < 2 || g_str_equal (argv[1], "help")) {
    return print_help (context, argc > 1);
  }
  good = run_command (&ctl, argc - 1, argv + 1, &error);
  g_clear_object (&ctl.connection);
  if (!good) {
    g_printerr ("ahoyctl: %s\n", error->message);
    return code_of (error);
  }
  return EXIT_SUCCESS;
}
