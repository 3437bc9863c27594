/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <stdlib.h>
#include <string.h>

#include "ahoy-body-part.h"
#include "ahoy-dial-private.h"
#include "ahoy-name-addr.h"
#include "ahoy-uri.h"

/* What a callee sees of the caller, and how it is called: who calls, by how many hops, in which
 * codecs. */

#define DEFAULT_HOPS 70
#define ANONYMOUS "\"Anonymous\" <sip:anonymous@anonymous.invalid>" /* RFC 3323 §4.1.1.3 */

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

/* The name and number that the configuration gives to the caller: Bob <100> */
static gboolean
read_caller_id (AhoyEndpoint *caller, char **name, char **user)
{
  const char *text = get_text (caller, "caller-id");
  const char *open = text != NULL ? strrchr (text, '<') : NULL;
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  if (text == NULL) {
    return FALSE;
  }
  if (close == NULL) {
    *name = g_strdup (text);
    return FALSE;
  }
  *name = g_strndup (text, (gsize) (open - text));
  g_strstrip (*name);
  if (**name == '"' && strlen (*name) > 1 && g_str_has_suffix (*name, "\"")) {
    (*name)[strlen (*name) - 1] = '\0';
    memmove (*name, *name + 1, strlen (*name));
  }
  *user = g_strndup (open + 1, (gsize) (close - open - 1));
  return TRUE;
}

static char *
user_of (AhoyUri *uri)
{
  const char *user = uri != NULL ? ahoy_uri_get_user_without_options (uri) : NULL;

  if (user == NULL && uri != NULL && ahoy_uri_get_scheme (uri) == AHOY_URI_SCHEME_TEL) {
    user = ahoy_uri_get_number (uri);
  }
  return g_strdup (user);
}

/* Who calls, as it says itself, or as those say whom we trust; FALSE: it does not want to be shown.
 */
static gboolean
read_identity (AhoySession *caller, char **name, char **user)
{
  AhoyEndpoint *endpoint = ahoy_session_get_endpoint (caller);
  gboolean trusted = endpoint != NULL &&
                     ahoy_config_object_get_boolean (config_of (endpoint), "trust-identity");
  g_autoptr (AhoyIdentity) identity = NULL;
  g_autoptr (AhoyUri) uri = NULL;

  if (ahoy_session_get_direction (caller) == AHOY_SESSION_OUTGOING) {
    uri = ahoy_uri_parse (ahoy_session_get_remote_uri (caller), NULL);
    *user = user_of (uri);
    return TRUE;
  }
  identity = ahoy_session_get_identity (caller, trusted, NULL);
  if (identity == NULL) {
    return TRUE;
  }
  if ((ahoy_identity_get_privacy (identity) & AHOY_IDENTITY_PRIVACY_NUMBER) != 0) {
    return FALSE;
  }
  if ((ahoy_identity_get_privacy (identity) & AHOY_IDENTITY_PRIVACY_NAME) == 0) {
    *name = g_strdup (ahoy_identity_get_name (identity));
  }
  *user = user_of (ahoy_identity_get_uri (identity));
  return TRUE;
}

/* From of the callee's leg: the caller's name and user, at a domain of ours, unless the
 * configuration says something else. */
char *
ahoy_dial_make_from (AhoySession *caller, AhoyEndpoint *callee, const char *domain, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *user = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *text = NULL;
  g_autoptr (AhoyUri) uri = NULL;
  g_autoptr (AhoyNameAddr) address = NULL;

  if (!read_caller_id (ahoy_session_get_endpoint (caller), &name, &user)) {
    g_autofree char *given = g_steal_pointer (&name);

    if (!read_identity (caller, &name, &user) && get_text (callee, "from-user") == NULL) {
      return g_strdup (ANONYMOUS);
    }
    if (given != NULL) {
      g_free (name);
      name = g_steal_pointer (&given);
    }
  }
  if (get_text (callee, "from-user") != NULL) {
    g_free (user);
    user = g_strdup (get_text (callee, "from-user"));
  }
  if (get_text (callee, "from-domain") != NULL) {
    domain = get_text (callee, "from-domain");
  }
  escaped = g_uri_escape_string (user != NULL && *user != '\0' ? user : "anonymous",
                                 "!$&'()*+,;=-_.~?/", FALSE);
  text = g_strdup_printf ("sip:%s@%s", escaped, domain);
  uri = ahoy_uri_parse (text, error);
  if (uri == NULL) {
    return NULL;
  }
  address = ahoy_name_addr_new (name != NULL && *name != '\0' ? name : NULL, uri);
  return ahoy_name_addr_to_string (address);
}

/* How many hops the callee's INVITE may go; FALSE: none, the call went in circles (RFC 3261 §16.3).
 */
