/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The Ahoy authors
 */
#define G_LOG_DOMAIN "ahoy-gst"

#include "ahoy-gst-engine.h"

#include <poll.h>
#include <unistd.h>

#include "ahoy-census.h"
#include "ahoy-error.h"
#include "ahoy-gst-audio-formats-private.h"
#include "ahoy-gst-port-allocator.h"
#include "ahoy-gst-stream-private.h"

/**
 * AhoyGstEngine:
 *
 * Carries RTP in a fixed number of threads, one per core unless said otherwise, however many
 * streams there are. The thread that owns it never touches a packet.
 *
 * An engine belongs to the main context that is the thread's default when it is made: it is used
 * there, and signals of its streams are emitted there.
 *
 * Since: 0.1
 */
struct _AhoyGstEngine {
  GObject parent_instance;

  GPtrArray *workers; /* AhoyGstWorker; empty when stopped */
  GArray *loads;      /* guint: streams of each worker */
  AhoyGstHandOver *home;
  GSource *source;
  GPtrArray *streams; /* AhoyGstStream */
  GPtrArray *rooms;   /* AhoyGstRoom */
  AhoyGstPortAllocator *ports;
  char *cname;
  gint64 report_interval;
  gboolean symmetric;
};

#define DEFAULT_PORT_MIN 10000
#define DEFAULT_PORT_MAX 19999
#define MAX_WORKERS 64
#define STOP_POLL_MS 5

static void media_engine_iface_init (AhoyMediaEngineInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AhoyGstEngine, ahoy_gst_engine, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (AHOY_TYPE_MEDIA_ENGINE,
                                                      media_engine_iface_init))

static const char *
ahoy_gst_engine_get_name (AhoyMediaEngine *engine)
{
  return "gstreamer";
}

static const char *const *
ahoy_gst_engine_get_codecs (AhoyMediaEngine *engine)
{
  return ahoy_gst_audio_formats_get_known ();
}

static GPtrArray *
ahoy_gst_engine_list_streams (AhoyMediaEngine *engine)
{
  AhoyGstEngine *self = AHOY_GST_ENGINE (engine);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->streams->len; i++) {
    g_ptr_array_add (list, self->streams->pdata[i]);
  }
  return list;
}

static guint
ahoy_gst_engine_get_n_workers (AhoyMediaEngine *engine)
{
  return AHOY_GST_ENGINE (engine)->workers->len;
}

/* Streams come back from their workers one by one; that takes a turn of each worker. */
static void
ahoy_gst_engine_stop (AhoyMediaEngine *engine)
{
  AhoyGstEngine *self = AHOY_GST_ENGINE (engine);
  struct pollfd poll_fd = { .fd = ahoy_gst_hand_over_get_fd (self->home), .events = POLLIN };

  for (guint i = 0; i < self->streams->len; i++) {
    ahoy_gst_stream_close (self->streams->pdata[i]);
  }
  for (guint i = 0; i < self->rooms->len; i++) {
    ahoy_media_mixer_close (self->rooms->pdata[i]);
  }
  while (self->streams->len > 0 || self->rooms->len > 0) {
    poll (&poll_fd, 1, STOP_POLL_MS);
    ahoy_gst_hand_over_run (self->home);
  }
  for (guint i = 0; i < self->workers->len; i++) {
    ahoy_gst_worker_stop (self->workers->pdata[i]);
  }
  g_ptr_array_set_size (self->workers, 0);
}

static guint
idlest_worker (AhoyGstEngine *self)
{
  guint best = 0;

  for (guint i = 1; i < self->loads->len; i++) {
    if (g_array_index (self->loads, guint, i) < g_array_index (self->loads, guint, best)) {
      best = i;
    }
  }
  return best;
}

static gboolean
check_running (AhoyGstEngine *self, GError **error)
{
  if (self->workers->len == 0) {
    g_set_error (error, AHOY_ERROR, AHOY_ERROR_INVALID_STATE,
                 "The media engine is stopped; make another one");
    return FALSE;
  }
  return TRUE;
}

static AhoyMediaMixer *
ahoy_gst_engine_create_mixer (AhoyMediaEngine *engine, GError **error)
{
  AhoyGstEngine *self = AHOY_GST_ENGINE (engine);
  AhoyGstRoom *room;

  if (!check_running (self, error)) {
    return NULL;
  }
  room = ahoy_gst_room_new (self, idlest_worker (self));
  g_ptr_array_add (self->rooms, g_object_ref (room));
  return AHOY_MEDIA_MIXER (room);
}

