/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-endpoint-config.h"

#include "ahoy-acl-config-private.h"
#include "ahoy-aor-config-private.h"
#include "ahoy-auth-config-private.h"
#include "ahoy-endpoint-checks-private.h"
#include "ahoy-error.h"

/**
 * AhoyEndpointConfig:
 *
 * Somebody who calls and is called: a phone, a trunk, a browser. A group `[endpoint NAME]`. An
 * address of record and an account of the same name are implied; their keys stand in the
 * endpoint.
 *
 * Since: 0.1
 */
struct _AhoyEndpointConfig {
  AhoyConfigObject parent_instance;
};

G_DEFINE_FINAL_TYPE (AhoyEndpointConfig, ahoy_endpoint_config, AHOY_TYPE_CONFIG_OBJECT)

static void
add_identity_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_choice (klass, "auth", "Authentication",
                                       "whether requests of the endpoint have to prove that they "
                                       "are",
                                       AHOY_TYPE_ENDPOINT_AUTH, AHOY_ENDPOINT_AUTH_DIGEST);
  ahoy_config_object_class_add_list (klass, "auth-except", "Methods without proof",
                                     "methods that need no proof, such as OPTIONS or MESSAGE; "
                                     "whoever asks with them learns that the endpoint exists",
                                     NULL);
  key = ahoy_config_object_class_add_list (klass, "auth-algorithms", "Algorithms",
                                           "the algorithms of challenges to the endpoint, the "
                                           "best first; empty for those of core",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_config_check_algorithm);
  ahoy_config_object_class_add_list (klass, "identify", "Identification",
                                     "by what requests are found to be of this endpoint",
                                     "username;ip;header;request-uri;line;auth;transport");
  key = ahoy_config_object_class_add_list (klass, "match", "Networks",
                                           "the addresses, networks and hosts that requests of "
                                           "this endpoint come from",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_match);
}

/* Who the endpoint is to others, and who others are to it. */
static void
add_party_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "caller-id", "Caller",
                                     "the name and number that calls of this endpoint show, such "
                                     "as Bob <100>",
                                     NULL);
  ahoy_config_object_class_add_choices (klass, "caller-id-privacy", "Privacy",
                                        "what of the endpoint is kept from those it talks with; "
                                        "empty for what its calls ask for",
                                        AHOY_TYPE_IDENTITY_PRIVACY, AHOY_IDENTITY_PRIVACY_NONE);
  ahoy_config_object_class_add_text (klass, "caller-id-tag", "Tag",
                                     "a word that comes with the identity of the endpoint on this "
                                     "host, and is never sent",
                                     NULL);
  ahoy_config_object_class_add_choice (klass, "send-identity", "Send identity",
                                       "the header that tells the endpoint who it talks with: "
                                       "P-Asserted-Identity (RFC 3325), Remote-Party-ID, or "
                                       "P-Preferred-Identity for a provider",
                                       AHOY_TYPE_SEND_IDENTITY, AHOY_SEND_IDENTITY_NO);
  ahoy_config_object_class_add_boolean (klass, "send-private-identity", "Send private identity",
                                        "whether the endpoint is trusted to keep to itself who "
                                        "wants to be unknown, and is told",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "trust-identity", "Trust identity",
                                        "whether what the endpoint says of who calls is believed",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "send-connected-line", "Send connected line",
                                        "whether the endpoint is told by send-identity when it is "
                                        "connected to somebody else",
                                        TRUE);
  ahoy_config_object_class_add_boolean (klass, "trust-connected-line", "Trust connected line",
                                        "whether the endpoint, where its identity is trusted, may "
                                        "say that somebody else is there",
                                        TRUE);
  ahoy_config_object_class_add_boolean (klass, "connected-line-immediate",
                                        "Connected line at once",
                                        "whether a caller that hears ringing is told of a change "
                                        "by one more 180, and not with the answer only",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "send-diversion", "Send Diversion",
                                        "whether the endpoint is told who sent a call elsewhere "
                                        "before it came to it (RFC 5806)",
                                        TRUE);
  ahoy_config_object_class_add_boolean (klass, "send-history-info", "Send History-Info",
                                        "whether the endpoint is told by History-Info, too "
                                        "(RFC 7044)",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "shrink-caller-id", "Shrink numbers",
                                        "whether the number of a caller is told without the "
                                        "brackets, dots, dashes and spaces that people write",
                                        TRUE);
  key = ahoy_config_object_class_add_list (klass, "pass-headers", "Headers that are passed",
                                           "headers of INVITE, of what answers it, and of BYE "
                                           "that go from one leg of a call to the other where "
                                           "both endpoints name them",
                                           "User-to-User");
  ahoy_config_key_set_check (key, ahoy_endpoint_check_passed);
  ahoy_config_object_class_add_boolean (klass, "session-id", "Session-ID",
                                        "whether messages of calls tell the endpoint the "
                                        "identifier of the whole call (RFC 7989)",
                                        TRUE);
  ahoy_config_object_class_add_boolean (klass, "q850-reason", "Q.850 reasons",
                                        "whether BYE, CANCEL and refusals tell the endpoint why "
                                        "by a cause of Q.850, too (RFC 3326, RFC 6432)",
                                        TRUE);
}