gboolean
ahoy_dial_count_hops (AhoySession *caller, guint *hops)
{
  AhoyMessage *invite = ahoy_session_get_invite (caller);
  g_autofree char *text = NULL;
  guint64 given = DEFAULT_HOPS;

  if (ahoy_session_get_direction (caller) == AHOY_SESSION_INCOMING && invite != NULL) {
    text = ahoy_message_get_header (invite, "Max-Forwards");
  }
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, 255, &given, NULL)) {
    given = DEFAULT_HOPS;
  }
  *hops = given > 0 ? (guint) given - 1 : 0;
  return given > 0;
}

/* Names of the codecs that the caller offers, in its order; NULL when it offers nothing yet. */
static char **
list_offered (AhoySession *caller)
{
  AhoyMessage *invite = ahoy_session_get_invite (caller);
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GPtrArray) formats = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (AhoySdpSession) sdp = NULL;

  if (ahoy_session_get_direction (caller) != AHOY_SESSION_INCOMING || invite == NULL) {
    return NULL;
  }
  parts = ahoy_message_get_parts (invite, NULL);
  for (guint i = 0; parts != NULL && i < parts->len && sdp == NULL; i++) {
    if (g_ascii_strncasecmp (ahoy_body_part_get_content_type (parts->pdata[i]),
                             "application/sdp", strlen ("application/sdp")) == 0) {
      sdp = ahoy_sdp_session_parse_bytes (ahoy_body_part_get_body (parts->pdata[i]), NULL);
    }
  }
  for (guint i = 0; sdp != NULL && i < ahoy_sdp_session_get_n_media (sdp); i++) {
    AhoySdpMedia *media = ahoy_sdp_session_get_media (sdp, i);

    if (g_str_equal (ahoy_sdp_media_get_media_type (media), "audio")) {
      formats = ahoy_sdp_media_get_rtp_formats (media);
      break;
    }
  }
  for (guint i = 0; formats != NULL && i < formats->len; i++) {
    g_ptr_array_add (names, g_strdup (ahoy_sdp_format_get_encoding (formats->pdata[i])));
  }
  if (names->len == 0) {
    return NULL;
  }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

static gboolean
has_name (const char *const *names, const char *name)
{
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    if (g_ascii_strcasecmp (names[i], name) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* The callee's codecs: those that the caller has come first, so that nothing has to be transcoded.
 */
static char *
order_codecs (AhoySession *caller, AhoyEndpoint *callee)
{
  g_autoptr (AhoyEndpointConfig) fallback = ahoy_endpoint_config_new ("default");
  AhoyConfigObject *config = callee != NULL ? config_of (callee) : AHOY_CONFIG_OBJECT (fallback);
  const char *const *allowed = ahoy_config_object_get_list (config, "codecs");
  g_auto (GStrv) offered = list_offered (caller);
  g_autoptr (GString) order = g_string_new (NULL);

  for (gsize i = 0; offered != NULL && offered[i] != NULL; i++) {
    if (has_name (allowed, offered[i])) {
      g_string_append_printf (order, "%s%s", order->len > 0 ? ";" : "", offered[i]);
    }
  }
  for (gsize i = 0; allowed != NULL && allowed[i] != NULL; i++) {
    if (!has_name ((const char *const *) offered, allowed[i])) {
      g_string_append_printf (order, "%s%s", order->len > 0 ? ";" : "", allowed[i]);
    }
  }
  return g_string_free (g_steal_pointer (&order), FALSE);
}

/* Returns: a floating variant for ahoy_session_service_dial_contact(), and `aor` s for
 * #AhoyDialOptionsFunc */
GVariant *
ahoy_dial_make_options (AhoySession *caller, AhoyEndpoint *callee, const char *aor, guint hops)
{
  g_autofree char *codecs = order_codecs (caller, callee);
  const char *media_address = get_text (callee, "media-address");
  GVariantBuilder variables;
  GVariantBuilder options;

  g_variant_builder_init (&variables, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&variables, "{ss}", "codecs", codecs);
  if (media_address != NULL) {
    g_variant_builder_add (&variables, "{ss}", "media-address", media_address);
  }
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "variables", g_variant_builder_end (&variables));
  g_variant_builder_add (&options, "{sv}", "max-forwards", g_variant_new_uint32 (hops));
  if (aor != NULL) {
    g_variant_builder_add (&options, "{sv}", "aor", g_variant_new_string (aor));
  }
  return g_variant_builder_end (&options);
}

/* The caller is to be answered: with the codec that the callee took, when it offers that too. */
void
ahoy_dial_match_codec (AhoySession *caller, AhoySession *callee)
{
  AhoyMediaStream *media = ahoy_session_find_media (callee, "audio");
  const char *codec = media != NULL ? ahoy_media_stream_get_codec (media) : NULL;
  g_auto (GStrv) offered = list_offered (caller);

  if (codec != NULL && has_name ((const char *const *) offered, codec)) {
    ahoy_session_set_variable (caller, "codecs", codec);
  }
}
