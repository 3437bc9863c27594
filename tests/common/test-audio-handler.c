/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#include "test-audio-handler.h"

enum { HANDLE_OFFER, CREATE_STREAM, NEGOTIATE, APPLY, END, N_CALLBACKS };

struct _TestAudioHandler {
  GObject parent_instance;

  char *label;
  char *mood;
  guint counts[N_CALLBACKS];
};

static void handler_iface_init (AhoySdpHandlerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestAudioHandler, test_audio_handler, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_SDP_HANDLER, handler_iface_init))

static AhoySdpVerdict
mood_of (TestAudioHandler *self)
{
  if (g_str_equal (self->mood, "fail")) {
    return AHOY_SDP_ERROR;
  }
  return g_str_equal (self->mood, "decline") ? AHOY_SDP_NOT_MINE : AHOY_SDP_HANDLED;
}

static gboolean
knows (AhoySdpFormat *format)
{
  const char *encoding = ahoy_sdp_format_get_encoding (format);

  return encoding != NULL && (g_ascii_strcasecmp (encoding, "PCMU") == 0 ||
                              g_ascii_strcasecmp (encoding, "PCMA") == 0);
}

static gboolean
has_common_format (AhoySdpMedia *media)
{
  g_autoptr (GPtrArray) formats = ahoy_sdp_media_get_rtp_formats (media);

  for (guint i = 0; i < formats->len; i++) {
    if (knows (formats->pdata[i])) {
      return TRUE;
    }
  }
  return FALSE;
}

static AhoySdpVerdict
handle_offer (AhoySdpHandler *handler, AhoySession *session, AhoySessionStream *stream)
{
  TestAudioHandler *self = TEST_AUDIO_HANDLER (handler);

  self->counts[HANDLE_OFFER]++;
  if (mood_of (self) != AHOY_SDP_HANDLED) {
    return mood_of (self);
  }
  return has_common_format (ahoy_session_stream_get_remote (stream)) ? AHOY_SDP_HANDLED
                                                                     : AHOY_SDP_NOT_MINE;
}

static void
describe (TestAudioHandler *self, AhoySdpMedia *local)
{
  ahoy_sdp_media_set_port (local, 61500);
  ahoy_sdp_media_set_address (local, "127.0.0.1");
  ahoy_sdp_media_set_attribute (local, "label", self->label);
}

static AhoySdpVerdict
create_stream (AhoySdpHandler *handler, AhoySession *session, AhoySessionStream *stream)
{
  TestAudioHandler *self = TEST_AUDIO_HANDLER (handler);
  AhoySdpMedia *local = ahoy_session_stream_get_local (stream);

  self->counts[CREATE_STREAM]++;
  if (mood_of (self) != AHOY_SDP_HANDLED) {
    return mood_of (self);
  }
  describe (self, local);
  if (!ahoy_sdp_media_has_format (local, "0")) {
    g_autoptr (AhoySdpFormat) pcmu = ahoy_sdp_format_new_static (0);
    g_autoptr (AhoySdpFormat) pcma = ahoy_sdp_format_new_static (8);

    ahoy_sdp_media_add_rtp_format (local, pcmu);
    ahoy_sdp_media_add_rtp_format (local, pcma);
  }
  return AHOY_SDP_HANDLED;
}

static AhoySdpVerdict
negotiate (AhoySdpHandler *handler, AhoySession *session, AhoySessionStream *stream)
{
  TestAudioHandler *self = TEST_AUDIO_HANDLER (handler);
  AhoySdpMedia *remote = ahoy_session_stream_get_remote (stream);
  AhoySdpMedia *local = ahoy_session_stream_get_local (stream);
  g_autoptr (GPtrArray) formats = NULL;

  self->counts[NEGOTIATE]++;
  if (!has_common_format (remote)) {
    return AHOY_SDP_ERROR;
  }
  if (ahoy_session_stream_is_offerer (stream)) {
    return AHOY_SDP_HANDLED;
  }
  describe (self, local);
  formats = ahoy_sdp_media_get_rtp_formats (remote);
  for (const char *const *old = ahoy_sdp_media_get_formats (local); *old != NULL;
       old = ahoy_sdp_media_get_formats (local)) {
    g_autofree char *copy = g_strdup (*old);

    ahoy_sdp_media_remove_format (local, copy);
  }
  for (guint i = 0; i < formats->len; i++) {
    if (knows (formats->pdata[i])) {
      ahoy_sdp_media_add_rtp_format (local, formats->pdata[i]);
    }
  }
  return AHOY_SDP_HANDLED;
}

static AhoySdpVerdict
apply (AhoySdpHandler *handler, AhoySession *session, AhoySessionStream *stream)
{
  TEST_AUDIO_HANDLER (handler)->counts[APPLY]++;
  return AHOY_SDP_HANDLED;
}

static void
end (AhoySdpHandler *handler, AhoySession *session, AhoySessionStream *stream)
{
  TEST_AUDIO_HANDLER (handler)->counts[END]++;
}

static void
handler_iface_init (AhoySdpHandlerInterface *iface)
{
  iface->handle_offer = handle_offer;
  iface->create_stream = create_stream;
  iface->negotiate = negotiate;
  iface->apply = apply;
  iface->end = end;
}

static void
test_audio_handler_finalize (GObject *object)
{
  TestAudioHandler *self = TEST_AUDIO_HANDLER (object);

  g_free (self->label);
  g_free (self->mood);
  G_OBJECT_CLASS (test_audio_handler_parent_class)->finalize (object);
}

static void
test_audio_handler_class_init (TestAudioHandlerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_audio_handler_finalize;
}

static void
test_audio_handler_init (TestAudioHandler *self)
{
  self->mood = g_strdup ("take");
}

TestAudioHandler *
test_audio_handler_new (const char *label)
{
  TestAudioHandler *self = g_object_new (TEST_TYPE_AUDIO_HANDLER, NULL);

  self->label = g_strdup (label);
  return self;
}

void
test_audio_handler_set_mood (TestAudioHandler *self, const char *mood)
{
  g_free (self->mood);
  self->mood = g_strdup (mood);
}

const guint *
test_audio_handler_get_counts (TestAudioHandler *self)
{
  return self->counts;
}
