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
 * Proves over UDP who it is, at a steady pace: a request, 401, the request with credentials, 200.
 * One line of JSON says how it went. It is plain C on one socket, as uac is.
 *
 *   uac-digest --target 127.0.0.1:5060 [--method OPTIONS] [--user NAME] [--password TEXT]
 *              [--algorithm MD5|SHA-256] [--rate PAIRS/S] [--pairs N] [--only-ask]
 *              [--users N [--offset N]] [--domain HOST] [--expires SECONDS]
 *
 * With --only-ask the challenge is the end: what one leaves behind who never proves anything.
 * With --users the accounts are NAME0, NAME1 and so on by turns, all with the same password.
 * REGISTER is sent to the domain itself, with one Contact for each user.
 */
#define T1 500000
#define PATIENCE 20000000
#define MAX_BURST 32
#define SCAN 50000
/* Of who registers, in every run the same: he is refreshed, and does not become more. */
#define CONTACT_PORT 5999

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
static int n_users;  /* 0: one, whose name has no number */
static int offset;   /* the number of the first */
static char *domain; /* of who registers; NULL for the target */
static int expires = 3600;

static int fd;
static guint own_port;
static guint32 seed;
static Pair *pairs;
static GQueue active; /* indices, the oldest first */
static GArray *latencies;
static GChecksumType checksum;
static char *known_realm; /* that ha1s are for */
static char **ha1s;       /* of each user, made when it is first needed */
static gint64 now;
static guint n_begun;
static guint n_completed;
static guint n_refused;
static guint n_lost;
static guint n_resent;
static int first_refusal;

static guint
user_of (guint index)
{
  return n_users > 0 ? (guint) offset + index % (guint) n_users : 0;
}

static const char *
write_name (guint index, char *name, gsize size)
{
  if (n_users > 0) {
    g_snprintf (name, size, "%s%u", user, user_of (index));
  } else {
    g_strlcpy (name, user, size);
  }
  return name;
}

/* The URI of who registers, and what Request-URI and digest name. */
static const char *
get_domain (void)
{
  return domain != NULL ? domain : target;
}

