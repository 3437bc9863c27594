/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * Proves over UDP who it is, at a steady pace: a request, 401, the request with credentials, 200.
 * One line of JSON says how it went. It is plain C on one socket, as uac is.
 *
 *   uac-digest --target 127.0.0.1:5060 [--method OPTIONS] [--user NAME] [--password TEXT]
 *              [--algorithm MD5|SHA-256] [--rate PAIRS/S] [--pairs N] [--only-ask]
 *
 * With --only-ask the challenge is the end: what one leaves behind who never proves anything.
 */
#define T1 500000
#define PATIENCE 20000000
#define MAX_BURST 32
#define SCAN 50000

typedef enum { PAIR_IDLE, PAIR_ASKING, PAIR_PROVING, PAIR_OVER } PairState;

typedef struct {
  PairState state;
  gint64 begun;
  gint64 resend;
  gint64 interval;
  char *credentials; /* the header, with the end of its line */
} Pair;

static char *target;
static char *method = (char *) "OPTIONS";
static char *user = (char *) "bench";
static char *password = (char *) "secret";
static char *algorithm = (char *) "MD5";
static int rate = 500;
static int n_pairs = 1000;
static gboolean only_ask;

static int fd;
static guint own_port;
static guint32 seed;
static Pair *pairs;
static GQueue active; /* indices, the oldest first */
static GArray *latencies;
static GChecksumType checksum;
static char *known_realm; /* that ha1 is for */
static char *ha1;
static gint64 now;
static guint n_begun;
static guint n_completed;
static guint n_refused;
static guint n_lost;
static guint n_resent;
static int first_refusal;

static gint64
read_clock (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * G_GINT64_CONSTANT (1000000) + time.tv_nsec / 1000;
}

static void
open_socket (void)
{
  g_auto (GStrv) parts = g_strsplit (target, ":", 2);
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int room = 16 << 20;

  if (g_strv_length (parts) != 2 || inet_pton (AF_INET, parts[0], &address.sin_addr) != 1) {
    fprintf (stderr, "uac-digest: write --target as 127.0.0.1:5060\n");
    exit (2);
  }
  address.sin_port = htons ((guint16) atoi (parts[1]));
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0 ||
      getsockname (fd, (struct sockaddr *) &address, &size) < 0) {
    perror ("uac-digest: socket");
    exit (1);
  }
  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) {
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }
  own_port = ntohs (address.sin_port);
}

static void
transmit (guint index)
{
  const Pair *pair = &pairs[index];
  gboolean proves = pair->state == PAIR_PROVING;
  char text[2048];
  int length = g_snprintf (text, sizeof text,
                           "%s sip:%s SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%x-%u-%c;rport\r\n"
                           "Max-Forwards: 70\r\n"
                           "From: <sip:%s@127.0.0.1>;tag=%x-%u\r\n"
                           "To: <sip:%s@127.0.0.1>\r\n"
                           "Call-ID: %x-%u@bench\r\n"
                           "CSeq: %d %s\r\n"
                           "Contact: <sip:%s@127.0.0.1:%u>\r\n"
                           "%sContent-Length: 0\r\n\r\n",
                           method, target, own_port, seed, index, proves ? 'p' : 'a', user, seed,
                           index, user, seed, index, proves ? 2 : 1, method, user, own_port,
                           proves ? pair->credentials : "");

  /* The queue of loopback is full: the retransmission will do. */
  if (send (fd, text, (size_t) length, 0) < 0 && errno != EAGAIN && errno != ENOBUFS &&
      errno != ECONNREFUSED) {
    perror ("uac-digest: send");
    exit (1);
  }
}

static void
begin (guint index, PairState state)
{
  Pair *pair = &pairs[index];

  pair->state = state;
  pair->interval = T1;
  pair->resend = now + T1;
  if (state == PAIR_ASKING) {
    pair->begun = now;
  }
  transmit (index);
}

static void
finish (guint index, guint *counter)
{
  pairs[index].state = PAIR_OVER;
  g_clear_pointer (&pairs[index].credentials, g_free);
  (*counter)++;
}

