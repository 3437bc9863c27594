/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include <stdlib.h>
#include <string.h>

#include "ahoy-error.h"
#include "ahoy-sdp-session-private.h"

/* What RFC 3264 asks of an answer. */

static gboolean
has_matching_format (AhoySdpMedia *media, AhoySdpFormat *wanted)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    if (ahoy_sdp_format_matches (g_ptr_array_index (formats, i), wanted))
      return TRUE;
  }

  return FALSE;
}

/* RFC 3264 section 6.1: at least one format of the answer must be of the offer. The same codec may
 * have another payload type on each side, and the same payload type another codec. */
static gboolean
has_common_format (AhoySdpMedia *offer, AhoySdpMedia *answer)
{
  const char *const *names = ahoy_sdp_media_get_formats (answer);

  for (gsize i = 0; names[i] != NULL; i++) {
    g_autoptr (AhoySdpFormat) answered = NULL;

    if (ahoy_sdp_media_is_rtp (answer))
      answered = ahoy_sdp_media_get_rtp_format (answer, (guint) atoi (names[i]));

    if (answered == NULL && ahoy_sdp_media_has_format (offer, names[i]))
      return TRUE;
    if (answered != NULL && has_matching_format (offer, answered))
      return TRUE;
  }

  return FALSE;
}

static gboolean
check_media_answer (AhoySdpMedia *offer, AhoySdpMedia *answer, guint index, GError **error)
{
  const char *type = ahoy_sdp_media_get_media_type (offer);
  const char *proto = ahoy_sdp_media_get_proto (offer);

  if (strcmp (type, ahoy_sdp_media_get_media_type (answer)) != 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The SDP answer cannot be used: stream %u is \"%s\" where the offer has \"%s\"",
                 index + 1, ahoy_sdp_media_get_media_type (answer), type);
    return FALSE;
  }
  if (ahoy_sdp_media_get_port (answer) == 0)
    return TRUE;
  if (ahoy_sdp_media_is_rejected (offer)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The SDP answer cannot be used: stream %u (%s) has port 0 in the offer and "
                 "port %u in the answer",
                 index + 1, type, ahoy_sdp_media_get_port (answer));
    return FALSE;
  }
  if (g_ascii_strcasecmp (proto, ahoy_sdp_media_get_proto (answer)) != 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The SDP answer cannot be used: stream %u (%s) speaks \"%s\" where the "
                 "offer speaks \"%s\"",
                 index + 1, type, ahoy_sdp_media_get_proto (answer), proto);
    return FALSE;
  }
  if (!has_common_format (offer, answer)) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The SDP answer cannot be used: stream %u (%s) has no format of the offer",
                 index + 1, type);
    return FALSE;
  }

  return TRUE;
}

/**
 * ahoy_sdp_session_check_answer:
 * @offer: an offer
 * @answer: what came as its answer
 * @error: return location for an error
 *
 * Checks that @answer fits @offer (RFC 3264 section 6): the same number of streams, in the same
 * order, of the same media types; and for each that is not rejected, that the offer did not
 * withdraw it, that the protocol is the same, and that at least one format is of the offer. RTP
 * formats are compared by codec, since each side may number them as it likes; the answer may name
 * further ones (section 6.1). Directions are not checked; [func@Ahoy.SdpDirection.answer] says
 * what they allow.
 *
 * Returns: %TRUE if the answer can be used, else %FALSE with @error set to
 *   %AHOY_ERROR_INVALID_ARGUMENTS
 *
 * Since: 0.1
 */
gboolean
ahoy_sdp_session_check_answer (AhoySdpSession *offer, AhoySdpSession *answer, GError **error)
{
  guint n_media;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (offer), FALSE);
  g_return_val_if_fail (AHOY_IS_SDP_SESSION (answer), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  n_media = ahoy_sdp_session_get_n_media (offer);
  if (ahoy_sdp_session_get_n_media (answer) != n_media) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_ARGUMENTS,
                 "The SDP answer cannot be used: it has %u streams where the offer has %u",
                 ahoy_sdp_session_get_n_media (answer), n_media);
    return FALSE;
  }

  for (guint i = 0; i < n_media; i++) {
    if (!check_media_answer (ahoy_sdp_session_get_media (offer, i),
                             ahoy_sdp_session_get_media (answer, i), i, error))
      return FALSE;
  }

  return TRUE;
}

/**
 * ahoy_sdp_session_new_answer_skeleton:
 * @offer: an offer
 *
 * Makes an answer that rejects every stream of @offer, with the same time lines (RFC 3264 section
 * 6). Each stream that is accepted then takes the place of its rejection by
 * [method@Ahoy.SdpSession.replace_media].
 *
 * Returns: (transfer full): a new session description
 *
 * Since: 0.1
 */
AhoySdpSession *
ahoy_sdp_session_new_answer_skeleton (AhoySdpSession *offer)
{
  AhoySdpSession *answer;

  g_return_val_if_fail (AHOY_IS_SDP_SESSION (offer), NULL);

  answer = ahoy_sdp_session_new ();
  ahoy_sdp_session_copy_times (answer, offer);
  for (guint i = 0; i < ahoy_sdp_session_get_n_media (offer); i++) {
    g_autoptr (AhoySdpMedia) media = NULL;

    media = ahoy_sdp_media_new_rejected (ahoy_sdp_session_get_media (offer, i));
    ahoy_sdp_session_add_media (answer, media);
  }

  return answer;
}