static void
transmit (guint index)
{
  const Pair *pair = &pairs[index];
  gboolean proves = pair->state == PAIR_PROVING;
  gboolean registers = g_str_equal (method, "REGISTER");
  char text[2048];
  char name[64];
  char more[64] = "";
  int length;

  write_name (index, name, sizeof name);
  if (registers) {
    g_snprintf (more, sizeof more, "Expires: %d\r\n", expires);
  }
  length = g_snprintf (text, sizeof text,
                       "%s sip:%s SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK%x-%u-%c;rport\r\n"
                       "Max-Forwards: 70\r\n"
                       "From: <sip:%s@%s>;tag=%x-%u\r\n"
                       "To: <sip:%s@%s>\r\n"
                       "Call-ID: %x-%u@bench\r\n"
                       "CSeq: %d %s\r\n"
                       "Contact: <sip:%s@127.0.0.1:%u>\r\n"
                       "%s%sContent-Length: 0\r\n\r\n",
                       method, get_domain (), own_port, seed, index, proves ? 'p' : 'a', name,
                       get_domain (), seed, index, name, get_domain (), seed, index,
                       proves ? 2 : 1, method, name,
                       registers ? CONTACT_PORT : own_port, more,
                       proves ? pair->credentials : "");
  uac_transmit (fd, text, length);
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

/* Made once for each user, so that it costs the measure nothing. */
static const char *
find_ha1 (guint index, const char *name, const char *realm)
{
  guint at = n_users > 0 ? index % (guint) n_users : 0;

  if (g_strcmp0 (known_realm, realm) != 0) {
    g_free (known_realm);
    known_realm = g_strdup (realm);
    for (int i = 0; i < MAX (n_users, 1); i++) {
      g_clear_pointer (&ha1s[i], g_free);
    }
  }
  if (ha1s[at] == NULL) {
    ha1s[at] = hash ("%s:%s:%s", name, realm, password);
  }
  return ha1s[at];
}

static char *
make_credentials (guint index, const char *challenge, const char *realm)
{
  char nonce[512];
  char opaque[256];
  char name[64];
  g_autofree char *uri = g_strdup_printf ("sip:%s", get_domain ());
  g_autofree char *ha2 = hash ("%s:%s", method, uri);
  g_autofree char *response = NULL;
  gboolean has_opaque = find_parameter (challenge, "opaque", opaque, sizeof opaque);

  if (!find_parameter (challenge, "nonce", nonce, sizeof nonce)) {
    return NULL;
  }
  write_name (index, name, sizeof name);
  response = hash ("%s:%s:00000001:0a4f113b:auth:%s", find_ha1 (index, name, realm), nonce, ha2);
  return g_strdup_printf ("Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
                          "uri=\"%s\", response=\"%s\", algorithm=%s, cnonce=\"0a4f113b\", "
                          "qop=auth, nc=00000001%s%s%s\r\n",
                          name, realm, nonce, uri, response, algorithm,
                          has_opaque ? ", opaque=\"" : "", has_opaque ? opaque : "",
                          has_opaque ? "\"" : "");
}

static char *
answer_challenge (guint index, const char *text)
{
  char value[1024];
  char realm[256];
  char offered[64];

  while ((text = uac_find_header (text, "WWW-Authenticate", value, sizeof value)) != NULL) {
    if (!find_parameter (value, "algorithm", offered, sizeof offered)) {
      g_strlcpy (offered, "MD5", sizeof offered);
    }
    if (g_str_equal (offered, algorithm) &&
        find_parameter (value, "realm", realm, sizeof realm)) {
      return make_credentials (index, value, realm);
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
      uac_find_header (text, "Call-ID", id, sizeof id) == NULL ||
      uac_find_header (text, "CSeq", cseq, sizeof cseq) == NULL ||
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
             (pair->credentials = answer_challenge (index, text)) != NULL) {
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
  gint64 begun = uac_read_clock ();
  gint64 scanned = begun;

  now = begun;
  while (n_completed + n_refused + n_lost < (guint) n_pairs) {
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    gint64 due;

    poll (&wait, 1, 1);
    now = uac_read_clock ();
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

static void
report (gint64 taken)
{
  uac_sort_times (latencies);
  printf ("{\"pairs\": %d, \"rate\": %d, \"seconds\": %.3f, \"completed\": %u, \"refused\": %u, "
          "\"refusal\": %d, \"lost\": %u, \"resent\": %u, \"p50_us\": %" G_GINT64_FORMAT
          ", \"p99_us\": %" G_GINT64_FORMAT "}\n",
          n_pairs, rate, (double) taken / 1e6, n_completed, n_refused, first_refusal, n_lost,
          n_resent, uac_percentile (latencies, 0.5), uac_percentile (latencies, 0.99));
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
    { "users", 'N', 0, G_OPTION_ARG_INT, &n_users, "how many accounts", "N" },
    { "offset", 'O', 0, G_OPTION_ARG_INT, &offset, "the number of the first", "N" },
    { "domain", 'D', 0, G_OPTION_ARG_STRING, &domain, "the domain of all URIs", "HOST" },
    { "expires", 'e', 0, G_OPTION_ARG_INT, &expires, "how long a binding lives", "S" },
    { "only-ask", 'o', 0, G_OPTION_ARG_NONE, &only_ask, "never prove anything", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 begun;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || target == NULL || rate < 1 ||
      n_pairs < 1 || n_users < 0 || offset < 0) {
    fprintf (stderr, "uac-digest: %s\n",
             error != NULL ? error->message : "--target, --rate or --pairs");
    return 2;
  }
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  checksum = g_str_equal (algorithm, "SHA-256") ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5;
  seed = g_random_int ();
  pairs = g_new0 (Pair, n_pairs);
  ha1s = g_new0 (char *, MAX (n_users, 1) + 1);
  latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  fd = uac_open_socket (&own_port);
  uac_connect_socket (fd, target);
  begun = uac_read_clock ();
  run ();
  report (uac_read_clock () - begun);
  g_array_unref (latencies);
  g_free (pairs);
  g_free (known_realm);
  for (int i = 0; i < MAX (n_users, 1); i++) {
    g_free (ha1s[i]);
  }
  g_free (ha1s);
  close (fd);
  return n_completed == (guint) n_pairs ? 0 : 1;
}
