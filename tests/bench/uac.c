/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "uac-common.h"

/*
 * Makes calls over UDP at a steady pace: INVITE with an offer, ACK, after a while BYE. One line of
 * JSON says how it went. It is plain C on one socket, so that it costs less than what it measures.
 *
 *   uac --target 127.0.0.1:5060 [--user NAME] [--rate CALLS/S] [--calls N] [--hold MS] [--wait]
 *
 * With --wait the calls are held until a line comes in on standard input; “held” is printed when
 * all are up.
 */
#define T1 500000
#define T2 4000000
#define PATIENCE 20000000
#define MAX_BURST 32
#define SCAN 50000
#define NEVER G_MAXINT64

typedef enum { CALL_IDLE, CALL_INVITING, CALL_UP, CALL_ENDING, CALL_OVER } CallState;

typedef struct {
  CallState state;
  gboolean provisional;
  gint64 begun;  /* when the transaction was begun */
  gint64 resend; /* when it is sent once more */
  gint64 interval;
  gint64 bye; /* when a call that is up ends */
  guint8 *peer; /* two strings: the To header, the remote target */
} Call;

static char *target;
static char *user;
static int rate = 100;
static int n_calls = 1000;
static int hold = 100;
static gboolean wait_for_line;

static int fd;
static int sink;
static guint own_port;
static guint sink_port;
static guint32 seed;
static Call *calls;
static GQueue active; /* indices, the oldest first */
static GQueue up;
static GArray *latencies;
static gint64 now;
static guint n_begun;
static guint n_answered;
static guint n_completed;
static guint n_refused;
static guint n_lost;
static guint n_resent;
static guint n_requests;
static int first_refusal;

static const char *
to_of (const Call *call)
{
  return (const char *) call->peer;
}

static const char *
remote_target_of (const Call *call)
{
  return to_of (call) + strlen (to_of (call)) + 1;
}

static void
send_invite (guint index)
{
  char body[512];
  char text[2048];
  int size = g_snprintf (body, sizeof body,
                         "v=0\r\no=bench %u 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                         "t=0 0\r\nm=audio %u RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n"
                         "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                         "a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n",
                         index, sink_port);
  int length = g_snprintf (text, sizeof text,
                           "INVITE sip:%s@%s SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%x-%u-i;rport\r\n"
                           "Max-Forwards: 70\r\n"
                           "From: \"Bench\" <sip:bench@127.0.0.1:%u>;tag=%x-%u\r\n"
                           "To: <sip:%s@%s>\r\n"
                           "Call-ID: %x-%u@bench\r\n"
                           "CSeq: 1 INVITE\r\n"
                           "Contact: <sip:bench@127.0.0.1:%u>\r\n"
                           "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
                           "Content-Type: application/sdp\r\n"
                           "Content-Length: %d\r\n\r\n%s",
                           user, target, own_port, seed, index, own_port, seed, index, user,
                           target, seed, index, own_port, size, body);

  uac_transmit (fd, text, length);
}

static void
send_in_dialog (guint index, const char *method, int cseq, char branch)
{
  const Call *call = &calls[index];
  char text[1024];
  int length = g_snprintf (text, sizeof text,
                           "%s %s SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%x-%u-%c;rport\r\n"
                           "Max-Forwards: 70\r\n"
                           "From: \"Bench\" <sip:bench@127.0.0.1:%u>;tag=%x-%u\r\n"
                           "To: %s\r\n"
                           "Call-ID: %x-%u@bench\r\n"
                           "CSeq: %d %s\r\n"
                           "Content-Length: 0\r\n\r\n",
                           method, remote_target_of (call), own_port, seed, index, branch,
                           own_port, seed, index, to_of (call), seed, index, cseq, method);

  uac_transmit (fd, text, length);
}

static void
begin (guint index, CallState state)
{
  Call *call = &calls[index];

  call->state = state;
  call->begun = now;
  call->interval = T1;
  call->resend = now + T1;
  if (state == CALL_INVITING) {
    send_invite (index);
  } else {
    send_in_dialog (index, "BYE", 2, 'b');
  }
}

static void
give_up (guint index, guint *counter)
{
  calls[index].state = CALL_OVER;
  g_clear_pointer (&calls[index].peer, g_free);
  (*counter)++;
}

