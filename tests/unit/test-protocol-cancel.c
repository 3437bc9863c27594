/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"

#include "watchdog.h"

/* A request that nobody waits for any more, and what else happens in the same moment. */

typedef struct {
  guint count;
  GError *error;
  guint status;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;
  g_autoptr (AhoyMessage) response = NULL;

  outcome->count++;
  g_clear_error (&outcome->error);
  response = ahoy_stack_send_request_finish (AHOY_STACK (source), result, &outcome->error);
  outcome->status = response != NULL ? ahoy_message_get_status (response) : 0;
}

/* A port where nobody answers, and where no ICMP says so. */
static GSocket *
make_silent (guint16 *port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, any, FALSE, &error));
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

static AhoyStack *
make_stack (void)
{
  g_autoptr (GError) error = NULL;
  AhoyStack *stack = ahoy_stack_new (NULL, NULL);

  g_assert_true (ahoy_stack_start (stack, &error));
  g_assert_no_error (error);
  g_assert_true (ahoy_stack_listen (stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, "127.0.0.1", 0,
                                    NULL, &error));
  g_assert_no_error (error);
  return stack;
}

static void
send_options (AhoyStack *stack, guint16 port, GCancellable *cancellable, Outcome *outcome)
{
  g_autofree char *uri = g_strdup_printf ("sip:x@127.0.0.1:%u", port);
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoyMessage) request =
      ahoy_stack_create_request (stack, "OPTIONS", uri, "sip:y@127.0.0.1", NULL, &error);

  g_assert_no_error (error);
  ahoy_stack_send_request_async (stack, request, NULL, cancellable, on_done, outcome);
}

static void
test_cancel (void)
{
  guint16 port;
  g_autoptr (GSocket) silent = make_silent (&port);
  g_autoptr (AhoyStack) stack = make_stack ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };

  send_options (stack, port, cancellable, &outcome);
  g_cancellable_cancel (cancellable);
  wait_until (outcome.count > 0);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ahoy_stack_stop (stack);
  g_assert_cmpuint (outcome.count, ==, 1);
  g_clear_error (&outcome.error);
}

/* The stack answers what it did not finish; the cancellation that is on its way comes too late. */
static void
test_cancel_and_stop (void)
{
  guint16 port;
  g_autoptr (GSocket) silent = make_silent (&port);
  g_autoptr (AhoyStack) stack = make_stack ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };

  send_options (stack, port, cancellable, &outcome);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_cancellable_cancel (cancellable);
  ahoy_stack_stop (stack);
  wait_until (outcome.count > 0);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpuint (outcome.count, ==, 1);
  g_clear_error (&outcome.error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/cancel/nobody-waits-any-more", test_cancel);
  g_test_add_func ("/protocol/cancel/while-the-stack-stops", test_cancel_and_stop);
  return g_test_run ();
}
