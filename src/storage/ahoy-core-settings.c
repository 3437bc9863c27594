/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-core-settings.h"

#include <string.h>

#include "ahoy-error.h"

/**
 * AhoyCoreSettings:
 *
 * What holds for all of Ahoy: the group `[core]`, of which there is one.
 *
 * Since: 0.1
 */
struct _AhoyCoreSettings {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyCoreSettings, ahoy_core_settings, AHOY_TYPE_CONFIG_OBJECT)

G_DEFINE_ENUM_TYPE (AhoyUnknownSource, ahoy_unknown_source,
                    G_DEFINE_ENUM_VALUE (AHOY_UNKNOWN_SOURCE_401, "401"),
                    G_DEFINE_ENUM_VALUE (AHOY_UNKNOWN_SOURCE_403, "403"))

G_DEFINE_ENUM_TYPE (AhoyAgentFallback, ahoy_agent_fallback,
                    G_DEFINE_ENUM_VALUE (AHOY_AGENT_FALLBACK_REFUSE, "refuse"),
                    G_DEFINE_ENUM_VALUE (AHOY_AGENT_FALLBACK_PASS, "pass"))

G_DEFINE_ENUM_TYPE (AhoySecurityLogging, ahoy_security_logging,
                    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_LOGGING_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_LOGGING_ERRORS, "errors"),
                    G_DEFINE_ENUM_VALUE (AHOY_SECURITY_LOGGING_ALL, "all"))

G_DEFINE_ENUM_TYPE (AhoyRefusedSource, ahoy_refused_source,
                    G_DEFINE_ENUM_VALUE (AHOY_REFUSED_SOURCE_DROP, "drop"),
                    G_DEFINE_ENUM_VALUE (AHOY_REFUSED_SOURCE_403, "403"))

static gboolean
check_identifier (const char *text, GError **error)
{
  static const char *const known[] = { "username", "ip", "header", "request-uri", "line",
                                       "auth", "transport", "anonymous", NULL };
  g_autofree char *list = NULL;

  if (g_strv_contains (known, text)) {
    return TRUE;
  }
  list = g_strjoinv (", ", (char **) known);
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "there is no identifier “%s”; write some of %s", text, list);
  return FALSE;
}

G_DEFINE_FLAGS_TYPE (AhoyAuthProtection, ahoy_auth_protection,
                     G_DEFINE_ENUM_VALUE (AHOY_AUTH_PROTECTION_AUTH, "auth"),
                     G_DEFINE_ENUM_VALUE (AHOY_AUTH_PROTECTION_AUTH_INT, "auth-int"))

/* What was written is a secret, so the message does not repeat it. */
static gboolean
check_nonce_secret (const char *text, GError **error)
{
  if (strlen (text) >= 16) {
    return TRUE;
  }
  g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                       "the value is shorter than 16 characters; write a longer one, such as "
                       "what “openssl rand -hex 32” prints");
  return FALSE;
}

static void
add_source_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_list (klass, "acl", "Lists of networks",
                                           "objects [acl], all of which have to let in where any "
                                           "request comes from",
                                           NULL);
  ahoy_config_key_set_reference (key, "acl");
  ahoy_config_object_class_add_choice (klass, "refused-source", "Answer to refused sources",
                                       "the answer to a request that acl does not let in: drop is "
                                       "none",
                                       AHOY_TYPE_REFUSED_SOURCE, AHOY_REFUSED_SOURCE_DROP);
  ahoy_config_object_class_add_boolean (klass, "allow-external-domains", "Other domains",
                                        "whether requests for domains that are not ours are taken; "
                                        "else they get 404",
                                        TRUE);
  ahoy_config_object_class_add_boolean (klass, "autodomain", "Own hosts",
                                        "whether the name of this host and the addresses of "
                                        "transports are domains of ours",
                                        TRUE);
  ahoy_config_object_class_add_number (klass, "unidentified-count", "Unknown requests",
                                       "how many requests of no endpoint from one address within "
                                       "unidentified-period are one event of the security log; 0 "
                                       "for no events",
                                       0, 1000000, 1);
  ahoy_config_object_class_add_duration (klass, "unidentified-period", "Period of unknown requests",
                                         "the time within which unidentified-count counts", "s", 1,
                                         86400, 5);
  ahoy_config_object_class_add_duration (klass, "unidentified-prune-interval",
                                         "Memory of unknown sources",
                                         "how long an address is listed after its last request of "
                                         "no endpoint",
                                         "s", 1, 604800, 3600);
}

