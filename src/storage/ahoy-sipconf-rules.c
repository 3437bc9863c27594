/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-sipconf-job-private.h"

#include <string.h>

#include "ahoy-config-object-private.h"
#include "ahoy-config-value-private.h"

/* What becomes of each key of a sip.conf. docs/sipconf.md says the same to people. */

#define MAX_PARTS 200 /* of a line, */
#define MAX_LIST 200  /* and of a list */
#define MAX_GROUP 63  /* the last group that chan_sip has by a number */
#define NOT_TAKEN_OVER "it has no counterpart, and is not taken over"

/* -- what converters use -------------------------------------------------------------------- */

/* Says it once of a line, of however many objects the line is. */
void
ahoy_sipconf_job_tell (AhoySipconfJob *job, const AhoySipconfEntry *entry,
                       AhoyConfigSeverity severity, const char *message)
{
  g_autofree char *label
      = job->object != NULL ? ahoy_config_object_dup_label (job->object) : NULL;
  g_autofree char *place = g_strdup_printf ("%s:%u: %s", entry->file, entry->line, message);

  /* An error is of the object, and so is said of each. */
  if (severity == AHOY_CONFIG_SEVERITY_WARNING
      && !g_hash_table_add (job->told, g_steal_pointer (&place)))
    return;
  ahoy_sipconf_complain (job->problems, severity, entry->file, entry->line, label, entry->key,
                         message);
}

gboolean
ahoy_sipconf_is_true (const char *text)
{
  static const char *const words[] = { "yes", "true", "y", "t", "1", "on" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The parts between commas, without white space around them and without empty ones; what is behind
 * many of them stays together, and fits nothing. */
char **
ahoy_sipconf_split (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", MAX_PARTS);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; parts[i] != NULL; i++) {
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  }
  return g_strv_builder_end (builder);
}

/* What holds of a key that stands several times: the last one. */
const AhoySipconfEntry *
ahoy_sipconf_job_last (AhoySipconfJob *job, const char *key)
{
  for (guint i = job->entries->len; i > 0; i--) {
    const AhoySipconfEntry *entry = job->entries->pdata[i - 1];

    if (strcmp (entry->key, key) == 0)
      return entry;
  }
  return NULL;
}

/* A key that Ahoy knows but does not follow yet says nothing but its default. */
static void
check_planned (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target)
{
  GParamSpec *key
      = ahoy_config_object_class_find_key (AHOY_CONFIG_OBJECT_GET_CLASS (job->object), target);
  g_autofree char *text = NULL;
  g_autofree char *default_text = NULL;

  if (key == NULL || !ahoy_config_key_is_planned (key))
    return;
  text = ahoy_config_object_dup_text (job->object, target);
  default_text = ahoy_config_key_dup_default (key);
  ahoy_config_object_unset (job->object, target);
  if (g_strcmp0 (text, default_text) != 0)
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           "Ahoy does not do this yet; it is not taken over");
}

/* Sets a key to what stands in a configuration of Ahoy, with its escapes. Where it is @strict, an
 * object without it is left out. */
gboolean
ahoy_sipconf_job_set (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target,
                      const char *text, gboolean strict)
{
  g_autoptr (GError) error = NULL;

  if (!ahoy_config_object_take_text (job->object, target, text, NULL, &error)) {
    job->unusable = job->unusable || strict;
    ahoy_sipconf_job_tell (job, entry,
                           strict ? AHOY_CONFIG_SEVERITY_ERROR : AHOY_CONFIG_SEVERITY_WARNING,
                           error->message);
    return FALSE;
  }
  ahoy_config_object_set_key_origin (job->object, target, entry->file, entry->line);
  check_planned (job, entry, target);
  return TRUE;
}

gboolean
ahoy_sipconf_job_append (AhoySipconfJob *job, const AhoySipconfEntry *entry, const char *target,
                         const char *element, gboolean strict)
{
  const char *const list[] = { element, NULL };
  g_autofree char *added = ahoy_config_text_join (list);
  g_autofree char *before = ahoy_config_object_is_set (job->object, target)
                                ? ahoy_config_object_dup_text (job->object, target)
                                : NULL;
  g_autofree char *text = before != NULL && *before != '\0'
                              ? g_strconcat (before, ";", added, NULL)
                              : g_strdup (added);

  if (g_strv_length ((char **)ahoy_config_object_get_list (job->object, target)) >= MAX_LIST) {
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_ERROR,
                           "there are more than 200 of these; take some out");
    job->unusable = TRUE;
    return FALSE;
  }
  return ahoy_sipconf_job_set (job, entry, target, text, strict);
}

