/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 *
 * What a call could have, for who asks before it calls (RFC 3261 section 11, RFC 3264 section 9).
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-extension-private.h"
#include "ahoy-session-content-private.h"
#include "ahoy-session-private.h"

/* Whether a peer that says what bodies it reads reads SDP (RFC 3261 §20.1). */
gboolean
ahoy_session_reads_sdp (AhoyMessage *request)
{
  g_auto (GStrv) values = ahoy_message_get_headers (request, "Accept");

  if (!ahoy_message_has_header (request, "Accept")) {
    return TRUE;
  }
  for (gsize i = 0; values[i] != NULL; i++) {
    g_auto (GStrv) ranges = g_strsplit (values[i], ",", -1);

    for (gsize j = 0; ranges[j] != NULL; j++) {
      g_strstrip (ranges[j]);
      if (ahoy_content_type_is (ranges[j], "application/sdp") ||
          ahoy_content_type_is (ranges[j], "application/*") ||
          ahoy_content_type_is (ranges[j], "*/*")) {
        return TRUE;
      }
    }
  }
  return FALSE;
}

static gboolean
describe (AhoySessionService *self, AhoyEndpoint *endpoint, AhoySdpMedia *media)
{
  g_autoptr (AhoyExtensionSnapshot) handlers = ahoy_session_service_get_sdp_handlers (self);
  guint n_handlers = ahoy_extension_snapshot_get_length (handlers);

  for (guint i = 0; i < n_handlers; i++) {
    AhoyExtension *entry = ahoy_extension_snapshot_get (handlers, i);
    AhoyExtensionCall call;
    AhoySdpVerdict verdict;

    if (!ahoy_extension_matches (entry, ahoy_sdp_media_get_media_type (media))) {
      continue;
    }
    call = ahoy_extension_begin_call ();
    verdict = ahoy_sdp_handler_describe (AHOY_SDP_HANDLER (ahoy_extension_get_object (entry)),
                                         endpoint, media);
    ahoy_extension_end_call (entry, &call, "the description of what a call could have");
    if (verdict != AHOY_SDP_NOT_MINE) {
      return verdict == AHOY_SDP_HANDLED;
    }
  }
  return FALSE;
}

/**
 * ahoy_session_service_describe:
 * @self: a service
 * @endpoint: (nullable): who asks; %NULL when that is nobody we know
 *
 * Says what a call could have, as the answer to OPTIONS does (RFC 3264 section 9): each of the
 * offered media types with its formats, and with port 0, so that nobody takes it for an offer.
 *
 * Returns: (transfer full) (nullable): the description, which belongs to no session; %NULL when no
 *   SDP handler has anything to say
 *
 * Since: 0.1
 */
AhoySdpSession *
ahoy_session_service_describe (AhoySessionService *self, AhoyEndpoint *endpoint)
{
  g_autoptr (AhoySdpSession) sdp = NULL;
  const char *const *types;
  guint64 id = g_random_int ();

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), NULL);

  types = ahoy_session_service_get_offered_media (self);
  sdp = ahoy_sdp_session_new ();
  ahoy_sdp_session_set_username (sdp, "-");
  ahoy_sdp_session_set_name (sdp, "-");
  ahoy_sdp_session_set_id (sdp, id);
  ahoy_sdp_session_set_version (sdp, id);
  /* Any address is right (RFC 3264 §9); this one says nothing of our networks. */
  ahoy_sdp_session_set_origin_address (sdp, "127.0.0.1");
  ahoy_sdp_session_set_address (sdp, "127.0.0.1");
  for (gsize i = 0; types[i] != NULL; i++) {
    g_autoptr (AhoySdpMedia) media = ahoy_sdp_media_new (types[i], 0, "RTP/AVP");

    if (describe (self, endpoint, media)) {
      ahoy_sdp_session_add_media (sdp, media);
    }
  }
  return ahoy_sdp_session_get_n_media (sdp) > 0 ? g_steal_pointer (&sdp) : NULL;
}

/**
 * ahoy_session_service_describe_to:
 * @self: a service
 * @request: an OPTIONS outside of a call
 * @response: the answer to it that is being made
 *
 * Adds what a call could have to the answer, for an endpoint that says that it reads SDP (Accept,
 * RFC 3261 section 11.2). Others get no body: nobody shall make us send much by asking little.
 *
 * Returns: whether there is a body now
 *
 * Since: 0.1
 */
gboolean
ahoy_session_service_describe_to (AhoySessionService *self, AhoyMessage *request,
                                  AhoyMessage *response)
{
  AhoyEndpoint *endpoint;
  g_autoptr (AhoySdpSession) sdp = NULL;

  g_return_val_if_fail (AHOY_IS_SESSION_SERVICE (self), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE (request), FALSE);
  g_return_val_if_fail (AHOY_IS_MESSAGE (response), FALSE);

  endpoint = ahoy_message_get_endpoint (request);
  if (endpoint == NULL || !ahoy_message_has_header (request, "Accept") ||
      !ahoy_session_reads_sdp (request)) {
    return FALSE;
  }
  sdp = ahoy_session_service_describe (self, endpoint);
  return sdp != NULL && ahoy_session_set_sdp (response, sdp, NULL);
}
