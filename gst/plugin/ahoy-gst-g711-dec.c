/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <gst/audio/audio.h>

#include "ahoy-gst-concealer.h"
#include "ahoy-gst-g711-dec.h"
#include "ahoy-gst-g711.h"

/* The element ahoyg711dec: µ-law or A-law to PCM; with its property plc, gaps are concealed. */
struct _AhoyGstG711Dec {
  GstAudioDecoder parent_instance;

  AhoyGstG711Law law;
  AhoyGstConcealer concealer;
};

#define RATE 8000
#define CAPS "rate = 8000, channels = 1"
#define LONGEST_GAP (RATE / 2)

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS ("audio/x-mulaw, " CAPS "; audio/x-alaw, " CAPS));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("audio/x-raw, format = " GST_AUDIO_NE (S16) ", layout = interleaved, " CAPS));

G_DEFINE_FINAL_TYPE (AhoyGstG711Dec, ahoy_gst_g711_dec, GST_TYPE_AUDIO_DECODER)

static gboolean
ahoy_gst_g711_dec_set_format (GstAudioDecoder *decoder, GstCaps *caps)
{
  AhoyGstG711Dec *self = AHOY_GST_G711_DEC (decoder);
  GstAudioInfo info;

  self->law = gst_structure_has_name (gst_caps_get_structure (caps, 0), "audio/x-alaw")
                  ? AHOY_GST_G711_ALAW
                  : AHOY_GST_G711_ULAW;
  ahoy_gst_concealer_init (&self->concealer, RATE);
  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16, RATE, 1, NULL);
  return gst_audio_decoder_set_output_format (decoder, &info);
}

static GstBuffer *
decode (AhoyGstG711Dec *self, GstBuffer *buffer)
{
  gsize n_samples = gst_buffer_get_size (buffer);
  GstBuffer *decoded = gst_audio_decoder_allocate_output_buffer (GST_AUDIO_DECODER (self),
                                                                 n_samples * sizeof (gint16));
  GstMapInfo in, out;

  gst_buffer_map (buffer, &in, GST_MAP_READ);
  gst_buffer_map (decoded, &out, GST_MAP_READWRITE);
  ahoy_gst_g711_decode (self->law, in.data, (gint16 *)out.data, n_samples);
  ahoy_gst_concealer_take (&self->concealer, (gint16 *)out.data, (guint)n_samples);
  gst_buffer_unmap (decoded, &out);
  gst_buffer_unmap (buffer, &in);
  return decoded;
}

/* An empty buffer stands for a gap of its duration. */
static GstBuffer *
conceal (AhoyGstG711Dec *self, GstBuffer *gap)
{
  GstClockTime duration = GST_BUFFER_DURATION (gap);
  guint64 n_samples = GST_CLOCK_TIME_IS_VALID (duration)
                          ? gst_util_uint64_scale_round (duration, RATE, GST_SECOND)
                          : 0;
  GstBuffer *concealed;
  GstMapInfo out;

  n_samples = CLAMP (n_samples, 1, LONGEST_GAP);
  concealed = gst_audio_decoder_allocate_output_buffer (GST_AUDIO_DECODER (self),
                                                        n_samples * sizeof (gint16));
  gst_buffer_map (concealed, &out, GST_MAP_WRITE);
  ahoy_gst_concealer_conceal (&self->concealer, (gint16 *)out.data, (guint)n_samples);
  gst_buffer_unmap (concealed, &out);
  return concealed;
}

static GstFlowReturn
ahoy_gst_g711_dec_handle_frame (GstAudioDecoder *decoder, GstBuffer *buffer)
{
  AhoyGstG711Dec *self = AHOY_GST_G711_DEC (decoder);
  GstBuffer *samples;

  if (buffer == NULL) {
    return GST_FLOW_OK;
  }
  samples = gst_buffer_get_size (buffer) > 0 ? decode (self, buffer) : conceal (self, buffer);
  return gst_audio_decoder_finish_frame (decoder, samples, 1);
}

static void
ahoy_gst_g711_dec_class_init (AhoyGstG711DecClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstAudioDecoderClass *decoder_class = GST_AUDIO_DECODER_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Ahoy G.711 decoder", "Codec/Decoder/Audio",
                                         "Decodes G.711 µ-law or A-law, and conceals lost packets",
                                         "The Ahoy authors");
  decoder_class->set_format = ahoy_gst_g711_dec_set_format;
  decoder_class->handle_frame = ahoy_gst_g711_dec_handle_frame;
}

static void
ahoy_gst_g711_dec_init (AhoyGstG711Dec *self)
{
  gst_audio_decoder_set_plc_aware (GST_AUDIO_DECODER (self), TRUE);
  gst_audio_decoder_set_needs_format (GST_AUDIO_DECODER (self), TRUE);
}
