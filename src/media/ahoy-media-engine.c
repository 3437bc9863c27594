/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy"

#include "ahoy-media-engine.h"

#include "ahoy-error.h"

/**
 * AhoyMediaEngine:
 *
 * Carries the media of all sessions, in threads of its own. libahoy-gst has one.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE (AhoyMediaEngine, ahoy_media_engine, G_TYPE_OBJECT)

static void
ahoy_media_engine_default_init (AhoyMediaEngineInterface *iface)
{
}

/**
 * ahoy_media_engine_get_name: (virtual get_name)
 * @self: an engine
 *
 * Returns: (transfer none): what the engine is called, such as `gstreamer`
 *
 * Since: 0.1
 */
const char *
ahoy_media_engine_get_name (AhoyMediaEngine *self)
{
  const char *(*get) (AhoyMediaEngine *);

  g_return_val_if_fail (AHOY_IS_MEDIA_ENGINE (self), NULL);

  get = AHOY_MEDIA_ENGINE_GET_IFACE (self)->get_name;
  return get != NULL ? get (self) : G_OBJECT_TYPE_NAME (self);
}

/**
 * ahoy_media_engine_get_codecs: (virtual get_codecs)
 * @self: an engine
 *
 * Returns: (transfer none) (array zero-terminated=1): the names of the codecs that the engine
 *   knows, such as `PCMU`, best first
 *
 * Since: 0.1
 */
const char *const *
ahoy_media_engine_get_codecs (AhoyMediaEngine *self)
{
  static const char *const none[] = { NULL };
  const char *const *(*get) (AhoyMediaEngine *);

  g_return_val_if_fail (AHOY_IS_MEDIA_ENGINE (self), NULL);

  get = AHOY_MEDIA_ENGINE_GET_IFACE (self)->get_codecs;
  return get != NULL ? get (self) : none;
}

/**
 * ahoy_media_engine_list_streams: (virtual list_streams)
 * @self: an engine
 *
 * Returns: (transfer container) (element-type AhoyMediaStream): the streams of the engine
 *
 * Since: 0.1
 */
GPtrArray *
ahoy_media_engine_list_streams (AhoyMediaEngine *self)
{
  GPtrArray *(*list) (AhoyMediaEngine *);

  g_return_val_if_fail (AHOY_IS_MEDIA_ENGINE (self), NULL);

  list = AHOY_MEDIA_ENGINE_GET_IFACE (self)->list_streams;
  return list != NULL ? list (self) : g_ptr_array_new ();
}

/**
 * ahoy_media_engine_get_n_workers: (virtual get_n_workers)
 * @self: an engine
 *
 * Returns: how many threads carry media
 *
 * Since: 0.1
 */
guint
ahoy_media_engine_get_n_workers (AhoyMediaEngine *self)
{
  guint (*get) (AhoyMediaEngine *);

  g_return_val_if_fail (AHOY_IS_MEDIA_ENGINE (self), 0);

  get = AHOY_MEDIA_ENGINE_GET_IFACE (self)->get_n_workers;
  return get != NULL ? get (self) : 0;
}

/**
 * ahoy_media_engine_stop: (virtual stop)
 * @self: an engine
 *
 * Ends all streams and waits for the threads to end. The engine cannot be used again.
 *
 * Since: 0.1
 */
void
ahoy_media_engine_stop (AhoyMediaEngine *self)
{
  g_return_if_fail (AHOY_IS_MEDIA_ENGINE (self));

  if (AHOY_MEDIA_ENGINE_GET_IFACE (self)->stop != NULL) {
    AHOY_MEDIA_ENGINE_GET_IFACE (self)->stop (self);
  }
}

/**
 * ahoy_media_engine_create_mixer: (virtual create_mixer)
 * @self: an engine
 * @error: return location for an error
 *
 * Makes a mixer for streams of the engine. It lives until ahoy_media_mixer_close(), or until the
 * engine is stopped.
 *
 * Returns: (transfer full): a mixer without streams; %NULL with %AHOY_ERROR_NOT_SUPPORTED when the
 *   engine cannot mix, or with %AHOY_ERROR_INVALID_STATE when it is stopped
 *
 * Since: 0.1
 */
AhoyMediaMixer *
ahoy_media_engine_create_mixer (AhoyMediaEngine *self, GError **error)
{
  g_return_val_if_fail (AHOY_IS_MEDIA_ENGINE (self), NULL);

  if (AHOY_MEDIA_ENGINE_GET_IFACE (self)->create_mixer == NULL) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_NOT_SUPPORTED,
                 "The media engine %s cannot mix; use one that can",
                 ahoy_media_engine_get_name (self));
    return NULL;
  }
  return AHOY_MEDIA_ENGINE_GET_IFACE (self)->create_mixer (self, error);
}
