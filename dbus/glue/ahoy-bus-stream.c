/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoyd"

#include "ahoy-bus-stream.h"

#include "ahoy-bus-interfaces.h"

/* A stream of a session on the bus. */
struct _AhoyBusStream {
  GObject parent_instance;

  AhoyBusHub *hub;
  AhoyBusObject *object;
  AhoySessionStream *stream;
  AhoyMediaStream *media; /* kept, so that its statistics can be read after the end */
  AhoyMediaStatistics *snapshot; /* while several properties are read */
};

G_DEFINE_FINAL_TYPE (AhoyBusStream, ahoy_bus_stream, G_TYPE_OBJECT)

static AhoyMediaStatistics *
statistics_of (AhoyBusStream *self)
{
  if (self->snapshot != NULL) {
    return ahoy_media_statistics_copy (self->snapshot);
  }
  return self->media != NULL ? ahoy_media_stream_get_statistics (self->media)
                             : ahoy_media_statistics_new ();
}

static GVariant *
get_media (gpointer target)
{
  AhoyBusStream *self = target;

  return g_variant_new_string (ahoy_session_stream_get_media_type (self->stream));
}

static GVariant *
get_direction (gpointer target)
{
  AhoyBusStream *self = target;
  AhoySdpMedia *local = ahoy_session_stream_get_local (self->stream);

  if (!ahoy_session_stream_is_active (self->stream)) {
    return g_variant_new_string ("inactive");
  }
  return g_variant_new_string (
      ahoy_sdp_direction_to_string (ahoy_sdp_media_get_direction (local)));
}

/* What an engine uses; without one, the first format that was agreed on. */
static AhoySdpFormat *
first_format (AhoyBusStream *self)
{
  AhoySdpMedia *local = ahoy_session_stream_get_local (self->stream);
  g_autoptr (GPtrArray) formats = NULL;

  if (local == NULL || !ahoy_session_stream_is_active (self->stream)) {
    return NULL;
  }
  formats = ahoy_sdp_media_get_rtp_formats (local);
  return formats->len > 0 ? ahoy_sdp_format_ref (formats->pdata[0]) : NULL;
}

static GVariant *
get_codec (gpointer target)
{
  AhoyBusStream *self = target;
  const char *codec = self->media != NULL ? ahoy_media_stream_get_codec (self->media) : NULL;
  g_autoptr (AhoySdpFormat) format = codec == NULL ? first_format (self) : NULL;

  if (format != NULL) {
    codec = ahoy_sdp_format_get_encoding (format);
  }
  return g_variant_new_string (codec != NULL ? codec : "");
}

static GVariant *
get_clock_rate (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);
  g_autoptr (AhoySdpFormat) format = NULL;

  if (statistics->clock_rate != 0) {
    return g_variant_new_uint32 (statistics->clock_rate);
  }
  format = first_format (target);
  return g_variant_new_uint32 (format != NULL ? ahoy_sdp_format_get_clock_rate (format) : 0);
}

static GVariant *
address_of (AhoySdpMedia *media, const char *known)
{
  const char *address = media != NULL ? ahoy_sdp_media_get_address (media) : NULL;

  if (known != NULL) {
    return g_variant_new_string (known);
  }
  if (address == NULL) {
    return g_variant_new_string ("");
  }
  return g_variant_new_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address,
                               ahoy_sdp_media_get_port (media));
}

static GVariant *
get_local_address (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return address_of (ahoy_session_stream_get_local (((AhoyBusStream *) target)->stream),
                     statistics->local_address);
}

static GVariant *
get_remote_address (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return address_of (ahoy_session_stream_get_remote (((AhoyBusStream *) target)->stream),
                     statistics->remote_address);
}

static GVariant *
get_packets_sent (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return g_variant_new_uint64 (statistics->packets_sent);
}

static GVariant *
get_packets_received (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return g_variant_new_uint64 (statistics->packets_received);
}

static GVariant *
get_packets_lost (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return g_variant_new_int64 (statistics->packets_lost);
}