static void
add_sip_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "user-agent", "User agent",
                                     "what the User-Agent and Server headers say; empty for Ahoy "
                                     "and its version",
                                     NULL);
  key = ahoy_config_object_class_add_text (klass, "default-endpoint", "Default endpoint",
                                           "the endpoint that calls go out as when none is named",
                                           NULL);
  ahoy_config_key_set_reference (key, "endpoint");
  ahoy_config_object_class_add_uri_list (klass, "outbound-proxy", "Outbound proxy",
                                         "the proxies that calls and requests pass first, where "
                                         "neither an endpoint nor its address of record names "
                                         "some",
                                         NULL);
  key = ahoy_config_object_class_add_list (
      klass, "identify-order", "Order of identifiers",
      "in which order it is found out which endpoint a request comes from; anonymous is last where "
      "it is not named",
      "username;ip;header;request-uri;line;auth;transport");
  ahoy_config_key_set_check (key, check_identifier);
  ahoy_config_object_class_add_choice (klass, "unknown-source", "Answer to unknown sources",
                                       "the answer to a request of no endpoint: 401 is a "
                                       "challenge that nobody can meet, 403 says no",
                                       AHOY_TYPE_UNKNOWN_SOURCE, AHOY_UNKNOWN_SOURCE_401);
  ahoy_config_object_class_add_boolean (klass, "allow-guest", "Guests",
                                        "whether calls of no endpoint are taken, without "
                                        "authentication",
                                        FALSE);
  ahoy_config_object_class_add_text (klass, "guest-context", "Context of guests",
                                     "the context whose routes guests may call", "guest");
  ahoy_config_object_class_add_number (klass, "max-forwards", "Max-Forwards",
                                       "how many hops a request may take (RFC 3261 section "
                                       "20.22)",
                                       1, 255, 70);
}

static void
add_message_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_list (klass, "headers", "Headers",
                                           "headers such as X-Site: north, added to requests that "
                                           "belong to no dialog or begin one, and to the answers "
                                           "to such requests",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_config_check_header);
  key = ahoy_config_object_class_add_boolean (klass, "compact-headers", "Compact headers",
                                              "whether the short names of headers are written, "
                                              "such as v for Via (RFC 3261 section 7.3.3)",
                                              FALSE);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  ahoy_config_object_class_add_boolean (klass, "ignore-uri-user-options", "Ignore user options",
                                        "whether routes and endpoints are found by the user of a "
                                        "URI without what follows its first semicolon, such as "
                                        ";phone-context=example.org",
                                        TRUE);
  ahoy_config_object_class_add_number (klass, "tcp-switch-size", "Switch to TCP",
                                       "a request of more bytes leaves over TCP where the target "
                                       "names no transport (RFC 3261 section 18.1.1); 0 for never",
                                       0, 65536, 1300);
}

static void
add_limit_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_duration (klass, "t1", "T1",
                                               "the estimate of a round trip, from which the "
                                               "timers of transactions follow (RFC 3261 section "
                                               "17.1.1.1)",
                                               "ms", 10, 8000, 500);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  key = ahoy_config_object_class_add_duration (klass, "t1x64", "T1 times 64",
                                               "how long a transaction waits for an answer, and "
                                               "how long a finished one is remembered",
                                               "ms", 640, 512000, 32000);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  key = ahoy_config_object_class_add_duration (klass, "timer-b", "Timer B",
                                               "how long an INVITE waits for the first answer",
                                               "ms", 100, 512000, 32000);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  ahoy_config_object_class_add_duration (klass, "session-linger", "Linger",
                                         "how long an ended session stays visible", "s", 0, 3600,
                                         30);
  ahoy_config_object_class_add_number (klass, "overload-queue", "Overload threshold",
                                       "how many requests may wait before new ones are refused "
                                       "with 503; 0 for no limit",
                                       0, 1000000, 20000);
  ahoy_config_object_class_add_duration (klass, "overload-delay", "Overload delay",
                                         "how late the main loop may be before new requests are "
                                         "refused with 503; 0 for no limit",
                                         "ms", 0, 60000, 250);
  ahoy_config_object_class_add_duration (klass, "qualify-gap", "Gap of qualifying",
                                         "the time within which no more than qualify-peers "
                                         "contacts are asked whether they are there",
                                         "ms", 10, 10000, 100);
  ahoy_config_object_class_add_number (klass, "qualify-peers", "Contacts at once",
                                       "how many contacts are asked whether they are there within "
                                       "qualify-gap",
                                       1, 10000, 50);
  ahoy_config_object_class_add_number (klass, "max-sessions", "Sessions",
                                       "how many sessions there may be at once; 0 for no limit", 0,
                                       1000000, 1000);
}