static void
add_way_out_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_text (klass, "transport", "Transport",
                                           "the transport that requests to the endpoint leave "
                                           "by; empty for one that fits",
                                           NULL);
  ahoy_config_key_set_reference (key, "transport");
  ahoy_config_object_class_add_uri_list (klass, "contact", "Contact",
                                         "where the endpoint is, if it does not register",
                                         ahoy_endpoint_check_uri_list);
  ahoy_config_object_class_add_uri_list (klass, "outbound-proxy", "Outbound proxy",
                                         "the proxies that requests to the endpoint pass first",
                                         ahoy_endpoint_check_uri_list);
  ahoy_config_object_class_add_text (klass, "outbound-username", "User name for challenges",
                                     "the name with which challenges of the endpoint are "
                                     "answered",
                                     NULL);
  key = ahoy_config_object_class_add_text (klass, "outbound-password", "Password for challenges",
                                           "the password with which challenges of the endpoint "
                                           "are answered",
                                           NULL);
  ahoy_config_key_set_secret (key);
  ahoy_config_object_class_add_text (klass, "from-user", "User of From",
                                     "the user part of From in requests to the endpoint; empty "
                                     "for the caller",
                                     NULL);
  ahoy_config_object_class_add_text (klass, "from-domain", "Domain of From",
                                     "the domain of From in requests to the endpoint; empty for "
                                     "the address of the transport",
                                     NULL);
  ahoy_config_object_class_add_boolean (klass, "wake", "Wake phones",
                                        "whether programs are asked to wake a phone that is called "
                                        "and not registered, also when it did not say how",
                                        FALSE);
  ahoy_config_object_class_add_text (klass, "contact-user", "User of Contact",
                                     "the user part of our Contact in calls to the endpoint; "
                                     "empty for that of From",
                                     NULL);
  key = ahoy_config_object_class_add_list (klass, "headers", "Headers",
                                           "headers such as X-Line: 2, added to requests to the "
                                           "endpoint and to answers as those of core are, instead "
                                           "of headers of core with the same name",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_config_check_header);
}

