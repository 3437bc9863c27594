/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sipconf-job-private.h"

#include <gio/gio.h>
#include <string.h>

#include "ahoy-config-value-private.h"

/* What a sip.conf says of registrations: with others by register lines and callbackextension, and
 * how long phones may register with us. */

#define MAX_FIELD 200 /* bytes of a part of a line */
#define SYNTAX                                                                                \
  "it is no register line; write user[@domain][:secret[:authuser]]@host[:port][/extension]" \
  "[~expiry]"

/* One line:
 * [peer?][transport://]user[@domain[:port]][:secret[:authuser]]@host[:port][/extension][~expiry] */
typedef struct {
  char *peer;
  char *transport;
  char *user;
  char *domain; /* with its port */
  char *secret;
  char *authuser;
  char *host;
  char *port;
  char *extension;
  char *expiry;
} Line;

static void
line_clear (Line *line)
{
  char **parts[] = { &line->peer,     &line->transport, &line->user, &line->domain,
                     &line->secret,   &line->authuser,  &line->host, &line->port,
                     &line->extension, &line->expiry };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_clear_pointer (parts[i], g_free);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

/* Cuts what is behind @mark off @text: the part before it stays. NULL: it is not there. */
static char *
cut (char *text, const char *mark, gboolean last)
{
  char *found = last ? g_strrstr (text, mark) : strstr (text, mark);

  if (found == NULL) {
    return NULL;
  }
  *found = '\0';
  return g_strdup (found + strlen (mark));
}

static char *
non_empty (char *text)
{
  if (text != NULL && *g_strstrip (text) == '\0') {
    g_free (text);
    return NULL;
  }
  return text;
}

/* host[:port][/extension][~expiry] */
static gboolean
read_host (Line *line, char *text)
{
  char *bracket;

  line->expiry = non_empty (cut (text, "~", FALSE));
  line->extension = non_empty (cut (text, "/", FALSE));
  bracket = *text == '[' ? strchr (text, ']') : NULL;
  if (bracket != NULL) {
    line->port = bracket[1] == ':' ? non_empty (g_strdup (bracket + 2)) : NULL;
    line->host = g_strndup (text + 1, (gsize) (bracket - text - 1));
  } else {
    line->port = non_empty (cut (text, ":", TRUE));
    line->host = g_strdup (text);
  }
  line->host = non_empty (line->host);
  return line->host != NULL;
}

/* user[@domain[:port]][:secret[:authuser]]; with a port of the domain there are all four parts */
static gboolean
read_user (Line *line, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 5);
  guint n_parts = g_strv_length (parts);
  guint next = 1;

  if (n_parts == 0 || n_parts > 4) {
    return FALSE;
  }
  line->domain = non_empty (cut (parts[0], "@", FALSE));
  line->user = non_empty (g_strdup (parts[0]));
  if (n_parts == 4) {
    char *domain = line->domain;

    if (domain == NULL) {
      return FALSE;
    }
    line->domain = g_strconcat (domain, ":", parts[next++], NULL);
    g_free (domain);
  }
  line->secret = next < n_parts ? non_empty (g_strdup (parts[next])) : NULL;
  line->authuser = next + 1 < n_parts ? non_empty (g_strdup (parts[next + 1])) : NULL;
  return line->user != NULL;
}

/* A secret may have any character but @, and a name none that means something in a URI. */
static gboolean
is_clean (const char *text)
{
  return text == NULL || (strlen (text) <= MAX_FIELD && strpbrk (text, " \t<>\"\\\r\n") == NULL);
}

static gboolean
read_line (Line *line, const char *text)
{
  g_autofree char *rest = g_strdup (text);
  g_autofree char *host = cut (rest, "@", TRUE);
  g_autofree char *behind = NULL;
  g_autofree char *user = NULL;

  if (host == NULL || !read_host (line, host)) {
    return FALSE;
  }
  behind = cut (rest, "?", FALSE);
  if (behind != NULL) {
    line->peer = non_empty (g_strdup (rest));
  } else {
    behind = g_strdup (rest);
  }
  user = cut (behind, "://", FALSE);
  if (user != NULL) {
    line->transport = g_ascii_strdown (behind, -1);
  } else {
    user = g_strdup (behind);
  }
  return read_user (line, user) && is_clean (line->peer) && is_clean (line->user) &&
         is_clean (line->domain) && is_clean (line->authuser) && is_clean (line->host) &&
         is_clean (line->port) && is_clean (line->extension);
}