/* -- converters ----------------------------------------------------------------------------- */

static gboolean
is_strict (const AhoySipconfRule *rule)
{
  return (rule->places & AHOY_SIPCONF_STRICT) != 0;
}

static void
copy_text (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_autofree char *text = ahoy_config_text_escape (entry->text);

  ahoy_sipconf_job_set (job, entry, rule->target, text, is_strict (rule));
}

static void
copy_boolean (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  ahoy_sipconf_job_set (job, entry, rule->target, ahoy_sipconf_is_true (entry->text) ? "yes" : "no",
                        is_strict (rule));
}

static void
copy_milliseconds (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_autofree char *text = g_strconcat (entry->text, "ms", NULL);

  ahoy_sipconf_job_set (job, entry, rule->target, text, FALSE);
}

static void
append_list (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_auto (GStrv) parts = ahoy_sipconf_split (entry->text);

  for (gsize i = 0; parts[i] != NULL; i++)
    ahoy_sipconf_job_append (job, entry, rule->target, parts[i], is_strict (rule));
}

/* What holds of such a key is its last line, as with chan_sip. */
static void
append_last (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  if (ahoy_sipconf_job_last (job, entry->key) == entry)
    append_list (job, rule, entry);
}

/* “1,3-5”: groups have names here, and these are numbers. */
static void
append_groups (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_auto (GStrv) parts = ahoy_sipconf_split (entry->text);

  for (gsize i = 0; parts[i] != NULL && ahoy_sipconf_job_last (job, entry->key) == entry; i++) {
    g_auto (GStrv) ends = g_strsplit (parts[i], "-", 2);
    guint64 first;
    guint64 last;

    if (!g_ascii_string_to_unsigned (ends[0], 10, 0, MAX_GROUP, &first, NULL)
        || !g_ascii_string_to_unsigned (ends[ends[1] != NULL], 10, first, MAX_GROUP, &last, NULL)) {
      g_autofree char *message = g_strdup_printf (
          "“%.40s” is no group; write numbers of 0 to %u, such as 1,3-5", parts[i], MAX_GROUP);

      ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING, message);
      continue;
    }
    for (guint64 group = first; group <= last; group++) {
      g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, group);

      ahoy_sipconf_job_append (job, entry, rule->target, name, FALSE);
    }
  }
}

static void
append_whole (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  ahoy_sipconf_job_append (job, entry, rule->target, entry->text, is_strict (rule));
}

/* “INVITE, OPTIONS”; what is forbidden must stay so. */
static void
append_methods (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_autofree char *upper = g_ascii_strup (entry->text, -1);
  AhoySipconfEntry copy = { entry->key, upper, entry->file, entry->line };

  append_list (job, rule, &copy);
}

/* The value must be one of the words before the =; what is behind it is Ahoy's. */
static void
translate_word (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry,
                const char *const *words)
{
  gsize length = strlen (entry->text);

  for (gsize i = 0; words[i] != NULL; i++) {
    if (g_ascii_strncasecmp (words[i], entry->text, length) == 0 && words[i][length] == '=') {
      ahoy_sipconf_job_set (job, entry, rule->target, words[i] + length + 1, FALSE);
      return;
    }
  }
  ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                         "the value is not one that Ahoy knows; the default holds");
}

static void
set_dtmf (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  static const char *const words[] = { "rfc2833=rfc4733", "rfc4733=rfc4733", "info=info",
                                       "shortinfo=info",  "inband=inband",   "auto=auto", NULL };

  translate_word (job, rule, entry, words);
}

static void
set_timers (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  static const char *const words[] = { "originate=always", "accept=yes", "refuse=no", NULL };

  translate_word (job, rule, entry, words);
}

static void
set_identity (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  static const char *const words[] = { "no=no", "yes=rpid", "rpid=rpid", "pai=pai", NULL };

  translate_word (job, rule, entry, words);
}

/* Asterisk's presentations: whether they were screened is no matter of the caller. */
static void
set_privacy (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  static const char *const words[] = {
    "allowed=none", "allowed_not_screened=none", "allowed_passed_screen=none",
    "allowed_failed_screen=none", "prohib=name;number", "prohib_not_screened=name;number",
    "prohib_passed_screen=name;number", "prohib_failed_screen=name;number",
    "unavailable=name;number", NULL
  };

  translate_word (job, rule, entry, words);
}