static void
add_media_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_list (klass, "codecs", "Codecs",
                                     "the codecs of calls, the best first", "opus;g722;pcma;pcmu");
  key = ahoy_config_object_class_add_number (
      klass, "ptime", "Packet time",
      "how many milliseconds of audio a packet holds; of Opus at most 60", 10, 200, 20);
  ahoy_config_key_set_unit (key, "ms");
  ahoy_config_object_class_add_choice (klass, "dtmf-mode", "DTMF", "how digits are sent",
                                       AHOY_TYPE_DTMF_MODE, AHOY_DTMF_MODE_RFC4733);
  ahoy_config_object_class_add_choice (klass, "media-encryption", "Encryption",
                                       "how media is encrypted; optimistic offers it and does "
                                       "without",
                                       AHOY_TYPE_MEDIA_ENCRYPTION, AHOY_MEDIA_ENCRYPTION_NO);
  ahoy_config_object_class_add_boolean (klass, "webrtc", "WebRTC",
                                        "whether the endpoint is a browser: ICE, DTLS and what "
                                        "belongs to them",
                                        FALSE);
  ahoy_config_object_class_add_boolean (
      klass, "ice", "ICE", "whether a way for media is looked for by ICE (RFC 8445)", FALSE);
  ahoy_config_object_class_add_choices (klass, "direct-media", "Direct media",
                                        "whether media may go from peer to peer, past this host: "
                                        "update tells the endpoint by UPDATE if it can, nonat "
                                        "leaves out one behind a NAT, outgoing tells one that "
                                        "calls after who is called",
                                        AHOY_TYPE_DIRECT_MEDIA, AHOY_DIRECT_MEDIA_NO);
  ahoy_config_object_class_add_boolean (klass, "follow-early-media-fork", "Early media of forks",
                                        "whether the sound of a call that rings at several phones "
                                        "is that of the phone that spoke last, or stays with the "
                                        "first",
                                        TRUE);
  ahoy_config_object_class_add_boolean (klass, "rtp-symmetric", "Symmetric RTP",
                                        "whether media is sent to where media comes from, "
                                        "whatever the SDP says",
                                        TRUE);
  ahoy_config_object_class_add_duration (klass, "rtp-timeout", "Silence of phones",
                                         "a call ends when the endpoint sent no media for so long, "
                                         "whatever it hears; 0 for never. Phones that send nothing "
                                         "while nobody speaks need 0",
                                         "s", 0, 86400, 0);
  ahoy_config_object_class_add_duration (klass, "rtp-hold-timeout", "Silence of held phones",
                                         "the same while the endpoint is held, or holds; 0 for "
                                         "never",
                                         "s", 0, 86400, 0);
  key = ahoy_config_object_class_add_text (klass, "media-address", "Media address",
                                           "the address that SDP tells the endpoint; empty for "
                                           "that of the transport",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_host);
}

/* What the endpoint may say within a call. */
static void
add_info_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_list (klass, "info-types", "Contents of INFO",
                                           "media types such as text/plain that programs take from "
                                           "the endpoint in INFO requests, besides digits, flash "
                                           "and what is passed over a bridge; * for all",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_content_type);
  ahoy_config_object_class_add_choice (klass, "auto-answer", "Answered by itself",
                                       "whether calls of the endpoint are answered by themselves "
                                       "where a route lets them ring: when they ask for it "
                                       "(Answer-Mode, answer-after in Call-Info, alert-autoanswer "
                                       "in Alert-Info), or always",
                                       AHOY_TYPE_AUTO_ANSWER, AHOY_AUTO_ANSWER_NO);
}

/* What becomes of a transfer that the endpoint asks for. */
static void
add_transfer_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_boolean (klass, "refer-recall", "Recall",
                                        "whether the endpoint is called back when it transfers a "
                                        "call, hangs up, and the other one does not answer",
                                        TRUE);
  ahoy_config_object_class_add_duration (klass, "transfer-timeout", "Patience with transfers",
                                         "how long the other one may ring before a transfer has "
                                         "failed",
                                         "s", 1, 600, 60);
  ahoy_config_object_class_add_boolean (klass, "refer-subscription", "News of transfers",
                                        "whether the endpoint tells how a transfer goes that it "
                                        "is asked for; without (RFC 4488) our call with it is "
                                        "over when it accepts",
                                        TRUE);
  key = ahoy_config_object_class_add_list (klass, "refer-add-headers", "Headers of transfers",
                                           "headers of a REFER of the endpoint, such as X-Ticket, "
                                           "that the one hears to whom it transfers a call",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_passed);
}

static void
add_timer_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_choice (klass, "session-timers", "Session timers",
                                       "whether calls are refreshed, so that dead ones are "
                                       "noticed (RFC 4028)",
                                       AHOY_TYPE_SESSION_TIMERS, AHOY_SESSION_TIMERS_YES);
  ahoy_config_object_class_add_duration (klass, "session-expires", "Session interval",
                                         "how often a call is refreshed at least", "s", 90, 86400,
                                         1800);
  ahoy_config_object_class_add_duration (klass, "session-minimum", "Shortest session interval",
                                         "the shortest interval that the endpoint may ask for; a "
                                         "shorter one is refused with 422",
                                         "s", 90, 86400, 90);
  ahoy_config_object_class_add_choice (klass, "session-refresher", "Refresher",
                                       "who refreshes calls, where the other side leaves it to "
                                       "Ahoy",
                                       AHOY_TYPE_SESSION_REFRESHER, AHOY_SESSION_REFRESHER_AUTO);
}

