/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include <glib-unix.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>

#include "ahoy-bus-log.h"
#include "ahoy-daemon.h"
#include "ahoy-hash.h"
#include "ahoy-offline.h"

typedef struct {
  gboolean session;
  gboolean system;
  gboolean replace;
  gboolean verbose;
  gboolean version;
  gboolean check;
  gboolean schema;
  gboolean hash;
  gboolean expand;
  gboolean json;
  char *type; /* of the schema */
  char *username; /* to be hashed */
  char *realm;
  char *config;
  char *state;
} Options;

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "session", 0, 0, G_OPTION_ARG_NONE, &options->session, "Use the session bus (default)",
      NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &options->system, "Use the system bus", NULL },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
      "Read ahoy.conf and conf.d/*.conf here", "FOLDER" },
    { "state", 's', 0, G_OPTION_ARG_FILENAME, &options->state, "Keep recordings and state here",
      "FOLDER" },
    { "replace", 'r', 0, G_OPTION_ARG_NONE, &options->replace,
      "Take the bus name from a daemon that runs", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Write debug messages", NULL },
    { "check", 0, 0, G_OPTION_ARG_NONE, &options->check,
      "Say what is wrong with the configuration, and end", NULL },
    { "schema", 0, 0, G_OPTION_ARG_NONE, &options->schema,
      "Print what can be configured (with an argument: for that type only), and end", NULL },
    { "hash", 0, 0, G_OPTION_ARG_NONE, &options->hash,
      "Hash the password of an account (arguments: its user name and realm), and end", NULL },
    { "expand", 0, 0, G_OPTION_ARG_NONE, &options->expand,
      "Print the objects that the configuration stands for, and end", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &options->json,
      "With --check, --schema or --hash: as JSON", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- make and take SIP calls");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error)) {
    return FALSE;
  }
  if (options->schema && *argc == 2) {
    options->type = g_strdup ((*argv)[1]);
    *argc = 1;
  }
  if (options->hash) {
    int first = *argc > 1 && g_str_equal ((*argv)[1], "--") ? 2 : 1;

    if (*argc != first + 2) {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--hash needs a user name and a realm");
      return FALSE;
    }
    options->username = g_strdup ((*argv)[first]);
    options->realm = g_strdup ((*argv)[first + 1]);
    *argc = 1;
  }
  if (options->json && !options->check && !options->schema && !options->hash) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "--json is for --check, --schema and --hash");
    return FALSE;
  }
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "“%s” is not understood; see ahoyd --help", (*argv)[1]);
    return FALSE;
  }
  if (options->session && options->system) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "There is one bus only: write --session or --system");
    return FALSE;
  }
  return TRUE;
}

/* Where the configuration is: what was asked for, else that of the machine or of the user. */
static char *
find_config (const Options *options)
{
  if (options->config != NULL) {
    return g_strdup (options->config);
  }
  return options->system ? g_strdup (AHOY_CONFIG_DIRECTORY)
                         : g_build_filename (g_get_user_config_dir (), "ahoy", NULL);
}

static char *
find_state (const Options *options)
{
  const char *given = g_getenv ("STATE_DIRECTORY");

  if (options->state != NULL) {
    return g_strdup (options->state);
  }
  if (given != NULL) {
    return g_strdup (given);
  }
  return options->system ? g_strdup (AHOY_STATE_DIRECTORY)
                         : g_build_filename (g_get_user_state_dir (), "ahoy", NULL);
}