static gboolean
remember_peer (Call *call, const char *text)
{
  char to[512];
  char contact[512];
  char *uri;

  if (!uac_find_header (text, "To", to, sizeof to) ||
      !uac_find_header (text, "Contact", contact, sizeof contact)) {
    return FALSE;
  }
  uri = strchr (contact, '<');
  uri = uri != NULL ? uri + 1 : contact;
  uri[strcspn (uri, ">")] = '\0';
  call->peer = g_malloc (strlen (to) + strlen (uri) + 2);
  memcpy (call->peer, to, strlen (to) + 1);
  memcpy (call->peer + strlen (to) + 1, uri, strlen (uri) + 1);
  return TRUE;
}

static void
on_invite_response (guint index, int status, const char *text)
{
  Call *call = &calls[index];

  if (status < 200) {
    call->provisional = call->state == CALL_INVITING;
    return;
  }
  if (call->state == CALL_INVITING && (status >= 300 || !remember_peer (call, text))) {
    first_refusal = n_refused == 0 ? status : first_refusal;
    if (status >= 300) {
      char to[512];

      if (uac_find_header (text, "To", to, sizeof to)) {
        g_autofree char *peer = g_strdup_printf ("%s|sip:%s@%s", to, user, target);

        peer[strlen (to)] = '\0';
        call->peer = (guint8 *) g_steal_pointer (&peer);
        send_in_dialog (index, "ACK", 1, 'i');
      }
    }
    give_up (index, &n_refused);
    return;
  }
  if (call->state == CALL_INVITING) {
    gint64 taken = now - call->begun;

    g_array_append_val (latencies, taken);
    n_answered++;
    call->state = CALL_UP;
    call->resend = NEVER;
    call->bye = wait_for_line ? NEVER : now + hold * G_GINT64_CONSTANT (1000);
    g_queue_push_tail (&up, GUINT_TO_POINTER (index));
  }
  if (call->peer != NULL) {
    send_in_dialog (index, "ACK", 1, 'a');
  }
}

/* Whatever the other side asks is answered, and counted: nothing is expected. */
static void
on_request (const char *text)
{
  static const char *const names[] = { "From", "To", "Call-ID", "CSeq", "Via" };
  g_autoptr (GString) answer = g_string_new ("SIP/2.0 200 OK\r\n");

  n_requests++;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    char value[1024];

    if (uac_find_header (text, names[i], value, sizeof value)) {
      g_string_append_printf (answer, "%s: %s\r\n", names[i], value);
    }
  }
  g_string_append (answer, "Content-Length: 0\r\n\r\n");
  if (!g_str_has_prefix (text, "ACK ")) {
    uac_transmit (fd, answer->str, (int) answer->len);
  }
}

static void
on_message (const char *text)
{
  char id[128];
  char cseq[64];
  guint found_seed;
  guint index;

  if (!g_str_has_prefix (text, "SIP/2.0 ")) {
    on_request (text);
    return;
  }
  if (!uac_find_header (text, "Call-ID", id, sizeof id) ||
      !uac_find_header (text, "CSeq", cseq, sizeof cseq) ||
      sscanf (id, "%x-%u@", &found_seed, &index) != 2 || found_seed != seed ||
      index >= (guint) n_calls) {
    return;
  }
  if (g_str_has_suffix (cseq, "INVITE")) {
    on_invite_response (index, atoi (text + 8), text);
  } else if (calls[index].state == CALL_ENDING && atoi (text + 8) >= 200) {
    give_up (index, atoi (text + 8) < 300 ? &n_completed : &n_refused);
  }
}

static void
receive_all (void)
{
  char text[8192];
  ssize_t length;

  while ((length = recv (fd, text, sizeof text - 1, 0)) > 0) {
    text[length] = '\0';
    on_message (text);
  }
}

/* Sends once more what was not answered. */
static void
scan (void)
{
  GList *next;

  for (GList *at = active.head; at != NULL; at = next) {
    guint index = GPOINTER_TO_UINT (at->data);
    Call *call = &calls[index];

    next = at->next;
    if (call->state == CALL_OVER) {
      g_queue_delete_link (&active, at);
    } else if (call->state != CALL_UP && now - call->begun > PATIENCE) {
      give_up (index, &n_lost);
    } else if (call->resend <= now) {
      call->interval =
          call->state == CALL_INVITING ? 2 * call->interval : MIN (2 * call->interval, T2);
      call->resend = now + call->interval;
      if (call->state == CALL_INVITING && !call->provisional) {
        n_resent++;
        send_invite (index);
      } else if (call->state == CALL_ENDING) {
        n_resent++;
        send_in_dialog (index, "BYE", 2, 'b');
      }
    }
  }
}

