/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

struct uas;
struct call;

#define NTA_LEG_MAGIC_T struct call
#define NTA_INCOMING_MAGIC_T struct call

#include <sofia-sip/auth_module.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/tport_tag.h>

/*
 * The yardstick of signalling: the least that Sofia-SIP's transaction layer can do for a call. It
 * answers INVITE with a description that never changes, takes the ACK, answers BYE; it runs on
 * Sofia's own epoll root, without a main loop around it.
 *
 *   nta-uas [URL] [ACCOUNTS]
 *
 * Prints the port that it listens on, over UDP and TCP. ACCOUNTS is a file of lines user:password:
 * with which REGISTER and OPTIONS have to prove who they come from, by Sofia-SIP's own module for
 * digest authentication, which knows MD5.
 */
struct call {
  nta_leg_t *leg;
  nta_incoming_t *invite;
};

static nta_agent_t *agent;
static sip_contact_t *contact;
static auth_mod_t *accounts;

static const char description[] = "v=0\r\n"
                                  "o=- 1 1 IN IP4 127.0.0.1\r\n"
                                  "s=-\r\n"
                                  "c=IN IP4 127.0.0.1\r\n"
                                  "t=0 0\r\n"
                                  "m=audio 61500 RTP/AVP 0 101\r\n"
                                  "a=rtpmap:0 PCMU/8000\r\n"
                                  "a=rtpmap:101 telephone-event/8000\r\n"
                                  "a=sendrecv\r\n";

static void
free_call (struct call *call)
{
  if (call->invite != NULL) {
    nta_incoming_destroy (call->invite);
  }
  nta_leg_destroy (call->leg);
  free (call);
}

static int
on_request_in_dialog (struct call *call, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip)
{
  if (sip == NULL) {
    return 0;
  }
  if (sip->sip_request->rq_method == sip_method_bye) {
    nta_incoming_treply (irq, SIP_200_OK, TAG_END ());
    nta_incoming_destroy (irq);
    free_call (call);
    return 0;
  }
  if (sip->sip_request->rq_method == sip_method_ack) {
    nta_incoming_destroy (irq); /* else nta keeps it, and looks at it in each turn of its timer */
    return 0;
  }
  return 501;
}

/* The ACK; without a message when it never came. */
static int
on_ack (struct call *call, nta_incoming_t *irq, const sip_t *sip)
{
  if (call->invite == NULL) {
    return 0;
  }
  if (sip == NULL) {
    free_call (call);
  } else if (sip->sip_request->rq_method == sip_method_ack) {
    nta_incoming_destroy (call->invite);
    call->invite = NULL;
  }
  return 0;
}

static int
on_invite (nta_incoming_t *irq, const sip_t *sip)
{
  struct call *call = calloc (1, sizeof *call);

  if (call == NULL) {
    return 500;
  }
  call->leg = nta_leg_tcreate (agent, on_request_in_dialog, call,
                               SIPTAG_CALL_ID (sip->sip_call_id), SIPTAG_FROM (sip->sip_to),
                               SIPTAG_TO (sip->sip_from), TAG_END ());
  nta_leg_tag (call->leg, nta_incoming_tag (irq, NULL));
  nta_leg_server_route (call->leg, sip->sip_record_route, sip->sip_contact);
  call->invite = irq;
  nta_incoming_bind (irq, on_ack, call);
  nta_incoming_treply (irq, SIP_200_OK, SIPTAG_CONTACT (contact),
                       SIPTAG_CONTENT_TYPE_STR ("application/sdp"),
                       SIPTAG_PAYLOAD_STR (description), TAG_END ());
  return 0;
}

/* 401 with a challenge, or 200 for who proves it. */
static int
on_digest (nta_incoming_t *irq, const sip_t *sip)
{
  static const auth_challenger_t challenger = { 401, "Unauthorized", sip_www_authenticate_class,
                                                sip_authentication_info_class };
  auth_status_t *status = auth_status_new (NULL);

  status->as_method = sip->sip_request->rq_method_name;
  status->as_uri = url_as_string (status->as_home, sip->sip_request->rq_url);
  auth_mod_verify (accounts, status, sip->sip_authorization, &challenger);
  if (status->as_status == 0) {
    nta_incoming_treply (irq, SIP_200_OK, TAG_END ());
  } else {
    nta_incoming_treply (irq, status->as_status, status->as_phrase,
                         SIPTAG_HEADER ((sip_header_t *) status->as_response), TAG_END ());
  }
  nta_incoming_destroy (irq);
  auth_status_unref (status);
  return 0;
}

static int
on_request (struct call *call, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip)
{
  sip_method_t method = sip->sip_request->rq_method;

  if (accounts != NULL && (method == sip_method_register || method == sip_method_options)) {
    return on_digest (irq, sip);
  }
  switch (method) {
  case sip_method_invite:
    return on_invite (irq, sip);
  case sip_method_ack:
    nta_incoming_destroy (irq);
    return 0;
  case sip_method_options:
    return 200;
  case sip_method_bye:
    return 481;
  default:
    return 405;
  }
}

int
main (int argc, char **argv)
{
  const char *url = argc > 1 ? argv[1] : "sip:127.0.0.1:*";
  nta_leg_t *leg;
  su_root_t *root;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  su_init ();
  su_log_set_level (NULL, 0);
  root = su_root_create (NULL);
  su_root_threading (root, 0);
  agent = nta_agent_create (root, URL_STRING_MAKE (url), NULL, NULL, NTATAG_UA (0),
                            NTATAG_MERGE_482 (1), TPTAG_QUEUESIZE (1024),
                            TPTAG_UDP_RMEM (4 << 20), TAG_END ());
  if (agent == NULL) {
    fprintf (stderr, "nta-uas: cannot listen on %s\n", url);
    return 1;
  }
  if (argc > 2) {
    accounts = auth_mod_create (root, AUTHTAG_METHOD ("Digest"), AUTHTAG_REALM ("bench"),
                                AUTHTAG_DB (argv[2]), AUTHTAG_QOP ("auth"),
                                AUTHTAG_EXPIRES (3600), AUTHTAG_MAX_NCOUNT (1), TAG_END ());
    if (accounts == NULL) {
      fprintf (stderr, "nta-uas: cannot read accounts from %s\n", argv[2]);
      return 1;
    }
  }
  contact = nta_agent_contact (agent);
  leg = nta_leg_tcreate (agent, on_request, NULL, NTATAG_NO_DIALOG (1), TAG_END ());
  if (leg == NULL || contact == NULL) {
    fprintf (stderr, "nta-uas: cannot answer on %s\n", url);
    return 1;
  }
  printf ("%s\n", contact->m_url->url_port != NULL ? contact->m_url->url_port : "5060");
  fflush (stdout);
  su_root_run (root);
  return 0;
}