static gboolean
on_signal (gpointer user_data)
{
  ahoy_daemon_stop (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hangup (gpointer user_data)
{
  ahoy_daemon_reload (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_ready (AhoyDaemon *daemon, gpointer user_data)
{
  g_autoptr (GPtrArray) transports = ahoy_core_list_transports (ahoy_daemon_get_core (daemon));

  for (guint i = 0; i < transports->len; i++) {
    AhoyTransport *transport = transports->pdata[i];
    const char *address = ahoy_transport_get_address (transport);

    g_message (strchr (address, ':') != NULL ? "SIP over %s on [%s]:%u" : "SIP over %s on %s:%u",
               ahoy_transport_protocol_to_string (ahoy_transport_get_protocol (transport)),
               address, ahoy_transport_get_port (transport));
  }
  g_message ("Ready: %s %s", "org.ahoy.Ahoy1", AHOY_VERSION_STRING);
}

static AhoyBusLink *
open_bus (const Options *options, GError **error)
{
  GBusType type = options->system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION;
  g_autoptr (GError) failure = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (type, NULL, &failure);
  AhoyBusLink *link = address != NULL ? ahoy_bus_link_open (address, &failure) : NULL;

  if (link == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_UNREACHABLE,
                 "The %s bus (%s) cannot be reached: %s; start it, or %s",
                 options->system ? "system" : "session",
                 address != NULL ? address : "no address", failure->message,
                 options->system ? "use --session" : "run ahoyd by dbus-run-session");
  }
  return link;
}

static gboolean
run (Options *options, GError **error)
{
  g_autoptr (AhoyDaemon) daemon = ahoy_daemon_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (AhoyBusLink) link = NULL;
  g_autofree char *config = find_config (options);
  g_autofree char *state = find_state (options);
  guint term;
  guint interrupt;
  guint hangup;
  gboolean good;

  link = open_bus (options, error);
  if (link == NULL || !ahoy_daemon_clear_name (daemon, link, options->replace, error)) {
    return FALSE;
  }
  ahoy_daemon_configure (daemon, config, state);
  g_signal_connect (daemon, "ready", G_CALLBACK (on_ready), NULL);
  g_signal_connect_swapped (daemon, "stopped", G_CALLBACK (g_main_loop_quit), loop);
  if (!ahoy_daemon_start (daemon, link,
                          (options->replace ? AHOY_DAEMON_REPLACE : 0) |
                              (options->system ? AHOY_DAEMON_SYSTEM : 0),
                          error)) {
    return FALSE;
  }
  term = g_unix_signal_add (SIGTERM, on_signal, daemon);
  interrupt = g_unix_signal_add (SIGINT, on_signal, daemon);
  hangup = g_unix_signal_add (SIGHUP, on_hangup, daemon);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  g_source_remove (hangup);
  good = ahoy_daemon_check (daemon, error);
  g_clear_object (&daemon);
  ahoy_bus_link_close (link);
  return good;
}

/* What needs neither a bus nor a port. */
static gboolean
look_only (Options *options)
{
  g_autofree char *config = find_config (options);
  gboolean good = options->check    ? ahoy_offline_check (config, options->json)
                  : options->expand ? ahoy_offline_expand (config)
                                    : ahoy_offline_print_schema (options->type, options->json);

  g_free (options->config);
  g_free (options->state);
  g_free (options->type);
  return good;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Options options = { 0 };
  gboolean good;

  /* What finished calls leave behind is wanted again in a moment: it is not given back to the
   * kernel in small pieces, to be zeroed and mapped anew. */
  mallopt (M_TRIM_THRESHOLD, 8 << 20);
  mallopt (M_TOP_PAD, 1 << 20);
  signal (SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of its writer */
  setlocale (LC_ALL, "");
  ahoy_bus_log_install ();
  if (!parse_options (&options, &argc, &argv, &error)) {
    g_printerr ("ahoyd: %s\n", error->message);
    return EXIT_FAILURE;
  }
  if (options.version) {
    g_print ("ahoyd %s\n", AHOY_VERSION_STRING);
    return EXIT_SUCCESS;
  }
  if (options.verbose) {
    ahoy_bus_log_set_level ("ahoy", "debug", NULL);
    ahoy_bus_log_set_level ("ahoyd", "debug", NULL);
  }
  if (options.hash) {
    good = ahoy_hash_print (options.username, options.realm, options.json);
    g_free (options.username);
    g_free (options.realm);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  if (options.check || options.schema || options.expand) {
    return look_only (&options) ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  good = run (&options, &error);
  g_free (options.config);
  g_free (options.state);
  if (!good) {
    g_printerr ("ahoyd: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
