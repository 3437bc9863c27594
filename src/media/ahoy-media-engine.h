/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#pragma once

#include <glib-object.h>

#include "ahoy-media-mixer.h"
#include "ahoy-media-stream.h"
#include "ahoy-visibility.h"

G_BEGIN_DECLS

#define AHOY_TYPE_MEDIA_ENGINE (ahoy_media_engine_get_type ())
AHOY_API
G_DECLARE_INTERFACE (AhoyMediaEngine, ahoy_media_engine, AHOY, MEDIA_ENGINE, GObject)

/**
 * AhoyMediaEngineInterface:
 * @get_name: what the engine is called
 * @get_codecs: the codecs it knows, best first
 * @list_streams: its streams
 * @get_n_workers: how many threads carry media
 * @stop: end all streams and threads
 * @create_mixer: make a mixer for streams of the engine
 *
 * Since: 0.1
 */
struct _AhoyMediaEngineInterface {
  GTypeInterface parent_iface;

  const char *(*get_name) (AhoyMediaEngine *self);
  const char *const *(*get_codecs) (AhoyMediaEngine *self);
  GPtrArray *(*list_streams) (AhoyMediaEngine *self);
  guint (*get_n_workers) (AhoyMediaEngine *self);
  void (*stop) (AhoyMediaEngine *self);
  AhoyMediaMixer *(*create_mixer) (AhoyMediaEngine *self, GError **error);

  /*< private >*/
  gpointer padding[11];
};

AHOY_API
const char *ahoy_media_engine_get_name (AhoyMediaEngine *self);
AHOY_API
const char *const *ahoy_media_engine_get_codecs (AhoyMediaEngine *self);
AHOY_API
GPtrArray *ahoy_media_engine_list_streams (AhoyMediaEngine *self);
AHOY_API
guint ahoy_media_engine_get_n_workers (AhoyMediaEngine *self);
AHOY_API
void ahoy_media_engine_stop (AhoyMediaEngine *self);
AHOY_API
AhoyMediaMixer *ahoy_media_engine_create_mixer (AhoyMediaEngine *self, GError **error);

G_END_DECLS