static void
set_encryption (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  ahoy_sipconf_job_set (job, entry, rule->target,
                        ahoy_sipconf_is_true (entry->text) ? "sdes" : "no", FALSE);
}

static gboolean
is_no (const char *text)
{
  static const char *const words[] = { "no", "false", "n", "f", "0", "off" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
set_direct_media (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  static const char *const words[] = { "nonat", "update", "outgoing" };
  g_auto (GStrv) parts = ahoy_sipconf_split (entry->text);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; parts[i] != NULL; i++) {
    gboolean known = ahoy_sipconf_is_true (parts[i]);

    if (known)
      g_string_append (text, text->len > 0 ? ";yes" : "yes");
    for (gsize j = 0; j < G_N_ELEMENTS (words); j++) {
      if (g_ascii_strcasecmp (parts[i], words[j]) == 0) {
        g_string_append_printf (text, "%s%s", text->len > 0 ? ";" : "", words[j]);
        known = TRUE;
      }
    }
    if (!known && !is_no (parts[i]))
      ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                             "one of its words is none of yes, no, nonat, update and outgoing; it "
                             "is left out");
  }
  ahoy_sipconf_job_set (job, entry, rule->target, text->len > 0 ? text->str : "no", FALSE);
}

/* Without it chan_sip looks for the user part in its own dialplan. */
static void
set_redirect (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  ahoy_sipconf_job_set (job, entry, rule->target,
                        ahoy_sipconf_is_true (entry->text) ? "follow" : "core", FALSE);
}

/* A class of music, or the word that stands for none. */
static void
set_music (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  if (g_ascii_strcasecmp (entry->text, "passthrough") == 0)
    ahoy_sipconf_job_set (job, entry, "moh-passthrough", "yes", FALSE);
  else
    ahoy_sipconf_job_set (job, entry, rule->target, entry->text, FALSE);
}

/* By one INVITE after the other, or on the keypad. */
static void
set_overlap (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  if (g_ascii_strcasecmp (entry->text, "dtmf") == 0)
    ahoy_sipconf_job_set (job, entry, "overlap-digits", "yes", FALSE);
  else
    copy_boolean (job, rule, entry);
}

static void
set_nat (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_auto (GStrv) parts = ahoy_sipconf_split (entry->text);
  gboolean symmetric = FALSE;

  for (gsize i = 0; parts[i] != NULL; i++)
    symmetric = symmetric || ahoy_sipconf_is_true (parts[i])
                || g_ascii_strcasecmp (parts[i], "comedia") == 0
                || g_ascii_strcasecmp (parts[i], "auto_comedia") == 0;
  ahoy_sipconf_job_set (job, entry, rule->target, symmetric ? "yes" : "no", FALSE);
}

/* [tcp://]host[:port][,force] */
static void
set_proxy (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  g_auto (GStrv) parts = g_strsplit (entry->text, ",", 2);
  char *host = parts[0] != NULL ? g_strstrip (parts[0]) : NULL;
  char *scheme_end = host != NULL ? strstr (host, "://") : NULL;
  g_autofree char *uri = NULL;
  g_autofree char *text = NULL;

  if (host == NULL)
    return;
  if (scheme_end != NULL) {
    *scheme_end = '\0';
    uri = g_strdup_printf ("<sip:%s;transport=%s;lr>", scheme_end + 3, host);
  } else {
    uri = g_strdup_printf ("<sip:%s;lr>", g_str_has_prefix (host, "sip:") ? host + 4 : host);
  }
  text = ahoy_config_text_escape (uri);
  ahoy_sipconf_job_set (job, entry, rule->target, text, TRUE);
}

/* What is refused to somebody unknown and to a wrong password looks alike in any case. */
static void
check_reject (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
  if (!ahoy_sipconf_is_true (entry->text))
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           "Ahoy never tells who there is; it is not taken over");
}

/* -- the table ------------------------------------------------------------------------------ */

/* Several keys say it together; ahoy-sipconf-translate.c does it. */
static void
elsewhere (AhoySipconfJob *job, const AhoySipconfRule *rule, const AhoySipconfEntry *entry)
{
}

#define GENERAL AHOY_SIPCONF_GENERAL
#define PEER AHOY_SIPCONF_PEER
#define BOTH (AHOY_SIPCONF_PEER | AHOY_SIPCONF_DEFAULT)
#define STRICT AHOY_SIPCONF_STRICT
#define NO_REGISTRAR "Ahoy does not look at it yet; it is not taken over"
#define NO_TLS "Ahoy does not speak TLS yet; it is not taken over"
#define NO_SUBSCRIPTION "Ahoy serves no subscriptions yet; it is not taken over"