static GVariant *
get_jitter (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return g_variant_new_uint32 (statistics->jitter);
}

static GVariant *
get_round_trip (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return g_variant_new_uint32 (statistics->round_trip);
}

static GVariant *
get_mos (gpointer target)
{
  g_autoptr (AhoyMediaStatistics) statistics = statistics_of (target);

  return g_variant_new_double (statistics->mos);
}

static void
begin (gpointer target)
{
  AhoyBusStream *self = target;

  self->snapshot = statistics_of (self);
}

static void
end (gpointer target)
{
  g_clear_pointer (&((AhoyBusStream *) target)->snapshot, ahoy_media_statistics_free);
}

enum {
  STREAM_MEDIA,
  STREAM_DIRECTION,
  STREAM_CODEC,
  STREAM_CLOCK_RATE,
  STREAM_LOCAL_ADDRESS,
  STREAM_REMOTE_ADDRESS,
};

static const AhoyBusProperty properties[] = {
  { "Media", get_media },
  { "Direction", get_direction },
  { "Codec", get_codec },
  { "ClockRate", get_clock_rate },
  { "LocalAddress", get_local_address },
  { "RemoteAddress", get_remote_address },
  { "PacketsSent", get_packets_sent },
  { "PacketsReceived", get_packets_received },
  { "PacketsLost", get_packets_lost },
  { "JitterUs", get_jitter },
  { "RoundTripUs", get_round_trip },
  { "Mos", get_mos },
  { NULL, NULL },
};

static const AhoyBusMethod methods[] = { { NULL, NULL } };

static const AhoyBusInterface interface = { &org_ahoy_ahoy1_stream_interface, properties,
                                            methods, begin, end };

const AhoyBusInterface *
ahoy_bus_stream_get_interface (void)
{
  return &interface;
}

static void
ahoy_bus_stream_dispose (GObject *object)
{
  AhoyBusStream *self = AHOY_BUS_STREAM (object);

  g_clear_object (&self->object);
  g_clear_object (&self->media);
  g_clear_object (&self->stream);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (ahoy_bus_stream_parent_class)->dispose (object);
}

static void
ahoy_bus_stream_class_init (AhoyBusStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ahoy_bus_stream_dispose;
}

static void
ahoy_bus_stream_init (AhoyBusStream *self)
{
}

/* Exports @stream below the session's path. */
AhoyBusStream *
ahoy_bus_stream_new (AhoyBusHub *hub, const char *session_path, AhoySessionStream *stream)
{
  AhoyBusStream *self = g_object_new (AHOY_BUS_TYPE_STREAM, NULL);
  g_autofree char *path = g_strdup_printf ("%s/stream/%u", session_path,
                                           ahoy_session_stream_get_index (stream));

  self->hub = g_object_ref (hub);
  self->stream = g_object_ref (stream);
  g_set_object (&self->media, ahoy_session_stream_get_media (stream));
  self->object = ahoy_bus_object_new (path);
  ahoy_bus_object_add (self->object, &interface, self);
  ahoy_bus_hub_add (hub, self->object);
  return self;
}

/* The object holds what stands behind it: without this call it stays. */
void
ahoy_bus_stream_remove (AhoyBusStream *self)
{
  g_autoptr (AhoyBusObject) object = g_steal_pointer (&self->object);

  if (object != NULL) {
    ahoy_bus_hub_remove (self->hub, object);
    g_object_run_dispose (G_OBJECT (object));
  }
}

AhoySessionStream *
ahoy_bus_stream_get_stream (AhoyBusStream *self)
{
  return self->stream;
}

/* Something new was agreed on. */
void
ahoy_bus_stream_changed (AhoyBusStream *self)
{
  AhoyMediaStream *media = ahoy_session_stream_get_media (self->stream);

  if (media != NULL) {
    g_set_object (&self->media, media);
  }
  for (guint i = STREAM_DIRECTION; i <= STREAM_REMOTE_ADDRESS; i++) {
    ahoy_bus_object_changed (self->object, &interface, i);
  }
}
