/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <string.h>

#include "ahoy-call-identity-private.h"

#include "ahoy-name-addr.h"
#include "ahoy-passed-headers-private.h"

/* Who one leg of a call is to the other one: by the configuration of its endpoint, else by what it
 * says or is said to be; at a domain of ours, where the other one can call it back. */

#define ANONYMOUS "\"Anonymous\" <sip:anonymous@anonymous.invalid>" /* RFC 3323 §4.1.1.3 */
#define MOST_DIVERSIONS 10
#define MOST_DIVERSION 256 /* bytes of one */
#define PRIVACY "caller-privacy" /* a variable: what is kept, whatever the call says */

static AhoyConfigObject *
config_of (AhoyEndpoint *endpoint)
{
  return endpoint != NULL ? AHOY_CONFIG_OBJECT (ahoy_endpoint_get_config (endpoint)) : NULL;
}

static const char *
get_text (AhoyEndpoint *endpoint, const char *key)
{
  AhoyConfigObject *config = config_of (endpoint);
  const char *text = config != NULL ? ahoy_config_object_get_string (config, key) : NULL;

  return text != NULL && *text != '\0' ? text : NULL;
}

/* The name and number that the configuration gives: Bob <100>, or a name alone */
static void
read_caller_id (AhoyEndpoint *endpoint, char **name, char **user)
{
  const char *text = get_text (endpoint, "caller-id");
  const char *open = text != NULL ? strrchr (text, '<') : NULL;
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  if (text == NULL) {
    return;
  }
  if (close == NULL) {
    *name = g_strdup (text);
    return;
  }
  *name = g_strndup (text, (gsize) (open - text));
  g_strstrip (*name);
  if (**name == '"' && strlen (*name) > 1 && g_str_has_suffix (*name, "\"")) {
    (*name)[strlen (*name) - 1] = '\0';
    memmove (*name, *name + 1, strlen (*name));
  }
  *user = g_strndup (open + 1, (gsize) (close - open - 1));
}

static char *
user_of (AhoyUri *uri)
{
  const char *user = ahoy_uri_get_user_without_options (uri);

  if (user == NULL && ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL) {
    user = ahoy_uri_get_number (uri);
  }
  return g_strdup (user);
}

static AhoyUri *
make_uri (const char *user, const char *domain)
{
  g_autofree char *escaped =
      g_uri_escape_string (user != NULL && *user != '\0' ? user : "anonymous",
                           "!$&'()*+,;=-_.~?/", FALSE);
  g_autofree char *text = g_strdup_printf ("sip:%s@%s", escaped, domain);

  return ahoy_uri_parse (text, NULL);
}

/* A number that somebody wrote for people: (030) 123-45. Others stay as they are. */
static char *
shrink (char *user)
{
  gsize length = 0;

  if (user == NULL || strspn (user, "+0123456789*#().- ") != strlen (user) ||
      strpbrk (user, "0123456789") == NULL) {
    return user;
  }
  for (const char *at = user; *at != '\0'; at++) {
    if (strchr ("().- ", *at) == NULL) {
      user[length++] = *at;
    }
  }
  user[length] = '\0';
  return user;
}

/* What is kept from the other one: by the configuration or a route, else as the call says. */
static AhoyIdentityPrivacy
privacy_of (AhoySession *who, AhoyIdentity *known)
{
  AhoyConfigObject *config = config_of (ahoy_session_get_endpoint (who));
  const char *variable = ahoy_session_get_variable (who, PRIVACY);

  if (variable != NULL) {
    return ahoy_identity_privacy_from_string (variable);
  }
  if (config != NULL && ahoy_config_object_is_set (config, "caller-id-privacy")) {
    return (AhoyIdentityPrivacy) ahoy_config_object_get_choices (config, "caller-id-privacy");
  }
  return known != NULL ? ahoy_identity_get_privacy (known) : AHOY_IDENTITY_PRIVACY_NONE;
}

static gboolean
shrinks (AhoyEndpoint *endpoint)
{
  AhoyConfigObject *config = config_of (endpoint);

  return config != NULL && ahoy_config_object_get_boolean (config, "shrink-caller-id");
}

