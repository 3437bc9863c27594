/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */

/* A user agent that is always busy. Usage: busy [PORT]; port 0 is one that the kernel chooses. */
#include <ahoy.h>
#include <stdlib.h>

static gboolean
on_incoming (AhoySessionService *service, AhoySession *session, gpointer data)
{
  g_print ("%s calls\n", ahoy_session_get_remote_uri (session));
  return ahoy_session_reject (session, 486, "Busy Here", NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoySessionService) sessions = ahoy_session_service_new (stack);
  g_autoptr (GError) error = NULL;
  guint16 port = argc > 1 ? (guint16) atoi (argv[1]) : 5060;

  if (!ahoy_stack_start (stack, &error) ||
      !ahoy_stack_listen (stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, "127.0.0.1", port, NULL,
                          &error) ||
      !ahoy_session_service_register (sessions, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_signal_connect (sessions, "incoming", G_CALLBACK (on_incoming), NULL);
  g_print ("listening on port %u\n", ahoy_stack_get_listener_port (stack, "udp"));
  g_main_loop_run (loop);
  return 0;
}