static gboolean
check_contact_hook (const char *text, GError **error)
{
  g_auto (GStrv) command = NULL;

  if (*text == '\0') {
    return TRUE;
  }
  if (g_shell_parse_argv (text, NULL, &command, NULL) && g_path_is_absolute (command[0])) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "“%s” is no command; write the whole path of a program, and its arguments, with "
               "quotes around what has spaces",
               text);
  return FALSE;
}

static gboolean
check_contact_event (const char *text, GError **error)
{
  static const char *const known[] = { "added", "refreshed", "removed", "status", NULL };

  if (g_strv_contains (known, text)) {
    return TRUE;
  }
  g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
               "there is no event “%s” of contacts; write some of added, refreshed, removed, "
               "status",
               text);
  return FALSE;
}

static void
add_hook_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_text (klass, "contact-hook", "Program for contacts",
                                           "a program, with arguments but without a shell, that "
                                           "is started when something happens to a contact: "
                                           "AHOY_EVENT, AHOY_AOR, AHOY_CONTACT and others in its "
                                           "environment say what",
                                           NULL);
  ahoy_config_key_set_check (key, check_contact_hook);
  key = ahoy_config_object_class_add_list (klass, "contact-hook-events", "Events for it",
                                           "what contact-hook is started for: some of added, "
                                           "refreshed, removed, status",
                                           "added;removed;status");
  ahoy_config_key_set_check (key, check_contact_event);
  ahoy_config_object_class_add_duration (klass, "contact-hook-timeout", "Time for it",
                                         "how long contact-hook may run before it is killed", "s",
                                         1, 3600, 10);
}

static void
add_resource_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_number (klass, "workers", "Workers",
                                             "how many threads do work that may block; 0 for one "
                                             "more than there are processors, and at least four",
                                             0, 256, 0);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  key = ahoy_config_object_class_add_number (klass, "media-workers", "Media workers",
                                             "how many threads carry media; 0 for one per "
                                             "processor",
                                             0, 256, 0);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  ahoy_config_object_class_add_number (klass, "rtp-port-min", "First RTP port",
                                       "the first port for media", 1024, 65534, 16384);
  ahoy_config_object_class_add_number (klass, "rtp-port-max", "Last RTP port",
                                       "the last port for media; below 32768 it does not meet "
                                       "the ports that the system gives out",
                                       1025, 65535, 32767);
  ahoy_config_object_class_add_list (klass, "modules", "Modules",
                                     "the modules to load, such as sessions; empty for all that "
                                     "there are, as ahoyctl modules shows them",
                                     NULL);
  ahoy_config_object_class_add_list (klass, "disabled-modules", "Disabled modules",
                                     "the modules not to load, although modules has them", NULL);
  key = ahoy_config_object_class_add_list (klass, "nameservers", "Name servers",
                                           "the name servers to ask, with or without a port; "
                                           "empty for those of the system",
                                           NULL);
  ahoy_config_key_set_reload (key, AHOY_CONFIG_RELOAD_RESTART);
  ahoy_config_key_set_check (key, ahoy_config_check_address);
  ahoy_config_object_class_add_text (klass, "sounds-directory", "Folder of sounds",
                                     "where relative names of sounds begin; empty for the "
                                     "installed ones",
                                     NULL);
  ahoy_config_object_class_add_text (klass, "tone-zone", "Country of tones",
                                     "the country whose tones callers hear, such as de, where "
                                     "their endpoint says nothing else; ahoy.conf(5) lists them",
                                     "etsi");
  ahoy_config_object_class_add_text (klass, "country", "Country of numbers",
                                     "the country whose people read the numbers that are shown, "
                                     "such as DE; empty for numbers as they are. It needs the "
                                     "plugin phonenumber",
                                     NULL);
  ahoy_config_object_class_add_text (klass, "recordings-directory", "Folder of recordings",
                                     "where recordings are written; empty for a folder beside "
                                     "the state",
                                     NULL);
}