/* The value of the header at @from or after it, and where it ends; FALSE: there is none. */
static const char *
find_header (const char *from, const char *name, char *value, gsize size)
{
  gsize length = strlen (name);
  const char *at = strstr (from, "\r\n");

  for (; at != NULL && at[2] != '\r' && at[2] != '\0'; at = strstr (at + 2, "\r\n")) {
    const char *end;

    if (g_ascii_strncasecmp (at + 2, name, length) != 0 || at[2 + length] != ':') {
      continue;
    }
    at += 3 + length;
    at += strspn (at, " ");
    end = strstr (at, "\r\n");
    if (end == NULL || (gsize) (end - at) >= size) {
      return NULL;
    }
    memcpy (value, at, (gsize) (end - at));
    value[end - at] = '\0';
    return end;
  }
  return NULL;
}

/* A parameter, with or without quotation marks, of challenges that hold no escapes. */
static gboolean
find_parameter (const char *challenge, const char *name, char *value, gsize size)
{
  gsize length = strlen (name);
  const char *at = challenge;

  while ((at = strstr (at, name)) != NULL) {
    gboolean quoted;
    gsize n;

    if (at == challenge || strchr (" ,", at[-1]) == NULL || at[length] != '=') {
      at += length;
      continue;
    }
    at += length + 1;
    quoted = *at == '"';
    at += quoted ? 1 : 0;
    n = strcspn (at, quoted ? "\"" : ", ");
    if (n >= size) {
      return FALSE;
    }
    memcpy (value, at, n);
    value[n] = '\0';
    return TRUE;
  }
  return FALSE;
}

static char *
hash (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_compute_checksum_for_string (checksum, text, -1);
}

static char *
make_credentials (const char *challenge, const char *realm)
{
  char nonce[512];
  char opaque[256];
  g_autofree char *uri = g_strdup_printf ("sip:%s", target);
  g_autofree char *ha2 = hash ("%s:%s", method, uri);
  g_autofree char *response = NULL;
  gboolean has_opaque = find_parameter (challenge, "opaque", opaque, sizeof opaque);

  if (!find_parameter (challenge, "nonce", nonce, sizeof nonce)) {
    return NULL;
  }
  if (g_strcmp0 (known_realm, realm) != 0) {
    g_free (known_realm);
    g_free (ha1);
    known_realm = g_strdup (realm);
    ha1 = hash ("%s:%s:%s", user, realm, password);
  }
  response = hash ("%s:%s:00000001:0a4f113b:auth:%s", ha1, nonce, ha2);
  return g_strdup_printf ("Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
                          "uri=\"%s\", response=\"%s\", algorithm=%s, cnonce=\"0a4f113b\", "
                          "qop=auth, nc=00000001%s%s%s\r\n",
                          user, realm, nonce, uri, response, algorithm,
                          has_opaque ? ", opaque=\"" : "", has_opaque ? opaque : "",
                          has_opaque ? "\"" : "");
}

static char *
answer_challenge (const char *text)
{
  char value[1024];
  char realm[256];
  char offered[64];

  while ((text = find_header (text, "WWW-Authenticate", value, sizeof value)) != NULL) {
    if (!find_parameter (value, "algorithm", offered, sizeof offered)) {
      g_strlcpy (offered, "MD5", sizeof offered);
    }
    if (g_str_equal (offered, algorithm) &&
        find_parameter (value, "realm", realm, sizeof realm)) {
      return make_credentials (value, realm);
    }
  }
  return NULL;
}

