/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include <gst/audio/audio.h>

#include "ahoy-gst-tone-source.h"
#include "ahoy-gst-tone-src.h"

#define BLOCK_MS 20

/* The element ahoytonesrc: the tones of the telephone network, by the name or text that
 * ahoy_gst_tone_source_new() takes. */
struct _AhoyGstToneSrc {
  GstPushSrc parent_instance;

  char *tone;
  AhoyGstAudioSource *source;
  guint rate;
  guint64 n_samples;
};

enum { PROP_0, PROP_TONE, N_PROPS };

static GParamSpec *props[N_PROPS];

static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                               GST_STATIC_CAPS ("audio/x-raw, format = " GST_AUDIO_NE (
                                   S16) ", layout = interleaved, rate = [ 8000, 192000 ], "
                                        "channels = 1"));

G_DEFINE_FINAL_TYPE (AhoyGstToneSrc, ahoy_gst_tone_src, GST_TYPE_PUSH_SRC)

static GstCaps *
ahoy_gst_tone_src_fixate (GstBaseSrc *base, GstCaps *caps)
{
  caps = gst_caps_make_writable (caps);
  gst_structure_fixate_field_nearest_int (gst_caps_get_structure (caps, 0), "rate", 8000);
  return GST_BASE_SRC_CLASS (ahoy_gst_tone_src_parent_class)->fixate (base, caps);
}

static gboolean
ahoy_gst_tone_src_set_caps (GstBaseSrc *base, GstCaps *caps)
{
  int rate;

  if (!gst_structure_get_int (gst_caps_get_structure (caps, 0), "rate", &rate)) {
    return FALSE;
  }
  AHOY_GST_TONE_SRC (base)->rate = (guint)rate;
  return TRUE;
}

static gboolean
ahoy_gst_tone_src_start (GstBaseSrc *base)
{
  AhoyGstToneSrc *self = AHOY_GST_TONE_SRC (base);
  g_autoptr (GError) error = NULL;
  AhoyGstToneSource *source;

  GST_OBJECT_LOCK (self);
  source = ahoy_gst_tone_source_new (self->tone, &error);
  GST_OBJECT_UNLOCK (self);
  if (source == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  self->source = AHOY_GST_AUDIO_SOURCE (source);
  self->n_samples = 0;
  return TRUE;
}

static gboolean
ahoy_gst_tone_src_stop (GstBaseSrc *base)
{
  g_clear_object (&AHOY_GST_TONE_SRC (base)->source);
  return TRUE;
}

static GstFlowReturn
ahoy_gst_tone_src_create (GstPushSrc *push, GstBuffer **buffer)
{
  AhoyGstToneSrc *self = AHOY_GST_TONE_SRC (push);
  guint n = self->rate * BLOCK_MS / 1000;
  GstBuffer *block = gst_buffer_new_allocate (NULL, n * sizeof (gint16), NULL);
  GstClockTime end;
  GstMapInfo map;
  gboolean sounds;

  gst_buffer_map (block, &map, GST_MAP_WRITE);
  sounds = ahoy_gst_audio_source_pull (self->source, (gint16 *)map.data, n, self->rate);
  gst_buffer_unmap (block, &map);
  if (!sounds) {
    gst_buffer_unref (block);
    return GST_FLOW_EOS;
  }
  GST_BUFFER_PTS (block) = gst_util_uint64_scale (self->n_samples, GST_SECOND, self->rate);
  GST_BUFFER_OFFSET (block) = self->n_samples;
  self->n_samples += n;
  GST_BUFFER_OFFSET_END (block) = self->n_samples;
  end = gst_util_uint64_scale (self->n_samples, GST_SECOND, self->rate);
  GST_BUFFER_DURATION (block) = end - GST_BUFFER_PTS (block);
  *buffer = block;
  return GST_FLOW_OK;
}

static void
ahoy_gst_tone_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AhoyGstToneSrc *self = AHOY_GST_TONE_SRC (object);

  if (id != PROP_TONE) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_free (self->tone);
  self->tone = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
ahoy_gst_tone_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoyGstToneSrc *self = AHOY_GST_TONE_SRC (object);

  if (id != PROP_TONE) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_set_string (value, self->tone);
  GST_OBJECT_UNLOCK (self);
}

static void
ahoy_gst_tone_src_finalize (GObject *object)
{
  AhoyGstToneSrc *self = AHOY_GST_TONE_SRC (object);

  g_free (self->tone);
  G_OBJECT_CLASS (ahoy_gst_tone_src_parent_class)->finalize (object);
}

static void
ahoy_gst_tone_src_class_init (AhoyGstToneSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = ahoy_gst_tone_src_set_property;
  object_class->get_property = ahoy_gst_tone_src_get_property;
  object_class->finalize = ahoy_gst_tone_src_finalize;
  props[PROP_TONE] = g_param_spec_string (
      "tone", "Tone", "A name such as ringing or us:busy, or a text such as 440+480@500/500",
      "dial", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Ahoy tone source", "Source/Audio",
                                         "Makes the tones of the telephone network",
                                         "The Ahoy authors");
  base_class->fixate = ahoy_gst_tone_src_fixate;
  base_class->set_caps = ahoy_gst_tone_src_set_caps;
  base_class->start = ahoy_gst_tone_src_start;
  base_class->stop = ahoy_gst_tone_src_stop;
  GST_PUSH_SRC_CLASS (klass)->create = ahoy_gst_tone_src_create;
}

static void
ahoy_gst_tone_src_init (AhoyGstToneSrc *self)
{
  self->tone = g_strdup ("dial");
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}