static void
media_engine_iface_init (AhoyMediaEngineInterface *iface)
{
  iface->get_name = ahoy_gst_engine_get_name;
  iface->get_codecs = ahoy_gst_engine_get_codecs;
  iface->list_streams = ahoy_gst_engine_list_streams;
  iface->get_n_workers = ahoy_gst_engine_get_n_workers;
  iface->stop = ahoy_gst_engine_stop;
  iface->create_mixer = ahoy_gst_engine_create_mixer;
}

static void
ahoy_gst_engine_finalize (GObject *object)
{
  AhoyGstEngine *self = AHOY_GST_ENGINE (object);

  ahoy_gst_engine_stop (AHOY_MEDIA_ENGINE (self));
  g_source_destroy (self->source);
  g_source_unref (self->source);
  ahoy_gst_hand_over_free (self->home);
  g_ptr_array_unref (self->workers);
  g_array_unref (self->loads);
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->rooms);
  g_object_unref (self->ports);
  g_free (self->cname);
  ahoy_census_leave (object);
  G_OBJECT_CLASS (ahoy_gst_engine_parent_class)->finalize (object);
}

static void
ahoy_gst_engine_class_init (AhoyGstEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ahoy_gst_engine_finalize;
}

static void
ahoy_gst_engine_init (AhoyGstEngine *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) ahoy_gst_worker_free);
  self->loads = g_array_new (FALSE, TRUE, sizeof (guint));
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->rooms = g_ptr_array_new_with_free_func (g_object_unref);
  self->ports = ahoy_gst_port_allocator_new (DEFAULT_PORT_MIN, DEFAULT_PORT_MAX);
  self->cname = g_uuid_string_random ();
  self->symmetric = TRUE;
  self->home = ahoy_gst_hand_over_new ();
  self->source = ahoy_gst_hand_over_create_source (self->home);
  g_source_attach (self->source, context);
  ahoy_census_enter (G_OBJECT (self));
}

/**
 * ahoy_gst_engine_new:
 * @n_workers: how many threads carry media; 0 for one per core
 *
 * Starts an engine, in the main context that is the thread's default. GStreamer is initialised and
 * the codecs are tried when they are first asked for, which may take a second; or before, by
 * ahoy_gst_engine_warm_up_async().
 *
 * Returns: (transfer full): an engine
 *
 * Since: 0.1
 */
AhoyGstEngine *
ahoy_gst_engine_new (guint n_workers)
{
  AhoyGstEngine *self = g_object_new (AHOY_GST_TYPE_ENGINE, NULL);

  if (n_workers == 0) {
    n_workers = g_get_num_processors ();
  }
  n_workers = MIN (n_workers, MAX_WORKERS);
  g_array_set_size (self->loads, n_workers);
  for (guint i = 0; i < n_workers; i++) {
    g_ptr_array_add (self->workers, ahoy_gst_worker_new (i));
  }
  return self;
}

static void
warm_up (GTask *task, gpointer engine, gpointer data, GCancellable *cancellable)
{
  ahoy_gst_codec_warm_up ();
  g_task_return_boolean (task, TRUE);
}

/**
 * ahoy_gst_engine_warm_up_async:
 * @self: an engine
 * @cancellable: (nullable): to give it up
 * @callback: (scope async): called when it is done
 * @user_data: for @callback
 *
 * Initialises GStreamer and tries the codecs in a thread, so that the first call does not wait for
 * that. A call that comes meanwhile does.
 *
 * Since: 0.1
 */
void
ahoy_gst_engine_warm_up_async (AhoyGstEngine *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (AHOY_GST_IS_ENGINE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ahoy_gst_engine_warm_up_async);
  g_task_run_in_thread (task, warm_up);
}

/**
 * ahoy_gst_engine_warm_up_finish:
 * @self: an engine
 * @result: what the callback was given
 * @error: where to put an error
 *
 * Ends ahoy_gst_engine_warm_up_async(). Codecs that cannot be used are no error; the log names
 * them, and they are not offered.
 *
 * Returns: %FALSE when it was cancelled
 *
 * Since: 0.1
 */