/*
 * Who @who is, for a peer that knows us by @domain (a host, with a port if it needs one).
 * Returns: (nullable): NULL when there is nothing that could be said
 */
AhoyIdentity *
ahoy_call_identity_make (AhoySession *who, const char *domain)
{
  AhoyIdentity *known = ahoy_session_get_connected_identity (who);
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (who);
  gboolean configured;
  g_autofree char *name = NULL;
  g_autofree char *user = NULL;
  g_autoptr (AhoyUri) uri = NULL;

  read_caller_id (endpoint, &name, &user);
  configured = user != NULL;
  if (!configured && known != NULL) {
    user = user_of (ahoy_identity_get_uri (known));
    if (shrinks (endpoint)) {
      user = shrink (user);
    }
    if (name == NULL) {
      name = g_strdup (ahoy_identity_get_name (known));
    }
  }
  uri = make_uri (user, domain);
  if (uri == NULL) {
    return NULL;
  }
  if (configured || known == NULL) {
    return ahoy_identity_new (name, uri, privacy_of (who, known),
                              get_text (endpoint, "caller-id-tag"));
  }
  return ahoy_identity_derive (known, name, uri, privacy_of (who, known),
                               get_text (endpoint, "caller-id-tag"));
}

/* From of a callee's leg: what it may see of @identity, unless the configuration says something
 * else. */
char *
ahoy_call_identity_make_from (AhoyIdentity *identity, AhoyEndpoint *callee, const char *domain,
                              GError **error)
{
  AhoyIdentityPrivacy privacy =
      identity != NULL ? ahoy_identity_get_privacy (identity) : AHOY_IDENTITY_PRIVACY_NONE;
  gboolean hidden = (privacy & AHOY_IDENTITY_PRIVACY_NUMBER) != 0;
  gboolean named = identity != NULL && !hidden && (privacy & AHOY_IDENTITY_PRIVACY_NAME) == 0;
  const char *given = get_text (callee, "from-user");
  g_autofree char *user = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autoptr (AhoyNameAddr) address = NULL;

  if (hidden && given == NULL) {
    return g_strdup (ANONYMOUS);
  }
  if (given != NULL) {
    user = g_strdup (given);
  } else if (identity != NULL) {
    user = user_of (ahoy_identity_get_uri (identity));
  }
  if (get_text (callee, "from-domain") != NULL) {
    domain = get_text (callee, "from-domain");
  }
  uri = make_uri (user, domain);
  if (uri == NULL) {
    g_autofree char *text = g_strdup_printf ("sip:%s@%s", user, domain);

    ahoy_uri_unref (ahoy_uri_parse (text, error));
    return NULL;
  }
  address = ahoy_name_addr_new (named ? ahoy_identity_get_name (identity) : NULL, uri);
  return ahoy_name_addr_to_string (address);
}

/* A host with its port, if it has one; an IPv6 address in brackets. */
static char *
write_host (AhoyUri *uri)
{
  const char *host = ahoy_uri_get_host (uri);
  g_autofree char *shown = strchr (host, ':') != NULL && *host != '['
                               ? g_strdup_printf ("[%s]", host)
                               : g_strdup (host);

  return ahoy_uri_get_port (uri) != 0 ? g_strdup_printf ("%s:%u", shown, ahoy_uri_get_port (uri))
                                      : g_steal_pointer (&shown);
}

/* The host that the peer of @session knows us by. */
static char *
dup_domain (AhoySession *session)
{
  const char *configured = get_text (ahoy_session_get_endpoint (session), "from-domain");
  AhoyIdentity *told = ahoy_session_get_local_identity (session);
  const char *text = ahoy_session_get_local_uri (session);
  g_autoptr (AhoyUri) parsed = NULL;
  AhoyUri *uri;

  if (configured != NULL) {
    return g_strdup (configured);
  }
  parsed = text != NULL ? ahoy_uri_parse (text, NULL) : NULL;
  uri = told != NULL && ahoy_uri_get_host (ahoy_identity_get_uri (told)) != NULL
            ? ahoy_identity_get_uri (told)
            : parsed;
  if (uri == NULL || ahoy_uri_get_host (uri) == NULL) {
    return NULL;
  }
  return write_host (uri);
}