/* -- the objects ---------------------------------------------------------------------------- */

static const char *
text_of (AhoyConfigObject *object, const char *key)
{
  const char *text = ahoy_config_object_get_string (object, key);

  return text != NULL && *text != '\0' ? text : NULL;
}

/* The peer that a line is for: it names it, or the host is its name. */
static AhoyConfigObject *
find_peer (AhoySipconfJob *job, const Line *line)
{
  AhoyConfigObject *peer =
      line->peer != NULL ? ahoy_config_set_lookup (job->set, "endpoint", line->peer) : NULL;

  return peer != NULL ? peer : ahoy_config_set_lookup (job->set, "endpoint", line->host);
}

static const AhoySipconfEntry *
last_general (AhoySipconfJob *job, const char *key)
{
  const AhoySipconfEntry *found = NULL;

  for (guint i = 0; i < job->general->len; i++) {
    const AhoySipconfEntry *entry = job->general->pdata[i];

    if (strcmp (entry->key, key) == 0 && *entry->text != '\0') {
      found = entry;
    }
  }
  return found;
}

static void
set_seconds (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target,
             const char *seconds)
{
  g_autofree char *text = g_strconcat (seconds, "s", NULL);

  ahoy_sipconf_job_set (job, entry, target, text, FALSE);
}

/* registertimeout, registerattempts, register_retry_403, defaultexpiry of [general] */
static void
set_times (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *expiry)
{
  const AhoySipconfEntry *timeout = last_general (job, "registertimeout");
  const AhoySipconfEntry *attempts = last_general (job, "registerattempts");
  const AhoySipconfEntry *again = last_general (job, "register_retry_403");
  const AhoySipconfEntry *usual = last_general (job, "defaultexpiry");
  const char *interval = timeout != NULL ? timeout->text : "20";

  usual = usual != NULL ? usual : last_general (job, "defaultexpirey");
  if (expiry != NULL) {
    set_seconds (job, entry, "expiration", expiry);
  } else {
    set_seconds (job, usual != NULL ? usual : entry, "expiration",
                 usual != NULL ? usual->text : "120");
  }
  if (timeout != NULL) {
    set_seconds (job, timeout, "timeout", interval);
    set_seconds (job, timeout, "retry-interval", interval);
    set_seconds (job, timeout, "max-retry-interval", interval);
  }
  if (attempts != NULL) {
    ahoy_sipconf_job_set (job, attempts, "max-retries", attempts->text, FALSE);
  }
  if (again != NULL && ahoy_sipconf_is_true (again->text)) {
    set_seconds (job, again, "forbidden-retry-interval", interval);
  }
}

static char *
make_address (const char *user, const char *host, const char *port, const char *transport)
{
  GString *uri = g_string_new ("<sip:");

  if (user != NULL) {
    g_string_append_uri_escaped (uri, user, "!$&'()*+,;=", FALSE);
    g_string_append_c (uri, '@');
  }
  g_string_append (uri, host);
  if (port != NULL) {
    g_string_append_printf (uri, ":%s", port);
  }
  if (transport != NULL && strcmp (transport, "udp") != 0) {
    g_string_append_printf (uri, ";transport=%s", transport);
  }
  g_string_append_c (uri, '>');
  return g_string_free (uri, FALSE);
}

static char *
bracketed (const char *host)
{
  return g_hostname_is_ip_address (host) && strchr (host, ':') != NULL
             ? g_strconcat ("[", host, "]", NULL)
             : g_strdup (host);
}