/* How endpoints prove who they are (docs/authentication.md). */
static void
add_auth_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (
      klass, "realm", "Realm", "the realm of challenges where the account names none", "ahoy");
  key = ahoy_config_object_class_add_list (klass, "auth-algorithms", "Algorithms",
                                           "the algorithms of challenges, the best first: "
                                           "SHA-512-256, SHA-256, MD5; many phones give up "
                                           "when they are asked for anything but MD5",
                                           "MD5");
  ahoy_config_key_set_check (key, ahoy_config_check_algorithm);
  ahoy_config_object_class_add_choices (klass, "auth-qop", "Protection",
                                        "what credentials may protect: auth method and URI, "
                                        "auth-int the body too",
                                        AHOY_TYPE_AUTH_PROTECTION, AHOY_AUTH_PROTECTION_AUTH);
  ahoy_config_object_class_add_boolean (klass, "auth-without-qop", "Old clients",
                                        "whether clients that protect nothing and count no "
                                        "requests (RFC 2069) can prove who they are; a nonce is "
                                        "then good for one request",
                                        TRUE);
  ahoy_config_object_class_add_list (klass, "auth-in-dialog", "Methods within dialogs",
                                     "the methods that need a proof within a dialog too",
                                     "INVITE;UPDATE;REFER");
  ahoy_config_object_class_add_text (klass, "auth-domain", "Domain of challenges",
                                     "the URIs for which a proof is good too, as challenges name "
                                     "them; empty to name none",
                                     NULL);
  ahoy_config_object_class_add_duration (klass, "nonce-lifetime", "Lifetime of nonces",
                                         "how long the nonce of a challenge is good", "s", 1, 86400,
                                         60);
  ahoy_config_object_class_add_boolean (klass, "nonce-bind", "Bind nonces",
                                        "whether a nonce is good only for the network that it "
                                        "was sent to, an IPv4 /24 or an IPv6 /64; no where a "
                                        "phone comes through several proxies",
                                        TRUE);
  key = ahoy_config_object_class_add_text (klass, "nonce-secret", "Secret of nonces",
                                           "a text of 16 characters or more that nobody can "
                                           "guess; nodes that share it take each other's "
                                           "challenges; empty for a file beside the state",
                                           NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_key_set_check (key, check_nonce_secret);
}

/* Programs on the bus that decide (docs/bus.md). */
static void
add_agent_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_duration (klass, "agent-deadline", "Deadline of agents",
                                         "how long a request waits for the agents on the bus that "
                                         "decide about it",
                                         "ms", 100, 15000, 5000);
  ahoy_config_object_class_add_choice (klass, "agent-fallback", "When agents fail",
                                       "what becomes of a request whose agent crashes, talks "
                                       "nonsense or says nothing: refuse refuses it, pass decides "
                                       "as if there were no agents",
                                       AHOY_TYPE_AGENT_FALLBACK, AHOY_AGENT_FALLBACK_REFUSE);
}

/* The scanners that everybody on the network meets, by what they say of themselves. */
#define SCANNERS                                                                                   \
  "friendly-scanner*;friendly-request*;*sipvicious*;sundayddr*;sip-scan*;sipcli*;"                 \
  "vaxsipuseragent*;pplsip*;iwar*;sipptk*"

