/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-census.h"
#include "ahoy-session-stream-private.h"

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
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_session_stream_parent_class)->finalize (object);
}

static void
ahoy_session_stream_class_init (AhoySessionStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_session_stream_finalize;
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