/* The host of a peer, as its contact has it: <sip:user@host:port;transport=tcp>. */
static char *
find_host (AhoyConfigObject *peer)
{
  g_autofree char *contact = ahoy_config_object_dup_text (peer, "contact");
  const char *begin = contact != NULL ? strchr (contact, ':') : NULL;
  const char *at = begin != NULL ? strrchr (begin, '@') : NULL;
  const char *close;

  if (begin == NULL) {
    return NULL;
  }
  begin = at != NULL ? at + 1 : begin + 1;
  close = *begin == '[' ? strchr (begin, ']') : NULL;
  return g_strndup (begin, close != NULL ? (gsize) (close + 1 - begin) : strcspn (begin, ":;>"));
}

static gboolean
is_name_of (const Line *line, AhoyConfigObject *peer)
{
  return peer != NULL && strcmp (line->host, ahoy_config_object_get_name (peer)) == 0;
}

/* Where to register: the host of the line; where that is the name of a peer, where the peer is. */
static void
set_server (AhoySipconfJob *job, const AhoySipconfEntry *entry, const Line *line,
            AhoyConfigObject *peer)
{
  g_autofree char *contact = peer != NULL ? ahoy_config_object_dup_text (peer, "contact") : NULL;
  g_autofree char *host = bracketed (line->host);
  g_autofree char *server = NULL;
  g_autofree char *text = NULL;

  if (contact != NULL && *contact != '\0' && is_name_of (line, peer)) {
    server = g_steal_pointer (&contact);
  } else {
    server = make_address (NULL, host, line->port, line->transport);
  }
  text = ahoy_config_text_escape (server);
  ahoy_sipconf_job_set (job, entry, "server", text, TRUE);
}

static void
set_text (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target, const char *value)
{
  g_autofree char *text = value != NULL ? ahoy_config_text_escape (value) : NULL;

  if (text != NULL) {
    ahoy_sipconf_job_set (job, entry, target, text, TRUE);
  }
}

/* Of several registrations of one user at one host each needs a name. */
static char *
make_name (AhoySipconfJob *job, const Line *line)
{
  g_autofree char *plain = g_strdup_printf ("%s@%s", line->user, line->host);
  g_autofree char *name = g_strdup (g_strdelimit (plain, " [](),;=#!\"\\", '_'));

  for (guint i = 2; ahoy_config_set_lookup (job->set, "registration", name) != NULL; i++) {
    g_free (name);
    name = g_strdup_printf ("%s-%u", plain, i);
  }
  return g_steal_pointer (&name);
}

static void
add_registration (AhoySipconfJob *job, const AhoySipconfEntry *entry, const Line *line,
                  AhoyConfigObject *peer)
{
  g_autofree char *name = make_name (job, line);
  g_autofree char *host = is_name_of (line, peer) ? find_host (peer) : bracketed (line->host);
  g_autofree char *domain =
      g_strdup (line->domain != NULL ? line->domain
                : peer != NULL       ? text_of (peer, "from-domain")
                                     : NULL);
  g_autofree char *client = NULL;

  ahoy_sipconf_job_begin (job, "registration", name, entry->file, entry->line);
  if (job->object == NULL) {
    return;
  }
  host = host != NULL ? host : bracketed (line->host);
  client = make_address (line->user, domain != NULL ? domain : host, NULL, NULL);
  set_server (job, entry, line, peer);
  set_text (job, entry, "client", client);
  set_text (job, entry, "endpoint", peer != NULL ? ahoy_config_object_get_name (peer) : NULL);
  set_text (job, entry, "contact-user", line->extension);
  if (line->secret != NULL) {
    set_text (job, entry, "outbound-username",
              line->authuser != NULL ? line->authuser : line->user);
    set_text (job, entry, "outbound-password", line->secret);
  }
  set_times (job, entry, line->expiry);
  ahoy_sipconf_job_end (job);
}

static gboolean
is_spoken (const char *transport)
{
  return transport == NULL || strcmp (transport, "udp") == 0 || strcmp (transport, "tcp") == 0;
}

/* Line after line, when all peers are known. */
void
ahoy_sipconf_translate_registers (AhoySipconfJob *job)
{
  for (guint i = 0; i < job->general->len; i++) {
    const AhoySipconfEntry *entry = job->general->pdata[i];
    g_auto (Line) line = { 0 };

    if (strcmp (entry->key, "register") != 0) {
      continue;
    }
    if (!read_line (&line, entry->text)) {
      ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_ERROR, SYNTAX);
    } else if (!is_spoken (line.transport)) {
      ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                             "Ahoy registers over udp and tcp only; it is not taken over");
    } else {
      add_registration (job, entry, &line, find_peer (job, &line));
    }
  }
}