static void
add_guard_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_choice (klass, "security-log", "Security log",
                                       "which security events are written to the log: none, "
                                       "errors or all, which tells each login too",
                                       AHOY_TYPE_SECURITY_LOGGING, AHOY_SECURITY_LOGGING_ERRORS);
  key = ahoy_config_object_class_add_number (
      klass, "max-memory", "Memory",
      "how much memory the daemon may have before new requests are refused with 503; 0 for as much "
      "as the system allows, 95 % of which is the limit in any case",
      0, 100000000, 0);
  ahoy_config_key_set_unit (key, "MiB");
  key = ahoy_config_object_class_add_list (klass, "guard-exempt", "Exempt from the guard",
                                           "addresses and networks that are never banned for what "
                                           "they do, nor limited, such as a proxy that speaks for "
                                           "many",
                                           "127.0.0.0/8;::1");
  ahoy_config_key_set_check (key, ahoy_config_check_network);
  ahoy_config_object_class_add_number (klass, "guard-rate", "Rate",
                                       "how many requests a second a source may send that proved "
                                       "no endpoint within the last hour; more are dropped; 0 for "
                                       "no limit",
                                       0, 1000000, 300);
  ahoy_config_object_class_add_number (klass, "guard-burst", "Burst",
                                       "how many requests such a source may send at once", 1,
                                       1000000, 1500);
  ahoy_config_object_class_add_number (klass, "max-registration-rate", "Registrations",
                                       "how many registrations a second are taken of all "
                                       "endpoints together; more are answered with 503 and "
                                       "Retry-After; 0 for no limit",
                                       0, 1000000, 0);
  ahoy_config_object_class_add_number (klass, "ban-threshold", "Failures",
                                       "with how many failures a source is banned: wrong accounts "
                                       "and passwords, malformed messages; 0 for never",
                                       0, 1000000, 10);
  ahoy_config_object_class_add_duration (klass, "ban-period", "Period of failures",
                                         "within what time the failures have to come", "s", 1,
                                         86400, 60);
  ahoy_config_object_class_add_duration (klass, "ban-time", "Ban",
                                         "how long the first ban of a source lasts; each further "
                                         "one is twice as long, up to a day; 0 bans nobody",
                                         "s", 0, 86400, 300);
  ahoy_config_object_class_add_list (klass, "blocked-user-agents", "Blocked user agents",
                                     "what a User-Agent looks like whose messages are dropped, and "
                                     "whose source is banned, with * and ?, in any case",
                                     SCANNERS);
}

/* An identifier that is asked twice would be asked in vain. */
static gboolean
check_order (AhoyConfigObject *object, GError **error)
{
  const char *const *order = ahoy_config_object_get_list (object, "identify-order");

  for (gsize i = 0; order != NULL && order[i] != NULL; i++) {
    if (g_strv_contains (order + i + 1, order[i])) {
      g_set_error (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                   "identify-order has “%s” twice; remove one", order[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* Keys that only make sense together. */
static gboolean
ahoy_core_settings_validate (AhoyConfigObject *object, GError **error)
{
  if (ahoy_config_object_get_number (object, "rtp-port-min")
      >= ahoy_config_object_get_number (object, "rtp-port-max")) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "rtp-port-min is not below rtp-port-max; a call needs two ports at least");
    return FALSE;
  }
  if (ahoy_config_object_get_duration (object, "t1x64")
      < ahoy_config_object_get_duration (object, "t1")) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "t1x64 is shorter than t1; leave it out, or make it 64 times as long");
    return FALSE;
  }
  return check_order (object, error);
}

static void
ahoy_core_settings_class_init (AhoyCoreSettingsClass *klass)
{
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "core";
  config_class->description = "what holds for the whole daemon";
  config_class->singleton = TRUE;
  config_class->validate = ahoy_core_settings_validate;
  add_sip_keys (config_class);
  add_source_keys (config_class);
  add_message_keys (config_class);
  add_limit_keys (config_class);
  add_resource_keys (config_class);
  add_hook_keys (config_class);
  add_auth_keys (config_class);
  add_agent_keys (config_class);
  add_guard_keys (config_class);
}

static void
ahoy_core_settings_init (AhoyCoreSettings *self)
{
}

/**
 * ahoy_core_settings_new:
 *
 * Returns: (transfer full): settings in which every key has its default
 *
 * Since: 0.1
 */
AhoyCoreSettings *
ahoy_core_settings_new (void)
{
  return g_object_new (AHOY_TYPE_CORE_SETTINGS, NULL);
}
