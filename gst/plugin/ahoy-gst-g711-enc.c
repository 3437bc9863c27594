/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <gst/audio/audio.h>

#include "ahoy-gst-g711-enc.h"
#include "ahoy-gst-g711.h"

/* The element ahoyg711enc: PCM to µ-law or A-law, whichever is wanted downstream. */
struct _AhoyGstG711Enc {
  GstAudioEncoder parent_instance;

  AhoyGstG711Law law;
};

#define CAPS "rate = 8000, channels = 1"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("audio/x-raw, format = " GST_AUDIO_NE (S16) ", layout = interleaved, " CAPS));
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS ("audio/x-mulaw, " CAPS "; audio/x-alaw, " CAPS));

G_DEFINE_FINAL_TYPE (AhoyGstG711Enc, ahoy_gst_g711_enc, GST_TYPE_AUDIO_ENCODER)

static gboolean
ahoy_gst_g711_enc_set_format (GstAudioEncoder *encoder, GstAudioInfo *info)
{
  AhoyGstG711Enc *self = AHOY_GST_G711_ENC (encoder);
  g_autoptr (GstCaps) caps = gst_pad_get_allowed_caps (GST_AUDIO_ENCODER_SRC_PAD (encoder));

  if (caps == NULL) {
    caps = gst_static_pad_template_get_caps (&src_template);
  }
  if (gst_caps_is_empty (caps)) {
    return FALSE;
  }
  caps = gst_caps_fixate (g_steal_pointer (&caps));
  self->law = gst_structure_has_name (gst_caps_get_structure (caps, 0), "audio/x-alaw")
                  ? AHOY_GST_G711_ALAW
                  : AHOY_GST_G711_ULAW;
  return gst_audio_encoder_set_output_format (encoder, caps);
}

static GstFlowReturn
ahoy_gst_g711_enc_handle_frame (GstAudioEncoder *encoder, GstBuffer *buffer)
{
  AhoyGstG711Enc *self = AHOY_GST_G711_ENC (encoder);
  GstMapInfo in, out;
  GstBuffer *encoded;
  gsize n_samples;

  if (buffer == NULL) {
    return GST_FLOW_OK;
  }
  n_samples = gst_buffer_get_size (buffer) / sizeof (gint16);
  encoded = gst_audio_encoder_allocate_output_buffer (encoder, n_samples);
  gst_buffer_map (buffer, &in, GST_MAP_READ);
  gst_buffer_map (encoded, &out, GST_MAP_WRITE);
  ahoy_gst_g711_encode (self->law, (const gint16 *)in.data, out.data, n_samples);
  gst_buffer_unmap (encoded, &out);
  gst_buffer_unmap (buffer, &in);
  return gst_audio_encoder_finish_frame (encoder, encoded, (int)n_samples);
}

static void
ahoy_gst_g711_enc_class_init (AhoyGstG711EncClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstAudioEncoderClass *encoder_class = GST_AUDIO_ENCODER_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Ahoy G.711 encoder", "Codec/Encoder/Audio",
                                         "Encodes PCM as G.711 µ-law or A-law", "The Ahoy authors");
  encoder_class->set_format = ahoy_gst_g711_enc_set_format;
  encoder_class->handle_frame = ahoy_gst_g711_enc_handle_frame;
}

static void
ahoy_gst_g711_enc_init (AhoyGstG711Enc *self)
{
}