static void
add_policy_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_choices (klass, "allow", "Allowed", "what the endpoint may do",
                                        AHOY_TYPE_ENDPOINT_ALLOW, AHOY_ENDPOINT_ALLOW_ALL);
  key = ahoy_config_object_class_add_list (klass, "allowed-methods", "Allowed methods",
                                           "the only methods that the endpoint may use, such as "
                                           "INVITE;OPTIONS; empty for all. ACK, BYE, CANCEL and "
                                           "PRACK always are",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_method);
  key = ahoy_config_object_class_add_list (klass, "disallowed-methods", "Forbidden methods",
                                           "methods that the endpoint may not use; they are "
                                           "answered with 405",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_method);
  key = ahoy_config_object_class_add_list (klass, "allowed-transports", "Allowed transports",
                                           "the protocols that the endpoint may come over, such as "
                                           "tcp;tls; empty for all",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_transport);
  ahoy_config_object_class_add_choice (klass, "allow-transfer", "Transfers",
                                       "whether the endpoint may transfer calls",
                                       AHOY_TYPE_TRANSFER_POLICY, AHOY_TRANSFER_POLICY_YES);
  add_transfer_keys (klass);
  ahoy_config_object_class_add_text (klass, "context", "Context",
                                     "the context whose routes the endpoint may call", "default");
  ahoy_config_object_class_add_choice (klass, "options-answer", "Answers to OPTIONS",
                                       "what the endpoint gets when it asks with OPTIONS whether "
                                       "somebody can be called: what a call would get, or 200 "
                                       "whoever that is",
                                       AHOY_TYPE_OPTIONS_ANSWER, AHOY_OPTIONS_ANSWER_ROUTE);
  ahoy_config_object_class_add_text (klass, "message-context", "Context of messages",
                                     "the context whose message routes the endpoint may write to; "
                                     "empty for context",
                                     NULL);
  ahoy_config_object_class_add_boolean (klass, "store-messages", "Keep messages",
                                        "whether messages to the endpoint are kept while it "
                                        "cannot be reached, where no message route says what "
                                        "happens",
                                        FALSE);
  key = ahoy_config_object_class_add_choice (klass, "reliable-provisionals", "Reliable ringing",
                                             "whether provisional responses are acknowledged "
                                             "(RFC 3262)",
                                             AHOY_TYPE_RELIABLE_PROVISIONALS,
                                             AHOY_RELIABLE_PROVISIONALS_YES);
  ahoy_config_key_set_name (key, "100rel");
  add_timer_keys (klass);
  ahoy_config_object_class_add_list (klass, "mailboxes", "Mailboxes",
                                     "the mailboxes whose messages the endpoint is told of", NULL);
  key = ahoy_config_object_class_add_list (klass, "variables", "Variables",
                                           "variables that calls of the endpoint begin with, "
                                           "such as LANGUAGE=de",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_config_check_assignment);
}