/* callbackextension of a peer: a register line of what the peer says. */
void
ahoy_sipconf_translate_callback (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                                 const AhoySipconfEntry *host, const char *user, const char *secret,
                                 const char *peer_name)
{
  AhoyConfigObject *peer = ahoy_config_set_lookup (job->set, "endpoint", peer_name);
  g_auto (Line) line = { 0 };

  if (peer == NULL) {
    return; /* what is wrong with it was told */
  }
  if (host == NULL || user == NULL || g_ascii_strcasecmp (host->text, "dynamic") == 0 ||
      !is_clean (user) || !is_clean (entry->text)) {
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           "it needs host= and defaultuser= to register; it is not taken over");
    return;
  }
  line.user = g_strdup (user);
  line.host = g_strdup (peer_name);
  line.secret = g_strdup (secret);
  line.extension = g_strdup (entry->text);
  add_registration (job, entry, &line, peer);
}

/* -- phones that register with us ----------------------------------------------------------- */

static guint64
read_seconds (AhoySipconfJob *job, const char *key, const char *old_key, guint64 fallback)
{
  const AhoySipconfEntry *entry = last_general (job, key);
  guint64 seconds = fallback;

  entry = entry != NULL ? entry : last_general (job, old_key);
  if (entry != NULL &&
      !g_ascii_string_to_unsigned (entry->text, 10, 1, 2592000, &seconds, NULL)) {
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           "it is no number of seconds; write one such as 3600");
    return fallback;
  }
  return seconds;
}

static void
set_number (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target, guint64 number,
            const char *unit)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT "%s", number, unit);

  ahoy_sipconf_job_set (job, entry, target, text, FALSE);
}

/* One contact, the last one, and the times that chan_sip has. */
void
ahoy_sipconf_set_dynamic (AhoySipconfJob *job, const AhoySipconfEntry *host)
{
  guint64 shortest = read_seconds (job, "minexpiry", "minexpirey", 60);
  guint64 longest = MAX (read_seconds (job, "maxexpiry", "maxexpirey", 3600), shortest);
  guint64 usual = read_seconds (job, "defaultexpiry", "defaultexpirey", 120);

  ahoy_sipconf_job_set (job, host, "max-contacts", "1", FALSE);
  ahoy_sipconf_job_set (job, host, "remove-existing", "yes", FALSE);
  set_number (job, host, "minimum-expiration", shortest, "s");
  set_number (job, host, "maximum-expiration", longest, "s");
  set_number (job, host, "default-expiration", CLAMP (usual, shortest, longest), "s");
}

/* qualify=yes: within 2 s; a number: within so many ms. qualifyfreq says how often. */
void
ahoy_sipconf_set_qualify (AhoySipconfJob *job)
{
  const AhoySipconfEntry *entry = ahoy_sipconf_job_last (job, "qualify");
  const AhoySipconfEntry *often = ahoy_sipconf_job_last (job, "qualifyfreq");
  guint64 patience = 2000;
  guint64 interval = 60;

  if (entry == NULL || g_ascii_strcasecmp (entry->text, "no") == 0) {
    return;
  }
  if (!ahoy_sipconf_is_true (entry->text) &&
      !g_ascii_string_to_unsigned (entry->text, 10, 100, 32000, &patience, NULL)) {
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           "it is neither yes nor no, and no number of ms from 100 to 32000");
    return;
  }
  if (often != NULL &&
      !g_ascii_string_to_unsigned (often->text, 10, 1, 86400, &interval, NULL)) {
    ahoy_sipconf_job_tell (job, often, AHOY_CONFIG_SEVERITY_WARNING,
                           "it is no number of seconds; write one such as 60");
  }
  set_number (job, entry, "qualify-frequency", interval, "s");
  set_number (job, entry, "qualify-timeout", patience, "ms");
}