static const AhoySipconfRule rules[] = {
  { "accountcode", PEER, "account-code" },
  { "acl", PEER | STRICT, "acl", append_list },
  { "allow", BOTH, NULL, elsewhere },
  { "allowexternaldomains", GENERAL, "allow-external-domains", copy_boolean },
  { "allowguest", GENERAL, "allow-guest", copy_boolean },
  { "allowoverlap", BOTH, "allow-overlap", set_overlap },
  { "allowsubscribe", BOTH, NULL, NULL, NO_SUBSCRIPTION },
  { "allowtransfer", BOTH, "allow-transfer", copy_boolean },
  { "alwaysauthreject", GENERAL, NULL, check_reject },
  { "autodomain", GENERAL, "autodomain", copy_boolean },
  { "autocreatepeer", GENERAL, NULL, NULL,
    "nobody becomes an endpoint by calling; it is not taken over, so write a section of each" },
  { "bindaddr", GENERAL, NULL, elsewhere },
  { "bindport", GENERAL, NULL, elsewhere },
  { "busylevel", PEER, "busy-level" },
  { "callbackextension", PEER, NULL, elsewhere },
  { "callcounter", BOTH, NULL, elsewhere },
  { "callerid", BOTH, "caller-id" },
  { "callgroup", PEER, "call-group", append_groups },
  { "callingpres", BOTH, "caller-id-privacy", set_privacy },
  { "call-limit", PEER, "call-limit" },
  { "canreinvite", BOTH, "direct-media", set_direct_media },
  { "cid_number", PEER, NULL, elsewhere },
  { "cid_tag", PEER, "caller-id-tag" },
  { "compactheaders", GENERAL, "compact-headers", copy_boolean },
  { "contactacl", PEER | STRICT, "contact-acl", append_list },
  { "contactdeny", PEER | GENERAL, NULL, NULL, NO_REGISTRAR },
  { "contactpermit", PEER | GENERAL, NULL, NULL, NO_REGISTRAR },
  { "context", BOTH, "context" },
  { "defaultexpirey", GENERAL, NULL, elsewhere },
  { "defaultexpiry", GENERAL, NULL, elsewhere },
  { "defaultip", PEER, NULL, NULL, NO_REGISTRAR },
  { "defaultuser", PEER, NULL, elsewhere },
  { "deny", PEER, NULL, elsewhere },
  { "description", PEER, "description" },
  { "directmedia", BOTH, "direct-media", set_direct_media },
  { "directmediaacl", PEER | STRICT, "direct-media-acl", append_list },
  { "directmediadeny", PEER, NULL, elsewhere },
  { "directmediapermit", PEER, NULL, elsewhere },
  { "disallow", BOTH, NULL, elsewhere },
  { "disallowed_methods", BOTH | STRICT, "disallowed-methods", append_methods },
  { "domain", GENERAL, NULL, elsewhere },
  { "dtmfmode", BOTH, "dtmf-mode", set_dtmf },
  { "encryption", BOTH, "media-encryption", set_encryption },
  { "externaddr", GENERAL, NULL, elsewhere },
  { "externhost", GENERAL, NULL, elsewhere },
  { "externip", GENERAL, NULL, elsewhere },
  { "fromdomain", BOTH, "from-domain" },
  { "fromuser", PEER, "from-user" },
  { "fullname", PEER, NULL, elsewhere },
  { "hassip", PEER, NULL, NULL, "who stands in sip.conf speaks SIP; it is not taken over" },
  { "host", PEER, NULL, elsewhere },
  { "icesupport", BOTH, "ice", copy_boolean },
  { "insecure", PEER, NULL, elsewhere },
  { "language", BOTH, "language" },
  { "localnet", GENERAL, NULL, elsewhere },
  { "mailbox", PEER, "mailboxes", append_list },
  { "maxexpirey", GENERAL, NULL, elsewhere },
  { "maxexpiry", GENERAL, NULL, elsewhere },
  { "maxforwards", GENERAL, "max-forwards" },
  { "md5secret", PEER, NULL, elsewhere },
  { "media_address", BOTH, "media-address" },
  { "minexpirey", GENERAL, NULL, elsewhere },
  { "minexpiry", GENERAL, NULL, elsewhere },
  { "mohinterpret", BOTH, "moh", set_music },
  { "mohsuggest", BOTH, "moh-suggest" },
  { "mwi", GENERAL, NULL, NULL, NO_SUBSCRIPTION },
  { "namedcallgroup", PEER, "call-group", append_last },
  { "namedpickupgroup", PEER, "pickup-group", append_last },
  { "nat", BOTH, "rtp-symmetric", set_nat },
  { "outboundproxy", BOTH, "outbound-proxy", set_proxy },
  { "permit", PEER, NULL, elsewhere },
  { "pickupgroup", PEER, "pickup-group", append_groups },
  { "port", PEER, NULL, elsewhere },
  { "progressinband", BOTH, "inband-progress" },
  { "promiscredir", BOTH, "redirect", set_redirect },
  { "qualify", BOTH, NULL, elsewhere },
  { "qualifyfreq", BOTH, NULL, elsewhere },
  { "realm", GENERAL, NULL, elsewhere },
  { "register", GENERAL, NULL, elsewhere },
  { "register_retry_403", GENERAL, NULL, elsewhere },
  { "registerattempts", GENERAL, NULL, elsewhere },
  { "registertimeout", GENERAL, NULL, elsewhere },
  { "registertrying", BOTH, NULL, NULL,
    "a REGISTER is answered at once, and needs no 100; it is not taken over" },
  { "remotesecret", PEER, NULL, elsewhere },
  { "secret", PEER, NULL, elsewhere },
  { "rtpholdtimeout", BOTH, "rtp-hold-timeout" },
  { "rtptimeout", BOTH, "rtp-timeout" },
  { "rpid_immediate", BOTH, "connected-line-immediate", copy_boolean },
  { "rpid_update", BOTH, "send-connected-line", copy_boolean },
  { "sendrpid", BOTH, "send-identity", set_identity },
  { "session-expires", BOTH, "session-expires" },
  { "session-minse", BOTH, "session-minimum" },
  { "session-refresher", BOTH, "session-refresher" },
  { "session-timers", BOTH, "session-timers", set_timers },
  { "setvar", PEER, "variables", append_whole },
  { "shrinkcallerid", GENERAL, NULL, NULL,
    "numbers are shrunk in any case; write shrink-caller-id=no to an endpoint where they shall "
    "not be" },
  { "tcpbindaddr", GENERAL, NULL, elsewhere },
  { "tcpenable", GENERAL, NULL, elsewhere },
  { "timerb", GENERAL, "timer-b", copy_milliseconds },
  { "timert1", GENERAL, "t1", copy_milliseconds },
  { "tlsbindaddr", GENERAL, NULL, NULL, NO_TLS },
  { "tlscafile", GENERAL, NULL, NULL, NO_TLS },
  { "tlscertfile", GENERAL, NULL, NULL, NO_TLS },
  { "tlsenable", GENERAL, NULL, NULL, NO_TLS },
  { "tlsprivatekey", GENERAL, NULL, NULL, NO_TLS },
  { "transport", BOTH, NULL, elsewhere },
  { "trustrpid", BOTH, "trust-identity", copy_boolean },
  { "type", PEER, NULL, elsewhere },
  { "udpbindaddr", GENERAL, NULL, elsewhere },
  { "use_q850_reason", BOTH, "q850-reason", copy_boolean },
  { "useragent", GENERAL, "user-agent" },
  { "username", PEER, NULL, elsewhere },
};

const AhoySipconfRule *
ahoy_sipconf_rule_find (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (strcmp (rules[i].key, key) == 0)
      return &rules[i];
  }
  return NULL;
}

/* Takes a key over to the object, or says why not. */
void
ahoy_sipconf_rule_apply (AhoySipconfJob *job, const AhoySipconfEntry *entry, AhoySipconfPlace place)
{
  const AhoySipconfRule *rule = ahoy_sipconf_rule_find (entry->key);

  if (rule == NULL)
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING, NOT_TAKEN_OVER);
  else if ((rule->places & place) == 0)
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING,
                           place == PEER ? "Ahoy has it for all alike, in [general]; it is not "
                                           "taken over here"
                                         : "Ahoy has it in sections of peers only; it is not "
                                           "taken over here");
  else if (rule->reason != NULL)
    ahoy_sipconf_job_tell (job, entry, AHOY_CONFIG_SEVERITY_WARNING, rule->reason);
  else if (rule->convert != NULL)
    rule->convert (job, rule, entry);
  else
    copy_text (job, rule, entry);
}