/* What somebody who calls hears of it, and how he dials. */
static void
add_progress_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_choices (klass, "features", "Features by digits",
                                        "what the endpoint may do by digits in a call; the group "
                                        "[features] says which digits",
                                        AHOY_TYPE_CALL_FEATURES, AHOY_CALL_FEATURES_NONE);
  key = ahoy_config_object_class_add_text (klass, "tone-zone", "Country of tones",
                                           "the country whose tones the endpoint hears, such as "
                                           "de; empty for tone-zone of core",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_tone_zone);
  ahoy_config_object_class_add_choice (klass, "inband-progress", "Ringing as a tone",
                                       "how the endpoint hears that somebody rings: yes, by a "
                                       "tone in early media (183) in place of 180; no, by 180, or "
                                       "by a tone when it hears us already; never, by 180 only",
                                       AHOY_TYPE_INBAND_PROGRESS, AHOY_INBAND_PROGRESS_NO);
  ahoy_config_object_class_add_boolean (klass, "allow-overlap", "Overlap dialling",
                                        "whether a number that some route begins with is answered "
                                        "with 484, so that more digits follow, in place of 404",
                                        FALSE);
  ahoy_config_object_class_add_boolean (klass, "overlap-digits", "Digits after 484",
                                        "whether the endpoint dials the rest of a number by "
                                        "digits in early media when who is called answers with "
                                        "484",
                                        FALSE);
  ahoy_config_object_class_add_duration (klass, "overlap-timeout", "Waiting for digits",
                                         "how long such a caller has for each digit", "s", 1, 60,
                                         5);
}

/* Programs that hear of its calls. */
static void
add_hook_keys (AhoyConfigObjectClass *klass)
{
  static const struct {
    const char *name;
    const char *nick;
    const char *blurb;
  } hooks[] = {
    { "on-dial", "Program for dialling",
      "a program, with arguments but without a shell, that is started when the endpoint is "
      "called; AHOY_NUMBER and others in its environment tell of the call" },
    { "on-answer", "Program for answers", "a program that is started when a call is answered" },
    { "on-end", "Program for ends",
      "a program that is started when a call is over; AHOY_CAUSE and AHOY_DURATION tell how" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hooks); i++) {
    GParamSpec *key = ahoy_config_object_class_add_text (klass, hooks[i].name, hooks[i].nick,
                                                         hooks[i].blurb, NULL);

    ahoy_config_key_set_check (key, ahoy_endpoint_check_command);
  }
}

/* How many calls, and how long they are. */
static void
add_limit_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_number (klass, "call-limit", "Calls",
                                       "how many calls the endpoint may have at once; 0 for no "
                                       "limit",
                                       0, 100000, 0);
  ahoy_config_object_class_add_number (klass, "busy-level", "Calls until busy",
                                       "with how many calls the endpoint is busy for others: who "
                                       "calls it gets 486, while it may still call; 0 for never",
                                       0, 100000, 0);
  ahoy_config_object_class_add_number (klass, "device-state-busy-at", "Calls until shown as busy",
                                       "with how many calls the endpoint is shown as busy; 0 for "
                                       "busy-level or call-limit, if they are set",
                                       0, 100000, 0);
  ahoy_config_object_class_add_duration (klass, "max-duration", "Length of calls",
                                         "how long a call of the endpoint may last; 0 for no limit",
                                         "s", 0, 86400, 0);
  ahoy_config_object_class_add_duration (klass, "warn-at", "Warning",
                                         "how long before its end by max-duration a call is "
                                         "warned; 0 for no warning",
                                         "s", 0, 86400, 0);
  ahoy_config_object_class_add_duration (klass, "warn-every", "Further warnings",
                                         "after which time it is warned once more; 0 for one "
                                         "warning",
                                         "s", 0, 86400, 0);
  ahoy_config_object_class_add_text (klass, "warn-sound", "Sound of warnings",
                                     "what is heard then: a tone, or a sound whose name ends in "
                                     ".wav",
                                     "beep");
}

/* What becomes of calls to the endpoint that want to go elsewhere. */
static void
add_forward_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_choice (klass, "redirect", "Redirections",
                                       "what becomes of a call that the endpoint sends elsewhere "
                                       "(302): it is called where that says, or by the user part "
                                       "of it at the endpoint, or goes by that through the routes",
                                       AHOY_TYPE_REDIRECT_POLICY, AHOY_REDIRECT_POLICY_FOLLOW);
  ahoy_config_object_class_add_list (klass, "call-group", "Groups",
                                     "groups that the endpoint belongs to: their members may take "
                                     "the calls that ring here",
                                     NULL);
  ahoy_config_object_class_add_list (klass, "pickup-group", "Groups to take calls of",
                                     "groups whose ringing calls the endpoint may take with the "
                                     "step pickup",
                                     NULL);
}

