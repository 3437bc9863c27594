/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <stdlib.h>
#include <string.h>

#include "ahoy-body-part.h"
#include "ahoy-call-identity-private.h"
#include "ahoy-dial-private.h"

/* What a callee sees of the caller, and how it is called: who calls, by how many hops, in which
 * codecs. */

#define DEFAULT_HOPS 70
#define MAX_REDIRECTS 10 /* that are told to have happened to a call */
#define HEADERS "ahoy-dial-headers"

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

/* Who the caller is to the callee. */
static AhoyIdentity *
make_identity (AhoySession *caller, AhoyEndpoint *callee, const char *domain)
{
  const char *own = get_text (callee, "from-domain");

  return ahoy_call_identity_make (caller, own != NULL ? own : domain);
}

/* From of the callee's leg: the caller's name and user, at a domain of ours, unless the
 * configuration says something else. */
char *
ahoy_dial_make_from (AhoySession *caller, AhoyEndpoint *callee, const char *domain, GError **error)
{
  g_autoptr (AhoyIdentity) identity = make_identity (caller, callee, domain);

  return ahoy_call_identity_make_from (identity, callee, domain, error);
}

/* Whether the call was sent elsewhere so often that it goes in circles (RFC 5806 §6.4). */
static gboolean
was_sent_around (AhoySession *caller)
{
  const char *text = ahoy_session_get_variable (caller, "redirecting-count");
  guint64 count = 0;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &count, NULL) &&
         count > MAX_REDIRECTS;
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
  return given > 0 && !was_sent_around (caller);
}

/* The codec that was agreed on with a caller who is answered; NULL for none. */
static char **
list_agreed (AhoySession *caller)
{
  AhoyMediaStream *media = ahoy_session_find_media (caller, "audio");
  const char *codec = media != NULL ? ahoy_media_stream_get_codec (media) : NULL;
  const char *const names[] = { codec, NULL };

  return codec != NULL ? g_strdupv ((char **) names) : NULL;
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
  gboolean answered = ahoy_session_get_state (caller) == AHOY_SESSION_ACTIVE;
  g_auto (GStrv) offered = answered ? list_agreed (caller) : list_offered (caller);
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

/* What goes from leg to leg, and what a transfer adds. Returns: (transfer floating): an `a(ss)` */
static GVariant *
collect_headers (AhoySession *caller, AhoyEndpoint *callee)
{
  g_autoptr (GVariant) passed =
      g_variant_ref_sink (ahoy_call_identity_pass_headers (caller, callee));
  GVariant *lists[] = { passed, g_object_get_data (G_OBJECT (caller), HEADERS) };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; i < G_N_ELEMENTS (lists) && lists[i] != NULL; i++) {
    for (gsize j = 0; j < g_variant_n_children (lists[i]); j++) {
      g_autoptr (GVariant) header = g_variant_get_child_value (lists[i], j);

      g_variant_builder_add_value (&builder, header);
    }
  }
  return g_variant_builder_end (&builder);
}

/* Returns: a floating variant for ahoy_session_service_dial_contact(), and `aor` s for
 * #AhoyDialOptionsFunc */
GVariant *
ahoy_dial_make_options (AhoySession *caller, AhoyEndpoint *callee, const char *domain,
                        const char *aor, guint hops, gboolean late_offer)
{
  g_autoptr (AhoyIdentity) identity = make_identity (caller, callee, domain);
  g_autoptr (GVariant) described = identity != NULL ? ahoy_identity_to_variant (identity) : NULL;
  g_autofree char *codecs = order_codecs (caller, callee);
  const char *media_address = get_text (callee, "media-address");
  const char *auto_answer = ahoy_session_get_variable (caller, "SIP_AUTO_ANSWER");
  GVariantBuilder variables;
  GVariantBuilder options;

  g_variant_builder_init (&variables, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&variables, "{ss}", "codecs", codecs);
  if (media_address != NULL) {
    g_variant_builder_add (&variables, "{ss}", "media-address", media_address);
  }
  if (auto_answer != NULL) {
    g_variant_builder_add (&variables, "{ss}", "SIP_AUTO_ANSWER", auto_answer);
  }
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "variables", g_variant_builder_end (&variables));
  g_variant_builder_add (&options, "{sv}", "max-forwards", g_variant_new_uint32 (hops));
  g_variant_builder_add (&options, "{sv}", "parent",
                         g_variant_new_uint64 (ahoy_session_get_id (caller)));
  if (late_offer) {
    g_variant_builder_add (&options, "{sv}", "late-offer", g_variant_new_boolean (TRUE));
  }
  g_variant_builder_add (&options, "{sv}", "headers", collect_headers (caller, callee));
  g_variant_builder_add (&options, "{sv}", "session-id",
                         g_variant_new_string (ahoy_session_get_peer_uuid (caller)));
  if (described != NULL) {
    g_variant_builder_add (&options, "{sv}", "identity", described);
  }
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
    ahoy_session_set_variable (caller, "matched-codec", codec);
  }
}

void
ahoy_dial_set_headers (AhoySession *caller, GVariant *headers)
{
  g_object_set_data_full (G_OBJECT (caller), HEADERS,
                          headers != NULL ? g_variant_ref_sink (headers) : NULL,
                          (GDestroyNotify) g_variant_unref);
}