gboolean
ahoy_gst_engine_warm_up_finish (AhoyGstEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * ahoy_gst_engine_set_port_range:
 * @self: an engine
 * @min: the lowest port for RTP; 10000 by default
 * @max: the highest; 19999 by default, 0 lets the kernel choose
 *
 * Sets where streams that are made from now on get their ports. Below 32768 the kernel takes none
 * for other purposes.
 *
 * Since: 0.1
 */
void
ahoy_gst_engine_set_port_range (AhoyGstEngine *self, guint min, guint max)
{
  g_return_if_fail (AHOY_GST_IS_ENGINE (self));
  g_return_if_fail (min <= max && max <= 65535);

  g_object_unref (self->ports);
  self->ports = ahoy_gst_port_allocator_new (min, max);
}

/**
 * ahoy_gst_engine_set_report_interval:
 * @self: an engine
 * @interval: the mean time between RTCP reports in µs; 0 for the 5 s of RFC 3550 §6.2
 *
 * Sets how often streams that are made from now on report.
 *
 * Since: 0.1
 */
void
ahoy_gst_engine_set_report_interval (AhoyGstEngine *self, gint64 interval)
{
  g_return_if_fail (AHOY_GST_IS_ENGINE (self));
  g_return_if_fail (interval >= 0);

  self->report_interval = interval;
}

/**
 * ahoy_gst_engine_set_symmetric:
 * @self: an engine
 * @symmetric: whether streams send to where packets come from (RFC 4961); %TRUE by default
 *
 * Sets whether streams that are made from now on learn where the peer is from its packets.
 *
 * Since: 0.1
 */
void
ahoy_gst_engine_set_symmetric (AhoyGstEngine *self, gboolean symmetric)
{
  g_return_if_fail (AHOY_GST_IS_ENGINE (self));

  self->symmetric = symmetric;
}

/* As ahoy_gst_engine_create_stream(); @symmetric: whether it sends to where packets come from. */
AhoyGstStream *
ahoy_gst_engine_create_stream_with (AhoyGstEngine *self, const char *address, gboolean rtcp,
                                    gboolean symmetric, GError **error)
{
  AhoyGstRtpSession *rtp;
  AhoyGstStream *stream;
  int rtp_fd;
  int rtcp_fd;
  guint port;

  if (!check_running (self, error)) {
    return NULL;
  }
  if (!ahoy_gst_port_allocator_allocate (self->ports, address, rtcp, &rtp_fd, &rtcp_fd, &port,
                                         error)) {
    return NULL;
  }
  rtp = ahoy_gst_rtp_session_new (rtp_fd, rtcp_fd, self->cname, symmetric);
  if (self->report_interval != 0) {
    ahoy_gst_rtp_session_set_report_interval (rtp, self->report_interval);
  }
  stream = ahoy_gst_stream_new (self, rtp, address, port, idlest_worker (self));
  g_ptr_array_add (self->streams, stream);
  return stream;
}

/**
 * ahoy_gst_engine_create_stream:
 * @self: an engine
 * @address: a numeric address of this machine, IPv4 or IPv6
 * @rtcp: whether RTCP has a port of its own; not when both share one (RFC 5761)
 * @error: return location for an error
 *
 * Makes a stream on the worker that has the fewest. It listens at once, so that nothing that comes
 * before an answer is lost to an unreachable port, and sends when both sides agreed.
 *
 * Returns: (transfer none) (nullable): a stream, to be ended with ahoy_gst_stream_close()
 *
 * Since: 0.1
 */
AhoyGstStream *
ahoy_gst_engine_create_stream (AhoyGstEngine *self, const char *address, gboolean rtcp,
                               GError **error)
{
  g_return_val_if_fail (AHOY_GST_IS_ENGINE (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ahoy_gst_engine_create_stream_with (self, address, rtcp, self->symmetric, error);
}

gboolean
ahoy_gst_engine_get_symmetric (AhoyGstEngine *self)
{
  return self->symmetric;
}

AhoyGstHandOver *
ahoy_gst_engine_get_home (AhoyGstEngine *self)
{
  return self->home;
}

AhoyGstWorker *
ahoy_gst_engine_get_worker (AhoyGstEngine *self, guint index)
{
  return index < self->workers->len ? self->workers->pdata[index] : NULL;
}

void
ahoy_gst_engine_count_stream (AhoyGstEngine *self, guint worker, int difference)
{
  g_array_index (self->loads, guint, worker) += (guint) difference;
}

/* A stream came back from its worker: its ports are free. */
void
ahoy_gst_engine_forget (AhoyGstEngine *self, AhoyGstStream *stream)
{
  ahoy_gst_port_allocator_release (self->ports, ahoy_gst_stream_get_port (stream));
  g_ptr_array_remove_fast (self->streams, stream);
}

/* The table of a room came back from its worker. */
void
ahoy_gst_engine_forget_room (AhoyGstEngine *self, AhoyGstRoom *room)
{
  g_ptr_array_remove_fast (self->rooms, room);
}