/* What is heard when somebody holds. */
static void
add_music_keys (AhoyConfigObjectClass *klass)
{
  ahoy_config_object_class_add_text (klass, "moh", "Music",
                                     "the music that the endpoint hears when the other one holds, "
                                     "the name of a group moh; empty for none: it is told that it "
                                     "is held instead",
                                     NULL);
  ahoy_config_object_class_add_text (klass, "moh-suggest", "Music for others",
                                     "the music that others hear when the endpoint holds, before "
                                     "what they like themselves",
                                     NULL);
  ahoy_config_object_class_add_boolean (klass, "moh-passthrough", "Pass hold on",
                                        "whether others are told that the endpoint holds, and hear "
                                        "no music from here",
                                        FALSE);
}

/* What a call says of who pays for it; a call has it as variables of these names. */
static void
add_business_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  ahoy_config_object_class_add_text (klass, "description", "Description",
                                     "what people call the endpoint, and where it is", NULL);
  ahoy_config_object_class_add_text (klass, "account-code", "Account code",
                                     "whom calls of the endpoint are charged to", NULL);
  ahoy_config_object_class_add_text (klass, "tenant", "Tenant",
                                     "which of several customers the endpoint belongs to", NULL);
  key = ahoy_config_object_class_add_text (klass, "language", "Language",
                                           "the language of sounds in calls of the endpoint, such "
                                           "as de: a folder of that name in the folder of sounds "
                                           "is looked into first",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_language);
  key = ahoy_config_object_class_add_text (klass, "country", "Country of numbers",
                                           "the country that numbers of the endpoint without + "
                                           "belong to, and where they are read, such as GB; empty "
                                           "for country of core",
                                           NULL);
  ahoy_config_key_set_check (key, ahoy_endpoint_check_country);
}

static void
add_more_keys (AhoyConfigObjectClass *klass)
{
  GParamSpec *key;

  key = ahoy_config_object_class_add_list (klass, "aors", "More addresses of record",
                                           "addresses of record of the endpoint besides its own",
                                           NULL);
  ahoy_config_key_set_reference (key, "aor");
  ahoy_config_object_class_add_list (klass, "auto-names", "Names of more of the kind",
                                     "names, with * and ?, under which whoever proves to be this "
                                     "endpoint may register; for each an endpoint like this one is "
                                     "made, and goes with its last contact",
                                     NULL);
  key = ahoy_config_object_class_add_list (klass, "auths", "More accounts",
                                           "accounts with which the endpoint may prove who it "
                                           "is, besides its own",
                                           NULL);
  ahoy_config_key_set_reference (key, "auth");
  key = ahoy_config_object_class_add_list (klass, "outbound-auths", "Accounts for challenges",
                                           "accounts with which challenges of the endpoint are "
                                           "answered, each for its realm; one that says no realm "
                                           "is for all of them",
                                           NULL);
  ahoy_config_key_set_reference (key, "auth");
}

static gboolean
ahoy_endpoint_config_validate (AhoyConfigObject *object, GError **error)
{
  if (ahoy_config_object_get_string (object, "outbound-password") != NULL
      && ahoy_config_object_get_string (object, "outbound-username") == NULL) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "outbound-password has no use without outbound-username; add it");
    return FALSE;
  }
  if (ahoy_config_object_get_duration (object, "session-minimum") >
      ahoy_config_object_get_duration (object, "session-expires")) {
    g_set_error_literal (error, AHOY_ERROR, AHOY_ERROR_CONFIGURATION_INVALID,
                         "session-minimum is longer than session-expires; make it shorter");
    return FALSE;
  }
  return ahoy_aor_config_validate_keys (object, error);
}

