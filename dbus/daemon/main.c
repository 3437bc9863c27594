/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>

#include "ahoy-bus-log.h"
#include "ahoy-daemon.h"

typedef struct {
  gboolean session;
  gboolean system;
  gboolean replace;
  gboolean verbose;
  gboolean version;
  int linger;
  char **listen;
} Options;

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "session", 0, 0, G_OPTION_ARG_NONE, &options->session, "Use the session bus (default)",
      NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &options->system, "Use the system bus", NULL },
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &options->listen,
      "Speak SIP here, such as udp:127.0.0.1:5060 or tcp:[::1]:0 (any port)",
      "PROTOCOL:ADDRESS:PORT" },
    { "session-linger", 0, 0, G_OPTION_ARG_INT, &options->linger,
      "How long an ended session stays on the bus (default 30)", "SECONDS" },
    { "replace", 'r', 0, G_OPTION_ARG_NONE, &options->replace,
      "Take the bus name from a daemon that runs", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Write debug messages", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- make and take SIP calls");

  options->linger = 30;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error)) {
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
  if (options->linger < 0 || options->linger > 86400) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--session-linger %d is not within 0 to 86400", options->linger);
    return FALSE;
  }
  return TRUE;
}

/* udp:127.0.0.1:5060, tcp:[::1]:0 */
static gboolean
add_listener (AhoyCore *core, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  g_autofree char *host = NULL;
  AhoyTransportProtocol protocol;
  const char *port;
  guint64 number;

  if (g_strv_length (parts) != 2 || (port = strrchr (parts[1], ':')) == NULL ||
      !g_ascii_string_to_unsigned (port + 1, 10, 0, G_MAXUINT16, &number, NULL) ||
      (protocol = ahoy_transport_protocol_from_string (parts[0])) ==
          AHOY_TRANSPORT_PROTOCOL_UNKNOWN) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "“%s” is no place to listen; write one such as udp:127.0.0.1:5060", text);
    return FALSE;
  }
  host = g_strndup (parts[1], (gsize) (port - parts[1]));
  if (*host == '[' && g_str_has_suffix (host, "]")) {
    host[strlen (host) - 1] = '\0';
    memmove (host, host + 1, strlen (host));
  }
  return ahoy_core_add_transport (core, text, protocol, host, (guint16) number, NULL, error) !=
         NULL;
}

static gboolean
on_signal (gpointer user_data)
{
  ahoy_daemon_stop (user_data);
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

static gboolean
run (Options *options, GError **error)
{
  g_autoptr (AhoyDaemon) daemon = ahoy_daemon_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) connection = NULL;
  guint term;
  guint interrupt;

  for (guint i = 0; options->listen != NULL && options->listen[i] != NULL; i++) {
    if (!add_listener (ahoy_daemon_get_core (daemon), options->listen[i], error)) {
      return FALSE;
    }
  }
  connection = g_bus_get_sync (options->system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL,
                               error);
  if (connection == NULL) {
    return FALSE;
  }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  ahoy_daemon_set_linger (daemon, (guint) options->linger);
  g_signal_connect (daemon, "ready", G_CALLBACK (on_ready), NULL);
  g_signal_connect_swapped (daemon, "stopped", G_CALLBACK (g_main_loop_quit), loop);
  if (!ahoy_daemon_start (daemon, connection,
                          (options->replace ? AHOY_DAEMON_REPLACE : 0) |
                              (options->system ? AHOY_DAEMON_SYSTEM : 0),
                          error)) {
    return FALSE;
  }
  term = g_unix_signal_add (SIGTERM, on_signal, daemon);
  interrupt = g_unix_signal_add (SIGINT, on_signal, daemon);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Options options = { 0 };
  gboolean good;

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
  good = run (&options, &error);
  g_strfreev (options.listen);
  if (!good) {
    g_printerr ("ahoyd: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
