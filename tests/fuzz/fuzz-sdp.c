/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "ahoy.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);

  return 0;
}

/* Everything there is to read in a stream. */
static void
read_media (AhoySdpMedia *media)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);
  g_autofree char *connection = ahoy_sdp_media_get_connection (media);
  g_autofree char *rtcp_address = ahoy_sdp_media_get_rtcp_address (media);
  const char *name = NULL;
  const char *value = NULL;

  g_assert_true ((connection != NULL) == (ahoy_sdp_media_get_address (media) != NULL));
  g_assert_true (rtcp_address != NULL || connection == NULL);
  for (guint i = 0; i < formats->len; i++) {
    g_autofree char *parameter = ahoy_sdp_format_get_parameter (formats->pdata[i], "mode");
    g_assert_true (parameter == NULL || g_utf8_validate (parameter, -1, NULL));
  }
  for (guint i = 0; ahoy_sdp_media_get_nth_attribute (media, i, &name, &value); i++) {
    g_auto (GStrv) values = ahoy_sdp_media_get_attribute_values (media, name);

    g_assert_true (g_utf8_validate (name, -1, NULL) && g_utf8_validate (value, -1, NULL));
    g_assert_cmpuint (g_strv_length (values), >=, 1);
  }

  g_assert_cmpuint (ahoy_sdp_media_get_rtcp_port (media), <=, G_MAXUINT16);
  g_assert_cmpuint (ahoy_sdp_media_get_direction (media), <=, AHOY_SDP_DIRECTION_SENDRECV);
  ahoy_sdp_media_get_ptime (media);
  ahoy_sdp_media_get_maxptime (media);
}

/* A stream can be changed in every way and stays something a parser takes. */
static void
change_media (AhoySdpSession *session)
{
  for (guint i = 0; i < ahoy_sdp_session_get_n_media (session); i++) {
    AhoySdpMedia *media = ahoy_sdp_session_get_media (session, i);
    const char *const *formats = ahoy_sdp_media_get_formats (media);

    if (formats[0] != NULL && formats[1] != NULL)
      ahoy_sdp_media_remove_format (media, formats[0]);
    ahoy_sdp_media_remove_attribute (media, "ptime");
    ahoy_sdp_media_set_address (media, "2001:db8::1");
  }
}

static void
assert_parses_again (AhoySdpSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ahoy_sdp_session_to_string (session);
  g_autoptr (AhoySdpSession) again = ahoy_sdp_session_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (ahoy_sdp_session_equal (session, again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AhoySdpSession) session = NULL;
  g_autoptr (AhoySdpSession) copy = NULL;
  g_autoptr (AhoySdpSession) answer = NULL;

  session = ahoy_sdp_session_parse (data != NULL ? (const char *) data : "", size, &error);
  g_assert_true ((session != NULL) == (error == NULL));
  if (session == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }

  assert_parses_again (session);
  copy = ahoy_sdp_session_copy (session);
  g_assert_true (ahoy_sdp_session_equal (session, copy));

  answer = ahoy_sdp_session_new_answer_skeleton (session);
  assert_parses_again (answer);
  g_assert_true (ahoy_sdp_session_check_answer (session, answer, NULL));
  ahoy_sdp_session_check_answer (session, copy, NULL);

  for (guint i = 0; i < ahoy_sdp_session_get_n_media (session); i++)
    read_media (ahoy_sdp_session_get_media (session, i));

  change_media (copy);
  assert_parses_again (copy);

  return 0;
}
