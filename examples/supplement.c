/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */

/* A supplement: reads a header of each call, refuses the calls of scanners, adds a header, and
 * forbids calls to expensive numbers. Usage: supplement [PORT [TARGET]]: speaks SIP on 127.0.0.1;
 * whoever is no scanner hears that it is busy, and TARGET is called. docs/supplements.md tells it
 * step by step. */
#include <ahoy.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#define EXAMPLE_TYPE_DOORMAN (doorman_get_type ())
G_DECLARE_FINAL_TYPE (Doorman, doorman, EXAMPLE, DOORMAN, GObject)

struct _Doorman {
  GObject parent_instance;
};

static void supplement_iface_init (AhoySessionSupplementInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (Doorman, doorman, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SESSION_SUPPLEMENT,
                                                      supplement_iface_init))

static AhoySupplementVerdict
doorman_incoming_request (AhoySessionSupplement *supplement, AhoySession *session,
                          AhoyMessage *request)
{
  g_autofree char *subject = ahoy_message_get_header (request, "Subject");
  g_autofree char *agent = ahoy_message_get_header (request, "User-Agent");

  if (subject != NULL) {
    g_print ("a call about %s\n", subject);
  }
  if (g_strcmp0 (agent, "friendly-scanner") == 0) {
    ahoy_session_respond (session, request, 403, "Not Here", NULL);
    return AHOY_SUPPLEMENT_ANSWERED;
  }
  return AHOY_SUPPLEMENT_CONTINUE;
}

static void
doorman_outgoing_response (AhoySessionSupplement *supplement, AhoySession *session,
                           AhoyMessage *response)
{
  ahoy_message_set_header (response, "X-Doorman", "Ahoj", NULL);
}

static gboolean
doorman_session_create (AhoySessionSupplement *supplement, AhoySession *session, GError **error)
{
  if (g_str_has_prefix (ahoy_session_get_target (session), "sip:0900")) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_AUTHORIZED, "Too expensive");
    return FALSE;
  }
  return TRUE;
}

static void
supplement_iface_init (AhoySessionSupplementInterface *iface)
{
  iface->incoming_request = doorman_incoming_request;
  iface->outgoing_response = doorman_outgoing_response;
  iface->session_create = doorman_session_create;
}

static void
doorman_class_init (DoormanClass *klass)
{
}

static void
doorman_init (Doorman *self)
{
}

static gboolean
on_incoming (AhoySessionService *sessions, AhoySession *session, gpointer data)
{
  return ahoy_session_reject (session, 486, "Busy Here", NULL);
}

/* Without media of its own, it leaves the offer to who is called. */
static void
dial (AhoySessionService *sessions, const char *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) options =
      g_variant_ref_sink (g_variant_new_parsed ("{'late-offer': <true>}"));
  g_autoptr (AhoySession) session =
      ahoy_session_service_dial (sessions, "sip:doorman@127.0.0.1", target, options, &error);

  if (session == NULL) {
    g_print ("%s\n", error->message);
  }
}

int
main (int argc, char **argv)
{
  const char *const methods[] = { "INVITE", NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (AhoyStack) stack = ahoy_stack_new (NULL, NULL);
  g_autoptr (AhoySessionService) sessions = ahoy_session_service_new (stack);
  g_autoptr (Doorman) doorman = g_object_new (EXAMPLE_TYPE_DOORMAN, NULL);
  g_autoptr (GError) error = NULL;
  guint16 port = argc > 1 ? (guint16) atoi (argv[1]) : 5060;

  setlocale (LC_ALL, "");
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!ahoy_session_service_add_supplement (sessions, AHOY_SESSION_SUPPLEMENT (doorman), "doorman",
                                            NULL, NULL, methods, &error) ||
      !ahoy_stack_start (stack, &error) ||
      !ahoy_stack_listen (stack, "udp", AHOY_TRANSPORT_PROTOCOL_UDP, "127.0.0.1", port, NULL,
                          &error) ||
      !ahoy_session_service_register (sessions, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_signal_connect (sessions, "incoming", G_CALLBACK (on_incoming), NULL);
  g_print ("listening on port %u\n", ahoy_stack_get_listener_port (stack, "udp"));
  if (argc > 2) {
    dial (sessions, argv[2]);
  }
  g_main_loop_run (loop);
  return 0;
}