static void
on_message (const char *text)
{
  char id[128];
  char cseq[64];
  guint found_seed;
  guint index;
  int status;
  Pair *pair;

  if (!g_str_has_prefix (text, "SIP/2.0 ") ||
      find_header (text, "Call-ID", id, sizeof id) == NULL ||
      find_header (text, "CSeq", cseq, sizeof cseq) == NULL ||
      sscanf (id, "%x-%u@", &found_seed, &index) != 2 || found_seed != seed ||
      index >= (guint) n_pairs) {
    return;
  }
  pair = &pairs[index];
  status = atoi (text + 8);
  if (status < 200 || pair->state == PAIR_OVER ||
      atoi (cseq) != (pair->state == PAIR_PROVING ? 2 : 1)) {
    return;
  }
  if (pair->state == PAIR_ASKING && status == 401 && only_ask) {
    finish (index, &n_completed);
  } else if (pair->state == PAIR_ASKING && status == 401 &&
             (pair->credentials = answer_challenge (text)) != NULL) {
    begin (index, PAIR_PROVING);
  } else if (pair->state == PAIR_PROVING && status == 200) {
    gint64 taken = now - pair->begun;

    g_array_append_val (latencies, taken);
    finish (index, &n_completed);
  } else {
    first_refusal = n_refused == 0 ? status : first_refusal;
    finish (index, &n_refused);
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
    Pair *pair = &pairs[index];

    next = at->next;
    if (pair->state == PAIR_OVER) {
      g_queue_delete_link (&active, at);
    } else if (now - pair->begun > PATIENCE) {
      finish (index, &n_lost);
    } else if (pair->resend <= now) {
      pair->interval *= 2;
      pair->resend = now + pair->interval;
      n_resent++;
      transmit (index);
    }
  }
}

static void
run (void)
{
  gint64 begun = read_clock ();
  gint64 scanned = begun;

  now = begun;
  while (n_completed + n_refused + n_lost < (guint) n_pairs) {
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    gint64 due;

    poll (&wait, 1, 1);
    now = read_clock ();
    receive_all ();
    due = MIN ((now - begun) * rate / 1000000 + 1, n_pairs);
    for (guint burst = 0; n_begun < (guint) due && burst < MAX_BURST; burst++) {
      g_queue_push_tail (&active, GUINT_TO_POINTER (n_begun));
      begin (n_begun++, PAIR_ASKING);
    }
    if (now - scanned >= SCAN) {
      scanned = now;
      scan ();
    }
  }
}

static int
compare_times (const void *a, const void *b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

static gint64
percentile (double share)
{
  if (latencies->len == 0) {
    return 0;
  }
  return g_array_index (latencies, gint64, (guint) (share * (latencies->len - 1)));
}

static void
report (gint64 taken)
{
  g_array_sort (latencies, compare_times);
  printf ("{\"pairs\": %d, \"rate\": %d, \"seconds\": %.3f, \"completed\": %u, \"refused\": %u, "
          "\"refusal\": %d, \"lost\": %u, \"resent\": %u, \"p50_us\": %" G_GINT64_FORMAT
          ", \"p99_us\": %" G_GINT64_FORMAT "}\n",
          n_pairs, rate, (double) taken / 1e6, n_completed, n_refused, first_refusal, n_lost,
          n_resent, percentile (0.5), percentile (0.99));
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &target, "whom to ask", "ADDRESS:PORT" },
    { "method", 'm', 0, G_OPTION_ARG_STRING, &method, "what to ask", "METHOD" },
    { "user", 'u', 0, G_OPTION_ARG_STRING, &user, "the account", "NAME" },
    { "password", 'p', 0, G_OPTION_ARG_STRING, &password, "its password", "TEXT" },
    { "algorithm", 'a', 0, G_OPTION_ARG_STRING, &algorithm, "MD5 or SHA-256", "NAME" },
    { "rate", 'r', 0, G_OPTION_ARG_INT, &rate, "pairs a second", "N" },
    { "pairs", 'n', 0, G_OPTION_ARG_INT, &n_pairs, "how many pairs", "N" },
    { "only-ask", 'o', 0, G_OPTION_ARG_NONE, &only_ask, "never prove anything", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 begun;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || target == NULL || rate < 1 ||
      n_pairs < 1) {
    fprintf (stderr, "uac-digest: %s\n",
             error != NULL ? error->message : "--target, --rate or --pairs");
    return 2;
  }
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  checksum = g_str_equal (algorithm, "SHA-256") ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5;
  seed = g_random_int ();
  pairs = g_new0 (Pair, n_pairs);
  latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  open_socket ();
  begun = read_clock ();
  run ();
  report (read_clock () - begun);
  g_array_unref (latencies);
  g_free (pairs);
  g_free (known_realm);
  g_free (ha1);
  close (fd);
  return n_completed == (guint) n_pairs ? 0 : 1;
}