static guint
n_due (gint64 since, guint done)
{
  gint64 due = (now - since) * rate / 1000000 + 1;

  return due > done ? (guint) MIN (due - done, MAX_BURST) : 0;
}

static void
begin_calls (gint64 since)
{
  for (guint left = n_due (since, n_begun); left > 0 && n_begun < (guint) n_calls; left--) {
    g_queue_push_tail (&active, GUINT_TO_POINTER (n_begun));
    begin (n_begun++, CALL_INVITING);
  }
}

static void
end_calls (gint64 since, guint *n_ended)
{
  guint left = since != 0 ? n_due (since, *n_ended) : G_MAXUINT;

  for (; left > 0 && !g_queue_is_empty (&up); left--) {
    guint index = GPOINTER_TO_UINT (g_queue_peek_head (&up));

    if (since == 0 && calls[index].bye > now) {
      return;
    }
    g_queue_pop_head (&up);
    if (calls[index].state == CALL_UP) {
      begin (index, CALL_ENDING);
      (*n_ended)++;
    }
  }
}

static gboolean
line_came (void)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

  return poll (&input, 1, 0) > 0;
}

static guint
n_settled (void)
{
  return n_answered + n_refused + n_lost;
}

static void
run (void)
{
  gint64 begun = uac_read_clock ();
  gint64 ending = 0;
  gint64 scanned = begun;
  gboolean told = FALSE;
  guint n_ended = 0;

  now = begun;
  while (n_completed + n_refused + n_lost < (guint) n_calls) {
    struct pollfd wait = { .fd = fd, .events = POLLIN };

    poll (&wait, 1, 1);
    now = uac_read_clock ();
    receive_all ();
    begin_calls (begun);
    if (wait_for_line && !told && n_settled () >= (guint) n_calls) {
      printf ("held\n");
      fflush (stdout);
      told = TRUE;
    }
    if (told && ending == 0 && line_came ()) {
      ending = now;
    }
    if (!wait_for_line || ending != 0) {
      end_calls (ending, &n_ended);
    }
    if (now - scanned >= SCAN) {
      scanned = now;
      scan ();
    }
  }
}

static void
report (gint64 taken)
{
  uac_sort_times (latencies);
  printf ("{\"calls\": %d, \"rate\": %d, \"seconds\": %.3f, \"answered\": %u, \"completed\": %u, "
          "\"refused\": %u, \"refusal\": %d, \"lost\": %u, \"resent\": %u, \"requests\": %u, "
          "\"p50_us\": %" G_GINT64_FORMAT ", \"p99_us\": %" G_GINT64_FORMAT "}\n",
          n_calls, rate, (double) taken / 1e6, n_answered, n_completed, n_refused, first_refusal,
          n_lost, n_resent, n_requests, uac_percentile (latencies, 0.5),
          uac_percentile (latencies, 0.99));
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &target, "whom to call", "ADDRESS:PORT" },
    { "user", 'u', 0, G_OPTION_ARG_STRING, &user, "the user part to call", "NAME" },
    { "rate", 'r', 0, G_OPTION_ARG_INT, &rate, "calls a second", "N" },
    { "calls", 'n', 0, G_OPTION_ARG_INT, &n_calls, "how many calls", "N" },
    { "hold", 'd', 0, G_OPTION_ARG_INT, &hold, "how long a call lasts", "MS" },
    { "wait", 'w', 0, G_OPTION_ARG_NONE, &wait_for_line, "hold until a line comes in", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 begun;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || target == NULL || rate < 1 ||
      n_calls < 1) {
    fprintf (stderr, "uac: %s\n", error != NULL ? error->message : "see --help");
    return 2;
  }
  user = user != NULL ? user : g_strdup ("600");
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  seed = g_random_int ();
  calls = g_new0 (Call, n_calls);
  latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  fd = uac_open_socket (&own_port);
  sink = uac_open_socket (&sink_port);
  uac_connect_socket (fd, target);
  begun = uac_read_clock ();
  run ();
  report (uac_read_clock () - begun);
  close (fd);
  close (sink);
  g_array_unref (latencies);
  g_free (calls);
  g_free (user);
  g_free (target);
  return n_completed == (guint) n_calls ? 0 : 1;
}