/* Tells the peer of @session that it talks with that of @partner. */
void
ahoy_call_identity_tell (AhoySession *session, AhoySession *partner)
{
  g_autofree char *domain = dup_domain (session);
  g_autoptr (AhoyIdentity) identity =
      domain != NULL ? ahoy_call_identity_make (partner, domain) : NULL;

  ahoy_session_follow_session_id (session, partner);
  if (identity != NULL) {
    ahoy_session_set_local_identity (session, identity);
  }
}

/* An address with its number as it is written here; its parameters stay. */
static AhoyNameAddr *
rewrite_address (AhoySession *session, AhoyNameAddr *address)
{
  g_autoptr (AhoyIdentity) said =
      ahoy_identity_new (NULL, ahoy_name_addr_get_uri (address), AHOY_IDENTITY_PRIVACY_NONE, NULL);
  g_autoptr (AhoyIdentity) identity = ahoy_session_rewrite_identity (session, said);
  g_auto (GStrv) names = ahoy_name_addr_list_params (address);
  AhoyNameAddr *made;

  if (identity == said) {
    return ahoy_name_addr_ref (address);
  }
  made = ahoy_name_addr_new (ahoy_name_addr_get_display_name (address),
                             ahoy_identity_get_uri (identity));
  for (gsize i = 0; names[i] != NULL; i++) {
    AhoyNameAddr *more = ahoy_name_addr_with_param (
        made, names[i], ahoy_name_addr_get_param (address, names[i]));

    ahoy_name_addr_unref (made);
    made = more;
  }
  return made;
}

/* One value of a header, whose numbers are as they are written here. */
static char *
rewrite_value (AhoySession *session, const char *value, GPtrArray *addresses)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean changed = FALSE;

  for (guint i = 0; i < addresses->len; i++) {
    g_autoptr (AhoyNameAddr) address = rewrite_address (session, addresses->pdata[i]);
    g_autofree char *one = ahoy_name_addr_to_string (address);

    changed = changed || address != addresses->pdata[i];
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
  }
  return changed ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup (value);
}

/* Who sent the call elsewhere before it came to us, where the caller's side is trusted. */
static void
pass_diversions (AhoySession *caller, AhoyEndpoint *callee, const char *key, const char *name,
                 GVariantBuilder *builder)
{
  AhoyConfigObject *from = config_of (ahoy_session_get_endpoint (caller));
  AhoyConfigObject *to = config_of (callee);
  g_auto (GStrv) values = NULL;

  if (from == NULL || to == NULL || !ahoy_config_object_get_boolean (from, "trust-identity") ||
      !ahoy_config_object_get_boolean (to, key)) {
    return;
  }
  values = ahoy_message_get_headers (ahoy_session_get_invite (caller), name);
  for (gsize i = 0; values[i] != NULL && i < MOST_DIVERSIONS; i++) {
    g_autoptr (GPtrArray) parsed = ahoy_name_addr_parse_list (values[i], NULL);

    if (parsed != NULL && strlen (values[i]) <= MOST_DIVERSION) {
      g_autofree char *value = rewrite_value (caller, values[i], parsed);

      g_variant_builder_add (builder, "(ss)", name, value);
    }
  }
}

/*
 * What of the caller's INVITE goes to the callee as it is: the headers that both endpoints name.
 * Returns: (transfer floating): an `a(ss)`
 */
GVariant *
ahoy_call_identity_pass_headers (AhoySession *caller, AhoyEndpoint *callee)
{
  AhoyMessage *invite = ahoy_session_get_invite (caller);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  if (invite == NULL || ahoy_session_get_direction (caller) != AHOY_SESSION_INCOMING) {
    return g_variant_builder_end (&builder);
  }
  pass_diversions (caller, callee, "send-diversion", "Diversion", &builder);
  pass_diversions (caller, callee, "send-history-info", "History-Info", &builder);
  ahoy_passed_headers_add (&builder, invite, ahoy_session_get_endpoint (caller), callee);
  return g_variant_builder_end (&builder);
}
