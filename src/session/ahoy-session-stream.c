/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-session-stream-private.h"

enum { PROP_0, PROP_MEDIA, N_PROPS };

enum { SIGNAL_KEYFRAME_REQUESTED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/**
 * AhoySessionStream:
 *
 * One stream of a session: one m= line in what each side said (RFC 3264 §5), and the SDP handler
 * that takes care of it. The place of a stream in the description never changes.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (AhoySessionStream, ahoy_session_stream, G_TYPE_OBJECT)

static void
ahoy_session_stream_finalize (GObject *object)
{
  AhoySessionStream *self = AHOY_SESSION_STREAM (object);

  g_free (self->media_type);
  g_clear_pointer (&self->handler, ahoy_extension_unref);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  g_clear_object (&self->agreed_local);
  g_clear_object (&self->agreed_remote);
  g_clear_object (&self->media);
  g_clear_object (&self->direct);
  g_clear_object (&self->told_direct);
  g_clear_object (&self->agreed_direct);
  g_free (self->own_address);
  g_clear_pointer (&self->own_formats, g_ptr_array_unref);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_session_stream_parent_class)->finalize (object);
}

static void
ahoy_session_stream_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AhoySessionStream *self = AHOY_SESSION_STREAM (object);

  switch (id) {
  case PROP_MEDIA:
    g_value_set_object (value, self->media);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ahoy_session_stream_class_init (AhoySessionStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ahoy_session_stream_get_property;
  object_class->finalize = ahoy_session_stream_finalize;
  /**
   * AhoySessionStream:media:
   *
   * What carries the media of the stream.
   *
   * Since: 0.1
   */
  props[PROP_MEDIA] =
      g_param_spec_object ("media", NULL, NULL, AHOY_TYPE_MEDIA_STREAM,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  /**
   * AhoySessionStream::keyframe-requested:
   * @self: a stream of video
   *
   * The peer wants a whole picture, that it can begin with (RFC 5168).
   *
   * Since: 0.1
   */
  signals[SIGNAL_KEYFRAME_REQUESTED] =
      g_signal_new ("keyframe-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
ahoy_session_stream_init (AhoySessionStream *self)
{
  ahoy_census_enter (G_OBJECT (self));
}

AhoySessionStream *
ahoy_session_stream_new (guint index, const char *media_type)
{
  AhoySessionStream *self = g_object_new (AHOY_TYPE_SESSION_STREAM, NULL);

  self->index = index;
  self->media_type = g_strdup (media_type);
  return self;
}

/* Whether we called the stream by one of these labels (RFC 4574). */
gboolean
ahoy_session_stream_has_label (AhoySessionStream *self, const char *const *labels)
{
  const char *label =
      self->local != NULL ? ahoy_sdp_media_get_attribute (self->local, "label") : NULL;

  return label != NULL && g_strv_contains (labels, label);
}

void
ahoy_session_stream_emit_keyframe_requested (AhoySessionStream *self)
{
  g_signal_emit (self, signals[SIGNAL_KEYFRAME_REQUESTED], 0);
}

/**
 * ahoy_session_stream_get_index:
 * @self: a stream
 *
 * Returns: the place of its m= line, counted from 0
 *
 * Since: 0.1
 */
guint
ahoy_session_stream_get_index (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), 0);

  return self->index;
}

/**
 * ahoy_session_stream_get_media_type:
 * @self: a stream
 *
 * Returns: (transfer none): the media type, such as `audio`
 *
 * Since: 0.1
 */
const char *
ahoy_session_stream_get_media_type (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), NULL);

  return self->media_type;
}

/**
 * ahoy_session_stream_get_local:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): what this side says of the stream; handlers fill it in
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_session_stream_get_local (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), NULL);

  return self->local;
}

/**
 * ahoy_session_stream_get_remote:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): what the peer says of the stream; %NULL before it said
 *   anything
 *
 * Since: 0.1
 */
AhoySdpMedia *
ahoy_session_stream_get_remote (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), NULL);

  return self->remote;
}

/**
 * ahoy_session_stream_is_offerer:
 * @self: a stream
 *
 * Returns: %TRUE when the offer of the current negotiation was ours
 *
 * Since: 0.1
 */
gboolean
ahoy_session_stream_is_offerer (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), FALSE);

  return self->offerer;
}

/**
 * ahoy_session_stream_is_active:
 * @self: a stream
 *
 * Returns: %TRUE when both sides agreed on the stream and its handler was told
 *
 * Since: 0.1
 */
gboolean
ahoy_session_stream_is_active (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), FALSE);

  return self->active;
}

/**
 * ahoy_session_stream_get_handler_name:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): the name of the SDP handler that takes care of the stream;
 *   %NULL when nobody does
 *
 * Since: 0.1
 */
const char *
ahoy_session_stream_get_handler_name (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), NULL);

  return self->handler != NULL ? ahoy_extension_get_name (self->handler) : NULL;
}

/**
 * ahoy_session_stream_set_media:
 * @self: a stream
 * @media: (nullable): what carries its media, or %NULL when nothing does any more
 *
 * Tells who carries the media of the stream; for SDP handlers.
 *
 * Since: 0.1
 */
void
ahoy_session_stream_set_media (AhoySessionStream *self, AhoyMediaStream *media)
{
  g_return_if_fail (AHOY_IS_SESSION_STREAM (self));
  g_return_if_fail (media == NULL || AHOY_IS_MEDIA_STREAM (media));

  if (g_set_object (&self->media, media)) {
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEDIA]);
  }
}

/**
 * ahoy_session_stream_get_media:
 * @self: a stream
 *
 * Returns: (transfer none) (nullable): what carries the media of the stream; %NULL when nothing
 *   does
 *
 * Since: 0.1
 */
AhoyMediaStream *
ahoy_session_stream_get_media (AhoySessionStream *self)
{
  g_return_val_if_fail (AHOY_IS_SESSION_STREAM (self), NULL);

  return self->media;
}