static void
ahoy_endpoint_config_class_init (AhoyEndpointConfigClass *klass)
{
  static const char *const implied[] = { "aor", "auth", NULL };
  static const char *const planned[] = { "media-encryption",  "webrtc",
                                         "ice",
                                         "mailboxes",         NULL };
  AhoyConfigObjectClass *config_class = AHOY_CONFIG_OBJECT_CLASS (klass);

  config_class->type_name = "endpoint";
  config_class->implies = implied;
  config_class->description = "somebody who calls and is called: a phone, a trunk, a browser";
  config_class->validate = ahoy_endpoint_config_validate;
  ahoy_auth_config_add_keys (config_class);
  add_identity_keys (config_class);
  add_party_keys (config_class);
  ahoy_acl_config_add_endpoint_keys (config_class);
  add_way_out_keys (config_class);
  add_media_keys (config_class);
  add_policy_keys (config_class);
  add_info_keys (config_class);
  ahoy_aor_config_add_keys (config_class);
  add_more_keys (config_class);
  add_limit_keys (config_class);
  add_hook_keys (config_class);
  add_progress_keys (config_class);
  add_forward_keys (config_class);
  add_music_keys (config_class);
  add_business_keys (config_class);
  ahoy_config_object_class_plan_keys (config_class, planned);
}

static void
ahoy_endpoint_config_init (AhoyEndpointConfig *self)
{
}

/**
 * ahoy_endpoint_config_new:
 * @name: the name of the object
 *
 * Returns: (transfer full): an object in which every key has its default
 *
 * Since: 0.1
 */
AhoyEndpointConfig *
ahoy_endpoint_config_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return g_object_new (AHOY_TYPE_ENDPOINT_CONFIG, "name", name, NULL);
}

static void
copy_keys (AhoyConfigObject *from, AhoyConfigObject *to)
{
  g_autoptr (GPtrArray) keys
      = ahoy_config_object_class_list_keys (AHOY_CONFIG_OBJECT_GET_CLASS (to));

  for (guint i = 0; i < keys->len; i++) {
    const char *name = g_param_spec_get_name (keys->pdata[i]);
    g_auto (GValue) value = G_VALUE_INIT;

    if (!ahoy_config_object_is_set (from, ahoy_config_key_get_name (keys->pdata[i])))
      continue;
    g_object_get_property (G_OBJECT (from), name, &value);
    g_object_set_property (G_OBJECT (to), name, &value);
  }
  ahoy_config_object_set_origin (to, ahoy_config_object_get_file (from),
                                 ahoy_config_object_get_line (from));
  ahoy_config_object_seal (to);
}

/**
 * ahoy_endpoint_config_make_aor:
 * @self: an endpoint
 *
 * Makes the address of record that the endpoint implies; where the configuration has an `aor` of
 * the same name, that one holds.
 *
 * Returns: (transfer full): an address of record with the name of the endpoint
 *
 * Since: 0.1
 */
AhoyAorConfig *
ahoy_endpoint_config_make_aor (AhoyEndpointConfig *self)
{
  AhoyAorConfig *aor;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_CONFIG (self), NULL);

  aor = ahoy_aor_config_new (ahoy_config_object_get_name (AHOY_CONFIG_OBJECT (self)));
  copy_keys (AHOY_CONFIG_OBJECT (self), AHOY_CONFIG_OBJECT (aor));
  return aor;
}

/**
 * ahoy_endpoint_config_make_auth:
 * @self: an endpoint
 *
 * Makes the account that the endpoint implies; its user name is that of the endpoint where the
 * endpoint says none.
 *
 * Returns: (transfer full) (nullable): an account with the name of the endpoint; %NULL when the
 *   endpoint has no password of any kind
 *
 * Since: 0.1
 */
AhoyAuthConfig *
ahoy_endpoint_config_make_auth (AhoyEndpointConfig *self)
{
  AhoyConfigObject *object = AHOY_CONFIG_OBJECT (self);
  AhoyAuthConfig *auth;

  g_return_val_if_fail (AHOY_IS_ENDPOINT_CONFIG (self), NULL);

  if (ahoy_config_object_get_string (object, "password") == NULL
      && ahoy_config_object_get_string (object, "password-md5") == NULL
      && ahoy_config_object_get_string (object, "password-sha256") == NULL
      && ahoy_config_object_get_string (object, "password-sha512-256") == NULL)
    return NULL;

  auth = ahoy_auth_config_new (ahoy_config_object_get_name (object));
  g_object_set (auth, "username", ahoy_config_object_get_name (object), NULL);
  copy_keys (object, AHOY_CONFIG_OBJECT (auth));
  return auth;
}
